"""Batch, stochastic, mini-batch on real data: their ways, their noise, and what each costs."""

from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes, load_digits

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.c09_surfaces import DARK, draw_map, draw_path
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import linear_neuron
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.gradient_descent import Parameters, descend
from hondo.scratch.descent.optimizers import SGD
from hondo.scratch.losses.from_logits import one_hot, softmax_cross_entropy, softmax_cross_entropy_gradient

PATIENTS = 442
_MARKS = np.unique(np.round(np.geomspace(1, 2500, 40)).astype(int))


@cache
def patients() -> tuple[np.ndarray, np.ndarray]:
    """Body mass index and serum triglycerides (two columns) and the disease's progress, all standardized."""
    bunch: Any = load_diabetes()
    x, y = bunch.data[:, (2, 8)], bunch.target
    return (x - x.mean(0)) / x.std(0), (y - y.mean()) / y.std()


def _loss(points: np.ndarray) -> np.ndarray:
    """Mean squared error of weights ``(..., 2)``, over all patients, without forming every prediction."""
    x, y = patients()
    square, across = x.T @ x / PATIENTS, x.T @ y / PATIENTS
    return np.einsum("...i,ij,...j->...", points, square, points) - 2 * points @ across + 1


def _loss_and_gradient(parameters: Parameters, rows: np.ndarray) -> tuple[float, Parameters]:
    x, y = patients()
    error = x[rows] @ parameters["w"] - y[rows]
    return float(error @ error) / len(rows), {"w": 2 * x[rows].T @ error / len(rows)}


@cache
def _way(batch: int, rate: float, seed: int) -> np.ndarray:
    """120 updates: ``(121, 2)``."""
    start = np.array([-0.55, 0.75])
    points = [start]
    steps = descend(
        _loss_and_gradient, {"w": start}, SGD(rate), samples=PATIENTS, batch_size=batch, epochs=120, seed=seed
    )
    for step in steps:
        points.append(step.parameters["w"])
        if len(points) > 120:
            break
    return np.array(points)


_BATCHES = {"442": ("442 (batch)", "442 (por lotes)"), "64": "64", "16": "16", "4": "4",
            "1": ("1 (stochastic)", "1 (estocástico)")}  # fmt: skip


def _both_weights(product: float, batch: int, **settings: int) -> str:
    """Two weights and a bias on as many points as there are patients, noisy so that no weights fit all of them."""
    inputs = ("x1", "x2")
    return linear_neuron(product, inputs, samples=2 * PATIENTS, noise=0.3, batch_size=batch, **settings)


def _kind_in_playground(at: At) -> str:
    """The same batches; the rate stands to the curvature as it does here."""
    x = patients()[0]
    curvature = float(np.linalg.eigvalsh(2 * x.T @ x / PATIENTS)[-1])
    return _both_weights(at.number("rate") * curvature, int(at.chosen("batch")), seed=at.whole("seed"))


@figure(
    "descent-kinds",
    ("The same valley, more or less data per step", "El mismo valle, más o menos datos por paso"),
    Choice("batch", ("samples a step", "muestras por paso"), _BATCHES, "1"),
    Slider("rate", ("learning rate η", "tasa de aprendizaje η"), 0.01, 0.6, 0.05, 0.01),
    Slider("steps", ("updates", "actualizaciones"), 0, 120, 60, 1, plays=12),
    Slider("seed", ("order of the samples", "orden de las muestras"), 0, 9, 0, 1),
    playground=_kind_in_playground,
)
def descent_kinds(at: At) -> Picture:
    """Two weights of a linear regression over 442 patients."""
    batch, steps = int(at.chosen("batch")), at.whole("steps")
    path = _way(batch, at.number("rate"), at.whole("seed"))[: steps + 1]
    x, y = patients()
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    canvas = Canvas(680, 350)
    plan = canvas.axes(
        (-0.8, 1.2), (-0.6, 1.2), box=(52, 26, 300, 270),
        xlabel=tr("w₁ (body mass index)", "w₁ (índice de masa corporal)"),
        ylabel=tr("w₂ (log of triglycerides)", "w₂ (log de los triglicéridos)"), grid=False,
    )  # fmt: skip
    draw_map(plan, _loss)
    draw_path(plan, path, radius=2)
    plan.crosses(best[:1], best[1:], "red", 6)
    chart = canvas.axes(
        (0, 120), (0.45, 2.0), box=(420, 26, 240, 270), xlabel=tr("updates", "actualizaciones"),
        ylabel=tr("loss over all patients", "pérdida de todos los pacientes"),
    )  # fmt: skip
    chart.horizontal(float(_loss(best)), "red")
    chart.line(np.arange(steps + 1), _loss(path), "orange")
    return canvas.picture(
        tr(
            f"{steps} updates with batches of {batch}: {number(steps * batch / PATIENTS)} times through the data; loss "
            f"{float(_loss(path[-1])):.3f}, the best possible is {float(_loss(best)):.3f} (red).",
            f"{steps} actualizaciones con lotes de {batch}: {number(steps * batch / PATIENTS)} pasadas por los datos; "
            f"pérdida {float(_loss(path[-1])):.3f}, la mejor posible es {float(_loss(best)):.3f} (rojo).",
        )
    )


