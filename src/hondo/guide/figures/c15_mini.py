"""Chapter 15, the network that comes with Hondo computed step by step: its layers are those of ``hondo.scratch``."""

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.scratch.layers.batch_normalization import statistics
from hondo.scratch.layers.convolution import convolve

Weights = dict[str, Any]
_EPSILON, _PART = 1e-3, 16


@cache
def trained() -> Weights:
    """The weights that come with Hondo, by name, without the classifier's."""
    from safetensors.numpy import load_file

    file = files("hondo.models.pretrained") / "hondo_mini.safetensors"
    found = {name: values.astype(np.float32) for name, values in load_file(str(file)).items()}
    return {name: values for name, values in found.items() if not name.startswith("classifier")}


@cache
def untrained(seed: int = 0) -> Weights:
    """Weights as they would be before any training: He's initialisation, normalisations that do nothing."""
    rng, made = np.random.default_rng(seed), {}
    for name, values in trained().items():
        if name.endswith("kernel"):
            fan = np.prod(values.shape[:3])
            made[name] = rng.normal(0, np.sqrt(2 / fan), values.shape).astype(np.float32)
        else:
            made[name] = np.full_like(values, 1 if name.endswith(("gamma", "variance")) else 0)
    return made


def blocks() -> list[tuple[str, list[str]]]:
    """The blocks from the pictures on, each with its layers that have weights; the stem belongs to the first."""
    layers = sorted({name.split("/")[0] for name in trained()})
    names = sorted({each.rsplit("_", 2)[0] for each in layers if each.startswith("stage") and "shortcut" not in each})
    stem = [each for each in layers if each.startswith("stem")]
    rows = [(name, [each for each in layers if each.startswith(name)]) for name in names]
    return [(rows[0][0], stem + rows[0][1]), *rows[1:]]


def each_block(pictures: Array, weights: Weights) -> list[FloatArray]:
    """The mean of every map behind each block: ``(pictures, channels)``, block by block.

    Args:
        pictures: uint8 ``(pictures, 32, 32, 3)``.
        weights: of :func:`trained` or :func:`untrained`.
    """
    parts = [_forward(pictures[start : start + _PART], weights, None) for start in range(0, len(pictures), _PART)]
    return [np.concatenate(each).astype(float) for each in zip(*parts, strict=True)]


def batch_statistics(pictures: Array, weights: Weights) -> Weights:
    """What each batch normalisation measures when the network sees a batch in training mode."""
    found: Weights = {}
    _forward(pictures, weights, found)
    return found


def _forward(pictures: Array, weights: Weights, found: Weights | None) -> list[FloatArray]:
    """Through the network; in training mode where ``found`` is given, which then receives the statistics."""

    def filtered(x: FloatArray, name: str, stride: int = 1) -> FloatArray:
        kernel = weights[f"{name}/kernel"]
        return convolve(x, kernel, np.zeros(kernel.shape[3], np.float32), stride, "same")

    def normalised(x: FloatArray, name: str) -> FloatArray:
        mean, variance = weights[f"{name}/moving_mean"], weights[f"{name}/moving_variance"]
        if found is not None:
            mean, variance = statistics(x)
            found[f"{name}/moving_mean"], found[f"{name}/moving_variance"] = mean, variance
        gain = weights[f"{name}/gamma"] / np.sqrt(variance + _EPSILON)
        return x * gain + (weights[f"{name}/beta"] - mean * gain)

    x = pictures.astype(np.float32) / np.float32(127.5) - 1
    x = np.maximum(normalised(filtered(x, "stem_conv"), "stem_norm"), 0)
    means: list[FloatArray] = []
    for name, layers in blocks():
        stride = 2 if f"{name}_conv_shortcut" in layers else 1
        out = np.maximum(normalised(filtered(x, f"{name}_conv_1", stride), f"{name}_norm_1"), 0)
        out = normalised(filtered(out, f"{name}_conv_2"), f"{name}_norm_2")
        if stride == 2:
            x = normalised(filtered(x, f"{name}_conv_shortcut", stride), f"{name}_norm_shortcut")
        x = np.maximum(x + out, 0)
        means.append(x.mean(axis=(1, 2)))
    return means
