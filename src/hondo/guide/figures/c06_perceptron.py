"""Chapter 6: the perceptron correcting its line mistake by mistake, and the two walls that force it to stop."""

from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import playground
from hondo.guide.figures.figure import figure
from hondo.scratch.neuron.perceptron import PerceptronRun, learn, most_mistakes

_DARK = "#1c2630"
_MOST = 40
_LINE_W, _LINE_B = np.array([0.8, 0.6]), -1.4


def _separable() -> tuple[np.ndarray, np.ndarray]:
    """40 points that a line separates with a gap of 0.15 on either side."""
    x = np.random.default_rng(5).uniform(-2.4, 2.4, (600, 2))
    distance = x @ np.array([0.8, -0.6]) + 0.5
    x, distance = x[np.abs(distance) > 0.15][:40], distance[np.abs(distance) > 0.15][:40]
    return x, (distance > 0).astype(float)


def _beside(gap: float) -> tuple[np.ndarray, np.ndarray]:
    """12 points just beyond a gap on either side of the line of ``_LINE_W``, in turn: not easy to learn."""
    x = np.random.default_rng(5).uniform(-1, 3, (4000, 2))
    distance = x @ _LINE_W + _LINE_B
    above = x[(distance > gap) & (distance < gap + 0.05)][:6]
    below = x[(distance < -gap) & (distance > -gap - 0.05)][:6]
    return np.stack([above, below], axis=1).reshape(-1, 2), np.array([1.0, 0.0] * 6)


@cache
def _points(name: str) -> tuple[np.ndarray, np.ndarray]:
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    if name == "separable":
        return _separable()
    if name == "and":
        return corners, np.array([0.0, 0.0, 0.0, 1.0])
    if name == "xor":
        return corners, np.array([0.0, 1.0, 1.0, 0.0])
    rng = np.random.default_rng(2)
    y = np.arange(40) % 2 * 1.0
    return rng.normal(np.where(y[:, None] == 1, 0.6, -0.6), 0.8, (40, 2)).clip(-2.4, 2.4), y


@cache
def _run(name: str) -> PerceptronRun:
    return learn(*_points(name), epochs=12 if name != "and" else 20)


def _border(plot: Axes, w: np.ndarray, b: float, colour: str, width: float, dash: str = "") -> None:
    length = float(np.hypot(*w))
    if length < 1e-9:
        return
    ends = -b * w / length**2 + np.outer([-20.0, 20.0], np.array([-w[1], w[0]]) / length)
    plot.line(ends[:, 0], ends[:, 1], colour, width, dash)


def _in_playground(at: At) -> str:
    """One neuron that learns one sample at a time, on points that a line separates, or does not."""
    data = "xor" if at.chosen("data") == "xor" else "gaussians"
    noise = 0.5 if at.chosen("data") == "overlapping" else 0.0
    return playground(data=data, noise=noise, hidden=(), output="sigmoid", batch_size=1)


@figure(
    "perceptron-steps",
    ("The perceptron learns from its mistakes", "El perceptrón aprende de sus errores"),
    Choice(
        "data",
        ("data", "datos"),
        {
            "separable": ("separable", "separables"),
            "and": "AND",
            "xor": "XOR",
            "overlapping": ("overlapping", "solapados"),
        },
        "separable",
    ),
    Slider("correction", ("correction", "corrección"), 0, _MOST, 3, 1, plays=2),
    playground=_in_playground,
)
def perceptron_steps(at: At) -> Picture:
    """The line after so many corrections, the sample that caused the last one, and the mistakes of each round."""
    name = at.chosen("data")
    x, y = _points(name)
    run = _run(name)
    done = min(at.whole("correction"), len(run.corrections))
    now = run.corrections[done - 1] if done else None
    before = run.corrections[done - 2] if done > 1 else None
    w, b = (now.w, now.b) if now else (np.zeros(2), 0.0)
    old_w, old_b = (before.w, before.b) if before else (np.zeros(2), 0.0)
    canvas = Canvas(640, 372)
    low, high = (-0.8, 1.8) if len(x) == 4 else (-2.6, 2.6)
    plot = canvas.axes((low, high), (low, high), box=(46, 20, 300, 300), xlabel="x₁", ylabel="x₂", grid=False)
    xs = np.linspace(low, high, 80)
    grid = np.stack(np.meshgrid(xs, xs), -1).reshape(-1, 2)
    plot.heat(signed_colours(np.where(grid @ w + b >= 0, 0.45, -0.45).reshape(80, 80)[::-1], 1))
    _border(plot, old_w, old_b, "#5c6975", 1.6, "6 5")
    _border(plot, w, b, _DARK, 2.6)
    right = (x @ w + b >= 0) == (y == 1)
    for point, label, good in zip(x, y, right, strict=True):
        here = plot.px(point[0]), plot.py(point[1])
        canvas.circle(*here, 6 if len(x) > 4 else 10, "#0b6394" if label else "#c2541b", "#ffffff", line=1.5)
        if not good:
            canvas.circle(*here, 10 if len(x) > 4 else 15, "none", "#b3263b", line=2)
    if now:
        point = x[now.sample]
        shown = w / max(1.0, float(np.hypot(w[0], w[1])) / (1.6 if len(x) > 4 else 0.7))
        plot.arrow(0, 0, float(shown[0]), float(shown[1]), "#7a4fa3", 3)
        canvas.circle(plot.px(point[0]), plot.py(point[1]), 15 if len(x) > 4 else 20, "none", "#a67a00", line=3)
    _account(canvas, run, done, old_w, old_b, w, b, x, y)
    wrong = int((~right).sum())
    rest = done == len(run.corrections) and run.converged
    told = tr(" It has come to rest.", " Ha llegado al reposo.") if rest else ""
    return canvas.picture(
        tr(
            f"After {done} corrections, {wrong} of {len(x)} samples are on the wrong side.{told}",
            f"Tras {done} correcciones, {wrong} de {len(x)} muestras están en el lado equivocado.{told}",
        )
    )


