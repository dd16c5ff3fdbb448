"""Chapter 11, activation functions with their derivatives, and neurons that die."""

from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Choice, Drag, Slider
from hondo.guide.figures.doors import Changes, playground
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.catalogue import activation
from hondo.scratch.descent.gradient_descent import descend
from hondo.scratch.descent.optimizers import SGD
from hondo.scratch.losses.catalogue import loss
from hondo.scratch.networks.network import mlp

_NAMES = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU (0.2)",
    "elu": "ELU (α = 1)",
    "gelu": "GELU",
    "sigmoid": ("sigmoid", "sigmoide"),
    "tanh": "tanh",
    "linear": ("linear", "lineal"),
    "step": ("step", "escalón"),
}


def _in_playground(at: At) -> str:
    """Hidden neurons with this activation; where the playground lacks it, with the one most like it."""
    name = at.chosen("name")
    known = {"sigmoid": "sigmoid", "step": "sigmoid", "tanh": "tanh", "linear": "linear"}
    return playground(activation=known.get(name, "relu"))


def _as_experiment(at: At) -> tuple[str, Changes]:
    """A network with this activation; a step has no gradient to learn by, so there a sigmoid stands for it."""
    name = at.chosen("name")
    return "digits-mlp", {"model.activation": "sigmoid" if name == "step" else name}


@figure(
    "hyperparameters-activations",
    ("Activation functions and their derivatives", "Funciones de activación y sus derivadas"),
    Choice("name", ("activation", "activación"), _NAMES, "relu"),
    Choice("other", ("compared with", "comparada con"), {"none": ("none", "ninguna"), **_NAMES}, "none"),
    Slider("z", "z", -4, 4, 1.0, 0.05),
    drag=Drag(x="z"),
    playground=_in_playground,
    experiment=_as_experiment,
)
def activations(at: At) -> Picture:
    """A function with its tangent, and its derivative."""
    z = at.number("z")
    chosen, other = at.chosen("name"), at.chosen("other")
    f = activation(chosen)
    canvas = Canvas(640, 376)
    left = canvas.axes(
        (-4, 4), (-1.6, 4), box=(40, 30, 272, 280), xlabel=tr("weighted sum z", "suma ponderada z"), title="f(z)"
    )
    right = canvas.axes((-4, 4), (-0.4, 1.3), box=(358, 30, 264, 280), xlabel="z", title="f′(z)")
    zs = np.linspace(-4, 4, 401)
    for plot in (left, right):
        plot.vertical(0, "muted", "", 1)
        plot.horizontal(0, "muted", "", 1)
    if other != "none":
        compared = activation(other)
        left.line(zs, compared.function(zs), "grey", 1.8)
        right.line(zs, _broken(zs, compared.derivative(zs), other), "grey", 1.8)
    left.line(zs, _broken(zs, f.function(zs), chosen if chosen == "step" else ""), "blue", 2.6)
    right.line(zs, _broken(zs, f.derivative(zs), chosen), "blue", 2.6)
    here = np.array([z])
    value, slope = float(f.function(here)[0]), float(f.derivative(here)[0])
    left.line([z - 1.2, z + 1.2], [value - 1.2 * slope, value + 1.2 * slope], "orange", 2)
    left.points([z], [value], "orange", 5)
    right.points([z], [slope], "orange", 5)
    kink = z == 0 and chosen in ("relu", "leaky_relu", "step")
    more = (
        tr(" (no derivative at the corner: by convention)", " (en la esquina no hay derivada: es un convenio)")
        if kink
        else ""
    )
    words = tr(*_both(chosen))
    if other != "none":
        canvas.legend(48, 368, [(words, "blue"), (tr(*_both(other)), "grey")], across=True)
    return canvas.picture(
        tr(
            f"{words}: for z = {number(z)} the neuron answers {number(value)}; its slope there is "
            f"{number(slope)}, and by "
            f"that the error is multiplied on its way back{more}.",
            f"{words}: para z = {number(z)} la neurona responde {number(value)}; su pendiente ahí es "
            f"{number(slope)}, y "
            f"por ella se multiplica el error en su camino de vuelta{more}.",
        )
    )


def _both(name: str) -> tuple[str, str]:
    words = _NAMES[name]
    return (words, words) if isinstance(words, str) else words


def _broken(zs: np.ndarray, values: np.ndarray, name: str) -> np.ndarray:
    """Values with a gap where the function jumps at 0, so that no upright line is drawn."""
    values = np.array(values, float)
    if name in ("relu", "leaky_relu", "step"):
        values[np.abs(zs) < 1e-9] = np.nan
    return values


_EPOCHS, _UNITS, _SHOWN = 60, 16, 5
_GRID = np.linspace(-2, 2, 121)


