"""The scores equal scikit-learn's on any data, and the record survives JSON exactly."""

import json
import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from hondo.core.errors import DataError, StoreError
from hondo.core.language import use_language
from hondo.experiments.evaluate import (
    ClassificationEvaluation,
    RegressionEvaluation,
    evaluate_classification,
    evaluate_regression,
    read_evaluation,
)

seeds = st.integers(0, 2**32 - 1)


def some_classification(seed: int, samples: int, k: int) -> tuple[np.ndarray, np.ndarray, ClassificationEvaluation]:
    """Random targets and probabilities; with few samples some classes never occur or are never predicted."""
    draw = np.random.default_rng(seed)
    y = draw.integers(0, k, samples)
    p = draw.dirichlet(np.full(k, 0.5), samples).astype(np.float32)
    names = tuple(f"class {i}" for i in range(k))
    return y, p, evaluate_classification(y, p, names, loss=0.5, metrics={"accuracy": 0.25})


def some_regression(seed: int, samples: int, outputs: int) -> tuple[np.ndarray, np.ndarray, RegressionEvaluation]:
    draw = np.random.default_rng(seed)
    y = draw.normal(10, 5, (samples, outputs))
    predictions = y + draw.normal(0, 2, y.shape)
    return y, predictions, evaluate_regression(y, predictions, loss=1.5, metrics={"mae": 2.5})


@settings(deadline=None, max_examples=60)
@given(seed=seeds, samples=st.integers(1, 40), k=st.integers(2, 7))
def test_class_scores_equal_those_of_scikit_learn(seed: int, samples: int, k: int) -> None:
    y, p, evaluation = some_classification(seed, samples, k)
    predicted, labels = p.argmax(1), list(range(k))
    assert np.array_equal(evaluation.confusion, sk.confusion_matrix(y, predicted, labels=labels))
    for average, ours in (("macro", evaluation.macro), ("weighted", evaluation.weighted)):
        theirs = sk.precision_recall_fscore_support(y, predicted, labels=labels, average=average, zero_division=0)
        assert (ours.precision, ours.recall, ours.f1) == pytest.approx(theirs[:3])
    theirs = sk.precision_recall_fscore_support(y, predicted, labels=labels, zero_division=0)
    rows = [(score.precision, score.recall, score.f1, score.support) for score in evaluation.per_class]
    assert np.allclose(np.array(rows).T, theirs)
    assert evaluation.accuracy == pytest.approx(sk.accuracy_score(y, predicted))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of predicted classes that never occur, and leaves them out as we do
        assert evaluation.balanced_accuracy == pytest.approx(sk.balanced_accuracy_score(y, predicted))


@settings(deadline=None, max_examples=60)
@given(seed=seeds, samples=st.integers(2, 40), outputs=st.integers(1, 3))
def test_regression_scores_equal_those_of_scikit_learn(seed: int, samples: int, outputs: int) -> None:
    y, predictions, evaluation = some_regression(seed, samples, outputs)
    assert evaluation.mae == pytest.approx(sk.mean_absolute_error(y, predictions))
    assert evaluation.rmse == pytest.approx(sk.root_mean_squared_error(y, predictions))
    assert evaluation.r2 == pytest.approx(sk.r2_score(y, predictions))
    each = sk.r2_score(y, predictions, multioutput="raw_values")
    assert [score.r2 for score in evaluation.outputs] == pytest.approx(list(each))
    for quantile, value in evaluation.residuals:
        assert value == pytest.approx(np.quantile(predictions - y, quantile))


@pytest.mark.parametrize("predictions", [[2.0, 2.0, 2.0], [2.0, 2.0, 2.5]])
def test_a_constant_target_has_the_r2_that_scikit_learn_gives_it(predictions: list[float]) -> None:
    y = np.full(3, 2.0)
    evaluation = evaluate_regression(y, np.array(predictions), loss=0, metrics={})
    assert evaluation.r2 == sk.r2_score(y, predictions)


@settings(deadline=None, max_examples=30)
@given(seed=seeds, samples=st.integers(1, 40), k=st.integers(2, 7), keep=st.integers(0, 10))
def test_the_worst_mistakes_are_the_wrong_samples_with_the_largest_cross_entropy(
    seed: int, samples: int, k: int, keep: int
) -> None:
    y, p, _ = some_classification(seed, samples, k)
    names = tuple(map(str, range(k)))
    worst = evaluate_classification(y, p, names, loss=0, metrics={}, worst=keep).worst
    predicted = p.argmax(1)
    wrong = np.flatnonzero(predicted != y)
    assert len(worst) == min(keep, len(wrong))
    floor = min((mistake.loss for mistake in worst), default=math.inf)
    for mistake in worst:
        i = mistake.index
        assert (mistake.true, mistake.predicted) == (y[i], predicted[i])
        assert mistake.true != mistake.predicted
        one_hot = np.eye(k)[[y[i]]]
        probabilities = np.clip(p[[i]].astype(float), 1e-7, 1)
        assert mistake.loss == pytest.approx(-(one_hot * np.log(probabilities)).sum())
        assert mistake.probability == pytest.approx(float(p[i].max()))
    left_out = set(wrong) - {mistake.index for mistake in worst}
    assert all(-math.log(max(float(p[i, y[i]]), 1e-7)) <= floor + 1e-9 for i in left_out)


