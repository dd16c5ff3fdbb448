"""A training seen from the terminal: a bar with the time left and live metrics, a line for each epoch.

Away from a terminal nothing is drawn; what should be looked at goes to standard error in any case.
"""

from types import TracebackType
from typing import Self

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from hondo.cli.output import console, number, say, warn
from hondo.core import events
from hondo.core.language import tr


class Display:
    """A sink that draws; a context manager.

    Args:
        quiet: draw nothing, say only warnings.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._draws = console.is_terminal and not quiet
        self._progress = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("[dim]{task.fields[values]}"),
            console=console,
            transient=True,
            disable=not self._draws,
        )
        self._task: TaskID | None = None
        self._steps, self._epochs = 1, 1

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, event: events.Event) -> None:
        """Draw what the event says."""
        match event:
            case events.Notice(kind="phase"):
                self._phase(event.text)
            case events.Notice(kind="warning"):
                warn(event.text)
            case events.Notice() if self._draws:
                say(event.text)
            case events.TrainingStarted():
                self._steps, self._epochs = max(1, event.steps_per_epoch), event.epochs
                self._bar(event.epochs * self._steps, event.epoch * self._steps)
            case events.Progress() if self._task is not None:
                self._progress.update(
                    self._task,
                    description=tr("epoch", "época") + f" {event.epoch + 1}/{self._epochs}",
                    completed=(event.epoch + event.step / max(1, event.steps)) * self._steps,
                    values=_line(event.logs),
                )
            case events.EpochEnded() if self._draws:
                title = tr("epoch", "época") + f" {event.epoch + 1:>3}/{self._epochs}"
                console.print(f"  {title}  {event.seconds:6.2f} s  {escape(_line(event.logs))}")
            case events.TrainingEnded():
                self._clear()
            case _:
                pass

    def _phase(self, text: str) -> None:
        if self._task is None:
            self._bar(None, 0, text)
        else:
            self._progress.update(self._task, description=text)

    def _bar(self, total: int | None, completed: int, description: str = "") -> None:
        self._clear()
        self._task = self._progress.add_task(description, total=total, completed=completed, values="")

    def _clear(self) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None


def _line(logs: events.Logs) -> str:
    """``loss 0.123  accuracy 0.97 …``, the learning rate left out."""
    return "  ".join(f"{name} {number(float(value))}" for name, value in logs.items() if name != "learning_rate")
