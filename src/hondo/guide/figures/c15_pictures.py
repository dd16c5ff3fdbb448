"""Chapter 15, its pictures: drawings of kinds that hondo_mini has never seen, digits, and a photograph."""

from functools import cache

import cv2
import numpy as np

from hondo.core.arrays import Array, FloatArray, IntArray
from hondo.core.language import tr

OUTLINES = {
    "house": [(-0.8, 1), (-0.8, -0.1), (0, -1), (0.8, -0.1), (0.8, 1)],
    "hourglass": [(-0.8, -1), (0.8, -1), (0.15, 0), (0.8, 1), (-0.8, 1), (-0.15, 0)],
    "L": [(-0.6, -1), (-0.1, -1), (-0.1, 0.5), (0.7, 0.5), (0.7, 1), (-0.6, 1)],
    "T": [(-0.8, -1), (0.8, -1), (0.8, -0.5), (0.25, -0.5), (0.25, 1), (-0.25, 1), (-0.25, -0.5), (-0.8, -0.5)],
    "U": [(-0.8, -1), (-0.3, -1), (-0.3, 0.5), (0.3, 0.5), (0.3, -1), (0.8, -1), (0.8, 1), (-0.8, 1)],
    "chevron": [(-0.9, -1), (0, -1), (0.9, 0), (0, 1), (-0.9, 1), (0, 0)],
    "fish": [(-1, -0.6), (-0.45, -0.1), (0.3, -0.6), (1, 0), (0.3, 0.6), (-0.45, 0.1), (-1, 0.6)],
    "H": [
        (-0.8, -1), (-0.3, -1), (-0.3, -0.25), (0.3, -0.25), (0.3, -1), (0.8, -1),
        (0.8, 1), (0.3, 1), (0.3, 0.25), (-0.3, 0.25), (-0.3, 1), (-0.8, 1),
    ],
}  # fmt: skip
KINDS = tuple(OUTLINES)
_SPANISH = {"house": "casa", "hourglass": "reloj", "chevron": "galón", "fish": "pez"}


def kinds() -> tuple[str, ...]:
    """What the kinds are called in the language in force."""
    return tuple(tr(each, _SPANISH.get(each, each)) for each in KINDS)


@cache
def drawn(count: int, seed: int) -> tuple[Array, IntArray]:
    """Drawings of the eight kinds, each equally often: uint8 ``(count, 32, 32, 3)`` and class numbers ``(count,)``.

    As a cell of the chapter paints them.
    """
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(count) % len(KINDS))
    x = np.empty((count, 32, 32, 3), np.uint8)
    for k in range(count):
        ground, ink = rng.uniform(0, 255, (2, 3))
        while np.linalg.norm(ground - ink) < 100:
            ground, ink = rng.uniform(0, 255, (2, 3))
        canvas = cv2.resize(ground + rng.normal(0, 25, (4, 4, 3)), (64, 64), interpolation=cv2.INTER_CUBIC)
        angle, size = np.deg2rad(rng.uniform(-25, 25)), rng.uniform(15, 22)
        turn = size * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        corners = np.array(OUTLINES[KINDS[y[k]]]) @ turn + rng.uniform(24, 40, 2)
        cv2.fillPoly(canvas, [np.round(16 * corners).astype(np.int32)], ink.tolist(), cv2.LINE_AA, 4)
        small = cv2.resize(canvas, (32, 32), interpolation=cv2.INTER_AREA)
        x[k] = np.clip(small + rng.normal(0, 8, small.shape), 0, 255)
    return x, y


@cache
def digits() -> tuple[FloatArray, IntArray]:
    """Scikit-learn's digits in random order, 0..1 ``(1797, 8, 8, 1)``, and which they are."""
    from sklearn.datasets import load_digits

    pixels, labels = (np.asarray(each) for each in load_digits(return_X_y=True))
    order = np.random.default_rng(0).permutation(len(labels))
    return (pixels[order] / 16).astype(np.float32).reshape(-1, 8, 8, 1), labels[order]


@cache
def grey_digits() -> tuple[Array, IntArray]:
    """The digits as the backbone takes them: uint8 ``(1797, 32, 32, 3)``, enlarged, three equal channels."""
    x, y = digits()
    large = np.stack([cv2.resize(each[..., 0], (32, 32), interpolation=cv2.INTER_LINEAR) for each in x])
    return np.repeat(np.round(255 * large.clip(0, 1)).astype(np.uint8)[..., None], 3, axis=-1), y


@cache
def photograph(side: int = 160) -> Array:
    """A dahlia, uint8 ``(side, side, 3)``: a photograph that comes with scikit-learn (by vultilion, CC BY 2.0)."""
    from sklearn.datasets import load_sample_image

    whole = np.asarray(load_sample_image("flower.jpg"))[20:420, 130:530]
    return cv2.resize(whole, (side, side), interpolation=cv2.INTER_AREA)
