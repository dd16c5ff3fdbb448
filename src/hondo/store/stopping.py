"""Stopping a training from another process: a file in the run's folder asks for it, wherever and however it trains.

A file works between all processes that see the workspace, on every system, also where signals do not reach.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hondo.core.events import CancelToken
from hondo.core.files import cannot_write

_REQUEST = "stop-request"
_PAUSE = 0.25  # seconds between two looks


def ask_to_stop(folder: Path) -> None:
    """Ask whoever trains in this folder to stop after the steps in progress.

    Raises:
        StoreError: the request cannot be written.
    """
    try:
        (folder / _REQUEST).touch()
    except OSError as error:
        raise cannot_write(folder / _REQUEST, error) from error


def asked_to_stop(folder: Path) -> bool:
    """Whether a request lies there."""
    return (folder / _REQUEST).exists()


def forget_request(folder: Path) -> None:
    """Take back a request that was answered, or that nobody is there to answer any more."""
    with suppress(OSError):
        (folder / _REQUEST).unlink(missing_ok=True)


@contextmanager
def listening(folder: Path, token: CancelToken) -> Iterator[None]:
    """Within the block a request in the folder cancels the token; at its end the request is taken back."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_PAUSE):
            if asked_to_stop(folder):
                token.cancel()
                return

    watcher = threading.Thread(target=look, name=f"listens for a stop in {folder.name}", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        forget_request(folder)
