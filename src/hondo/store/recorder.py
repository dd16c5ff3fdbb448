"""Writes down a training while it runs, without ever holding it up.

The recorder is a sink of the engine's events: calling it only puts the event on a queue. A thread gathers what has come
and writes it in one transaction, at most half a second later. A database that cannot be written (locked, full, out of
reach) is tried again; what waits too long goes to files in the run's folder and is merged later. Nothing is
lost in silence, and nothing stops the training.
"""

import atexit
import contextvars
import queue
import threading
import time
import warnings
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Self

from hondo.core.errors import HondoError, HondoWarning, StoreError
from hondo.core.events import EndReason, Event, TrainingEnded
from hondo.core.language import tr
from hondo.store.changes import Changes, put_changes, recover_spill, spill
from hondo.store.records import STATUS_OF, RunRecord, Status
from hondo.store.runs import claim_run
from hondo.store.workspace import Workspace

_LONGEST_PAUSE = 5.0  # seconds between two attempts to write


class Recorder:
    """A sink that keeps a run's events in the workspace; a context manager.

    Making one takes hold of the run: it becomes ``running``, and what a killed process left unsaved is merged. It stays
    so until the recorder is closed, so that evaluating after the training belongs to it; then it becomes what the
    training's end said. Leaving the block by an exception makes it ``failed``, or ``stopped`` for Ctrl-C.

    Args:
        workspace: Where the run is kept.
        run: The run to be trained.
        interval: How long events are gathered before they are written, in seconds.
        heartbeat: How often the run is marked alive, in seconds.
        patience: How long a database may refuse before unsaved metrics go to a file, in seconds.
        heir_of: The process that took hold of the run for this one; see :func:`hondo.store.runs.claim_run`.

    Raises:
        StoreError: another process trains the run, or the database cannot be written.
    """

    def __init__(
        self,
        workspace: Workspace,
        run: RunRecord,
        *,
        interval: float = 0.25,
        heartbeat: float = 5.0,
        patience: float = 10.0,
        heir_of: int | None = None,
    ) -> None:
        self.run = claim_run(workspace, run, heir_of)
        self._workspace = workspace
        self._interval, self._heartbeat, self._patience = interval, heartbeat, patience
        self._queue: queue.SimpleQueue[Event | threading.Event | None] = queue.SimpleQueue()
        self._changes = Changes()
        self._waiting: list[threading.Event] = []
        self._closed = self._closing = self._urgent = False
        self._ended: EndReason | None = None
        self._status: Status | None = None
        self._message = ""
        self._written_at = time.monotonic()
        self._failing_since: float | None = None
        self._retry_at = 0.0
        self._failure: StoreError | None = None
        # In a copy of the context, so that the thread speaks the reader's language.
        work = partial(contextvars.copy_context().run, self._work)
        self._thread = threading.Thread(target=work, name=f"recorder of {run.name}", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def __call__(self, event: Event) -> None:
        """Take an event; returns at once."""
        if self._closed:
            warnings.warn(
                tr("An event came after the recorder was closed", "Llegó un evento con el registro ya cerrado"),
                HondoWarning,
                stacklevel=2,
            )
        else:
            self._queue.put(event)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything that came so far was written or tried.

        Args:
            timeout: How long to wait at most, in seconds; left out, as long as it takes.

        Returns:
            Whether all of it is in the database.
        """
        if not self._closed:
            done = threading.Event()
            self._queue.put(done)
            if not done.wait(timeout):
                return False
        return self._failure is None

    def close(self, status: Status | None = None, message: str = "") -> None:
        """Write what is left and let go of the run. Closing again does nothing.

        Args:
            status: What becomes of the run; left out, what the training's end said, or ``interrupted`` without one.
            message: Why, where a status is given.

        Warns:
            HondoWarning: the database could not be written; the rest is in a file and will be merged.

        Raises:
            StoreError: neither the database nor that file could be written; the last values are lost.
        """
        if not self._closed:
            self._closed = True
            self._status, self._message = status, message
            self._queue.put(None)
        elif not self._thread.is_alive():
            return
        self._thread.join()
        atexit.unregister(self.close)
        if self._failure is None:
            return
        name, reason = self.run.name, self._failure.message
        if self._changes:
            raise StoreError(
                tr(
                    f"The last {len(self._changes.points)} values of {name!r} could not be saved: {reason}",
                    f"No se pudieron guardar los últimos {len(self._changes.points)} valores de {name!r}: {reason}",
                ),
                self._failure.hint,
            ) from self._failure
        warnings.warn(
            tr(
                f"Some metrics of {name!r} wait in {self.run.folder} until the database can be written: {reason}",
                f"Hay métricas de {name!r} en {self.run.folder} a la espera de la base de datos: {reason}",
            ),
            HondoWarning,
            stacklevel=2,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        try:
            if isinstance(error, KeyboardInterrupt):
                self.close("stopped")
            else:
                self.close(
                    "failed", error.message if isinstance(error, HondoError) else f"{type(error).__name__}: {error}"
                )
        except StoreError as lost:  # the error on its way out matters more
            warnings.warn(str(lost), HondoWarning, stacklevel=2)

    def _work(self) -> None:
        """The thread: gather and write until closed, then make sure that nothing is left."""
        while not self._closing:
            self._gather()
            self._save()
        if self._status is not None:
            self._changes.fields |= {"status": self._status, "message": self._message}
        else:
            self._changes.fields["status"] = STATUS_OF[self._ended] if self._ended else "interrupted"
        self._try_to_write()
        if self._failure is not None and self._changes:
            self._put_aside()
        self._answer()

    def _gather(self) -> None:
        """Wait for something to do, then for what else comes within the interval."""
        pause = self._interval if self._changes else self._heartbeat
        end = time.monotonic() + pause
        while not self._urgent and (left := end - time.monotonic()) > 0:
            try:
                item = self._queue.get(timeout=left)
            except queue.Empty:
                return
            if not self._changes:
                end = time.monotonic() + self._interval
            self._take(item)

    def _take(self, item: Event | threading.Event | None) -> None:
        if item is None:
            self._closing = self._urgent = True
        elif isinstance(item, threading.Event):
            self._waiting.append(item)
            self._urgent = True
        else:
            if isinstance(item, TrainingEnded):
                self._ended = item.reason
            try:
                self._changes.add(item, self.run.folder)
            except Exception as error:  # whatever it is: a dead thread would lose all events after this one
                self._changes.warnings.append(f"{type(item).__name__}: {error}")

    def _save(self) -> None:
        """Write if there is something to write and the last failure is not too recent."""
        if self._closing:
            return
        now = time.monotonic()
        urgent, self._urgent = self._urgent, False
        due = self._changes or self._failure or now - self._written_at >= self._heartbeat
        if due and (urgent or now >= self._retry_at):
            self._try_to_write()
            if self._failing_since is not None and now - self._failing_since > self._patience and self._changes:
                self._put_aside()
        self._answer()

    def _try_to_write(self) -> None:
        """One transaction with everything; a failure is remembered and everything kept."""
        now = time.time()
        try:
            recover_spill(self._workspace, self.run)  # first, because what was spilled is older
            with self._workspace.writing() as connection:
                put_changes(connection, self.run, self._changes, heartbeat=now, updated=now)
            self._changes = Changes()
        except StoreError as error:
            self._failed(error)
        except Exception as error:  # whatever it is: a dead thread would lose all events that are still to come
            self._failed(StoreError(f"{type(error).__name__}: {error}"))
        else:
            self._failure = self._failing_since = None
            self._written_at = time.monotonic()

    def _failed(self, error: StoreError) -> None:
        """Remember a failure, and be patient for longer the longer it lasts."""
        now = time.monotonic()
        self._failure = error
        self._failing_since = self._failing_since or now
        pause = max(self._interval, (now - self._failing_since) / 2)
        self._retry_at = now + min(pause, _LONGEST_PAUSE)

    def _put_aside(self) -> None:
        """Spill what waits; if that fails as well, it goes on waiting in memory."""
        with suppress(StoreError):  # the database's own failure says more
            spill(self.run.folder, self._changes)
            self._changes = Changes()
            self._failing_since = time.monotonic()  # what comes now waits anew

    def _answer(self) -> None:
        """Release those who wait in :meth:`flush`."""
        for waiting in self._waiting:
            waiting.set()
        self._waiting.clear()
