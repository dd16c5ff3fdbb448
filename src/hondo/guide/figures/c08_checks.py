"""Checking gradients by finite differences, seeing them vanish, and counting what they cost."""

import itertools
from functools import cache

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.language import tr
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import hidden_layers, playground
from hondo.guide.figures.figure import figure
from hondo.scratch.networks.backpropagation import Weights, loss_and_gradients
from hondo.scratch.networks.signals import LayerSignal, through_layers

_POWERS = np.arange(-13.0, 0.01, 0.25)


@cache
def _errors(kind: str) -> tuple[FloatArray, FloatArray]:
    """Relative errors of forward and central differences for each step width."""
    dtype = np.float32 if kind == "float32" else np.float64
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    sizes = ((3, 5), (5, 1))
    exact = [Weights(rng.normal(size=size), rng.normal(size=size[1:])) for size in sizes]
    _, gradients = loss_and_gradients(exact, ["tanh", "linear"], "mean_squared_error", x, y)
    wanted = float(gradients[0].W[1, 2])

    def loss(shift: float) -> float:
        moved = exact[0].W.astype(dtype)
        moved[1, 2] += dtype(shift)
        layers = [Weights(moved, exact[0].b.astype(dtype)), Weights(*(each.astype(dtype) for each in exact[1]))]
        hidden = np.tanh(x.astype(dtype) @ layers[0].W + layers[0].b)
        return float(((hidden @ layers[1].W + layers[1].b - y.astype(dtype)) ** 2).mean(dtype=dtype))

    here = loss(0.0)
    widths = 10.0**_POWERS
    ahead = np.array([(loss(h) - here) / h for h in widths])
    central = np.array([(loss(h) - loss(-h)) / (2 * h) for h in widths])
    one, two = (np.maximum(np.abs(each - wanted) / abs(wanted), 1e-14) for each in (ahead, central))
    return one, two


def _log_axis(canvas: Canvas, plot: Axes, low: int, high: int, step: int) -> None:
    for power in range(low, high + 1, step):
        canvas.text(plot.box[0] - 7, plot.py(power) + 4, _ten(power), size=11, anchor="end", colour_="muted")
        plot.horizontal(power, "faint", "", 1)


def _ten(power: int) -> str:
    return "1" if power == 0 else "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


@figure(
    "backprop-check",
    ("How exact a finite difference is", "Lo exacta que es una diferencia finita"),
    Slider("power", ("step width h = 10^", "paso h = 10^"), -13, 0, -5, 0.25, plays=4),
    Choice("kind", ("numbers", "números"), {"float64": "float64", "float32": "float32"}, "float64"),
)
def backprop_check(at: At) -> Picture:
    """How exact a finite difference is."""
    ahead, central = _errors(at.chosen("kind"))
    power = at.number("power")
    place = int(np.argmin(np.abs(_POWERS - power)))
    canvas = Canvas(720, 340)
    plot = canvas.axes((-13, 0), (-13, 4), box=(66, 20, 440, 262), ticks=False, grid=False)
    _log_axis(canvas, plot, -12, 4, 4)
    for each in range(-12, 1, 2):
        canvas.text(plot.px(each), 300, _ten(each), size=11, anchor="middle", colour_="muted")
    canvas.text(286, 326, tr("step width h", "paso h"), size=12, anchor="middle", colour_="muted")
    canvas.text(20, 151, tr("relative error", "error relativo"), size=12, anchor="middle", colour_="muted", turn=-90)
    plot.line(_POWERS, np.log10(ahead), "orange")
    plot.line(_POWERS, np.log10(central), "blue")
    plot.vertical(power, "ink")
    plot.points([power], [np.log10(ahead[place])], "orange", 5)
    plot.points([power], [np.log10(central[place])], "blue", 5)
    for row, (words, values, shade) in enumerate(
        ((tr("one side", "un lado"), ahead, "orange"), (tr("both sides", "dos lados"), central, "blue"))
    ):
        best = int(np.argmin(values))
        top = 60 + 110 * row
        canvas.text(530, top, words, size=14, bold=True, colour_=shade)
        canvas.text(530, top + 22, tr("error here ", "error aquí ") + number(values[place], 2), size=13)
        canvas.text(530, top + 42, tr("best ", "mejor ") + f"{number(values[best], 2)}", size=13, colour_="muted")
        canvas.text(
            530, top + 62, tr("at h = ", "con h = ") + number(10.0 ** _POWERS[best], 2), size=13, colour_="muted"
        )
    return canvas.picture(
        tr(
            f"With h = {number(10.0**power, 2)} in {at.chosen('kind')}, the one-sided difference is off "
            f"by {number(ahead[place], 2)} "
            f"and the two-sided one by {number(central[place], 2)}, relative to the gradient of backpropagation.",
            f"Con h = {number(10.0**power, 2)} en {at.chosen('kind')}, la diferencia a un lado se desvía "
            f"{number(ahead[place], 2)} "
            f"y la de dos lados {number(central[place], 2)}, en relación con el gradiente de la retropropagación.",
        )
    )


@cache
def _signals(init: str, activation: str, layers: int) -> list[LayerSignal]:
    return through_layers(init, activation, layers, units=64, samples=64)


def _in_playground(at: At) -> str:
    """As many layers as the playground has, which shows the length of each one's gradient."""
    hidden = hidden_layers(*[8] * at.whole("layers"))
    return playground(hidden=hidden, activation=at.chosen("f"), initialisation=at.chosen("init"))


