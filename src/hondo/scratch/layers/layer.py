"""What every layer can do: build itself for a shape, compute forwards, and send gradients backwards."""

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake


class Layer:
    """One step of a network.

    Attributes:
        parameters: what training changes, by name (``W``, ``b``).
        gradients: ∂L/∂parameter after :meth:`backward`, under the same names.
    """

    def __init__(self) -> None:
        self.parameters: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}

    def build(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
        """Make the parameters for samples of ``shape`` and say what shape comes out (both without the batch axis)."""
        return shape

    def forward(self, x: Float[np.ndarray, "batch ..."], training: bool = False) -> Float[np.ndarray, "batch ..."]:
        """Compute the output.

        Args:
            x: one sample a row of the first axis.
            training: True where the layer behaves otherwise while it learns (dropout, batch normalisation).
        """
        raise NotImplementedError

    def backward(self, d_y: Float[np.ndarray, "batch ..."]) -> Float[np.ndarray, "batch ..."]:
        """Take ∂L/∂output, keep ∂L/∂parameters in ``gradients``, and return ∂L/∂input of the last :meth:`forward`."""
        raise NotImplementedError

    def remembered(self, name: str) -> np.ndarray:
        """What :meth:`forward` kept for :meth:`backward`.

        Raises:
            Mistake: if there was no forward pass yet.
        """
        kept = getattr(self, name, None)
        if kept is None:
            kind = type(self).__name__
            raise Mistake(
                tr(f"{kind}.backward came before {kind}.forward", f"{kind}.backward llegó antes que {kind}.forward"),
                tr(
                    "The chain rule needs the numbers of a forward pass.",
                    "La regla de la cadena necesita los números de una pasada hacia delante.",
                ),
            )
        return kept
