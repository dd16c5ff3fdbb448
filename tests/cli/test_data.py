"""`hondo data`: what there is, what is in it, and what is told when it cannot be had."""

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hondo.core.spec import DataSpec
from hondo.data import catalogue
from hondo.data.load import load_dataset

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache, and a proxy that nobody answers at."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def small_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for ``HONDO_DATA`` with 40 + 10 pictures in MNIST's own format."""
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for stem, count in (("train", 40), ("t10k", 10)):
        pictures = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        with gzip.open(folder / f"{stem}-images-idx3-ubyte.gz", "wb") as file:
            file.write(struct.pack(">BBBBIII", 0, 0, 8, 3, *pictures.shape) + pictures.tobytes())
        with gzip.open(folder / f"{stem}-labels-idx1-ubyte.gz", "wb") as file:
            file.write(struct.pack(">BBBBI", 0, 0, 8, 1, count) + labels.tobytes())
    monkeypatch.setenv("HONDO_DATA", str(folder.parent))
    return folder


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """60 people, two of them twice; some without an age."""
    lines = ["age,city,income"]
    for number in range(60):
        age = "" if number % 20 == 7 else str(20 + number)
        lines.append(f"{age},{'León' if number % 3 else 'Ávila'},{'high' if number > 30 else 'low'}")
    lines += lines[1:3]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_list_has_every_set_with_what_it_is_and_where(hondo: Call, small_mnist: Path) -> None:
    listed = {each["name"]: each for each in json.loads(hondo("data", "list", "--json").out)}
    assert tuple(listed) == catalogue.names()
    assert listed["digits"]["state"] == "ready"
    assert (listed["mnist"]["state"], listed["mnist"]["where"]) == ("cached", str(small_mnist))
    assert (listed["cifar10"]["state"], listed["cifar10"]["where"]) == ("fetch", None)
    assert listed["diabetes"]["task"] == "regression"
    said = hondo("data", "list").out
    assert len(said.splitlines()) == 1 + len(listed)
    assert "on this machine" in next(line for line in said.splitlines() if line.startswith("mnist"))


