"""Chapter 11, momentum on a surface, and signals through ten layers."""

from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import deep_colours
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import Changes, hidden_layers, playground, rounded, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.catalogue import activation
from hondo.scratch.descent.gradient_descent import walk
from hondo.scratch.descent.optimizers import Momentum, Nesterov
from hondo.scratch.descent.surfaces import SURFACES
from hondo.scratch.initialization.initializers import fans
from hondo.scratch.layers.dense import dense, dense_backward

_START = (-2.7, 0.9)
_WALK = 60


@cache
def _hills() -> np.ndarray:
    u, v = np.meshgrid(np.linspace(-3, 3, 120), np.linspace(-1.2, 1.2, 60))
    heights = SURFACES["ravine"].value(np.stack([u, v], -1))
    return deep_colours(-np.sqrt(heights)[::-1], -4.5, 0.6)


def _rolling(at: At) -> tuple[str, Changes]:
    """A network that learns with this momentum at this rate."""
    mu = at.number("mu")
    changes: Changes = {"learn.momentum": rounded(mu), **with_optimizer("sgd", at.number("rate"))}
    return "digits-mlp", {**changes, "learn.nesterov": at.on("nesterov") and mu > 0}


@figure(
    "hyperparameters-momentum",
    ("Momentum in a ravine", "El momento en un barranco"),
    Slider("mu", ("momentum μ", "momento μ"), 0, 0.98, 0.8, 0.02),
    Slider("rate", ("learning rate η", "tasa de aprendizaje η"), 0.01, 0.12, 0.04, 0.005),
    Toggle("nesterov", ("Nesterov: look ahead", "Nesterov: mirar adelante"), False),
    Slider("step", ("step", "paso"), 0, _WALK, 30, 1, plays=8),
    experiment=_rolling,
)
def momentum(at: At) -> Picture:
    """The way of gradient descent with and without a velocity."""
    mu, rate, now = at.number("mu"), at.number("rate"), at.whole("step")
    surface = SURFACES["ravine"]
    kind = Nesterov if at.on("nesterov") else Momentum
    with np.errstate(all="ignore"):
        plain = walk(surface, _START, Momentum(rate, 0.0), _WALK)
        rolled = walk(surface, _START, kind(rate, mu), _WALK)
        losses = [
            np.clip(np.nan_to_num(surface.value(each), nan=1e9, posinf=1e9), 1e-9, 1e9) for each in (plain, rolled)
        ]
    canvas = Canvas(640, 400)
    plane = canvas.axes((-3, 3), (-1.2, 1.2), box=(44, 16, 576, 200), xlabel="u", ylabel="v", grid=False)
    plane.heat(_hills())
    for path, shade in ((plain, "orange"), (rolled, "ink")):
        plane.line(path[: now + 1, 0], path[: now + 1, 1], shade, 1.8, opacity=0.9)
        plane.points(path[: now + 1, 0], path[: now + 1, 1], shade, 2.8)
        plane.points(path[now : now + 1, 0], path[now : now + 1, 1], shade, 6)
    plane.crosses([0], [0], "green", 6)
    low = canvas.axes((0, _WALK), (-6, 3), box=(64, 262, 300, 96), ticks=False, grid=False)
    for power in (-6, -3, 0, 3):
        canvas.line(64, low.py(power), 364, low.py(power), "faint", 1)
        canvas.text(
            57,
            low.py(power) + 4,
            {-6: "10⁻⁶", -3: "10⁻³", 0: "1", 3: "1000"}[power],
            size=11,
            anchor="end",
            colour_="muted",
        )
    for step in range(0, _WALK + 1, 20):
        canvas.text(low.px(step), 372, str(step), size=11, anchor="middle", colour_="muted")
    canvas.text(64, 252, tr("height (logarithmic)", "altura (logarítmica)"), size=12, colour_="muted")
    canvas.text(214, 390, tr("step", "paso"), size=12, anchor="middle", colour_="muted")
    steps = np.arange(now + 1)
    for values, shade in zip(losses, ("orange", "ink"), strict=True):
        low.line(steps, np.log10(values[: now + 1]), shade)
    name = "Nesterov" if at.on("nesterov") else tr("momentum", "momento")
    for y, words, shade, value in (
        (284, tr("without momentum", "sin momento"), "orange", losses[0][now]),
        (324, f"{name}, μ = {mu:.2f}", "ink", losses[1][now]),
    ):
        canvas.rect(396, y - 10, 12, 12, shade, round_=2)
        canvas.text(416, y, words, size=13)
        canvas.text(416, y + 18, tr(f"height {_power(value)}", f"altura {_power(value)}"), size=12, colour_="muted")
    said = [_power(each[now]) for each in losses]
    return canvas.picture(
        tr(
            f"After {now} steps with η = {rate:g}: without momentum the height is {said[0]}, "
            f"with {name} (μ = {mu:.2f}) it is {said[1]}.",
            f"Tras {now} pasos con η = {rate:g}: sin momento la altura es {said[0]}; "
            f"con {name} (μ = {mu:.2f}), {said[1]}.",
        )
    )


