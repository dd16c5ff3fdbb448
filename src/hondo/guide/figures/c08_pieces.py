"""The pieces of backpropagation: the chain rule, a graph with its values and gradients, and what each gate does."""

from collections.abc import Callable

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.networks.autodiff import Tensor


@figure(
    "backprop-chain",
    ("Slopes multiply along a chain", "Las pendientes se multiplican en cadena"),
    Slider("x", "x", -2, 2, 0.8, 0.1),
    Slider("w", "w", -2, 2, 1.3, 0.1),
    Slider("nudge", ("nudge Δx", "empujón Δx"), -0.6, 0.6, 0.3, 0.05),
    drag=None,
)
def backprop_chain(at: At) -> Picture:
    """Slopes multiply along a chain."""
    x, w, nudge = at.number("x"), at.number("w"), at.number("nudge")
    links: tuple[tuple[str, Callable, Callable, tuple[float, float], tuple[float, float]], ...] = (
        (f"u = {number(w)}·x", lambda v: w * v, lambda v: w + 0 * v, (-2.7, 2.7), (-4, 4)),
        ("v = tanh(u)", np.tanh, lambda v: 1 - np.tanh(v) ** 2, (-4, 4), (-1.3, 1.3)),
        ("y = (v − 1)²", lambda v: (v - 1) ** 2, lambda v: 2 * (v - 1), (-1.3, 1.3), (-0.5, 4.5)),
    )
    names = ("x", "u", "v", "y")
    canvas = Canvas(740, 350)
    before, moved, product = x, x + nudge, 1.0
    slopes, values = [], [x]
    for place, (title, f, slope, across, up) in enumerate(links):
        left = 50 + 240 * place
        plot = canvas.axes(across, up, box=(left, 34, 180, 170), xlabel=names[place], title=title)
        plot.function(f, "muted", 1.8)
        here, there, tilt = float(f(before)), float(f(moved)), float(slope(before))
        plot.line(list(across), [here + tilt * (each - before) for each in across], "green", 1.4, "5 4")
        plot.line([before, moved, moved], [here, here, there], "orange", 2)
        plot.points([before], [here], "blue", 5)
        plot.points([moved], [there], "orange", 4)
        slopes.append(tilt)
        values.append(here)
        product *= tilt
        canvas.text(
            left + 90,
            266,
            f"{names[place]} = {number(before)} → {names[place + 1]} = {number(here)}",
            size=12,
            anchor="middle",
            colour_="blue",
        )
        canvas.text(
            left + 90,
            286,
            tr("slope ", "pendiente ") + number(tilt),
            size=13,
            anchor="middle",
            colour_="green",
            bold=True,
        )
        before, moved = here, there
    words = " · ".join(number(each) if each >= 0 else f"({number(each)})" for each in slopes)
    canvas.text(370, 316, f"dy/dx = {words} = {number(product)}", size=15, anchor="middle", bold=True)
    expected, change = product * nudge, moved - before
    canvas.text(
        370,
        338,
        tr(
            f"expected change {number(product)} · {number(nudge)} = {number(expected)}; real one {number(change)}",
            f"cambio previsto {number(product)} · {number(nudge)} = {number(expected)}; el real, {number(change)}",
        ),
        size=13,
        anchor="middle",
        colour_="orange",
    )
    return canvas.picture(
        tr(
            f"The slopes {words} multiply to {number(product)}: a nudge of {number(nudge)} should change "
            f"y by {number(expected)}, "
            f"and changes it by {number(change)}.",
            f"Las pendientes {words} se multiplican y dan {number(product)}: un empujón de "
            f"{number(nudge)} debería cambiar y en "
            f"{number(expected)}, y la cambia en {number(change)}.",
        )
    )


_NODES = {
    "w": (60, 70), "x": (60, 170), "m": (180, 120), "b": (180, 250), "z": (300, 170),
    "a": (420, 170), "t": (420, 280), "e": (540, 210), "L": (660, 210),
}  # fmt: skip
_FORWARD = ("m", "z", "a", "e", "L")
_SHOWN = {"w": "w", "x": "x", "m": "×", "b": "b", "z": "+", "a": "σ", "t": "t", "e": "−", "L": "²"}
_INTO = {"m": ("w", "x"), "z": ("m", "b"), "a": ("z",), "e": ("a", "t"), "L": ("e",)}


