"""Drawn objects in colour: pictures as hard as one likes, made on the spot and free of anybody's rights.

Ten kinds of objects at any place, size, angle and colour, before a patchy background, among small things that
distract, under uneven light, partly covered, blurred and grainy. Colour says nothing about the kind and neither does
any single pixel, so a network must find the outline wherever it lies: what convolution is for.

Everything is painted at twice the size and shrunk by area, which smooths the edges as a lens would. Equal options
give equal pictures; another version of OpenCV may round some pixels differently.
"""

from typing import Annotated

import cv2
import numpy as np

from hondo.core.arrays import Array, FloatArray, IntArray
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.data.dataset import Dataset, Split
from hondo.data.sets._options import Between, Seed

SIDE = 32

_CANVAS = 2 * SIDE  # pictures are painted at this size and shrunk
_SHIFT = 4  # OpenCV's polygons have corners in sixteenths of a pixel
_MOST_CLUTTER = 9
_CONTRAST = 105.0  # least distance between the object's colour and the background's, of 441
_CANDIDATES = 24

_Pictures = Annotated[int, Between(50, 200_000)]  # enough for every kind in either split; at most 0.6 GB


def shapes(
    *, samples: _Pictures = 10_000, difficulty: Annotated[float, Between(0.0, 1.0)] = 0.5, seed: Seed = 0
) -> Dataset:
    """Ten kinds of drawn objects: uint8 pictures ``(samples, 32, 32, 3)``, a fifth of them for testing.

    Args:
        samples: How many pictures, training and test together; the classes have the same size.
        difficulty: How much the objects turn, shrink, hide and drown in noise: 0 hardly, 1 very much.
        seed: Decides the pictures.
    """
    test = samples // 5
    return Dataset(
        "shapes",
        "classification",
        "image",
        _paint(samples - test, difficulty, generator(seed, "shapes", "train")),
        _paint(test, difficulty, generator(seed, "shapes", "test")),
        classes=tuple(OUTLINES),
        target=tr("object", "objeto"),
    )


def _circle(radius: float = 1.0, points: int = 40) -> FloatArray:
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _regular(corners: int, inner: float | None = None) -> FloatArray:
    """A regular polygon, or a star when every other corner lies at the radius ``inner``."""
    count = corners if inner is None else 2 * corners
    radius = np.ones(count)
    if inner is not None:
        radius[1::2] = inner
    angle = np.arange(count) * 2 * np.pi / count - np.pi / 2
    return radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _crescent() -> FloatArray:
    """A disc without the disc of radius 0.85 that lies 0.55 to its right."""
    meet = np.arccos((1 + 0.55**2 - 0.85**2) / (2 * 0.55))
    outer = np.linspace(meet, 2 * np.pi - meet, 30)
    tip = np.arctan2(np.sin(meet), np.cos(meet) - 0.55)
    inner = np.linspace(2 * np.pi - tip, tip, 24)
    arcs = [
        np.stack([np.cos(outer), np.sin(outer)], axis=1),
        np.stack([0.55 + 0.85 * np.cos(inner), 0.85 * np.sin(inner)], axis=1),
    ]
    return np.concatenate(arcs) + np.array([0.25, 0])


def _heart() -> FloatArray:
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    x = 16 * np.sin(angle) ** 3
    y = 13 * np.cos(angle) - 5 * np.cos(2 * angle) - 2 * np.cos(3 * angle) - np.cos(4 * angle)
    return np.stack([x, -y - 2], axis=1) / 16


def _corners(*points: tuple[float, float]) -> FloatArray:
    return np.array(points, dtype=np.float64)


# The outline of each kind, x to the right and y down; a second outline is a hole.
_DRAWN: dict[str, tuple[FloatArray, ...]] = {
    "arrow": (_corners((-1, -0.25), (0.1, -0.25), (0.1, -0.75), (1, 0), (0.1, 0.75), (0.1, 0.25), (-1, 0.25)),),
    "bolt": (_corners((0.15, -1), (-0.6, 0.15), (-0.08, 0.15), (-0.3, 1), (0.6, -0.3), (0.08, -0.3), (0.5, -1)),),
    "circle": (_circle(0.9),),
    "crescent": (_crescent(),),
    "cross": (
        _corners(
            (-0.3, -0.95), (0.3, -0.95), (0.3, -0.3), (0.95, -0.3), (0.95, 0.3), (0.3, 0.3),
            (0.3, 0.95), (-0.3, 0.95), (-0.3, 0.3), (-0.95, 0.3), (-0.95, -0.3), (-0.3, -0.3),
        ),
    ),
    "heart": (_heart(),),
    "ring": (_circle(1.0), _circle(0.52)),
    "square": (_corners((-0.78, -0.78), (0.78, -0.78), (0.78, 0.78), (-0.78, 0.78)),),
    "star": (_regular(5, inner=0.42),),
    "triangle": (_regular(3),),
}  # fmt: skip


# The same within the unit circle, so that an object stays in the picture however it is turned.
OUTLINES = {
    name: tuple(outline / np.linalg.norm(outlines[0], axis=1).max() for outline in outlines)
    for name, outlines in _DRAWN.items()
}


