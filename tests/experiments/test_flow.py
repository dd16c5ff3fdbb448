"""The complete flow on real data, from a spec to predictions, through everything in between."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import hondo
from hondo.core.backend import keras
from hondo.core.errors import ModelError, SpecError, StoreError
from hondo.core.events import CancelToken, EpochEnded, Event, Notice, Progress
from hondo.core.spec import RunSpec
from hondo.experiments.evaluation import ClassificationEvaluation, RegressionEvaluation
from hondo.experiments.flow import execute
from hondo.experiments.preparing import prepare
from hondo.experiments.run import MODEL, load_run
from hondo.experiments.specs.read import read_spec
from hondo.experiments.training import class_weights


def quick(name: str, *changes: str) -> RunSpec:
    return read_spec(name, ["train.epochs=3", *changes])


def test_digits_are_learnt_and_the_folder_holds_all_there_is(tmp_path: Path) -> None:
    events: list[Event] = []
    run = execute(read_spec("digits-mlp"), name="first", folder=tmp_path, sink=events.append)
    assert isinstance(run.evaluation, ClassificationEvaluation)
    assert run.evaluation.accuracy > 0.95
    assert {path.name for path in tmp_path.iterdir()} == {
        "spec.yaml", "model.keras", "preprocess.json", "result.json", "checkpoint.npz", "report.html", "plots",
    }  # fmt: skip
    assert "first" in (tmp_path / "report.html").read_text(encoding="utf-8")
    phases = [event.text for event in events if isinstance(event, Notice) and event.kind == "phase"]
    assert phases[0].startswith("loading")
    assert sum(isinstance(event, EpochEnded) for event in events) == len(run.history["loss"])


def test_a_run_read_from_its_folder_predicts_and_evaluates_the_same(tmp_path: Path) -> None:
    run = execute(quick("digits-mlp"), folder=tmp_path)
    again = load_run(tmp_path)
    assert run.dataset is not None
    assert run.dataset.test is not None
    raw = run.dataset.test.x[:20]
    np.testing.assert_allclose(again.predict(raw).outputs, run.predict(raw).outputs, rtol=1e-5)
    assert again.evaluation == run.evaluation
    assert again.evaluate() == run.evaluation
    assert again.history == run.history
    assert again.spec == run.spec


def test_predictions_apply_the_preprocessing_of_the_training() -> None:
    run = hondo.run(data="iris", model="mlp", preprocess={"standardise": "feature"}, train={"epochs": 3}, record=False)
    assert run.dataset is not None
    raw = np.asarray(run.dataset.train.x)
    by_hand = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    expected = run.model.predict(by_hand.astype("float32"), verbose=0)
    np.testing.assert_allclose(run.predict(raw).outputs, expected, rtol=1e-3, atol=1e-5)
    assert run.predict(raw[0]).labels == run.predict(raw).labels[:1]
    named = {column.name: value for column, value in zip(run.dataset.features, raw[0].tolist(), strict=True)}
    assert run.predict(named).labels == run.predict(raw[0]).labels


def test_the_same_spec_gives_the_same_weights_and_another_seed_others() -> None:
    first, second = (execute(quick("iris-mlp")) for _ in range(2))
    other = execute(quick("iris-mlp", "train.seed=1"))
    for one, same in zip(first.model.get_weights(), second.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)
    assert not np.allclose(first.model.get_weights()[0], other.model.get_weights()[0])


def test_a_spec_trains_what_the_same_lines_of_keras_train() -> None:
    spec = quick(
        "iris-mlp",
        "data.validation=0",
        "model={preset: mlp, hidden: [8]}",
        "learn={optimizer: adam, learning_rate: 0.01}",
        "train={epochs: 3, batch_size: 16, seed: 3, shuffle: false}",
    )
    run = execute(spec)
    prepared = prepare(spec)
    keras.utils.set_random_seed(3)
    reference = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, "relu", kernel_initializer="he_normal"),
            keras.layers.Dense(3, "softmax"),
        ]
    )
    reference.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    reference.fit(prepared.x, prepared.y, batch_size=16, epochs=3, shuffle=False, verbose=0)
    for weight, expected in zip(run.model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-5, atol=1e-6)


def test_regression_predicts_in_the_targets_own_unit() -> None:
    run = execute(read_spec("diabetes-regression"))
    assert isinstance(run.evaluation, RegressionEvaluation)
    assert run.dataset is not None
    assert run.dataset.test is not None
    line = LinearRegression().fit(run.dataset.train.x, run.dataset.train.y)
    assert run.evaluation.r2 > line.score(run.dataset.test.x, run.dataset.test.y) - 0.1
    predicted = run.predict(run.dataset.test.x).outputs[:, 0]
    error = np.sqrt(np.mean((predicted - run.dataset.test.y) ** 2))
    assert run.evaluation.rmse == pytest.approx(float(error), rel=1e-3)


def test_a_keras_model_from_python_is_trained_and_recorded_as_such(tmp_path: Path) -> None:
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, "softmax")], name="mine")
    run = hondo.run(data="digits", preprocess={"scale": "unit"}, model=model, train={"epochs": 2})
    assert run.model is model
    assert run.spec.model.given == "Sequential mine"
    with pytest.raises(StoreError, match="from Python"):
        hondo.resume(run.name)
    again = hondo.resume(run.name, epochs=3, model=model)
    assert len(again.history["loss"]) == 3


def test_class_weights_by_name_and_balanced() -> None:
    spec = read_spec("iris-mlp", ["train.class_weights={setosa: 3.0}"])
    assert class_weights(spec, prepare(spec)) == {0: 3.0}
    balanced = read_spec("digits-mlp", ["train.class_weights=balanced"])
    prepared = prepare(balanced)
    from sklearn.utils.class_weight import compute_class_weight

    expected = compute_class_weight("balanced", classes=np.arange(10), y=prepared.dataset.train.y)
    assert class_weights(balanced, prepared) == pytest.approx(dict(enumerate(expected)))


def test_a_class_weight_for_no_class_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(SpecError, match="Did you mean 'setosa'"):
        execute(read_spec("iris-mlp", ["train.class_weights={setossa: 3.0}"]))


def test_a_stopped_run_keeps_its_model_and_says_so(tmp_path: Path) -> None:
    token = CancelToken()

    def sink(event: Event) -> None:
        if isinstance(event, Progress) and event.epoch == 1:
            token.cancel()

    run = execute(read_spec("digits-mlp"), folder=tmp_path, sink=sink, cancel=token)
    assert run.status == "cancelled"
    assert run.evaluation is None
    assert len(run.history["loss"]) == 1
    assert load_run(tmp_path).status == "cancelled"


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not really", b"\x00" * 100])
def test_a_model_file_that_is_none_is_an_error_that_names_it(tmp_path: Path, damage: bytes) -> None:
    execute(quick("iris-mlp"), folder=tmp_path)
    (tmp_path / MODEL).write_bytes(damage)
    with pytest.raises(ModelError, match=r"model\.keras"):
        load_run(tmp_path)


def test_a_diverging_run_ends_with_finite_weights_and_a_report(tmp_path: Path) -> None:
    spec = quick("diabetes-regression", "learn={optimizer: sgd, learning_rate: 1000000.0}")
    run = execute(spec, folder=tmp_path)
    assert run.status == "diverged"
    assert all(np.isfinite(weight).all() for weight in run.model.get_weights())
    assert "diverged" in (tmp_path / "report.html").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (["model={layers: [flatten, {dense: {units: 10, activation: relu}}]}"], "relu"),
        (["model={layers: [flatten, {dense: {units: 7, activation: softmax}}]}"], "7"),
        (["model={layers: [flatten, {dense: {units: 1, activation: softmax}}]}"], "softmax"),
        (["learn.loss=categorical_crossentropy"], "categorical_crossentropy"),
    ],
)
def test_mistakes_that_would_train_silently_wrong_are_refused_before_training(
    changes: list[str], expected: str
) -> None:
    trained: list[Any] = []
    with pytest.raises((SpecError, ModelError), match=expected):
        execute(quick("digits-mlp", *changes), sink=lambda e: trained.append(e) if isinstance(e, Progress) else None)
    assert not trained


@pytest.mark.slow
def test_mnist_reaches_in_a_few_epochs_what_keras_reaches(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_DATA", str(shared_data))
    spec = read_spec("mnist-mlp", ["train.epochs=2"])
    run = execute(spec)
    prepared = prepare(spec)
    keras.utils.set_random_seed(5)
    reference = keras.Sequential(
        [
            keras.Input(prepared.x.shape[1:]),
            keras.layers.Flatten(),
            keras.layers.Dense(128, "sigmoid"),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    reference.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    reference.fit(prepared.x, prepared.y, epochs=2, verbose=0)
    test = prepared.dataset.test
    assert test is not None
    expected = reference.evaluate(prepared.preprocessor.apply(np.asarray(test.x)), test.y, verbose=0)[1]
    assert isinstance(run.evaluation, ClassificationEvaluation)
    assert run.evaluation.accuracy == pytest.approx(expected, abs=0.015)
