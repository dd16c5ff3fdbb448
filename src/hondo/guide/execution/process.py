"""One process of a Jupyter kernel: started in a private folder on loopback, listened to, ended without remains.

Its messages are signed (and encrypted, where both sides can); it reads no stdin, keeps no history, and knows nothing
of the reader's own IPython. It ends by itself within a second or two when this process is gone (ipykernel watches its
parent).
"""

import json
import os
import sys
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any, Self

import psutil
import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from hondo.core.errors import HondoError
from hondo.core.language import Language, tr

PRIVATE = ".kernel"
"""The folder, inside the kernel's own, where its connection file and settings lie."""

_READY = 60.0  # seconds
_TRIES = 3  # another program may take a port between its choice and its use
_DPI = 100
_SECRETS = ("HONDO_LAB_TOKEN",)
_SETTINGS = {
    "IPKernelApp": {
        "exec_lines": ["__import__('hondo.guide.execution.explain', fromlist=['_']).attach(get_ipython())"],
    },
    "HistoryManager": {"enabled": False, "hist_file": ":memory:"},
    "InlineBackend": {
        "close_figures": True,
        "print_figure_kwargs": {"dpi": _DPI, "bbox_inches": "tight"},
    },
}

if sys.platform == "win32":  # pyzmq helps itself there and says so
    warnings.filterwarnings("ignore", "Proactor event loop does not implement add_reader", RuntimeWarning)


class Process:
    """A running kernel; :meth:`start` makes one.

    Attributes:
        pid: its process.
    """

    def __init__(self, manager: AsyncKernelManager, client: AsyncKernelClient) -> None:
        self._manager, self._client = manager, client
        self._popen = getattr(manager.provisioner, "process", None)
        self.pid = int(getattr(manager.provisioner, "pid", None) or 0)

    @classmethod
    async def start(cls, folder: Path, language: Language, environment: Mapping[str, str]) -> Self:
        """Start a kernel that works in ``folder`` and speaks ``language``; ready when this returns.

        Raises:
            HondoError: it did not start.
        """
        private = _private_folder(folder)
        for left in reversed(range(_TRIES)):
            manager = _manager(private)
            with (private / "log.txt").open("wb") as log:
                await manager.start_kernel(
                    cwd=str(folder), env=_surroundings(private, language, environment), stdout=log, stderr=log
                )
            client = manager.client()
            client.start_channels(stdin=False, hb=False, control=False)
            process = cls(manager, client)
            try:
                if await process._ready():
                    return process
            except BaseException:
                await process.end()
                raise
            await process.end()
            if not left:
                break
        raise _did_not_start(private / "log.txt")

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._popen is not None and self._popen.poll() is None

    def execute(self, code: str, expressions: Mapping[str, str] | None = None) -> str:
        """Ask it to run code; the answer is the request's name, which its messages bear."""
        return self._client.execute(
            code,
            silent=bool(expressions),
            store_history=False,
            user_expressions=dict(expressions or {}),
            allow_stdin=False,
            stop_on_error=False,
        )

    async def shown(self, request: str, seconds: float) -> Mapping[str, Any] | None:
        """The next message that the request's cell showed; None where there is none within some seconds."""
        return await self._next(self._client.get_iopub_msg, request, seconds)

    async def reply(self, request: str, seconds: float) -> Mapping[str, Any] | None:
        """What came of the request; None where it is not known within some seconds."""
        return await self._next(self._client.get_shell_msg, request, seconds)

    async def interrupt(self) -> None:
        """As Ctrl-C would, on every system."""
        with suppress(RuntimeError, OSError):
            await self._manager.interrupt_kernel()

    async def kill(self) -> None:
        """Kill it and its children; who listens to it still may."""
        if self._manager.provisioner is None:
            return
        children: list[psutil.Process] = []
        with suppress(psutil.Error):
            children = psutil.Process(self.pid).children(recursive=True)
        with suppress(RuntimeError, OSError):
            await self._manager.provisioner.kill()
        for child in children:
            with suppress(psutil.Error):
                child.kill()

    async def end(self) -> None:
        """Kill it and close what is open; nobody may be listening."""
        await self.kill()
        self._client.stop_channels()
        with suppress(RuntimeError, OSError, zmq.ZMQError):
            await self._manager.shutdown_kernel(now=True)

    async def _next(self, get: Any, request: str, seconds: float) -> Mapping[str, Any] | None:
        end = time.monotonic() + seconds
        while True:
            try:
                message = await get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                return None
            except ValueError:  # not signed by this kernel
                continue
            if message["parent_header"].get("msg_id") == request:
                return message
            if time.monotonic() > end:
                return None

    async def _ready(self) -> bool:
        """Whether it answers and what it shows arrives here; False where it died."""
        end = time.monotonic() + _READY
        while self.alive and time.monotonic() < end:
            request = self._client.kernel_info()
            again = time.monotonic() + 2.0
            while self.alive and time.monotonic() < again:
                message = await self.shown(request, 0.2)
                if message is not None and await self.reply(request, 2.0) is not None:
                    return True
        return False


def _manager(private: Path) -> AsyncKernelManager:
    manager = AsyncKernelManager(kernel_name="", connection_file=str(private / "connection.json"))
    known = get_kernel_dict(python_arguments=["-Xfrozen_modules=off"])
    manager._kernel_spec = KernelSpec(resource_dir="", **known)
    if manager.has_trait("transport_encryption"):
        manager.set_trait("transport_encryption", "auto" if zmq.has("curve") else "disabled")
    return manager


def _private_folder(folder: Path) -> Path:
    """Make the folder that nobody else may read, with IPython's settings in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = folder / PRIVATE
    private.mkdir(exist_ok=True, mode=0o700)
    profile = private / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.json").write_text(json.dumps(_SETTINGS), encoding="utf-8")
    for stale in private.glob("connection*.json"):
        stale.unlink(missing_ok=True)
    return private


def _surroundings(private: Path, language: Language, environment: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    return {
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        **kept,
        "KERAS_BACKEND": "jax",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "HONDO_LANG": language,
        "IPYTHONDIR": str(private / "ipython"),
        "PYTHONIOENCODING": "utf-8",
        **environment,
    }


def _did_not_start(log: Path) -> HondoError:
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:] if log.exists() else []
    return HondoError(
        tr("The kernel that runs the cells did not start.", "El núcleo que ejecuta las celdas no arrancó."),
        "\n".join(said)
        or tr("Try again; if it stays so: hondo doctor.", "Pruebe de nuevo; si se repite: hondo doctor."),
    )
