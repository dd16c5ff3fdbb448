"""Ports with a mistake in them: the verification says which mistake it is, and claims none where there is another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hondo.core.errors import DataError
from hondo.experiments.export.golden import read_inputs
from hondo.experiments.export.hypotheses import single_mistakes, words
from hondo.experiments.export.manifest import read_manifest
from hondo.experiments.export.outputs import read_outputs
from hondo.experiments.export.recipes import CORRECT, GREYS, READINGS, RESIZINGS, SCALES, STANDARDS, cook
from hondo.experiments.export.stages import model_inputs
from hondo.experiments.export.verify import Verification, verify_bundle
from hondo.experiments.run import Run

Bundled = Callable[[Run], Path]


def pictures_of(bundle: Path, run: Run) -> list[np.ndarray]:
    manifest = read_manifest(bundle, bundle)
    return read_inputs(bundle, [sample.input for sample in manifest.samples], run.preprocessor)


def answer(run: Run, x: np.ndarray) -> np.ndarray:
    return np.asarray(run.model.predict(x.astype(np.float32), verbose=0))


def judged(bundle: Path, outputs: np.ndarray) -> Verification:
    return verify_bundle(bundle, outputs=outputs)


def mistakes(found: Verification) -> list[str]:
    assert found.tried is not None
    return [each.mistake for each in found.tried.matching]


def port(run: Run, raws: list[np.ndarray], resize: Image.Resampling) -> np.ndarray:
    """The preprocessing as somebody would write it elsewhere, with Pillow and NumPy."""
    mean, std = np.array(run.preprocessor.mean), np.array(run.preprocessor.std)
    prepared = []
    for raw in raws:
        small = np.asarray(Image.fromarray(raw).resize((10, 12), resize))
        prepared.append((small / 255.0 - mean) / std)
    return answer(run, np.array(prepared))


def test_right_outputs_agree_and_slightly_different_ones_too(digits: Run, bundled: Bundled) -> None:
    bundle = bundled(digits)
    outputs = np.load(bundle / "outputs.npy")
    found = judged(bundle, outputs + 5e-5)
    assert found.agrees
    assert found.checks[-1].name == "yours"
    assert found.checks[-1].difference == pytest.approx(5e-5, rel=0.01)
    assert not verify_bundle(bundle, outputs=outputs + 5e-5, tolerance=1e-5).agrees


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (lambda x: x * 255, "scale:none"),
        (lambda x: x * 2 - 1, "scale:symmetric"),
        (lambda x: x / 255, "scale:twice"),
        (lambda x: 1 - x, "read:inverted"),
        (lambda x: x.transpose(0, 2, 1, 3), "read:transposed"),
    ],
)
def test_mistakes_with_pixels_are_named(
    change: Callable[[np.ndarray], np.ndarray], mistake: str, digits: Run, bundled: Bundled
) -> None:
    bundle = bundled(digits)
    right = model_inputs(digits.preprocessor, pictures_of(bundle, digits))
    found = judged(bundle, answer(digits, change(right)))
    assert found.first is not None
    assert found.first.name == "yours"
    assert mistake in mistakes(found)
    assert len(mistakes(found)) <= 2


def test_mistakes_with_colours_and_sizes_are_named(colour: Run, bundled: Bundled) -> None:
    bundle = bundled(colour)
    raws = pictures_of(bundle, colour)
    for name in ("nearest", "box", "bilinear", "bicubic", "lanczos"):
        outputs = port(colour, raws, Image.Resampling[name.upper()])
        assert mistakes(judged(bundle, outputs)) == [f"resize:pillow-{name}"]


def test_swapped_channels_and_missing_standardising_are_named(colour: Run, bundled: Bundled) -> None:
    bundle = bundled(colour)
    swapped = [raw[..., ::-1] for raw in pictures_of(bundle, colour)]
    assert mistakes(judged(bundle, answer(colour, model_inputs(colour.preprocessor, swapped)))) == ["read:swapped"]
    mean, std = np.array(colour.preprocessor.mean), np.array(colour.preprocessor.std)
    scaled = np.load(bundle / "steps" / "2-scale.npy")
    assert mistakes(judged(bundle, answer(colour, scaled))) == ["standardise:none"]
    assert mistakes(judged(bundle, answer(colour, scaled - mean))) == ["standardise:only-mean"]
    imagenet = (scaled - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    assert mistakes(judged(bundle, answer(colour, imagenet))) == ["standardise:imagenet"]
    caffe = scaled[..., ::-1] * 255 - np.array([103.939, 116.779, 123.68])
    assert "standardise:imagenet-mean" in mistakes(judged(bundle, answer(colour, caffe)))[0]
    both = (scaled[..., ::-1] * 2 - 1 - mean) / std
    assert mistakes(judged(bundle, answer(colour, both))) == ["read:swapped+scale:symmetric"]


def test_mistakes_with_grey_and_flat_pictures_are_named(grey: Run, bundled: Bundled) -> None:
    bundle = bundled(grey)
    raws = pictures_of(bundle, grey)
    averaged = [np.repeat(np.rint(raw.mean(axis=2, keepdims=True)).astype(np.uint8), 3, axis=2) for raw in raws]
    assert mistakes(judged(bundle, answer(grey, model_inputs(grey.preprocessor, averaged)))) == ["greyscale:mean"]
    right = model_inputs(grey.preprocessor, raws).reshape(-1, 12, 10)
    turned = right.transpose(0, 2, 1).reshape(len(right), -1)
    assert mistakes(judged(bundle, answer(grey, turned))) == ["flatten:columns"]


def test_mistakes_with_tables_are_named(rows: Run, regression: Run, bundled: Bundled) -> None:
    bundle = bundled(rows)
    columns = np.load(bundle / "steps" / "1-columns.npy")
    assert mistakes(judged(bundle, answer(rows, columns))) == ["standardise:none"]
    table = np.array(pictures_of(bundle, rows))
    assert np.isnan(table).any()
    zeros = columns.copy()
    zeros[np.isnan(table[:, 0]), 0] = 0
    standardised = (zeros - np.array(rows.preprocessor.mean)) / np.array(rows.preprocessor.std)
    assert mistakes(judged(bundle, answer(rows, standardised))) == ["columns:zeros"]


def test_a_target_left_standardised_is_named(regression: Run, bundled: Bundled) -> None:
    bundle = bundled(regression)
    raw = np.load(next((bundle / "steps").glob("*-model.npy")))
    found = judged(bundle, raw)
    assert mistakes(found) == ["target-standardised"]
    assert judged(bundle, np.load(bundle / "outputs.npy") * (1 + 2e-5)).agrees, "relative where values are large"


def test_reordered_outputs_and_a_missing_softmax_are_named(digits: Run, bundled: Bundled) -> None:
    bundle = bundled(digits)
    outputs = np.load(bundle / "outputs.npy")
    assert mistakes(judged(bundle, outputs[:, ::-1])) == ["classes-reordered"]
    assert mistakes(judged(bundle, np.roll(outputs, 1, axis=0))) == ["samples-reordered"]
    assert mistakes(judged(bundle, np.log(outputs) + 3)) == ["no-softmax"]


def test_training_mode_is_named_and_leaves_the_model_as_it_was(convolutional: Run, bundled: Bundled) -> None:
    bundle = bundled(convolutional)
    right = np.load(bundle / "steps" / "1-scale.npy")
    before = convolutional.model.get_weights()
    outputs = np.asarray(convolutional.model(right, training=True))
    convolutional.model.set_weights(before)
    assert mistakes(judged(bundle, outputs)) == ["training-mode"]
    assert mistakes(judged(bundle, answer(convolutional, right * 2 - 1))) == ["scale:symmetric"]


def test_nothing_is_claimed_of_other_weights(digits: Run, bundled: Bundled) -> None:
    bundle = bundled(digits)
    outputs = np.random.default_rng(0).dirichlet(np.ones(10), 16)
    found = judged(bundle, outputs)
    assert not found.agrees
    assert mistakes(found) == []
    assert found.tried is not None
    assert found.tried.nearest is None
    assert found.tried.count > 30


def test_the_nearest_mistake_is_told_where_none_fits_exactly(digits: Run, bundled: Bundled) -> None:
    bundle = bundled(digits)
    right = model_inputs(digits.preprocessor, pictures_of(bundle, digits))
    found = judged(bundle, answer(digits, right * 255) + 2e-3)
    assert mistakes(found) == []
    assert found.tried is not None
    assert found.tried.nearest is not None
    assert found.tried.nearest.mistake == "scale:none"


@pytest.mark.parametrize("name", ["digits", "colour", "grey", "rows", "regression"])
def test_the_correct_recipe_is_the_preprocessing(name: str, request: Any, bundled: Bundled) -> None:
    run: Run = request.getfixturevalue(name)
    bundle = bundled(run)
    raws = pictures_of(bundle, run)
    np.testing.assert_allclose(
        np.stack(cook(CORRECT, run.preprocessor, raws)["flatten"]), model_inputs(run.preprocessor, raws), atol=1e-6
    )
    for recipe in single_mistakes(run.preprocessor):
        assert all(words(step, mistake) for step, mistake in recipe.changed.items())


def test_every_recipe_has_words() -> None:
    known = {"read": READINGS, "greyscale": GREYS, "resize": RESIZINGS, "scale": SCALES, "standardise": STANDARDS}
    assert all(words(step, name) for step, names in known.items() for name in names)


def test_outputs_are_read_from_arrays_and_texts(tmp_path: Path) -> None:
    expected = np.array([[0.25, 0.75], [1e-3, 0.999]])
    np.save(tmp_path / "a.npy", expected)
    for name, text in {
        "a.csv": "no,yes\n0.25,0.75\n1e-3,0.999\n",
        "b.csv": "0.25;0.75\n0.001;0.999",
        "c.txt": "0.25 0.75\n0.001  0.999\n\n",
        "d.tsv": "\ufeff0.25\t0.75\n0.001\t0.999\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for path in tmp_path.iterdir():
        np.testing.assert_array_equal(read_outputs(path), expected)


def test_outputs_that_are_none_are_refused(tmp_path: Path, digits: Run, bundled: Bundled) -> None:
    for name, data, word in [
        ("text.csv", b"a,b\nc,d\n", "no rows of numbers"),
        ("ragged.csv", b"1,2\n3\n", "no rows of numbers"),
        ("nan.csv", b"1,nan\n", "not finite: 1"),
        ("bad.npy", b"PK\x03\x04", "cannot be read"),
        ("binary.csv", b"\xff\xfe\x00", "no rows of numbers"),
    ]:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataError, match=word):
            read_outputs(tmp_path / name)
    with pytest.raises(DataError, match="no file"):
        read_outputs(tmp_path / "none.npy")
    bundle = bundled(digits)
    for shape in ((16, 9), (10, 16), (15, 10), (16,), (16, 10, 1), (0,)):
        with pytest.raises(DataError, match=r"expected \(16, 10\)"):
            verify_bundle(bundle, outputs=np.zeros(shape))
