"""Training as a function of the setup and the step alone: however steps are divided over calls, the same bits come out.

That holds for one kind of processor; others round otherwise. Steps are taken by the machine code of ``code.py`` where
it can be made and was found right, else by ``reference.py``.
"""

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.core.machine import allowed
from hondo.playground.code import Code, code_for, compiled
from hondo.playground.data import Points, features, points, targets
from hondo.playground.layout import count, first_weights
from hondo.playground.order import order, seed_key
from hondo.playground.reference import MOMENTS, Rules, forward, losses, rules, step
from hondo.playground.setup import INPUTS, OWN, Setup

_ALIGNMENT = 64


@dataclass(frozen=True, eq=False)
class State:
    """Where a training is.

    Attributes:
        weights: all weights and biases ``(count,)``, laid out as ``layout.py`` says; not to be written to.
        moments: what the optimizer remembers ``(moments, count)``.
        step: how many steps were taken.
    """

    weights: FloatArray
    moments: FloatArray
    step: int = 0

    def __post_init__(self) -> None:
        self.weights.flags.writeable = self.moments.flags.writeable = False

    def same_as(self, other: "State") -> bool:
        """Whether both are the same to the last bit."""
        pairs = ((self.weights, other.weights), (self.moments, other.moments))
        return self.step == other.step and all(a.tobytes() == b.tobytes() for a, b in pairs)


@dataclass(frozen=True)
class Scores:
    """How good a network is.

    Attributes:
        train_loss, test_loss: mean loss without the penalty; NaN without test points.
        train_score, test_score: accuracy, or R² for regression.
    """

    train_loss: float
    test_loss: float
    train_score: float
    test_score: float