def test_one_sigmoid_unit_says_two_classes_in_either_shape() -> None:
    y, p = np.array([0, 0, 1, 1]), np.array([0.2, 0.7, 0.9, 0.4], dtype=np.float32)
    both = np.stack([1 - p, p], axis=1)
    expected = evaluate_classification(y, both.astype(float), ("no", "yes"), loss=1, metrics={})
    for shape in ((4,), (4, 1)):
        evaluation = evaluate_classification(y, p.reshape(shape), ("no", "yes"), loss=1, metrics={})
        assert evaluation.confusion == expected.confusion == ((1, 1), (1, 1))
        assert [m.index for m in evaluation.worst] == [m.index for m in expected.worst]


def test_the_most_confused_pairs_come_first_with_their_share_of_the_true_class() -> None:
    y = np.array([0] * 10 + [1] * 4 + [2] * 5)
    predicted = np.array([0] * 7 + [2] * 3 + [1] * 2 + [0] * 2 + [2] * 5)
    evaluation = evaluate_classification(y, np.eye(3)[predicted], ("a", "b", "c"), loss=0, metrics={})
    pairs = [(pair.true, pair.predicted, pair.count, pair.share) for pair in evaluation.confused()]
    assert pairs == [(0, 2, 3, 0.3), (1, 0, 2, 0.5)]
    assert len(evaluation.confused(limit=1)) == 1
    assert evaluation.mistakes == 5


@settings(deadline=None, max_examples=30)
@given(seed=seeds, samples=st.integers(1, 30), k=st.integers(2, 5))
def test_an_evaluation_of_classes_comes_back_from_json_exactly(seed: int, samples: int, k: int) -> None:
    _, _, evaluation = some_classification(seed, samples, k)
    text = json.dumps(evaluation.written(), allow_nan=False)
    assert read_evaluation(json.loads(text)) == evaluation


@settings(deadline=None, max_examples=30)
@given(seed=seeds, samples=st.integers(2, 30), outputs=st.integers(1, 3))
def test_an_evaluation_of_numbers_comes_back_from_json_exactly(seed: int, samples: int, outputs: int) -> None:
    _, _, evaluation = some_regression(seed, samples, outputs)
    text = json.dumps(evaluation.written(), allow_nan=False)
    assert read_evaluation(json.loads(text)) == evaluation


def test_what_is_not_finite_survives_json_as_text() -> None:
    y = np.array([0, 1, 1])
    p = np.array([[0.5, 0.5], [np.nan, np.nan], [0.9, 0.1]])
    evaluation = evaluate_classification(y, p, ("a", "b"), loss=math.nan, metrics={"up": math.inf, "down": -math.inf})
    written = json.loads(json.dumps(evaluation.written(), allow_nan=False))
    assert (written["loss"], written["metrics"]) == ("NaN", {"up": "Infinity", "down": "-Infinity"})
    back = read_evaluation(written)
    assert math.isnan(back.loss)
    assert back.metrics == {"up": math.inf, "down": -math.inf}
    assert isinstance(back, ClassificationEvaluation)
    assert back.worst[0].index == 1, "a probability that is not a number is the worst mistake"
    assert math.isnan(back.worst[0].loss)


def test_predictions_that_are_not_finite_are_worst_and_spoil_the_scores_openly() -> None:
    y, predictions = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, np.inf, np.nan, 9.0])
    evaluation = evaluate_regression(y, predictions, loss=math.inf, metrics={})
    assert [row.index for row in evaluation.worst] == [1, 2, 3, 0]
    assert math.isnan(evaluation.r2)
    assert math.isnan(evaluation.mae)
    written = json.dumps(evaluation.written(), allow_nan=False)
    assert json.dumps(read_evaluation(json.loads(written)).written()) == written


def test_one_column_of_predictions_goes_with_a_row_of_targets() -> None:
    y = np.array([1.0, 2.0, 4.0])
    flat = evaluate_regression(y, y + 1, loss=0, metrics={})
    assert evaluate_regression(y, (y + 1)[:, None], loss=0, metrics={}) == flat
    assert flat.mae == 1.0


@pytest.mark.parametrize(
    ("y", "p"),
    [
        (np.array([], dtype=int), np.zeros((0, 2))),
        (np.array([0, 1]), np.zeros((3, 2))),
        (np.array([0, 1]), np.zeros((2, 3))),
        (np.array([0, 2]), np.zeros((2, 2))),
        (np.array([0, -1]), np.zeros((2, 2))),
        (np.array([0.0, 1.0]), np.zeros((2, 2))),
        (np.array([[0], [1]]), np.zeros((2, 2))),
    ],
)
def test_classes_that_do_not_fit_are_refused_with_a_way_out(y: np.ndarray, p: np.ndarray) -> None:
    for language in ("en", "es"):
        with use_language(language), pytest.raises(DataError) as caught:
            evaluate_classification(y, p, ("a", "b"), loss=0, metrics={})
        assert caught.value.hint


@pytest.mark.parametrize(
    ("y", "p"), [(np.zeros(0), np.zeros(0)), (np.zeros(2), np.zeros(3)), (np.zeros((2, 2)), np.zeros(2))]
)
def test_numbers_that_do_not_fit_are_refused(y: np.ndarray, p: np.ndarray) -> None:
    with pytest.raises(DataError):
        evaluate_regression(y, p, loss=0, metrics={})


@pytest.mark.parametrize(
    "spoil",
    [
        {"task": None},
        {"samples": "many"},
        {"metrics": 3},
        {"confusion": [[1, 2]]},
        {"confusion": [[1, 2], [3]]},
        {"confusion": [[1, 2], [3, 4]]},
        {"worst": [{"index": 0}]},
    ],
)
def test_a_spoilt_record_is_refused_with_what_to_do(spoil: dict[str, Any]) -> None:
    _, _, evaluation = some_classification(0, 5, 2)
    with pytest.raises(StoreError):
        read_evaluation(evaluation.written() | spoil)
