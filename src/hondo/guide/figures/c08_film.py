"""A training step as a film in which every number is shown, and two trainings that differ in one setting."""

import re
from functools import lru_cache

import numpy as np

from hondo.core.language import language, tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.grids import cells
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import playground, rounded
from hondo.guide.figures.figure import figure
from hondo.playground.url import setting_to_text
from hondo.scratch.trace.step import Trace
from hondo.scratch.trace.twins import Setup, Twins, run, twins

_SHADES = {"forward": "blue", "loss": "purple", "backward": "orange", "update": "green"}
_ABOVE = str.maketrans("0123456789-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾")
_BELOW = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉ ")
_WORDS = {
    r"\cdot": "·", r"\leftarrow": "←", r"\odot": "⊙", r"\tanh": "tanh", r"\sigma": "σ", r"\sum": "Σ", r"\max": "max",
    r"\log": "log", r"\eta": "η", r"\,": " ", r"\left": "", r"\right": "", r"^{\mathsf{T}}": "ᵀ", r"^2": "²",
}  # fmt: skip


def _plain(latex: str) -> str:
    """A formula of the trace without LaTeX."""
    text = re.sub(r"\\frac\{\\partial L\}\{\\partial ((?:[^{}]|\{[^{}]*\})*)\}", r"∂L/∂\1", latex)
    for word, sign in _WORDS.items():
        text = text.replace(word, sign)
    text = re.sub(r"\^\{([\d()-]+)\}", lambda found: found[1].translate(_ABOVE), text)
    text = re.sub(r"_\{([\d,]+)\}", lambda found: found[1].translate(_BELOW).replace(" ", ""), text)
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    text = re.sub(r"\\frac\{1\}\{([\w.]+)\}", r"1/\1", text)
    while re.search(r"\\frac\{[^{}]*\}\{[^{}]*\}", text):
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)", text)
    return re.sub(r"\s+", " ", text.replace("-", "−")).strip()


@lru_cache(512)
def _film(activation: str, loss: str, x1: float, x2: float, target: float, rate: float) -> Trace:
    output = "linear" if loss == "mean_squared_error" else "sigmoid"
    setup = Setup((2, 2, 1), activation, output, loss, learning_rate=rate, seed=4, batch_size=1, steps=2)
    return run(setup, np.array([[x1, x2]]), np.array([[target]]))


def _in_playground(at: At) -> str:
    """Two hidden neurons that learn from one sample a step, by the same loss at the same rate."""
    numbers = at.chosen("loss") == "mean_squared_error"
    task = {"data": "plane"} if numbers else {"data": "gaussians", "output": "sigmoid"}
    rate = rounded(at.number("rate"))
    return playground(**task, hidden=(2,), activation=at.chosen("f"), batch_size=1, learning_rate=rate)


@figure(
    "backprop-trace",
    ("Every number of a training step", "Todos los números de un paso"),
    Slider("moment", ("moment", "momento"), 0, 38, 11, 1, plays=0.8),
    Choice(
        "f",
        ("hidden activation", "activación oculta"),
        {"tanh": "tanh", "sigmoid": ("sigmoid", "sigmoide"), "relu": "ReLU"},
        "tanh",
    ),
    Choice(
        "loss",
        ("output and loss", "salida y pérdida"),
        {
            "mean_squared_error": ("linear, squared error", "lineal, error cuadrático"),
            "binary_cross_entropy": ("sigmoid, cross-entropy", "sigmoide, entropía cruzada"),
        },
        "mean_squared_error",
    ),
    Slider("x1", "x₁", -2, 2, 1, 0.1),
    Slider("x2", "x₂", -2, 2, -0.5, 0.1),
    Slider("target", ("target y", "objetivo y"), 0, 1, 1, 1),
    Slider("rate", ("learning rate η", "tasa de aprendizaje η"), 0.05, 1, 0.2, 0.05),
    playground=_in_playground,
)
def backprop_trace(at: At) -> Picture:
    """Every number of a training step."""
    given = [at.number(name) for name in ("x1", "x2", "target", "rate")]
    trace = _film(at.chosen("f"), at.chosen("loss"), *given)
    moment = min(at.whole("moment"), len(trace.steps))
    canvas = Canvas(760, 470)
    wide = 736 / len(trace.steps)
    for place, step in enumerate(trace.steps):
        canvas.rect(
            12 + wide * place, 12, wide - 2, 12, _SHADES[step.phase], round_=2, opacity=1 if place < moment else 0.25
        )
    _network(canvas, trace, moment)
    if moment == 0:
        canvas.text(
            20,
            372,
            tr(
                "Before the first number: weights, inputs, target.",
                "Antes del primer número: pesos, entradas, objetivo.",
            ),
            size=14,
            bold=True,
        )
        return canvas.picture(tr("Nothing is computed yet.", "Todavía no se ha calculado nada."))
    step = trace.steps[moment - 1]
    canvas.rect(12 + wide * (moment - 1) - 1, 9, wide, 18, "none", "ink", round_=3, line=2)
    phases = {
        "forward": tr("forwards", "hacia delante"),
        "loss": tr("loss", "pérdida"),
        "backward": tr("backwards", "hacia atrás"),
        "update": tr("step", "paso"),
    }
    title = f"{moment}. {phases[step.phase]}: {step.meaning[language()]}"
    canvas.text(20, 356, title, size=14, bold=True, colour_=_SHADES[step.phase])
    canvas.text(20, 380, _plain(step.formula), size=13, mono=True)
    for row, worked in enumerate(step.worked[:4]):
        words = _plain(worked)
        canvas.text(20, 402 + 19 * row, words, size=min(12.5, 1180 / max(1, len(words))), mono=True, colour_="muted")
    values = ", ".join(number(each, 3) for each in step.value.ravel())
    made = _plain(step.symbol)
    return canvas.picture(
        tr(
            f"Moment {moment} of {len(trace.steps)}, {phases[step.phase]}: {made} = {values}.",
            f"Momento {moment} de {len(trace.steps)}, {phases[step.phase]}: {made} = {values}.",
        )
    )


