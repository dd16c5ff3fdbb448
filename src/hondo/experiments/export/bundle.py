"""The parity bundle: a model with golden inputs and every number on their way to the outputs.

Whoever carries the model to another language compares, step by step, and knows where the two part. The files are
PNG, CSV, JSON and ``.npy``, which can be read without Hondo.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from hondo.core.arrays import Array
from hondo.core.backend import keras
from hondo.core.environment import describe_environment
from hondo.core.errors import DataError, HondoError, ModelError
from hondo.core.files import atomic_folder, cannot_write, write_atomically
from hondo.core.language import LANGUAGES, tr, use_language
from hondo.data.preprocessor import Preprocessor
from hondo.engine.evaluate import predict
from hondo.experiments.device import device_name
from hondo.experiments.export.container import MANIFEST, MODEL, pack
from hondo.experiments.export.fingerprint import file_digest, fingerprints
from hondo.experiments.export.golden import Golden, choose, csv_text, read_inputs, write_inputs
from hondo.experiments.export.guide import guide, step_text
from hondo.experiments.export.hypotheses import final_outputs
from hondo.experiments.export.manifest import FORMAT, VERSION
from hondo.experiments.export.stages import alike, model_inputs, prepared_steps
from hondo.experiments.export.verify import Verification, verify_bundle
from hondo.experiments.run import PREPROCESS, Run, held_out, load_samples

OUTPUTS, OUTPUTS_CSV, CLASSES, GUIDE = "outputs.npy", "outputs.csv", "classes.json", "README.md"


def write_bundle(run: Run, path: Path) -> Verification:
    """Write the bundle of a run, whole or not at all, after verifying it.

    Args:
        run: with its folder and its data.
        path: a zip if it ends so, else a folder; the caller decides before whether what is there may go.

    Returns:
        What verifying it has shown: how much each step differed when it was computed again.

    Raises:
        DataError: if the run's data are no longer there.
        ModelError: if the model does not compute the same twice.
        StoreError: if it cannot be written.
    """
    golden, split, target = golden_samples(run)
    if path.suffix.lower() != ".zip":
        with atomic_folder(path) as folder:
            return _written(run, folder, golden, split, target)
    try:
        with TemporaryDirectory(prefix="hondo-bundle-") as folder:
            found = _written(run, Path(folder), golden, split, target)
            pack(Path(folder), path)
    except OSError as error:
        raise cannot_write(path, error) from error
    return found


def _written(run: Run, folder: Path, golden: Golden, split: str, target: str) -> Verification:
    """Write a bundle's folder and verify it."""
    _write(run, folder, golden, split, target)
    found = verify_bundle(folder)
    if found.first is not None:
        name, detail = found.first.name, found.first.detail
        raise ModelError(
            tr(
                f"computed again, {name} gives other numbers {detail}",
                f"al repetir el cálculo, {name} da otros números {detail}",
            ),
            tr(
                "A bundle needs a model that gives the same outputs each time.",
                "Un paquete necesita un modelo que dé siempre las mismas salidas.",
            ),
        )
    return found


def golden_samples(run: Run) -> tuple[Golden, str, str]:
    """Golden inputs of a run, the split that they are from, and what is predicted.

    Raises:
        DataError: if the data are no longer there, or no longer those of the training.
    """
    try:
        dataset = run.dataset or load_samples(run.spec)
        name, split = held_out(dataset)
        golden = choose(dataset, split, run.spec, lambda raw: run.predict(raw).outputs.max(axis=1))
        model_inputs(run.preprocessor, golden.raws[:1])
    except HondoError as error:
        raise DataError(
            tr(
                f"the data of {run.name} cannot be read any more, and a bundle needs some of them: {error.message}",
                f"ya no se pueden leer los datos de {run.name}, y un paquete necesita algunos: {error.message}",
            ),
            tr(
                "Put them back where they were; --to keras works without them.",
                "Devuélvalos a su sitio; --to keras funciona sin ellos.",
            ),
        ) from error
    features = dataset.features if dataset.kind == "table" else ()
    if dataset.classes != run.preprocessor.classes or features != run.preprocessor.features:
        raise DataError(
            tr(
                f"the data of {run.name} have other classes or columns now than in training",
                f"los datos de {run.name} tienen ahora otras clases o columnas que en el entrenamiento",
            ),
            tr("Put the old data back.", "Recupere los datos de antes."),
        )
    run.dataset = dataset
    return golden, name, dataset.target


