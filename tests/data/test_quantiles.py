import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hondo.data import quantiles
from hondo.data.quantiles import medians

NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=False, width=64), st.sampled_from([0.0, -0.0, 1.0, -1.0, 5e-324, np.nan])
)


@settings(deadline=None)
@given(
    x=arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 3)), elements=NUMBERS),
    size=st.integers(1, 31),
    few=st.sampled_from([0, 1, 3, 100]),
)
@pytest.mark.filterwarnings("ignore:All-NaN slice:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_medians_are_those_of_numpy(x, size, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantiles, "_FEW", few)  # 0: to the last bit by counting
        found = medians(lambda: (x[start : start + size] for start in range(0, len(x), size)), x.shape[1])
    np.testing.assert_array_equal(found, np.nanmedian(x, axis=0))


def test_a_million_numbers_need_only_a_few_passes():
    x = np.random.default_rng(0).normal(size=(1_000_000, 2)) * [1.0, 1e9]
    passes = []

    def chunks():
        passes.append(1)
        return np.array_split(x, 7)

    np.testing.assert_array_equal(medians(chunks, 2), np.median(x, axis=0))
    assert len(passes) <= 9
