"""What a training tells the world while it runs, and how the world tells it to stop.

The engine emits these records to a *sink*: any callable that takes one event. The terminal draws them, the store
queues them, a browser streams them; the engine knows none of the three. Sinks must return quickly.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Logs = Mapping[str, float]


@dataclass(frozen=True)
class Event:
    """Something that happened at ``time`` (seconds since the Unix epoch)."""

    time: float = field(default_factory=time.time, kw_only=True)


@dataclass(frozen=True)
class Notice(Event):
    """A message for the reader: advice, a warning, a phase of the flow (``load``, ``compile``, ``evaluate`` …)."""

    text: str
    kind: Literal["info", "warning", "phase"] = "info"


@dataclass(frozen=True)
class TrainingStarted(Event):
    """Training begins at ``epoch`` (0 unless resumed)."""

    epochs: int
    steps_per_epoch: int
    epoch: int = 0


@dataclass(frozen=True)
class Progress(Event):
    """After a chunk: ``step`` of ``steps`` steps of epoch ``epoch`` (from 0) are done.

    ``logs`` holds the epoch's running means of loss and metrics; ``seconds`` is the time since the epoch began.
    """

    epoch: int
    step: int
    steps: int
    logs: Logs
    seconds: float


@dataclass(frozen=True)
class EpochEnded(Event):
    """Epoch ``epoch`` (from 0) is complete; ``logs`` has training and ``val_`` values and ``learning_rate``."""

    epoch: int
    logs: Logs
    seconds: float


@dataclass(frozen=True)
class CheckpointSaved(Event):
    """The state after ``epochs_done`` epochs lies at ``path``."""

    epochs_done: int
    path: Path


EndReason = Literal["complete", "stopped_early", "cancelled", "diverged"]


@dataclass(frozen=True)
class TrainingEnded(Event):
    """Training is over. ``reason`` says why; ``detail`` says where, for a loss that was not finite."""

    reason: EndReason
    epochs_done: int
    seconds: float
    detail: str = ""


Sink = Callable[[Event], None]


def no_sink(_: Event) -> None:
    """The sink of those who do not listen."""


def fan_out(*sinks: Sink) -> Sink:
    """One sink that passes each event to several, in order."""

    def send(event: Event) -> None:
        for sink in sinks:
            sink(event)

    return send


class CancelToken:
    """A request to stop, safe to set from another thread or a signal handler.

    The engine looks at it between chunks, so a running training answers within half a second.
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the training to stop after the chunk that is running."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()
