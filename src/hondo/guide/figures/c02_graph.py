"""A formula as a graph with numbers, derivatives by differences, and what is left of a loop once traced."""

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.figure import figure
from hondo.scratch.networks.autodiff import Tensor

_INPUT, _TARGET = 2.0, 1.0
_PLACES = {
    "w": (62, 92),
    "x": (62, 208),
    "p": (172, 150),
    "b": (172, 262),
    "z": (282, 150),
    "a": (384, 150),
    "d": (486, 150),
    "y": (572, 262),
    "L": (586, 150),
}
_EDGES = (("w", "p"), ("x", "p"), ("p", "z"), ("b", "z"), ("z", "a"), ("a", "d"), ("y", "d"), ("d", "L"))
_SIGNS = {"p": "×", "z": "+", "a": "σ", "d": "−", "L": "□²"}
_STEPS = ("p", "z", "a", "d", "L")


def graph(w: float, b: float) -> dict[str, Tensor]:
    """Every tensor of (σ(w x + b) − y)², with gradients."""
    nodes = {"w": Tensor(w), "b": Tensor(b), "x": Tensor(_INPUT), "y": Tensor(_TARGET)}
    nodes["p"] = nodes["w"] * nodes["x"]
    nodes["z"] = nodes["p"] + nodes["b"]
    nodes["a"] = nodes["z"].sigmoid()
    nodes["d"] = nodes["a"] - nodes["y"]
    nodes["L"] = nodes["d"] ** 2
    nodes["L"].backward()
    return nodes


@figure(
    "framework-graph",
    ("A loss as a graph: forwards and backwards", "Una pérdida como grafo: hacia delante y hacia atrás"),
    Slider("w", "w", -2, 2, 0.5, 0.1),
    Slider("b", "b", -2, 2, -0.2, 0.1),
    Slider("step", ("step", "paso"), 0, 11, 11, 1, plays=1.2),
)
def framework_graph(at: At) -> Picture:
    """Values appear from left to right, gradients from right to left."""
    step = at.whole("step")
    nodes = graph(at.number("w"), at.number("b"))
    valued = {"w", "b", "x", "y", *_STEPS[: min(step, 5)]}
    back = (("L",), ("d",), ("a",), ("z",), ("p", "b"), ("w",))
    graded = {name for names in back[: max(0, step - 5)] for name in names}
    canvas = Canvas(640, 345)
    for start, end in _EDGES:
        (x1, y1), (x2, y2) = _PLACES[start], _PLACES[end]
        length = float(np.hypot(x2 - x1, y2 - y1))
        ux, uy = (x2 - x1) / length, (y2 - y1) / length
        canvas.arrow(x1 + 23 * ux, y1 + 23 * uy, x2 - 24 * ux, y2 - 24 * uy, "muted", 1.5, 7)
    for name, (x, y) in _PLACES.items():
        leaf, known = name not in _SIGNS, name in valued
        fill = "soft" if leaf else "paper"
        current = name in (_STEPS[step - 1 : step] if 0 < step <= 5 else back[step - 6] if step > 5 else ())
        canvas.circle(x, y, 21, fill, "orange" if current else "blue" if known else "faint", line=2)
        canvas.text(x, y + 5, name if leaf else _SIGNS[name], anchor="middle", bold=leaf, size=15)
        if not leaf:
            canvas.text(x + 25, y - 16, name, size=12, colour_="muted")
        if known:
            canvas.text(x, y + 38, number(nodes[name].value.item()), anchor="middle", colour_="blue", bold=True)
        if name in graded:
            told = (
                f"∂L/∂{name} = {number(nodes[name].gradient.item())}" if leaf else number(nodes[name].gradient.item())
            )
            if name == "b":
                canvas.text(x - 28, y + 5, told, anchor="end", colour_="orange", bold=True)
            else:
                canvas.text(x, y - 30, told, anchor="middle", colour_="orange", bold=True)
    canvas.legend(
        20,
        24,
        [
            (tr("value", "valor"), "blue"),
            (tr("how much L changes with it", "cuánto cambia L con él"), "orange"),
        ],
        across=True,
    )
    loss, dw, db = (nodes["L"].value.item(), nodes["w"].gradient.item(), nodes["b"].gradient.item())
    canvas.text(320, 336, "L = (σ(w·x + b) − y)²,  x = 2,  y = 1", anchor="middle", colour_="muted")
    if step < 5:
        return canvas.picture(
            tr(f"Forwards: {step} of 5 operations are done.", f"Hacia delante: {step} de 5 operaciones hechas.")
        )
    return canvas.picture(
        tr(
            f"L = {number(loss)}; going back through the graph, ∂L/∂w = {number(dw)} and ∂L/∂b = {number(db)}.",
            f"L = {number(loss)}; al recorrer el grafo hacia atrás, ∂L/∂w = {number(dw)} y ∂L/∂b = {number(db)}.",
        )
    )


_FUNCTIONS = {
    "sigmoid": ("σ(x)", lambda x: 1 / (1 + np.exp(-x)), lambda t: t.sigmoid()),
    "exp": ("eˣ", np.exp, lambda t: t.exp()),
    "cube": ("x³", lambda x: x * x * x, lambda t: t * t * t),
}


