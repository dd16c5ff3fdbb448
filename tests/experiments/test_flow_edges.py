"""The flow at its edges: rows that are dropped, and files of a run that are damaged."""

import random
from pathlib import Path

import numpy as np
import pytest

from hondo.core.errors import ModelError, StoreError
from hondo.experiments.flow import execute
from hondo.experiments.run import MODEL, RESULT, load_model, load_run
from hondo.experiments.specs.read import read_spec


def test_a_run_that_drops_incomplete_rows_drops_them_when_evaluated_again(tmp_path: Path) -> None:
    rows = [f"{'' if n % 7 == 0 else n},{n % 5},{'high' if n > 40 else 'low'}" for n in range(80)]
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["age,size,income", *rows]), encoding="utf-8")
    spec = read_spec(
        {
            "data": {"path": str(table), "target": "income"},
            "model": {"preset": "perceptron"},
            "preprocess": {"missing": "drop", "standardise": "feature"},
            "train": {"epochs": 1},
        }
    )
    run = execute(spec, folder=tmp_path / "run")
    assert load_run(tmp_path / "run").evaluate() == run.evaluation


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "null", '{"name": "x", "history": 3}'])
def test_a_damaged_result_is_an_error_that_names_the_folder(tmp_path: Path, text: str) -> None:
    execute(read_spec("iris-mlp", ["train.epochs=1"]), folder=tmp_path)
    (tmp_path / RESULT).write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="no finished run"):
        load_run(tmp_path)


def test_a_model_file_with_changed_bytes_is_an_error(tmp_path: Path) -> None:
    execute(read_spec("iris-mlp", ["train.epochs=1"]), folder=tmp_path)
    path = tmp_path / MODEL
    whole = path.read_bytes()
    for seed in range(40):
        damaged = bytearray(whole)
        for place in np.random.default_rng(seed).integers(0, len(whole), 20):
            damaged[place] ^= 255
        path.write_bytes(damaged[: random.Random(seed).randrange(len(whole))] if seed % 4 == 0 else damaged)
        with pytest.raises(ModelError, match=r"model\.keras"):
            load_model(path)
