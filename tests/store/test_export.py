"""Exported runs can be read by any program, and their numbers are exactly those that were measured."""

import csv
import io
import json
import math
import sys
from pathlib import Path

import pandas as pd
import pytest

from hondo.core.errors import StoreError
from hondo.store.artefacts import add_artefact
from hondo.store.export import describe_run, export_runs
from hondo.store.metrics import write_metrics
from hondo.store.records import MetricPoint, RunRecord
from hondo.store.runs import find_run, list_runs, update_run
from hondo.store.workspace import Workspace

VALUES = [0.1 + 0.2, 5e-324, sys.float_info.max, math.nan, math.inf, -math.inf]


@pytest.fixture
def measured(workspace: Workspace, run: RunRecord) -> RunRecord:
    epochs = [MetricPoint("loss", epoch, value, epoch=epoch) for epoch, value in enumerate(VALUES)]
    steps = [MetricPoint("loss", 10 * step, 1 / (step + 1), "step", epoch=0) for step in range(3)]
    write_metrics(workspace, run, [*epochs, *steps])
    add_artefact(workspace, run, "spec", Path("spec.yaml"))
    return update_run(workspace, run, status="diverged", summary={"loss": math.nan}, message="¡infinito!")


def refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def test_json_is_strict_and_holds_everything(workspace: Workspace, measured: RunRecord, tmp_path: Path) -> None:
    export_runs(workspace, [measured], tmp_path / "out" / "runs.json")
    text = (tmp_path / "out" / "runs.json").read_text(encoding="utf-8")
    document = json.loads(text, parse_constant=refuse)
    assert (document["format"], document["version"]) == ("hondo-runs", 1)
    (described,) = document["runs"]
    assert described == describe_run(workspace, measured)
    assert described["history"] == {"loss": [*VALUES[:3], "nan", "inf", "-inf"]}
    assert list(map(float, described["history"]["loss"][3:5])) == pytest.approx([math.nan, math.inf], nan_ok=True)
    assert described["summary"] == {"loss": "nan"}
    assert described["spec"] == measured.spec
    assert described["environment"] == measured.environment
    assert (described["status"], described["message"]) == ("diverged", "¡infinito!")
    assert [kept["path"] for kept in described["artefacts"]] == ["spec.yaml"]
    assert "¡infinito!" in text


def test_json_has_the_steps_when_asked(workspace: Workspace, measured: RunRecord) -> None:
    described = describe_run(workspace, measured, levels=("epoch", "step"))
    assert described["steps"] == {"loss": {"step": [0, 10, 20], "value": [1.0, 0.5, 1 / 3]}}
    assert "steps" not in describe_run(workspace, measured)


def test_csv_reads_back_as_the_same_numbers(workspace: Workspace, measured: RunRecord, tmp_path: Path) -> None:
    export_runs(workspace, list_runs(workspace), tmp_path / "runs.csv", "csv", levels=("epoch", "step"))
    with (tmp_path / "runs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["run", "series", "level", "step", "value"]
    assert {row["run"] for row in rows} == {measured.name}
    values = [float(row["value"]) for row in rows if row["level"] == "epoch"]
    assert list(map(repr, values)) == list(map(repr, VALUES))
    assert [int(row["step"]) for row in rows if row["level"] == "step"] == [0, 10, 20]

    column = pd.read_csv(tmp_path / "runs.csv")["value"]  # another program's reader
    assert column.dtype == "float64"
    assert column[3:6].tolist() == pytest.approx([math.nan, math.inf, -math.inf], nan_ok=True)


def test_a_text_stream_takes_the_same_text_as_a_file(workspace: Workspace, measured: RunRecord, tmp_path: Path) -> None:
    for form in ("json", "csv"):
        stream = io.StringIO()
        export_runs(workspace, [measured], stream, form)
        export_runs(workspace, [measured], tmp_path / form, form)
        assert stream.getvalue() == (tmp_path / form).read_text(encoding="utf-8")


def test_no_runs_are_an_empty_list_and_a_header(workspace: Workspace) -> None:
    stream = io.StringIO()
    export_runs(workspace, [], stream)
    assert json.loads(stream.getvalue())["runs"] == []
    stream = io.StringIO()
    export_runs(workspace, [], stream, "csv")
    assert stream.getvalue() == "run,series,level,step,value\n"


def test_a_file_that_cannot_be_written_is_explained(workspace: Workspace, measured: RunRecord, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="Cannot write"):
        export_runs(workspace, [find_run(workspace, "last")], tmp_path / "file" / "runs.json")
