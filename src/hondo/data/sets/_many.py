"""Points of more than two classes: the named sets that go on naturally to three, four … eight of them.

The circle becomes rings around a disc, the two clouds become clouds on a circle, and the spiral gets more arms. With
two classes they are drawn by ``points.py``, which these resemble in size and in what noise does.
"""

import numpy as np

from hondo.core.arrays import FloatArray, IntArray
from hondo.core.seeds import generator

_RADIUS = 5.0
_BORDER = 0.15  # the share of a ring's width that stays empty at each of its borders
_CENTRES = 3.6  # how far from the middle the clouds lie
_VARIANCE, _WIDENING = 0.4, 5.0
_TURNS = 3.5  # of all arms together

Labelled = tuple[FloatArray, IntArray]  # places (samples, 2) and class numbers (samples,)


def rings(classes: int, *, samples: int, noise: float, seed: int) -> Labelled:
    """A disc (class 0) and rings around it; noise shifts a point before it is judged, as in two classes."""
    rng, y = _drawn("circle", classes, samples, seed)
    width = _RADIUS / classes
    low = np.where(y == 0, 0.0, (y + _BORDER) * width)
    high = np.where(y == classes - 1, _RADIUS, (y + 1 - _BORDER) * width)
    radius, angle = rng.uniform(low, high), rng.uniform(0, 2 * np.pi, samples)
    x = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)  # (samples, 2)
    judged = x + rng.uniform(-1, 1, x.shape) * _RADIUS * noise
    return x, np.minimum(np.hypot(*judged.T) // width, classes - 1).astype(np.int64)


def clouds(classes: int, *, samples: int, noise: float, seed: int) -> Labelled:
    """Round clouds on a circle; noise widens them."""
    rng, y = _drawn("gaussians", classes, samples, seed)
    angle = 2 * np.pi * y / classes + np.pi / 4
    centres = _CENTRES * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return rng.normal(centres, np.sqrt(_VARIANCE + _WIDENING * noise)), y


def arms(classes: int, *, samples: int, noise: float, seed: int) -> Labelled:
    """Arms wound into each other, the fewer turns the more of them; noise scatters the points."""
    rng, y = _drawn("spiral", classes, samples, seed)
    along = rng.permuted((np.arange(samples) + 0.5) / samples)
    angle = 2 * np.pi * (_TURNS / classes * along + y / classes)
    x = _RADIUS * along[:, np.newaxis] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return x + rng.uniform(-1, 1, x.shape) * noise, y


def _drawn(name: str, classes: int, samples: int, seed: int) -> tuple[np.random.Generator, IntArray]:
    """A generator, and class numbers of equal frequency in random order."""
    rng = generator(seed, "points", name, classes)
    return rng, rng.permutation(np.arange(samples) % classes).astype(np.int64)
