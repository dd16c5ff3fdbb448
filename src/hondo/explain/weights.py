"""What a model has learnt: its layers in a table, and each layer's weights in numbers and pictures."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.backend import KerasModel
from hondo.core.errors import ModelError, nearest
from hondo.core.language import tr
from hondo.data.preprocessor import Preprocessor
from hondo.experiments.report.figures import as_pictures
from hondo.experiments.report.gather import layer_rows
from hondo.explain.pictures import montage, png, signed

BINS = 40
MOST_KERNELS, COLUMNS = 64, 16
_LARGEST_KERNEL = 64


def layers(model: KerasModel) -> list[dict[str, Any]]:
    """The layers in a table, those of nested models after them.

    Returns:
        For each: ``name`` (nested ones as ``outer/inner``), ``kind``, ``shape`` of one output, ``parameters``,
        ``trainable`` (how many of them learn), ``nested`` (whether it is a model itself).
    """
    rows = []
    for path, layer, (_, kind, shape, parameters) in _walk(model):
        nested = hasattr(layer, "layers")
        learning = sum(int(np.prod(variable.shape)) for variable in layer.trainable_weights)
        rows.append(
            {
                "name": path,
                "kind": kind,
                "shape": shape,
                "parameters": parameters,
                "trainable": learning,
                "nested": nested,
            }
        )
    return rows


def weights(model: KerasModel, preprocessor: Preprocessor, name: str) -> dict[str, Any]:
    """The weights of one layer.

    Args:
        model: a built Keras model.
        preprocessor: the one fitted for it; says whether the first layer looks at pixels.
        name: as :func:`layers` names it.

    Returns:
        ``name`` and ``arrays``: for each ``name``, ``shape``, ``low``, ``high``, ``mean``, ``std``, ``edges``
        ``(bins + 1)`` and ``counts`` ``(bins)`` of the histogram, and ``kernels``: None, or the ``picture`` (PNG) of
        the first ``shown`` of ``total`` kernels.

    Raises:
        ModelError: there is no such layer.
    """
    found = {path: layer for path, layer, _ in _walk(model)}
    if name not in found:
        raise ModelError(
            tr(f"there is no layer {name!r}", f"no hay ninguna capa {name!r}"),
            nearest(name, found),
        )
    layer = found[name]
    own = [] if hasattr(layer, "layers") else list(layer.weights)
    first = next((each for _, each, _ in _walk(model) if each.weights and not hasattr(each, "layers")), None)
    return {
        "name": name,
        "arrays": [
            {**_statistics(np.asarray(variable, np.float64)), "name": variable.name}
            | {"kernels": _kernels(np.asarray(variable), preprocessor, first=layer is first)}
            for variable in own
            if np.issubdtype(np.asarray(variable).dtype, np.floating)
        ],
    }


def _walk(model: Any, prefix: str = "") -> Iterator[tuple[str, Any, tuple[str, str, str, int]]]:
    for layer, row in zip(model.layers, layer_rows(model), strict=True):
        yield prefix + row[0], layer, row
        if hasattr(layer, "layers"):
            yield from _walk(layer, f"{prefix}{row[0]}/")


def _statistics(values: FloatArray) -> dict[str, Any]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        finite = np.zeros(1)
    counts, edges = np.histogram(finite, BINS)
    return {
        "shape": tuple(values.shape),
        "low": float(finite.min()),
        "high": float(finite.max()),
        "mean": float(finite.mean()),
        "std": float(finite.std()),
        "edges": edges.tolist(),
        "counts": counts.tolist(),
    }


def _kernels(kernel: Array, preprocessor: Preprocessor, *, first: bool) -> dict[str, Any] | None:
    """The kernels that can be seen: of convolutions on 1 or 3 channels, and of a dense layer that looks at pixels."""
    tiles = None
    if kernel.ndim == 4 and 1 < max(kernel.shape[:2]) <= _LARGEST_KERNEL and kernel.shape[2] in (1, 3):
        tiles = np.moveaxis(kernel, -1, 0)
    elif kernel.ndim == 2 and first and preprocessor.kind == "image":
        shape = preprocessor.encoded_shape
        if len(kernel) == int(np.prod(shape)) and shape[2] in (1, 3) and max(shape[:2]) <= _LARGEST_KERNEL:
            tiles = kernel.T.reshape(-1, *shape)
    if tiles is None:
        return None
    shown = tiles[:MOST_KERNELS]
    return {"picture": png(montage(_painted(shown), COLUMNS)), "shown": len(shown), "total": len(tiles)}


def _painted(tiles: Array) -> Array:
    """Kernels ``(n, height, width, channels)``: signs in two colours, or each as a colour picture of its own."""
    if tiles.shape[-1] == 1:
        return np.stack([signed(tile[..., 0]) for tile in tiles])
    colours = np.concatenate([as_pictures(tile[None].astype(np.float64)) for tile in tiles])
    return np.concatenate([colours, np.full((*colours.shape[:3], 1), 255, np.uint8)], axis=-1)