@cache
def _data() -> tuple[np.ndarray, np.ndarray]:
    x = np.linspace(-2, 2, 40)[:, None]
    return x, np.abs(x) - 0.8 + 0.3 * np.sin(4 * x)


@cache
def _lives(name: str, rate: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Curves, each neuron's share of samples with a positive sum, and losses, at the start and after each epoch."""
    x, y = _data()
    net = mlp((1, _UNITS, 1), name, "he_normal", seed=1)
    error = loss("mean_squared_error")

    def seen(parameters: dict[str, np.ndarray], rows: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        net.parameters = parameters
        predicted = net.forward(x[rows], training=True)
        net.backward(error.gradient(predicted, y[rows]))
        return error.function(predicted, y[rows]), net.gradients

    def look() -> tuple[np.ndarray, np.ndarray, float]:
        sums = x @ net.parameters["0.W"] + net.parameters["0.b"]
        return net.predict(_GRID[:, None])[:, 0], (sums > 0).mean(0), error.function(net.predict(x), y)

    records = [look()]
    with np.errstate(all="ignore"):
        for step in descend(seen, net.parameters, SGD(rate), samples=40, batch_size=8, epochs=_EPOCHS, seed=1):
            net.parameters = step.parameters
            if step.ends_epoch:
                records.append(look())
    curves, active, losses = (np.array(each) for each in zip(*records, strict=True))
    return curves, active, losses


@figure(
    "hyperparameters-dead-neurons",
    ("Neurons that die", "Neuronas que mueren"),
    Choice(
        "name",
        ("activation", "activación"),
        {each: _NAMES[each] for each in ("relu", "leaky_relu", "elu", "gelu")},
        "relu",
    ),
    Slider("rate", ("learning rate", "tasa de aprendizaje"), 0.02, 0.3, 0.24, 0.02),
    Slider("epoch", ("epoch", "época"), 0, _EPOCHS, 30, 1, plays=8),
)
def dead_neurons(at: At) -> Picture:
    """A curve fitted with sixteen neurons, and which of them still answer to some sample."""
    name, rate, epoch = at.chosen("name"), at.number("rate"), at.whole("epoch")
    curves, active, losses = _lives(name, rate)
    x, y = _data()
    canvas = Canvas(640, 360)
    plot = canvas.axes((-2, 2), (-1.6, 1.8), box=(48, 24, 330, 280), xlabel="x", ylabel="y")
    plot.points(x, y, "grey", 3)
    plot.line(_GRID, np.nan_to_num(curves[epoch], nan=99), "blue", 2.6)
    canvas.text(
        402, 36, tr("share of samples with z > 0,", "parte de las muestras con z > 0,"), size=12, colour_="muted"
    )
    canvas.text(402, 52, tr("neuron by neuron", "neurona a neurona"), size=12, colour_="muted")
    shares, error = active[epoch], losses[epoch]
    lost = not np.isfinite(error)
    for place, share in enumerate(shares):
        left, top = 402 + 56 * (place % 4), 68 + 50 * (place // 4)
        silent = share == 0 and not lost
        canvas.rect(left, top, 48, 40, "none", "red" if silent else "muted", round_=4, line=2 if silent else 1)
        canvas.rect(left, top + 40 * (1 - share), 48, 40 * share, "blue", round_=4, opacity=0.75)
        said = "?" if lost else "0" if silent else f"{share:.0%}"
        canvas.text(left + 24, top + 25, said, size=12, anchor="middle", bold=silent)
    count = 0 if lost else int((shares == 0).sum())
    dies = name == "relu"
    words = (
        tr("the weights have grown beyond all bounds", "los pesos han crecido sin límite")
        if lost
        else tr(f"dead: {count} of 16", f"muertas: {count} de 16")
        if dies
        else tr(f"always negative: {count} of 16", f"siempre negativas: {count} de 16")
    )
    canvas.text(402, 292, words, size=12 if lost else 14, bold=True, colour_="red" if count or lost else "ink")
    if not dies and not lost:
        canvas.text(402, 312, tr("but their gradient is not 0", "pero su gradiente no es 0"), size=12, colour_="muted")
    title = tr(*_both(name))
    if lost:
        return canvas.picture(
            tr(
                f"{title}, learning rate {rate:g}: by epoch {epoch} the training has diverged.",
                f"{title}, tasa {rate:g}: en la época {epoch} el entrenamiento ya ha divergido.",
            )
        )
    return canvas.picture(
        tr(
            f"{title}, learning rate {rate:g}, epoch {epoch}: {count} of 16 hidden neurons are negative for "
            f"every sample; the squared error is {error:.3f}.",
            f"{title}, tasa {rate:g}, época {epoch}: {count} de las 16 neuronas ocultas son negativas en "
            f"todas las muestras; el error cuadrático es {error:.3f}.",
        )
    )
