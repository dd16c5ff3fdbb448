"""Optimizers, schedules, losses and metrics: each is what its name says, and a record repeats the training."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as reference

from hondo.core.backend import keras
from hondo.core.errors import SpecError
from hondo.core.language import use_language
from hondo.core.spec import LearnSpec, RunSpec, ScheduleSpec
from hondo.experiments.learning import compile_model, default_loss, make_loss, make_optimizer, output_units, resolve
from hondo.experiments.metrics import make_metric
from hondo.experiments.schedules import make_schedule
from hondo.experiments.specs.read import parse_spec, read_spec, spec_to_yaml
from hondo.models.build import build_model

STEPS, EPOCHS, RATE = 50, 8, 0.3

# The learning rate after t steps, by the formulas of the docstring.
FORMULAS: list[tuple[dict[str, Any], Callable[[int], float]]] = [
    ({"kind": "step"}, lambda t: RATE * 0.5 ** (t // (10 * STEPS))),
    ({"kind": "step", "rate": 0.1, "every_epochs": 2}, lambda t: RATE * 0.1 ** (t // (2 * STEPS))),
    ({"kind": "exponential"}, lambda t: RATE * 0.9 ** (t / STEPS)),
    ({"kind": "exponential", "rate": 0.3, "every_epochs": 0.5}, lambda t: RATE * 0.3 ** (t / (0.5 * STEPS))),
    ({"kind": "inverse_time"}, lambda t: RATE / (1 + t / STEPS)),
    ({"kind": "inverse_time", "rate": 2, "every_epochs": 3}, lambda t: RATE / (1 + 2 * t / (3 * STEPS))),
]


def cosine(t: int, steps: int, final: float) -> float:
    return RATE * (final + (1 - final) * (1 + math.cos(math.pi * t / steps)) / 2)


@pytest.mark.parametrize(("written", "formula"), FORMULAS)
@pytest.mark.parametrize("warmup", [0, 1.5])
def test_a_schedule_follows_its_formula(
    written: dict[str, Any], formula: Callable[[int], float], warmup: float
) -> None:
    spec = ScheduleSpec.model_validate({**written, "warmup_epochs": warmup})
    schedule: Any = make_schedule(spec, RATE, steps_per_epoch=STEPS, epochs=EPOCHS)
    rise = int(warmup * STEPS)
    for t in range(0, STEPS * EPOCHS, 25):
        expected = RATE * t / rise if t < rise else formula(t - rise)
        assert float(schedule(t)) == pytest.approx(expected, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(("final", "warmup"), [(0.0, 0), (0.1, 0), (0.0, 2), (0.2, 0.5)])
def test_the_cosine_ends_where_it_should(final: float, warmup: float) -> None:
    spec = ScheduleSpec(kind="cosine", final=final, warmup_epochs=warmup)
    schedule: Any = make_schedule(spec, RATE, steps_per_epoch=STEPS, epochs=EPOCHS)
    rise = int(warmup * STEPS)
    for t in range(0, STEPS * EPOCHS + 1, 25):
        expected = RATE * t / rise if t < rise else cosine(t - rise, STEPS * EPOCHS - rise, final)
        assert float(schedule(t)) == pytest.approx(expected, rel=1e-5, abs=1e-8)
    assert float(schedule(STEPS * EPOCHS)) == pytest.approx(final * RATE, abs=1e-8)


def test_a_constant_rate_is_a_number_that_callbacks_may_change_unless_it_warms_up() -> None:
    assert make_schedule(ScheduleSpec(), RATE, steps_per_epoch=STEPS, epochs=EPOCHS) == RATE
    warm: Any = make_schedule(ScheduleSpec(warmup_epochs=2), RATE, steps_per_epoch=STEPS, epochs=EPOCHS)
    assert [float(warm(t)) for t in (0, 50, 100, 300)] == pytest.approx([0, RATE / 2, RATE, RATE])


@pytest.mark.parametrize("kind", ["constant", "step", "cosine"])
def test_a_warmup_that_outlasts_the_training_is_refused(kind: Any) -> None:
    with pytest.raises(SpecError, match="the warm-up lasts 8 epochs and the training 8"):
        make_schedule(ScheduleSpec(kind=kind, warmup_epochs=8), RATE, steps_per_epoch=STEPS, epochs=EPOCHS)


@pytest.mark.parametrize("kind", ["constant", "exponential"])
def test_a_saved_model_keeps_its_warmup(tmp_path: Path, kind: Any) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    learn = LearnSpec(learning_rate=RATE, schedule=ScheduleSpec(kind=kind, warmup_epochs=1))
    compile_model(model, learn, task="regression", target_kind="number", outputs=1, steps_per_epoch=5, epochs=3)
    model.fit(np.ones((4, 2)), np.ones(4), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded: Any = keras.saving.load_model(tmp_path / "model.keras")
    before, after = (m.optimizer._learning_rate for m in (model, loaded))
    assert [float(after(t)) for t in range(12)] == [float(before(t)) for t in range(12)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"optimizer": "sgd"}, keras.optimizers.SGD()),
        ({"optimizer": "sgd", "momentum": 0.8, "nesterov": True}, keras.optimizers.SGD(0.01, 0.8, True)),
        ({"optimizer": "rmsprop", "rho": 0.8, "momentum": 0.1}, keras.optimizers.RMSprop(0.001, 0.8, 0.1)),
        ({"optimizer": "adam"}, keras.optimizers.Adam()),
        ({"optimizer": "adam", "beta_1": 0.8, "beta_2": 0.99, "clip_norm": 1.0},
         keras.optimizers.Adam(beta_1=0.8, beta_2=0.99, global_clipnorm=1.0)),
        ({"optimizer": "adamw"}, keras.optimizers.AdamW()),
        ({"optimizer": "adamw", "weight_decay": 0.1}, keras.optimizers.AdamW(weight_decay=0.1)),
    ],
)  # fmt: skip
def test_an_optimizer_is_the_one_that_keras_code_would_have_made(written: dict[str, Any], expected: Any) -> None:
    learn = LearnSpec.model_validate(written)
    made = make_optimizer(learn, float(expected.learning_rate))
    assert type(made) is type(expected)
    ours, theirs = made.get_config(), expected.get_config()
    assert ours.pop("learning_rate") == pytest.approx(theirs.pop("learning_rate"))
    assert {**ours, "name": ""} == {**theirs, "name": ""}


@pytest.mark.parametrize(
    ("units", "task", "target_kind", "loss"),
    [
        (10, "classification", "integer", "sparse_categorical_crossentropy"),
        (10, "classification", "one-hot", "categorical_crossentropy"),
        (1, "classification", "integer", "binary_crossentropy"),
        (None, "classification", "integer", "sparse_categorical_crossentropy"),
        (1, "regression", "number", "mse"),
    ],
)
def test_the_loss_follows_from_targets_and_outputs(units: Any, task: Any, target_kind: Any, loss: str) -> None:
    assert default_loss(units=units, task=task, target_kind=target_kind) == loss


def test_losses_are_their_formulas() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), 20).astype("float32")
    labels = rng.integers(0, 3, 20)
    rows = np.eye(3, dtype="float32")[labels]
    smooth = rows * 0.9 + 0.1 / 3
    y, z = rng.normal(size=(2, 20, 1)).astype("float32") * 3
    bit, q = labels[:, None] % 2, p[:, :1]
    d = np.abs(y - z)
    cases = [
        ({"loss": "sparse_categorical_crossentropy"}, labels, p, -np.log(p[np.arange(20), labels]).mean()),
        ({"loss": "categorical_crossentropy"}, rows, p, -(rows * np.log(p)).sum(1).mean()),
        ({"loss": "categorical_crossentropy", "label_smoothing": 0.1}, rows, p, -(smooth * np.log(p)).sum(1).mean()),
        ({"loss": "binary_crossentropy"}, bit, q, -(bit * np.log(q) + (1 - bit) * np.log(1 - q)).mean()),
        ({"loss": "mse"}, y, z, ((y - z) ** 2).mean()),
        ({"loss": "mae"}, y, z, d.mean()),
        ({"loss": "huber", "huber_delta": 0.7}, y, z, np.where(d < 0.7, d**2 / 2, 0.7 * (d - 0.35)).mean()),
    ]
    for written, truth, output, expected in cases:
        assert float(make_loss(LearnSpec.model_validate(written))(truth, output)) == pytest.approx(expected, rel=1e-5)


def measured(name: Any, truth: Any, output: Any, units: int, target_kind: str) -> float:
    metric = make_metric(name, units=units, target_kind=target_kind)
    assert metric.name == name
    for part in (slice(0, 150), slice(150, None)):
        metric.update_state(truth[part], output[part])
    return float(metric.result())


def test_metrics_of_many_classes_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(5), 400).astype("float32")
    labels = rng.integers(0, 5, 400)
    rows = np.eye(5, dtype="float32")[labels]
    for truth, kind in ((labels, "integer"), (rows, "one-hot")):
        accuracy = reference.accuracy_score(labels, p.argmax(1))
        assert measured("accuracy", truth, p, 5, kind) == pytest.approx(accuracy)
        top = reference.top_k_accuracy_score(labels, p, k=3)
        assert measured("top_3_accuracy", truth, p, 5, kind) == pytest.approx(top)


def test_metrics_of_two_classes_are_the_same_for_one_unit_and_for_two_and_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 2000)
    second = np.clip(rng.normal(0.4 + 0.3 * labels, 0.25), 0.001, 0.999).astype("float32")
    both = np.stack([1 - second, second], axis=1)
    expected = {
        "accuracy": reference.accuracy_score(labels, second > 0.5),
        "precision": reference.precision_score(labels, second > 0.5),
        "recall": reference.recall_score(labels, second > 0.5),
        "auc": reference.roc_auc_score(labels, second),
    }
    for name, value in expected.items():
        near = pytest.approx(value, abs=2e-3 if name == "auc" else 1e-6)  # Keras sums the curve over 200 thresholds
        assert measured(name, labels, second[:, None], 1, "integer") == near
        assert measured(name, labels, both, 2, "integer") == near
        assert measured(name, np.eye(2, dtype="float32")[labels], both, 2, "one-hot") == near


def test_metrics_of_numbers_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    y = rng.normal(size=(300, 1)).astype("float32")
    z = (y + rng.normal(size=(300, 1))).astype("float32")
    expected = {
        "mse": reference.mean_squared_error(y, z),
        "mae": reference.mean_absolute_error(y, z),
        "rmse": reference.root_mean_squared_error(y, z),
        "r2": reference.r2_score(y, z),
    }
    for name, value in expected.items():
        assert measured(name, y, z, 1, "number") == pytest.approx(value, rel=1e-4)


@pytest.mark.parametrize(
    ("metric", "units", "target_kind", "told"),
    [
        ("accuracy", 1, "number", "for classes"),
        ("auc", 3, "integer", "for two classes, and there are 3"),
        ("top_3_accuracy", 3, "integer", "always be 1"),
        ("mse", 3, "integer", "class numbers"),
    ],
)
def test_a_metric_without_meaning_is_refused(metric: Any, units: int, target_kind: Any, told: str) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(units, "softmax")])
    task: Any = "regression" if target_kind == "number" else "classification"

    def compile_it() -> None:
        learn = LearnSpec(metrics=(metric,))
        compile_model(model, learn, task=task, target_kind=target_kind, outputs=units, steps_per_epoch=5, epochs=1)

    with pytest.raises(SpecError, match=told):
        compile_it()
    with use_language("es"), pytest.raises(SpecError, match="métrica"):
        compile_it()


def resolved(spec: RunSpec, model: Any, task: Any = "classification", target_kind: Any = "integer") -> RunSpec:
    return resolve(spec, model=model, task=task, target_kind=target_kind)


def test_a_resolved_spec_says_what_was_left_out_and_resolves_to_itself() -> None:
    spec = read_spec({"data": {"name": "digits"}, "model": {"preset": "mlp"}, "learn": {"schedule": "step"}})
    model = build_model(spec.model, input_shape=(8, 8, 1), outputs=10, task="classification")
    full = resolved(spec, model)
    learn = full.learn
    assert (learn.learning_rate, learn.beta_1, learn.beta_2) == (0.001, 0.9, 0.999)
    assert (learn.loss, learn.metrics) == ("sparse_categorical_crossentropy", ("accuracy",))
    assert (learn.schedule.rate, learn.schedule.every_epochs) == (0.5, 10)
    assert [layer.kind for layer in full.model.layers or ()] == ["flatten", "dense", "dense"]
    assert resolved(full, model) == full
    assert parse_spec(spec_to_yaml(full, full=True)) == full


def test_what_the_author_wrote_stays_in_a_resolved_spec() -> None:
    learn = {"optimizer": "sgd", "momentum": 0.5, "learning_rate": 1, "loss": "huber", "metrics": []}
    spec = read_spec({"data": {"name": "x"}, "model": {"python": "a:b"}, "learn": learn})
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    full = resolved(spec, model, "regression", "number")
    assert full.model == spec.model
    for key, value in learn.items():
        assert getattr(full.learn, key) == (tuple(value) if isinstance(value, list) else value)
    assert (full.learn.nesterov, full.learn.huber_delta) == (False, 1.0)


@pytest.mark.parametrize("preset", ["perceptron", "mlp", "cnn", "residual"])
def test_a_resolved_preset_begins_with_the_same_weights(preset: str) -> None:
    spec = read_spec({"data": {"name": "x"}, "model": {"preset": preset, **SMALL.get(preset, {})}})
    shape: dict[str, Any] = {"input_shape": (4, 4, 1), "outputs": 3, "task": "classification", "seed": 9}
    model = build_model(spec.model, **shape)
    again = build_model(resolved(spec, model).model, **shape)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


SMALL: dict[str, dict[str, Any]] = {"cnn": {"filters": [2, 2]}, "residual": {"filters": [2, 3]}}


def test_units_are_read_off_models_that_say_them() -> None:
    class Subclassed(keras.Model):
        def call(self, x: Any) -> Any:
            return x

    inputs = keras.Input((4,))
    assert output_units(keras.Sequential([inputs, keras.layers.Dense(7)])) == 7
    assert output_units(keras.Model(inputs, [keras.layers.Dense(1)(inputs), keras.layers.Dense(2)(inputs)])) is None
    assert output_units(Subclassed()) is None


def test_a_compiled_model_trains_as_one_compiled_by_hand() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 3)).astype("float32"), rng.integers(0, 2, 40)
    models: list[Any] = []
    for _ in range(2):
        keras.utils.set_random_seed(1)
        models.append(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, "softmax")]))
    learn = LearnSpec(optimizer="sgd", momentum=0.9, metrics=("accuracy", "auc"), schedule=ScheduleSpec(kind="cosine"))
    compile_model(
        models[0], learn, task="classification", target_kind="integer", outputs=2, steps_per_epoch=5, epochs=2
    )
    schedule: Any = keras.optimizers.schedules.CosineDecay(0.01, 10)
    models[1].compile(keras.optimizers.SGD(schedule, 0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
    ours, theirs = (model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0).history for model in models)
    assert ours["loss"] == pytest.approx(theirs["loss"])
    assert ours["accuracy"] == pytest.approx(theirs["accuracy"])
    expected = reference.roc_auc_score(y, np.asarray(models[0](x))[:, 1])
    assert models[0].evaluate(x, y, verbose=0, return_dict=True)["auc"] == pytest.approx(expected, abs=0.02)
