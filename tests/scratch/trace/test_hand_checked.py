"""A training step of a 2-3-1 network with numbers so round that each can be checked with pencil and paper.

x = (1, 2), target 0; ReLU in the hidden layer, a linear output, loss (a - y)², learning rate 0.1

z¹ = (1·1 + 2·0 + 0,  1·0 + 2·1 + 1,  1·2 + 2·(-1) + 0) = (1, 3, 0)        a¹ = relu(z¹) = (1, 3, 0)
z² = 1·1 + 3·(-1) + 0·4 + 3 = 1                                            L = (1 - 0)² = 1
"""

import numpy as np
import pytest

from hondo.scratch.descent.optimizers import SGD
from hondo.scratch.networks.network import Network, mlp
from hondo.scratch.trace.record import record
from hondo.scratch.trace.step import Trace

X, Y = np.array([[1.0, 2.0]]), np.array([[0.0]])

BY_HAND = {
    "z1": [[1.0, 3.0, 0.0]],
    "a1": [[1.0, 3.0, 0.0]],
    "z2": [[1.0]],  # 1·1 + 3·(-1) + 0·4 + 3
    "L": 1.0,  # (1 - 0)²
    "dz2": [[2.0]],  # 2 (1 - 0)
    "dW2": [[2.0], [6.0], [0.0]],  # (1, 3, 0) · 2
    "db2": [2.0],
    "da1": [[2.0, -2.0, 8.0]],  # 2 · (1, -1, 4)
    "dz1": [[2.0, -2.0, 0.0]],  # the third neuron is off: relu'(0) = 0
    "dW1": [[2.0, -2.0, 0.0], [4.0, -4.0, 0.0]],  # (1, 2)ᵀ (2, -2, 0)
    "db1": [2.0, -2.0, 0.0],
    "da0": [[2.0, -2.0]],  # (2·1 - 2·0, 2·0 - 2·1)
    "W1": [[0.8, 0.2, 2.0], [-0.4, 1.4, -1.0]],  # W - 0.1 ∂L/∂W
    "b1": [-0.2, 1.2, 0.0],
    "W2": [[0.8], [-1.6], [4.0]],
    "b2": [2.8],
}


def network() -> Network:
    made = mlp((2, 3, 1))
    made.parameters = {
        "0.W": np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]]),
        "0.b": np.array([0.0, 1.0, 0.0]),
        "2.W": np.array([[1.0], [-1.0], [4.0]]),
        "2.b": np.array([3.0]),
    }
    return made


@pytest.fixture
def trace() -> Trace:
    return record(network(), "mean_squared_error", [(X, Y)], SGD(0.1))


def test_the_trace_has_these_arrays_in_this_order(trace: Trace) -> None:
    assert [step.name for step in trace.steps] == list(BY_HAND)


@pytest.mark.parametrize("name", BY_HAND)
def test_every_number_is_the_one_found_by_hand(trace: Trace, name: str) -> None:
    np.testing.assert_allclose(trace.find(name).value, BY_HAND[name], atol=1e-15)


def test_the_numbers_are_put_into_the_formulas(trace: Trace) -> None:
    assert trace.find("z1").formula == "z^{(1)} = a^{(0)} W^{(1)} + b^{(1)}"
    assert trace.find("z1").worked[2] == r"z^{(1)}_{1,3} = 1 \cdot 2 + 2 \cdot (-1) + 0 = 0"
    assert trace.find("dW1").worked[1] == r"\frac{\partial L}{\partial W^{(1)}_{1,2}} = 1 \cdot (-2) = -2"
    assert trace.find("W2").worked[1] == r"W^{(2)}_{2,1} \leftarrow -1 - 0.1 \cdot 6 = -1.6"
    assert trace.find("z1").uses == ("a0", "W1", "b1")


def test_an_update_remembers_what_was_before(trace: Trace) -> None:
    before = trace.find("W1").before
    assert before is not None
    np.testing.assert_array_equal(before, trace.given["W1"])


def test_each_step_says_what_happens_in_both_languages(trace: Trace) -> None:
    for step in trace.steps:
        assert step.meaning["en"] != step.meaning["es"]
    assert trace.find("W1").meaning == {"en": "the parameter takes its step", "es": "el parámetro da su paso"}
