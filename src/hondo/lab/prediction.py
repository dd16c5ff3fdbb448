"""Predictions in a process of their own: models, pictures and arrays from strangers stay out of the server's.

The process starts with the first question and keeps the last models open. One that takes too long, or dies, is
replaced; the server does not notice more than an error.
"""

import asyncio
import gc
import io
import multiprocessing
import os
import signal
import tempfile
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hondo.core.errors import DataError, HondoError, ModelError
from hondo.core.language import Language, language, tr, use_language
from hondo.lab.uploads import check_archive
from hondo.store.records import RunRecord
from hondo.store.workspace import Workspace

Failure = tuple[type[HondoError], str, str]
"""An error as plain data: its kind, message and hint."""

MOST_INPUTS = 10_000
MOST_PICTURES = 64
MOST_PIXELS = 50_000_000
LARGEST_ARRAY = 512 * 2**20
SECONDS = 120.0
_OPEN_MODELS = 3

_open: OrderedDict[tuple[str, float], Any] = OrderedDict()  # in the other process: its last runs, as subjects
_settled: list["Predictor"] = []


@dataclass(frozen=True)
class Job:
    """A question for the other process: the run's folder and name, and raw inputs of one kind."""

    folder: str
    run: str
    language: Language
    top: int
    rows: Sequence[dict[str, Any]] | None = None
    array: Sequence[Any] | None = None
    files: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True)
class Question:
    """Another question for it, by name: one of :data:`hondo.explain.questions.QUESTIONS`, and what it needs to know."""

    folder: str
    run: str
    language: Language
    name: str
    given: Mapping[str, Any]


class Predictor:
    """The door to the process that predicts; one question at a time, so that each has its whole time."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()
        self._warming: asyncio.Task[None] | None = None

    async def answer(self, job: Job) -> list[dict[str, Any]]:
        """What a run's model says.

        Raises:
            HondoError: the inputs do not fit, or the process died or took too long.
        """
        return await self._told(predict, job)

    async def ask(self, run: RunRecord, name: str, /, **given: Any) -> Any:
        """What :mod:`hondo.explain.questions` answers about a run, in the language in force.

        Raises:
            HondoError: there is no answer, or the process died or took too long.
        """
        return await self._told(examine, Question(str(run.folder), run.name, language(), name, given))

    def warm(self) -> None:
        """Start the process and let it import what it needs, so that the first question does not wait for that."""
        if self._pool is None and self._warming is None:
            self._warming = asyncio.get_running_loop().create_task(self._warmed())

    async def _warmed(self) -> None:
        with suppress(HondoError):  # the first question will say what is wrong
            await self._told(get_ready, language())
        self._warming = None

    async def _told(self, work: Callable[[Any], tuple[Any, Failure | None]], question: Any) -> Any:
        async with self._turn:
            answer, failure = await self._worked_out(work, question)
        if failure is not None:
            kind, message, hint = failure
            raise kind(message, hint)
        return answer

    async def _worked_out(self, work: Callable[[Any], Any], question: Any) -> Any:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_prepare)
        pool = self._pool
        try:
            future = asyncio.get_running_loop().run_in_executor(pool, work, question)
            return await asyncio.wait_for(future, SECONDS)
        except (BrokenProcessPool, TimeoutError) as error:
            if pool is self._pool:
                self.close()
            raise DataError(
                tr("the prediction took too long or needs too much memory", "la predicción tardó o necesitó demasiado"),
                tr("Ask for less at once.", "Pida menos de una vez."),
            ) from error

    def close(self) -> None:
        """End the process at once."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list((getattr(pool, "_processes", None) or {}).values())
        for process in processes:
            with suppress(OSError, ValueError):
                process.kill()
        pool.shutdown(wait=True, cancel_futures=True)  # at once, since its process is gone
        del pool, processes
        gc.collect()  # gives the system's semaphores back, which an abrupt end would leave


def predict(job: Job) -> tuple[Any, Failure | None]:
    """In the other process: the answers, or the error as plain data."""
    return _worked(job.language, lambda: _answers(job))


def examine(question: Question) -> tuple[Any, Failure | None]:
    """In the other process: what a question's answer is, or the error as plain data."""

    def work() -> Any:
        from hondo.explain.questions import answer

        return answer(_subject(Path(question.folder), question.run), question.name, question.given)

    return _worked(question.language, work)


def get_ready(chosen: Language) -> tuple[Any, Failure | None]:
    """In the other process: import what all questions need."""
    return _worked(chosen, lambda: import_module("hondo.explain.questions") and None)


def _worked(chosen: Language, work: Callable[[], Any]) -> tuple[Any, Failure | None]:
    """What some work gives, or why it failed; a model may hold anything, and the process stays whatever it raises."""
    with use_language(chosen):
        try:
            return work(), None
        except HondoError as error:
            return None, (type(error), error.message, error.hint)
        except MemoryError:
            return None, _no_memory()
        except (ValueError, TypeError, OverflowError) as error:
            text = _first_line(error)
            return None, (DataError, tr(f"these inputs do not fit: {text}", f"estas entradas no encajan: {text}"), "")
        except Exception as error:
            text = f"{type(error).__name__}: {_first_line(error)}"
            return None, (ModelError, tr(f"that did not work out: {text}", f"no se pudo calcular: {text}"), "")


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200]