def _power(value: float) -> str:
    return tr("beyond all bounds", "desbordada") if value >= 1e6 else _size(value)


_INITS = {
    "zeros": ("zeros", "ceros"),
    "small": ("small: σ = 0.01", "pequeña: σ = 0.01"),
    "large": ("large: σ = 1", "grande: σ = 1"),
    "glorot": "Glorot",
    "he": "He",
}
_LAYERS, _UNITS, _SAMPLES = 10, 128, 128


def _deviation(init: str) -> float:
    n_in, n_out = fans((_UNITS, _UNITS))
    return {"zeros": 0.0, "small": 0.01, "large": 1.0, "glorot": (2 / (n_in + n_out)) ** 0.5, "he": (2 / n_in) ** 0.5}[
        init
    ]


@cache
def _signals(init: str, name: str) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Outputs of ten untrained layers, their deviations, and those of the gradients with respect to them."""
    rng, f = np.random.default_rng(0), activation(name)
    x = rng.normal(size=(_SAMPLES, _UNITS))
    passed, outputs = [], []
    for _ in range(_LAYERS):
        weights = rng.normal(0, 1, (_UNITS, _UNITS)) * _deviation(init)
        z = dense(x, weights, np.zeros(_UNITS))
        passed.append((x, weights, z))
        x = f.function(z)
        outputs.append(x)
    blame, gradients = rng.normal(size=x.shape), []
    for x, weights, z in reversed(passed):
        gradients.append(float(blame.std()))
        blame = dense_backward(blame * f.derivative(z), x, weights).d_x
    return outputs, np.array([each.std() for each in outputs]), np.array(gradients[::-1])


_KNOWN = {"glorot": "glorot_normal", "he": "he_normal"}
_IN_PLAYGROUND = {**_KNOWN, "zeros": "normal", "small": "normal", "large": "uniform"}
_IN_SPEC = {**_KNOWN, "zeros": "zeros", "small": "random_normal", "large": "he_normal"}


def _deep_in_playground(at: At) -> str:
    """As many layers as it has, which shows the length of each one's gradient; no weights there are all 0 or σ = 1."""
    init = _IN_PLAYGROUND[at.chosen("init")]
    return playground(hidden=hidden_layers(*[8] * _LAYERS), activation=at.chosen("activation"), initialisation=init)


def _deep(at: At) -> tuple[str, Changes]:
    """Ten layers of as many neurons; a spec knows no weights larger than He's."""
    changes: Changes = {"model.initializer": _IN_SPEC[at.chosen("init")], "model.activation": at.chosen("activation")}
    return "digits-mlp", {**changes, **with_hidden(*[_UNITS] * _LAYERS)}


