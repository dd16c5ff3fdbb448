"""Arrays shown as their numbers in squares, and small networks: what many figures are made of."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from hondo.guide.drawing.canvas import Canvas, number
from hondo.guide.drawing.colours import signed_colours


def cells(
    canvas: Canvas,
    x: float,
    y: float,
    values: Any,
    *,
    size: float = 34,
    marked: Collection[tuple[int, int]] = (),
    colours: Any = None,
    write: Callable[[float], str] | None = None,
    title: str = "",
    mark: str = "orange",
) -> tuple[float, float]:
    """A matrix as squares with their numbers.

    Args:
        canvas: the sheet.
        x, y: left upper corner of the first square.
        values: ``(rows, columns)``; ``(columns,)`` is one row.
        size: of a square.
        marked: places ``(row, column)`` with a thick border.
        colours: uint8 ``(rows, columns, 3)`` behind the numbers; left out, by sign and size.
        write: how to write a number; left out, with three digits. ``lambda _: ""`` for none.
        title: above it.
        mark: the border's colour.

    Returns:
        right and lower edge.
    """
    values = np.atleast_2d(np.asarray(values))
    painted = signed_colours(values.astype(float)) if colours is None else colours
    write = write or (lambda each: number(each, 3))
    for row, column in np.ndindex(values.shape):
        left, top = x + column * size, y + row * size
        red, green, blue = (int(each) for each in painted[row, column])
        canvas.rect(left, top, size, size, f"rgb({red},{green},{blue})", "paper", line=1)
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 130
        words = write(values[row, column])
        fitting = min(size * 0.36, 1.55 * size / max(1, len(words)))
        canvas.text(
            left + size / 2,
            top + size * 0.62,
            words,
            size=fitting,
            anchor="middle",
            colour_="#ffffff" if dark else "#1c2630",
        )
    for row, column in marked:
        canvas.rect(x + column * size + 1, y + row * size + 1, size - 2, size - 2, "none", mark, line=3, round_=2)
    if title:
        canvas.text(x + values.shape[1] * size / 2, y - 8, title, size=12, anchor="middle", colour_="muted")
    return x + values.shape[1] * size, y + values.shape[0] * size


def network(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    layers: Sequence[int],
    *,
    weights: Sequence[Any] | None = None,
    fills: Sequence[Sequence[str]] | None = None,
    names: Sequence[str] | None = None,
    off: Collection[tuple[int, int]] = (),
    radius: float = 13,
) -> list[list[tuple[float, float]]]:
    """Neurons in layers, each joined to all of the next.

    Args:
        canvas: the sheet.
        box: left, top, width and height.
        layers: how many neurons each has.
        weights: for each gap ``(neurons before, neurons after)``: width by size, blue above 0 and orange below.
        fills: a colour for each neuron of each layer.
        names: written beneath the layers.
        off: neurons ``(layer, place)`` that are silenced, with their lines.
        radius: of a neuron.

    Returns:
        the neurons' places, layer by layer.
    """
    left, top, width, height = box
    places = [
        [
            (left + width * layer / max(1, len(layers) - 1), top + height * (place + 0.5) / count)
            for place in range(count)
        ]
        for layer, count in enumerate(layers)
    ]
    for gap in range(len(layers) - 1):
        matrix = None if weights is None else np.asarray(weights[gap], float)
        reach = 1.0 if matrix is None else float(np.abs(matrix).max()) or 1.0
        for start, (x1, y1) in enumerate(places[gap]):
            for end, (x2, y2) in enumerate(places[gap + 1]):
                if (gap, start) in off or (gap + 1, end) in off:
                    continue
                if matrix is None:
                    canvas.curve(x1, y1, x2, y2, "faint", 1.2)
                else:
                    share = abs(matrix[start, end]) / reach
                    shade = "blue" if matrix[start, end] >= 0 else "orange"
                    canvas.curve(x1, y1, x2, y2, shade, 0.4 + 3.6 * share, 0.25 + 0.75 * share)
    for layer, column in enumerate(places):
        for place, (x, y) in enumerate(column):
            silent = (layer, place) in off
            fill = "paper" if fills is None or silent else fills[layer][place]
            canvas.circle(x, y, radius, fill, "faint" if silent else "blue")
            if silent:
                canvas.line(x - 6, y - 6, x + 6, y + 6, "orange", 2)
                canvas.line(x - 6, y + 6, x + 6, y - 6, "orange", 2)
        if names is not None:
            canvas.text(column[0][0], top + height + 20, names[layer], size=12, anchor="middle", colour_="muted")
    return places
