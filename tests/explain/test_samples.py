"""Cells of the confusion matrix hold the samples that they count, and mistakes are those that cost most."""

import numpy as np
import pytest

from hondo.core.errors import DataError, HondoError
from hondo.experiments.evaluation import ClassificationEvaluation, RegressionEvaluation
from hondo.explain.questions import answer
from hondo.explain.samples import cell, sample, worst
from hondo.explain.subject import Subject

from .conftest import decoded


def test_each_cell_holds_as_many_samples_as_the_matrix_says(digits: Subject) -> None:
    evaluation = digits.run.evaluation
    assert isinstance(evaluation, ClassificationEvaluation)
    for true, row in enumerate(evaluation.confusion):
        for predicted, count in enumerate(row):
            assert cell(digits, true, predicted)["total"] == count
    assert evaluation.mistakes > 5


def test_a_cell_shows_its_own_pictures_the_surest_first(digits: Subject) -> None:
    evaluation = digits.run.evaluation
    assert isinstance(evaluation, ClassificationEvaluation)
    worst_pair = evaluation.confused(1)[0]
    found = cell(digits, worst_pair.true, worst_pair.predicted)
    x, y = digits.dataset.test.x, digits.dataset.test.y
    probabilities = digits.run.model.predict(digits.run.preprocessor.apply(np.asarray(x)), verbose=0)
    shares = []
    for shown in found["samples"]:
        index = shown["index"]
        assert y[index] == worst_pair.true
        assert probabilities[index].argmax() == worst_pair.predicted
        np.testing.assert_array_equal(decoded(shown["picture"])[..., 0], x[index, ..., 0])
        assert shown["probability"] == pytest.approx(probabilities[index].max(), abs=1e-5)
        shares.append(shown["probability"])
    assert shares == sorted(shares, reverse=True)
    later = cell(digits, worst_pair.true, worst_pair.predicted, start=1)["samples"]
    assert [each["index"] for each in later] == [each["index"] for each in found["samples"][1:]]


def test_the_worst_mistakes_are_those_that_lose_most(digits: Subject) -> None:
    x, y = digits.dataset.test.x, digits.dataset.test.y
    probabilities = digits.run.model.predict(digits.run.preprocessor.apply(np.asarray(x)), verbose=0)
    wrong = np.flatnonzero(probabilities.argmax(1) != y)
    order = wrong[np.argsort(probabilities[wrong, y[wrong]], kind="stable")]
    found = worst(digits, most=8)
    assert [each["index"] for each in found["samples"]] == order[:8].tolist()
    assert found["total"] == len(wrong)
    assert not found["changed"]


def test_the_largest_residuals_of_a_regression(diabetes: Subject) -> None:
    test = diabetes.dataset.test
    assert test is not None
    predicted = diabetes.run.predict(np.asarray(test.x)).outputs[:, 0]
    order = np.argsort(-np.abs(predicted - test.y), kind="stable")
    found = worst(diabetes, most=5)["samples"]
    assert [each["index"] for each in found] == order[:5].tolist()
    assert found[0]["error"] == pytest.approx(abs(predicted - test.y)[order[0]], rel=1e-5)
    assert dict(found[0]["row"])["bmi"] == f"{test.x[order[0], 2]:.10g}"


def test_a_run_without_an_evaluation_is_evaluated_now(digits: Subject) -> None:
    kept = digits.run.evaluation
    digits.run.evaluation = None
    try:
        found = answer(digits, "evaluation", {})
    finally:
        digits.run.evaluation = kept
    assert isinstance(kept, ClassificationEvaluation)
    assert found["confusion"] == [list(row) for row in kept.confusion]
    assert found["split"] == "test"


def test_other_data_than_those_of_the_run_are_noticed(digits: Subject) -> None:
    digits.dataset.test.y[:] = (digits.dataset.test.y + 1) % 10
    try:
        assert worst(digits)["changed"]
    finally:
        digits.release()


def test_data_that_are_gone_are_said_to_be_gone(iris: Subject) -> None:
    iris.release()
    spec, gone = iris.run.spec, {"name": None, "path": "/nowhere/flowers.csv", "target": "species"}
    iris.run.spec = spec.model_copy(update={"data": spec.data.model_copy(update=gone)})
    with pytest.raises(DataError, match="cannot be read any more"):
        sample(iris, 0)
    iris.run.spec = spec


def test_regressions_are_drawn_and_nonsense_is_refused(diabetes: Subject) -> None:
    drawn = answer(diabetes, "agreement", {})
    assert len(drawn) == 2
    assert all(each.startswith("<svg") and "var(--figure-accent" in each for each in drawn)
    assert isinstance(diabetes.run.evaluation, RegressionEvaluation)
    for number in (-1, 10**6):
        with pytest.raises(HondoError, match="no sample"):
            sample(diabetes, number)
    with pytest.raises(HondoError, match="no question"):
        answer(diabetes, "password", {})


def test_the_model_is_told_with_its_graph(diabetes: Subject, digits: Subject) -> None:
    told = answer(diabetes, "model", {})
    assert told["graph"].startswith("<svg")
    assert told["parameters"] == diabetes.run.model.count_params()
    assert answer(digits, "model", {})["graph"] == ""