def _paint(count: int, difficulty: float, rng: np.random.Generator) -> Split:
    """Paint ``count`` pictures, each kind equally often, in random order."""
    y = rng.permutation(np.arange(count) % len(OUTLINES)).astype(np.int64)
    outlines = list(OUTLINES.values())
    ground, colour = _colours(count, rng)
    place = _places(count, difficulty, rng)
    clutter = rng.binomial(_MOST_CLUTTER, 0.2 + 0.2 * difficulty, count)
    covered = rng.random(count) < 0.25 * difficulty
    blur = rng.uniform(0.3, 0.5 + 0.25 * difficulty, count)
    x = np.empty((count, SIDE, SIDE, 3), np.uint8)
    for row in range(count):
        canvas = _background(ground[row], rng)
        _scatter(canvas, int(clutter[row]), rng)
        _object(canvas, [outline @ place[row, :, :2].T + place[row, :, 2] for outline in outlines[y[row]]], colour[row])
        if covered[row]:
            _cover(canvas, place[row, :, 2], rng)
        x[row] = _photograph(canvas, float(blur[row]), 4 + 6 * difficulty, rng)
    return Split(x, y)


def _colours(count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Colours of background and object ``(count, 3)``, 0..255, that can be told apart."""
    ground = rng.uniform(20, 235, (count, 3))
    candidates = rng.uniform(0, 255, (count, _CANDIDATES, 3))
    distance = np.linalg.norm(candidates - ground[:, np.newaxis], axis=2)
    # The first that is far enough; for the rare picture without one, the farthest.
    enough = distance > _CONTRAST
    chosen = np.where(enough.any(axis=1), enough.argmax(axis=1), distance.argmax(axis=1))
    return ground, candidates[np.arange(count), chosen]


def _places(count: int, difficulty: float, rng: np.random.Generator) -> FloatArray:
    """Affine maps ``(count, 2, 3)`` from an outline to the canvas: turned, stretched, scaled and moved."""
    turn = rng.uniform(-1, 1, count) * np.deg2rad(8 + 32 * difficulty)
    size = rng.uniform(0.62 - 0.1 * difficulty, 0.8, count) * _CANVAS / 2
    stretch = np.exp(rng.uniform(-1, 1, count) * 0.16)
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.stack([np.stack([cos, -sin], axis=1), np.stack([sin, cos], axis=1)], axis=1)
    scaled = turned * np.stack([size * stretch, size / stretch], axis=1)[:, np.newaxis, :]
    free = (_CANVAS / 2 - size)[:, np.newaxis]  # how far the centre may move before the object leaves the picture
    centre = _CANVAS / 2 + rng.uniform(-1, 1, (count, 2)) * free
    return np.concatenate([scaled, centre[:, :, np.newaxis]], axis=2)


def _background(colour: FloatArray, rng: np.random.Generator) -> Array:
    """Soft patches around one colour: ``(canvas, canvas, 3)``."""
    patches = np.clip(colour + rng.normal(0, 28, (4, 4, 3)), 0, 255).astype(np.uint8)
    return cv2.resize(patches, (_CANVAS, _CANVAS), interpolation=cv2.INTER_CUBIC)


def _scatter(canvas: Array, count: int, rng: np.random.Generator) -> None:
    """Small things that distract: strokes, dots and chips, too small to be taken for the object."""
    kinds = rng.integers(0, 3, count)
    middles = rng.uniform(0, _CANVAS, (count, 2))
    reach = rng.normal(0, 1, (count, 3, 2))
    colours = rng.integers(0, 256, (count, 3))
    for kind, middle, corners, colour in zip(kinds, middles, reach, colours.tolist(), strict=True):
        if kind == 0:
            ends = middle + corners[:1] * 12 * [[1], [-1]]
            start, end = _pixels(ends).tolist()
            cv2.line(canvas, start, end, colour, 2, cv2.LINE_AA, _SHIFT)
        elif kind == 1:
            radius = int((2 + abs(corners[0, 0])) * 2**_SHIFT)
            cv2.circle(canvas, _pixels(middle).tolist(), radius, colour, -1, cv2.LINE_AA, _SHIFT)
        else:
            cv2.fillPoly(canvas, [_pixels(middle + 4.5 * corners)], colour, cv2.LINE_AA, _SHIFT)


def _object(canvas: Array, outlines: list[FloatArray], colour: FloatArray) -> None:
    """The object in its colour with a thin darker rim, which keeps it apart from clutter of the same colour."""
    contours = [_pixels(outline) for outline in outlines]
    cv2.fillPoly(canvas, contours, colour.tolist(), cv2.LINE_AA, _SHIFT)
    cv2.polylines(canvas, contours, True, (0.62 * colour).tolist(), 1, cv2.LINE_AA, _SHIFT)


def _cover(canvas: Array, centre: FloatArray, rng: np.random.Generator) -> None:
    """A bar in front of a part of the object."""
    angle = rng.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = along[::-1] * [-1, 1]
    middle = centre + across * rng.uniform(-10, 10)
    ends = middle + along * _CANVAS * [[1], [-1]]
    colour = rng.integers(0, 256, 3).tolist()
    start, end = _pixels(ends).tolist()
    cv2.line(canvas, start, end, colour, int(rng.integers(3, 7)), cv2.LINE_AA, _SHIFT)


def _photograph(canvas: Array, blur: float, grain: float, rng: np.random.Generator) -> Array:
    """Light the scene unevenly, shrink it, and add the camera's blur and grain."""
    small = cv2.resize(canvas, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.GaussianBlur(small, (5, 5), blur)
    light = cv2.resize(rng.uniform(0.7, 1.2, (2, 2)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    noise = rng.standard_normal((SIDE, SIDE, 3), dtype=np.float32)
    lit = small * light[:, :, np.newaxis] + noise * np.float32(grain * rng.random())
    return np.clip(lit, 0, 255).round().astype(np.uint8)


def _pixels(points: FloatArray) -> IntArray:
    """Canvas coordinates as OpenCV wants them: int32 in sixteenths of a pixel."""
    return np.rint(points * 2**_SHIFT).astype(np.int32)
