"""Small networks and data that several tests of the engine train."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from hondo.core.backend import keras

layers = keras.layers


class Case(NamedTuple):
    """A network with data and the arguments of ``fit``."""

    make: Callable[[], Any]
    compile: Callable[[], dict[str, Any]]
    x: Any
    y: Any
    fit: dict[str, Any] = {}  # noqa: RUF012 - never changed


rng = np.random.default_rng(7)
ROWS = rng.normal(size=(203, 12)).astype("float32")
PICTURES = rng.normal(size=(103, 8, 8, 1)).astype("float32")
LABELS = rng.integers(0, 3, 203)
NUMBERS = rng.normal(size=(203, 1)).astype("float32")


def mlp(**options: Any) -> Any:
    """12-16-3 with softmax."""
    return keras.Sequential(
        [keras.Input((12,)), layers.Dense(16, activation="tanh", **options), layers.Dense(3, activation="softmax")]
    )


def cnn() -> Any:
    """Convolution, batch normalisation, pooling and dropout."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            # No bias before a normalisation that removes it: its gradient would be rounding errors alone.
            layers.Conv2D(4, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def two_in_two_out() -> Any:
    """A functional model with two inputs and two outputs."""
    left, right = keras.Input((12,), name="left"), keras.Input((12,), name="right")
    joined = layers.concatenate([layers.Dense(8, activation="relu")(left), layers.Dense(8)(right)])
    kind = layers.Dense(3, activation="softmax", name="kind")(joined)
    size = layers.Dense(1, name="size")(joined)
    return keras.Model([left, right], [kind, size])


class Subclassed(keras.Model):
    """A subclassed model that is built at its first batch and adds a loss of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = layers.Dense(8, activation="relu")
        self.out = layers.Dense(3, activation="softmax")

    def call(self, x: Any) -> Any:
        hidden = self.hidden(x)
        self.add_loss(1e-2 * keras.ops.mean(keras.ops.square(hidden)))
        return self.out(hidden)


class OwnStep(keras.Model):
    """A model with a training step of its own, which also reports a value of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = mlp()

    def call(self, x: Any) -> Any:
        return self.inner(x)

    def train_step(self, state: Any, data: Any) -> Any:
        logs, state = super().train_step(state, data)
        return {**logs, "twice_the_loss": 2 * logs["loss"]}, state


def classes(optimizer: Callable[[], Any]) -> Callable[[], dict[str, Any]]:
    """Compile arguments for class numbers."""
    return lambda: {
        "optimizer": optimizer(),
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
    }


def two_losses() -> dict[str, Any]:
    """Compile arguments for the two outputs."""
    return {
        "optimizer": keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        "loss": {"kind": "sparse_categorical_crossentropy", "size": "mse"},
        "loss_weights": {"kind": 1.0, "size": 0.3},
        "metrics": {"kind": ["accuracy"], "size": ["mae"]},
    }


def adam_with_schedule() -> Any:
    """Adam whose learning rate falls."""
    return keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.02, 5, 0.9))


CASES = {
    "mlp": Case(mlp, classes(lambda: keras.optimizers.SGD(0.1)), ROWS, LABELS),
    "cnn with batch normalisation and dropout": Case(
        cnn, classes(lambda: keras.optimizers.Adam(0.01)), PICTURES, LABELS[:103]
    ),
    "two inputs, two outputs": Case(two_in_two_out, two_losses, [ROWS, ROWS[::-1]], {"kind": LABELS, "size": NUMBERS}),
    "l2": Case(
        lambda: mlp(kernel_regularizer=keras.regularizers.L2(0.01)),
        classes(lambda: keras.optimizers.SGD(0.1)),
        ROWS,
        LABELS,
    ),
    "rmsprop": Case(mlp, classes(lambda: keras.optimizers.RMSprop(0.01, momentum=0.5)), ROWS, LABELS),
    "adam with schedule": Case(mlp, classes(adam_with_schedule), ROWS, LABELS),
    "adamw with clipping and averaged weights": Case(
        mlp, classes(lambda: keras.optimizers.AdamW(0.01, clipnorm=0.5, use_ema=True)), ROWS, LABELS
    ),
    "no partial batch": Case(mlp, classes(lambda: keras.optimizers.SGD(0.1)), ROWS[:192], LABELS[:192]),
    "one batch, smaller than asked": Case(mlp, classes(lambda: keras.optimizers.SGD(0.1)), ROWS[:10], LABELS[:10]),
    "class weights": Case(
        mlp, classes(lambda: keras.optimizers.SGD(0.1)), ROWS, LABELS, {"class_weight": {0: 2.0, 2: 0.5}}
    ),
    "sample weights": Case(
        mlp,
        classes(lambda: keras.optimizers.SGD(0.1)),
        ROWS,
        LABELS,
        {"sample_weight": np.linspace(0, 2, 203).astype("float32")},
    ),
    "subclassed with add_loss": Case(Subclassed, classes(lambda: keras.optimizers.Adam(0.01)), ROWS, LABELS),
    "own train_step": Case(OwnStep, classes(lambda: keras.optimizers.Adam(0.01)), ROWS, LABELS),
    "validation split": Case(mlp, classes(lambda: keras.optimizers.SGD(0.1)), ROWS, LABELS, {"validation_split": 0.25}),
}


def compiled(case: Case, seed: int = 1) -> Any:
    """The case's model with weights that depend on the seed alone."""
    keras.utils.set_random_seed(seed)
    model = case.make()
    model.compile(**case.compile())
    return model
