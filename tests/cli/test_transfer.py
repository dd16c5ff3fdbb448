"""`hondo transfer`: from a folder of pictures to a model that tells them apart, from the terminal."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hondo.core.language import use_language
from hondo.data.sets.shapes import shapes
from hondo.experiments.specs.read import parse_spec

Call = Callable[..., Any]

KINDS = ("circle", "star", "arrow")
QUICK = (
    "--set", "train.epochs=3",
    "--set", "model.transfer.fine_tune.epochs=1",
    "--set", "model.transfer.fine_tune.unfreeze=1",
    "--set", "model.transfer.augmented_passes=1",
)  # fmt: skip


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifteen drawings of each of three kinds, and a file that is none."""
    folder = tmp_path_factory.mktemp("pictures") / "drawings"
    drawn = shapes(samples=200, difficulty=0.2, seed=31)
    for kind in KINDS:
        (folder / kind).mkdir(parents=True)
        rows = np.flatnonzero(drawn.train.y == drawn.classes.index(kind))[:15]
        for number, picture in enumerate(np.asarray(drawn.train.x[rows])):
            cv2.imwrite(str(folder / kind / f"{number:02}.png"), picture[..., ::-1])
    (folder / "star" / "damaged.png").write_bytes(b"no picture")
    return folder


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No weights of Keras's at hand, and a cache of one's own."""
    monkeypatch.delenv("HONDO_WEIGHTS", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("HONDO_CACHE", str(tmp_path / "cache"))


def flat(text: str) -> str:
    """A terminal's text without its line breaks."""
    return " ".join(text.split())


def test_a_folder_is_looked_at_learnt_and_predicted(hondo: Call, drawings: Path, tmp_path: Path) -> None:
    ran = hondo("transfer", str(drawings), *QUICK)
    assert ran.code == 0, ran.err
    said = flat(ran.out)
    assert "pictures: 45 (arrow 15, circle 15, star 15)" in said
    assert "star/damaged.png" in said
    assert "Backbone hondo_mini, which comes with Hondo" in said
    assert "hondo predict --run drawings-transfer-1" in said
    assert list((tmp_path / "cache" / "features").glob("hondo_mini-*.npy"))

    told = json.loads(hondo("evaluate", "--json").out)
    if told["accuracy"] < 1:
        assert "worst mistakes:" in said
        assert any(f"{kind}/{number:02}.png" in said for kind in KINDS for number in range(15))

    picture = str(drawings / "star" / "03.png")
    answer = json.loads(hondo("predict", "--run", "drawings-transfer-1", picture, "--json").out)[0]
    assert answer["input"] == picture
    assert answer["prediction"] in KINDS
    assert 1 / 3 < answer["probability"] <= 1

    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache" / "features").iterdir()}
    assert hondo("transfer", str(drawings), *QUICK, "--set", "train.epochs=1").code == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache" / "features").iterdir()} == kept


def test_mistakes_on_unseen_pictures_are_named_by_their_files(hondo: Call, drawings: Path, tmp_path: Path) -> None:
    """Labels that say nothing: whatever is learnt, most of it is wrong on pictures never seen."""
    mixed = tmp_path / "mixed"
    rng = np.random.default_rng(0)
    for path in sorted(drawings.glob("*/[0-9]*.png")):
        target = mixed / f"group{rng.integers(3)}" / f"{path.parent.name}-{path.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    ran = hondo("transfer", str(mixed), *QUICK, "--set", "train.epochs=1")
    assert ran.code == 0, ran.err
    _, found, worst = ran.out.partition("worst mistakes:")
    assert found
    named = {path.relative_to(mixed).as_posix(): path.parent.name for path in mixed.glob("*/*.png")}
    rows = [line for line in worst.splitlines() if ".png" in line and "group" in line]
    assert 1 <= len(rows) <= 5
    for row in rows:
        name = next(name for name in named if name in row)
        assert named[name] in row.replace(name, "")  # the class that it is of


def test_in_json_there_is_nothing_else(hondo: Call, drawings: Path) -> None:
    ran = hondo("transfer", str(drawings), *QUICK, "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert result["epochs"] == 4
    assert result["evaluation"]["samples"] == 9
    assert {len(values) for values in result["history"].values()} == {4}


def test_the_experiment_is_printed_as_a_spec_and_nothing_is_trained(
    hondo: Call, drawings: Path, private_home: Path
) -> None:
    printed = hondo("transfer", str(drawings), "--spec", "--size", "16", "--set", "train.epochs=7")
    assert printed.code == 0
    spec = parse_spec(printed.out)
    assert spec.model.transfer is not None
    assert spec.model.transfer.backbone == "hondo_mini"
    assert spec.preprocess.resize == (16, 16)
    assert spec.train.epochs == 7
    assert spec.data.path == str(drawings)
    assert not private_home.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--backbone", "mobilnet_v2"], 4, "Did you mean 'mobilenet_v2'?"),
        (["--set", "train.epoch=3"], 2, "epochs"),
        (["--size", "4"], 2, "8"),
    ],
)
def test_mistakes_are_explained(hondo: Call, drawings: Path, arguments: list[str], code: int, words: str) -> None:
    ran = hondo("transfer", str(drawings), *arguments)
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_that_is_not_there_is_said(hondo: Call, tmp_path: Path) -> None:
    ran = hondo("transfer", str(tmp_path / "nowhere"))
    assert ran.code == 3
    assert "does not exist" in flat(ran.err)


def test_it_speaks_spanish(hondo: Call, drawings: Path) -> None:
    with use_language("es"):
        ran = hondo("transfer", str(drawings), *QUICK, "--set", "train.epochs=1")
        wrong = hondo("transfer", str(drawings), "--backbone", "mobilnet_v2")
    assert ran.code == 0, ran.err
    said = flat(ran.out)
    assert "imágenes: 45" in said
    assert "Extractor hondo_mini, incluido en Hondo" in said
    assert "prediga con: hondo predict --run drawings-transfer-1 imagen.jpg" in said
    assert "no existe la red" in wrong.err
    assert "¿Quiso decir 'mobilenet_v2'?" in wrong.err
