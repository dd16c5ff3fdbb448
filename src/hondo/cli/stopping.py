"""Ctrl-C during a training: the first asks it to stop and keeps the run, the second interrupts at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from hondo.cli.output import warn
from hondo.core.events import CancelToken, Event, TrainingEnded, TrainingStarted
from hondo.core.language import tr


class Stopper:
    """Turns the first signal into a request; knows from the events whether a training is there to hear it."""

    def __init__(self) -> None:
        self.token = CancelToken()
        self._training = False

    def __call__(self, event: Event) -> None:
        """The sink part: note when training begins and ends."""
        if isinstance(event, (TrainingStarted, TrainingEnded)):
            self._training = isinstance(event, TrainingStarted)

    def handle(self, number: int, frame: FrameType | None) -> None:
        """The signal handler."""
        if self.token.cancelled or not self._training:
            warn(tr("stopped", "detenido"))
            raise KeyboardInterrupt
        self.token.cancel()
        warn(tr("stopping after the steps in progress …", "se detendrá tras los pasos en curso …"))


@contextmanager
def stoppable() -> Iterator[Stopper]:
    """Within the block Ctrl-C (and a polite kill) stop the training cleanly."""
    stopper = Stopper()
    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [(number, signal.signal(number, stopper.handle)) for number in numbers]
    try:
        yield stopper
    finally:
        for number, handler in before:
            signal.signal(number, handler)
