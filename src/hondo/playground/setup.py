"""What a playground trains: points, network, loss and optimizer, as one frozen record that checks itself."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from hondo.core.errors import SpecError, nearest
from hondo.core.language import tr

Problem = Literal["classification", "regression"]

CLASS_SETS = ("circle", "xor", "gaussians", "spiral", "moons")
NUMBER_SETS = ("plane", "gaussian_mix")
OWN = "own"
MANY_SETS = ("circle", "gaussians", "spiral")
"""Those that can have more than two classes."""
INPUTS = ("x1", "x2", "x1^2", "x2^2", "x1x2", "sin(x1)", "sin(x2)")
CLASS_OUTPUTS = ("tanh", "sigmoid", "softmax")
CHOICES: dict[str, tuple[str, ...]] = {
    "data": (*CLASS_SETS, *NUMBER_SETS, OWN),
    "activation": ("relu", "tanh", "sigmoid", "linear"),
    "output": (*CLASS_OUTPUTS, "linear"),
    "regularisation": ("none", "l1", "l2"),
    "optimizer": ("sgd", "momentum", "rmsprop", "adam"),
    "initialisation": ("uniform", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "normal"),
}
RANGES: dict[str, tuple[float, float]] = {
    "samples": (10, 10_000),
    "noise": (0.0, 0.5),
    "train_share": (0.1, 0.9),
    "batch_size": (1, 10_000),
    "classes": (2, 8),
    "learning_rate": (1e-6, 100.0),
    "regularisation_rate": (0.0, 100.0),
    "seed": (0, 2**32 - 1),
    "data_seed": (0, 2**32 - 1),
}
MOST_LAYERS, MOST_NEURONS = 6, 8
_WHOLE = ("samples", "batch_size", "classes", "seed", "data_seed")


@dataclass(frozen=True)
class Setup:
    """Everything that decides a training, so that the same setup always gives the same numbers.

    Attributes:
        data: which points: a set of ``data/sets/points.py``, or ``own`` for the user's.
        samples: how many points, training and test together; not read for own points.
        noise: how noisy they are.
        train_share: the share of the points that is learnt from; the rest tests.
        batch_size: points a step; more than there are means all.
        inputs: which functions of a point the network sees.
        hidden: neurons of each hidden layer.
        activation: of the hidden layers.
        output: ``tanh`` learns targets ±1 by squared error ½(o − y)², as TensorFlow Playground does; ``sigmoid`` and
            ``softmax`` learn by cross-entropy; ``linear`` is for regression, by ½(o − y)².
        classes: how many; more than two with ``softmax``, for own points and the sets of :data:`MANY_SETS`.
        learning_rate: η.
        regularisation: adds rate · Σ|w| (``l1``) or rate · Σw² (``l2``) of the kernels to the loss, as everywhere in
            Hondo and in Keras; TensorFlow Playground halves its L2 and stops weights for good that L1 brings to 0.
        regularisation_rate: its rate.
        optimizer: with Keras's defaults (momentum 0.9, ρ 0.9, β 0.9 and 0.999, ε 1e-7).
        initialisation: how kernels begin; ``uniform`` is TensorFlow Playground's ±0.5 with biases of 0.1.
        seed: decides the first weights and the order of the points.
        data_seed: decides the points.

    Raises:
        SpecError: for a value that is not known, out of range or does not fit the others.
    """

    data: str = "circle"
    samples: int = 500
    noise: float = 0.0
    train_share: float = 0.5
    batch_size: int = 10
    inputs: tuple[str, ...] = ("x1", "x2")
    hidden: tuple[int, ...] = (4, 2)
    activation: str = "tanh"
    output: str = "tanh"
    classes: int = 2
    learning_rate: float = 0.03
    regularisation: str = "none"
    regularisation_rate: float = 0.0
    optimizer: str = "sgd"
    initialisation: str = "uniform"
    seed: int = 0
    data_seed: int = 0

    def __post_init__(self) -> None:
        for name in CHOICES:
            _check_name(name, getattr(self, name), CHOICES[name])
        for name in RANGES:
            object.__setattr__(self, name, _checked_number(name, getattr(self, name)))
        for name in ("inputs", "hidden"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        _check_inputs(self.inputs)
        _check_hidden(self.hidden)
        _check_output(self)

    @property
    def problem(self) -> Problem:
        """Whether classes or numbers are learnt; for own points the output decides."""
        if self.data == OWN:
            return "regression" if self.output == "linear" else "classification"
        return "regression" if self.data in NUMBER_SETS else "classification"

    @property
    def outputs(self) -> int:
        """How many output neurons."""
        return self.classes if self.output == "softmax" else 1

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons from the inputs to the outputs."""
        return (len(self.inputs), *self.hidden, self.outputs)

    def changed(self, **values: Any) -> "Setup":
        """A setup with other values; an output that no longer fits the data follows them.

        Example:
            >>> Setup().changed(data="plane").output
            'linear'
        """
        known = {field.name for field in fields(self)}
        for name in values:
            _check_name(tr("setting", "ajuste"), name, known)
        if "data" in values and "output" not in values and values["data"] != OWN:
            regression = values["data"] in NUMBER_SETS
            if regression or self.output == "linear":
                values["output"] = "linear" if regression else "tanh"
        data, output = values.get("data", self.data), values.get("output", self.output)
        if "classes" not in values and not (output == "softmax" and data in (*MANY_SETS, OWN)):
            values["classes"] = 2
        return replace(self, **values)


