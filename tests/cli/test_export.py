"""`hondo export` and `hondo verify` from the terminal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Call = Callable[..., Any]


@pytest.fixture
def run(hondo: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A finished run; commands write into the test's folder."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert hondo("run", "digits-mlp", "--set", "train.epochs=1").code == 0
    return "digits-mlp-1"


@pytest.mark.usefixtures("run")
def test_a_bundle_is_exported_verified_and_found_to_differ(hondo: Call) -> None:
    exported = hondo("export", "--to", "bundle")
    assert exported.code == 0
    assert "digits-mlp-1.bundle.zip" in exported.out
    assert "16 held-out samples" in exported.out
    verified = hondo("verify", "digits-mlp-1.bundle.zip")
    assert verified.code == 0
    assert "All agree" in verified.out
    told = json.loads(hondo("verify", "digits-mlp-1.bundle.zip", "--json").out)
    assert told["agrees"]
    assert [check["name"] for check in told["checks"]] == ["files", "read", "scale", "weights", "model"]

    assert hondo("export", "--to", "bundle", "--output", "folder").code == 0
    path = Path("folder/preprocess.json")
    path.write_text(path.read_text(encoding="utf-8").replace('"unit"', '"symmetric"'), encoding="utf-8")
    found = hondo("verify", "folder")
    assert found.code == 1
    assert "First difference: scale" in found.out
    assert "preprocess.json" in found.out
    told = json.loads(hondo("verify", "folder", "--json").out)
    assert (told["agrees"], told["first"]) == (False, "scale")


@pytest.mark.usefixtures("run")
def test_a_port_s_mistake_is_named_in_both_languages(hondo: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    hondo("export", "--to", "bundle", "--output", "bundle")
    from hondo.core.backend import keras

    model = keras.saving.load_model("bundle/model.keras")
    raw = np.load("bundle/steps/0-read.npy").astype(np.float32)
    np.save("mine.npy", model.predict(raw / 255, verbose=0))
    right = hondo("verify", "bundle", "--outputs", "mine.npy")
    assert (right.code, "your outputs" in right.out) == (0, True)
    np.savetxt("mine.csv", model.predict(raw / 127.5 - 1, verbose=0), delimiter=",")
    wrong = hondo("verify", "bundle", "--outputs", "mine.csv")
    assert wrong.code == 1
    assert "This mistake gives your outputs: pixels scaled to -1..1" in wrong.out
    told = json.loads(hondo("verify", "bundle", "--outputs", "mine.csv", "--json").out)
    assert [each["mistake"] for each in told["mistakes"]] == ["scale:symmetric"]
    monkeypatch.setenv("HONDO_LANG", "es")
    spanish = hondo("verify", "bundle", "--outputs", "mine.csv").out
    assert "Este error da sus salidas: píxeles escalados a -1..1" in spanish
    monkeypatch.setenv("HONDO_LANG", "en")
    np.save("mine.npy", np.random.default_rng(0).dirichlet(np.ones(10), 16))
    assert "common mistakes tried" in hondo("verify", "bundle", "--outputs", "mine.npy").out
    np.save("mine.npy", np.zeros((3, 10)))
    refused = hondo("verify", "bundle", "--outputs", "mine.npy")
    assert refused.code == 3
    assert "expected (16, 10)" in refused.err


def test_keras_by_name_and_as_json_and_not_twice(hondo: Call, run: str) -> None:
    told = json.loads(hondo("export", run, "--to", "keras", "--json").out)
    assert told == {
        "run": run,
        "form": "keras",
        "path": "digits-mlp-1.keras",
        "preprocess": "digits-mlp-1.preprocess.json",
        "difference": 0.0,
        "compared_on": "bytes",
        "samples": 0,
        "names": None,
    }
    again = hondo("export", run, "--to", "keras")
    assert again.code == 5
    assert "--force" in again.err
    assert hondo("export", run, "--to", "keras", "--force").code == 0


def test_runs_that_cannot_be_exported(hondo: Call, run: str, private_home: Path) -> None:
    assert hondo("export", "nothing", "--to", "keras").code == 5
    folder = next(private_home.rglob("model.keras")).parent
    (folder / "model.keras").unlink()
    missing = hondo("export", run, "--to", "keras")
    assert missing.code == 4
    assert "no model" in missing.err
    (folder / "result.json").unlink()
    unfinished = hondo("export", run, "--to", "bundle")
    assert unfinished.code == 5
    assert "hondo resume" in unfinished.err
    assert not list(Path.cwd().iterdir())


def test_what_is_no_bundle_is_refused_with_the_code_of_data(hondo: Call, tmp_path: Path) -> None:
    said = hondo("verify", str(tmp_path / "none.zip"))
    assert said.code == 3
    assert "hondo export --to bundle" in said.err
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 nothing")
    assert hondo("verify", str(tmp_path / "bad.zip")).code == 3