def test_list_speaks_the_readers_language(hondo: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Handwritten digits" in hondo("data", "list").out
    monkeypatch.setenv("HONDO_LANG", "es")
    said = hondo("data", "list").out
    assert "Dígitos manuscritos" in said
    assert "por descargar" in said


def test_show_counts_classes_and_describes_features_as_an_experiment_would_get_them(hondo: Call) -> None:
    shown = json.loads(hondo("data", "show", "iris", "--json").out)
    dataset = load_dataset(DataSpec(name="iris"))
    assert shown["samples"] == {name: len(part) for name, part in dataset.splits.items()}
    for name, part in dataset.splits.items():
        assert list(shown["class_counts"][name].values()) == [int((part.y == number).sum()) for number in range(3)]
    whole = np.concatenate([np.asarray(part.x) for part in dataset.splits.values()])
    assert [each["maximum"] for each in shown["features"]] == whole.max(axis=0).tolist()
    said = hondo("data", "show", "iris").out
    assert "versicolor" in said
    assert "petal width (cm)" in said


def test_show_describes_ones_own_table_with_what_is_missing_and_what_is_twice(
    hondo: Call, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = json.loads(hondo("data", "show", str(table), "--target", "income", "--json").out)
    age, city = shown["features"]
    assert (age["kind"], age["missing"]) == ("number", 3)
    assert (city["kind"], city["categories"], city["missing"]) == ("category", ["León", "Ávila"], 0)
    assert {name for counts in shown["class_counts"].values() for name in counts} == {"high", "low"}
    assert sum(sum(counts.values()) for counts in shown["class_counts"].values()) == 62
    same = shown["duplicates"]
    assert sum(same["within"].values()) + sum(same["across"].values()) >= 2
    assert "Missing values: age 3" in hondo("data", "show", str(table), "--target", "income").out
    monkeypatch.setenv("HONDO_LANG", "es")
    assert "Valores ausentes: age 3" in hondo("data", "show", str(table), "--target", "income").out


def test_show_of_a_regression_gives_the_range_of_the_target(hondo: Call, table: Path) -> None:
    shown = json.loads(hondo("data", "show", str(table), "--target", "age", "--task", "regression", "--json").out)
    assert shown["target_values"]["minimum"] == 20
    assert shown["target_values"]["maximum"] == 79
    assert shown["class_counts"] == {}
    assert "20 to 79" in hondo("data", "show", str(table), "--target", "age", "--task", "regression").out


def test_show_takes_changes_as_run_does(hondo: Call) -> None:
    changes = ("--set", "data.options.samples=50", "--set", "data.test=0.5", "--set", "data.validation=0")
    assert json.loads(hondo("data", "show", "moons", *changes, "--json").out)["samples"] == {"train": 25, "test": 25}


def test_show_of_an_image_folder(hondo: Call, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(6):
            picture = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(picture).save(tmp_path / "pets" / name / f"{number}.png")
    shown = json.loads(hondo("data", "show", str(tmp_path / "pets"), "--json").out)
    assert (shown["kind"], shown["classes"], shown["input_shape"]) == ("image", ["cat", "dog"], [8, 8, 3])
    assert shown["features"] == []


def test_show_of_a_set_that_is_not_here_downloads_nothing_and_says_how_to_get_it(hondo: Call, tmp_path: Path) -> None:
    said = hondo("data", "show", "cifar10")
    assert said.code == 0
    assert "hondo data get cifar10" in said.out
    assert "airplane" in said.out
    assert json.loads(hondo("data", "show", "cifar10", "--json").out)["state"] == "fetch"
    assert not (tmp_path / "keras").exists()


def test_get_of_a_set_that_comes_with_hondo_needs_nothing(hondo: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "comes with Hondo" in hondo("data", "get", "digits").out
    assert json.loads(hondo("data", "get", "digits", "--json").out)["where"] is None
    monkeypatch.setenv("HONDO_LANG", "es")
    assert "viene con Hondo" in hondo("data", "get", "digits").out


def test_get_says_where_the_set_lies(hondo: Call, small_mnist: Path) -> None:
    got = json.loads(hondo("data", "get", "mnist", "--json").out)
    assert got == {"name": "mnist", "state": "cached", "where": str(small_mnist), "samples": {"train": 40, "test": 10}}
    said = hondo("data", "get", "mnist")
    assert str(small_mnist) in said.out
    assert "Only a part" in said.out


def test_get_without_a_network_says_both_ways_out(hondo: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    said = hondo("data", "get", "fashion_mnist")
    assert said.code == 3
    assert "HONDO_DATA" in said.err
    assert "network" in said.err
    assert "Traceback" not in said.err
    monkeypatch.setenv("HONDO_LANG", "es")
    assert "Conéctese a la red" in hondo("data", "get", "fashion_mnist").err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["show", "irs"], 3, ["'irs'", "'iris'"]),
        (["get", "minst"], 3, ["'minst'", "'mnist'"]),
        (["show", "people.csv", "--target", "income"], 3, ["people.csv"]),
        (["show", "iris", "--target", "species"], 2, ["target"]),
        (["show", "moons", "--set", "data.options.sample=3"], 3, ["'sample'", "'samples'"]),
        (["show", "moons", "--set", "data.sed=3"], 2, ["sed", "seed"]),
        (["show", "moons", "--task", "guessing"], 2, ["guessing"]),
    ],
)
def test_bad_input_names_what_came_and_what_is_nearest(
    hondo: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = hondo("data", *arguments)
    assert said.code == code, said.err
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err


def test_a_table_without_a_target_lists_its_columns(hondo: Call, table: Path) -> None:
    said = hondo("data", "show", str(table))
    assert said.code == 2
    assert "age, city, income" in said.err
    assert "--target" in said.err


def test_a_long_list_of_classes_or_features_is_cut_for_people_only(hondo: Call, tmp_path: Path) -> None:
    features = ",".join(f"f{number}" for number in range(50))
    rng = np.random.default_rng(0)
    rows = [",".join(f"{value:.3f}" for value in rng.normal(size=50)) + f",{'abc'[row % 3]}" for row in range(40)]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join([f"{features},kind", *rows]), encoding="utf-8")
    said = hondo("data", "show", str(path), "--target", "kind").out
    assert "10 more" in said
    assert "f49" not in said
    assert len(json.loads(hondo("data", "show", str(path), "--target", "kind", "--json").out)["features"]) == 50