@figure(
    "backprop-vanishing",
    ("Gradients on their way through a deep network", "Gradientes a través de una red profunda"),
    Choice(
        "f",
        ("activation", "activación"),
        {"sigmoid": ("sigmoid", "sigmoide"), "tanh": "tanh", "relu": "ReLU"},
        "sigmoid",
    ),
    Choice(
        "init",
        ("first weights", "pesos iniciales"),
        {"glorot_normal": "Glorot", "he_normal": "He", "normal": "N(0, 0.05²)"},
        "glorot_normal",
    ),
    Slider("layers", ("layers", "capas"), 2, 20, 10, 1, plays=3),
    playground=_in_playground,
)
def backprop_vanishing(at: At) -> Picture:
    """Gradients on their way through a deep network."""
    layers = at.whole("layers")
    signals = _signals(at.chosen("init"), at.chosen("f"), layers)
    gradients = np.array([each.gradient_deviation for each in signals])
    outputs = np.array([each.deviation for each in signals])
    canvas = Canvas(720, 340)
    titles = (
        tr("size of ∂L/∂a, layer by layer", "tamaño de ∂L/∂a, capa a capa"),
        tr("spread of the outputs a", "dispersión de las salidas a"),
    )
    for place, (values, shade, title) in enumerate(zip((gradients, outputs), ("orange", "blue"), titles, strict=True)):
        logs = np.clip(np.log10(np.maximum(values, 1e-12)), -11.9, 2)
        plot = canvas.axes(
            (0.3, 20.7), (-12, 2), box=(62 + 360 * place, 36, 280, 240), ticks=False, grid=False, title=title
        )
        _log_axis(canvas, plot, -12, 2, 2)
        for number_, log in enumerate(logs, start=1):
            left, right = plot.px(number_ - 0.4), plot.px(number_ + 0.4)
            canvas.rect(left, plot.py(log), right - left, plot.py(-12) - plot.py(log), shade)
        for each in (1, 5, 10, 15, 20):
            canvas.text(plot.px(each), 293, str(each), size=11, anchor="middle", colour_="muted")
        canvas.text(
            202 + 360 * place,
            316,
            tr("layer, from the input", "capa, desde la entrada"),
            size=12,
            anchor="middle",
            colour_="muted",
        )
    canvas.arrow(300, 330, 104, 330, "orange", 2)
    canvas.text(310, 334, tr("the way back", "el camino de vuelta"), size=12, colour_="orange")
    share = (gradients[0] / gradients[-1]) ** (1 / max(1, layers - 1))
    return canvas.picture(
        tr(
            f"Through {layers} layers the gradient changes by a factor of "
            f"{number(float(gradients[0] / gradients[-1]), 2)}: "
            f"about {number(float(share), 2)} per layer.",
            f"A través de {layers} capas el gradiente se multiplica por "
            f"{number(float(gradients[0] / gradients[-1]), 2)}: "
            f"alrededor de {number(float(share), 2)} por capa.",
        )
    )


@figure(
    "backprop-cost",
    ("What a gradient costs", "Lo que cuesta un gradiente"),
    Slider(
        "units", ("neurons in each of two hidden layers", "neuronas en cada una de dos capas ocultas"), 1, 512, 64, 1
    ),
    Slider("batch", ("batch", "lote"), 1, 256, 32, 1),
)
def backprop_cost(at: At) -> Picture:
    """What a gradient costs."""
    units, batch = at.whole("units"), at.whole("batch")
    sizes = (784, units, units, 10)
    products = [before * after for before, after in itertools.pairwise(sizes)]
    parameters = sum(products) + sum(sizes[1:])
    forward = batch * sum(products)
    backward = batch * (2 * sum(products) - products[0])
    rows = (
        (tr("one forward pass", "una pasada de ida"), forward, "blue"),
        (tr("forwards and backwards", "ida y vuelta"), forward + backward, "green"),
        (tr("differences, one side", "diferencias, un lado"), (parameters + 1) * forward, "orange"),
        (tr("differences, both sides", "diferencias, dos lados"), 2 * parameters * forward, "red"),
    )
    canvas = Canvas(720, 300)
    left, wide, most = 190.0, 380.0, 16.0
    for power in range(0, 17, 4):
        x = left + wide * power / most
        canvas.line(x, 24, x, 222, "faint", 1)
        canvas.text(x, 240, _ten(power), size=11, anchor="middle", colour_="muted")
    canvas.text(
        left + wide / 2,
        260,
        tr("multiplications (each mark: ten thousand times more)", "multiplicaciones (cada marca: diez mil veces más)"),
        size=12,
        anchor="middle",
        colour_="muted",
    )
    for row, (words, count, shade) in enumerate(rows):
        top = 32 + 48 * row
        canvas.text(left - 10, top + 21, words, size=13, anchor="end")
        canvas.rect(left, top, wide * np.log10(count) / most, 30, shade, round_=3)
        canvas.text(
            left + wide + 8,
            top + 20,
            f"{number(count / forward, 3) if count < 100 * forward else round(count / forward)}×",
            size=14,
            bold=True,
        )
    memory = batch * sum(sizes[1:])
    canvas.text(
        360,
        288,
        tr(
            f"{parameters} parameters; {memory} activations are kept for the way back",
            f"{parameters} parámetros; se guardan {memory} activaciones para la vuelta",
        ),
        size=13,
        anchor="middle",
    )
    return canvas.picture(
        tr(
            f"The gradient of {parameters} parameters costs {number((forward + backward) / forward, 3)} "
            "forward passes by backpropagation and "
            f"{parameters + 1} by finite differences.",
            f"El gradiente de {parameters} parámetros cuesta {number((forward + backward) / forward, 3)} "
            "pasadas hacia delante con retropropagación y "
            f"{parameters + 1} con diferencias finitas.",
        )
    )
