"""A trained model for other programs: Keras's own file, TensorFlow's SavedModel, ONNX, or a bundle that proves a port.

SavedModel and ONNX hold the model alone: they take inputs that have been preprocessed, and ``preprocess.json`` goes
with them. Both are computed once with the exported file before it gets its name, and compared with the run's model.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.errors import DataError, ModelError, StoreError
from hondo.core.files import atomic_folder, atomic_path, cannot_write, write_atomically
from hondo.core.language import tr
from hondo.engine.evaluate import predict
from hondo.experiments.export.bundle import golden_samples, write_bundle
from hondo.experiments.export.container import MANIFEST
from hondo.experiments.export.fingerprint import file_digest
from hondo.experiments.export.golden import read_array
from hondo.experiments.export.stages import difference, model_inputs
from hondo.experiments.run import MODEL, PREPROCESS, Run

Format = Literal["keras", "savedmodel", "onnx", "bundle"]
FORMATS: tuple[Format, ...] = get_args(Format)
NEEDS = {"savedmodel": ("tensorflow",), "onnx": ("tensorflow", "tf2onnx", "onnxruntime")}
"""The modules that a format needs; the extra of the same name brings them."""
MOST_DIFFERENT = 1e-3
"""An exported model whose outputs differ by more, relative to the largest, is refused."""

_RANDOM = 16


@dataclass(frozen=True)
class Exported:
    """What an export has written.

    Attributes:
        run: whose model it is.
        form: the format.
        path: the file or folder.
        preprocess: where its preprocessing was written, for what takes prepared inputs or stands alone.
        difference: the largest absolute difference between its outputs and the model's; 0 for a copy.
        compared_on: ``bytes`` for a copy, ``held-out`` samples, or ``random`` numbers where the data are gone.
        samples: how many were compared.
        names: what the exported model calls its input and output.
    """

    run: str
    form: Format
    path: Path
    preprocess: Path | None
    difference: float
    compared_on: Literal["bytes", "held-out", "random"]
    samples: int = 0
    names: dict[str, str] | None = None

    def written(self) -> dict[str, Any]:
        """This record as plain data."""
        return {**vars(self), "path": str(self.path), "preprocess": self.preprocess and str(self.preprocess)}


def default_path(name: str, form: Format) -> Path:
    """Where a run called ``name`` is exported to if nobody says: in the working folder.

    Example:
        >>> default_path("digits-mlp-1", "onnx").as_posix()
        'digits-mlp-1.onnx'
    """
    endings = {"keras": ".keras", "savedmodel": "-savedmodel", "onnx": ".onnx", "bundle": ".bundle.zip"}
    return Path(name + endings[form])


def export_run(run: Run, form: Format, path: Path | None = None, *, force: bool = False) -> Exported:
    """Export a recorded run.

    Args:
        run: finished, with its folder.
        form: ``keras``, ``savedmodel``, ``onnx`` or ``bundle``.
        path: where to; left out, :func:`default_path`. A bundle is a zip where it ends so, else a folder.
        force: whether an earlier export there may be replaced.

    Raises:
        StoreError: if there is something at ``path``, or it cannot be written.
        ModelError: if the format needs packages that are not installed, or the exported model computes otherwise.
        DataError: if a bundle's data are no longer there.
    """
    path = path or default_path(run.name, form)
    path = _checked_path(path, form)
    if run.folder is None:
        raise StoreError(
            tr("this run was not recorded, so it has no files", "este experimento no se guardó y no tiene archivos"),
            tr("Run it with record=True.", "Ejecútelo con record=True."),
        )
    refuse_taken([path, *_other_preprocess(run.folder, path, form)], force=force)
    missing = [name for name in NEEDS.get(form, ()) if importlib.util.find_spec(name) is None]
    if missing:
        raise _lacking(form, missing)
    writers: dict[str, Callable[[Run, Path], Exported]] = {
        "keras": _export_keras,
        "savedmodel": _export_savedmodel,
        "onnx": _export_onnx,
        "bundle": _export_bundle,
    }
    return writers[form](run, path)


def _checked_path(path: Path, form: Format) -> Path:
    """The path with the ending that its format needs."""
    endings = {"keras": ".keras", "onnx": ".onnx"}
    wanted = endings.get(form, "")
    if wanted and path.suffix.lower() != wanted:
        raise StoreError(
            tr(f"{path} does not end in {wanted}", f"{path} no termina en {wanted}"),
            tr(f"Call it {path.name}{wanted}.", f"Llámelo {path.name}{wanted}."),
        )
    if form == "savedmodel" and path.suffix.lower() == ".zip":
        raise StoreError(
            tr(f"a SavedModel is a folder, not {path.name}", f"un SavedModel es una carpeta, no {path.name}"),
            tr("Leave the ending out.", "Quite la extensión."),
        )
    return path


def _preprocess_path(path: Path, form: Format) -> Path:
    return path / PREPROCESS if form == "savedmodel" else path.with_name(f"{path.stem}.{PREPROCESS}")


def _other_preprocess(folder: Path, path: Path, form: Format) -> list[Path]:
    """The file beside an export that would be replaced by another: a preprocessing that is not this run's."""
    if form not in ("keras", "onnx"):
        return []
    beside = _preprocess_path(path, form)
    same = beside.is_file() and beside.read_bytes() == (folder / PREPROCESS).read_bytes()
    return [] if same else [beside]


