"""The picture of a model as a graph: a box a layer from top to bottom, and every way that the numbers take."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from hondo.core.language import tr
from hondo.experiments.report.figures import (
    ACCENT,
    FAINT,
    FONT,
    INK,
    MUTED,
    PAPER,
    new_figure,
    plain_text,
)
from hondo.experiments.report.graph_layout import Layout, lay_out
from hondo.experiments.report.model_graph import Box, Boxes, condensed, is_chain

# In inches.
_HEIGHT, _DOWN, _GAP, _LANE, _MARGIN = 0.42, 0.29, 0.22, 0.1, 0.12
_NARROWEST, _WIDEST, _LETTER = 1.15, 2.5, 0.073
_LONGEST_NAME, _LONGEST_KIND = 30, 36
_PLAIN = 3  # layers in a row that a table tells as well


def worth_drawing(boxes: Boxes) -> bool:
    """Whether a picture says more than the list of layers does."""
    layers = sum(box.layers for box in boxes if box.kind != "InputLayer")
    return bool(boxes) and (not is_chain(boxes) or layers > _PLAIN)


def plot_graph(boxes: Boxes) -> Figure:
    """A model as a graph; shortcuts, which skip what lies between, in the accent's colour.

    Args:
        boxes: see :func:`~hondo.experiments.report.model_graph.model_graph`; more than about 40 are condensed.
    """
    boxes = condensed(boxes)
    texts = [_texts(box) for box in boxes]
    longest = max((max(len(name) * 1.12, len(kind)) for name, kind in texts), default=0)
    width = min(max(_NARROWEST, _LETTER * longest + 0.2), _WIDEST)
    layout = lay_out([box.sources for box in boxes], width, _GAP, _LANE)
    across = layout.right - layout.left + 2 * _MARGIN
    down = (max(layout.rank, default=0) + 1) * (_HEIGHT + _DOWN) - _DOWN + 2 * _MARGIN
    figure = new_figure(across, down)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1), facecolor="none")
    axes.set_axis_off()
    axes.set_xlim(layout.left - _MARGIN, layout.right + _MARGIN)
    axes.set_ylim(down - _MARGIN, -_MARGIN)
    for place, box in enumerate(boxes):
        for number, source in enumerate(_left_to_right(boxes, layout, place)):
            port = (number - (len(box.sources) - 1) / 2) * min(0.16, width / (2 * len(box.sources)))
            _draw_edge(axes, layout, source, place, port, shortcut=_is_shortcut(boxes, layout, source, place))
    for place, (box, text) in enumerate(zip(boxes, texts, strict=True)):
        _draw_box(axes, box, text, layout.x[place], _top(layout.rank[place]), width)
    return figure


def has_shortcuts(boxes: Boxes) -> bool:
    """Whether the picture has ways that lead around other boxes."""
    boxes = condensed(boxes)
    layout = lay_out([box.sources for box in boxes], 1.0, _GAP, _LANE)
    return any(_is_shortcut(boxes, layout, source, place) for source, place in layout.routes)


def describe_graph(boxes: Boxes) -> str:
    """What the picture shows, for those who cannot see it: each join, and what it joins."""
    boxes = condensed(boxes)
    names = [plain_text(box.name, 80) for box in boxes]
    joins = [
        f"{name}: {', '.join(names[source] for source in box.sources)}"
        for name, box in zip(names, boxes, strict=True)
        if len(box.sources) > 1
    ]
    what = tr(f"The model as a graph of {len(boxes)} boxes", f"El modelo como un grafo de {len(boxes)} cajas")
    if not joins:
        return what + tr(", one after the other", ", una tras otra")
    return what + tr("; joins: ", "; uniones: ") + "; ".join(joins)


def _texts(box: Box) -> tuple[str, str]:
    """The two lines of a box."""
    kind = tr("sample", "muestra") if box.kind == "InputLayer" else box.kind
    return _middle_out(box.name), plain_text(" · ".join(filter(None, (kind, box.shape))), _LONGEST_KIND)


def _middle_out(name: str) -> str:
    """A name cut in its middle, for what tells layers apart stands at the end."""
    name = plain_text(name, 200)
    if len(name) <= _LONGEST_NAME:
        return name
    if " … " in name:
        first, last = (plain_text(part, (_LONGEST_NAME - 3) // 2) for part in name.split(" … ", 1))
        return f"{first} … {last}"
    kept = (_LONGEST_NAME - 1) // 2
    return f"{name[:kept]}…{name[-kept:]}"


def _top(rank: int) -> float:
    return rank * (_HEIGHT + _DOWN)


def _left_to_right(boxes: Boxes, layout: Layout, place: int) -> list[int]:
    """What leads to a box, in the order in which it arrives."""

    def arrives(source: int) -> float:
        through = layout.routes[source, place]
        return through[-1][0] if through else layout.x[source]

    return sorted(boxes[place].sources, key=arrives)


def _is_shortcut(boxes: Boxes, layout: Layout, source: int, place: int) -> bool:
    """Whether an edge leads around other boxes that read the same."""
    long = layout.rank[place] - layout.rank[source] > 1
    return long and sum(source in box.sources for box in boxes) > 1


def _draw_edge(axes: Axes, layout: Layout, source: int, place: int, port: float, *, shortcut: bool) -> None:
    """A line from the bottom of a box, past all others, to the top of another."""
    start = (layout.x[source], _top(layout.rank[source]) + _HEIGHT)
    end = (layout.x[place] + port, _top(layout.rank[place]))
    path = [start]
    codes = [Path.MOVETO]
    for x, rank in layout.routes[source, place]:
        path += [*_bend(path[-1], (x, _top(rank))), (x, _top(rank) + _HEIGHT)]
        codes += [Path.CURVE4] * 3 + [Path.LINETO]
    path += _bend(path[-1], end)
    codes += [Path.CURVE4] * 3
    axes.add_patch(
        FancyArrowPatch(
            path=Path(path, codes),
            arrowstyle="-|>,head_length=3.4,head_width=1.7",
            mutation_scale=1,
            linewidth=1.5 if shortcut else 1.0,
            color=ACCENT if shortcut else MUTED,
            shrinkA=0,
            shrinkB=0,
            joinstyle="miter",
        )
    )


def _bend(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """A curve that leaves and arrives upright."""
    middle = (start[1] + end[1]) / 2
    return [(start[0], middle), (end[0], middle), end]


def _draw_box(axes: Axes, box: Box, text: tuple[str, str], x: float, top: float, width: float) -> None:
    """A box with its two lines; several layers look like a pile."""
    entry = not box.sources
    for offset in (0.055, 0.0) if box.layers > 1 else (0.0,):
        axes.add_patch(
            FancyBboxPatch(
                (x - width / 2 + offset, top + offset),
                width,
                _HEIGHT,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor=FAINT if entry else PAPER,
                edgecolor=MUTED,
                linewidth=0.8,
                zorder=3,
            )
        )
    name, kind = text
    for line, down, size, colour, weight in ((name, 0.35, 8.5, INK, "bold"), (kind, 0.73, 7.4, MUTED, "normal")):
        axes.text(
            x, top + _HEIGHT * down, line, ha="center", va="center", color=colour, fontsize=size, fontweight=weight,
            fontfamily=FONT, parse_math=False, zorder=4,
        )  # fmt: skip
