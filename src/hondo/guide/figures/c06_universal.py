"""Chapter 6: a function followed by more and more hidden neurons, and a trained network reading digits."""

from functools import cache

import numpy as np
from sklearn.datasets import load_digits

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import deep_colours, grey_colours
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import NO_STOP, Changes, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.piecewise import relu
from hondo.scratch.activations.softmax import softmax
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.losses.from_logits import one_hot
from hondo.scratch.networks.network import mlp
from hondo.scratch.networks.training import train

_LEFT, _RIGHT = -3.0, 3.0
_MOST = 40
_FUNCTIONS = {
    "wave": lambda x: np.sin(2 * x) + 0.4 * x,
    "hill": lambda x: 2 * np.exp(-(x**2)) - 0.5,
    "corner": lambda x: np.abs(x - 0.7) - 1,
    "jump": lambda x: np.where(x < 0.35, -1.0, 1.0),
}
_EPOCHS = 12


def _relu_network(name: str, neurons: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Where each hidden ReLU begins, what the output gives it, and the output's bias: a line from knot to knot."""
    knots = np.linspace(_LEFT, _RIGHT, neurons + 1)
    heights = _FUNCTIONS[name](knots)
    slopes = np.diff(heights) / np.diff(knots)
    return knots[:-1], np.diff(slopes, prepend=0.0), float(heights[0])


def _answer(x: np.ndarray, starts: np.ndarray, weights: np.ndarray, bias: float) -> np.ndarray:
    return relu(x[:, None] - starts) @ weights + bias


@cache
def _errors(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Largest and root-mean-square distance for each number of neurons."""
    x = np.linspace(_LEFT, _RIGHT, 2001)
    apart = [_answer(x, *_relu_network(name, n)) - _FUNCTIONS[name](x) for n in range(1, _MOST + 1)]
    return np.array([np.abs(each).max() for each in apart]), np.array([np.sqrt((each**2).mean()) for each in apart])


@figure(
    "universal-relu",
    ("A hidden layer follows a function", "Una capa oculta sigue a una función"),
    Choice(
        "f",
        ("function", "función"),
        {
            "wave": ("a wave", "una onda"),
            "hill": ("a hill", "una colina"),
            "corner": ("a corner", "una esquina"),
            "jump": ("a jump", "un salto"),
        },
        "wave",
    ),
    Slider("neurons", ("hidden neurons", "neuronas ocultas"), 1, _MOST, 8, 1, plays=4),
    Toggle("parts", ("show each neuron", "mostrar cada neurona"), True),
)
def universal_relu(at: At) -> Picture:
    """The function, the network, its neurons one by one, and the error by how many they are."""
    name, count = at.chosen("f"), at.whole("neurons")
    starts, weights, bias = _relu_network(name, count)
    canvas = Canvas(640, 370)
    plot = canvas.axes((-4.2, 4.2), (-2.6, 2.6), box=(40, 20, 350, 296), xlabel="x")
    for low, high in ((-4.2, _LEFT), (_RIGHT, 4.2)):
        canvas.rect(plot.px(low), 20, plot.px(high) - plot.px(low), 296, "faint", opacity=0.6)
    xs = np.linspace(-4.2, 4.2, 301)
    if at.on("parts"):
        for start, weight in zip(starts, weights, strict=True):
            plot.line([-4.2, start, 4.2], [0, 0, weight * (4.2 - start)], "purple", 1, opacity=0.35)
    plot.line(xs, _FUNCTIONS[name](xs), "grey", 5, opacity=0.5)
    bends = np.array([-4.2, *starts, 4.2])  # between them the network is straight
    plot.line(bends, _answer(bends, starts, weights, bias), "blue", 2.4)
    plot.points(bends[1:-1], _answer(bends[1:-1], starts, weights, bias), "blue", 3)
    greatest, usual = _errors(name)
    floor = -5.0
    curve = canvas.axes(
        (0, _MOST + 1),
        (floor, 0.8),
        box=(452, 52, 172, 196),
        xlabel=tr("hidden neurons", "neuronas ocultas"),
        title=tr("error (log₁₀)", "error (log₁₀)"),
    )
    ns = np.arange(1, _MOST + 1)
    curve.line(ns, np.log10(np.maximum(greatest, 10**floor)), "orange", 2.2)
    curve.line(ns, np.log10(np.maximum(usual, 10**floor)), "green", 2.2)
    curve.vertical(count)
    curve.points([count], [np.log10(max(greatest[count - 1], 10**floor))], "orange", 5)
    curve.points([count], [np.log10(max(usual[count - 1], 10**floor))], "green", 5)
    words = tr("greatest error", "error máximo"), tr("root mean square", "media cuadrática")
    canvas.legend(430, 308, list(zip(words, ("orange", "green"), strict=True)))
    canvas.legend(
        56,
        362,
        [
            (tr("function", "función"), "grey"),
            (tr("network", "red"), "blue"),
            (tr("each neuron", "cada neurona"), "purple"),
        ],
        across=True,
        gap=20,
    )
    worst = number(float(greatest[count - 1]), 2)
    return canvas.picture(
        tr(
            f"With {count} hidden ReLU neurons, the greatest error between −3 and 3 is {worst}; "
            "outside, in grey, nothing is promised.",
            f"Con {count} neuronas ocultas ReLU, el error máximo entre −3 y 3 es {worst}; "
            "fuera, en gris, no se promete nada.",
        )
    )


@cache
def _reader() -> tuple[np.ndarray, np.ndarray, list[dict[str, np.ndarray]]]:
    """Unseen digits, their labels, and a network's parameters after each epoch."""
    x, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    x, labels = np.asarray(x, float)[order] / 16, np.asarray(labels)[order]
    network = mlp((64, 32, 10), "relu", "he_uniform", 0)
    kept = [dict(network.parameters)]
    train(
        network,
        "softmax_cross_entropy",
        x[360:],
        one_hot(labels[360:], 10),
        optimizer=Adam(0.003),
        epochs=_EPOCHS,
        watch=lambda _: kept.append(dict(network.parameters)),
    )
    return x[:360], labels[:360], kept


def _as_experiment(at: At) -> tuple[str, Changes]:
    """The same network, trained for as long."""
    changes: Changes = {"train.epochs": max(1, at.whole("epoch")), **with_hidden(32), **with_optimizer("adam", 0.003)}
    return "digits-mlp", {**changes, **NO_STOP}


@figure(
    "mlp-digits",
    ("A multilayer perceptron reads digits", "Un perceptrón multicapa lee dígitos"),
    Slider("digit", ("digit of the test set", "dígito del conjunto de prueba"), 1, 60, 5, 1),
    Slider("epoch", ("after epoch", "tras la época"), 0, _EPOCHS, 3, 1, plays=2),
    experiment=_as_experiment,
)
def mlp_digits(at: At) -> Picture:
    """A picture, the hidden neurons' answers to it, and the ten probabilities."""
    x, labels, kept = _reader()
    place, epoch = at.whole("digit") - 1, at.whole("epoch")
    weights = kept[epoch]
    hidden = relu(x @ weights["0.W"] + weights["0.b"])  # (360, 32)
    p = softmax(hidden @ weights["2.W"] + weights["2.b"])  # (360, 10)
    right = float((p.argmax(axis=1) == labels).mean())
    canvas = Canvas(640, 330)
    canvas.pixels(20, 50, 152, 152, grey_colours(1 - x[place].reshape(8, 8), 0, 1))
    canvas.rect(20, 50, 152, 152, "none", "muted", line=1)
    canvas.text(96, 36, tr("64 inputs", "64 entradas"), size=13, anchor="middle", colour_="muted")
    canvas.arrow(180, 126, 212, 126, "muted")
    painted = deep_colours(hidden[place].reshape(8, 4), 0, max(float(np.quantile(hidden, 0.98)), 1e-6))
    for row in range(8):
        for column in range(4):
            shade = "rgb({},{},{})".format(*painted[row, column])
            canvas.circle(232 + 22 * column, 60 + 20 * row, 8.5, shade, "muted", line=1)
    canvas.text(265, 36, tr("32 hidden", "32 ocultas"), size=13, anchor="middle", colour_="muted")
    canvas.arrow(314, 126, 346, 126, "muted")
    plot = canvas.axes((-0.6, 9.6), (0, 1.05), box=(392, 50, 232, 152), grid=False)
    canvas.text(508, 36, tr("10 probabilities", "10 probabilidades"), size=13, anchor="middle", colour_="muted")
    said, wanted = int(p[place].argmax()), int(labels[place])
    shades = ["blue" if each == wanted else "orange" if each == said else "grey" for each in range(10)]
    plot.bars(np.arange(10), p[place], shades, 0.8)
    for each in range(1, 10, 2):  # the even ones stand there already
        canvas.text(plot.px(each), 218, str(each), size=11, anchor="middle", colour_="muted")
    verdict = tr("right", "acierta") if said == wanted else tr("wrong", "falla")
    canvas.text(
        20,
        262,
        tr(
            f"It is a {wanted}; the network says {said} with p = {p[place, said]:.2f}: {verdict}.",
            f"Es un {wanted}; la red dice {said} con p = {p[place, said]:.2f}: {verdict}.",
        ),
        size=15,
        bold=True,
        colour_="green" if said == wanted else "red",
    )
    chance = float(p[place, wanted])
    loss = -float(np.log(max(chance, 1e-12)))
    canvas.text(
        20,
        290,
        tr(
            f"loss of this digit: −log {chance:.3f} = {loss:.2f}    test accuracy, epoch {epoch}: {right:.1%}",
            f"pérdida del dígito: −log {chance:.3f} = {loss:.2f}    exactitud (prueba), época {epoch}: {right:.1%}",
        ),
        size=13,
        colour_="muted",
    )
    return canvas.picture(
        tr(
            f"A {wanted} after {epoch} epochs: the network gives it probability {p[place, wanted]:.2f}; of 360 unseen "
            f"digits it reads {right:.1%} rightly.",
            f"Un {wanted} tras {epoch} épocas: la red le da probabilidad {p[place, wanted]:.2f}; de 360 dígitos que no "
            f"ha visto lee bien el {right:.1%}.",
        )
    )
