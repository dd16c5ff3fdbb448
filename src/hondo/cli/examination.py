"""What `hondo doctor` looks at: each check finds out one thing and says how to mend it if it is wrong.

A check may meet anything, since it is asked when something is broken; :func:`examine` turns whatever it raises into a
finding, so that one broken thing never hides the others.
"""

import importlib.util
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from hondo.cli.words import size
from hondo.core.errors import HondoError
from hondo.core.folders import downloads_folder, programs_folder, workspace_folder
from hondo.core.language import language, tr

State = Literal["ok", "advice", "problem"]

OLDEST_PYTHON = (3, 11)
SCARCE_MEMORY = 2**30
SCARCE_DISK, NO_DISK = 2**30, 100 * 2**20

_STEERING = ("KERAS_BACKEND", "JAX_PLATFORMS", "CUDA_VISIBLE_DEVICES", "XLA_FLAGS")

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "tensorflow": ("tensorflow",),
    "torch": ("torch",),
    "postgresql": ("psycopg",),
    "savedmodel": ("tensorflow",),
    "onnx": ("tensorflow", "tf2onnx", "onnxruntime"),
    "export": ("mlflow", "tensorboard"),
}
"""Optional extras by name, with the modules that each brings."""


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was looked at, in a word that never changes.
        state: whether it is as it should be.
        text: what is so, in the reader's language.
        hint: how to mend or better it.
        facts: the same as plain data, for scripts.
    """

    check: str
    state: State
    text: str
    hint: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[], Iterator[Finding]]


def examine(checks: Mapping[str, Check] | None = None) -> Iterator[Finding]:
    """Run all checks, one after the other; never raises.

    Args:
        checks: the checks by name; left out, all of them.
    """
    for name, check in (checks or CHECKS).items():
        try:
            yield from check()
        except HondoError as error:
            yield Finding(name, "problem", error.message, error.hint)
        except Exception as error:  # a doctor must survive every illness, and each has its own exception
            hint = tr("This was unexpected; please report it.", "Esto no estaba previsto; comuníquelo, por favor.")
            yield Finding(name, "problem", _first_line(error), hint)


def _first_line(error: Exception) -> str:
    """What an error is and says, in one line."""
    said = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def check_python() -> Iterator[Finding]:
    """Python, the system, Hondo and the packages that compute."""
    from hondo.core.environment import describe_environment

    around = describe_environment()
    old = sys.version_info[:2] < OLDEST_PYTHON
    oldest = ".".join(map(str, OLDEST_PYTHON))
    yield Finding(
        "python",
        "problem" if old else "ok",
        f"{around.python}, {around.platform}",
        tr(f"Hondo needs Python {oldest} or newer.", f"Hondo necesita Python {oldest} o posterior.") if old else "",
        {"version": around.python, "platform": around.platform, "executable": sys.executable},
    )
    listed = ", ".join(f"{name} {version}" for name, version in around.packages.items())
    yield Finding(
        "hondo",
        "ok",
        f"{around.hondo or '?'} ({listed})",
        "",
        {"version": around.hondo, "packages": dict(around.packages)},
    )


def check_machine() -> Iterator[Finding]:
    """Processors and memory."""
    import psutil

    from hondo.core.environment import describe_environment

    usable, present = describe_environment().cpus, os.cpu_count() or 1
    text = tr(f"{usable} for this program", f"{usable} para este programa")
    if usable < present:
        text += tr(f", of {present}", f", de {present}")
    yield Finding("processors", "ok", text, "", {"usable": usable, "present": present})
    memory = psutil.virtual_memory()
    scarce = memory.available < SCARCE_MEMORY
    yield Finding(
        "memory",
        "advice" if scarce else "ok",
        tr(
            f"{size(memory.total)}, {size(memory.available)} free",
            f"{size(memory.total)}, {size(memory.available)} libres",
        ),
        tr(
            "Close other programs, or use data.limit and a smaller train.batch_size.",
            "Cierre otros programas o use data.limit y un train.batch_size menor.",
        )
        if scarce
        else "",
        {"total": memory.total, "free": memory.available},
    )


def check_backend() -> Iterator[Finding]:
    """Keras and what it computes with; this starts it."""
    try:
        yield _backend()
    except HondoError:
        raise
    except Exception as error:  # Keras, JAX and the drivers of graphics cards have no common one
        chosen = [f"{name}={os.environ[name]}" for name in _STEERING if os.environ.get(name)]
        listed = ", ".join(chosen)
        if chosen:
            hint = tr(f"Unset or correct: {listed}", f"Elimine o corrija: {listed}")
        else:
            hint = tr(
                "Reinstall JAX: pip install --force-reinstall jax",
                "Reinstale JAX: pip install --force-reinstall jax",
            )
        yield Finding("backend", "problem", _first_line(error), hint)


def _backend() -> Finding:
    """Start Keras's backend and say what it found."""
    began = time.perf_counter()
    from hondo.core.backend import keras, on_jax
    from hondo.experiments.device import device_name

    imported = time.perf_counter() - began
    devices = _jax_devices() if on_jax() else [device_name()]
    started = time.perf_counter() - began - imported
    facts = {
        "backend": keras.config.backend(),
        "keras": keras.__version__,
        "devices": devices,
        "import_seconds": round(imported, 2),
        "start_seconds": round(started, 2),
    }
    hint = ""
    if not on_jax():
        hint = tr(
            "Only JAX compiles the whole training loop; unset KERAS_BACKEND to use it.",
            "Solo JAX compila el entrenamiento entero; elimine KERAS_BACKEND para usarlo.",
        )
    elif all(name.startswith("jax cpu") for name in devices) and shutil.which("nvidia-smi"):
        hint = tr(
            "There is an NVIDIA graphics card that JAX does not use: pip install 'jax[cuda12]'",
            "Hay una tarjeta gráfica NVIDIA que JAX no usa: pip install 'jax[cuda12]'",
        )
    listed, seconds = ", ".join(devices), f"{imported + started:.1f} s"
    text = tr(f"{listed}; started in {seconds}", f"{listed}; arrancó en {seconds}")
    return Finding("backend", "advice" if hint else "ok", text, hint, facts)