def _network(canvas: Canvas, trace: Trace, moment: int) -> None:
    """The network as it is at a moment: values in blue, gradients in orange, what has just been made in bold."""
    state = trace.state(moment)
    batch = trace.steps[moment - 1].batch if moment else 0
    fresh = {step.name for step in trace.steps[:moment] if step.batch == batch} | {"a0", "y"}
    now = trace.steps[moment - 1].name if moment else ""

    def label(x: float, y: float, name: str, index: tuple[int, ...], words: str = "", shade: str = "") -> None:
        if name not in fresh and name[0] not in "Wb":
            return
        gradient = name[0] == "d"
        size = 14 if name == now else 12
        text = words + number(float(state[name][index]), 3)
        canvas.text(
            x,
            y,
            text,
            size=size,
            anchor="middle",
            bold=name == now,
            colour_=shade or ("orange" if gradient else "blue"),
        )

    columns = (70.0, 300.0, 520.0)
    rows = ((110.0, 260.0), (110.0, 260.0), (185.0,))
    for layer in (1, 2):
        for i, y1 in enumerate(rows[layer - 1]):
            for j, y2 in enumerate(rows[layer]):
                x1, x2 = columns[layer - 1], columns[layer]
                weight = float(state[f"W{layer}"][i, j])
                shade = (
                    "green"
                    if now == f"W{layer}"
                    else "orange"
                    if now == f"dW{layer}"
                    else "blue"
                    if weight > 0
                    else "grey"
                )
                canvas.line(x1 + 26, y1, x2 - 26, y2, shade, 1 + min(3.0, 1.6 * abs(weight)), opacity=0.55)
                share = 0.3 if layer == 1 else 0.6
                x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
                canvas.rect(x - 25, y - 20, 50, 17, "paper", opacity=0.8, round_=3)
                label(x, y - 7, f"W{layer}", (i, j), shade="green" if now == f"W{layer}" else "ink")
                if f"dW{layer}" in fresh:
                    canvas.rect(x - 25, y - 2, 50, 16, "paper", opacity=0.8, round_=3)
                label(x, y + 11, f"dW{layer}", (i, j))
    for layer, column in enumerate(rows):
        for place, y in enumerate(column):
            x = columns[layer]
            busy = now.lstrip("d") in (f"z{layer}", f"a{layer}", f"b{layer}")
            canvas.circle(
                x, y, 26, "paper", _SHADES[trace.steps[moment - 1].phase] if busy else "blue", line=3 if busy else 1.5
            )
            label(x, y + 5, f"a{layer}", (0, place))
            label(x, y + (44 if layer == 0 else 58), f"da{layer}", (0, place), "∂a ")
            if layer:
                label(x, y - 34, f"z{layer}", (0, place), "z ")
                label(x, y + 42, f"dz{layer}", (0, place), "∂z ")
                near = 22 if layer == 1 and place == 1 else -26
                label(x + 68, y + near, f"b{layer}", (place,), "b ", "green" if now == f"b{layer}" else "ink")
                label(x + 70, y + near + 16, f"db{layer}", (place,), "∂b ")
    canvas.text(columns[0], 60, tr("inputs", "entradas"), size=12, anchor="middle", colour_="muted")
    canvas.text(columns[1], 52, tr("hidden layer", "capa oculta"), size=12, anchor="middle", colour_="muted")
    canvas.text(columns[2], 126, tr("output", "salida"), size=12, anchor="middle", colour_="muted")
    canvas.rect(630, 140, 116, 90, "soft", "purple", round_=8, line=3 if now == "L" else 1.2)
    canvas.text(
        688, 162, tr("target y = ", "objetivo y = ") + number(float(state["y"][0, 0])), size=12, anchor="middle"
    )
    canvas.text(688, 190, tr("loss", "pérdida"), size=12, anchor="middle", colour_="muted")
    if "L" in fresh:
        canvas.text(688, 214, number(float(state["L"])), size=16, anchor="middle", bold=True, colour_="purple")
    first = trace.find("L").value
    if batch == 1:
        canvas.text(
            688,
            252,
            tr(f"before: {number(float(first))}", f"antes: {number(float(first))}"),
            size=12,
            anchor="middle",
            colour_="muted",
        )
    canvas.legend(
        590,
        300,
        [
            (tr("values", "valores"), "blue"),
            (tr("gradients ∂L/∂…", "gradientes ∂L/∂…"), "orange"),
            (tr("new parameters", "parámetros nuevos"), "green"),
        ],
        gap=14,
    )