def refuse_taken(paths: list[Path], *, force: bool) -> None:
    """Refuse to write where something is, unless it is an earlier export and may be replaced.

    Raises:
        StoreError: saying what is there.
    """
    for path in paths:
        if not path.exists():
            continue
        if not force:
            raise StoreError(
                tr(f"{path} exists already", f"{path} ya existe"),
                tr("Add --force to replace it, or choose another --output.", "Añada --force o elija otro --output."),
            )
        ours = any((path / name).exists() for name in ("saved_model.pb", MANIFEST))
        if path.is_dir() and not ours and any(path.iterdir()):
            raise StoreError(
                tr(
                    f"{path} is a folder with other files, which an export would delete",
                    f"{path} es una carpeta con otros archivos, que la exportación borraría",
                ),
                tr("Choose another --output.", "Elija otro --output."),
            )


def _lacking(form: Format, missing: list[str]) -> ModelError:
    listed = ", ".join(missing)
    return ModelError(
        tr(f"{form} needs what is not installed: {listed}", f"{form} necesita lo que no está instalado: {listed}"),
        f"pip install 'hondo[{form}]'",
    )


def _export_keras(run: Run, path: Path) -> Exported:
    folder = _folder(run)
    preprocess = _preprocess_path(path, "keras")
    with atomic_path(path) as temporary:
        shutil.copyfile(folder / MODEL, temporary)
        if file_digest(temporary) != file_digest(folder / MODEL):
            raise StoreError(
                tr(f"{path} was not written as it should be", f"{path} no se escribió correctamente"),
                tr("Check the disk.", "Revise el disco."),
            )
        _copy_preprocess(run, preprocess)
    return Exported(run.name, "keras", path, preprocess, 0.0, "bytes")


def _export_savedmodel(run: Run, path: Path) -> Exported:
    with atomic_folder(path) as folder:
        outcome = _by_child(run, "savedmodel", folder)
        _copy_preprocess(run, folder / PREPROCESS)
    return Exported(run.name, "savedmodel", path, path / PREPROCESS, *outcome)


def _export_onnx(run: Run, path: Path) -> Exported:
    preprocess = _preprocess_path(path, "onnx")
    with atomic_path(path) as temporary:
        outcome = _by_child(run, "onnx", temporary)
        _copy_preprocess(run, preprocess)
    return Exported(run.name, "onnx", path, preprocess, *outcome)


def _export_bundle(run: Run, path: Path) -> Exported:
    found = write_bundle(run, path)
    largest = max((check.difference or 0.0 for check in found.checks), default=0.0)
    return Exported(run.name, "bundle", path, None, largest, "held-out", found.samples)


def _copy_preprocess(run: Run, path: Path) -> None:
    write_atomically(path, (_folder(run) / PREPROCESS).read_bytes())


def _folder(run: Run) -> Path:
    if run.folder is None:
        raise ValueError("the run has no folder")
    return run.folder


def sample_inputs(run: Run) -> tuple[FloatArray, Literal["held-out", "random"]]:
    """Prepared inputs to compare outputs on: held-out samples, or random numbers where the data are gone."""
    try:
        golden, _, _ = golden_samples(run)
        return model_inputs(run.preprocessor, golden.raws), "held-out"
    except DataError:
        shape = (_RANDOM, *run.preprocessor.input_shape)
        return np.random.default_rng(0).uniform(0, 1, shape).astype(np.float32), "random"


def _by_child(run: Run, form: Format, target: Path) -> tuple[float, Literal["held-out", "random"], int, dict[str, str]]:
    """Export in a process of its own, and compare what the exported file computes there with the run's model."""
    x, compared_on = sample_inputs(run)
    expected = np.asarray(predict(run.model, x, batch_size=len(x)))
    try:
        with TemporaryDirectory(prefix="hondo-export-") as scratch:
            inputs, outputs, answer = (Path(scratch) / name for name in ("inputs.npy", "outputs.npy", "answer.json"))
            np.save(inputs, x, allow_pickle=False)
            request = {"form": form, "model": str(_folder(run) / MODEL), "target": str(target), "inputs": str(inputs)}
            _ask_child(form, {**request, "outputs": str(outputs), "answer": str(answer)})
            computed, names = read_array(outputs), json.loads(answer.read_text(encoding="utf-8"))
    except OSError as error:
        raise cannot_write(target, error) from error
    gap = difference(list(computed), list(expected))
    if not gap <= MOST_DIFFERENT * max(1.0, float(np.abs(expected).max())):
        raise ModelError(
            tr(
                f"exported as {form}, the model computes something else (largest difference {gap:.2g})",
                f"exportado como {form}, el modelo calcula otra cosa (diferencia máxima: {gap:.2g})",
            ),
            tr("Nothing was written. Try another format.", "No se escribió nada. Pruebe otro formato."),
        )
    return gap, compared_on, len(x), names


def _ask_child(form: Format, request: dict[str, str]) -> None:
    """Run the child.

    Raises:
        ModelError: with the last thing that it said, if it fails.
    """
    home = str(Path(__file__).resolve().parents[3])
    paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
    chosen = {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-m", "hondo.experiments.export.child"],
        input=json.dumps(request),
        env={**os.environ, **chosen, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    last = lines[-1][:300] if lines else tr(f"exit code {done.returncode}", f"código de salida {done.returncode}")
    raise ModelError(
        tr(f"the model cannot be exported as {form}: {last}", f"el modelo no puede exportarse como {form}: {last}"),
        tr("--to keras and --to bundle still work.", "--to keras y --to bundle siguen funcionando."),
    )
