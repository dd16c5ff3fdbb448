"""Learning the preprocessing that a spec asks for from the training samples, and from nothing else."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hondo.core.arrays import Array, ArraySource, FloatArray
from hondo.core.errors import DataError, SpecError
from hondo.core.language import tr
from hondo.core.spec import PreprocessSpec
from hondo.data.columns import complete_rows, fit_columns, known_codes, missing_values, refuse_missing
from hondo.data.damage import Fallible, damaged_rows
from hondo.data.dataset import Dataset, Split
from hondo.data.moments import Moments, moments
from hondo.data.preprocessor import LazyPreprocessed, Preprocessor, load_preprocessor

__all__ = ["LazyPreprocessed", "Preprocessor", "drop_rows", "fit_preprocessor", "load_preprocessor"]

_CHUNK_VALUES = 2**19
_SHOWN = 10


def fit_preprocessor(spec: PreprocessSpec, dataset: Dataset) -> Preprocessor:
    """Learn the steps of ``spec`` from the training samples of ``dataset``.

    Args:
        spec: which steps.
        dataset: raw data; only ``dataset.train`` is read. With ``missing: drop``, pass it through
            :func:`drop_rows` first; rows that have gaps are not learnt from.

    Raises:
        SpecError: if a step does not fit the kind of data or the task.
        DataError: if values are missing that must not be.
    """
    _check(spec, dataset)
    train = dataset.train
    notes: list[str] = []
    columns = ()
    if dataset.kind == "table":
        if spec.missing == "drop":
            train = _complete(train)
        elif spec.missing == "refuse":
            hint = tr("Choose another preprocess.missing to go on.", "Elija otro preprocess.missing para continuar.")
            refuse_missing(train.x, dataset.features, hint)
        columns = fit_columns(train.x, dataset.features, spec.missing or "median")
        notes += _column_notes(dataset, train)
    elif dataset.kind == "image" and spec.greyscale and dataset.input_shape[2] == 1:
        notes.append(tr("The pictures are grey already.", "Las imágenes ya están en gris."))
    fitted = Preprocessor(
        spec=spec,
        task=dataset.task,
        kind=dataset.kind,
        raw_shape=dataset.input_shape,
        raw_dtype=str(train.x.dtype),
        classes=dataset.classes,
        features=dataset.features if dataset.kind == "table" else (),
        targets=dataset.targets,
        outputs=len(dataset.classes) if dataset.task == "classification" else int(np.prod(train.y.shape[1:])),
        columns=columns,
    )
    learnt = {}
    if spec.standardise != "none":
        found = moments(_chunks(fitted, train.x), _axes(fitted))
        learnt |= {"mean": _flat(found.mean), "std": _flat(np.where(found.std == 0, 1.0, found.std))}
        notes += _constant_notes(found, fitted)
    if spec.target == "standardise":
        found = moments([train.y.reshape(len(train), -1)], (0,))
        learnt |= {"target_mean": _flat(found.mean), "target_std": _flat(np.where(found.std == 0, 1.0, found.std))}
    return fitted.model_copy(update={**learnt, "notes": tuple(notes)})


def drop_rows(dataset: Dataset) -> Dataset:
    """The table without the rows that have missing values, in every split, and a note of how many went.

    Raises:
        DataError: if no row of a split is complete.
    """
    splits = {name: _complete(part) for name, part in dataset.splits.items()}
    gone = {name: len(part) - len(splits[name]) for name, part in dataset.splits.items()}
    if not any(gone.values()):
        return dataset
    listed = ", ".join(f"{name} {count}" for name, count in gone.items() if count)
    note = tr(f"Rows with missing values, dropped: {listed}.", f"Filas con valores ausentes, descartadas: {listed}.")
    return replace(dataset, **splits).with_notes(note)


def _complete(part: Split) -> Split:
    complete = complete_rows(part.x)
    if not complete.any():
        raise DataError(
            tr("every row has a missing value", "a todas las filas les falta algún valor"),
            tr("Choose preprocess.missing: median, mean or zero.", "Elija preprocess.missing: median, mean o zero."),
        )
    return part if complete.all() else part.take(np.flatnonzero(complete))


def _check(spec: PreprocessSpec, dataset: Dataset) -> None:
    """Refuse steps that do not fit the kind of data or the task."""
    pixels = dataset.kind == "image" or (dataset.kind == "array" and dataset.train.x.dtype == np.uint8)
    table, image = dataset.kind == "table", dataset.kind == "image"
    pictures, tables = tr("pictures", "imágenes"), tr("tables", "tablas")
    classes, numbers = tr("classification", "clasificación"), tr("regression", "regresión")
    misfits = {
        "missing": (spec.missing is not None and not table, tables),
        "categories": (spec.categories is not None and not table, tables),
        "greyscale": (spec.greyscale and not image, pictures),
        "resize": (spec.resize is not None and not image, pictures),
        "scale": (spec.scale != "none" and not pixels, tr("pixels from 0 to 255", "píxeles de 0 a 255")),
        "standardise": (spec.standardise == "channel" and table, pictures),
    }
    for key, (misfit, wanted) in misfits.items():
        if misfit:
            here = {"table": tr("a table", "una tabla"), "image": pictures, "array": tr("arrays", "arrays")}[
                dataset.kind
            ]
            raise SpecError(
                tr(
                    f"'preprocess.{key}' is for {wanted}, not for {here}",
                    f"'preprocess.{key}' es para {wanted}, no para {here}",
                ),
                tr("Remove that key.", "Quite esa clave.")
                + (
                    tr(" Tables have standardise: feature.", " Las tablas tienen standardise: feature.")
                    if table
                    else ""
                ),
            )
    needs = {"integer": "classification", "one-hot": "classification", "standardise": "regression"}.get(
        spec.target or ""
    )
    if needs is not None and needs != dataset.task:
        wanted = classes if needs == "classification" else numbers
        raise SpecError(
            tr(
                f"'preprocess.target: {spec.target}' is for {wanted}",
                f"'preprocess.target: {spec.target}' es para {wanted}",
            ),
            tr("Remove that key.", "Quite esa clave."),
        )


def _chunks(fitted: Preprocessor, x: ArraySource) -> Iterator[Array]:
    """The training inputs as far as they are prepared before standardising, a part at a time."""
    rows = max(1, _CHUNK_VALUES // max(int(np.prod(fitted.encoded_shape)), int(np.prod(fitted.raw_shape))))
    for start in range(0, len(x), rows):
        index = np.arange(start, min(start + rows, len(x)))
        chunk = x[index] if isinstance(x, Fallible) else x[start : start + rows]
        damaged = damaged_rows(x, index)
        if not damaged.all():
            yield fitted.before_standardising(chunk[~damaged] if damaged.any() else chunk)


def _axes(fitted: Preprocessor) -> tuple[int, ...]:
    """Over which axes of a batch the mean is taken: samples, and for channels all but the last."""
    return tuple(range(len(fitted.encoded_shape))) if fitted.spec.standardise == "channel" else (0,)


def _flat(values: FloatArray) -> tuple[float, ...]:
    return tuple(values.ravel().tolist())


def _column_notes(dataset: Dataset, train: Split) -> list[str]:
    """Columns without any value in training, and categories that occur in other splits only."""
    notes, known = [], known_codes(train.x, dataset.features)
    gaps = missing_values(train.x)
    empty = [column.name for column, count in zip(dataset.features, gaps, strict=True) if count == len(train)]
    if empty:
        listed = ", ".join(empty)
        notes.append(
            tr(f"Columns without values in training: {listed}.", f"Columnas sin valores en el entrenamiento: {listed}.")
        )
    others = [known_codes(part.x, dataset.features) for name, part in dataset.splits.items() if name != "train"]
    for index, column in enumerate(dataset.features):
        if column.kind == "category" and others:
            codes = np.setdiff1d(np.concatenate([each[index] for each in others]), known[index])
            names = [column.categories[int(code)] for code in codes]
            if names:
                listed = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
                text = f"Categories of {column.name!r} that training does not show, so unknown to the model: {listed}."
                texto = f"Categorías de {column.name!r} ausentes del entrenamiento, que el modelo desconoce: {listed}."
                notes.append(tr(text, texto))
    return notes


def _constant_notes(found: Moments, fitted: Preprocessor) -> list[str]:
    """Features whose training values are all equal, which standardising can only centre."""
    constant = np.flatnonzero(found.std.ravel() == 0)
    if not len(constant):
        return []
    names = [fitted.feature_names_out[index] for index in constant[:_SHOWN]] if fitted.kind == "table" else []
    listed = f" ({', '.join(names)}{' …' if len(constant) > _SHOWN else ''})" if names else ""
    text = f"Features with a single value in training, centred but not scaled: {len(constant)}{listed}."
    texto = f"Características con un solo valor en el entrenamiento, centradas sin escalar: {len(constant)}{listed}."
    return [tr(text, texto)]
