"""Graphs through the whole flow: a table with two inputs and two outputs is learnt, saved, read again and predicted."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError, SpecError
from hondo.core.spec.graph import GraphSpec
from hondo.core.spec.learn import LearnSpec
from hondo.experiments.evaluation import RegressionEvaluation
from hondo.experiments.flow import execute, prepare
from hondo.experiments.output_losses import OutputLosses, loss_parts
from hondo.experiments.run import load_run
from hondo.experiments.specs.read import parse_spec, read_spec
from hondo.models.columns import Columns

SPEC = """\
data: {{path: {path}, target: [rent, price]}}
preprocess: {{standardise: feature, target: standardise}}
model:
  graph:
    inputs:
      numbers: [income, age]
      place: rest
    layers:
      - {{name: a, from: numbers, dense: {{units: 16, activation: relu}}}}
      - {{name: b, from: place, dense: {{units: 16, activation: relu}}}}
      - {{name: both, from: [a, b], concatenate}}
      - {{name: wide, dense: {{units: 16, activation: relu}}}}
      - {{name: around, from: [wide, a], add}}
      - {{name: p, dense: 1}}
      - {{name: r, from: around, dense: 1}}
    outputs:
      price: {{from: p}}
      rent: {{from: r, loss: huber, weight: 2}}
