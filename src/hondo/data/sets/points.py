"""Points on a plane: sets so small and so visible that one sees what a network learns.

Geometry and ranges are those of TensorFlow Playground: two coordinates between about −6 and 6, two classes of equal
size or a target between −1 and 1. Where a border decides the class or the target (circle, xor, plane, gaussian mix),
noise shifts the point before it is judged, so that points near the border are judged wrong; elsewhere it scatters the
points themselves.

Source: D. Smilkov, S. Carter, *TensorFlow Playground* (2016), rewritten from its description.
"""

from typing import Annotated

import numpy as np

from hondo.core.arrays import FloatArray, IntArray
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.data.dataset import Column, Dataset, Split
from hondo.data.sets import _many
from hondo.data.sets._options import Between, Noise, Samples, Seed

Classes = Annotated[int, Between(2, 8)]
CLASSES = ("orange", "blue")

_RADIUS = 5.0
_REGRESSION_RADIUS = 6.0
_AXIS_GAP = 0.3
_GAUSSIAN_CENTRE = 2.0
# One bump a row: its centre on x1 and x2, and whether it rises or sinks.
_BUMPS = np.array([(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)])
_BUMP_RADIUS = 2.0


def circle(*, samples: Samples = 500, noise: Noise = 0.0, seed: Seed = 0, classes: Classes = 2) -> Dataset:
    """A disc (blue) inside a ring (orange); of more classes, a disc and rings around it.

    Args:
        samples: How many points.
        noise: How far, as a share of the radius 5, a point may be shifted before it is judged.
        seed: Decides the points.
        classes: How many.
    """
    if classes > 2:
        return _dataset("circle", *_many.rings(classes, samples=samples, noise=noise, seed=seed), classes)
    rng = generator(seed, "points", "circle")
    inside = _halves(samples) == 1
    low, high = np.where(inside, 0.0, 0.7 * _RADIUS), np.where(inside, 0.5 * _RADIUS, _RADIUS)
    radius, angle = rng.uniform(low, high), rng.uniform(0, 2 * np.pi, samples)
    x = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)  # (samples, 2)
    judged = x + _shift(rng, samples, _RADIUS * noise)
    return _classified("circle", rng, x, np.hypot(*judged.T) < 0.5 * _RADIUS)


def xor(*, samples: Samples = 500, noise: Noise = 0.0, seed: Seed = 0) -> Dataset:
    """Four squares, blue where both coordinates have the same sign: what no straight line can separate.

    Args:
        samples: How many points.
        noise: How far, as a share of 5, a point may be shifted before it is judged.
        seed: Decides the points.
    """
    rng = generator(seed, "points", "xor")
    x = rng.uniform(-_RADIUS, _RADIUS, (samples, 2))
    # One coordinate of half of the points is mirrored where needed, so that both classes have the same size.
    same = x[:, 0] * x[:, 1] >= 0
    x[same != (_halves(samples) == 1), 0] *= -1
    x += np.where(x > 0, _AXIS_GAP, -_AXIS_GAP)
    judged = x + _shift(rng, samples, _RADIUS * noise)
    return _classified("xor", rng, x, judged[:, 0] * judged[:, 1] >= 0)


def gaussians(*, samples: Samples = 500, noise: Noise = 0.0, seed: Seed = 0, classes: Classes = 2) -> Dataset:
    """Two round clouds, at (2, 2) (blue) and at (−2, −2) (orange): the one that a single neuron can separate.

    More classes are as many clouds on a circle.

    Args:
        samples: How many points.
        noise: Widens the clouds: their variance goes from 0.5 (noise 0) to 4 (noise 0.5).
        seed: Decides the points.
        classes: How many.
    """
    if classes > 2:
        return _dataset("gaussians", *_many.clouds(classes, samples=samples, noise=noise, seed=seed), classes)
    rng = generator(seed, "points", "gaussians")
    y = _halves(samples)
    centre = np.where(y == 1, _GAUSSIAN_CENTRE, -_GAUSSIAN_CENTRE)[:, np.newaxis]
    return _classified("gaussians", rng, rng.normal(centre, np.sqrt(0.5 + 7 * noise), (samples, 2)), y)


