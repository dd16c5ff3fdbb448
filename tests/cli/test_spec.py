"""`hondo spec`: what comes with Hondo can be printed, copied and checked; mistakes are found before anything runs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import read_spec, spec_schema

Call = Callable[..., Any]

MISSPELT = "data: {name: digits}\nmodel: {preset: mlp}\ntrain:\n  epochs: 3\n  bach_size: 8\n"


@pytest.fixture
def misspelt(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(MISSPELT, encoding="utf-8")
    return path


def test_list_has_every_built_in_experiment_with_its_line(hondo: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = json.loads(hondo("spec", "list", "--json").out)
    assert [each["name"] for each in listed] == list(builtin.names())
    assert "784-128-10" in hondo("spec", "list").out
    monkeypatch.setenv("HONDO_LANG", "es")
    assert "sigmoide y softmax" in hondo("spec", "list").out


@pytest.mark.parametrize("full", [[], ["--full"]])
@pytest.mark.parametrize("name", builtin.names())
def test_what_show_prints_is_the_same_experiment(hondo: Call, tmp_path: Path, name: str, full: list[str]) -> None:
    path = tmp_path / "copy.yaml"
    path.write_text(hondo("spec", "show", name, *full).out, encoding="utf-8")
    assert read_spec(path) == read_spec(name)


def test_show_keeps_the_comments_and_full_has_every_value(hondo: Call) -> None:
    assert "#" in hondo("spec", "show", "digits-mlp").out
    short, full = (yaml.safe_load(hondo("spec", "show", "digits-mlp", *more).out) for more in ([], ["--full"]))
    assert "shuffle" not in short["train"]
    assert full["train"]["shuffle"] is True


def test_show_as_json_is_the_spec_for_scripts(hondo: Call) -> None:
    shown = json.loads(hondo("spec", "show", "mnist-mlp", "--json", "--full").out)
    assert read_spec(shown) == read_spec("mnist-mlp")
    assert "shuffle" not in json.loads(hondo("spec", "show", "mnist-mlp", "--json").out).get("train", {})


def test_show_of_ones_own_file_writes_it_in_order(hondo: Call, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("model: {layers: [flatten, {dense: 10}]}\ndata: {name: digits}\n", encoding="utf-8")
    said = hondo("spec", "show", str(path))
    assert list(yaml.safe_load(said.out)) == ["name", "data", "model"]


def test_check_says_ok_with_a_line_about_the_experiment(hondo: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    said = hondo("spec", "check", "mnist-mlp", "--set", "train.epochs=1", "--set", "train.batch_size=all")
    assert said.code == 0
    assert said.out.startswith("OK  mnist-mlp: mnist · ")
    assert "sgd" in said.out
    assert "1 epoch ·" in said.out
    monkeypatch.setenv("HONDO_LANG", "es")
    assert "5 épocas · lotes de 32" in hondo("spec", "check", "mnist-mlp").out


def test_check_shows_the_line_and_the_nearest_name_of_a_misspelt_key(
    hondo: Call, misspelt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = hondo("spec", "check", str(misspelt))
    assert said.code == 2
    assert said.out == ""
    assert "mine.yaml" in said.err
    assert "5" in said.err
    assert "'batch_size'" in said.err
    assert "Traceback" not in said.err
    monkeypatch.setenv("HONDO_LANG", "es")
    assert "¿Quiso decir 'batch_size'?" in hondo("spec", "check", str(misspelt)).err


def test_check_tells_all_problems_at_once(hondo: Call, misspelt: Path) -> None:
    misspelt.write_text(MISSPELT + "  seed: -1\n", encoding="utf-8")
    said = hondo("spec", "check", str(misspelt), "--set", "learn.optimizer=adm")
    for word in ("bach_size", "seed", "adm"):
        assert word in said.err


def test_check_as_json_answers_scripts_either_way(hondo: Call, misspelt: Path) -> None:
    right = json.loads(hondo("spec", "check", "iris-mlp", "--json").out)
    assert right["ok"] is True
    assert read_spec(right["spec"]) == read_spec("iris-mlp")
    said = hondo("spec", "check", str(misspelt), "--json")
    assert said.code == 2
    wrong = json.loads(said.out)
    assert wrong["ok"] is False
    assert "batch_size" in wrong["error"] + wrong["hint"]


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "empty"), ("- a\n- b\n", "list"), ("data: [unclosed\n", "1"), ("\x00", "bad.yaml")],
)
def test_what_is_no_spec_is_told(hondo: Call, tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    said = hondo("spec", "check", str(path))
    assert said.code == 2, said.err
    assert word in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", ["show", "check"])
def test_an_unknown_name_leaves_with_2_and_names_the_nearest(hondo: Call, command: str) -> None:
    said = hondo("spec", command, "mnist-mpl")
    assert said.code == 2
    assert "'mnist-mlp'" in said.err


def test_schema_goes_to_standard_output_or_to_a_file(hondo: Call, tmp_path: Path) -> None:
    assert json.loads(hondo("spec", "schema").out) == spec_schema()
    path = tmp_path / "hondo.schema.json"
    said = hondo("spec", "schema", "--output", str(path))
    assert json.loads(path.read_text(encoding="utf-8")) == spec_schema()
    assert str(path) in said.out


def test_a_schema_that_cannot_be_written_is_told(hondo: Call, tmp_path: Path) -> None:
    said = hondo("spec", "schema", "--output", str(tmp_path))
    assert said.code == 5
    assert "Traceback" not in said.err
