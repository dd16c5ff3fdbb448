"""The reader's own inputs: what a row may hold, what a drawing, a picture or a row becomes, and the answer."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError, HondoError
from hondo.core.language import tr
from hondo.data.columns import ranges
from hondo.data.pictures import decode_picture, inspect_picture
from hondo.data.pixels import resize_picture
from hondo.data.rows import read_rows
from hondo.experiments.predict import Predictions, raw_inputs
from hondo.experiments.report.wording import count
from hondo.explain.activations import described, thinned
from hondo.explain.drawing import as_sample, read_drawing
from hondo.explain.pictures import array_png, sample_png
from hondo.explain.samples import row_of, shown_raw
from hondo.explain.subject import Subject

MOST_PIXELS = 50_000_000
MOST_ROWS = 10_000
_MOST_CATEGORIES = 500
_STEPS = 200  # a slider's
_SHOWN = 224


def form(subject: Subject) -> dict[str, Any]:
    """What a row of the run's table may hold, for a form to fill in.

    Returns:
        ``features``: for each its ``name``, ``kind`` (``number`` or ``category``), ``value`` (a common one), and
        ``low``, ``high`` and ``step``, or ``categories``; ``known``: whether the ranges are those of the training data.
    """
    preprocessor = subject.run.preprocessor
    try:
        found = ranges([subject.dataset.train.x])
        low, high = found.minimum, found.maximum
        known = True
    except HondoError:
        low, high = _guessed(subject)
        known = False
    features = []
    for place, step in enumerate(preprocessor.columns):
        if step.column.kind == "category":
            names = [step.column.categories[code] for code in step.codes][:_MOST_CATEGORIES]
            features.append(
                {
                    "name": step.column.name,
                    "kind": "category",
                    "categories": names,
                    "value": names[0] if names else "",
                }
            )
            continue
        features.append({"name": step.column.name, "kind": "number"} | _scale(low[place], high[place], step.fill))
    return {"features": features, "known": known}


def example(subject: Subject, index: int) -> dict[str, Any]:
    """One held-out sample to begin with.

    Returns:
        ``index``, ``count`` (how many there are), ``split``, ``true`` in words, and ``row`` (name to text; "" where a
        value is missing) or ``picture``.
    """
    name, split = subject.held
    index %= max(1, len(split))
    raw = subject.raw(index)
    preprocessor = subject.run.preprocessor
    target = np.asarray(split.y[index]).reshape(-1)
    true = preprocessor.classes[int(target[0])] if preprocessor.classes else "; ".join(f"{v:.4g}" for v in target)
    shown: dict[str, Any] = {"index": index, "count": len(split), "split": name, "true": true}
    return shown | (
        {"row": dict(row_of(subject, raw[0]))} if preprocessor.kind == "table" else shown_raw(subject, raw, _SHOWN)
    )


def ask(subject: Subject, given: Mapping[str, Any], *, activations: bool = True) -> dict[str, Any]:
    """What the run makes of one input.

    Args:
        subject: the run.
        given: one of ``drawing`` (a PNG as a ``data:`` address), ``picture`` (a file's bytes), ``row`` (name to value),
            ``array`` (nested numbers) and ``sample`` (the number of a held-out one).
        activations: whether to look into the layers.

    Returns:
        ``classes`` and ``shares``, or ``numbers`` (name and value); ``seen``, see :func:`seen`; ``activations``, see
        :func:`hondo.explain.activations.described`, with ``left_out``, how many layers are not among them; for a
        held-out sample all of :func:`example`.

    Raises:
        DataError: the input does not fit.
    """
    raw = raw_input(subject, given)
    preprocessor = subject.run.preprocessor
    prepared = preprocessor.apply(raw)
    found = subject.run.predict(raw)
    answer: dict[str, Any] = {"seen": seen(subject, prepared), "activations": [], "left_out": 0, **_answers(found)}
    if "sample" in given:
        answer |= example(subject, int(given["sample"]))
    if activations:
        try:
            found = subject.probe(prepared)
            shown = thinned(found)
            answer |= {"activations": [described(each) for each in shown], "left_out": len(found) - len(shown)}
        except HondoError as error:
            answer["refused"] = error.message
    return answer


def rows(subject: Subject, content: str | bytes, most: int = 500) -> dict[str, Any]:
    """What the run says of many rows, given as CSV with the names of the columns on top.

    Returns:
        ``columns``: what the answers are called; ``answers``: texts for each row, at most ``most``; ``total``.

    Raises:
        DataError: it is no such table, or lacks a column.
    """
    text = _decoded(content) if isinstance(content, bytes) else content
    table = read_rows(io.StringIO(text))
    if len(table) > MOST_ROWS:
        raise DataError(
            tr(f"these are {count(len(table))} rows", f"son {count(len(table))} filas"),
            tr(f"At most {count(MOST_ROWS)} at once.", f"Como máximo {count(MOST_ROWS)} a la vez."),
        )
    found = subject.run.predict(table)
    if found.classes:
        columns = [tr("class", "clase"), tr("probability", "probabilidad")]
        answers = [
            [label, f"{share:.4f}"] for label, share in zip(found.labels, found.outputs.max(axis=1), strict=True)
        ]
    else:
        columns = [name for name, _ in _named(found, found.outputs[0])]
        answers = [[f"{value:.6g}" for value in row] for row in found.outputs.tolist()]
    return {"columns": columns, "answers": answers[:most], "total": len(answers)}


def raw_input(subject: Subject, given: Mapping[str, Any]) -> Array:
    """The raw sample ``(1, …)`` of which :func:`ask` speaks.

    Raises:
        DataError: it does not fit the run.
    """
    preprocessor = subject.run.preprocessor
    if "sample" in given:
        return subject.raw(int(given["sample"]) % max(1, len(subject.held[1])))
    if "row" in given:
        return raw_inputs(dict(given["row"]), preprocessor)
    if "array" in given:
        return raw_inputs(np.asarray(given["array"]), preprocessor)[:1]
    if preprocessor.kind != "image":
        raise DataError(tr("this model was not trained on pictures", "este modelo no se entrenó con imágenes"))
    if "drawing" in given:
        raw = as_sample(read_drawing(str(given["drawing"])), preprocessor.raw_shape)
    else:
        raw = _from_file(given["picture"], preprocessor.raw_shape)
    if given.get("inverted"):
        raw = 255 - raw
    return raw if preprocessor.raw_dtype == "uint8" else raw.astype(preprocessor.raw_dtype)


def seen(subject: Subject, prepared: FloatArray) -> dict[str, Any]:
    """What the network really gets, of one prepared sample ``(1, …)``.

    Returns:
        ``shape``, ``low`` and ``high``; ``picture`` (PNG) with ``sharp``, or ``row`` (name and value).
    """
    preprocessor, values = subject.run.preprocessor, prepared[0]
    facts: dict[str, Any] = {
        "shape": tuple(values.shape),
        "low": float(values.min(initial=0.0)),
        "high": float(values.max(initial=0.0)),
    }
    if preprocessor.kind == "table":
        names = preprocessor.feature_names_out
        return facts | {"row": [(name, float(value)) for name, value in zip(names, values.reshape(-1), strict=True)]}
    shaped = values.reshape(preprocessor.encoded_shape)
    if preprocessor.kind == "image" and shaped.shape[-1] in (1, 3):
        return facts | {"picture": sample_png(shaped, _SHOWN), "sharp": max(shaped.shape[:2]) < 64}
    picture, line = array_png(shaped)
    return facts | {"picture": picture, "sharp": True, "line": line}


def _answers(found: Predictions) -> dict[str, Any]:
    if found.classes:
        return {"classes": list(found.classes), "shares": [float(share) for share in found.outputs[0]]}
    return {"numbers": _named(found, found.outputs[0])}


def _named(found: Predictions, values: FloatArray) -> list[tuple[str, float]]:
    names: Sequence[str] = found.targets or ([""] if len(values) == 1 else [str(n + 1) for n in range(len(values))])
    return [(name, float(value)) for name, value in zip(names, values, strict=True)]


def _from_file(content: bytes, shape: tuple[int, ...]) -> Array:
    name = tr("the picture", "la imagen")
    height, width = inspect_picture(content, name).size
    if height * width > MOST_PIXELS:
        raise DataError(
            tr(
                f"the picture has too many pixels ({width} × {height})",
                f"la imagen es demasiado grande: {width} × {height}",
            )
        )
    picture = decode_picture(content, name, 1 if shape[2] == 1 else 3)
    return resize_picture(picture, (shape[0], shape[1]))[None]


def _decoded(content: bytes) -> str:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(tr("this is not text", "esto no es texto"))
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "latin-1"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError(tr("this is not text", "esto no es texto"))


def _scale(low: float, high: float, value: float) -> dict[str, Any]:
    """A slider's ends and step, in round numbers, and where it begins."""
    if not (np.isfinite(low) and np.isfinite(high)):
        low, high = value - 1.0, value + 1.0
    if low == high:
        low, high = low - 1.0, high + 1.0
    power = 10.0 ** np.floor(np.log10((high - low) / _STEPS))
    step = next(power * factor for factor in (1, 2, 5, 10) if (high - low) / (power * factor) <= _STEPS)
    low, high = np.floor(low / step) * step, np.ceil(high / step) * step
    return {name: float(f"{each:.10g}") for name, each in zip(("low", "high", "step", "value"),
                                                             (low, high, step, value), strict=True)}  # fmt: skip


def _guessed(subject: Subject) -> tuple[FloatArray, FloatArray]:
    """Ends for each raw column where the data are gone: two deviations around the mean, or around what is filled in."""
    preprocessor, places = subject.run.preprocessor, subject.run.preprocessor.column_places
    low, high = np.full(len(preprocessor.columns), np.nan), np.full(len(preprocessor.columns), np.nan)
    for place, step in enumerate(preprocessor.columns):
        if step.column.kind == "number":
            middle, spread = step.fill, max(1.0, abs(step.fill))
            if preprocessor.mean:
                middle, spread = (
                    values[places[step.column.name][0]] for values in (preprocessor.mean, preprocessor.std)
                )
            low[place], high[place] = middle - 2 * spread, middle + 2 * spread
    return low, high
