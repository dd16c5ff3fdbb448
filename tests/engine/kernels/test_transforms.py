"""Minimal filtering is exact in exact arithmetic."""

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hondo.engine.kernels.transforms import filtering, transposed

numbers = st.fractions(-9, 9, max_denominator=8)


def times(matrix: Any, values: Any) -> list[Fraction]:
    return [sum((a * b for a, b in zip(row, values, strict=True)), Fraction(0)) for row in matrix]


@settings(deadline=None, max_examples=50)
@given(m=st.integers(1, 6), r=st.integers(2, 5), data=st.data())
def test_the_products_of_transforms_give_the_filtered_signal(m: int, r: int, data: Any) -> None:
    n = m + r - 1
    points = tuple(data.draw(st.lists(numbers, min_size=n - 1, max_size=n - 1, unique=True)))
    signal = data.draw(st.lists(numbers, min_size=n, max_size=n))
    taps = data.draw(st.lists(numbers, min_size=r, max_size=r))
    found = filtering(m, r, points)
    products = [a * b for a, b in zip(times(found.taps, taps), times(found.inputs, signal), strict=True)]
    expected = [sum(signal[place + tap] * taps[tap] for tap in range(r)) for place in range(m)]
    assert times(found.results, products) == expected


@settings(deadline=None, max_examples=20)
@given(m=st.integers(1, 6), r=st.integers(2, 5), data=st.data())
def test_the_same_transforms_give_the_gradient_of_the_taps(m: int, r: int, data: Any) -> None:
    n = m + r - 1
    points = tuple(data.draw(st.lists(numbers, min_size=n - 1, max_size=n - 1, unique=True)))
    signal = data.draw(st.lists(numbers, min_size=n, max_size=n))
    slope = data.draw(st.lists(numbers, min_size=m, max_size=m))
    found = filtering(m, r, points)
    lifted = times(transposed(found.results), slope)
    products = [a * b for a, b in zip(lifted, times(found.inputs, signal), strict=True)]
    expected = [sum(signal[place + tap] * slope[place] for place in range(m)) for tap in range(r)]
    assert times(transposed(found.taps), products) == expected