def spiral(*, samples: Samples = 500, noise: Noise = 0.0, seed: Seed = 0, classes: Classes = 2) -> Dataset:
    """Two arms wound into each other, 1.75 turns each: the hardest of the family; of more classes, more arms.

    Args:
        samples: How many points.
        noise: How far a point may be scattered along each axis.
        seed: Decides the points.
        classes: How many.
    """
    if classes > 2:
        return _dataset("spiral", *_many.arms(classes, samples=samples, noise=noise, seed=seed), classes)
    rng = generator(seed, "points", "spiral")
    y = _halves(samples)
    # Points at equal steps along each arm; half a step off the centre, where the arms would meet.
    along = np.concatenate([(np.arange(count) + 0.5) / count for count in (samples // 2, samples - samples // 2)])
    angle = 1.75 * 2 * np.pi * along + np.where(y == 1, 0, np.pi)
    x = _RADIUS * along[:, np.newaxis] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return _classified("spiral", rng, x + _shift(rng, samples, noise), y)


def moons(*, samples: Samples = 500, noise: Noise = 0.0, seed: Seed = 0) -> Dataset:
    """Two half rings that reach into each other.

    Args:
        samples: How many points.
        noise: Standard deviation of the scatter, as a share of the half rings' radius.
        seed: Decides the points.
    """
    rng = generator(seed, "points", "moons")
    y = _halves(samples)
    radius = 0.6 * _RADIUS
    angle = rng.uniform(0, np.pi, samples)
    side = np.where(y == 1, 1.0, -1.0)
    # The upper half ring is centred half a radius to the left, the lower one half a radius to the right.
    x = side[:, np.newaxis] * np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1) * radius
    return _classified("moons", rng, x + rng.normal(0, 1, x.shape) * noise * radius, y)


def plane(*, samples: Samples = 1200, noise: Noise = 0.0, seed: Seed = 0) -> Dataset:
    """A tilted plane: the target is (x1 + x2) / 10.

    Args:
        samples: How many points.
        noise: How far, as a share of 6, a point may be shifted before its target is read off the plane.
        seed: Decides the points.
    """
    rng = generator(seed, "points", "plane")
    x = rng.uniform(-_REGRESSION_RADIUS, _REGRESSION_RADIUS, (samples, 2))
    judged = x + _shift(rng, samples, _REGRESSION_RADIUS * noise)
    return _dataset("plane", x, judged.sum(axis=1) / 10)


def gaussian_mix(*, samples: Samples = 1200, noise: Noise = 0.0, seed: Seed = 0) -> Dataset:
    """Six bumps, up and down in turn, on flat ground: a target between −1 and 1.

    A bump is a cone of radius 2; where none reaches, the target is 0.

    Args:
        samples: How many points.
        noise: How far, as a share of 6, a point may be shifted before its target is read off the surface.
        seed: Decides the points.
    """
    rng = generator(seed, "points", "gaussian_mix")
    x = rng.uniform(-_REGRESSION_RADIUS, _REGRESSION_RADIUS, (samples, 2))
    judged = x + _shift(rng, samples, _REGRESSION_RADIUS * noise)
    away = np.linalg.norm(judged[:, np.newaxis] - _BUMPS[:, :2], axis=2)  # (samples, bumps)
    heights = np.clip(1 - away / _BUMP_RADIUS, 0, 1) * _BUMPS[:, 2]
    highest = np.abs(heights).argmax(axis=1)
    return _dataset("gaussian_mix", x, heights[np.arange(samples), highest])


def _halves(samples: int) -> IntArray:
    """Class numbers ``(samples,)``: the first half 1, the rest 0."""
    return (np.arange(samples) < samples // 2).astype(np.int64)


def _shift(rng: np.random.Generator, samples: int, most: float) -> FloatArray:
    """Uniform shifts ``(samples, 2)`` between ``-most`` and ``most``."""
    return rng.uniform(-1, 1, (samples, 2)) * most


def _classified(name: str, rng: np.random.Generator, x: FloatArray, y: IntArray | np.ndarray) -> Dataset:
    """The points in random order, since the makers produce one class after the other."""
    order = rng.permutation(len(x))
    return _dataset(name, x[order], y.astype(np.int64)[order])


def _dataset(name: str, x: FloatArray, y: FloatArray | IntArray, classes: int = 2) -> Dataset:
    features = (Column("x1"), Column("x2"))
    if np.issubdtype(y.dtype, np.integer):
        names = CLASSES if classes == 2 else tuple(str(number) for number in range(classes))
        said = tr("colour", "color") if classes == 2 else tr("class", "clase")
        return Dataset(name, "classification", "table", Split(x, y), classes=names, features=features, target=said)
    return Dataset(name, "regression", "table", Split(x, y), features=features, target=tr("height", "altura"))
