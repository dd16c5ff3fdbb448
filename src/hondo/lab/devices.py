"""What computes on this machine: asked in a process of its own, because that starts Keras and JAX.

``python -m hondo.lab.devices`` is that process; it writes one line of JSON.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass

import psutil

from hondo.core.environment import usable_cpus

_SECONDS = 120.0
_lock = threading.Lock()
_known: list["Machine"] = []


@dataclass(frozen=True)
class Machine:
    """What computes here.

    Attributes:
        system: Python and the operating system.
        cpus: processors that the lab may use.
        cores: processors there are.
        memory: bytes.
        devices: what Keras's backend sees, such as ``cpu`` or the name of a graphics card.
        backend: Keras's backend with its version.
        unused_card: whether there is an NVIDIA card that the backend does not see.
        failure: why the backend did not start; empty if it did.
    """

    system: str
    cpus: int
    cores: int
    memory: int
    devices: tuple[str, ...] = ()
    backend: str = ""
    unused_card: bool = False
    failure: str = ""


def machine() -> Machine:
    """This machine; takes some seconds the first time, so not in the event loop."""
    with _lock:
        if not _known:
            _known.append(_ask())
        return _known[0]


def basics() -> Machine:
    """What is known at once, without asking the backend."""
    words = f"Python {platform.python_version()}, {platform.platform()}"
    return Machine(words, usable_cpus(), os.cpu_count() or 1, psutil.virtual_memory().total)


def free_memory() -> int:
    """Bytes that are free now."""
    return int(psutil.virtual_memory().available)


def _ask() -> Machine:
    found = basics()
    surroundings = {**os.environ, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}  # trainings may need the card's memory
    command = [sys.executable, "-m", "hondo.lab.devices"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, env=surroundings)
        answer = json.loads(done.stdout.strip().rpartition("\n")[2])
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        answer = {"failure": type(error).__name__}
    devices = tuple(answer.get("devices", ()))
    cards = any("cpu" not in each.lower() for each in devices)
    return Machine(
        found.system,
        found.cpus,
        found.cores,
        found.memory,
        devices,
        answer.get("backend", ""),
        not cards and shutil.which("nvidia-smi") is not None,
        answer.get("failure", ""),
    )


def _answer() -> dict[str, object]:
    """In the other process: what the backend sees."""
    from hondo.core.backend import keras, on_jax

    if not on_jax():
        return {"backend": f"Keras {keras.__version__}, {keras.config.backend()}", "devices": []}
    import jax

    devices = [each.device_kind if each.platform != "cpu" else "CPU" for each in jax.devices()]
    return {"backend": f"Keras {keras.__version__}, JAX {jax.__version__}", "devices": devices}


if __name__ == "__main__":
    try:
        print(json.dumps(_answer()))
    except Exception as error:  # drivers and libraries raise whatever they like; it is shown to the reader
        print(json.dumps({"failure": f"{type(error).__name__}: {error}".partition("\n")[0][:300]}))
