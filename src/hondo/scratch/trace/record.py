"""Recording: a network computes, goes back, takes its step, and every number on the way becomes a step of a trace.

The network's own layers do the computing; the recorder only stands beside them and writes down what went in and out.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from jaxtyping import Float

from hondo.scratch.descent.optimizers import Memory, Optimizer, rate
from hondo.scratch.losses.catalogue import Loss
from hondo.scratch.losses.catalogue import loss as named_loss
from hondo.scratch.networks.network import Network
from hondo.scratch.trace.explain.catalogue import explain_backward, explain_forward
from hondo.scratch.trace.explain.losses import TARGET, explain_loss, explain_loss_gradient
from hondo.scratch.trace.explain.optimizers import Updated, explain_update
from hondo.scratch.trace.explain.passed import Passed
from hondo.scratch.trace.places import Place, places
from hondo.scratch.trace.step import Phase, Step, Trace
from hondo.scratch.trace.symbols import Symbol

Batch = tuple[Float[np.ndarray, "batch ..."], Float[np.ndarray, "batch ..."]]


class _Recorder:
    """Collects the steps of one training step after the other."""

    def __init__(self, network: Network, loss: Loss, limit: int) -> None:
        self.network, self.loss, self.limit = network, loss, limit
        self.places = places(network)
        self.steps: list[Step] = []
        self.passed: dict[str, tuple[np.ndarray, np.ndarray]] = {}  # input and output of each place
        self.batch = 0

    def note(self, phase: Phase, layer: str, *made) -> None:
        self.steps += [one.step(phase, self.batch, layer, self.limit) for one in made]

    def forward(self, place: Place, x: np.ndarray) -> np.ndarray:
        if place.inside:  # a residual sum: its layers are recorded one by one
            y = x  # (batch, …)
            for inner in place.inside:
                y = self.forward(inner, y)
            y = x + y
        else:
            y = place.layer.forward(x, training=True)
        self.passed[place.key] = x, y
        self.note("forward", type(place.layer).__name__, explain_forward(Passed(place, x, y)))
        return y

    def backward(self, place: Place, d_y: np.ndarray) -> np.ndarray:
        if place.inside:
            d_x = d_y  # (batch, …)
            for inner in reversed(place.inside):
                d_x = self.backward(inner, d_x)
            d_x = d_y + d_x
        else:
            d_x = place.layer.backward(d_y)
        passed = Passed(place, *self.passed[place.key], d_y, d_x)
        self.note("backward", type(place.layer).__name__, *explain_backward(passed))
        return d_x

    def there_and_back(self, x: np.ndarray, y: np.ndarray) -> None:
        predicted = x  # (batch, …)
        for place in self.places:
            predicted = self.forward(place, predicted)
        a = self.places[-1].y
        value, d_a = self.loss.function(predicted, y), self.loss.gradient(predicted, y)
        self.note("loss", self.loss.name, explain_loss(self.loss, predicted, y, value, a))
        self.note("backward", self.loss.name, explain_loss_gradient(self.loss, predicted, y, d_a, a))
        for place in reversed(self.places):
            d_a = self.backward(place, d_a)

    def update(self, optimizer: Optimizer, memory: dict[str, Memory], t: int) -> None:
        gradients, changed = self.network.gradients, {}
        for key, symbol in parameter_symbols(self.places):
            w = self.network.parameters[key]  # (*shape)
            old = memory.get(key) or optimizer.start(w)
            new, memory[key] = optimizer.update(w, gradients[key], old, t)
            updated = Updated(symbol, w, gradients[key], new, old, memory[key], rate(optimizer, t), t)
            self.note("update", type(optimizer).__name__, *explain_update(optimizer, updated))
            changed[key] = new
        self.network.parameters = changed


def parameter_symbols(where: Iterable[Place]) -> Iterator[tuple[str, Symbol]]:
    """Every parameter's key in the network and its symbol.

    Example:
        >>> from hondo.scratch.networks.network import mlp
        >>> [(key, symbol.name) for key, symbol in parameter_symbols(places(mlp((2, 3, 1))))]
        [('0.W', 'W1'), ('0.b', 'b1'), ('2.W', 'W2'), ('2.b', 'b2')]
    """
    for place in where:
        if place.inside:
            yield from parameter_symbols(place.inside)
        else:
            yield from ((place.key + name, place.parameter(name)) for name in place.layer.parameters)


def record(
    network: Network, loss: str, batches: Iterable[Batch], optimizer: Optimizer | None = None, limit: int = 64
) -> Trace:
    """Train on some batches and write everything down.

    Args:
        network: is changed if there is an optimizer.
        loss: by name.
        batches: pairs of inputs and targets; one pair is one training step.
        optimizer: None records the way there and back without a step.
        limit: of each array at most so many elements are worked out with their numbers; all are in ``value``.

    Example:
        >>> from hondo.scratch.networks.network import mlp
        >>> x, y = np.array([[1.0, 2.0]]), np.array([[1.0]])
        >>> [step.name for step in record(mlp((2, 1)), "mean_squared_error", [(x, y)]).steps]
        ['z1', 'L', 'dz1', 'dW1', 'db1', 'da0']
    """
    recorder = _Recorder(network, named_loss(loss), limit)
    given = {symbol.name: network.parameters[key].copy() for key, symbol in parameter_symbols(recorder.places)}
    memory: dict[str, Memory] = {}
    for number, (x, y) in enumerate(batches):
        recorder.batch = number
        if number == 0:
            given |= {Symbol("a", 0).name: x, TARGET.name: y}
        else:
            recorder.steps += [_arrives(symbol, value, number) for symbol, value in ((Symbol("a", 0), x), (TARGET, y))]
        recorder.there_and_back(x, y)
        if optimizer is not None:
            recorder.update(optimizer, memory, number)
    return Trace(given, tuple(recorder.steps))


def _arrives(symbol: Symbol, value: np.ndarray, batch: int) -> Step:
    """The next batch's inputs or targets."""
    meaning = {"en": "the next batch arrives", "es": "llega el siguiente lote"}
    return Step("forward", batch, "batch", symbol.name, symbol.latex(), symbol.latex(), (), meaning, value)