@figure(
    "hyperparameters-initialization",
    ("Signals and gradients through ten layers", "Señales y gradientes a través de diez capas"),
    Choice("init", ("initial weights", "pesos iniciales"), _INITS, "glorot"),
    Choice(
        "activation",
        ("activation", "activación"),
        {"tanh": "tanh", "relu": "ReLU", "sigmoid": ("sigmoid", "sigmoide"), "linear": ("linear", "lineal")},
        "tanh",
    ),
    playground=_deep_in_playground,
    experiment=_deep,
)
def initialization(at: At) -> Picture:
    """Histograms of what each layer puts out, and how large signals and gradients are."""
    init, name = at.chosen("init"), at.chosen("activation")
    outputs, signal, gradient = _signals(init, name)
    shown = {"relu": "ReLU", "sigmoid": tr("sigmoid", "sigmoide"), "linear": tr("linear", "lineal")}.get(name, name)
    canvas = Canvas(640, 400)
    canvas.text(52, 18, tr("what each layer puts out", "lo que sale de cada capa"), size=12, colour_="muted")
    bounded = name in ("tanh", "sigmoid")
    for layer, values in enumerate(outputs):
        left = 52 + 57.6 * layer
        reach = 1.0 if bounded else max(float(np.abs(values).max()), 1e-12)
        small = canvas.axes((-reach, reach), (0, 1), box=(left, 34, 50, 100), ticks=False, grid=False)
        share = np.histogram(values, 21, (-reach, reach))[0] / values.size
        edges = np.linspace(-reach, reach, 22)
        small.bars((edges[:-1] + edges[1:]) / 2, share / max(float(share.max()), 1e-9) * 0.95, "blue", 2 * reach / 21)
        canvas.text(left + 25, 150, str(layer + 1), size=12, anchor="middle", bold=True)
        words = "±1" if bounded else "±" + _size(reach, 1)
        canvas.text(left + 25, 166, words, size=11, anchor="middle", colour_="muted")
    plot = canvas.axes((0.4, 10.6), (-12, 12), box=(60, 206, 366, 150), ticks=False, grid=False)
    _powers(plot)
    canvas.text(
        60, 196, tr("standard deviation (logarithmic)", "desviación típica (logarítmica)"), size=12, colour_="muted"
    )
    canvas.text(250, 392, tr("layer", "capa"), size=12, anchor="middle", colour_="muted")
    layers = np.arange(1, _LAYERS + 1)
    for values, shade in ((signal, "blue"), (gradient, "orange")):
        there = values > 1e-12
        heights = np.where(there, np.log10(np.maximum(values, 1e-30)), -12)
        plot.line(layers, heights, shade)
        plot.points(layers, heights, shade, 4)
    for y, words, shade, value in (
        (250, tr("signal leaving layer 10", "señal a la salida de la capa 10"), "blue", signal[-1]),
        (304, tr("gradient reaching layer 1", "gradiente que llega a la capa 1"), "orange", gradient[0]),
    ):
        canvas.text(442, y, words, size=12, colour_=shade)
        canvas.text(442, y + 22, _size(value), size=17, bold=True)
    return canvas.picture(
        tr(
            f"{tr(*_words(init))}, {shown}: the signal leaves the tenth layer with deviation {_size(signal[-1])}; a "
            f"gradient of deviation 1 at the end reaches the first layer's outputs with {_size(gradient[0])}.",
            f"{tr(*_words(init))}, {shown}: la señal sale de la décima capa con desviación {_size(signal[-1])}; un "
            f"gradiente de desviación 1 al final llega a las salidas de la primera capa con {_size(gradient[0])}.",
        )
    )


def _words(init: str) -> tuple[str, str]:
    words = _INITS[init]
    return (words, words) if isinstance(words, str) else words


def _size(value: float, digits: int = 2) -> str:
    """A number between 10⁻³⁰⁰ and 10³⁰⁰ that is short to read."""
    if value == 0 or 0.001 <= value < 10_000:
        return number(value, digits if value < 1 else max(digits, len(str(int(value)))))
    base, power = f"{value:.{digits - 1}e}".split("e")
    return f"{base}·10" + str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _powers(plot: Axes) -> None:
    left, _, width, _ = plot.box
    for power, words in ((-12, "10⁻¹²"), (-6, "10⁻⁶"), (0, "1"), (6, "10⁶"), (12, "10¹²")):
        plot.canvas.line(left, plot.py(power), left + width, plot.py(power), "muted" if power == 0 else "faint", 1)
        plot.canvas.text(left - 7, plot.py(power) + 4, words, size=11, anchor="end", colour_="muted")
    for layer in range(1, _LAYERS + 1):
        plot.canvas.text(
            plot.px(layer), plot.box[1] + plot.box[3] + 16, str(layer), size=11, anchor="middle", colour_="muted"
        )
