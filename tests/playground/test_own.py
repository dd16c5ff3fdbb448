import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.playground.own import MOST_POINTS, NOTHING, from_table, from_text, taken_over, to_csv, to_text


def table(rows, names=("a", "b", "c")):
    return {name: np.array([str(row[at]) for row in rows], object) for at, name in enumerate(names)}


def test_a_table_fills_the_plane_and_names_its_classes():
    made = from_table(table([(0, 10, "no"), (5, 30, "yes"), (10, 20, "no"), ("", 1, "yes")]), ("a", "b"), "c")
    np.testing.assert_allclose(made.x, [(-5, -5), (0, 5), (5, 0)])
    assert (made.y.tolist(), made.names, made.numbers, made.classes) == ([0, 1, 0], ("no", "yes"), False, 2)


def test_whole_numbers_are_classes_unless_told_and_others_are_numbers():
    rows = [(0, 0, 3), (1, 1, 7), (2, 5, 3)]
    classes = from_table(table(rows), ("a", "b"), "c")
    assert (classes.y.tolist(), classes.names) == ([0, 1, 0], ("3", "7"))
    numbers = from_table(table(rows), ("a", "b"), "c", numbers=True)
    assert (numbers.y.tolist(), numbers.numbers) == ([-1, 1, -1], True)
    assert from_table(table([(0, 0, 0.5), (1, 1, 2)]), ("a", "b"), "c").numbers


def test_columns_that_do_not_vary_and_numbers_that_are_huge_are_borne():
    made = from_table(table([(1e308, 4, "u"), (-1e308, 4, "v")]), ("a", "b"), "c")
    np.testing.assert_allclose(made.x, [(5, 0), (-5, 0)])


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([(0, 0, "u"), (1, 1, "v")], {"numbers": True}, "texts"),
        ([(number, 0, f"kind{number}") for number in range(9)], {}, "9 classes"),
        ([("x", 0, "u"), ("y", 1, "v")], {}, "fewer than two rows"),
    ],
)
def test_what_cannot_be_learnt_is_explained(rows, options, said):
    with pytest.raises(DataError, match=said) as error:
        from_table(table(rows), ("a", "b"), "c", **options)
    assert error.value.hint
    with pytest.raises(DataError, match="no column 'd'"):
        from_table(table(rows), ("a", "d"), "c")


def test_a_long_table_is_cut_at_random_but_always_alike():
    rows = [(number, number, number % 2) for number in range(MOST_POINTS + 500)]
    made, again = (from_table(table(rows), ("a", "b"), "c") for _ in range(2))
    assert (len(made), made.dropped) == (MOST_POINTS, 500)
    np.testing.assert_array_equal(made.x, again.x)
    assert len(made.with_points([(0, 0)], 1)) == MOST_POINTS


def test_points_grow_shrink_and_turn():
    some = NOTHING.with_points([(1, 1), (9, -9)], 2).with_points([(-3, 0.02)], 0)
    np.testing.assert_allclose(some.x, [(1, 1), (6, -6), (-3, 0)])
    assert (some.y.tolist(), some.classes) == ([2, 2, 0], 3)
    assert some.without([(1.2, 1.2)]).y.tolist() == [2, 0]
    numbers = some.as_numbers()
    assert (numbers.y.tolist(), numbers.classes) == ([1, 1, -1], 2)
    assert numbers.as_classes().y.tolist() == [1, 1, 0]


@pytest.mark.parametrize("numbers", [True, False])
def test_an_address_keeps_points_to_the_last_bit(numbers):
    rng = np.random.default_rng(3)
    y = rng.uniform(-1, 1, 50) if numbers else rng.integers(0, 8, 50)
    some = taken_over(rng.uniform(-7, 7, (50, 2)), y, numbers=numbers)
    again = from_text(to_text(some), numbers=numbers)
    assert again.x.tobytes() == some.x.tobytes()
    assert again.y.tobytes() == some.y.tobytes()
    assert again.numbers == numbers
    assert to_csv(some).count("\n") == 51


@pytest.mark.parametrize("text", ["?", "AAA", "____", "AAAAA", "A" * 4000])
def test_other_texts_are_no_points(text):
    with pytest.raises(DataError, match="cannot be read"):
        from_text(text, numbers=False)
