"""What the store gives back: plain frozen records, free of the database that they came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from hondo.core.events import EndReason

Status = Literal["created", "queued", "running", "complete", "stopped", "diverged", "failed", "interrupted", "removed"]
"""created: not begun. queued: it waits for its turn. stopped: somebody cancelled it. diverged: its loss was no longer
finite. failed: an error ended it. interrupted: its process died, or let go of it, before the training's end. removed:
deleted, but it can be put back for a while."""

STATUSES: tuple[Status, ...] = get_args(Status)

STATUS_OF: dict[EndReason, Status] = {
    "complete": "complete",
    "stopped_early": "complete",
    "cancelled": "stopped",
    "diverged": "diverged",
}
"""What becomes of a run when its training ends for a reason."""

Level = Literal["epoch", "step"]
"""epoch: one value an epoch, ``step`` is the epoch's number from 0. step: a running mean inside an epoch, ``step``
counts all steps since the first epoch began."""


@dataclass(frozen=True)
class RunRecord:
    """One run, as it was when it was read.

    Attributes:
        id: its number in the database, never given twice.
        name: what people call it: ``<base>-<number>``.
        base: the name of its spec.
        number: which run of that spec it is, from 1.
        status: where it stands; a run whose process died reads as ``interrupted``.
        created: when it was made (UTC).
        updated: when something about it last changed (UTC).
        spec: the resolved spec as plain data; ``RunSpec.model_validate`` reads it.
        environment: the environment as plain data.
        summary: final values, such as metrics on held-out data.
        epochs_done: how many epochs are complete.
        folder: where its files lie, absolute.
        message: why it ended as it did; "" where there is nothing to say.
        warnings: what the reader was warned of, in order.
        pid: the process that trains or trained it.
        host: that process's machine.
        tags: what readers sort it under, in order.
        notes: what they wrote about it.
        favourite: whether it bears a star.
    """

    id: int
    name: str
    base: str
    number: int
    status: Status
    created: datetime
    updated: datetime
    spec: Mapping[str, Any]
    environment: Mapping[str, Any]
    summary: Mapping[str, Any]
    epochs_done: int
    folder: Path
    message: str = ""
    warnings: tuple[str, ...] = ()
    pid: int | None = None
    host: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    favourite: bool = False

    @property
    def epochs(self) -> int | None:
        """How many epochs the spec asks for, those of fine-tuning included."""
        planned = self.spec.get("train", {}).get("epochs")
        tune = (self.spec.get("model", {}).get("transfer") or {}).get("fine_tune")
        return planned + tune.get("epochs", 0) if planned is not None and tune else planned


@dataclass(frozen=True)
class MetricPoint:
    """One value of one series; it may be NaN or infinite.

    Attributes:
        series: such as ``loss`` or ``val_accuracy``.
        step: where it stands in its series; see :data:`Level`.
        value: the value.
        level: whether it is an epoch's or a step's.
        epoch: the epoch it belongs to, from 0.
        time: when it was measured, in seconds since the Unix epoch, where known.
    """

    series: str
    step: int
    value: float
    level: Level = "epoch"
    epoch: int | None = None
    time: float | None = None


@dataclass(frozen=True)
class Artefact:
    """A file or folder that belongs to a run.

    Attributes:
        kind: such as ``checkpoint``, ``model``, ``report`` or ``plot``.
        path: relative to the run's folder, with forward slashes.
        bytes: its size; a folder's is that of all its files.
        sha256: the file's checksum in hexadecimal, where it was computed.
        created: when it was recorded, in seconds since the Unix epoch.
    """

    kind: str
    path: str
    bytes: int
    sha256: str | None = None
    created: float = 0.0