def _jax_devices() -> list[str]:
    import jax

    return [f"jax {device.platform} ({device.device_kind})" for device in jax.devices()]


def check_workspace() -> Iterator[Finding]:
    """The folder where runs are kept: whether it can be written, and what it takes."""
    folder = workspace_folder().expanduser().absolute()
    facts: dict[str, Any] = {"folder": str(folder), "exists": folder.exists()}
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    _try_to_write(place)
    if not folder.exists():
        text = tr(f"{folder} (created by the first run)", f"{folder} (se crea con el primer experimento)")
    else:
        facts["used"] = _used(folder)
        text = tr(f"{folder}, {size(facts['used'])}", f"{folder}, {size(facts['used'])}")
    yield Finding("workspace", "ok", text, "", facts)
    yield _disk(place)


def _try_to_write(folder: Path) -> None:
    """Write a file there and delete it, since permissions alone tell neither of full disks nor of read-only ones.

    Raises:
        StoreError: it cannot be written.
    """
    from hondo.core.files import cannot_write

    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"hondo")
    except OSError as error:
        raise cannot_write(folder, error) from error


def _disk(place: Path) -> Finding:
    usage = shutil.disk_usage(place)
    state: State = "problem" if usage.free < NO_DISK else "advice" if usage.free < SCARCE_DISK else "ok"
    hint = "" if state == "ok" else tr(
        "Free some space: hondo runs rm, or clear the caches below.",
        "Libere espacio: hondo runs rm, o vacíe las cachés de abajo."
    )  # fmt: skip
    text = tr(f"{size(usage.free)} free of {size(usage.total)}", f"{size(usage.free)} libres de {size(usage.total)}")
    return Finding("disk", state, text, hint, {"free": usage.free, "total": usage.total})


def check_database() -> Iterator[Finding]:
    """The database: whether it opens at this version, is sound, and what it holds."""
    from hondo.store.problems import damaged
    from hondo.store.runs import list_runs
    from hondo.store.workspace import DATABASE_FILE, open_workspace

    file = workspace_folder().expanduser().absolute() / DATABASE_FILE
    if not os.environ.get("HONDO_DATABASE") and not file.exists():
        text = tr(f"{file} (created by the first run)", f"{file} (se crea con el primer experimento)")
        yield Finding("database", "ok", text, "", {"where": str(file), "runs": 0})
        return
    with open_workspace(timeout=2.0) as workspace:
        if workspace.engine.dialect.name == "sqlite":
            with workspace.reading() as connection:
                sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            if sound != "ok":
                raise damaged(workspace.where)
        runs = list_runs(workspace)
        where = workspace.where
    resumable = [run.name for run in runs if run.status == "interrupted"]
    text = tr(f"{where}, runs: {len(runs)}", f"{where}, experimentos: {len(runs)}")
    hint = ""
    if resumable:
        listed = ", ".join(resumable[:5]) + (" …" if len(resumable) > 5 else "")
        hint = tr(
            f"interrupted; hondo resume continues them: {listed}",
            f"interrumpidos; hondo resume los continúa: {listed}",
        )
    yield Finding("database", "ok", text, hint, {"where": where, "runs": len(runs), "interrupted": resumable})


