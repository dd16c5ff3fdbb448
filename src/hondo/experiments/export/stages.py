"""The preprocessing one step at a time, so that the step in which two programs part can be named.

Every step is computed by the :class:`~hondo.data.preprocessor.Preprocessor` itself, cut off after that step: what is
written down here is what the model is fed, not a second opinion of it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.data.preprocessor import Preprocessor

STEPS = ("columns", "greyscale", "resize", "scale", "standardise", "flatten")
"""Every step that a preprocessing may have, in the order in which they run."""

Samples = Sequence[Array]
"""Raw samples or those after a step, one array each, since pictures may differ in size before they are resized."""


def step_names(preprocessor: Preprocessor) -> tuple[str, ...]:
    """The steps that change something, in order."""
    spec, image = preprocessor.spec, preprocessor.kind == "image"
    present = {
        "columns": preprocessor.kind == "table",
        "greyscale": image and spec.greyscale and preprocessor.raw_shape[2] > 1,
        "resize": image and spec.resize is not None,
        "scale": spec.scale != "none",
        "standardise": bool(preprocessor.mean),
        "flatten": spec.flatten,
    }
    return tuple(name for name in STEPS if present[name])


def prepared_steps(preprocessor: Preprocessor, raws: Samples) -> dict[str, list[FloatArray]]:
    """The samples after each step, by the step's name.

    Args:
        preprocessor: what was fitted in training.
        raws: raw samples, each as the model's preprocessing takes it.

    Returns:
        For each of :func:`step_names`, one float32 array a sample.

    Raises:
        DataError: if a sample does not fit.
    """
    names = step_names(preprocessor)
    return {name: apply_until(preprocessor, names[: place + 1], raws) for place, name in enumerate(names)}


def model_inputs(preprocessor: Preprocessor, raws: Samples) -> FloatArray:
    """What the model is fed: float32 ``(samples, *input_shape)``."""
    return np.concatenate([preprocessor.apply(np.asarray(raw)[np.newaxis]) for raw in raws])


def apply_until(preprocessor: Preprocessor, names: Sequence[str], raws: Samples) -> list[FloatArray]:
    """The samples after the first steps only.

    Args:
        preprocessor: what was fitted.
        names: the steps to take; the others are left out.
        raws: raw samples.
    """
    prepared = []
    for raw in raws:
        raw = np.asarray(raw)
        shape = raw.shape if preprocessor.kind == "image" else preprocessor.raw_shape
        prepared.append(_cut(preprocessor, names, shape).apply(raw[np.newaxis])[0])
    return prepared


def _cut(preprocessor: Preprocessor, names: Sequence[str], raw_shape: tuple[int, ...]) -> Preprocessor:
    """The preprocessor with these steps only, for samples of this shape."""
    fields: dict[str, Any] = {name: getattr(preprocessor, name) for name in type(preprocessor).model_fields}
    left_out: dict[str, Any] = {"greyscale": False, "resize": None, "scale": "none", "standardise": "none"}
    changes = {name: value for name, value in {**left_out, "flatten": False}.items() if name not in names}
    fields |= {"spec": preprocessor.spec.model_copy(update=changes), "raw_shape": raw_shape}
    if "standardise" not in names:
        fields |= {"mean": (), "std": ()}
    return Preprocessor.model_construct(**fields)


def alike(first: Samples, second: Samples) -> bool:
    """Whether two lists of samples have the same shapes."""
    return [np.shape(each) for each in first] == [np.shape(each) for each in second]


def difference(first: Samples, second: Samples) -> float:
    """The largest absolute difference between two lists of samples; infinite where shapes or missing values differ."""
    if len(first) != len(second) or not alike(first, second):
        return float("inf")
    largest = 0.0
    for one, other in zip(first, second, strict=True):
        one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        if not same.all():
            with np.errstate(invalid="ignore"):
                gap = np.abs(one - other)[~same].max()
            largest = max(largest, float("inf") if np.isnan(gap) else float(gap))
    return largest
