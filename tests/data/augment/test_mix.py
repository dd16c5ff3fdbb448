import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hondo.data.augment.mix import Mix, cut_holes, draw_mix


@given(
    height=st.integers(1, 20),
    width=st.integers(1, 20),
    share=st.floats(0.01, 1),
    centres=st.lists(st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)), min_size=1, max_size=3),
)
def test_holes_cover_what_is_within_half_a_side_of_their_centres(height, width, share, centres):
    picture = np.ones((height, width, 2), np.float32)
    cut_holes(picture, np.array(centres), share, 7.0)
    tall, wide = max(1, round(height * share)), max(1, round(width * share))
    covered = np.zeros((height, width), bool)
    for down, right in centres:
        y, x = np.arange(height) - int(down * height), np.arange(width) - int(right * width)
        covered |= ((y >= -(tall // 2)) & (y < tall - tall // 2))[:, None] & (
            (x >= -(wide // 2)) & (x < wide - wide // 2)
        )
    np.testing.assert_array_equal(picture[..., 0] == 7, covered)
    np.testing.assert_array_equal(picture[..., 0], picture[..., 1])
    assert covered.any()


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), batch=st.integers(1, 9), alpha=st.floats(0.05, 5))
def test_cutmix_keeps_the_share_that_its_targets_say(seed, batch, alpha):
    pictures = np.arange(1, batch + 1, dtype=np.float32)[:, None, None, None] * np.ones((1, 7, 11, 2), np.float32)
    own = pictures[:, 0, 0, 0].copy()
    mix = draw_mix(np.random.default_rng(seed), batch, (7, 11), None, alpha)
    mix.paste(pictures)
    targets = mix.blend(np.eye(batch, dtype=np.float32))
    for row in range(batch):
        kept = (pictures[row, ..., 0] == own[row]).mean()
        if mix.partners[row] == row:
            assert kept == 1
            assert targets[row, row] == pytest.approx(1)
        else:
            assert kept == pytest.approx(mix.kept)
            assert targets[row, row] == pytest.approx(mix.kept, abs=1e-6)
            assert targets[row, mix.partners[row]] == pytest.approx(1 - mix.kept, abs=1e-6)
    np.testing.assert_allclose(targets.sum(1), 1, atol=1e-6)


@given(seed=st.integers(0, 999), kept=st.floats(0, 1), dtype=st.sampled_from([np.uint8, np.float32, np.float64]))
def test_a_blend_is_the_weighted_sum_of_both(seed, kept, dtype):
    draws = np.random.default_rng(seed)
    values = draws.integers(0, 256, (5, 3, 2)).astype(dtype)
    mix = Mix(kept, draws.permutation(5))
    before = values.copy()
    expected = kept * values.astype(np.float64) + (1 - kept) * values[mix.partners].astype(np.float64)
    blended = mix.blend(values)
    assert blended.dtype == dtype
    assert np.abs(blended - expected).max() <= (0.5 + 1e-4 if dtype == np.uint8 else 1e-4)
    np.testing.assert_array_equal(values, before)


def test_mixups_share_is_drawn_from_the_beta_distribution():
    shares = [draw_mix(np.random.default_rng(seed), 4, (8, 8), 0.4, None).kept for seed in range(2000)]
    assert stats.kstest(shares, stats.beta(0.4, 0.4).cdf).pvalue > 1e-3


def test_with_both_kinds_each_is_drawn_about_half_of_the_time():
    pasted = [draw_mix(np.random.default_rng(seed), 4, (8, 8), 0.4, 1.0).box is not None for seed in range(1000)]
    assert 0.45 < np.mean(pasted) < 0.55


def test_every_sample_is_a_partner_once():
    mix = draw_mix(np.random.default_rng(0), 50, (8, 8), 1.0, None)
    np.testing.assert_array_equal(np.sort(mix.partners), np.arange(50))
