from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, stats

import hondo.data
from hondo.core.arrays import ArrayShape, BatchTransform
from hondo.core.errors import DataError
from hondo.core.language import use_language
from hondo.core.spec import AugmentSpec, PreprocessSpec
from hondo.data.augment.augmenter import Augmenter
from hondo.data.dataset import Dataset, Split
from hondo.data.preprocess import fit_preprocessor

EVERYTHING = AugmentSpec(
    rotation=30, zoom=(0.7, 1.4), shear=15, shift=(0.2, 0.1), random_crop=2, horizontal_flip=True, vertical_flip=True,
    fill="reflect", brightness=0.3, contrast=(0.5, 1.5), channel_shift=0.1, cutout=0.3, cutout_holes=2,
)  # fmt: skip


def pictures(seed, *shape, dtype=np.uint8):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(dtype)


def run(augment, x, y=None, index=None, epoch=0, step=0):
    y = np.zeros(len(x), np.float32) if y is None else y
    return augment(x, y, np.arange(len(x)) if index is None else index, epoch=epoch, step=step)


def test_it_is_offered_by_the_room_and_is_what_engines_ask_for():
    assert hondo.data.Augmenter is Augmenter
    assert hondo.data.AugmentSpec is AugmentSpec
    transform: BatchTransform = Augmenter(EVERYTHING)
    assert run(transform, pictures(0, 2, 8, 8, 3))[0].shape == (2, 8, 8, 3)


@settings(deadline=None, max_examples=25)
@given(order=st.permutations(range(20)), cuts=st.lists(st.integers(0, 20), max_size=3), threads=st.integers(1, 5))
def test_a_picture_becomes_the_same_whatever_its_batch_its_place_and_the_threads(order, cuts, threads):
    x, order = pictures(1, 20, 12, 9, 3), np.array(order)
    whole, _ = run(Augmenter(EVERYTHING, seed=4, threads=1), x, epoch=3)
    augment = Augmenter(EVERYTHING, seed=4, threads=threads)
    parts = [run(augment, x[part], index=part, epoch=3, step=7)[0] for part in np.split(order, sorted(cuts))]
    np.testing.assert_array_equal(np.concatenate(parts), whole[order])


def test_large_batches_in_many_threads_and_calls_at_once_become_the_same():
    x = pictures(2, 48, 64, 64, 3)
    spec = EVERYTHING.model_copy(update={"mixup": 0.4, "cutmix": 1.0})
    y = np.eye(48, dtype=np.float32)
    alone, many = Augmenter(spec, seed=1, threads=1), Augmenter(spec, seed=1, threads=4)
    expected = [run(alone, x, y, epoch=epoch, step=epoch) for epoch in range(6)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda epoch: run(many, x, y, epoch=epoch, step=epoch), range(6)))
    for (inputs, targets), (expected_inputs, expected_targets) in zip(results, expected, strict=True):
        np.testing.assert_array_equal(inputs, expected_inputs)
        np.testing.assert_array_equal(targets, expected_targets)


def test_seeds_epochs_and_samples_draw_differently_and_calls_alike():
    x = np.repeat(pictures(3, 1, 16, 16, 3), 4, axis=0)
    augment = Augmenter(EVERYTHING, seed=5)
    first, _ = run(augment, x)
    np.testing.assert_array_equal(run(augment, x)[0], first)
    for other in (run(augment, x, epoch=1)[0], run(Augmenter(EVERYTHING, seed=6), x)[0], first[::-1]):
        assert (first != other).any((1, 2, 3)).all()


def test_what_is_drawn_more_shifts_nothing_else():
    x = pictures(4, 6, 10, 10, 3)
    flipped, _ = run(Augmenter(AugmentSpec(horizontal_flip=True)), x)
    both, _ = run(Augmenter(AugmentSpec(horizontal_flip=True, brightness=(0.5, 0.5))), x)
    np.testing.assert_array_equal(both, np.rint(flipped * 0.5))


def test_inputs_and_targets_are_left_as_they_are():
    x, y = pictures(5, 8, 10, 10, 3), np.eye(8, dtype=np.float32)
    kept = x.copy()
    spec = EVERYTHING.model_copy(update={"mixup": 0.4, "cutmix": 1.0})
    for asked in (spec, AugmentSpec(mixup=0.4), AugmentSpec(cutmix=1.0)):
        for step in range(4):
            run(Augmenter(asked), x, y, step=step)
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(y, np.eye(8))


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.float16])
@pytest.mark.parametrize("shape", [(0, 8, 8, 3), (1, 1, 1, 1), (2, 1, 7, 3), (3, 5, 5, 2), (2, 4, 6, 7)])
def test_any_size_number_of_channels_and_empty_batches(dtype, shape):
    spec = EVERYTHING.model_copy(update={"cutmix": 1.0})
    augment = Augmenter(spec, value_range=(0, 255))
    x, y = pictures(6, *shape, dtype=dtype), np.zeros((shape[0], 2), np.float32)
    inputs, targets = run(augment, x, y)
    told = augment.output(ArrayShape(x.shape, x.dtype), ArrayShape(y.shape, y.dtype))
    assert told == (ArrayShape(inputs.shape, inputs.dtype), ArrayShape(targets.shape, targets.dtype))
    assert inputs.dtype == (np.uint8 if dtype == np.uint8 else np.float32)
    assert np.isfinite(inputs).all()
    assert inputs.size == 0 or (inputs.min() >= 0 and inputs.max() <= 255)


