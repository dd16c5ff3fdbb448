"""The process that trains one run from the queue: ``python -m hondo.store.child <run> <process that took it>``.

It belongs to nobody: the page may be closed and the server ended while it goes on. What it says goes to the run's log.
"""

import os
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress

import psutil

from hondo.core.errors import HondoError, StoreError
from hondo.core.events import CancelToken, EpochEnded, Event, Notice, TrainingEnded
from hondo.core.language import tr
from hondo.store.queue import read_order
from hondo.store.records import RunRecord
from hondo.store.runs import find_run, update_run
from hondo.store.workspace import Workspace, open_workspace


def tell(event: Event) -> None:
    """A sink that writes a line about what happens into the log."""
    match event:
        case Notice(text=text):
            line = text
        case EpochEnded(epoch=epoch, logs=logs, seconds=seconds):
            values = "  ".join(f"{name} {value:.4g}" for name, value in logs.items())
            line = tr(f"epoch {epoch + 1}: {values}", f"época {epoch + 1}: {values}") + f"  ({seconds:.1f} s)"
        case TrainingEnded(reason=reason, epochs_done=done):
            line = tr(f"ended after {done} epochs: {reason}", f"terminó tras {done} épocas: {reason}")
        case _:
            return
    print(time.strftime("%H:%M:%S"), line, flush=True)


def train(workspace: Workspace, record: RunRecord, taker: int) -> None:
    """Train a run that was taken from the queue.

    Args:
        workspace: Where it is kept.
        record: The run.
        taker: The process that took it.

    Raises:
        HondoError: whatever stopped it; the run is marked as failed.
    """
    token = CancelToken()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: token.cancel())
    try:
        from hondo.store.launch import launch_queued

        order = read_order(record)
        launch_queued(
            workspace, record, heir_of=taker, epochs=order.epochs, resume=order.resume, sink=tell, cancel=token
        )
    except StoreError:
        raise  # who holds the run now is not known to be us
    except BaseException as error:
        message = error.message if isinstance(error, HondoError) else f"{type(error).__name__}: {error}"
        update_run(workspace, record, status="failed", message=message)
        raise


def _give_way() -> None:
    """Let pages, and whatever else its owner does, go first; on a machine at rest nothing gets slower."""
    with suppress(psutil.Error, OSError):
        if sys.platform == "win32":
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            psutil.Process().nice(5)


def main(arguments: list[str]) -> int:
    """Train the run that the arguments name; the exit code is that of ``hondo run``."""
    name, taker = arguments[0], int(arguments[1])
    _give_way()
    try:
        with open_workspace() as workspace:
            train(workspace, find_run(workspace, name), taker)
    except HondoError as error:
        print(error, flush=True)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception:
        traceback.print_exc()  # this is a log, read by who looks for the cause
        return 70
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # without waiting for a compilation that nobody needs any more
