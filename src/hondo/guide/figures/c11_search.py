"""Chapter 11, what is learned and what is chosen; grid and random search."""

from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import deep_colours
from hondo.guide.drawing.grids import network
from hondo.guide.figures.c11_training import train_many
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import (
    NO_STOP,
    Changes,
    held_out,
    hidden_layers,
    playground,
    rounded,
    with_hidden,
    with_optimizer,
)
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.networks.network import mlp
from hondo.scratch.networks.training import train

_EVERY, _PARTS = 10, 40
_GRID = np.linspace(-3, 3, 121)


@cache
def _points() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    x = rng.uniform(-2.8, 2.8, (36, 1))
    return x, np.sin(1.7 * x) + 0.25 * x + rng.normal(0, 0.18, x.shape)


@cache
def _fitted(units: int, rate: str) -> tuple[list[np.ndarray], list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """Curves, weights and (training, validation) losses at the start and after every ten epochs."""
    x, y = _points()
    net = mlp((1, units, 1), "tanh", "glorot_uniform", seed=2)
    curves, weights, losses = [], [], []
    for part in range(_PARTS + 1):
        if part:
            # Adam begins anew every ten epochs, which at these sizes is hardly seen.
            train(
                net,
                "mean_squared_error",
                x[:24],
                y[:24],
                optimizer=Adam(float(rate)),
                batch_size=24,
                epochs=_EVERY,
                seed=part,
            )
        curves.append(net.predict(_GRID[:, None])[:, 0])
        weights.append((net.parameters["0.W"], net.parameters["2.W"]))
        losses.append(
            [float(np.mean((net.predict(x[part_]) - y[part_]) ** 2)) for part_ in (slice(24), slice(24, None))]
        )
    return curves, weights, np.array(losses)


def _in_playground(at: At) -> str:
    """As many hidden neurons as the playground has, at the same rate: what is learned is drawn there, too."""
    return playground(
        data="gaussian_mix",
        hidden=hidden_layers(at.whole("units")),
        learning_rate=float(at.chosen("rate")),
        optimizer="adam",
        initialisation="glorot_uniform",
    )


def _as_chosen(at: At) -> tuple[str, Changes]:
    """The same three hyperparameters."""
    changes: Changes = {**with_hidden(at.whole("units")), "train.epochs": max(1, at.whole("epochs"))}
    changes |= with_optimizer("adam", float(at.chosen("rate")))
    return "diabetes-regression", {**changes, "model.activation": "tanh", "learn.l2": 0, **NO_STOP}


@figure(
    "hyperparameters-and-weights",
    ("What you choose and what the network learns", "Lo que usted elige y lo que la red aprende"),
    Slider("units", ("hidden neurons", "neuronas ocultas"), 1, 12, 6, 1),
    Choice("rate", ("learning rate", "tasa de aprendizaje"), {"0.001": "0.001", "0.02": "0.02", "0.4": "0.4"}, "0.02"),
    Slider("epochs", ("epochs", "épocas"), 0, _EVERY * _PARTS, 150, _EVERY, plays=8),
    playground=_in_playground,
    experiment=_as_chosen,
)
def and_weights(at: At) -> Picture:
    """A small network fits a curve; three numbers were chosen, the others learned."""
    units, rate, epochs = at.whole("units"), at.chosen("rate"), at.whole("epochs")
    curves, weights, losses = _fitted(units, rate)
    part = epochs // _EVERY
    x, y = _points()
    canvas = Canvas(640, 360)
    plot = canvas.axes((-3, 3), (-2.2, 2.2), box=(44, 34, 316, 272), xlabel="x", ylabel="y")
    plot.line(_GRID, curves[part], "ink", 2.6)
    plot.points(x[:24], y[:24], "blue", 4)
    plot.points(x[24:], y[24:], "orange", 4)
    entries = [(tr("training", "entrenamiento"), "blue"), (tr("validation", "validación"), "orange")]
    canvas.legend(52, 20, entries, across=True)
    canvas.text(
        504, 24, tr("chosen: 3 hyperparameters", "se eligen: 3 hiperparámetros"), size=13, anchor="middle", bold=True
    )
    words = tr(f"{units} neurons · η = {rate} · {epochs} epochs", f"{units} neuronas · η = {rate} · {epochs} épocas")
    canvas.text(504, 44, words, size=12, anchor="middle", colour_="muted")
    count = 3 * units + 1
    canvas.text(
        504,
        80,
        tr(f"learned: {count} parameters", f"se aprenden: {count} parámetros"),
        size=13,
        anchor="middle",
        bold=True,
    )
    network(
        canvas,
        (408, 92, 192, 200),
        (1, units, 1),
        weights=weights[part],
        radius=min(11, 90 / units),
        names=("x", "tanh", "ŷ"),
    )
    train_loss, val_loss = losses[part]
    canvas.text(
        504,
        340,
        tr("blue: weight above 0 · orange: below", "azul: peso positivo · naranja: negativo"),
        size=11,
        anchor="middle",
        colour_="muted",
    )
    return canvas.picture(
        tr(
            f"{units} hidden neurons, learning rate {rate}, {epochs} epochs: {count} parameters are learned; the "
            f"squared error is {train_loss:.3f} on the training points and {val_loss:.3f} on the validation points.",
            f"{units} neuronas ocultas, tasa {rate}, {epochs} épocas: se aprenden {count} parámetros; el error "
            f"cuadrático es {train_loss:.3f} en los puntos de entrenamiento y {val_loss:.3f} en los de validación.",
        )
    )


_RATES, _L2 = (-3.0, 1.0), (-6.0, -1.5)


def _scores(rates: np.ndarray, penalties: np.ndarray) -> np.ndarray:
    """Validation accuracies after eight epochs, for exponents of both hyperparameters."""
    runs = train_many(10**rates, l2=10**penalties, samples=400, batch=20, epochs=8, hidden=16)
    return runs.val_accuracy[:, -1]


@cache
def _landscape() -> np.ndarray:
    """The whole map ``(rows of the penalty, columns of the rate)``, which a search never sees."""
    rates, penalties = np.meshgrid(np.linspace(*_RATES, 21), np.linspace(*_L2, 9))
    return _scores(rates.ravel(), penalties.ravel()).reshape(rates.shape)


@cache
def _trials(way: str, count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where a search looks, in its order, and what it finds."""
    rng = np.random.default_rng(seed)
    if way == "random":
        rates, penalties = rng.uniform(*_RATES, 25)[:count], rng.uniform(*_L2, 25)[:count]
    else:
        side = int(np.sqrt(count))
        middle = (np.arange(side) + 0.5) / side
        rates, penalties = (each.ravel() for each in np.meshgrid(_RATES[0] + 4 * middle, _L2[0] + 4.5 * middle))
    return rates, penalties, _scores(rates, penalties)


def _as_found(at: At) -> tuple[str, Changes]:
    """The best trial."""
    way = at.chosen("way")
    rates, penalties, found = _trials(way, int(at.chosen("count")), at.whole("seed") if way == "random" else 0)
    best = int(found.argmax())
    changes: Changes = {"learn.l2": rounded(float(10 ** penalties[best]))}
    changes |= with_optimizer("sgd", float(10 ** rates[best]))
    changes |= {"train.epochs": 8, "train.batch_size": 20, **with_hidden(16)}
    return "digits-mlp", {**changes, **held_out(400, 400), **NO_STOP}


@figure(
    "hyperparameters-search",
    ("Grid and random search", "Búsqueda en rejilla y al azar"),
    Choice("way", ("search", "búsqueda"), {"grid": ("grid", "rejilla"), "random": ("random", "al azar")}, "grid"),
    Choice("count", ("trials", "pruebas"), {"4": "4", "9": "9", "16": "16", "25": "25"}, "9"),
    Slider("seed", ("seed", "semilla"), 0, 9, 1, 1),
    Toggle("map", ("show the map that no search sees", "mostrar el mapa que ninguna búsqueda ve"), False),
    experiment=_as_found,
)
def search(at: At) -> Picture:
    """Trials in the plane of two hyperparameters, and what each tells about the one that matters."""
    way = at.chosen("way")
    rates, penalties, found = _trials(way, int(at.chosen("count")), at.whole("seed") if way == "random" else 0)
    best = int(found.argmax())
    canvas = Canvas(640, 400)
    box = (64, 150, 430, 200)
    plane = canvas.axes(_RATES, _L2, box=box, ticks=False, grid=False)
    if at.on("map"):
        plane.heat(deep_colours(_landscape()[::-1], 0.1, 1.0))
    for power in range(-3, 2):
        canvas.text(plane.px(power), 366, f"{10.0**power:g}", size=11, anchor="middle", colour_="muted")
    for power in range(-6, -1):
        canvas.text(57, plane.py(power) + 4, f"10{'⁻' + '⁰¹²³⁴⁵⁶'[-power]}", size=11, anchor="end", colour_="muted")
    canvas.text(
        279, 386, tr("learning rate: matters much", "tasa de aprendizaje: importa mucho"), size=12, anchor="middle"
    )
    canvas.text(
        18, 250, tr("L2 penalty: matters less", "penalización L2: importa menos"), size=12, anchor="middle", turn=-90
    )
    side = canvas.axes(_RATES, (0, 1.05), box=(64, 26, 430, 100), ticks=False, grid=False)
    for share in (0, 0.5, 1):
        canvas.line(64, side.py(share), 494, side.py(share), "faint", 1)
        canvas.text(57, side.py(share) + 4, f"{share:.0%}", size=11, anchor="end", colour_="muted")
    canvas.text(
        64,
        16,
        tr("validation accuracy of each trial", "exactitud de cada prueba en validación"),
        size=12,
        colour_="muted",
    )
    for place, (rate, penalty, share) in enumerate(zip(rates, penalties, found, strict=True)):
        shade = "orange" if place == best else "blue"
        canvas.line(plane.px(rate), side.py(share), plane.px(rate), plane.py(penalty), shade, 1, "2 3", 0.6)
        plane.points([rate], [penalty], shade, 7 if place == best else 5)
        side.points([rate], [share], shade, 5 if place == best else 4)
    several = len(np.unique(rates.round(6)))
    canvas.text(512, 180, tr("trials", "pruebas"), size=12, colour_="muted")
    canvas.text(512, 204, str(len(rates)), size=20, bold=True)
    canvas.text(512, 236, tr("different rates", "tasas distintas"), size=12, colour_="muted")
    canvas.text(512, 260, str(several), size=20, bold=True, colour_="blue")
    canvas.text(512, 292, tr("best trial", "mejor prueba"), size=12, colour_="muted")
    canvas.text(512, 316, f"{found[best]:.1%}", size=20, bold=True, colour_="orange")
    ways = {"grid": tr("The grid", "La rejilla"), "random": tr("The random search", "La búsqueda al azar")}
    return canvas.picture(
        tr(
            f"{ways[way]} makes {len(rates)} trials with {several} different learning rates; its best reaches "
            f"{found[best]:.1%} at rate {10 ** rates[best]:.2g}.",
            f"{ways[way]} hace {len(rates)} pruebas con {several} tasas distintas; la mejor llega al {found[best]:.1%} "
            f"con la tasa {10 ** rates[best]:.2g}.",
        )
    )
