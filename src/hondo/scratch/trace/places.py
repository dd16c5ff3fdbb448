"""Which letter stands for which array of which layer: the numbering of the textbooks.

A dense layer or a convolution begins a new layer number; what follows it (activation, pooling, dropout …) belongs to
the same one, with a letter of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hondo.core.language import tr
from hondo.scratch.layers.batch_normalization import BatchNormalization
from hondo.scratch.layers.chain import Chain
from hondo.scratch.layers.convolution import Conv2D
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.dropout import Dropout
from hondo.scratch.layers.layer import Layer
from hondo.scratch.layers.pooling import AveragePooling2D, MaxPooling2D
from hondo.scratch.layers.residual import Residual
from hondo.scratch.layers.simple import Activation, Flatten, Softmax
from hondo.scratch.mistakes import Mistake
from hondo.scratch.trace.symbols import Symbol

_LETTERS: dict[type[Layer], str] = {
    Dense: "z",
    Conv2D: "z",
    Activation: "a",
    Softmax: "p",
    Flatten: "f",
    Dropout: "d",
    BatchNormalization: "n",
    MaxPooling2D: "q",
    AveragePooling2D: "q",
    Residual: "r",
}


@dataclass(frozen=True)
class Place:
    """A layer and the symbols of what goes in, what comes out, and what it learns.

    Attributes:
        key: where its parameters are found in the network's: ``"2."`` for ``2.W``.
        inside: the places of the layers inside, for a residual sum.
    """

    layer: Layer
    x: Symbol
    y: Symbol
    key: str
    inside: tuple["Place", ...] = ()

    def parameter(self, name: str) -> Symbol:
        """The symbol of one of its parameters."""
        return Symbol(name, self.y.layer)


def places(network: Chain) -> list[Place]:
    """All layers of a network with their symbols.

    Example:
        >>> from hondo.scratch.networks.network import mlp
        >>> [place.y.name for place in places(mlp((2, 3, 1)))]
        ['z1', 'a1', 'z2']
    """
    return list(_walk(network, Symbol("a", 0), "", set()))


def _walk(chain: Chain, x: Symbol, key: str, taken: set[str]) -> Iterator[Place]:
    for number, layer in enumerate(chain.layers):
        inside: tuple[Place, ...] = ()
        last = x
        if isinstance(layer, Residual):
            inside = tuple(_walk(layer, x, f"{key}{number}.", taken))
            last = inside[-1].y if inside else x
        letter = _letter(layer)
        number_before = last.layer or 0
        new = letter == "z" or number_before == 0 or Symbol(letter, number_before).name in taken
        y = Symbol(letter, number_before + new)
        taken.add(y.name)
        yield Place(layer, x, y, f"{key}{number}.", inside)
        x = y


def _letter(layer: Layer) -> str:
    if type(layer) not in _LETTERS:
        known = ", ".join(sorted(kind.__name__ for kind in _LETTERS))
        raise Mistake(
            tr(
                f"the trace does not know how to explain {type(layer).__name__}",
                f"la traza no sabe explicar {type(layer).__name__}",
            ),
            tr(f"It knows: {known}.", f"Conoce: {known}."),
        )
    return _LETTERS[type(layer)]
