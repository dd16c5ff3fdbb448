import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from hondo.data.moments import moments


@settings(deadline=None)
@given(
    seed=st.integers(0, 99), rows=st.integers(1, 40), chunk=st.integers(1, 50), offset=st.sampled_from([0, 1e6, -1e9])
)
def test_chunks_give_what_scikit_learn_computes_at_once(seed, rows, chunk, offset):
    x = np.random.default_rng(seed).normal(offset, 3, (rows, 4))
    found = moments((x[start : start + chunk] for start in range(0, rows, chunk)), (0,))
    scaler = StandardScaler().fit(x)
    np.testing.assert_allclose(found.mean, scaler.mean_, rtol=1e-12)
    np.testing.assert_allclose(found.std, np.sqrt(scaler.var_), rtol=1e-7, atol=1e-12)


def test_moments_of_channels_are_taken_over_samples_and_places():
    x = np.random.default_rng(0).integers(0, 256, (30, 5, 4, 3), dtype=np.uint8)
    found = moments(np.array_split(x, 4), (0, 1, 2))
    np.testing.assert_allclose(found.mean, x.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(found.std, x.std(axis=(0, 1, 2)))


def test_a_constant_has_exactly_no_deviation():
    found = moments([np.full((n, 1), 0.1) for n in (3, 7, 11)], (0,))
    assert found.mean == 0.1
    assert found.std == 0.0