def test_strided_views_are_taken_too():
    x = pictures(7, 4, 20, 20, 6)[:, ::2, ::-2, 1:4]
    np.testing.assert_array_equal(run(Augmenter(EVERYTHING), x)[0], run(Augmenter(EVERYTHING), x.copy())[0])


def test_flips_alone_are_exact_and_happen_half_of_the_time():
    x = pictures(8, 400, 5, 6, 3)
    flipped, _ = run(Augmenter(AugmentSpec(horizontal_flip=True, vertical_flip=True)), x)
    versions = np.stack([x, x[:, :, ::-1], x[:, ::-1], x[:, ::-1, ::-1]])
    same = (versions == flipped).all((2, 3, 4))
    assert (same.sum(0) == 1).all()
    assert stats.chisquare(same.sum(1)).pvalue > 1e-3


def test_a_random_crop_is_padding_and_cutting():
    x = pictures(9, 300, 6, 7, 3)
    spec = AugmentSpec(random_crop=2, fill="constant", fill_value=9)
    cropped, _ = run(Augmenter(spec), x)
    padded = np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)), constant_values=9)
    places = np.stack([padded[:, top : top + 6, left : left + 7] for top in range(5) for left in range(5)])
    same = (places == cropped).all((2, 3, 4))
    assert (same.sum(0) == 1).all()
    assert stats.chisquare(same.sum(1)).pvalue > 1e-3


def test_rotations_stay_within_what_was_asked_and_use_all_of_it():
    line = np.zeros((200, 41, 41, 1), np.float32)
    line[:, 20, 20:] = 1
    turned, _ = run(Augmenter(AugmentSpec(rotation=30, fill="constant")), line)
    down, right = np.mgrid[:41, :41] - 20
    angles = [np.degrees(np.arctan2((one * down).sum(), (one * right).sum())) for one in turned[..., 0]]
    assert np.abs(angles).max() < 30.5
    assert np.min(angles) < -25
    assert np.max(angles) > 25


def test_shifts_are_shares_of_each_side():
    dot = np.zeros((300, 21, 41, 1), np.float32)
    dot[:, 10, 20] = 1
    moved, _ = run(Augmenter(AugmentSpec(shift=(0.2, 0.1), fill="constant")), dot)
    centres = np.array([ndimage.center_of_mass(picture[..., 0]) for picture in moved]) - [10, 20]
    np.testing.assert_allclose(np.abs(centres).max(0), [0.2 * 21, 0.1 * 41], rtol=0.05)
    assert np.abs(centres.mean(0)).max() < 0.5


def test_float_pictures_are_clipped_to_their_range():
    x = np.random.default_rng(10).random((20, 6, 6, 3), dtype=np.float32)
    bright, _ = run(Augmenter(AugmentSpec(brightness=(2, 2)), value_range=(0, 1)), x)
    np.testing.assert_allclose(bright, np.minimum(2 * x, 1), atol=1e-6)
    symmetric, _ = run(Augmenter(AugmentSpec(brightness=(0.5, 0.5)), value_range=(-1, 1)), 2 * x - 1)
    np.testing.assert_allclose(symmetric, x - 1, atol=1e-6)  # half as far from black


def test_mixup_blends_what_prepare_returns_and_the_targets_alike():
    x, y = pictures(11, 6, 4, 4, 3), np.arange(6) % 3
    augment = Augmenter(AugmentSpec(mixup=0.5), seed=2, prepare=lambda raw: raw.astype(np.float32) / 255, classes=3)
    inputs, targets = run(augment, x, y, step=1)
    assert targets.dtype == np.float32
    # Find the share and the partners from the inputs alone; the targets must tell the same.
    scaled = x.reshape(6, -1) / 255.0
    for row in range(6):
        fits = []
        for partner in range(6):
            away = scaled[partner] - scaled[row]
            share = (away @ (inputs[row].ravel() - scaled[row])) / max(away @ away, 1e-9)
            fits.append((np.abs(scaled[row] + share * away - inputs[row].ravel()).max(), partner, share))
        error, partner, share = min(fits)
        assert error < 1e-5
        expected = (1 - share) * np.eye(3)[y[row]] + share * np.eye(3)[y[partner]]
        np.testing.assert_allclose(targets[row], expected, atol=1e-4)


