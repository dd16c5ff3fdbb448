"""Small trained runs, each with a preprocessing of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hondo.experiments.export.bundle import write_bundle
from hondo.experiments.flow import execute
from hondo.experiments.run import Run
from hondo.experiments.specs.read import read_spec


def trained(spec: Any, folder: Path, *changes: str) -> Run:
    folder.mkdir(parents=True, exist_ok=True)
    return execute(read_spec(spec, list(changes)), name="small-1", folder=folder)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("export")


@pytest.fixture(scope="session")
def pictures(place: Path) -> Path:
    """Colour pictures of unequal sizes, with stripes that tell the classes apart."""
    random = np.random.default_rng(0)
    for number, name in enumerate(("across", "down", "mixed")):
        (place / "pictures" / name).mkdir(parents=True)
        for each in range(16):
            height, width = 24 + each % 3, 30 + each % 2
            picture = random.integers(0, 90, (height, width, 3), dtype=np.uint8)
            picture[..., number] += 60
            if number != 1:
                picture[::4] += 90
            if number != 0:
                picture[:, ::4] += 70
            cv2.imwrite(str(place / "pictures" / name / f"{each:02}.png"), picture)
    return place / "pictures"


@pytest.fixture(scope="session")
def table(place: Path) -> Path:
    """A table with categories, numbers and gaps, and commas and quotes in its texts."""
    path = place / "people.csv"
    rows = [
        f'{"" if n % 4 == 0 else 20 + n},"{"León, la vieja" if n % 3 else "Ávila"}",{n % 5}.25,'
        f"{'high' if n > 60 else 'low' if n > 30 else 'middle'}"
        for n in range(96)
    ]
    path.write_text("\n".join(["age,city,score,income", *rows]), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def digits(place: Path) -> Run:
    return trained("digits-mlp", place / "digits", "train.epochs=2")


@pytest.fixture(scope="session")
def two_inputs(place: Path) -> Run:
    """A graph whose inputs are parts of a table."""
    return trained("diabetes-two-inputs", place / "two-inputs", "train.epochs=2")


@pytest.fixture(scope="session")
def transferred(place: Path, pictures: Path) -> Run:
    """A head on Hondo's own network, which scales its pictures itself."""
    spec = {
        "data": {"path": pictures.as_posix(), "test": 0.4, "validation": 0.0},
        "preprocess": {"resize": [16, 16]},
        "model": {"transfer": "hondo_mini"},
        "train": {"epochs": 2, "batch_size": 8},
    }
    return trained(spec, place / "transferred")


def _picture_spec(path: Path, **preprocess: Any) -> dict[str, Any]:
    return {
        "data": {"path": path.as_posix(), "test": 0.4},
        "preprocess": {"resize": [12, 10], "scale": "unit", "standardise": "channel", **preprocess},
        "model": {
            "layers": [
                {"flatten": {}},
                {"dense": {"units": 12, "activation": "relu"}},
                {"dense": {"units": 3, "activation": "softmax"}},
            ]
        },
        "learn": {"learning_rate": 0.001},
        "train": {"epochs": 2, "batch_size": 8},
    }


@pytest.fixture(scope="session")
def colour(place: Path, pictures: Path) -> Run:
    """Pictures in colour: resize, scale, standardise."""
    return trained(_picture_spec(pictures), place / "colour")


@pytest.fixture(scope="session")
def grey(place: Path, pictures: Path) -> Run:
    """Pictures made grey: greyscale, resize, scale, standardise, flatten."""
    spec = _picture_spec(pictures, greyscale=True, flatten=True, standardise="feature")
    return trained({**spec, "model": {"preset": "mlp", "hidden": [12]}}, place / "grey")


@pytest.fixture(scope="session")
def rows(place: Path, table: Path) -> Run:
    """A table: columns, standardise."""
    spec = {
        "data": {"path": table.as_posix(), "target": "income"},
        "preprocess": {"standardise": "feature"},
        "model": {"preset": "mlp", "hidden": [8]},
        "train": {"epochs": 3},
    }
    return trained(spec, place / "rows")


@pytest.fixture(scope="session")
def regression(place: Path) -> Run:
    changes = ("train.epochs=3", "preprocess.target=standardise")
    return trained("diabetes-regression", place / "regression", *changes)


@pytest.fixture(scope="session")
def convolutional(place: Path) -> Run:
    """Convolutions, pooling, batch normalisation and a residual block."""
    spec = {
        "data": {"name": "digits"},
        "preprocess": {"scale": "unit"},
        "model": {
            "layers": [
                {"conv2d": {"filters": 6, "kernel_size": 3, "padding": "same", "activation": "relu"}},
                "batch_normalization",
                {"max_pooling2d": {"pool_size": 2}},
                {"residual": {"filters": 8, "strides": 2}},
                "global_average_pooling2d",
                {"dense": {"units": 10, "activation": "softmax"}},
            ]
        },
        "train": {"epochs": 1},
    }
    return trained(spec, place / "convolutional")


Bundled = Callable[[Run], Path]


@pytest.fixture
def bundled(tmp_path: Path) -> Bundled:
    """The bundle of a run as a folder of this test's own."""

    def write(run: Run) -> Path:
        write_bundle(run, tmp_path / "bundle")
        return tmp_path / "bundle"

    return write