@figure(
    "backprop-graph",
    ("A graph: values forwards, gradients backwards", "Un grafo: valores adelante, gradientes atrás"),
    Slider("moment", ("moment", "momento"), 0, 10, 10, 1, plays=1),
    Slider("w", "w", -3, 3, 1.5, 0.1),
    Slider("x", "x", -3, 3, 0.8, 0.1),
    Slider("b", "b", -3, 3, -0.4, 0.1),
    Slider("t", ("target t", "objetivo t"), 0, 1, 1, 0.1),
)
def backprop_graph(at: At) -> Picture:
    """A graph: values forwards, gradients backwards."""
    moment = at.whole("moment")
    nodes = {name: Tensor(at.number(name)) for name in ("w", "x", "b", "t")}
    nodes["m"] = nodes["w"] * nodes["x"]
    nodes["z"] = nodes["m"] + nodes["b"]
    nodes["a"] = nodes["z"].sigmoid()
    nodes["e"] = nodes["a"] - nodes["t"]
    nodes["L"] = nodes["e"] ** 2
    nodes["L"].backward()
    value = {name: node.value.item() for name, node in nodes.items()}
    slope = {name: node.gradient.item() for name, node in nodes.items()}
    local = {
        ("w", "m"): value["x"], ("x", "m"): value["w"], ("m", "z"): 1.0, ("b", "z"): 1.0,
        ("z", "a"): value["a"] * (1 - value["a"]), ("a", "e"): 1.0, ("t", "e"): -1.0, ("e", "L"): 2 * value["e"],
    }  # fmt: skip
    known = {"w", "x", "b", "t", *_FORWARD[: min(moment, 5)]}
    back = max(0, moment - 5)
    passed = tuple(reversed(_FORWARD))[:back]
    reached = {"L"} if moment >= 5 else set()
    for name in passed:
        reached |= set(_INTO[name])
    canvas = Canvas(740, 350)
    for end, starts in _INTO.items():
        for start in starts:
            (x1, y1), (x2, y2) = _NODES[start], _NODES[end]
            length = float(np.hypot(x2 - x1, y2 - y1))
            ux, uy = (x2 - x1) / length, (y2 - y1) / length
            active = end in passed
            shade = "orange" if active else "blue" if end in known else "grey"
            canvas.arrow(x1 + 25 * ux, y1 + 25 * uy, x2 - 25 * ux, y2 - 25 * uy, shade, 2)
            if active:
                words = f"× {number(local[(start, end)])}"
                canvas.text(
                    (x1 + x2) / 2,
                    (y1 + y2) / 2 - (12 if uy <= 0.2 else -22),
                    words,
                    size=12,
                    anchor="middle",
                    colour_="green",
                )
    for name, (x, y) in _NODES.items():
        now = (0 < moment <= 5 and name == _FORWARD[moment - 1]) or (moment > 5 and name == passed[-1])
        canvas.circle(
            x, y, 23, "soft" if name in known else "paper", "orange" if now else "blue", line=3 if now else 1.5
        )
        canvas.text(x, y + 6, _SHOWN[name], size=17, anchor="middle", bold=True)
        if name in known:
            canvas.text(x, y - 29, number(value[name]), size=13, anchor="middle", colour_="blue", bold=True)
        if name in reached:
            canvas.text(x, y + 40, number(slope[name]), size=13, anchor="middle", colour_="orange", bold=True)
    canvas.legend(
        24,
        330,
        [
            (tr("value", "valor"), "blue"),
            (tr("gradient ∂L/∂…", "gradiente ∂L/∂…"), "orange"),
            (tr("local slope", "pendiente local"), "green"),
        ],
        across=True,
        gap=28,
    )
    canvas.text(716, 30, "L = (σ(w·x + b) − t)²", size=15, anchor="end", bold=True)
    if moment <= 5:
        last = _FORWARD[moment - 1] if moment else ""
        said = tr(
            f"Forwards: {moment} of 5 nodes are computed"
            + (f"; the newest holds {number(value[last])}." if last else "."),
            f"Hacia delante: hay {moment} de 5 nodos calculados"
            + (f"; el último vale {number(value[last])}." if last else "."),
        )
    else:
        said = tr(
            f"Backwards: {back} of 5 nodes have passed their gradient on. With L = {number(value['L'])}: "
            f"∂L/∂w = {number(slope['w'])}, ∂L/∂b = {number(slope['b'])}"
            + (" (both reached)." if back == 5 else " (at the end)."),
            f"Hacia atrás: {back} de 5 nodos han pasado su gradiente. Con L = {number(value['L'])}: "
            f"∂L/∂w = {number(slope['w'])}, ∂L/∂b = {number(slope['b'])}"
            + (" (ya calculados)." if back == 5 else " (al final)."),
        )
    return canvas.picture(said)