@dataclass(frozen=True, eq=False)
class Training:
    """A setup with its points, ready to train; :func:`prepare` makes it.

    Attributes:
        setup: what is trained.
        points: as places on the plane.
        x, y: what the network learns from: features ``(n, inputs)`` and targets ``(n,)``.
        test_x, test_y: the same for the test.
        rules: rates and penalties.
        batch: points a step.
    """

    setup: Setup
    points: Points
    x: FloatArray
    y: FloatArray
    test_x: FloatArray
    test_y: FloatArray
    rules: Rules
    batch: int
    _code: Code | None = None
    _columns: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def compiled(self) -> bool:
        """Whether machine code trains it."""
        return self._code is not None

    @property
    def batches(self) -> int:
        """Steps an epoch; the last batch may be smaller."""
        return -(-len(self.y) // self.batch)

    def epoch(self, state: State) -> float:
        """How many epochs a state has seen."""
        return state.step / self.batches

    def start(self) -> State:
        """The state before the first step, always the same."""
        return self.state(first_weights(self.setup))

    def state(self, weights: Array, moments: Array | None = None, step: int = 0) -> State:
        """A state with given weights; the optimizer begins anew unless told.

        Raises:
            HondoError: for another number of weights.
        """
        number, dtype = count(self.setup.sizes), self.x.dtype
        if moments is None:
            moments = np.zeros((MOMENTS[self.setup.optimizer], number))
        if np.shape(weights) != (number,) or np.shape(moments) != (MOMENTS[self.setup.optimizer], number):
            raise HondoError(
                tr(f"this network has {number} weights, got {np.shape(weights)}",
                   f"esta red tiene {number} pesos; se recibió {np.shape(weights)}"),
                tr("Use the setup that they were trained with.", "Use el ajuste con el que se entrenaron."),
            )  # fmt: skip
        return State(np.array(weights, dtype), np.array(moments, dtype), step)

    def adopt(self, state: State, of: "Training") -> State:
        """Another training's state, to go on from with this one's setup: weights and step, the moments if they fit.

        Raises:
            HondoError: if the networks' sizes differ.
        """
        kept = state.moments if of.setup.optimizer == self.setup.optimizer else None
        if of.setup.sizes != self.setup.sizes:
            raise HondoError(
                tr(
                    f"the network's sizes are {self.setup.sizes}, the state's {of.setup.sizes}",
                    f"los tamaños de la red son {self.setup.sizes}; los del estado, {of.setup.sizes}",
                ),
                tr("Begin anew, or keep inputs and layers.", "Empiece de nuevo o conserve entradas y capas."),
            )
        return self.state(state.weights, kept, state.step)

    def advance(self, state: State, steps: int) -> State:
        """The state after so many more steps.

        Raises:
            HondoError: for a negative number of steps.
        """
        if steps < 0:
            raise HondoError(
                tr(f"cannot take {steps} steps", f"no se pueden dar {steps} pasos"),
                tr("To go back, use a history.", "Para volver atrás, use un historial."),
            )
        if not steps:
            return state
        return _by_machine(self, self._code, state, steps) if self._code else _by_numpy(self, state, steps)

    def values(self, state: State, x: Array) -> list[FloatArray]:
        """Every neuron's values for features ``(n, inputs)``: the inputs, then each layer ``(n, units)``."""
        return forward(self.setup, state.weights, np.asarray(x, self.x.dtype))

    def scores(self, state: State) -> Scores:
        """Losses and accuracies now."""
        train, test = (self._scored(state, *part) for part in ((self.x, self.y), (self.test_x, self.test_y)))
        return Scores(train[0], test[0], train[1], test[1])

    def _scored(self, state: State, x: FloatArray, y: FloatArray) -> tuple[float, float]:
        if not len(y):
            return float("nan"), float("nan")
        with np.errstate(all="ignore"):  # a training that diverges has losses that are no numbers
            outputs = self.values(state, x)[-1]
            loss = float(losses(self.setup, outputs, y).mean(dtype=np.float64))
            return loss, _score(self.setup, outputs, y)


def _score(setup: Setup, outputs: FloatArray, y: FloatArray) -> float:
    """Accuracy or R²."""
    if setup.output == "softmax":
        return float((outputs.argmax(axis=1) == y).mean())
    o = outputs[:, 0]
    if setup.output != "linear":
        border = 0.5 if setup.output == "sigmoid" else 0.0
        return float(((o > border) == (y > border)).mean())
    spread = float(np.square(y - y.mean()).sum())
    return 1 - float(np.square(o - y, dtype=np.float64).sum()) / spread if spread else float("nan")


def prepare(setup: Setup, own: Points | None = None, *, dtype: type = np.float32, machine: bool = True) -> Training:
    """A training of a setup.

    Args:
        setup: what is trained.
        own: the points, where the setup's are the user's own.
        dtype: float64 is for comparing, and is computed by NumPy.
        machine: whether machine code may be used.
    """
    found = points(setup) if own is None else own
    x, test_x = (features(setup, part).astype(dtype) for part in (found.train, found.test))
    y, test_y = (targets(setup, part).astype(dtype) for part in (found.train_y, found.test_y))
    batch = min(setup.batch_size, len(y))
    training = Training(setup, found, x, y, test_x, test_y, rules(setup, dtype), batch)
    code = code_for(setup, batch)
    if dtype is not np.float32 or not machine or not allowed() or not _works(code):
        return training
    return replace(training, _code=code, _columns=np.ascontiguousarray(x.T))


def _by_numpy(training: Training, state: State, steps: int) -> State:
    weights, moments = state.weights, state.moments
    with np.errstate(all="ignore"):
        for number in range(state.step, state.step + steps):
            epoch, batch = divmod(number, training.batches)
            chosen = order(training.setup.seed, epoch, len(training.y))[batch * training.batch :][: training.batch]
            x, y = training.x[chosen], training.y[chosen]
            weights, moments = step(training.setup, training.rules, weights, moments, number, x, y)
    return State(weights, moments, state.step + steps)


def _by_machine(training: Training, code: Code, state: State, steps: int) -> State:
    number, padded = count(code.sizes), code.padded
    work = _aligned(padded * (code.lanes + 5))
    sums, rest = work[: padded * code.lanes], work[padded * code.lanes :].reshape(5, padded)
    rest[0, :number], rest[1, :number], rest[2, :number] = state.weights, training.rules.l1, training.rules.l2
    rest[3 : 3 + len(state.moments), :number] = state.moments
    places = np.zeros(len(training.y) + code.lanes, np.int32)
    rates = training.rules.rates
    pointers = (rest, rest[3], rest[1], rest[2], rates, training._columns, training.y, sums, places)
    addresses = (each.__array_interface__["data"][0] for each in pointers)
    key = seed_key(training.setup.seed)
    key -= (key >> 63) << 64  # as the signed number with the same bits
    compiled(code)(*addresses, len(rates) - 1, len(training.y), training.batch, key, state.step, steps)
    moments = rest[3 : 3 + len(state.moments), :number].copy()
    return State(rest[0, :number].copy(), moments, state.step + steps)


def _aligned(values: int) -> FloatArray:
    """Zeros where vectors in memory should begin."""
    room = np.zeros(values + _ALIGNMENT // 4, np.float32)
    offset = -room.__array_interface__["data"][0] % _ALIGNMENT // 4
    return room[offset:][:values]


@cache
def _works(code: Code) -> bool:
    """Try machine code beside NumPy before anything depends on it."""
    classes = code.sizes[-1] if code.output == "softmax" else 2
    setup = Setup(
        OWN, batch_size=7 if code.whole else code.lanes + 5, inputs=INPUTS[: code.sizes[0]], hidden=code.sizes[1:-1],
        activation=code.activation, output=code.output, classes=classes, optimizer=code.optimizer, learning_rate=0.01,
        regularisation="l2", regularisation_rate=0.01,
    )  # fmt: skip
    angles = np.arange(40) * 2.4
    places = np.stack([np.sin(angles), np.cos(angles)], axis=1) * np.linspace(0.1, 2, 40)[:, np.newaxis]
    y = np.linspace(-1, 1, 40) if code.output == "linear" else np.arange(40) % classes
    own = Points(places, np.asarray(y, np.float64), places[:0], np.zeros(0))
    training = prepare(setup, own, machine=False)
    began = training.start()
    try:
        found = _by_machine(replace(training, _columns=np.ascontiguousarray(training.x.T)), code, began, 9)
    except (RuntimeError, OSError):
        return False
    expected = _by_numpy(training, began, 9)
    # In the mean: where a gradient is almost 0, optimizers that divide by its size make much of a rounding.
    tolerance = 2e-5 if code.optimizer in ("sgd", "momentum") else 5e-4
    return bool(np.abs(found.weights - expected.weights).mean() <= tolerance)