def test_mixing_depends_on_the_step_and_the_epoch():
    x, y = pictures(12, 8, 4, 4, 1), np.eye(8, dtype=np.float32)
    augment = Augmenter(AugmentSpec(mixup=1.0))
    seen = {run(augment, x, y, epoch=epoch, step=step)[1].tobytes() for epoch in range(3) for step in range(3)}
    assert len(seen) == 9


@pytest.mark.parametrize("shape", [(8,), (8, 1)])
def test_class_numbers_become_one_hot_rows_only_where_samples_are_mixed(shape):
    x, y = pictures(13, 8, 4, 4, 1), np.arange(8).reshape(shape) % 4
    mixed = Augmenter(AugmentSpec(cutmix=1.0), classes=4)
    inputs, targets = run(mixed, x, y)
    assert targets.shape == (8, 4)
    assert mixed.output(ArrayShape(x.shape, x.dtype), ArrayShape(y.shape, y.dtype))[1].shape == (8, 4)
    np.testing.assert_allclose(targets.sum(1), 1, atol=1e-6)
    plain = Augmenter(AugmentSpec(horizontal_flip=True), classes=4)
    assert run(plain, x, y)[1] is y
    assert inputs.dtype == np.uint8


def test_mixup_of_numbers_to_predict_blends_them():
    x, y = pictures(14, 5, 4, 4, 1), np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    _, targets = run(Augmenter(AugmentSpec(mixup=1.0)), x, y)
    assert targets.sum() == pytest.approx(y.sum())
    assert not np.array_equal(targets, y)


def test_the_preparation_of_a_spec_follows_the_augmentation():
    raw = pictures(15, 30, 8, 8, 3)
    dataset = Dataset("some", "classification", "image", Split(raw, np.arange(30) % 3), classes=("a", "b", "c"))
    asked = PreprocessSpec(greyscale=True, resize=(4, 6), scale="unit", standardise="channel", flatten=True)
    fitted = fit_preprocessor(asked, dataset)
    augment = Augmenter(EVERYTHING, prepare=fitted.apply)
    inputs, _ = run(augment, raw)
    plain, _ = run(Augmenter(EVERYTHING), raw)
    np.testing.assert_array_equal(inputs, fitted.apply(plain))
    told, _ = augment.output(ArrayShape((30, 8, 8, 3), raw.dtype), ArrayShape((30,), np.dtype(np.int64)))
    assert told == ArrayShape((30, 24), np.dtype(np.float32))


def test_a_spec_that_asks_for_nothing_changes_nothing():
    x, y = pictures(16, 3, 4, 4, 3), np.arange(3)
    inputs, targets = run(Augmenter(AugmentSpec()), x, y)
    np.testing.assert_array_equal(inputs, x)
    assert targets is y


@pytest.mark.parametrize(
    ("augment", "x", "y", "told", "dicho"),
    [
        (Augmenter(EVERYTHING), np.zeros((4, 8)), np.zeros(4), "augmentation is for pictures", "es para imágenes"),
        (
            Augmenter(EVERYTHING),
            np.zeros((4, 8, 8, 1), np.int32),
            np.zeros(4),
            "takes uint8 and floats",
            "admite uint8",
        ),
        (Augmenter(EVERYTHING), np.zeros((4, 8, 8, 1)), np.zeros(4), "black and white", "el negro y el blanco"),
        (
            Augmenter(EVERYTHING, value_range=(1, 0)),
            np.zeros((4, 8, 8, 1)),
            np.zeros(4),
            "black and white",
            "el negro y el blanco",
        ),
        (Augmenter(EVERYTHING), np.zeros((1, 40_000, 1, 1), np.uint8), np.zeros(1), "a side", "por lado"),
        (Augmenter(AugmentSpec(mixup=1)), np.zeros((4, 8, 8, 1)), np.arange(4), "cannot blend", "no pueden mezclar"),
        (
            Augmenter(AugmentSpec(cutmix=1), classes=3),
            np.zeros((4, 8, 8, 1)),
            np.zeros((4, 3), int),
            "cannot blend",
            "no pueden mezclar",
        ),
        (Augmenter(AugmentSpec(mixup=1), classes=3), np.zeros((4, 8, 8, 1)), np.arange(4), "from 0 to 2", "de 0 a 2"),
    ],
)
def test_mistakes_are_explained_in_both_languages(augment, x, y, told, dicho):
    with pytest.raises(DataError, match=told) as caught:
        run(augment, x, y)
    assert caught.value.hint
    with use_language("es"), pytest.raises(DataError, match=dicho):
        run(augment, x, y)


def test_output_refuses_before_any_training_begins():
    with pytest.raises(DataError, match="cannot blend"):
        Augmenter(AugmentSpec(mixup=1)).output(
            ArrayShape((4, 8, 8, 1), np.dtype(np.uint8)), ArrayShape((4,), np.dtype(np.int64))
        )
    with pytest.raises(DataError, match="for pictures"):
        Augmenter(EVERYTHING).output(ArrayShape((4, 8), np.dtype(np.uint8)), ArrayShape((4,), np.dtype(np.float32)))
