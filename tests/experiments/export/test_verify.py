"""Every step of a bundle corrupted on purpose: the verification names that step, and no other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.experiments.export.corrupting import edit_json, refresh

from hondo.core.backend import keras
from hondo.core.errors import DataError
from hondo.core.language import use_language
from hondo.experiments.export.golden import read_inputs
from hondo.experiments.export.verify import read_samples, verify_bundle
from hondo.experiments.predict import predict_raw
from hondo.experiments.run import Run

Bundled = Callable[[Run], Path]
RUNS = {
    "digits": ["read", "scale", "weights", "model"],
    "colour": ["read", "resize", "scale", "standardise", "weights", "model"],
    "grey": ["read", "greyscale", "resize", "scale", "standardise", "flatten", "weights", "model"],
    "rows": ["read", "columns", "standardise", "weights", "model"],
    "regression": ["read", "columns", "standardise", "weights", "model", "outputs"],
}


@pytest.mark.parametrize("name", RUNS)
def test_a_bundle_agrees_with_itself_step_by_step(name: str, request: Any, bundled: Bundled) -> None:
    run: Run = request.getfixturevalue(name)
    bundle = bundled(run)
    found = verify_bundle(bundle)
    assert [check.name for check in found.checks] == ["files", *RUNS[name]]
    assert found.agrees
    assert found.first is None
    assert max(check.difference or 0 for check in found.checks) < 1e-5
    assert found.samples == (16 if name != "rows" else found.samples)


@pytest.mark.parametrize("name", RUNS)
def test_the_outputs_are_those_of_predict_for_the_golden_inputs(name: str, request: Any, bundled: Bundled) -> None:
    run: Run = request.getfixturevalue(name)
    bundle = bundled(run)
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    raws = read_inputs(bundle, [each["input"] for each in manifest["samples"]], run.preprocessor)
    expected = np.concatenate([predict_raw(run.model, run.preprocessor, raw[np.newaxis]).outputs for raw in raws])
    np.testing.assert_allclose(np.load(bundle / "outputs.npy"), expected, rtol=1e-5, atol=1e-5)
    text = np.genfromtxt(bundle / "outputs.csv", delimiter=",", skip_header=1)
    np.testing.assert_array_equal(text.reshape(expected.shape), np.load(bundle / "outputs.npy"))


def first(bundle: Path) -> tuple[str, str]:
    found = verify_bundle(bundle).first
    assert found is not None
    return found.name, found.mistake


@pytest.mark.parametrize("packed_again", [False, True])
@pytest.mark.parametrize(
    ("run", "key", "value", "step", "mistake"),
    [
        ("digits", "scale", "symmetric", "scale", "scale:unit"),
        ("digits", "scale", "none", "scale", "scale:unit"),
        ("colour", "resize", [10, 12], "resize", ""),
        ("colour", "scale", "symmetric", "scale", "scale:unit"),
        ("grey", "greyscale", False, "greyscale", ""),
        ("grey", "flatten", False, "flatten", ""),
        ("rows", "categories", "ordinal", "columns", ""),
    ],
)
def test_a_changed_preprocessing_is_named(
    run: str, key: str, value: Any, step: str, mistake: str, packed_again: bool, request: Any, bundled: Bundled
) -> None:
    bundle = bundled(request.getfixturevalue(run))
    edit_json(bundle / "preprocess.json", lambda written: written["spec"].update({key: value}))
    if packed_again:
        refresh(bundle)
    assert first(bundle) == (step, mistake)
    files = verify_bundle(bundle).checks[0]
    assert (files.state == "ok") == packed_again
    assert packed_again or "preprocess.json" in files.detail


def test_another_mean_is_named(colour: Run, rows: Run, bundled: Bundled) -> None:
    for run in (colour, rows):
        bundle = bundled(run)
        edit_json(bundle / "preprocess.json", lambda written: written["mean"].__setitem__(0, written["mean"][0] + 0.1))
        assert first(bundle) == ("standardise", "")


def test_another_value_for_missing_ones_is_named(rows: Run, bundled: Bundled) -> None:
    bundle = bundled(rows)
    edit_json(bundle / "preprocess.json", lambda written: written["columns"][0].update({"fill": 1000.0}))
    raws = read_samples(bundle / "steps" / "0-read.npy", len(list(np.load(bundle / "outputs.npy"))))
    assert np.isnan(raws).any(), "the golden rows have a gap"
    assert first(bundle)[0] == "columns"


@pytest.mark.parametrize("packed_again", [False, True])
@pytest.mark.parametrize("name", ["colour", "grey"])
def test_swapped_channels_are_recognised(name: str, packed_again: bool, request: Any, bundled: Bundled) -> None:
    bundle = bundled(request.getfixturevalue(name))
    for path in (bundle / "inputs").glob("*.png"):
        cv2.imwrite(str(path), cv2.imread(str(path))[..., ::-1])
    if packed_again:
        refresh(bundle)
    assert first(bundle) == ("read", "read:swapped")
    with use_language("es"):
        found = verify_bundle(bundle).first
        assert found is not None
        assert "BGR" in found.detail
        assert "canales" in found.detail


def test_another_interpolation_is_recognised(colour: Run, bundled: Bundled) -> None:
    bundle = bundled(colour)
    raws = [cv2.imread(str(path))[..., ::-1] for path in sorted((bundle / "inputs").glob("*.png"))]
    cubic = [cv2.resize(raw, (10, 12), interpolation=cv2.INTER_CUBIC) for raw in raws]
    np.save(bundle / "steps" / "1-resize.npy", np.array(cubic, np.float32))
    assert first(bundle)[0] == "resize"
    assert "1-resize.npy" in verify_bundle(bundle).checks[2].detail
    refresh(bundle)
    assert first(bundle) == ("resize", "resize:cubic")


@pytest.mark.parametrize("packed_again", [False, True])
def test_one_changed_weight_is_named(digits: Run, packed_again: bool, bundled: Bundled) -> None:
    bundle = bundled(digits)
    model = keras.saving.load_model(bundle / "model.keras")
    kernel = model.layers[-1].kernel
    values = keras.ops.convert_to_numpy(kernel.value).copy()
    values[3, 4] += 0.5
    kernel.assign(values)
    model.save(bundle / "model.keras")
    if packed_again:
        refresh(bundle)
    found = verify_bundle(bundle)
    assert found.first is not None
    assert found.first.name == "weights"
    assert kernel.path in found.first.detail
    assert "+" not in found.first.detail, "only that variable"
    assert found.checks[-1].state == "differs"


def test_changed_arithmetic_is_told_from_changed_weights(digits: Run, bundled: Bundled) -> None:
    bundle = bundled(digits)
    model = keras.saving.load_model(bundle / "model.keras")
    model.layers[-2].activation = keras.activations.tanh
    model.save(bundle / "model.keras")
    refresh(bundle)
    assert first(bundle) == ("model", "")


def test_changed_outputs_are_the_file_s_fault(digits: Run, bundled: Bundled) -> None:
    bundle = bundled(digits)
    outputs = np.load(bundle / "outputs.npy")
    outputs[2, 1] += 0.01
    np.save(bundle / "outputs.npy", outputs)
    found = verify_bundle(bundle).first
    assert found is not None
    assert found.name == "model"
    assert "outputs.npy" in found.detail
    assert verify_bundle(bundle, tolerance=0.1).first.name == "files"


@pytest.mark.parametrize(
    ("missing", "first_name"),
    [("inputs/03.png", "read"), ("steps/1-scale.npy", "scale"), ("model.keras", "weights"), ("README.md", "files")],
)
def test_missing_files_are_named_and_the_rest_is_checked(
    digits: Run, missing: str, first_name: str, bundled: Bundled
) -> None:
    bundle = bundled(digits)
    (bundle / missing).unlink()
    found = verify_bundle(bundle)
    assert not found.agrees
    assert missing in found.checks[0].detail
    if first_name != "files":
        assert next(check for check in found.checks if check.name == first_name).state == "unknown"
    assert found.first is not None
    assert found.first.name == "files"


def test_damaged_arrays_are_not_read(digits: Run, bundled: Bundled, tmp_path: Path) -> None:
    bundle = bundled(digits)
    good = (bundle / "steps" / "1-scale.npy").read_bytes()
    for bad in (good[:100], good[:-8], b"", b"\x93NUMPY\x01\x00\xff\xff", good.replace(b"(16,", b"(99,", 1)):
        (bundle / "steps" / "1-scale.npy").write_bytes(bad)
        found = verify_bundle(bundle)
        assert "1-scale.npy" in found.checks[0].detail
        assert next(check for check in found.checks if check.name == "scale").state == "unknown"
    np.save(bundle / "steps" / "1-scale.npy", np.array([{"a": 1}], object), allow_pickle=True)
    assert next(check for check in verify_bundle(bundle).checks if check.name == "scale").state == "unknown"


def test_a_preprocessing_that_asks_for_giant_pictures_is_refused(colour: Run, bundled: Bundled) -> None:
    bundle = bundled(colour)
    edit_json(bundle / "preprocess.json", lambda written: written["spec"].update({"resize": [100_000, 100_000]}))
    found = verify_bundle(bundle)
    assert "giant" in next(check for check in found.checks if check.name == "read").detail


def test_manifests_that_are_none(digits: Run, bundled: Bundled) -> None:
    bundle = bundled(digits)
    good = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    path = bundle / "manifest.json"
    for change, word in [
        ({"version": 2}, "version 2"),
        ({"format": "other"}, "damaged"),
        ({"samples": []}, "damaged"),
        ({"files": {"../../etc/passwd": "0"}}, "damaged"),
        ({"steps": [{"name": "read", "file": "/etc/passwd"}] * 2}, "damaged"),
    ]:
        path.write_text(json.dumps({**good, **change}), encoding="utf-8")
        with pytest.raises(DataError, match=word):
            verify_bundle(bundle)
    for text in ("", "[1]", '{"format": "hondo-bundle"', "[" * 100_000):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match="damaged"):
            verify_bundle(bundle)
    path.unlink()
    with pytest.raises(DataError, match=r"no manifest\.json"):
        verify_bundle(bundle)
