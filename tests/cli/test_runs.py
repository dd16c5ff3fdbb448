"""`hondo runs`: what is said of recorded runs, to people and to scripts, and that nothing is lost by mistake."""

import csv
import io
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.cells import cell_len

from hondo.core.environment import describe_environment
from hondo.core.events import EndReason, EpochEnded, Notice, Progress, TrainingEnded, TrainingStarted
from hondo.experiments.comparison import best, cautions, condensed, differing
from hondo.experiments.specs.read import read_spec
from hondo.store.artefacts import add_artefact
from hondo.store.recorder import Recorder
from hondo.store.records import RunRecord
from hondo.store.runs import create_run, find_run, list_runs, update_run
from hondo.store.workspace import Workspace, open_workspace

Call = Callable[..., Any]
Record = Callable[..., RunRecord]


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with open_workspace() as opened:
        yield opened


@pytest.fixture
def record(workspace: Workspace) -> Record:
    """Record a training in the workspace, event by event, as the flow does."""

    def training(
        *changes: str,
        spec: str = "iris-mlp",
        losses: Sequence[float] = (0.9, 0.4, 0.2),
        reason: EndReason = "complete",
        summary: Mapping[str, float] | None = None,
        warning: str = "",
    ) -> RunRecord:
        read = read_spec(spec, [f"train.epochs={len(losses)}", *changes])
        run = create_run(workspace, read, describe_environment(device="one core"))
        with Recorder(workspace, run) as recorder:
            recorder(TrainingStarted(len(losses), steps_per_epoch=2))
            for epoch, loss in enumerate(losses):
                recorder(Progress(epoch, 1, 2, {"loss": loss + 0.1}, 0.01))
                recorder(EpochEnded(epoch, {"loss": loss, "val_loss": loss + 0.05, "learning_rate": 0.01}, 0.02))
            if warning:
                recorder(Notice(warning, "warning"))
            recorder(TrainingEnded(reason, len(losses), 0.06))
        if summary:
            update_run(workspace, run, summary=summary)
        return find_run(workspace, run.name)

    return training


def cells(line: str) -> list[str]:
    """The cells of a table's line, however they are set apart."""
    return re.split(r"\t|\s{2,}", line.strip())


def line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


def test_list_shows_each_run_with_status_epochs_and_results_newest_first(hondo: Call, record: Record) -> None:
    record(summary={"loss": 0.25, "accuracy": 0.90625, "parameters": 131, "seconds": 2.5})
    record(reason="cancelled")
    said = hondo("runs", "list")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()[1:]] == ["iris-mlp-2", "iris-mlp-1"]
    complete, stopped = line_of(said.out, "iris-mlp-1"), line_of(said.out, "iris-mlp-2")
    assert "complete" in complete
    assert "3/3" in complete
    assert "accuracy 0.9062" in complete
    assert "131" not in complete
    assert "stopped" in stopped


def test_list_as_json_says_the_same_to_scripts_and_can_be_narrowed(hondo: Call, record: Record) -> None:
    record(summary={"loss": math.nan, "accuracy": 0.5})
    record(reason="cancelled")
    record(spec="diabetes-regression", reason="diverged")
    listed = json.loads(hondo("runs", "list", "--json").out)
    assert [run["name"] for run in listed] == ["diabetes-regression-1", "iris-mlp-2", "iris-mlp-1"]
    assert listed[2]["summary"] == {"loss": "nan", "accuracy": 0.5}
    assert (listed[2]["epochs_done"], listed[2]["epochs"]) == (3, 3)

    def names(*arguments: str) -> list[str]:
        return [run["name"] for run in json.loads(hondo("runs", "list", "--json", *arguments).out)]

    assert names("--status", "stopped") == ["iris-mlp-2"]
    assert names("--base", "iris-mlp") == ["iris-mlp-2", "iris-mlp-1"]
    assert names("--limit", "1") == ["diabetes-regression-1"]
    assert names("--base", "nothing") == []
    assert hondo("runs", "list", "--status", "finished").code == 2