@cache
def _gradients(batch: int, lowest: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Gradients of 400 random batches ``(400, 2)``, that of all, and the spread of a single sample's."""
    x, y = patients()
    w = np.linalg.lstsq(x, y, rcond=None)[0] if lowest else np.zeros(2)
    each = 2 * x * (x @ w - y)[:, None]  # (patients, 2): one gradient a sample
    rng = np.random.default_rng(1)
    drawn = np.stack([each[rng.choice(PATIENTS, batch, replace=False)].mean(0) for _ in range(400)])
    return drawn, each.mean(0), float(np.sqrt(each.var(0).sum()))


def predicted_spread(single: float, batch: np.ndarray | int) -> np.ndarray:
    """How far batches' gradients lie from the whole's: the law for samples drawn without putting them back."""
    return single * np.sqrt((PATIENTS - np.asarray(batch)) / (PATIENTS - 1) / np.asarray(batch))


def _noise_in_playground(at: At) -> str:
    """The same batches at a moderate rate: the smaller they are, the more the loss trembles at its lowest."""
    return _both_weights(0.2, round(2 ** at.number("power")))


@figure(
    "descent-gradient-noise",
    ("How noisy a batch's gradient is", "Cuánto ruido tiene el gradiente de un lote"),
    Slider("power", ("log₂ of the batch's size", "log₂ del tamaño del lote"), 0, 8.5, 3, 0.5, plays=2),
    Toggle("lowest", ("at the minimum", "en el mínimo"), False),
    playground=_noise_in_playground,
)
def descent_gradient_noise(at: At) -> Picture:
    """Every batch gives another gradient; their mean is the true one."""
    batch = round(2 ** at.number("power"))
    drawn, whole, single = _gradients(batch, at.on("lowest"))
    measured = float(np.sqrt(((drawn - whole) ** 2).sum(1).mean()))
    law = float(predicted_spread(single, batch))
    canvas = Canvas(680, 350)
    plan = canvas.axes(
        (-4, 3), (-4, 3), box=(52, 26, 280, 270), xlabel="∂L/∂w₁", ylabel="∂L/∂w₂"
    )  # fmt: skip
    plan.points(drawn[:, 0], drawn[:, 1], "orange", 2.6, "none", 0.55)
    plan.arrow(0, 0, float(whole[0]), float(whole[1]), "blue", 3)
    plan.points(whole[:1], whole[1:], "blue", 5, DARK)
    sizes = np.unique(np.round(2 ** np.arange(0, 8.6, 0.25)).astype(int))
    chart = canvas.axes(
        (0, 9), (-1.5, 1), box=(410, 26, 250, 270), xlabel=tr("log₂ of the batch's size", "log₂ del tamaño del lote"),
        ylabel=tr("log₁₀ of the noise", "log₁₀ del ruido"),
    )  # fmt: skip
    chart.line(np.log2(sizes), np.log10(single / np.sqrt(sizes)), "muted", 1.6, "5 4")
    chart.line(np.log2(sizes), np.log10(predicted_spread(single, sizes)), "blue")
    chart.points([np.log2(batch)], [np.log10(measured)], "orange", 7, "ink")
    canvas.legend(
        425, 248, [(tr("measured, 400 batches", "medido, 400 lotes"), "orange"),
                   (tr("law, without replacement", "ley, sin reemplazo"), "blue"),
                   (tr("dashed: with replacement", "a trazos: con reemplazo"), "muted")], gap=14
    )  # fmt: skip
    ratio = measured / float(np.linalg.norm(whole)) if not at.on("lowest") else np.inf
    share = (
        tr("the true gradient is 0: all is noise", "el gradiente verdadero es 0: todo es ruido")
        if not np.isfinite(ratio)
        else tr(f"{ratio:.2f} times the true gradient's length", f"{ratio:.2f} veces la longitud del verdadero")
    )
    return canvas.picture(
        tr(
            f"Batches of {batch}: their gradients lie {measured:.2f} from the true one (root mean square; the law says "
            f"{law:.2f}): {share}.",
            f"Lotes de {batch}: sus gradientes distan {measured:.2f} del verdadero (media cuadrática; la ley dice "
            f"{law:.2f}): {share}.",
        )
    )


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    bunch: Any = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.data))[:1500]
    return (bunch.data / 16)[order], one_hot(bunch.target[order], 10)


