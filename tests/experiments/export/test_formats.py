"""A run's model in other formats computes what the run's own model computes."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import DataError, ModelError, StoreError
from hondo.experiments.export import formats
from hondo.experiments.export.formats import default_path, export_run
from hondo.experiments.export.stages import model_inputs
from hondo.experiments.run import Run, load_run


def needs(form: str) -> Callable[[Any], Any]:
    missing = [name for name in formats.NEEDS[form] if importlib.util.find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"pip install 'hondo[{form}]': {', '.join(missing)} missing")


NETWORKS = ["convolutional", "regression", "two_inputs", "transferred"]


def test_keras_is_a_copy_with_its_preprocessing(digits: Run, tmp_path: Path) -> None:
    exported = export_run(digits, "keras", tmp_path / "a" / "digits.keras")
    assert exported.path.read_bytes() == (digits.folder / "model.keras").read_bytes()
    assert exported.preprocess is not None
    assert exported.preprocess.read_bytes() == (digits.folder / "preprocess.json").read_bytes()
    x = np.random.default_rng(0).random((3, 8, 8, 1), np.float32)
    loaded = keras.saving.load_model(exported.path)
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), digits.model.predict(x, verbose=0))
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["digits.keras", "digits.preprocess.json"]


@pytest.mark.slow
@needs("savedmodel")
@pytest.mark.parametrize("name", NETWORKS)
def test_savedmodel_computes_the_same(name: str, request: Any, tmp_path: Path) -> None:
    run: Run = request.getfixturevalue(name)
    exported = export_run(run, "savedmodel", tmp_path / "saved")
    assert exported.difference < 1e-5
    assert (exported.compared_on, exported.samples) == ("held-out", 16)
    assert {"saved_model.pb", "variables", "preprocess.json"} <= {each.name for each in exported.path.iterdir()}
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]


@pytest.mark.slow
@needs("onnx")
@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_computes_the_same_for_any_batch(name: str, request: Any, tmp_path: Path) -> None:
    import onnxruntime

    run: Run = request.getfixturevalue(name)
    exported = export_run(run, "onnx", tmp_path / "model.onnx")
    assert exported.difference < 1e-5
    session = onnxruntime.InferenceSession(exported.path, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(0).random((5, *run.preprocessor.input_shape), np.float32)
    outputs = session.run(None, {exported.names["input"]: x})[0]
    np.testing.assert_allclose(outputs, run.model.predict(x, verbose=0), atol=1e-5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.onnx", "model.preprocess.json"]


def test_missing_packages_are_named_with_their_extra(
    digits: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "NEEDS", {"onnx": ("no_such_module",), "savedmodel": ("no_such_module",)})
    for form in ("onnx", "savedmodel"):
        with pytest.raises(ModelError, match="no_such_module") as caught:
            export_run(digits, form, tmp_path / ("m.onnx" if form == "onnx" else "m"))
        assert f"pip install 'hondo[{form}]'" in caught.value.hint
    assert not list(tmp_path.iterdir())


def fake_child(monkeypatch: pytest.MonkeyPatch, does: Callable[[dict[str, str]], None]) -> None:
    monkeypatch.setattr(formats, "NEEDS", {})
    monkeypatch.setattr(formats, "_ask_child", lambda form, request: does(request))


def test_an_exported_model_that_computes_otherwise_is_not_kept(
    digits: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def does(request: dict[str, str]) -> None:
        x = np.load(request["inputs"])
        Path(request["target"]).write_bytes(b"model")
        Path(request["answer"]).write_text("{}", encoding="utf-8")
        np.save(request["outputs"], digits.model.predict(x, verbose=0) + 0.01)

    fake_child(monkeypatch, does)
    with pytest.raises(ModelError, match="computes something else"):
        export_run(digits, "onnx", tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_what_the_child_says_when_it_fails_is_told(
    digits: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "NEEDS", {})
    failed = subprocess.CompletedProcess([], 1, "", "Traceback\nValueError: no such operation\n\n")
    monkeypatch.setattr(formats.subprocess, "run", lambda *_, **__: failed)
    for form, path in (("onnx", "model.onnx"), ("savedmodel", "model")):
        with pytest.raises(ModelError, match="no such operation"):
            export_run(digits, form, tmp_path / path)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten_unasked_and_no_foreign_folder_ever(digits: Run, tmp_path: Path) -> None:
    path = tmp_path / "digits.keras"
    path.write_bytes(b"mine")
    with pytest.raises(StoreError, match="exists already"):
        export_run(digits, "keras", path)
    assert path.read_bytes() == b"mine"
    export_run(digits, "keras", path, force=True)
    assert path.read_bytes() != b"mine"
    with pytest.raises(StoreError, match="exists already"):
        export_run(digits, "bundle", tmp_path)
    with pytest.raises(StoreError, match="other files"):
        export_run(digits, "bundle", tmp_path, force=True)
    assert path.exists()
    bundle = tmp_path / "bundle"
    for force in (False, True):
        export_run(digits, "bundle", bundle, force=force)
    (tmp_path / "digits.preprocess.json").write_text("{}", encoding="utf-8")
    path.unlink()
    with pytest.raises(StoreError, match=r"preprocess\.json exists"):
        export_run(digits, "keras", path)


def test_endings_and_default_names(digits: Run, tmp_path: Path) -> None:
    names = [default_path("a-1", form).name for form in formats.FORMATS]
    assert names == ["a-1.keras", "a-1-savedmodel", "a-1.onnx", "a-1.bundle.zip"]
    for form, name in (("keras", "model.h5"), ("onnx", "model"), ("savedmodel", "model.zip")):
        with pytest.raises(StoreError):
            export_run(digits, form, tmp_path / name)
    with pytest.raises(StoreError, match="not recorded"):
        export_run(replace(digits, folder=None), "keras", tmp_path / "a.keras")


@pytest.fixture
def without_data(rows: Run, place: Path, table: Path, tmp_path: Path) -> Run:
    """A run whose table has gone since."""
    shutil.copytree(rows.folder, tmp_path / "run")
    run = load_run(tmp_path / "run", "small-1")
    data = run.spec.data.model_copy(update={"path": str(tmp_path / "gone.csv")})
    run.spec = run.spec.model_copy(update={"data": data})
    return run


def test_without_its_data_a_run_has_no_bundle_but_its_model(without_data: Run, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv") as caught:
        export_run(without_data, "bundle", tmp_path / "b.zip")
    assert "--to keras" in caught.value.hint
    assert not (tmp_path / "b.zip").exists()
    assert export_run(without_data, "keras", tmp_path / "m.keras").path.exists()


@pytest.mark.slow
@needs("savedmodel")
def test_without_its_data_a_model_is_compared_on_random_inputs(without_data: Run, tmp_path: Path) -> None:
    exported = export_run(without_data, "savedmodel", tmp_path / "saved")
    assert exported.compared_on == "random"
    assert exported.difference < 1e-5


def test_other_data_under_the_same_name_are_noticed(rows: Run, table: Path, tmp_path: Path) -> None:
    shutil.copytree(rows.folder, tmp_path / "run")
    run = load_run(tmp_path / "run", "small-1")
    old = table.read_text(encoding="utf-8")
    data = run.spec.data.model_copy(update={"path": str(tmp_path / "people.csv")})
    run.spec = run.spec.model_copy(update={"data": data})
    for gone, instead in (("low", "lowest"), ("Ávila", "Zamora"), ("age,city", "years,city")):
        (tmp_path / "people.csv").write_text(old.replace(gone, instead), encoding="utf-8")
        with pytest.raises(DataError, match="other classes or columns"):
            export_run(run, "bundle", tmp_path / "b.zip")
        run.dataset = None


@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "geteuid"), reason="needs a device that is full")
def test_a_full_disk_leaves_nothing_behind(digits: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device", str(digits.folder / "model.keras"))  # as shutil does

    monkeypatch.setattr("hondo.experiments.export.bundle.shutil.copyfile", full)
    for form, name in (("bundle", "b.zip"), ("bundle", "folder"), ("keras", "a.keras")):
        with pytest.raises(StoreError, match="No space left"):
            export_run(digits, form, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_larger_pictures_are_reduced_and_smaller_ones_kept_in_their_own_size(
    pictures: Path, colour: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from hondo.experiments.export.bundle import golden_samples

    golden, split, _ = golden_samples(colour)
    assert split == "test"
    assert {raw.shape[0] for raw in golden.raws} <= {24, 25, 26}
    assert not any(golden.reduced)
    monkeypatch.setattr("hondo.experiments.export.golden.PIXELS", 400)
    golden, _, _ = golden_samples(colour)
    assert all(golden.reduced)
    assert all(raw.shape[0] * raw.shape[1] <= 400 for raw in golden.raws)
    assert model_inputs(colour.preprocessor, golden.raws).shape == (16, 12, 10, 3)
