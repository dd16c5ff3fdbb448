"""Losses for classes: why a squared error falls asleep, and what weighing the classes moves."""

from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Drag, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.smooth import sigmoid


def _pulls(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives by the score z, for class 1, of the squared error of the probability and of the cross-entropy."""
    p = sigmoid(z)
    return 2 * (p - 1) * p * (1 - p), p - 1


@cache
def _learned(start: float, rate: float) -> np.ndarray:
    """200 steps of gradient descent on the score itself: ``(201, 2)``, squared error and cross-entropy."""
    ways = np.full((201, 2), start)
    for step in range(200):
        for column in (0, 1):
            ways[step + 1, column] = ways[step, column] - rate * _pulls(ways[step, column : column + 1])[column][0]
    return ways


@figure(
    "loss-gradient-dies",
    ("Wrong and convinced of it", "Equivocada y convencida"),
    Slider("z", ("start: score z of a sample of class 1", "salida: puntuación z de una muestra de clase 1"),
           -8, 4, -5, 0.25),
    Slider("steps", ("steps of η = 1", "pasos con η = 1"), 0, 200, 80, 1, plays=20),
    drag=Drag(x="z"),
)  # fmt: skip
def loss_gradient_dies(at: At) -> Picture:
    """How hard each loss pulls at a score, and where gradient descent takes the score."""
    z, steps = at.number("z"), at.whole("steps")
    ways = _learned(z, 1.0)[: steps + 1]
    scores = np.linspace(-8, 4, 161)
    squared, cross = _pulls(scores)
    canvas = Canvas(680, 350)
    left = canvas.axes(
        (-8, 4), (0, 1.1), box=(52, 30, 280, 250), xlabel=tr("score z", "puntuación z"),
        title=tr("pull |∂L/∂z|", "tirón |∂L/∂z|"),
    )  # fmt: skip
    left.line(scores, -cross, "blue")
    left.line(scores, -squared, "orange")
    here = _pulls(ways[-1])
    left.points([ways[-1, 1]], [-here[1][1]], "blue", 6, "ink")
    left.points([ways[-1, 0]], [-here[0][0]], "orange", 6, "ink")
    left.vertical(z, "muted")
    right = canvas.axes(
        (0, 200), (0, 1), box=(396, 30, 262, 250), xlabel=tr("step", "paso"),
        title=tr("probability of class 1", "probabilidad de la clase 1"),
    )  # fmt: skip
    right.line(np.arange(steps + 1), sigmoid(ways[:, 1]), "blue")
    right.line(np.arange(steps + 1), sigmoid(ways[:, 0]), "orange")
    canvas.legend(
        160, 340, [(tr("cross-entropy", "entropía cruzada"), "blue"),
                   (tr("squared error of the probability", "error cuadrático de la probabilidad"), "orange")],
        across=True, gap=26,
    )  # fmt: skip
    first = _pulls(np.array([z]))
    p = sigmoid(ways[-1])
    return canvas.picture(
        tr(
            f"At z = {number(z)} cross-entropy pulls with {-first[1][0]:.3f}, the squared error with "
            f"{-first[0][0]:.4f}. After {steps} steps the right class has probability {p[1]:.2f} and {p[0]:.2f}.",
            f"En z = {number(z)} la entropía cruzada tira con {-first[1][0]:.3f} y el error cuadrático con "
            f"{-first[0][0]:.4f}. Tras {steps} pasos la clase correcta tiene probabilidad {p[1]:.2f} y {p[0]:.2f}.",
        )
    )


_EACH = 2000


@cache
def _two_classes() -> tuple[np.ndarray, np.ndarray]:
    """Quantiles of two normal distributions, one around −1 and one around 1: no luck involved."""
    from scipy.stats import norm

    middle = norm.ppf((np.arange(_EACH) + 0.5) / _EACH)
    return middle - 1, middle + 1


@cache
def _logistic(share: float, weight: float) -> tuple[float, float]:
    """Weight and bias of the logistic regression when class 1 has a share of the samples and its loss a weight."""
    common, rare = _two_classes()
    x = np.concatenate([common, rare])
    y = np.concatenate([np.zeros(_EACH), np.ones(_EACH)])
    counts = np.where(y == 1, share * weight, 1 - share)
    w = np.zeros(2)
    inputs = np.stack([x, np.ones_like(x)], axis=1)
    for _ in range(25):
        p = sigmoid(inputs @ w)
        hessian = inputs.T @ ((counts * p * (1 - p))[:, None] * inputs)
        w = w - np.linalg.solve(hessian, inputs.T @ (counts * (p - y)))
    return float(w[0]), float(w[1])


@figure(
    "loss-class-weights",
    ("A rare class, weighed", "Una clase rara, con peso"),
    Slider("share", ("share of class 1", "proporción de la clase 1"), 0.02, 0.5, 0.1, 0.01),
    Slider("weight", ("weight of class 1", "peso de la clase 1"), 1, 50, 1, 0.5, plays=4),
)
def loss_class_weights(at: At) -> Picture:
    """Where a logistic regression draws its border."""
    share, weight = at.number("share"), at.number("weight")
    w, b = _logistic(share, weight)
    border, moved = -b / w, b - _logistic(share, 1.0)[1]
    common, rare = _two_classes()
    found, alarms = float((rare > border).mean()), float((common > border).mean())
    precise = share * found / max(1e-12, share * found + (1 - share) * alarms)
    canvas = Canvas(680, 340)
    plot = canvas.axes((-4.5, 4.5), (0, 1), box=(52, 20, 606, 250), xlabel="x")
    xs = np.linspace(-4.5, 4.5, 200)
    for centre, part, colour in ((-1, 1 - share, "blue"), (1, share, "orange")):
        heights = 2.2 * part * np.exp(-((xs - centre) ** 2) / 2) / np.sqrt(2 * np.pi)
        plot.area(xs, 0, heights, colour, 0.35)
        plot.line(xs, heights, colour, 1.4)
    plot.line(xs, sigmoid(w * xs + b), "ink", 2.4)
    plot.vertical(border, "red")
    canvas.legend(
        60, 330, [(tr("class 0", "clase 0"), "blue"), (tr("class 1", "clase 1"), "orange"),
                  (tr("probability of class 1", "probabilidad de la clase 1"), "ink"),
                  (tr("border at 1/2", "frontera en 1/2"), "red")], across=True, gap=22,
    )  # fmt: skip
    return canvas.picture(
        tr(
            f"Weight {number(weight)}: the border is at x = {border:.2f}; {found:.0%} of class 1 are found, and "
            f"{precise:.0%} of what is called class 1 is class 1. The bias has moved by {moved:.2f}; log "
            f"{number(weight)} = {np.log(weight):.2f}.",
            f"Peso {number(weight)}: la frontera está en x = {border:.2f}; se encuentra el {100 * found:.0f} % de la "
            f"clase 1, y de lo que se llama clase 1 lo es el {100 * precise:.0f} %. El sesgo se ha movido "
            f"{moved:.2f}; log {number(weight)} = {np.log(weight):.2f}.",
        )
    )