def _write(run: Run, folder: Path, golden: Golden, split: str, target: str) -> None:
    """Write all files of a bundle into a folder."""
    preprocessor = run.preprocessor
    if run.folder is None:
        raise ValueError("a run without a folder has no model to bundle")
    shutil.copyfile(run.folder / MODEL, folder / MODEL)
    preprocessor.save(folder / PREPROCESS)
    write_atomically(folder / CLASSES, json.dumps(list(preprocessor.classes), ensure_ascii=False) + "\n")
    names = write_inputs(folder, golden.raws, preprocessor)
    raws = read_inputs(folder, names, preprocessor)
    steps = [("read", write_samples(folder, "steps/0-read", raws))]
    for name, samples in prepared_steps(preprocessor, raws).items():
        steps.append((name, write_samples(folder, f"steps/{len(steps)}-{name}", samples)))
    steps += _write_outputs(run, folder, model_inputs(preprocessor, raws), len(steps))
    write_atomically(folder / GUIDE, guide(run.name, preprocessor, [name for name, _ in steps]))
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "run": run.name,
        "status": run.status,
        "task": preprocessor.task,
        "kind": preprocessor.kind,
        "classes": list(preprocessor.classes),
        "target": target,
        "split": split,
        "made_with": _made_with(),
        "samples": [_sample(place, names, golden, preprocessor) for place in range(len(raws))],
        "steps": [{"name": name, "file": file, "about": _about(name, preprocessor)} for name, file in steps],
        "weights": [asdict(each) for each in fingerprints(run.model)],
        "files": _digests(folder),
    }
    write_atomically(folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _write_outputs(run: Run, folder: Path, x: Array, number: int) -> list[tuple[str, str]]:
    """Write what the model gives and, where that is something else, what a reader is given."""
    raw = np.asarray(predict(run.model, x, batch_size=len(x)))
    outputs = final_outputs(raw, run.preprocessor)
    steps = []
    if outputs.shape != raw.shape or not np.array_equal(outputs, raw):
        steps.append(("model", write_samples(folder, f"steps/{number}-model", list(raw))))
    np.save(folder / OUTPUTS, outputs, allow_pickle=False)
    heads = run.preprocessor.classes or [f"output_{place}" for place in range(outputs.shape[1])]
    write_atomically(folder / OUTPUTS_CSV, csv_text(heads, (map(repr, row) for row in outputs.tolist())))
    return [*steps, ("outputs" if steps else "model", OUTPUTS)]


def write_samples(folder: Path, stem: str, samples: Sequence[Array]) -> str:
    """Write samples as one ``.npy``, or where their shapes differ as an ``.npz`` with an array each.

    Returns:
        The file's name in the folder.
    """
    (folder / stem).parent.mkdir(parents=True, exist_ok=True)
    if alike(samples, [samples[0]] * len(samples)):
        np.save(folder / f"{stem}.npy", np.stack(samples), allow_pickle=False)
        return f"{stem}.npy"
    named: dict[str, Any] = {f"{place:02}": sample for place, sample in enumerate(samples)}
    np.savez_compressed(folder / f"{stem}.npz", **named)
    return f"{stem}.npz"


def _sample(place: int, names: Sequence[str], golden: Golden, preprocessor: Preprocessor) -> dict[str, Any]:
    y = golden.y[place]
    target = preprocessor.classes[int(y)] if preprocessor.classes else np.ravel(y).astype(float).tolist()
    row = 0 if names[place].endswith(".png") else place
    return {
        "input": names[place],
        "row": row,
        "place": golden.places[place],
        "target": target,
        "reduced": golden.reduced[place],
    }


def _about(name: str, preprocessor: Preprocessor) -> dict[str, str]:
    texts = {}
    for language in LANGUAGES:
        with use_language(language):
            texts[language] = step_text(name, preprocessor)
    return texts


def _made_with() -> dict[str, Any]:
    found = describe_environment(device_name()).written()
    kept = ("hondo", "python", "packages", "backend", "device")
    return {**{key: found[key] for key in kept}, "keras": keras.__version__}


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    return {file.relative_to(folder).as_posix(): file_digest(file) for file in files}
