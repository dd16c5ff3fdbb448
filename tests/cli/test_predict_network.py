"""`hondo predict --model`: a famous network's answer from the terminal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hondo.core.backend import keras

Call = Callable[..., Any]


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A MobileNet whose weights the test writes, and the classes' names."""
    folder = tmp_path / "weights"
    folder.mkdir()
    monkeypatch.setenv("HONDO_WEIGHTS", str(folder))
    keras.utils.set_random_seed(0)
    keras.applications.MobileNet(weights=None).save(folder / "mobilenet_1_0_224_tf.h5")
    index = {str(number): [f"n{number:08}", f"thing_{number}"] for number in range(1000)}
    (folder / "imagenet_class_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = str(tmp_path / "picture.png")
    cv2.imwrite(path, np.random.default_rng(0).integers(0, 256, (50, 80, 3), dtype=np.uint8))
    return path


@pytest.mark.usefixtures("weights")
def test_the_five_most_probable_classes_by_name(hondo: Call, picture: str, weights: Path) -> None:
    answer = json.loads(hondo("predict", "--model", "mobilenet", picture, "--json").out)[0]
    assert answer["input"] == picture
    assert len(answer["top"]) == 5
    network = keras.models.load_model(weights / "mobilenet_1_0_224_tf.h5", compile=False)
    rgb = cv2.cvtColor(cv2.imread(picture), cv2.COLOR_BGR2RGB)
    from hondo.data.pictures import read_pictures

    x = read_pictures([picture], (224, 224)).astype("float32")
    assert abs(float(x.mean()) - float(rgb.mean())) < 3  # RGB, resized
    expected = np.asarray(network(keras.applications.mobilenet.preprocess_input(x)))[0]
    assert answer["prediction"] == f"thing {expected.argmax()}"
    assert answer["probability"] == pytest.approx(float(expected.max()), rel=1e-3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "mobilnet"], "Did you mean 'mobilenet'?"),
        (["--model", "mobilenet", "--run", "last"], "either --model or --run"),
    ],
)
def test_mistakes_are_explained(hondo: Call, picture: str, arguments: list[str], words: str) -> None:
    result = hondo("predict", picture, *arguments)
    assert result.code != 0
    assert words in result.err


def test_rows_of_a_table_are_no_pictures(hondo: Call, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "takes pictures" in hondo("predict", str(table), "--model", "mobilenet").err
