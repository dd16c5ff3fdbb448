"""The figures of an experiment's results: what it confuses, where it is far off; ``curves.py`` has how it learned.

Every function returns a Matplotlib ``Figure`` made without pyplot, so nothing is shared between threads and nothing
opens a window. ``hondo.experiments.report.figures`` says how they look and how they are saved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hondo.core.arrays import Array, FloatArray
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.experiments.evaluation import ClassificationEvaluation
from hondo.experiments.report.figures import (
    ACCENT,
    FAINT,
    FONT,
    INK,
    MUTED,
    PAPER,
    SIGNAL,
    as_pictures,
    draw_legend,
    finite,
    label_axes,
    new_axes,
    new_figure,
    plain_text,
    say_nothing_to_see,
)

# Okabe and Ito (2008), "Color Universal Design", with this house's accent as its blue.
CLASS_COLOURS = (ACCENT, "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a900", "#5c6975")
MARKERS = "os^DvPX*"

_NOTHING = "#f3f5f7"
_DOTS: dict[str, Any] = {"s": 26, "edgecolors": PAPER, "linewidths": 0.6, "zorder": 3}
_MOST_POINTS = 1500
_SQUARE = (4.2, 3.6)  # inches


@dataclass(frozen=True)
class Regions:
    """What a model says all over a plane of two features.

    Attributes:
        x1: places along the first feature, ``(width,)``, rising.
        x2: places along the second feature, ``(height,)``, rising.
        values: probabilities ``(height, width, classes)``, or predicted numbers ``(height, width)``.
    """

    x1: FloatArray
    x2: FloatArray
    values: FloatArray


def plot_confusion(evaluation: ClassificationEvaluation) -> Figure:
    """The confusion matrix: rows are true classes, shade is the share of the row; right in blue, wrong in orange.

    Counts are written into the cells while there are few enough classes (25) to read them.
    """
    counts = np.array(evaluation.confusion, dtype=np.float64)
    k = len(counts)
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    side = float(np.clip(1.6 + 0.44 * k, 3.4, 12.0))
    figure = new_figure(side + 0.4, side)
    axes = new_axes(figure)
    axes.imshow(_confusion_colours(share), interpolation="nearest")
    places = np.arange(0, k, -(-k // 50))
    names = [plain_text(evaluation.classes[i], 16) for i in places]
    upright = 0 if max(map(len, names)) <= 3 else 90
    axes.set_xticks(places, names, rotation=upright, parse_math=False)
    axes.set_yticks(places, names, parse_math=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=8.5 if k <= 25 else 6)
    label_axes(axes, tr("predicted", "predicho"), tr("true", "verdadero"))
    if k <= 25:
        for i, j in zip(*np.nonzero(counts), strict=True):
            colour = PAPER if share[i, j] > (0.75 if i == j else 0.78) else INK
            place = {"ha": "center", "va": "center", "fontsize": 8.5 if k <= 12 else 6.5, "fontfamily": FONT}
            axes.text(j, i, f"{int(counts[i, j])}", color=colour, **place)
    return figure


def _confusion_colours(share: FloatArray) -> FloatArray:
    """Colours ``(k, k, 3)`` for the shares of each row; small shares of mistakes are lifted so that they are seen."""
    right = LinearSegmentedColormap.from_list("right", [_NOTHING, ACCENT])(share)[..., :3]
    lifted = np.where(share > 0, 0.12 + 0.88 * np.sqrt(share), 0)
    wrong = LinearSegmentedColormap.from_list("wrong", [_NOTHING, SIGNAL])(lifted)[..., :3]
    return np.where(np.eye(len(share), dtype=bool)[..., None], right, wrong)


def plot_samples(x: Array, titles: Sequence[str], *, columns: int = 8) -> Figure:
    """A grid of pictures, each with its title below.

    Args:
        x: pictures as they came, ``(n, height, width)`` or ``(n, height, width, channels)``: whatever
            :func:`figures.as_pictures` takes.
        titles: one each; a second line is set smaller and in grey.
        columns: how many pictures a row, at most.

    Returns:
        The figure, 1.2 × 1.6 inches a picture.
    """
    columns = max(1, min(columns, len(x)))
    rows = max(1, -(-len(x) // columns))
    figure = new_figure(1.2 * columns, 1.6 * rows)
    for place, (picture, title) in enumerate(zip(as_pictures(x), titles, strict=True), start=1):
        axes = figure.add_subplot(rows, columns, place)
        axes.imshow(picture, interpolation="nearest")
        axes.set_axis_off()
        first, _, second = title.partition("\n")
        below: dict[str, Any] = {"ha": "center", "va": "top", "textcoords": "offset points", "fontfamily": FONT}
        for line, drop, size, colour in ((first, -4, 8.5, INK), (second, -16, 7.5, MUTED)):
            text = axes.annotate(
                plain_text(line, 17),
                (0.5, 0),
                (0, drop),
                xycoords="axes fraction",
                color=colour,
                fontsize=size,
                **below,
            )
            text.set_parse_math(False)
    return figure


def plot_regression(y: FloatArray, predictions: FloatArray, *, target: str | Sequence[str] = "") -> Figure:
    """Predicted against true numbers, and how the errors are spread; a row an output, four at most.

    Args:
        y: true numbers in their unit, ``(n,)`` or ``(n, outputs)``.
        predictions: the same shape; ``(n, 1)`` goes with ``(n,)``.
        target: what is predicted, for the titles; for several outputs it may be a name each.

    Returns:
        The figure. Of many samples a fixed random choice is drawn as dots; the spread is that of all.
    """
    pairs = finite_pairs(y, predictions)
    if isinstance(target, str):
        target = [f"{target} {row + 1}".strip() for row in range(len(pairs))] if len(pairs) > 1 else [target]
    figure = new_figure(2 * _SQUARE[0], _SQUARE[1] * len(pairs))
    for row, (name, (true, predicted)) in enumerate(zip(target, pairs, strict=False)):
        _draw_agreement(new_axes(figure, len(pairs), 2, 2 * row + 1), true, predicted, name)
        _draw_errors(new_axes(figure, len(pairs), 2, 2 * row + 2), predicted - true)
    return figure


def plot_agreement(true: FloatArray, predicted: FloatArray, *, target: str = "") -> Figure:
    """Predicted against true finite numbers of one output, ``(n,)`` each."""
    figure = new_figure(*_SQUARE)
    _draw_agreement(new_axes(figure), true, predicted, target)
    return figure


def plot_errors(errors: FloatArray) -> Figure:
    """How the finite errors ``(n,)`` of one output are spread."""
    figure = new_figure(*_SQUARE)
    _draw_errors(new_axes(figure), errors)
    return figure


def finite_pairs(y: FloatArray, predictions: FloatArray, most: int = 4) -> list[tuple[FloatArray, FloatArray]]:
    """True and predicted numbers of each output (``most`` at most), without samples where either is not finite."""
    true, predicted = (np.reshape(np.asarray(a, dtype=np.float64), (len(a), -1)) for a in (y, predictions))
    fine = np.isfinite(true) & np.isfinite(predicted)
    return [(true[fine[:, i], i], predicted[fine[:, i], i]) for i in range(min(true.shape[1], most))]


def _draw_agreement(axes: Axes, true: FloatArray, predicted: FloatArray, name: str) -> None:
    title = tr("Predicted and true", "Predicho y verdadero")
    label_axes(axes, tr("true", "verdadero"), tr("predicted", "predicho"), f"{title}: {name}" if name else title)
    if not len(true):
        say_nothing_to_see(axes, tr("no finite value", "ningún valor finito"))
        return
    ends = [min(true.min(), predicted.min()), max(true.max(), predicted.max())]
    axes.plot(ends, ends, color=MUTED, linewidth=1.2, linestyle=(0, (4, 2)), zorder=4)
    chosen = generator(0, "plot").permutation(len(true))[:_MOST_POINTS]
    axes.scatter(true[chosen], predicted[chosen], s=22, color=ACCENT, alpha=0.55, linewidths=0, zorder=3)
    axes.grid(color=FAINT, linewidth=0.8)


def _draw_errors(axes: Axes, errors: FloatArray) -> None:
    title = tr("Errors (predicted − true)", "Errores (predicho − verdadero)")
    label_axes(axes, tr("error", "error"), tr("samples", "muestras"), title)
    if not len(errors):
        say_nothing_to_see(axes, tr("no finite value", "ningún valor finito"))
        return
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    bins = int(np.clip(1.5 * np.sqrt(len(errors)), 5, 40))
    axes.hist(errors, bins=bins, color=ACCENT, edgecolor=PAPER, linewidth=0.8, zorder=3)
    axes.axvline(0, color=INK, linewidth=1.2, zorder=4)


def plot_points(
    x: FloatArray,
    y: Array,
    *,
    classes: Sequence[str] = (),
    regions: Regions | None = None,
    names: tuple[str, str] = ("x₁", "x₂"),
) -> Figure:
    """Samples with two features on their plane, over what a model says there.

    Args:
        x: ``(n, 2)``.
        y: class numbers ``(n,)``, or numbers ``(n,)`` when there are no classes.
        classes: the classes' names; empty for regression.
        regions: the model's answer over a grid, drawn behind the samples.
        names: the two features.

    Returns:
        The figure. Classes differ in colour and in marker.
    """
    figure = new_figure(5.6, 4.6)
    axes = new_axes(figure)
    label_axes(axes, *names)
    chosen = generator(0, "plot").permutation(len(x))[:_MOST_POINTS]
    x, y = np.asarray(x, dtype=np.float64)[chosen], np.asarray(y).reshape(len(y), -1)[chosen, 0]
    if classes:
        _draw_classes(axes, x, y, classes, regions)
    else:
        _draw_numbers(axes, x, y, regions)
    return figure


def _draw_classes(axes: Axes, x: FloatArray, y: Array, classes: Sequence[str], regions: Regions | None) -> None:
    if regions is not None:
        _draw_class_regions(axes, regions)
    for number in range(len(classes)):
        colour, marker = CLASS_COLOURS[number % len(CLASS_COLOURS)], MARKERS[number % len(MARKERS)]
        axes.scatter(*x[y == number].T, color=colour, marker=marker, label=f"{number}", **_DOTS)
    if len(classes) <= 20:
        draw_legend(axes, classes, loc="upper left", bbox_to_anchor=(1.0, 1.0), handletextpad=0.2)


def _draw_numbers(axes: Axes, x: FloatArray, y: Array, regions: Regions | None) -> None:
    shown = finite(y if regions is None else np.concatenate([y, regions.values.ravel()]))
    low, high = (float(np.nanmin(shown)), float(np.nanmax(shown))) if np.isfinite(shown).any() else (0.0, 1.0)
    colours = LinearSegmentedColormap.from_list("numbers", [CLASS_COLOURS[0], _NOTHING, CLASS_COLOURS[5]])
    if regions is not None:
        axes.imshow(regions.values, cmap=colours, vmin=low, vmax=high, alpha=0.6, **_extent(regions))
    scatter = axes.scatter(*x.T, c=y, cmap=colours, vmin=low, vmax=high, **_DOTS | {"edgecolors": MUTED})
    bar = axes.figure.colorbar(scatter, ax=axes, shrink=0.8)
    bar.outline.set_visible(False)
    bar.ax.tick_params(color=FAINT, labelcolor=MUTED, labelsize=8.5, labelfontfamily=FONT)


def _draw_class_regions(axes: Axes, regions: Regions) -> None:
    """Tint the plane by class, blended by probability, and draw the borders where the answer changes."""
    p = np.clip(np.nan_to_num(regions.values), 0, 1)
    palette = np.array([to_rgb(CLASS_COLOURS[i % len(CLASS_COLOURS)]) for i in range(p.shape[-1])])
    tint = np.clip(0.32 * (p @ palette) + 0.68, 0, 1)
    axes.imshow(tint, **_extent(regions))
    if p.shape[-1] == 1 or min(p.shape[:2]) < 2:
        return
    for number in range(p.shape[-1]):
        ahead = p[..., number] - np.delete(p, number, axis=-1).max(-1)
        if ahead.min() < 0 < ahead.max():
            axes.contour(regions.x1, regions.x2, ahead, levels=[0.0], colors=[PAPER], linewidths=[1.6], zorder=2)


def _extent(regions: Regions) -> dict[str, Any]:
    ends = (regions.x1[0], regions.x1[-1], regions.x2[0], regions.x2[-1])
    return {"extent": ends, "origin": "lower", "aspect": "auto", "interpolation": "bilinear", "zorder": 1}
