"""Runs as files that other programs read: JSON with everything, CSV with the values.

JSON has no NaN and no infinities; there they are the words "nan", "inf" and "-inf", as they are in CSV.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, TextIO

from hondo.core.files import write_atomically
from hondo.store.artefacts import list_artefacts
from hondo.store.encoding import plain, spelt, to_file
from hondo.store.metrics import read_history, read_metrics
from hondo.store.records import Level, RunRecord
from hondo.store.workspace import Workspace

Format = Literal["json", "csv"]

_COLUMNS = ("run", "series", "level", "step", "value")


def describe_run(workspace: Workspace, run: RunRecord, levels: Sequence[Level] = ("epoch",)) -> dict[str, Any]:
    """Everything about a run as plain data that JSON can hold.

    Args:
        workspace: Where the run is kept.
        run: The run.
        levels: With ``step``, the values inside the epochs come too, under ``steps``.

    Raises:
        StoreError: the database cannot be read.
    """
    described: dict[str, Any] = {
        "id": run.id,
        "name": run.name,
        "base": run.base,
        "number": run.number,
        "status": run.status,
        "created": run.created.isoformat(),
        "updated": run.updated.isoformat(),
        "epochs_done": run.epochs_done,
        "message": run.message,
        "warnings": run.warnings,
        "tags": run.tags,
        "notes": run.notes,
        "favourite": run.favourite,
        "folder": str(run.folder),
        "spec": run.spec,
        "environment": run.environment,
        "summary": run.summary,
        "history": read_history(workspace, run),
        "artefacts": [
            {"kind": found.kind, "path": found.path, "bytes": found.bytes, "sha256": found.sha256}
            for found in list_artefacts(workspace, run)
        ],
    }
    if "step" in levels:
        steps: dict[str, dict[str, list[float]]] = {}
        for point in read_metrics(workspace, run, "step"):
            series = steps.setdefault(point.series, {"step": [], "value": []})
            series["step"].append(point.step)
            series["value"].append(point.value)
        described["steps"] = steps
    return plain(described, spelt)


def export_runs(
    workspace: Workspace,
    runs: Iterable[RunRecord],
    target: Path | TextIO,
    form: Format = "json",
    levels: Sequence[Level] = ("epoch",),
) -> None:
    """Write runs to a file, whole or not at all, or to a text stream.

    JSON is an object with the list ``runs``, each as :func:`describe_run` gives it. CSV has one value a line: run,
    series, level, step, value; a value reads back as exactly the same number.

    Args:
        workspace: Where the runs are kept.
        runs: The runs.
        target: A path, or an open text stream.
        form: ``json`` or ``csv``.
        levels: Epochs' values, steps', or both.

    Raises:
        StoreError: the database cannot be read, or the file not written.
    """
    text = _json(workspace, runs, levels) if form == "json" else _csv(workspace, runs, levels)
    if isinstance(target, Path):
        write_atomically(target, text)
    else:
        target.write(text)


def _json(workspace: Workspace, runs: Iterable[RunRecord], levels: Sequence[Level]) -> str:
    return to_file(
        {"format": "hondo-runs", "version": 1, "runs": [describe_run(workspace, run, levels) for run in runs]}
    )


def _csv(workspace: Workspace, runs: Iterable[RunRecord], levels: Sequence[Level]) -> str:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(_COLUMNS)
    for run in runs:
        for level in levels:
            points = read_metrics(workspace, run, level)
            lines.writerows((run.name, point.series, level, point.step, repr(point.value)) for point in points)
    return text.getvalue()
