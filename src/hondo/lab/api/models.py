"""What goes over the wire: the shapes of questions and answers, which also make the documentation."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hondo.store.records import RunRecord, Status


class Question(BaseModel):
    """Something that a client sends; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """One thing that is wrong with what was sent."""

    path: str = ""
    line: int | None = None
    text: str
    hint: str = ""


class Mistake(BaseModel):
    """The answer to whatever cannot be done: what is wrong and how to mend it, in the reader's language."""

    message: str
    hint: str = ""
    problems: list[Problem] = []


class Experiment(BaseModel):
    """A built-in experiment in one line."""

    name: str
    about: str


class ExperimentDetail(Experiment):
    """A built-in experiment with its YAML, and its spec as data."""

    yaml: str
    spec: dict[str, Any]


class SpecQuestion(Question):
    """A spec: YAML of one's own or the name of a built-in experiment, and changes to it."""

    yaml: str | None = Field(None, max_length=1_000_000)
    experiment: str | None = Field(None, max_length=100)
    changes: list[str] = Field([], max_length=100, description="path.to.key=value, such as train.epochs=5")


class SpecAnswer(BaseModel):
    """Whether a spec is valid; its problems with lines, or the spec complete."""

    valid: bool
    problems: list[Problem] = []
    spec: dict[str, Any] | None = None
    yaml: str | None = None


class Resumption(Question):
    """How to go on with a run."""

    epochs: int | None = Field(None, ge=1, le=10_000_000, description="train up to this epoch instead of the spec's")


class Annotation(Question):
    """What to write about a run; what is left out stays. ``add_tags`` and ``remove_tags`` leave the others alone."""

    tags: list[str] | None = Field(None, max_length=20, description="all tags, in place of those before")
    add_tags: list[str] = Field([], max_length=20)
    remove_tags: list[str] = Field([], max_length=20)
    notes: str | None = Field(None, max_length=20_000)
    favourite: bool | None = None


class Tag(BaseModel):
    """A tag in use, and how many runs have it."""

    name: str
    runs: int


class Run(BaseModel):
    """A run as a list shows it."""

    id: int
    name: str
    base: str
    status: Status
    created: datetime
    updated: datetime
    epochs_done: int
    epochs: int | None
    summary: dict[str, int | float | str | None]
    message: str
    tags: list[str] = []
    notes: str = ""
    favourite: bool = False


class RunDetail(Run):
    """Everything about a run but its curves."""

    spec: dict[str, Any]
    environment: dict[str, Any]
    warnings: list[str]
    files: list[str]
    waiting_before: int | None = None


class RunPage(BaseModel):
    """One page of the list."""

    items: list[Run]
    total: int
    page: int
    size: int


class Removal(BaseModel):
    """A run that was removed, and until when it can be put back."""

    name: str
    undo_until: datetime


class CurveAnswer(BaseModel):
    """One series. A thinned one has the mean, the smallest and the largest value of each stretch of steps."""

    steps: list[int]
    values: list[float | None]
    low: list[float | None] = []
    high: list[float | None] = []
    total: int
    last_step: int


class Curves(BaseModel):
    """A run's curves by series."""

    level: Literal["epoch", "step"]
    series: dict[str, CurveAnswer]


class Rows(Question):
    """Raw inputs to predict: rows of a table by column, or samples as nested lists of numbers."""

    rows: list[dict[str, bool | int | float | str | None]] | None = Field(None, min_length=1, max_length=10_000)
    array: list[Any] | None = Field(None, min_length=1, max_length=10_000)


class Answer(BaseModel):
    """What the model says about one input."""

    input: str
    prediction: str | float | list[float] | dict[str, float]
    probability: float | None = None
    top: dict[str, float] | None = None


class Answers(BaseModel):
    """What the model says, in the order of the inputs."""

    run: str
    answers: list[Answer]


class Upload(BaseModel):
    """A file in the uploads folder; ``path`` is what a spec's ``data.path`` names."""

    name: str
    path: str
    bytes: int


class FolderComing(Question):
    """A folder of pictures that is about to be uploaded: the name of its zip, and how much will come."""

    name: str = Field(max_length=100)
    files: int = Field(ge=0)
    bytes: int = Field(ge=0)


class FolderBegun(BaseModel):
    """The key under which a folder's files are sent."""

    key: str


class Health(BaseModel):
    """That the lab is there."""

    hondo: str
    language: Literal["en", "es"]
    running: int
    queued: int
    limit: int


def strict(value: Any) -> Any:
    """A copy that JSON can carry: numbers that are not finite become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if isinstance(value, Mapping):
        return {str(key): strict(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [strict(part) for part in value]
    return value


def run_of(record: RunRecord) -> Run:
    """A record as a list shows it."""
    return Run(**_columns(record))


def detail_of(record: RunRecord, files: list[str], waiting_before: int | None) -> RunDetail:
    """A record with everything."""
    return RunDetail(
        **_columns(record),
        spec=strict(record.spec),
        environment=strict(record.environment),
        warnings=list(record.warnings),
        files=files,
        waiting_before=waiting_before,
    )


def _columns(record: RunRecord) -> dict[str, Any]:
    summary = {name: value for name, value in record.summary.items() if isinstance(value, (int, float, str))}
    return {
        "id": record.id,
        "name": record.name,
        "base": record.base,
        "status": record.status,
        "created": record.created,
        "updated": record.updated,
        "epochs_done": record.epochs_done,
        "epochs": record.epochs,
        "summary": strict(summary),
        "message": record.message,
        "tags": list(record.tags),
        "notes": record.notes,
        "favourite": record.favourite,
    }
