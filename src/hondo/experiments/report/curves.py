"""How an experiment learned: its quantities over the epochs, the best epoch and the phases of the training marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hondo.core.arrays import FloatArray
from hondo.core.language import tr
from hondo.experiments.report.figures import (
    ACCENT,
    FAINT,
    FONT,
    MUTED,
    PAPER,
    draw_legend,
    finite,
    label_axes,
    new_axes,
    new_figure,
    say_nothing_to_see,
)
from hondo.experiments.report.wording import quantity

_PANEL = (4.2, 2.8)  # inches


@dataclass(frozen=True)
class Curve:
    """One quantity over the epochs, on training and on validation samples; either may be empty."""

    name: str
    train: tuple[float, ...]
    validation: tuple[float, ...] = ()


def curves(history: Mapping[str, Sequence[float]]) -> tuple[Curve, ...]:
    """The quantities of a history, the loss first; the learning rate last, and only if it ever changes."""
    names = list(dict.fromkeys(name.removeprefix("val_") for name in history))
    names.sort(key=lambda name: (name != "loss", name == "learning_rate"))
    found = [Curve(name, tuple(history.get(name, ())), tuple(history.get(f"val_{name}", ()))) for name in names]
    return tuple(
        curve
        for curve in found
        if (curve.train or curve.validation) and (curve.name != "learning_rate" or len(set(curve.train)) > 1)
    )


def best_epoch(history: Mapping[str, Sequence[float]]) -> int | None:
    """The epoch (from 0) with the lowest validation loss, or training loss without one; None if none is finite."""
    losses = finite(history.get("val_loss") or history.get("loss") or ())
    return int(np.nanargmin(losses)) if np.isfinite(losses).any() else None


def plot_curves(
    history: Mapping[str, Sequence[float]], *, best: int | None = None, phases: Sequence[tuple[str, int]] = ()
) -> Figure:
    """Loss, metrics and learning rate over the epochs, three panels a row.

    Args:
        history: values an epoch by name, as Keras keeps them (``loss``, ``val_loss`` …). What is not finite is a gap.
        best: the epoch (from 0) to mark; left out, the one with the lowest validation loss.
        phases: names and epochs of the parts of the training, where it had several.

    Returns:
        The figure; of an empty history, one that says so.
    """
    shown = curves(history)
    if not shown:
        figure = new_figure(*_PANEL)
        say_nothing_to_see(new_axes(figure), tr("no epoch was completed", "no se completó ninguna época"))
        return figure
    best = best_epoch(history) if best is None else best
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure = new_figure(_PANEL[0] * columns, _PANEL[1] * rows)
    for place, curve in enumerate(shown, start=1):
        _draw_curve(new_axes(figure, rows, columns, place), curve, best, phases)
    return figure


def plot_curve(curve: Curve, *, best: int | None = None, phases: Sequence[tuple[str, int]] = ()) -> Figure:
    """One quantity over the epochs, with the epoch ``best`` (from 0) and where each phase begins marked."""
    figure = new_figure(*_PANEL)
    _draw_curve(new_axes(figure), curve, best, phases)
    return figure


def _draw_curve(axes: Axes, curve: Curve, best: int | None, phases: Sequence[tuple[str, int]]) -> None:
    train, validation = finite(curve.train), finite(curve.validation)
    label_axes(axes, tr("epoch", "época"), title=quantity(curve.name))
    if not (np.isfinite(train).any() or np.isfinite(validation).any()):
        say_nothing_to_see(axes, tr("no finite value", "ningún valor finito"))
        return
    epochs = max(len(train), len(validation))
    margin = 0.05 * (epochs - 1) or 0.5
    axes.set_xlim(1 - margin, epochs + margin)
    ticks = MaxNLocator(integer=True, nbins=6, min_n_ticks=1).tick_values(1, epochs)
    axes.set_xticks([tick for tick in ticks if 1 <= tick <= epochs] or [1])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    _draw_phases(axes, phases)
    both = len(train) > 0 and len(validation) > 0
    watched = validation if len(validation) else train
    if curve.name == "learning_rate":
        best = None  # it is set, not found out
    marker = "o" if len(watched) < 3 else ""
    if both:
        _draw_line(axes, train, tr("training", "entrenamiento"), (MUTED, (0, (4, 2)), 1.4), marker)
    _draw_line(axes, watched, tr("validation", "validación"), (ACCENT, "-", 2.0), marker)
    if best is not None and best < len(watched) and np.isfinite(watched[best]):
        axes.axvline(best + 1, color=FAINT, linewidth=1.2, zorder=1)
        axes.plot(best + 1, watched[best], "o", color=ACCENT, markeredgecolor=PAPER, markersize=8, zorder=4)
        _write_value(axes, watched, best)
    if both:
        place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "ncols": 2, "borderaxespad": 0.2}
        draw_legend(axes, **place, handlelength=1.6, columnspacing=1.2)


def _draw_phases(axes: Axes, phases: Sequence[tuple[str, int]]) -> None:
    """A dotted line where a phase begins, with its name beside it."""
    over = 0
    for (_, epochs), (name, _) in pairwise(phases):
        over += epochs
        axes.axvline(over + 0.5, color=MUTED, linestyle=":", linewidth=1.0, zorder=1)
        axes.annotate(
            name,
            (over + 0.5, 0.5),
            xytext=(3, 0),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            rotation=90,
            va="center",
            color=MUTED,
            fontsize=7.5,
            fontfamily=FONT,
        )


def _draw_line(axes: Axes, values: FloatArray, name: str, style: tuple[str, Any, float], marker: str) -> None:
    colour, dash, width = style
    epochs = np.arange(1, len(values) + 1)
    axes.plot(epochs, values, color=colour, linestyle=dash, linewidth=width, marker=marker, label=name, zorder=3)


def _write_value(axes: Axes, line: FloatArray, best: int) -> None:
    """Write the best epoch's value at the far end of its vertical line, where curves rarely are."""
    left = best > (len(line) - 1) / 2
    low, high = axes.get_ylim()
    top = line[best] < (low + high) / 2
    axes.annotate(
        f"{line[best]:.4g}",
        (best + 1, 1.0 if top else 0.0),
        xytext=(-5 if left else 5, -4 if top else 4),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="right" if left else "left",
        va="top" if top else "bottom",
        color=ACCENT,
        fontsize=9.5,
        fontweight="bold",
        fontfamily=FONT,
        zorder=5,
    )