_CHANGES: dict[str, tuple[str, float | str]] = {
    "learning_rate": ("η: 0.1 / 0.5", 0.5),
    "activation": ("tanh / ReLU", "relu"),
    "loss": ("MSE / BCE", "binary_cross_entropy"),
    "optimizer": ("SGD / Adam", "adam"),
}


@lru_cache(16)
def _pair(setting: str) -> Twins:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (12, 2))
    y = (x[:, :1] * x[:, 1:] > 0).astype(float)
    return twins(Setup(), x, y, **{setting: _CHANGES[setting][1]})


def _twins_in_playground(at: At) -> str:
    """A network with as many neurons and its twin; with its squared error goes a tanh, with cross-entropy a sigmoid."""
    setting = at.chosen("setting")
    apart = ("output", "sigmoid") if setting == "loss" else (setting, _CHANGES[setting][1])
    setup = Setup()
    rate, start = setup.learning_rate, setup.init
    alike = playground(data="xor", hidden=setup.sizes[1:-1], learning_rate=rate, initialisation=start)
    return f"{alike}&twin={setting_to_text(*apart)}"


@figure(
    "backprop-twins",
    ("Twins that differ in one setting", "Gemelas que difieren en un ajuste"),
    Choice(
        "setting",
        ("what differs", "qué difiere"),
        {key: words for key, (words, _) in _CHANGES.items()},
        "learning_rate",
    ),
    Slider("moment", ("moment", "momento"), 1, 58, 15, 1, plays=2),
    playground=_twins_in_playground,
)
def backprop_twins(at: At) -> Picture:
    """Twins that differ in one setting."""
    pair = _pair(at.chosen("setting"))
    differences = pair.differences()
    moment = min(at.whole("moment"), len(differences))
    step, far = differences[moment - 1]
    other = next(each.value for each in pair.second.steps if (each.batch, each.name) == (step.batch, step.name))
    canvas = Canvas(740, 360)
    plot = canvas.axes(
        (0, len(differences) + 1),
        (-5.2, 1),
        box=(64, 24, 400, 260),
        ticks=False,
        xlabel=tr("moment", "momento"),
        grid=False,
    )
    for power in range(-4, 2):
        canvas.text(58, plot.py(power) + 4, number(10.0**power, 2), size=11, anchor="end", colour_="muted")
        plot.horizontal(power, "faint", "", 1)
    canvas.text(58, plot.py(-5) + 4, tr("equal", "iguales"), size=11, anchor="end", colour_="muted")
    for place, (each, size) in enumerate(differences, start=1):
        height = -5.0 if size == 0 else max(-4.8, np.log10(size))
        plot.points(
            [place], [height], _SHADES[each.phase], 6 if place == moment else 3.6, "ink" if place == moment else "paper"
        )
    for batch in (1, 2):
        first = next((place for place, (each, _) in enumerate(differences, start=1) if each.batch == batch), None)
        if first is not None:
            plot.vertical(first - 0.5, "muted")
    names = (tr("forwards", "adelante"), tr("loss", "pérdida"), tr("backwards", "atrás"), tr("step", "paso"))
    canvas.legend(72, 344, list(zip(names, _SHADES.values(), strict=True)), across=True, gap=22)
    canvas.text(600, 40, _plain(step.symbol), size=17, anchor="middle", bold=True, colour_=_SHADES[step.phase])
    shown = [np.atleast_2d(each)[:4, :3] for each in (step.value, other)]
    reach = max(float(np.abs(each).max()) for each in shown) or 1.0
    top = 86.0
    for words, values in zip(
        (tr("first twin", "primera gemela"), tr("second twin", "segunda gemela")), shown, strict=True
    ):
        size = 40 if values.shape[0] <= 2 else 25
        cells(
            canvas, 600 - values.shape[1] * size / 2, top, values / reach, size=size, write=_times(reach), title=words
        )
        top += values.shape[0] * size + 42
    canvas.text(600, 346, tr("greatest difference ", "mayor diferencia ") + number(far, 2), size=13, anchor="middle")
    parting = pair.parting()
    parted = _plain(parting.symbol) if parting else "–"
    return canvas.picture(
        tr(
            f"At moment {moment} the twins' values of {_plain(step.symbol)} differ by {number(far, 2)}. Their first "
            f"difference is in {parted}.",
            f"En el momento {moment}, los valores de {_plain(step.symbol)} en las gemelas difieren en "
            f"{number(far, 2)}. Lo primero que las separa es {parted}.",
        )
    )


def _times(reach: float):
    return lambda value: number(value * reach, 2)
