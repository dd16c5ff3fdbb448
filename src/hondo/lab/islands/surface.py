"""A heat map of losses around the present weights; ``surface.js`` is what runs in the browser."""

import numpy as np
from nicegui.element import Element

from hondo.core.arrays import FloatArray


class Surface(Element, component="surface.js"):
    """A square of losses, the network in its middle.

    Args:
        label: what it is, for those who cannot see it.
        losses: ``(k, k)``; those that are no numbers are drawn as the highest.
    """

    def __init__(self, label: str, losses: FloatArray) -> None:
        super().__init__()
        rows = [[float(f"{value:.5g}") if np.isfinite(value) else None for value in row] for row in losses.tolist()]
        self._props["label"] = label
        self._props["losses"] = rows