def _account(
    canvas: Canvas,
    run: PerceptronRun,
    done: int,
    old_w: np.ndarray,
    old_b: float,
    w: np.ndarray,
    b: float,
    x: np.ndarray,
    y: np.ndarray,
) -> None:
    """The last correction in numbers, and how many mistakes each round made."""
    left = 384
    canvas.text(left, 36, tr("last correction", "última corrección"), size=13, bold=True)
    if done:
        now = run.corrections[done - 1]
        sign = "+" if y[now.sample] == 1 else "−"
        rows = (
            tr(f"round {now.epoch + 1}, sample {now.sample + 1}", f"vuelta {now.epoch + 1}, muestra {now.sample + 1}"),
            f"x = {_pair(x[now.sample])}   y = {y[now.sample]:.0f}   ŷ = {1 - y[now.sample]:.0f}",
            f"w: {_pair(old_w)} {sign} x = {_pair(w)}",
            f"b: {old_b:.0f} {sign} 1 = {b:.0f}".replace("-", "−"),
        )
    else:
        rows = (tr("none yet: w = (0, 0), b = 0", "ninguna todavía: w = (0, 0), b = 0"),)
    for place, words in enumerate(rows):
        canvas.text(left, 60 + 22 * place, words, size=12.5)
    reached = run.corrections[done - 1].epoch if done else -1
    count = len(run.mistakes)
    top = max([4, *run.mistakes])
    bars = canvas.axes(
        (0.4, count + 0.6),
        (0, top * 1.05),
        box=(left + 24, 186, 210, 134),
        xlabel=tr("round", "vuelta"),
        title=tr("mistakes of each round", "errores de cada vuelta"),
    )
    shades = ["orange" if place <= reached or done == len(run.corrections) else "faint" for place in range(count)]
    bars.bars(np.arange(1, count + 1), run.mistakes, shades)


def _pair(values: np.ndarray) -> str:
    return f"({values[0]:.1f}, {values[1]:.1f})".replace("-", "−")


@figure(
    "perceptron-bound",
    ("Why the perceptron has to stop", "Por qué el perceptrón tiene que parar"),
    Slider("gap", ("gap on each side of the line", "hueco a cada lado de la recta"), 0.3, 1.0, 0.4, 0.05, plays=3),
)
def perceptron_bound(at: At) -> Picture:
    """The length of the weights between a line that rises and a root that cannot keep up."""
    x, y = _beside(at.number("gap"))
    run = learn(x, y, epochs=2000)
    bound = most_mistakes(x, y, _LINE_W, _LINE_B)
    weights = np.array([[0.0, 0.0, 0.0], *[[*each.w, each.b] for each in run.corrections]])  # (k + 1, 3)
    unit = np.append(_LINE_W, _LINE_B) / np.linalg.norm(np.append(_LINE_W, _LINE_B))
    reach = float(np.sqrt((np.square(x).sum(axis=1) + 1).max()))
    margin = reach / np.sqrt(bound)
    canvas = Canvas(640, 350)
    plot = canvas.axes((-1.2, 3.2), (-1.2, 3.2), box=(40, 26, 228, 228), xlabel="x₁", grid=False)
    _border(plot, _LINE_W, _LINE_B, "muted", 1.5, "6 5")
    _border(plot, run.w, run.b, "ink", 2.6)
    plot.points(x[:, 0], x[:, 1], ["blue" if each else "orange" for each in y], 5)
    end = bound * 1.12
    walls = canvas.axes(
        (0, end),
        (0, 1.15 * np.sqrt(bound) * reach),
        box=(338, 26, 286, 228),
        xlabel=tr("corrections k", "correcciones k"),
        ylabel=tr("length", "longitud"),
    )
    ks = np.linspace(0, end, 160)
    walls.area(ks, margin * ks, np.maximum(np.sqrt(ks) * reach, margin * ks), "blue", 0.1)
    walls.line(ks, np.sqrt(ks) * reach, "orange", 2.2)
    walls.line(ks, margin * ks, "green", 2.2)
    walls.vertical(bound, "red")
    steps = np.arange(len(weights))
    walls.line(steps, np.linalg.norm(weights, axis=1), "blue", 2.6)
    walls.points(steps[-1:], np.linalg.norm(weights[-1:], axis=1), "blue", 5)
    walls.line(steps, weights @ unit, "purple", 2, "4 3")
    canvas.legend(
        40,
        306,
        [("√k · R", "orange"), ("k · γ", "green"), ("|w|", "blue"), ("u · w", "purple"), ("(R/γ)²", "red")],
        across=True,
        gap=26,
    )
    canvas.text(
        40,
        332,
        tr(
            f"R = {reach:.2f}   γ = {margin:.2f}   bound (R/γ)² = {bound:.0f}   corrections made: {len(steps) - 1}",
            f"R = {reach:.2f}   γ = {margin:.2f}   cota (R/γ)² = {bound:.0f}   correcciones hechas: {len(steps) - 1}",
        ),
        size=13,
    )
    return canvas.picture(
        tr(
            f"With a gap of {at.number('gap'):.2f} at most {bound:.0f} corrections are possible; {len(steps) - 1} "
            "were made.",
            f"Con un hueco de {at.number('gap'):.2f} son posibles como mucho {bound:.0f} correcciones; se hicieron "
            f"{len(steps) - 1}.",
        )
    )