learn: {{learning_rate: 0.01}}
train: {{epochs: 30, seed: 4}}
"""


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    age, income, city = rng.normal(40, 10, 300), rng.normal(1000, 200, 300), rng.integers(0, 3, 300)
    worth = np.array([30.0, 10.0, -20.0])[city]
    table = {
        "age": age,
        "income": income,
        "city": np.array(["Lima", "Quito", "Loja"])[city],
        "price": 2 * age + 0.1 * income + worth,
        "rent": 0.2 * income - worth,
    }
    path = tmp_path / "houses.csv"
    pd.DataFrame(table).round(3).to_csv(path, index=False)
    return path


def test_two_inputs_and_two_outputs_from_a_table_to_predictions(houses: Path, tmp_path: Path) -> None:
    run = execute(parse_spec(SPEC.format(path=houses)), folder=tmp_path / "run")
    assert isinstance(run.evaluation, RegressionEvaluation)
    assert min(score.r2 for score in run.evaluation.outputs) > 0.8
    again = load_run(tmp_path / "run")
    assert again.spec == run.spec
    assert again.evaluate() == run.evaluation
    rows = [{"age": 40, "income": 1000, "city": "Lima"}, {"age": "30", "income": None, "city": "Quito"}]
    np.testing.assert_array_equal(again.predict(rows).outputs, run.predict(rows).outputs)
    answer = run.predict(rows[0]).written()[0]["prediction"]
    assert list(answer) == ["rent", "price"]
    assert answer["rent"] == pytest.approx(0.2 * 1000 - 30, abs=30)
    assert answer["price"] == pytest.approx(2 * 40 + 0.1 * 1000 + 30, abs=30)
    report = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert '<th scope="row">rent</th>' in report
    assert "Predicted and true: price" in report
    assert (tmp_path / "run" / "plots" / "graph.png").exists()


def test_the_recorded_spec_says_everything_and_trains_the_same(houses: Path, tmp_path: Path) -> None:
    run = execute(parse_spec(SPEC.format(path=houses), "s", ["train.epochs=3"]), folder=tmp_path / "run")
    again = execute(read_spec(tmp_path / "run" / "spec.yaml"))
    assert again.spec == run.spec
    assert run.spec.model.graph is not None
    assert run.spec.model.graph.inputs == {"numbers": ("income", "age"), "place": ("city",)}
    for one, same in zip(run.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)


def test_it_trains_what_keras_trains_with_two_inputs_two_losses_and_weights(houses: Path) -> None:
    changes = ["train.epochs=3", "train.shuffle=false", "data.validation=0"]
    spec = parse_spec(SPEC.format(path=houses), "s", changes)
    run, prepared = execute(spec), prepare(spec)
    assert prepared.preprocessor.feature_names_out[:2] == ("age", "income")
    keras.utils.set_random_seed(4)
    layers = keras.layers
    numbers, place = keras.Input((2,)), keras.Input((3,))
    a, b = layers.Dense(16, "relu")(numbers), layers.Dense(16, "relu")(place)
    around = layers.Add()([layers.Dense(16, "relu")(layers.Concatenate()([a, b])), a])
    hand = keras.Model([numbers, place], [layers.Dense(1)(around), layers.Dense(1)(around)])
    hand.compile(keras.optimizers.Adam(0.01), ["mse", "huber"], loss_weights=[1, 2])
    x, y = np.asarray(prepared.x), prepared.y
    hand.fit([x[:, [1, 0]], x[:, 2:]], [y[:, [1]], y[:, [0]]], batch_size=32, epochs=3, shuffle=False, verbose=0)
    for weight, expected in zip(run.model.get_weights(), hand.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-4, atol=1e-5)


def test_outputs_in_a_list_share_one_loss(houses: Path) -> None:
    spec = parse_spec(SPEC.format(path=houses), "s", ["model.graph.outputs=[r, p]", "train.epochs=2"])
    run = execute(spec)
    assert isinstance(run.model.loss, keras.losses.MeanSquaredError)
    assert run.model.layers[-1].name == "outputs"


def test_the_sum_of_losses_is_keras_s_own() -> None:
    rng = np.random.default_rng(1)
    true, predicted = rng.normal(size=(2, 20, 3)).astype("float32")
    loss = OutputLosses(
        [
            {"loss": "mse", "places": [2, 0], "weight": 1.0, "delta": 1.0},
            {"loss": "mae", "places": [1], "weight": 0.5, "delta": 1.0},
            {"loss": "huber", "places": [0, 1], "weight": 3.0, "delta": 0.25},
        ]
    )
    losses = keras.losses
    expected = (
        losses.MeanSquaredError()(true[:, [2, 0]], predicted[:, [2, 0]])
        + 0.5 * losses.MeanAbsoluteError()(true[:, 1:2], predicted[:, 1:2])
        + 3 * losses.Huber(delta=0.25)(true[:, :2], predicted[:, :2])
    )
    assert float(loss(true, predicted)) == pytest.approx(float(expected), rel=1e-6)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert float(again(true, predicted)) == float(loss(true, predicted))


def test_an_output_without_a_loss_has_the_common_one() -> None:
    graph = GraphSpec.model_validate(
        {"layers": [{"name": "y", "dense": 1}], "outputs": {"y": {"targets": "y", "weight": 4}}}
    )
    learn = LearnSpec(loss="huber", huber_delta=0.5)
    assert loss_parts(graph, learn, ("y",)) == [{"loss": "huber", "places": [0], "weight": 4.0, "delta": 0.5}]
    assert loss_parts(GraphSpec.model_validate({"layers": [{"dense": 1}]}), learn, ("y",)) == []
    assert loss_parts(None, learn, ("y",)) == []


def test_the_experiment_with_two_inputs_learns(tmp_path: Path) -> None:
    run = execute(read_spec("diabetes-two-inputs"), folder=tmp_path)
    assert isinstance(run.evaluation, RegressionEvaluation)
    assert run.evaluation.r2 > 0.4
    widths = {layer.name: len(layer.places) for layer in run.model.layers if isinstance(layer, Columns)}
    assert widths == {"body": 4, "blood": 6}


CHECKS: list[tuple[list[str], str]] = [
    (["preprocess.target=none", "model.graph.layers.5.dense={units: 1, activation: tanh}"], "of tanh in layer 'p'"),
    (["preprocess.standardise=none"], "inputs reach"),
]


@pytest.mark.parametrize(("changes", "says"), CHECKS)
def test_checks_before_training_see_through_a_graph(houses: Path, changes: list[str], says: str) -> None:
    notes = execute(parse_spec(SPEC.format(path=houses), "s", ["train.epochs=1", *changes])).notes
    assert any(says in note for note in notes)


def test_a_graph_on_pictures_warns_of_dense_before_flatten() -> None:
    graph: dict[str, Any] = {
        "layers": [
            {"name": "rows", "flatten": {}},
            {"name": "each", "from": "input", "dense": 4},
            {"name": "flat", "flatten": {}},
            {"from": ["rows", "flat"], "concatenate": {}},
            {"dense": {"units": 10, "activation": "softmax"}},
        ]
    }
    run = execute(
        read_spec(
            {
                "data": {"name": "digits"},
                "preprocess": {"scale": "unit"},
                "model": {"graph": graph},
                "train": {"epochs": 1},
            }
        )
    )
    assert any("layer 'each' (dense) gets a picture" in note for note in run.notes)


def test_the_softmax_of_a_graph_is_checked_like_any() -> None:
    written: dict[str, Any] = {"data": {"name": "iris"}, "model": {"graph": {"layers": [{"dense": 3}]}}}
    with pytest.raises(SpecError, match="the last activation is linear"):
        execute(read_spec(written))


def test_named_inputs_need_a_table(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.random.default_rng(0).normal(size=(50, 4)), y=np.arange(50.0))
    graph = {"inputs": {"one": ["a"], "two": "rest"}, "layers": [{"from": ["one", "two"], "concatenate": {}}]}
    written = {"data": {"path": str(tmp_path / "a.npz")}, "model": {"graph": graph}}
    with pytest.raises(ModelError, match="no named columns"):
        execute(read_spec(written))


def test_targets_of_arrays_are_called_by_number(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(80, 4))
    np.savez(tmp_path / "a.npz", x=x, y=np.stack([x.sum(1), x[:, 0], x[:, 1]], axis=1))
    graph = {
        "layers": [{"name": "sum", "dense": 1}, {"name": "parts", "from": "input", "dense": 2}],
        "outputs": {"parts": {"targets": [2, 3]}, "sum": {"targets": 1, "weight": 0.5}},
    }
    written = {
        "data": {"path": str(tmp_path / "a.npz")},
        "model": {"graph": graph},
        "learn": {"optimizer": "sgd", "learning_rate": 0.1},
        "train": {"epochs": 60},
    }
    run = execute(read_spec(written))
    np.testing.assert_allclose(run.predict(x[:5]).outputs[:, 0], x[:5].sum(1), atol=0.05)
    np.testing.assert_allclose(run.predict(x[:5]).outputs[:, 1:], x[:5, :2], atol=0.05)