def _no_memory() -> Failure:
    return DataError, tr("there is not enough memory for this", "no hay memoria suficiente"), ""


def _prepare() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the server's to answer
    threading.Thread(target=_end_with_the_server, name="watches the server", daemon=True).start()


def _end_with_the_server() -> None:
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os._exit(0)


def _answers(job: Job) -> list[dict[str, Any]]:
    run = _subject(Path(job.folder), job.run).run
    if job.rows is not None:
        labels, predicted = _numbered(len(job.rows)), run.predict(list(job.rows))
    elif job.array is not None:
        array = _plain_array(job.array)
        predicted = run.predict(array)
        labels = _numbered(len(predicted))
    elif len(job.files) == 1 and job.files[0][0].lower().endswith((".npy", ".npz")):
        predicted = run.predict(read_array(*job.files[0]))
        labels = _numbered(len(predicted))
    else:
        labels, predicted = [name for name, _ in job.files], _pictures(run, job.files)
    written = predicted.written(job.top)
    return [{"input": label, **answer} for label, answer in zip(labels, written, strict=True)]


def _subject(folder: Path, name: str) -> Any:
    """The run, from its folder or still open; of the open ones only this one keeps its data."""
    from hondo.experiments.run import RESULT, load_run
    from hondo.explain.subject import Subject

    result = folder / RESULT
    key = (str(folder), result.stat().st_mtime if result.exists() else 0.0)
    if key not in _open:
        _open[key] = Subject(load_run(folder, name))
    _open.move_to_end(key)
    while len(_open) > _OPEN_MODELS:
        _open.popitem(last=False)
    for other in list(_open)[:-1]:
        _open[other].release()
    return _open[key]


def _numbered(count: int) -> list[str]:
    return [str(place) for place in range(count)]


def _plain_array(given: Sequence[Any]) -> Any:
    import numpy as np

    try:
        array = np.asarray(given)
    except ValueError as error:
        raise _not_numbers() from error
    if array.dtype.kind not in "biuf":
        raise _not_numbers()
    return array


def _not_numbers() -> DataError:
    return DataError(
        tr("this is no array of numbers", "esto no es un array de números"),
        tr("All samples need the same shape.", "Todas las muestras necesitan la misma forma."),
    )


def _pictures(run: Any, files: Sequence[tuple[str, bytes]]) -> Any:
    from hondo.data.pictures import inspect_picture

    for name, content in files:
        height, width = inspect_picture(content, name).size
        if height * width > MOST_PIXELS:
            raise DataError(
                tr(
                    f"{name} has too many pixels ({width} × {height})",
                    f"{name} es demasiado grande: {width} × {height}",
                )
            )
    with tempfile.TemporaryDirectory(prefix="hondo-") as folder:
        paths = []
        for place, (_, content) in enumerate(files):
            paths.append(Path(folder) / f"{place}{_suffix(content)}")
            paths[-1].write_bytes(content)
        return run.predict(paths)


def _suffix(content: bytes) -> str:
    return ".png" if content.startswith(b"\x89PNG") else ".jpg"


def read_array(name: str, content: bytes) -> Any:
    """An uploaded array of numbers: ``.npy``, or ``x`` in an ``.npz``.

    Raises:
        DataError: it is damaged, too large, or holds Python objects.
    """
    if content[:2] == b"PK":
        check_archive(content, name, LARGEST_ARRAY)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("x.npy") as member:
                content = member.read(LARGEST_ARRAY + 1)
        # RuntimeError: it is encrypted; NotImplementedError, its subclass: packed in a way that Python does not know.
        except (KeyError, zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
            raise _no_array(name, str(error)) from error
    return _read_npy(name, content)


def _read_npy(name: str, content: bytes) -> Any:
    import numpy as np
    from numpy.lib import format as npy

    file = io.BytesIO(content)
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, kind = read(file)
        if kind.hasobject or kind.kind not in "biuf":
            raise _no_array(name, tr("it does not hold numbers", "no contiene números"))
        count = 1
        for length in shape:
            count *= int(length)
        if count * kind.itemsize > len(content) or (shape and shape[0] > MOST_INPUTS and len(shape) > 1):
            raise _no_array(name, tr(f"its shape is {shape}", f"su forma es {shape}"))
        file.seek(0)
        return np.load(file, allow_pickle=False)
    except (ValueError, EOFError, OSError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise _no_array(name, str(error)) from error


def _no_array(name: str, why: str) -> DataError:
    text = why.partition("\n")[0][:200]
    return DataError(
        tr(f"{name} is not an array of numbers: {text}", f"{name} no es un array de números: {text}"),
        tr("Write it with np.save, or np.savez(path, x=…).", "Escríbalo con np.save, o np.savez(ruta, x=…)."),
    )


def job_for(workspace: Workspace, run: str, folder: Path, top: int, **inputs: Any) -> Job:
    """A question in the language in force."""
    return Job(folder=str(folder), run=run, language=language(), top=top, **inputs)


def settle_predictor(predictor: Predictor) -> None:
    """Say which process answers the pages."""
    _settled[:] = [predictor]


def predictor() -> Predictor:
    """The door to the process that answers the pages.

    Raises:
        HondoError: no lab was built in this process.
    """
    if not _settled:
        raise HondoError(tr("no lab is open in this process", "no hay ningún laboratorio abierto en este proceso"))
    return _settled[0]