def check_caches() -> Iterator[Finding]:
    """Where compiled programs and downloads are kept, and how much they take."""
    compiled = os.environ.get("JAX_COMPILATION_CACHE_DIR", "")
    if "://" in compiled:
        yield Finding("compiled", "ok", compiled, "", {"folder": compiled})
    else:
        yield _cache("compiled", programs_folder())
    yield _cache("downloads", downloads_folder())


def _cache(check: str, folder: Path) -> Finding:
    used = _used(folder) if folder.is_dir() else 0
    facts = {"folder": str(folder), "exists": folder.is_dir(), "used": used}
    if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK)):
        text = tr(f"{folder} is not writable", f"no se puede escribir en {folder}")
        name = "HONDO_CACHE" if check == "compiled" else "KERAS_HOME"
        hint = tr(f"Set {name} to another folder.", f"Indique otra carpeta en {name}.")
        return Finding(check, "advice", text, hint, facts)
    text = f"{folder}, {size(used)}" if folder.is_dir() else tr(f"{folder} (still empty)", f"{folder} (aún vacía)")
    return Finding(check, "ok", text, "", facts)


def check_data() -> Iterator[Finding]:
    """The reader's own folder of data sets, and what is found in it."""
    from hondo.data import catalogue
    from hondo.data.fetch import data_folder, find_locally

    folder = data_folder()
    if folder is None:
        text = tr(
            "HONDO_DATA is not set: missing data sets are downloaded",
            "HONDO_DATA sin definir: los conjuntos que falten se descargan",
        )
        yield Finding("data", "ok", text, "", {"folder": None, "found": []})
        return
    facts = {"folder": str(folder), "found": []}
    if not folder.is_dir():
        text = tr(
            f"HONDO_DATA names {folder}, which is not a folder", f"HONDO_DATA indica {folder}, que no es una carpeta"
        )
        yield Finding("data", "problem", text, tr("Correct it or unset it.", "Corríjala o elimínela."), facts)
        return
    troubles: list[HondoError] = []
    for name in catalogue.names():
        source = catalogue.entry(name).files
        try:
            if source and find_locally(source):
                facts["found"].append(name)
        except HondoError as error:
            troubles.append(error)
    if facts["found"]:
        yield Finding("data", "ok", f"{folder}: " + ", ".join(facts["found"]), "", facts)
    elif not troubles:
        text = tr(
            f"{folder} holds no data set that Hondo knows", f"{folder} no contiene ningún conjunto de datos conocido"
        )
        hint = tr(
            "A data set's folder bears its name (mnist, cifar10 …); give your own data with 'path'.",
            "La carpeta de un conjunto lleva su nombre (mnist, cifar10 …); los datos propios se indican con 'path'.",
        )
        yield Finding("data", "advice", text, hint, facts)
    for error in troubles:
        yield Finding("data", "advice", error.message, error.hint, facts)


def check_extras() -> Iterator[Finding]:
    """What is optional, and how to install it."""
    for extra, modules in EXTRAS.items():
        missing = [name for name in modules if importlib.util.find_spec(name) is None]
        present = {name: _version(name) for name in modules if name not in missing}
        facts = {"installed": not missing, "modules": present}
        if missing:
            text = tr(f"{extra}: not installed, optional", f"{extra}: sin instalar, opcional")
            yield Finding("extra", "ok", text, f"pip install 'hondo[{extra}]'", {"extra": extra, **facts})
        else:
            listed = ", ".join(f"{name} {version}".strip() for name, version in present.items())
            yield Finding("extra", "ok", f"{extra}: {listed}", "", {"extra": extra, **facts})


def _version(module: str) -> str:
    """The version of the distribution that brings a module; "" where it does not say."""
    for name in (module, f"{module}-skinny", f"{module}-cpu"):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return ""


def check_language() -> Iterator[Finding]:
    """Which language is spoken, and how to change it."""
    name = tr("English", "español")
    text = tr(f"{name}; HONDO_LANG=es for Spanish", f"{name}; HONDO_LANG=en para inglés")
    yield Finding("language", "ok", text, "", {"language": language()})


def _used(folder: Path) -> int:
    """How many bytes the files in a folder take, as far as they can be seen."""
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(place) / name).lstat().st_size
            except OSError:  # gone meanwhile, or not ours to see
                continue
    return total


CHECKS: Mapping[str, Check] = {
    "python": check_python,
    "machine": check_machine,
    "workspace": check_workspace,
    "database": check_database,
    "backend": check_backend,
    "caches": check_caches,
    "data": check_data,
    "extras": check_extras,
    "language": check_language,
}
