import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hondo.data.augment.draw import batch_generator, epoch_key, uniforms

MASK = 2**64 - 1


def splitmix64(state: int) -> int:
    """The published algorithm, a number at a time and in Python's integers."""
    z = state & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


@given(key=st.integers(0, MASK), sample=st.integers(0, 2**40 - 1), column=st.integers(0, 2**24 - 1))
def test_a_number_is_that_of_the_published_generator_at_its_place(key, sample, column):
    place = (sample << 24) + column
    expected = (splitmix64(key + place * 0x9E3779B97F4A7C15) >> 11) * 2.0**-53
    assert uniforms(key, np.array([sample]), [column])[0, 0] == expected


def test_the_generator_gives_the_numbers_that_its_authors_publish():
    # The first numbers from the state 1234567, as reference implementations give them; the counter starts one step on.
    step = 0x9E3779B97F4A7C15
    first = [splitmix64(1234567 + count * step) for count in (1, 2, 3)]
    assert first == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(order=st.permutations(range(12)), cut=st.integers(0, 12))
def test_neither_order_nor_batches_matter(order, cut):
    whole = uniforms(5, np.arange(12), [0, 3, 9])
    order = np.array(order)
    parts = [uniforms(5, part, [9, 0]) for part in (order[:cut], order[cut:])]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole[[2, 0]][:, order])


def test_numbers_are_uniform_and_unrelated():
    numbers = uniforms(epoch_key(0, 0), np.arange(20_000), [0, 1, 1024])
    assert (numbers >= 0).all()
    assert (numbers < 1).all()
    for row in numbers:
        assert stats.kstest(row, "uniform").pvalue > 1e-3
        assert abs(np.corrcoef(row[:-1], row[1:])[0, 1]) < 0.03
    later = uniforms(epoch_key(0, 1), np.arange(20_000), [0])
    other = uniforms(epoch_key(1, 0), np.arange(20_000), [0])
    together = np.corrcoef(np.concatenate([numbers, later, other]))
    assert np.abs(together - np.eye(5)).max() < 0.03


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint16])
def test_the_type_of_the_index_does_not_matter(dtype):
    np.testing.assert_array_equal(uniforms(1, np.arange(9, dtype=dtype), [2]), uniforms(1, np.arange(9), [2]))


def test_batches_have_generators_of_their_own():
    draws = {batch_generator(seed, epoch, step).random() for seed in (0, 1) for epoch in (0, 1) for step in (0, 1)}
    assert len(draws) == 8
    assert batch_generator(1, 2, 3).random() == batch_generator(1, 2, 3).random()