def _softmax_regression(parameters: Parameters, rows: np.ndarray) -> tuple[float, Parameters]:
    x, y = (each[rows] for each in _digits())
    z = x @ parameters["W"] + parameters["b"]  # (batch, 10)
    d = softmax_cross_entropy_gradient(z, y)
    return softmax_cross_entropy(z, y), {"W": x.T @ d, "b": d.sum(0)}


@cache
def _curve(batch: int, rate: float, updates: int) -> tuple[np.ndarray, np.ndarray]:
    """After how many updates the loss over all 1500 digits was what."""
    parameters = {"W": np.zeros((64, 10)), "b": np.zeros(10)}
    x, y = _digits()
    marks, losses = [0], [float(np.log(10))]
    wanted = set(_MARKS.tolist())
    for step in descend(_softmax_regression, parameters, SGD(rate), samples=1500, batch_size=batch, epochs=updates):
        if step.number + 1 in wanted:
            marks.append(step.number + 1)
            losses.append(softmax_cross_entropy(x @ step.parameters["W"] + step.parameters["b"], y))
        if step.number + 1 >= updates:
            break
    return np.array(marks), np.array(losses)


_KINDS = ((1500, 1.5, 200, "blue"), (32, 0.5, 800, "green"), (1, 0.03, 2500, "orange"))


@figure(
    "descent-clocks",
    ("The same races on two clocks", "Las mismas carreras en dos relojes"),
    Choice(
        "clock",
        ("clock", "reloj"),
        {
            "updates": ("updates", "actualizaciones"),
            "samples": ("gradients of one sample", "gradientes de una muestra"),
        },
        "updates",
    ),
    Slider("target", ("loss to reach", "pérdida que alcanzar"), 0.2, 2, 0.5, 0.05),
)
def descent_clocks(at: At) -> Picture:
    """Who is ahead depends on what is counted."""
    by_samples, target = at.chosen("clock") == "samples", at.number("target")
    canvas = Canvas(680, 350)
    plot = canvas.axes(
        (0, 6 if by_samples else 4.5), (0, 2.4), box=(52, 26, 606, 262), ylabel=tr("loss over all", "pérdida total"),
        xlabel=tr("log₁₀ of one-sample gradients", "log₁₀ de gradientes de una muestra")
        if by_samples
        else tr("log₁₀ of updates", "log₁₀ de actualizaciones"),
    )  # fmt: skip
    plot.horizontal(target, "muted")
    told: list[str] = []
    for batch, rate, updates, colour in _KINDS:
        marks, losses = _curve(batch, rate, updates)
        clock = marks * batch if by_samples else marks
        plot.line(np.log10(np.maximum(clock, 1))[1:], losses[1:], colour, 2.6)
        there = np.flatnonzero(losses <= target)
        reached = f"{int(clock[there[0]]):,}".replace(",", " ") if len(there) else "—"
        if len(there):
            plot.points([np.log10(clock[there[0]])], [losses[there[0]]], colour, 6, "ink")
        told.append(f"{batch}: {reached}")
    canvas.legend(
        490, 46, [(tr("1500 samples, η = 1.5", "1500 muestras, η = 1.5"), "blue"),
                  (tr("32 samples, η = 0.5", "32 muestras, η = 0.5"), "green"),
                  (tr("1 sample, η = 0.03", "1 muestra, η = 0.03"), "orange")]
    )  # fmt: skip
    unit = tr("one-sample gradients", "gradientes de una muestra") if by_samples else tr("updates", "actualizaciones")
    return canvas.picture(
        tr(f"To reach {target:.2f}, by samples per step ({unit}): {'; '.join(told)}.",
           f"Para llegar a {target:.2f}, según las muestras por paso ({unit}): {'; '.join(told)}.")
    )  # fmt: skip
