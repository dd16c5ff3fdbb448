import numpy as np
import pytest

from hondo.core.errors import SpecError
from hondo.playground.setup import Setup
from hondo.playground.training import prepare
from hondo.playground.twins import twins


@pytest.mark.parametrize(
    ("change", "start", "batches"),
    [
        ({"learning_rate": 0.1}, True, True),
        ({"optimizer": "adam"}, True, True),
        ({"activation": "relu"}, True, True),
        ({"regularisation": "l1", "regularisation_rate": 0.01}, True, True),
        ({"batch_size": 30}, True, False),
        ({"noise": 0.3}, True, False),
        ({"data": "plane"}, True, False),
        ({"hidden": (8,)}, False, True),
        ({"initialisation": "he_normal"}, False, True),
        ({"seed": 5}, False, False),
    ],
)
def test_one_setting_differs(change, start, batches):
    pair = twins(Setup(), **change)
    assert (pair.setting, pair.same_start, pair.same_batches) == (next(iter(change)), start, batches)
    one, other = pair.start()
    if start:
        np.testing.assert_array_equal(one.weights, other.weights)
    after = pair.advance((one, other), 50)
    single = prepare(Setup())
    assert after[0].same_as(single.advance(single.start(), 50))
    assert after[1].weights.tobytes() != after[0].weights.tobytes()


def test_exactly_one():
    with pytest.raises(SpecError, match="got none"):
        twins(Setup())
    with pytest.raises(SpecError, match="noise, learning_rate"):
        twins(Setup(), learning_rate=0.1, noise=0.1)
