"""Held-out samples one by one: those of a cell of the confusion matrix, the worst mistakes, any one by its number."""

from typing import Any

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.experiments.evaluation import ClassificationEvaluation, Deviation, Mistake
from hondo.experiments.report.view import are_pictures
from hondo.explain.pictures import array_png, sample_png
from hondo.explain.subject import Subject, short_path

THUMBNAIL = 96
MOST_SHOWN = 60
_MOST_FEATURES = 40


def cell(subject: Subject, true: int, predicted: int, start: int = 0, most: int = MOST_SHOWN) -> dict[str, Any]:
    """The samples of one class that were taken for another (or the same), the surest first.

    Args:
        subject: a run that tells classes apart.
        true: the number of their class.
        predicted: the number of the class that the model chose.
        start: how many to leave out, for those that come after.
        most: at most so many.

    Returns:
        ``split``, ``of`` (how many samples were looked at), ``total`` (how many are in the cell) and ``samples``, see
        :func:`sample`.
    """
    outputs, targets = subject.outputs, subject.targets
    chosen = np.flatnonzero((targets == true) & (outputs.argmax(axis=1) == predicted))
    order = chosen[np.argsort(-outputs[chosen, predicted], kind="stable")]
    shown = order[start : start + min(most, MOST_SHOWN)]
    return {
        "split": subject.held[0],
        "of": len(targets),
        "total": len(chosen),
        "samples": [sample(subject, int(index), outputs[index]) for index in shown],
    }


def worst(subject: Subject, most: int = 24) -> dict[str, Any]:
    """The worst mistakes: the surest wrong answers, or the largest errors.

    Returns:
        ``split``, ``total`` (how many mistakes there are; of numbers, how many samples), ``changed`` (whether the data
        are not those any more that the run was evaluated on) and ``samples``, the worst first, each with its ``error``
        where numbers are predicted.
    """
    evaluation, (name, split) = subject.evaluation, subject.held
    found, changed = [], len(split) != evaluation.samples
    for each in evaluation.worst[:most]:
        if each.index >= len(split):
            continue
        true = np.asarray(split.y[each.index]).reshape(-1)
        changed = changed or not np.allclose(true, each.true, equal_nan=True)
        told = _mistake(subject, each) if isinstance(each, Mistake) else _deviation(each)
        found.append(_seen(subject, each.index) | told)
    total = evaluation.mistakes if isinstance(evaluation, ClassificationEvaluation) else evaluation.samples
    return {"split": name, "total": total, "changed": changed, "samples": found}


def sample(subject: Subject, index: int, output: FloatArray | None = None) -> dict[str, Any]:
    """One held-out sample and what the model says of it.

    Args:
        subject: the run.
        index: its number in the held-out split.
        output: the model's output for it, if that is known.

    Returns:
        ``index``, ``picture`` (PNG) and ``sharp`` (whether its pixels may be seen), or ``row`` (names and values), or
        neither; ``path``; ``true`` and ``predicted`` in words; for classes ``right``, ``probability`` (of the chosen
        class) and ``probability_of_true``.

    Raises:
        DataError: there is no such sample.
    """
    seen = _seen(subject, index)
    if output is None:
        known = index < len(subject.outputs)
        output = subject.outputs[index] if known else subject.run.predict(subject.raw(index)).outputs[0]
    return seen | _told(subject, subject.held[1].y[index], np.asarray(output))


def _seen(subject: Subject, index: int) -> dict[str, Any]:
    raw, split = subject.raw(index), subject.held[1]
    path = short_path(split.paths[index]) if split.paths else ""
    return {"index": index, "path": path, **shown_raw(subject, raw)}


def _mistake(subject: Subject, mistake: Mistake) -> dict[str, Any]:
    classes = subject.run.preprocessor.classes
    return {
        "true": classes[mistake.true],
        "predicted": classes[mistake.predicted],
        "right": False,
        "probability": mistake.probability,
        "probability_of_true": mistake.probability_of_true,
    }


def _deviation(deviation: Deviation) -> dict[str, Any]:
    true, predicted = _listed(np.array(deviation.true)), _listed(np.array(deviation.predicted))
    return {"true": true, "predicted": predicted, "error": deviation.error}


def shown_raw(subject: Subject, raw: Array, longest: int = THUMBNAIL) -> dict[str, Any]:
    """A raw sample ``(1, …)`` as a reader can see it: ``picture``, ``sharp`` and ``line``, or ``row``."""
    preprocessor = subject.run.preprocessor
    if preprocessor.kind == "table":
        return {"row": row_of(subject, raw[0])[:_MOST_FEATURES]}
    if preprocessor.kind == "image" and are_pictures(raw):
        return {"picture": sample_png(raw[0], longest), "sharp": max(raw.shape[1:3]) < longest}
    picture, line = array_png(np.asarray(raw[0], np.float64))
    return {"picture": picture, "sharp": True, "line": line}


def row_of(subject: Subject, raw: FloatArray) -> list[tuple[str, str]]:
    """A row of a table ``(features,)`` in words; "" where a value is missing."""
    told = []
    for column, value in zip(subject.run.preprocessor.features, raw.tolist(), strict=True):
        if np.isnan(value):
            told.append((column.name, ""))
        elif column.kind == "category":
            told.append((column.name, column.categories[int(value)]))
        else:
            told.append((column.name, f"{value:.10g}"))
    return told


def _told(subject: Subject, true: Any, output: FloatArray) -> dict[str, Any]:
    preprocessor = subject.run.preprocessor
    if preprocessor.task == "classification":
        number, chosen = int(true), int(output.argmax())
        if number >= len(preprocessor.classes):
            raise DataError(
                tr("the data have other classes than the run knows", "los datos tienen otras clases que el experimento")
            )
        return {
            "true": preprocessor.classes[number],
            "predicted": preprocessor.classes[chosen],
            "right": number == chosen,
            "probability": float(output[chosen]),
            "probability_of_true": float(output[number]),
        }
    return {"true": _listed(np.asarray(true).reshape(-1)), "predicted": _listed(np.asarray(output).reshape(-1))}


def _listed(values: FloatArray) -> str:
    return "; ".join(f"{value:.4g}" for value in values.tolist())
