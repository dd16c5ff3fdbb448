"""Evaluation and prediction give what Keras gives."""

import numpy as np
import pytest
from networks import CASES, Case, compiled
from test_feed import Lazy

from hondo.engine.evaluate import evaluate, predict


@pytest.mark.parametrize(
    "name", ["mlp", "cnn with batch normalisation and dropout", "two inputs, two outputs", "l2", "own train_step"]
)
@pytest.mark.parametrize("batch_size", [16, 1000])
def test_evaluation_equals_that_of_keras(name: str, batch_size: int) -> None:
    case: Case = CASES[name]
    model = compiled(case)
    expected = compiled(case).evaluate(case.x, case.y, batch_size=batch_size, verbose=0, return_dict=True)
    assert evaluate(model, case.x, case.y, batch_size=batch_size) == pytest.approx(expected, rel=1e-5)


def test_sample_weights_count_in_evaluation() -> None:
    case = CASES["mlp"]
    weights = np.linspace(0, 1, 203).astype("float32")
    expected = compiled(case).evaluate(case.x, case.y, sample_weight=weights, verbose=0, return_dict=True)
    assert evaluate(compiled(case), case.x, case.y, sample_weight=weights) == pytest.approx(expected, rel=1e-5)


def test_a_lazy_source_is_evaluated_and_predicted_like_an_array(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hondo.engine.reader.STREAM_BYTES", 3000)
    case = CASES["mlp"]
    model = compiled(case)
    source = Lazy(case.x)
    assert evaluate(model, source, case.y) == pytest.approx(evaluate(model, case.x, case.y), rel=1e-6)
    np.testing.assert_allclose(predict(model, source, batch_size=16), model.predict(case.x, verbose=0), rtol=1e-5)
    assert source.most < 203
