"""The picture of a search for a learning rate: the loss over rates from tiny to huge, and where to begin."""

from matplotlib.figure import Figure

from hondo.core.language import tr
from hondo.experiments.rate_finder import RateSearch
from hondo.experiments.report.figures import ACCENT, FAINT, FONT, INK, SIGNAL, label_axes, new_axes, new_figure


def plot_rate_search(search: RateSearch, title: str = "") -> Figure:
    """Each batch's loss as a faint dot, the smoothed loss as a line, the suggestion as a mark.

    Args:
        search: what was found.
        title: what it was found for.
    """
    figure = new_figure(6.4, 3.8)
    axes = new_axes(figure)
    axes.set_xscale("log")
    axes.plot(search.rates, search.losses, ".", color=FAINT, markersize=5)
    axes.plot(search.rates, search.smoothed, color=ACCENT, linewidth=2)
    low, high = float(search.losses.min()), float(search.smoothed[: len(search.smoothed) // 2 + 1].max())
    room = 0.15 * max(high - low, 1e-12)
    axes.set_ylim(low - room, high + 4 * room)  # the explosion would press everything else flat
    axes.axvline(search.suggestion, color=SIGNAL, linewidth=1.4, linestyle="--")
    axes.annotate(
        f"{search.suggestion:.1e}  ({search.rule})",
        (search.suggestion, high + 3 * room),
        xytext=(6, 0),
        textcoords="offset points",
        color=INK,
        fontsize=9,
        fontfamily=FONT,
    )
    label_axes(axes, tr("learning rate", "tasa de aprendizaje"), tr("loss of a batch", "pérdida de un lote"), title)
    return figure
