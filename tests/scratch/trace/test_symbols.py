"""Symbols as the textbooks write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.dropout import Dropout
from hondo.scratch.layers.layer import Layer
from hondo.scratch.layers.residual import Residual
from hondo.scratch.layers.simple import Activation, Flatten
from hondo.scratch.networks.network import Network, cnn
from hondo.scratch.trace.places import places
from hondo.scratch.trace.symbols import Symbol, factor, in_symbols, number, products, total


@pytest.mark.parametrize(
    ("symbol", "name", "latex"),
    [
        (Symbol("z", 2), "z2", "z^{(2)}"),
        (Symbol("L"), "L", "L"),
        (Symbol("gamma", 1), "gamma1", r"\gamma^{(1)}"),
        (Symbol("W", 1).gradient, "dW1", r"\frac{\partial L}{\partial W^{(1)}}"),
        (Symbol("W", 1).memory("m"), "mW1", "m_{W^{(1)}}"),
    ],
)
def test_names_and_latex(symbol: Symbol, name: str, latex: str) -> None:
    assert (symbol.name, symbol.latex()) == (name, latex)


def test_elements_are_counted_from_one() -> None:
    assert Symbol("z", 1).latex((0, 11)) == "z^{(1)}_{1,12}"


@given(st.floats(-1e9, 1e9).filter(lambda v: v == 0 or abs(v) > 1e-12))
def test_a_number_keeps_five_digits(value: float) -> None:
    written = number(value).replace(r" \cdot 10^{", "e").replace("}", "")
    assert float(written) == pytest.approx(value, rel=1e-4)
    assert factor(value).startswith("(") == ("-" in written or "e" in written)


def test_infinities_are_written() -> None:
    assert (number(np.inf), number(-np.inf), number(np.nan)) == (r"\infty", r"-\infty", r"\text{NaN}")


def test_long_sums_are_shortened_in_the_middle() -> None:
    text = total([str(k) for k in range(100)])
    assert text.startswith("0 + 1 + 2")
    assert text.endswith(r"\dots + 99")
    assert total([]) == "0"
    assert products([(2.0, -1.0)], 3.0, -4.0) == r"2 \cdot (-1) + 3 + (-4)"


def test_letters_in_words_are_no_variables() -> None:
    assert in_symbols(r"\max(0, a) + \alpha y", {"a": "A", "y": "Y"}) == r"\max(0, A) + \alpha Y"


def test_a_layer_number_begins_with_each_weighted_sum() -> None:
    assert [place.y.name for place in places(cnn((8, 8, 1), 10))] == ["z1", "a1", "q1", "z2", "a2", "q2", "f2", "z3"]


def test_names_are_unique_and_inside_a_residual_sum_too() -> None:
    inside: list[Layer] = [Dense(4), Activation("relu")]
    layers: list[Layer] = [Flatten(), Dropout(0.1), Dropout(0.2), Dense(4), Residual(inside), Activation("relu")]
    found = places(Network(layers, (2, 2)))
    names = [place.y.name for outer in found for place in (*outer.inside, outer)]
    assert names == ["f1", "d1", "d2", "z3", "z4", "a4", "r4", "a5"]
    assert found[4].key == "4."
    assert found[4].inside[0].key == "4.0."
