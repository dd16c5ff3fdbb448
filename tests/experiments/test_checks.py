"""Each mistake that would train silently wrong is found by name, and sound setups raise none."""

from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import SpecError
from hondo.core.language import use_language
from hondo.experiments.checks import Setup, check_before_training
from hondo.experiments.learning import resolve
from hondo.experiments.specs.read import read_spec

RNG = np.random.default_rng(0)


def network(units: int, activation: str = "linear", input_shape: tuple[int, ...] = (4,)) -> Any:
    return keras.Sequential([keras.Input(input_shape), keras.layers.Flatten(), keras.layers.Dense(units, activation)])


def setup(
    *overrides: str,
    units: int = 3,
    activation: str = "softmax",
    kind: Any = "integer",
    classes: int = 3,
    **changes: Any,
) -> Setup:
    """A sound classification (or, with ``kind="number"``, regression), changed as a test needs it."""
    task: Any = "regression" if kind == "number" else "classification"
    spec = read_spec({"data": {"name": "x"}, "model": {"python": "mine:net"}}, overrides)
    labels = np.arange(60) % max(1, classes)
    y: Any = {"integer": labels, "one-hot": np.eye(max(1, classes))[labels], "number": RNG.random(60)}[kind]
    model = changes.pop("model", None) or network(units, activation)
    parts: dict[str, Any] = {
        "spec": resolve(spec, model=model, task=task, target_kind=kind),
        "model": model,
        "task": task,
        "target_kind": kind,
        "outputs": classes or 1,
        "classes": tuple("abcdefghij"[:classes]),
        "y_train": y,
        "x_sample": RNG.normal(size=(60, 4)),
        "samples": 60,
    }
    return Setup(**{**parts, **changes})


def regression(*overrides: str, **changes: Any) -> Setup:
    return setup(*overrides, **{"units": 1, "activation": "linear", "kind": "number", "classes": 0, **changes})


def one_unit(*overrides: str, **changes: Any) -> Setup:
    return setup(*overrides, **{"units": 1, "activation": "sigmoid", "classes": 2, **changes})


def refusal(made: Setup) -> str:
    with pytest.raises(SpecError) as caught:
        check_before_training(made)
    return str(caught.value)


def warnings(made: Setup) -> list[str]:
    return [notice.text for notice in check_before_training(made) if notice.kind == "warning"]


@pytest.mark.parametrize(
    "made",
    [
        lambda: setup(),
        lambda: setup(kind="one-hot"),
        lambda: setup("learn.metrics=[accuracy, mse]", kind="one-hot"),
        lambda: setup(units=2, classes=2),
        lambda: setup("learn.metrics=[auc, precision, recall]", units=2, classes=2),
        lambda: one_unit("learn.metrics=[accuracy, auc, mse]"),
        lambda: regression(),
        lambda: regression("learn.loss=huber", "learn.metrics=[mae, r2, rmse]"),
        lambda: regression(outputs=2, units=2, y_train=RNG.random((60, 2))),
        lambda: setup("train.early_stopping={monitor: val_accuracy}", "train.reduce_on_plateau={monitor: loss}"),
        lambda: setup("train.batch_size=all"),
        lambda: setup("train.class_weights={a: 2, c: 0.5}"),
        lambda: setup("learn.optimizer=sgd", "learn.learning_rate=0.5"),
    ],
)
def test_sound_setups_are_passed_without_a_word(made: Any) -> None:
    assert check_before_training(made()) == []


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: setup(units=1, classes=2), "softmax on one unit"),
        (lambda: setup(units=4), "ends in 4 units but the data have 3 classes"),
        (lambda: setup(units=1, activation="sigmoid"), "ends in 1 units but the data have 3 classes"),
        (lambda: regression(units=2), "ends in 2 units but the data have 1 numbers"),
        (lambda: setup("learn.loss=categorical_crossentropy"), "needs one-hot rows"),
        (lambda: setup("learn.loss=sparse_categorical_crossentropy", kind="one-hot"), "needs class numbers"),
        (lambda: setup("learn.loss=binary_crossentropy", kind="one-hot"), "one unit and two classes"),
        (lambda: setup("learn.loss=binary_crossentropy", units=2, classes=2), "one unit and two classes"),
        (lambda: one_unit("learn.loss=sparse_categorical_crossentropy"), "needs a unit for each class"),
        (lambda: setup("learn.loss=mse"), "compare class numbers with 3 probabilities"),
        (lambda: regression("learn.loss=binary_crossentropy"), "for classes, and the targets are numbers"),
        (lambda: setup(activation="linear"), "needs probabilities, and the last activation is linear"),
        (lambda: setup(activation="relu"), "needs probabilities, and the last activation is relu"),
        (lambda: one_unit(activation="tanh"), "needs probabilities, and the last activation is tanh"),
        (lambda: setup(y_train=np.array([0, 1, 2, 3, 3, 7])), "labels outside the 3 classes (0 to 2): 3 (×2), 7 (×1)"),
        (lambda: setup(y_train=np.array([0, -1])), "-1 (×1)"),
        (lambda: setup(kind="one-hot", y_train=np.eye(4)), "should have 3 columns"),
        (lambda: regression(y_train=np.array([1.0, np.nan, np.inf])), "2 targets are not finite"),
        (lambda: setup(x_sample=np.array([[1.0, np.nan, 0, 0]])), "1 of the first 4 input values are missing"),
        (lambda: setup("train.early_stopping.monitor=val_acc"), "Did you mean 'val_accuracy'?"),
        (lambda: setup("train.reduce_on_plateau.monitor=mae", "data.validation=0"), "'mae', which will not exist"),
        (lambda: regression("learn.metrics=[accuracy]"), "'accuracy': it is for classes"),
        (lambda: setup("learn.metrics=[auc]"), "for two classes, and there are 3"),
        (lambda: setup("learn.metrics=[rmse]"), "class numbers"),
        (lambda: setup("train.class_weights={a: 1, d: 2}"), "there is no class 'd'"),
        (lambda: regression("train.class_weights=balanced"), "class_weights are for classes"),
    ],
)
def test_what_cannot_mean_anything_is_refused_by_name(made: Any, told: str) -> None:
    assert told in refusal(made())
    with use_language("es"):
        assert told not in refusal(made()) or "×" in told


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: setup(activation="sigmoid"), "do not add up to 1"),
        (lambda: setup("learn.loss=mse", kind="one-hot"), "learns classes slowly"),
        (lambda: one_unit("learn.loss=mae"), "learns classes slowly"),
        (lambda: setup(x_sample=RNG.integers(0, 256, (60, 4))), "inputs reach 25"),
        (lambda: setup("train.batch_size=61"), "the batch (61) is larger than the training data (60)"),
        (lambda: setup("learn.learning_rate=0.2"), "0.2 is very large for adam"),
        (lambda: setup(y_train=np.array([0, 1] * 30)), "no training sample is of class: c"),
        (
            lambda: regression(activation="sigmoid", y_train=np.array([0.5, 3.0, -1.0])),
            "2 of 3 targets are out of reach",
        ),
        (lambda: regression(activation="relu", y_train=np.array([5.0, -1.0])), "1 of 2 targets are out of reach"),
    ],
)
def test_what_is_probably_not_meant_is_warned_of(made: Any, told: str) -> None:
    (warning,) = warnings(made())
    assert told in warning
    with use_language("es"):
        (spanish,) = warnings(made())
    assert spanish != warning


