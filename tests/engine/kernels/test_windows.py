"""Windows meet exactly the inputs that they should."""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hondo.engine.kernels.windows import make_axis, parts

small, tiny = st.integers(1, 12), st.integers(1, 4)


@st.composite
def slides(draw: Any) -> tuple[tuple[int, int, int], dict[str, Any]]:
    size, window, stride, apart, between = draw(small), draw(st.integers(1, 7)), draw(tiny), draw(tiny), draw(tiny)
    low, high = draw(st.integers(-2, 5)), draw(st.integers(-2, 5))
    room = (size - 1) * between + 1 + low + high - (window - 1) * apart - 1
    assume(room >= 0)
    how = {"stride": stride, "low": low, "apart": apart, "between": between, "mirrored": draw(st.booleans())}
    return (size, window, room // stride + 1), how


def entries_of_a_line(size: int, low: int, between: int, reach: int) -> list[int | None]:
    """The padded and dilated input as a list: an index where there is an input, and nothing elsewhere."""
    border = abs(low) + reach
    line: list[int | None] = [None] * (border + (size - 1) * between + 1 + border + reach)
    for index in range(size):
        line[border + index * between] = index
    return line[border - low :]


@settings(deadline=None)
@given(slide=slides())
def test_each_window_meets_the_inputs_below_it(slide: Any) -> None:
    (size, window, positions), how = slide
    axis = make_axis((size, window, positions), strides=(1, 1, 1), **how)
    reach = window * how["apart"] + positions * how["stride"]
    line = entries_of_a_line(size, how["low"], how["between"], reach)
    assert len(axis.meets) == positions
    for position, (left, right, count) in enumerate(axis.meets):
        below = [(line[position * how["stride"] + entry * how["apart"]], entry) for entry in range(window)]
        expected = [
            (index, window - 1 - entry if how["mirrored"] else entry) for index, entry in below if index is not None
        ]
        found = [(left + step * axis.left_step, right + step * axis.right_step) for step in range(count)]
        assert found == expected
    assert axis.most == max(count for _, _, count in axis.meets)


@settings(deadline=None)
@given(slide=slides(), data=st.data())
def test_a_span_holds_all_inputs_that_its_windows_meet_and_no_more_on_either_side(slide: Any, data: Any) -> None:
    sizes, how = slide
    axis = make_axis(sizes, strides=(1, 1, 1), **how)
    first = data.draw(st.integers(0, sizes[2] - 1))
    last = data.draw(st.integers(first + 1, sizes[2]))
    met = [left + step * axis.left_step for left, _, count in axis.meets[first:last] for step in range(count)]
    start, count = axis.span(first, last)
    assert (start, start + count - 1) == ((min(met), max(met)) if met else (0, -1))


@given(total=st.integers(0, 100), size=st.integers(1, 20))
def test_parts_cover_the_total_and_none_is_needless(total: int, size: int) -> None:
    assert parts(total, size) * size >= total > (parts(total, size) - 1) * size - (total == 0)