@figure(
    "backprop-gates",
    ("What each gate does with a gradient", "Qué hace cada puerta con un gradiente"),
    Slider("a", "a", -3, 3, 2, 0.1),
    Slider("b", "b", -3, 3, -0.5, 0.1),
    Slider("g", ("gradient that arrives", "gradiente que llega"), -2, 2, 1, 0.1),
)
def backprop_gates(at: At) -> Picture:
    """What each gate does with a gradient."""
    a, b, g = at.number("a"), at.number("b"), at.number("g")
    first, second = Tensor(a), Tensor(b)
    gates = (
        ("+", tr("sum:|copies it", "suma:|lo copia"), first + second),
        ("×", tr("product: times|the other value", "producto: por|el otro valor"), first * second),
        ("max", tr("maximum: all|to the larger one", "máximo: todo|para el mayor"), second + (first - second).relu()),
    )
    canvas = Canvas(740, 300)
    found = []
    for place, (sign, words, node) in enumerate(gates):
        (node * g).sum().backward()
        to_a, to_b = first.gradient.item(), second.gradient.item()
        found.append((to_a, to_b))
        _gate(canvas, 8 + 182 * place, sign, words, ((a, to_a), (b, to_b)), (node.value.item(), g))
    left = 8 + 182 * 3
    _title(canvas, left + 85, tr("used twice:|adds up", "usado dos veces:|suma"))
    canvas.circle(left + 85, 150, 24, "soft", "blue")
    canvas.text(left + 85, 155, "a", size=15, anchor="middle", bold=True)
    for up in (-1, 1):
        canvas.arrow(left + 108, 150 + 12 * up, left + 146, 150 + 58 * up, "blue", 2)
        canvas.text(left + 158, 150 + 74 * up, number(g), size=13, anchor="middle", colour_="orange", bold=True)
    canvas.arrow(left + 20, 150, left + 60, 150, "blue", 2)
    canvas.text(left + 26, 138, number(a), size=13, anchor="middle", colour_="blue", bold=True)
    canvas.text(left + 26, 174, number(2 * g), size=13, anchor="middle", colour_="orange", bold=True)
    canvas.legend(
        20, 288, [(tr("value", "valor"), "blue"), (tr("gradient", "gradiente"), "orange")], across=True, gap=28
    )
    (_, _), (times_a, times_b), (most_a, most_b) = found
    return canvas.picture(
        tr(
            f"Of a gradient of {number(g)}, a sum passes {number(g)} to both; a product passes "
            f"{number(times_a)} to a and "
            f"{number(times_b)} to b; a maximum {number(most_a)} and {number(most_b)}; a value used twice "
            f"gets {number(2 * g)}.",
            f"De un gradiente de {number(g)}, una suma pasa {number(g)} a ambos; un producto, "
            f"{number(times_a)} para a y "
            f"{number(times_b)} para b; un máximo, {number(most_a)} y {number(most_b)}; un valor usado dos "
            f"veces recibe {number(2 * g)}.",
        )
    )


def _gate(canvas: Canvas, left: float, sign: str, words: str, ins: tuple, out: tuple[float, float]) -> None:
    _title(canvas, left + 85, words)
    canvas.circle(left + 85, 150, 24, "soft", "blue")
    canvas.text(left + 85, 155, sign, size=15, anchor="middle", bold=True)
    for up, name, (value, gradient) in ((-1, "a", ins[0]), (1, "b", ins[1])):
        canvas.arrow(left + 30, 150 + 62 * up, left + 65, 150 + 16 * up, "blue", 2)
        canvas.text(
            left + 26,
            150 + 84 * up - 6,
            f"{name} = {number(value)}",
            size=13,
            anchor="middle",
            colour_="blue",
            bold=True,
        )
        canvas.text(
            left + 26, 150 + 84 * up + 12, number(gradient), size=13, anchor="middle", colour_="orange", bold=True
        )
    canvas.arrow(left + 110, 150, left + 140, 150, "blue", 2)
    canvas.text(left + 152, 138, number(out[0]), size=13, anchor="middle", colour_="blue", bold=True)
    canvas.text(left + 152, 174, number(out[1]), size=13, anchor="middle", colour_="orange", bold=True)


def _title(canvas: Canvas, x: float, words: str) -> None:
    for row, line in enumerate(words.split("|")):
        canvas.text(x, 22 + 17 * row, line, size=13, anchor="middle", bold=True)