def _check_name(what: str, value: object, known: Iterable[str]) -> None:
    known = tuple(known)
    if value not in known:
        shown = nearest(str(value), known)
        raise SpecError(tr(f"{what}: there is no {value!r}", f"{what}: no existe {value!r}"), shown)


def _checked_number(name: str, value: object) -> int | float:
    """The number, whole where it must be."""
    low, high = RANGES[name]
    number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    whole = name in _WHOLE
    if not low <= number <= high or (whole and not number.is_integer()):
        kind = tr("a whole number", "un número entero") if whole else tr("a number", "un número")
        raise SpecError(
            tr(f"{name} must be {kind}, got {value!r}", f"{name} debe ser {kind}; se recibió {value!r}"),
            tr(f"It lies between {_plain(low)} and {_plain(high)}.", f"Está entre {_plain(low)} y {_plain(high)}."),
        )
    return int(number) if whole else number


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


def _check_inputs(inputs: tuple[str, ...]) -> None:
    for each in inputs:
        _check_name("inputs", each, INPUTS)
    if not inputs or len(set(inputs)) < len(inputs):
        raise SpecError(
            tr("inputs must be at least one, none of them twice", "inputs debe tener al menos una, ninguna repetida"),
            tr(f"Choose from {', '.join(INPUTS)}.", f"Elija entre {', '.join(INPUTS)}."),
        )


def _check_hidden(hidden: tuple[int, ...]) -> None:
    good = all(type(each) is int and 1 <= each <= MOST_NEURONS for each in hidden)
    if not good or len(hidden) > MOST_LAYERS:
        listed = ", ".join(map(str, hidden))
        raise SpecError(
            tr(f"hidden cannot be ({listed})", f"hidden no puede ser ({listed})"),
            tr(
                f"It has 0 to {MOST_LAYERS} layers of 1 to {MOST_NEURONS} neurons.",
                f"Tiene de 0 a {MOST_LAYERS} capas de 1 a {MOST_NEURONS} neuronas.",
            ),
        )


def _check_output(setup: Setup) -> None:
    """The output must fit the problem, and the classes the output."""
    if (setup.output == "linear") != (setup.problem == "regression"):
        fitting = "linear" if setup.problem == "regression" else ", ".join(CLASS_OUTPUTS)
        raise SpecError(
            tr(
                f"output {setup.output!r} does not fit the data {setup.data!r}",
                f"la salida {setup.output!r} no sirve para los datos {setup.data!r}",
            ),
            tr(f"Fitting: {fitting}.", f"Sirven: {fitting}."),
        )
    if setup.classes > 2 and (setup.data not in (*MANY_SETS, OWN) or setup.output != "softmax"):
        listed = ", ".join((*MANY_SETS, OWN))
        raise SpecError(
            tr(f"{setup.data!r} with output {setup.output!r} has 2 classes, not {setup.classes}",
               f"{setup.data!r} con salida {setup.output!r} tiene 2 clases, no {setup.classes}"),
            tr(f"More need softmax and one of {listed}.", f"Más clases piden softmax y uno de {listed}."),
        )  # fmt: skip
