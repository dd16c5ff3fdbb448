"""`hondo run`, `resume`, `evaluate` and `predict`: the flow from the terminal, and what bad input is told."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

Call = Callable[..., Any]

QUICK = ("--set", "train.epochs=3")


def test_run_evaluate_and_predict_from_the_terminal(hondo: Call, tmp_path: Path) -> None:
    ran = hondo("run", "digits-mlp", *QUICK)
    assert ran.code == 0
    assert "digits-mlp-1" in ran.out
    report = next(line for line in ran.out.splitlines() if line.startswith("report: "))
    assert Path(report.removeprefix("report: ")).exists()

    evaluated = json.loads(hondo("evaluate", "--json").out)
    assert evaluated["samples"] == 359
    assert evaluated["accuracy"] > 0.8

    from hondo.data.catalogue import load_named

    pictures = np.asarray(load_named("digits").train.x[:5])
    for number, picture in enumerate(pictures):
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture)
    files = [str(tmp_path / f"{number}.png") for number in range(5)]
    answers = json.loads(hondo("predict", *files, "--json").out)
    assert [answer["input"] for answer in answers] == files
    np.save(tmp_path / "five.npy", pictures)
    again = json.loads(hondo("predict", str(tmp_path / "five.npy"), "--json", "--run", "digits-mlp-1").out)
    assert [a["prediction"] for a in again] == [a["prediction"] for a in answers]


def test_the_result_as_json_is_one_json_document(hondo: Call) -> None:
    result = json.loads(hondo("run", "iris-mlp", *QUICK, "--json").out)
    assert result["status"] == "complete"
    assert len(result["history"]["loss"]) == 3


def test_rows_of_a_table_are_predicted_from_a_file_and_from_standard_input(
    hondo: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = (f"{20 + n},{'León' if n % 3 else 'Ávila'},{'high' if n > 30 else 'low'}" for n in range(60))
    rows = ["age,city,income", *people]
    table = tmp_path / "people.csv"
    table.write_text("\n".join(rows), encoding="utf-8")
    spec = tmp_path / "people.yaml"
    spec.write_text(
        f"data: {{path: {table.as_posix()}, target: income}}\nmodel: {{preset: mlp, hidden: [8]}}\n"
        "preprocess: {standardise: feature}\nlearn: {learning_rate: 0.05}\ntrain: {epochs: 30}\n",
        encoding="utf-8",
    )
    assert hondo("run", str(spec)).code == 0
    new = tmp_path / "new.csv"
    new.write_text("city,age\nLeón,75\nÁvila,21\n", encoding="utf-8")
    answers = json.loads(hondo("predict", str(new), "--json").out)
    assert [answer["prediction"] for answer in answers] == ["high", "low"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(new.read_text(encoding="utf-8")))
    assert json.loads(hondo("predict", "-", "--json").out) == answers
    lacking = tmp_path / "lacking.csv"
    lacking.write_text("city,ages\nLeón,75\n", encoding="utf-8")
    said = hondo("predict", str(lacking))
    assert said.code == 3
    assert "age" in said.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "digit-mlp"], 2, ["digits-mlp"]),
        (["run", "digits-mlp", "--set", "train.epohcs=3"], 2, ["epohcs", "epochs"]),
        (["run", "digits-mlp", "--set", "train.epochs=many"], 2, ["train.epochs", "many"]),
        (["run", "digits-mlp", "--set", "train.epochs=0"], 2, ["train.epochs", "0"]),
        (["run", "digits-mlp", "--set", "data.name=digit"], 3, ["digits"]),
        (["run", "iris-mlp", "--set", "model={layers: [{conv2d: 8}]}"], 4, ["conv2d"]),
        (["resume", "nothing"], 5, ["no runs", "hondo run"]),
        (["evaluate", "nothing"], 5, ["no runs", "hondo run"]),
        (["predict", "no-such.png"], 3, ["no-such.png"]),
        (["run", "digits-mlp", "--nonsense"], 2, ["--nonsense"]),
    ],
)
def test_bad_input_is_told_what_came_and_what_helps_without_a_traceback(
    hondo: Call, arguments: list[str], code: int, words: list[str]
) -> None:
    said = hondo(*arguments)
    assert said.code == code, said.err
    assert "Traceback" not in said.err + said.out
    for word in words:
        assert word in said.err


def test_debug_shows_the_traceback(hondo: Call) -> None:
    assert "Traceback" in hondo("run", "digit-mlp", "--debug").err


def test_a_misspelt_key_in_a_file_is_shown_with_its_line(hondo: Call, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "data: {name: digits}\nmodel: {preset: mlp}\ntrain:\n  epochs: 3\n  bach_size: 8\n", encoding="utf-8"
    )
    said = hondo("run", str(path))
    assert said.code == 2
    assert "5" in said.err
    assert "batch_size" in said.err


def test_a_workspace_that_cannot_be_written_is_said_before_anything_is_trained(
    hondo: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("HONDO_HOME", str(tmp_path / "file" / "below"))
    said = hondo("run", "digits-mlp", *QUICK)
    assert said.code == 5
    assert "Traceback" not in said.err


def test_errors_and_results_speak_spanish_too(hondo: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_LANG", "es")
    said = hondo("run", "iris-mlp", *QUICK)
    assert "informe:" in said.out
    assert "¿Quiso decir" in hondo("run", "digit-mlp").err


def test_help_comes_without_importing_anything_slow() -> None:
    code = (
        "import sys; from hondo.cli.main import app; "
        "print([name for name in ('keras', 'jax', 'numpy', 'pandas', 'sqlalchemy', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process alone")
def test_ctrl_c_stops_cleanly_keeps_the_run_and_resume_finishes_it(hondo: Call, tmp_path: Path) -> None:
    spec = tmp_path / "long.yaml"
    spec.write_text(
        "data: {name: digits}\npreprocess: {scale: unit}\nmodel: {preset: mlp, hidden: [64]}\n"
        "train: {epochs: 2000, batch_size: 4}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "hondo", "run", str(spec)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    home = Path(os.environ["HONDO_HOME"])
    while not (home / "runs" / "long-1" / "checkpoint.npz").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "hondo resume long-1" in out
    listed = json.loads(hondo("runs", "list", "--json").out)
    assert listed[0]["status"] == "stopped"
    done = listed[0]["epochs_done"]
    assert done >= 1
    resumed = json.loads(hondo("resume", "--epochs", str(done + 1), "--json").out)
    assert resumed["status"] == "complete"
    assert resumed["epochs"] == done + 1