def test_a_model_that_scales_its_inputs_may_have_large_ones() -> None:
    layers = [keras.layers.Rescaling(1 / 255), keras.layers.Dense(3, "softmax")]
    model = keras.Sequential([keras.Input((4,)), *layers])
    assert warnings(setup(model=model, x_sample=np.full((5, 4), 255.0))) == []


def test_unequal_classes_are_mentioned_where_only_accuracy_is_watched() -> None:
    y = np.array([0] * 110 + [1] * 10 + [2] * 30)
    (notice,) = check_before_training(setup(y_train=y))
    assert notice.kind == "info"
    assert f"{110 / 150:.0%}" in notice.text
    assert check_before_training(setup("train.class_weights=balanced", y_train=y)) == []
    assert check_before_training(setup(y_train=y[10:])) == []


def test_a_dense_layer_on_a_picture_is_warned_of_and_names_its_place() -> None:
    layers = "[{conv2d: 2}, {dense: 3}, flatten, {dense: {units: 3, activation: softmax}}]"
    spec = read_spec("digits-mlp", [f"model={{layers: {layers}}}"])
    model = network(3, "softmax", (8, 8, 1))
    spec = resolve(spec, model=model, task="classification", target_kind="integer")
    (warning,) = warnings(setup(spec=spec, model=model, x_sample=RNG.random((5, 8, 8, 1))))
    assert "layer 2 (dense)" in warning


def test_all_refusals_are_told_at_once() -> None:
    shown = refusal(setup("learn.loss=categorical_crossentropy", units=4, y_train=np.array([0, 9]))).splitlines()
    assert shown[0] == "3 things cannot work:"
    assert len(shown) == 4


def test_activations_are_found_however_the_model_was_made() -> None:
    inputs = keras.Input((4,))
    plain = keras.layers.Dense(3)(inputs)
    for last in (keras.layers.Activation("softmax"), keras.layers.Softmax()):
        assert setup(model=keras.Model(inputs, last(plain))).last_activation == "softmax"
    assert setup(model=keras.Model(inputs, keras.layers.ReLU()(plain))).last_activation == "relu"
    assert setup(model=keras.Model(inputs, keras.layers.Rescaling(2)(plain))).last_activation is None


def test_an_activation_of_the_readers_own_is_not_judged() -> None:
    def softmax_with_temperature(x: Any) -> Any:
        return keras.ops.softmax(x / 2)

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation=softmax_with_temperature)])
    assert check_before_training(setup(model=model)) == []


class Subclassed(keras.Model):
    def __init__(self, units: int) -> None:
        super().__init__()
        self.dense = keras.layers.Dense(units, "softmax")

    def call(self, x: Any) -> Any:
        return self.dense(x)


def test_a_subclassed_model_is_asked_for_its_units() -> None:
    assert check_before_training(setup(model=Subclassed(3))) == []
    assert "ends in 5 units" in refusal(setup(model=Subclassed(5)))


def test_a_model_with_two_outputs_is_refused() -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [keras.layers.Dense(3)(inputs), keras.layers.Dense(3)(inputs)])
    assert "exactly one output" in refusal(setup(model=model))