def test_an_empty_workspace_says_how_to_make_the_first_run_in_both_languages(
    hondo: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "hondo run" in hondo("runs", "list").out
    assert hondo("runs", "list", "--json").out == "[]\n"
    monkeypatch.setenv("HONDO_LANG", "es")
    assert "Todavía no hay experimentos" in hondo("runs", "list").out


def test_list_speaks_spanish_too(hondo: Call, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    record(reason="cancelled")
    monkeypatch.setenv("HONDO_LANG", "es")
    said = hondo("runs", "list")
    assert said.out.splitlines()[0].startswith("experimento")
    assert "detenido" in said.out
    assert "ahora mismo" in said.out


def test_show_has_the_spec_the_results_the_environment_the_warnings_and_the_files(
    hondo: Call, workspace: Workspace, record: Record
) -> None:
    run = record(warning="the [bold] batch is :warning: large", summary={"accuracy": 0.875})
    (run.folder / "report.html").write_text("<p>", encoding="utf-8")
    add_artefact(workspace, run, "report", run.folder / "report.html")
    said = hondo("runs", "show", "iris")
    assert said.code == 0
    assert "accuracy  0.875" in said.out
    assert "one core" in said.out
    assert "- the [bold] batch is" in said.out
    assert str(run.folder / "report.html") in said.out
    between = said.out.split("\nspec\n")[1].split("\n\n")[0]
    assert read_spec(yaml.safe_load(between)) == read_spec(dict(run.spec))


def test_show_as_json_has_every_epoch(hondo: Call, record: Record) -> None:
    losses = [1 / (epoch + 1) for epoch in range(40)]
    record(losses=losses)
    shown = json.loads(hondo("runs", "show", "last", "--json").out)
    assert shown["history"]["loss"] == losses
    assert shown["epochs"] == 40
    assert shown["spec"]["train"]["epochs"] == 40


def test_show_condenses_a_long_history_and_keeps_the_best_epoch(hondo: Call, record: Record) -> None:
    losses = [abs(epoch - 17) / 100 + 0.5 for epoch in range(60)]
    record(losses=losses)
    said = hondo("runs", "show").out
    table = said.split("\nepochs\n")[1].split("\n\n")[0].splitlines()
    assert cells(table[0]) == ["epoch", "loss", "val_loss", "learning_rate"]
    rows = [line for line in table[1:] if line.split()[0].rstrip("*").isdigit() and "of" not in line]
    assert len(rows) == 12
    assert [row.split()[0] for row in (rows[0], rows[-1])] == ["1", "60"]
    assert next(row.split()[:2] for row in rows if "*" in row) == ["18*", "0.5"]
    assert "12 of 60" in said


def test_a_run_that_was_stopped_says_how_to_go_on(hondo: Call, record: Record) -> None:
    record(reason="cancelled")
    assert "hondo resume iris-mlp-1" in hondo("runs", "show").out


def test_a_run_of_a_spec_that_no_longer_reads_is_still_shown(hondo: Call, workspace: Workspace, record: Record) -> None:
    run = record()
    from sqlalchemy import update

    from hondo.store.tables import runs

    with workspace.writing() as connection:
        connection.execute(update(runs).where(runs.c.id == run.id).values(spec={"old_key": [1, 2]}))
    said = hondo("runs", "show", run.name)
    assert said.code == 0
    assert "old_key" in said.out


def test_compare_shows_only_what_differs_and_marks_the_best(hondo: Call, record: Record) -> None:
    record(summary={"loss": 0.2, "accuracy": 0.9, "parameters": 131})
    record("learn.learning_rate=0.5", summary={"loss": 0.3, "accuracy": 0.95, "parameters": 131})
    said = hondo("runs", "compare", "iris-mlp-1", "iris-mlp-2")
    assert said.code == 0
    assert line_of(said.out, "learn.learning_rate").split()[1:] == ["0.01", "0.5"]
    assert line_of(said.out, "loss").split()[1:] == ["0.2*", "0.3"]
    assert line_of(said.out, "accuracy").split()[1:] == ["0.9", "0.95*"]
    assert line_of(said.out, "parameters").split()[1:] == ["131", "131"]
    assert "train.batch_size" not in said.out

    compared = json.loads(hondo("runs", "compare", "1", "2", "--json").out)
    assert compared["spec"] == {"learn.learning_rate": {"iris-mlp-1": 0.01, "iris-mlp-2": 0.5}}
    assert compared["best"] == {"loss": ["iris-mlp-1"], "accuracy": ["iris-mlp-2"]}


def test_compare_names_no_best_where_results_do_not_compare(hondo: Call, record: Record) -> None:
    record(summary={"loss": 0.2, "accuracy": 0.9})
    record("data.seed=5", summary={"loss": 0.3, "accuracy": 0.95})
    record("learn.l2=0.01", summary={"loss": 0.4, "accuracy": 0.97})
    other_data = hondo("runs", "compare", "1", "2")
    assert "*" not in other_data.out
    assert "data.seed" in other_data.err
    other_loss = json.loads(hondo("runs", "compare", "1", "3", "--json").out)
    assert other_loss["best"] == {"accuracy": ["iris-mlp-3"]}
    assert "learn.l2" in other_loss["notes"][0]


@pytest.mark.parametrize("names", [["iris-mlp-1"], ["iris-mlp-1", "1", "last"]])
def test_comparing_a_run_with_itself_is_a_wrong_usage(hondo: Call, record: Record, names: list[str]) -> None:
    record()
    said = hondo("runs", "compare", *names)
    assert said.code == 2
    assert "two different runs" in said.err


def test_differences_are_found_at_any_depth_and_layers_of_other_kinds_stay_whole() -> None:
    one = {
        "name": "a",
        "train": {"epochs": 5},
        "model": {"layers": [{"dense": {"units": 8}}, {"dropout": {"rate": 0.5}}]},
    }
    two = {
        "name": "b",
        "train": {"epochs": 5, "early_stopping": {"patience": 3}},
        "model": {"layers": [{"dense": {"units": 4}}]},
    }
    three = {"name": "c", "train": {"epochs": 5}, "model": {"layers": [{"dense": {"units": 8}}, {"flatten": {}}]}}
    assert differing([one, two]) == {
        "train.early_stopping.patience": (None, 3),
        "model.layers.0.dense.units": (8, 4),
        "model.layers.1": ({"dropout": {"rate": 0.5}}, None),
    }
    assert differing([one, three]) == {"model.layers.1": ({"dropout": {"rate": 0.5}}, {"flatten": {}})}
    assert differing([one, one]) == {}


def test_the_best_is_the_highest_score_and_the_lowest_error() -> None:
    assert best("accuracy", [0.5, 0.9, 0.9]) == (1, 2)
    assert best("val_rmse", [0.5, math.nan, 0.9, None]) == (0,)
    assert best("loss", [math.inf, -math.inf, 3.0]) == ()
    assert best("parameters", [1, 2]) == ()


def test_errors_in_other_units_do_not_compare() -> None:
    assert "data" in cautions({"preprocess.target": ("standardise", "none")})
    assert cautions({"preprocess.target": ("integer", "one-hot"), "train.seed": (0, 1)}) == {}


@pytest.mark.parametrize("rows", [1, 12, 13, 14, 100])
def test_condensing_keeps_first_last_and_best_in_order(rows: int) -> None:
    for keep in range(rows):
        chosen = condensed(rows, 12, keep)
        assert {0, rows - 1, keep} <= set(chosen)
        assert len(chosen) == min(rows, 12)
        assert chosen == sorted(set(chosen))


def test_rm_removes_the_runs_and_their_files(hondo: Call, workspace: Workspace, record: Record) -> None:
    first, second, third = record(), record(), record()
    said = hondo("runs", "rm", first.name, third.name, "--yes")
    assert said.code == 0
    assert [run.name for run in list_runs(workspace)] == [second.name]
    assert not first.folder.exists()
    assert second.folder.exists()


def test_rm_without_a_terminal_asks_for_yes_and_removes_nothing(
    hondo: Call, workspace: Workspace, record: Record
) -> None:
    run = record()
    said = hondo("runs", "rm", run.name)
    assert said.code == 2
    assert "--yes" in said.err
    assert list_runs(workspace) == [run]


def test_rm_with_one_unknown_name_removes_nothing(hondo: Call, workspace: Workspace, record: Record) -> None:
    run = record()
    said = hondo("runs", "rm", run.name, "iris-mlp-7", "--yes")
    assert said.code == 5
    assert "iris-mlp-1" in said.err
    assert list_runs(workspace) == [run]


def test_rm_never_removes_a_run_that_is_being_trained(hondo: Call, workspace: Workspace, record: Record) -> None:
    done = record()
    run = create_run(workspace, read_spec("iris-mlp"), describe_environment())
    with Recorder(workspace, run):
        assert "running" in line_of(hondo("runs", "list").out, run.name)
        said = hondo("runs", "rm", done.name, run.name, "--yes")
        assert said.code == 5
        assert run.name in said.err
        assert len(list_runs(workspace)) == 2
    assert done.folder.exists()


@pytest.mark.parametrize(("answer", "left", "code"), [("sí", 0, 0), ("", 1, 1)])
def test_on_a_terminal_rm_asks_and_obeys(
    record: Record, workspace: Workspace, answer: str, left: int, code: int
) -> None:
    pty = pytest.importorskip("pty", reason="needs a Unix terminal")
    run = record()
    ours, theirs = pty.openpty()
    try:
        command = [sys.executable, "-m", "hondo", "runs", "rm", run.name]
        process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.write(ours, f"{answer}\n".encode())
        out, err = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    assert f"Remove {run.name}" in err.decode()
    assert process.returncode == code, out
    assert len(list_runs(workspace)) == left


def test_export_writes_json_or_csv_to_a_file_or_to_standard_output(hondo: Call, record: Record, tmp_path: Path) -> None:
    record(losses=(0.5, math.inf))
    record()
    exported = json.loads(hondo("runs", "export", "iris-mlp-1", "iris-mlp-2").out)
    assert [run["name"] for run in exported["runs"]] == ["iris-mlp-1", "iris-mlp-2"]
    assert exported["runs"][0]["history"]["loss"] == [0.5, "inf"]
    assert "steps" not in exported["runs"][0]

    path = tmp_path / "below" / "runs.csv"
    said = hondo("runs", "export", "iris-mlp-1", "--output", str(path))
    assert str(path) in said.out
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [float(row["value"]) for row in rows if row["series"] == "loss"] == [0.5, math.inf]

    with_steps = hondo("runs", "export", "last", "--format", "csv", "--steps").out
    assert [row["level"] for row in csv.DictReader(io.StringIO(with_steps)) if row["series"] == "loss"].count(
        "step"
    ) == 3


def test_an_export_that_cannot_be_written_is_told(hondo: Call, record: Record, tmp_path: Path) -> None:
    record()
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = hondo("runs", "export", "last", "-o", str(tmp_path / "file" / "runs.json"))
    assert said.code == 5
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", ["show", "compare", "rm", "export"])
def test_an_unknown_run_leaves_with_5_and_names_the_nearest(hondo: Call, record: Record, command: str) -> None:
    record()
    said = hondo("runs", command, "irsi-mlp-1")
    assert said.code == 5
    assert "irsi-mlp-1" in said.err
    assert "'iris-mlp-1'" in said.err
    assert "Traceback" not in said.err


def test_a_damaged_database_is_told_by_every_command(hondo: Call, private_home: Path) -> None:
    private_home.mkdir()
    (private_home / "hondo.db").write_bytes(b"not a database at all")
    for arguments in (["list"], ["show"], ["compare", "1", "2"], ["rm", "1", "--yes"], ["export", "1"]):
        said = hondo("runs", *arguments)
        assert said.code == 5
        assert "Traceback" not in said.err


def test_columns_of_times_are_short() -> None:
    from datetime import UTC, datetime, timedelta

    from hondo.cli.words import ago

    noon = datetime(2030, 5, 1, 12, tzinfo=UTC)
    passed = [
        timedelta(seconds=-3),
        timedelta(minutes=59),
        timedelta(hours=23),
        timedelta(days=30),
        timedelta(days=400),
    ]
    texts = [ago(noon, noon + each) for each in passed]
    assert texts[:4] == ["just now", "59 min ago", "23 h ago", "30 days ago"]
    assert texts[4].startswith("2030-05-0")
    assert max(map(cell_len, texts)) <= 12