def quotients(name: str, x: float, steps: np.ndarray, single: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Errors of the one-sided and the central quotient at each step, and of automatic differentiation."""
    kind = np.float32 if single else np.float64
    _, function, traced = _FUNCTIONS[name]
    exact = Tensor(float(kind(x)))
    traced(exact).backward()
    truth = exact.gradient.item()
    at, step = kind(x), steps.astype(kind)
    ahead, behind = at + step, at - step
    forward = (function(ahead) - function(at)) / step
    central = (function(ahead) - function(behind)) / (2 * step)
    own = Tensor(np.asarray(at))
    traced(own).backward()
    return np.abs(forward - truth), np.abs(central - truth), abs(float(own.gradient) - truth)


@figure(
    "framework-differences",
    ("Derivatives by differences: no step is the right one", "Derivadas por diferencias: ningún paso es el bueno"),
    Choice("f", ("function", "función"), {name: each[0] for name, each in _FUNCTIONS.items()}, "sigmoid"),
    Slider("h", ("log₁₀ of the step h", "log₁₀ del paso h"), -14, -0.5, -3, 0.5, plays=3),
    Toggle("single", ("32-bit numbers", "números de 32 bits"), False),
)
def framework_differences(at: At) -> Picture:
    """Errors against the step, both as powers of ten."""
    single, place = at.on("single"), at.number("h")
    powers = np.arange(-14, -0.4, 0.25)
    forward, central, own = quotients(at.chosen("f"), 0.7, 10.0**powers, single)
    canvas = Canvas(640, 360)
    plot = canvas.axes(
        (-14, -0.5),
        (-17, 1),
        box=(62, 36, 556, 264),
        xlabel=tr("log₁₀ of the step h", "log₁₀ del paso h"),
        ylabel=tr("log₁₀ of the error", "log₁₀ del error"),
    )
    for errors, shade in ((forward, "orange"), (central, "blue")):
        plot.line(powers, np.log10(np.maximum(errors, 1e-17)), shade)
    floor = float(np.log10(max(own, 1e-17)))
    plot.horizontal(max(floor, -16.6), "green", "", 2.4)
    plot.vertical(place, "muted")
    canvas.legend(
        70,
        20,
        [
            (tr("one side", "un lado"), "orange"),
            (tr("both sides", "dos lados"), "blue"),
            (tr("automatic differentiation", "diferenciación automática"), "green"),
        ],
        across=True,
    )
    now_forward, now_central, _ = quotients(at.chosen("f"), 0.7, np.array([10.0**place]), single)
    canvas.plot = None
    return canvas.picture(
        tr(
            f"With h = {number(10.0**place, 2)} the one-sided quotient is off by "
            f"{number(float(now_forward[0]), 2)}, the two-sided one by"
            f" {number(float(now_central[0]), 2)}; automatic differentiation by {number(own, 2)}.",
            f"Con h = {number(10.0**place, 2)} el cociente de un lado se desvía "
            f"{number(float(now_forward[0]), 2)} y el de dos lados"
            f" {number(float(now_central[0]), 2)}; la diferenciación automática, {number(own, 2)}.",
        )
    )


def halvings(x: float) -> int:
    """How often a number is halved until it is 1 or less."""
    count = 0
    while x > 1:
        x, count = x * 0.5, count + 1
    return count


_WAYS = {
    "dynamic": ("dynamic: built anew for each input", "dinámico: se rehace con cada entrada"),
    "traced": ("static: operations recorded once", "estático: operaciones grabadas una vez"),
    "loop": ("static, with the loop as a node", "estático, con el bucle como nodo"),
}


@figure(
    "graph-traced",
    ("while x > 1: x = x · 0.5, as a graph", "while x > 1: x = x · 0.5, como grafo"),
    Choice("way", ("graph", "grafo"), _WAYS, "traced"),
    Slider("first", ("input with which it is traced", "entrada con la que se graba"), 1, 60, 5, 1),
    Slider("x", ("input with which it is run", "entrada con la que se ejecuta"), 1, 60, 20, 1),
)
def graph_traced(at: At) -> Picture:
    """The nodes of the graph in a row, with the numbers that go through."""
    way, first, x = at.chosen("way"), at.number("first"), at.number("x")
    wanted = x * 0.5 ** halvings(x)
    count = {"dynamic": halvings(x), "traced": halvings(first), "loop": 1}[way]
    given = wanted if way == "loop" else x * 0.5**count
    canvas = Canvas(640, 250)
    names = ["x", *(["while"] if way == "loop" else ["× ½"] * count), tr("out", "sale")]
    gap = min(110.0, 560 / max(1, len(names) - 1))
    left = 320 - gap * (len(names) - 1) / 2
    value = x
    for place, name in enumerate(names):
        across, half = left + gap * place, 27 if name != "while" else 58
        if place:
            before = 58 if names[place - 1] == "while" else 27
            canvas.arrow(across - gap + before + 2, 112, across - half - 3, 112, "muted", 1.5, 7)
        end = place == len(names) - 1
        shade = ("green" if given == wanted else "red") if end else "blue"
        canvas.rect(across - half, 90, 2 * half, 44, "soft" if place else "paper", shade, round_=9, line=2)
        canvas.text(
            across,
            117,
            "while x > 1: × ½" if name == "while" else name,
            anchor="middle",
            size=12 if name == "while" else 13,
        )
        if name == "× ½":
            value *= 0.5
        if name != "while":
            canvas.text(
                across, 156, number(given if end else value), anchor="middle", colour_=shade, bold=True, size=12
            )
    canvas.text(320, 34, str(tr(*_WAYS[way])), anchor="middle", bold=True)
    right = given == wanted
    told = tr(
        f"asked for {number(wanted)}, the graph gives {number(given)}" + ("" if right else ": wrong"),
        f"lo pedido es {number(wanted)} y el grafo da {number(given)}" + ("" if right else ": mal"),
    )
    canvas.text(320, 212, told, anchor="middle", bold=True, colour_="green" if right else "red")
    nodes = len(names) - 2
    return canvas.picture(
        tr(
            f"Operations in the graph: {nodes}. For x = {x:g}, {told}.",
            f"Operaciones en el grafo: {nodes}. Para x = {x:g}, {told}.",
        )
    )
