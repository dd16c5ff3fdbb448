"""Chapter 15, a network that was trained elsewhere: which of its parameters learn, and what its features tell apart."""

from functools import cache
from typing import Any

import numpy as np

from hondo.core.arrays import FloatArray, IntArray
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.c15_mini import blocks, each_block, trained, untrained
from hondo.guide.figures.c15_pictures import KINDS, drawn, grey_digits, kinds
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import Changes, rounded
from hondo.guide.figures.figure import figure

_HEAD = (128 + 1) * len(KINDS)
_SHADES = ("blue", "orange", "green", "purple", "gold", "red", "grey", "ink", "#3aa6a6", "#c06fae")
_SHOWN = 160


@cache
def sizes() -> list[tuple[str, int, int, int]]:
    """Each block's name, its weights, its scales and offsets, and its running means and variances."""
    weights = trained()
    rows: list[tuple[str, int, int, int]] = []
    for name, layers in blocks():
        own = {key: values.size for key, values in weights.items() if key.split("/")[0] in layers}
        running = sum(count for key, count in own.items() if "moving" in key)
        kernels = sum(count for key, count in own.items() if key.endswith("kernel"))
        rows.append((name, kernels, sum(own.values()) - kernels - running, running))
    return rows


def _frozen(at: At) -> tuple[str, Changes]:
    """The same blocks tuned at the same rates, after the head; with none, the head alone."""
    blocks, rate = at.whole("blocks"), rounded(10 ** at.number("rate"))
    if not blocks:
        return "shapes-transfer", {"model.transfer.fine_tune": None, "learn.learning_rate": rate}
    return "shapes-transfer", {
        "model.transfer.fine_tune.unfreeze": "all" if blocks == 4 else blocks,
        "model.transfer.fine_tune.batch_normalization": at.chosen("norms"),
        "model.transfer.fine_tune.learning_rate": rate,
        "model.transfer.fine_tune.layer_decay": rounded(at.number("decay")),
    }


@figure(
    "transfer-freezing",
    ("What learns, and how fast", "Qué aprende y a qué ritmo"),
    Slider("blocks", ("blocks that learn, from the top", "bloques que aprenden, desde arriba"), 0, 4, 2, 1),
    Choice(
        "norms",
        ("their batch normalisation", "su normalización por lotes"),
        {"keep": ("kept", "se conserva"), "update": ("follows the new pictures", "sigue a las imágenes nuevas")},
        "keep",
    ),
    Slider("rate", ("log₁₀ of the head's rate", "log₁₀ de la tasa de la cabeza"), -5, -2, -3.5, 0.5),
    Slider("decay", ("rate of each block below ×", "tasa de cada bloque inferior ×"), 0.1, 1, 0.8, 0.1),
    experiment=_frozen,
)
def transfer_freezing(at: At) -> Picture:
    """The blocks from the pictures to the head: how many parameters each has, how many learn, and at which rate."""
    learning, update = at.whole("blocks"), at.chosen("norms") == "update"
    rows = sizes()
    count = len(rows)
    rate, decay = 10.0 ** at.number("rate"), at.number("decay")
    canvas = Canvas(640, 318)
    for place in range(3):
        canvas.pixels(14 + 6 * place, 130 + 12 * place, 36, 36, drawn(1000, 1)[0][place])
    total = sum(sum(row[1:]) for row in rows) + _HEAD
    learns = _HEAD
    most = max(row[1] for row in rows)
    for place, (name, weights, scales, statistics) in enumerate(rows):
        x, on = 84 + 104 * place, place >= count - learning
        own = (weights + (scales if update else 0)) if on else 0
        learns += own
        height = 40 + 110 * weights / most
        top = 160 - height / 2
        canvas.arrow(x - 22, 160, x - 3, 160, "muted", 1.5, 7)
        canvas.rect(x, top, 76, height, "blue" if on else "faint", "blue" if on else "muted", round_=6)
        tall = 18
        shade = "orange" if on and update else "grey"
        canvas.rect(x, top + height - tall, 76, tall, shade, round_=6, opacity=0.9)
        canvas.text(x + 38, top + height - 5, f"BN {scales}+{statistics}", size=11, anchor="middle", colour_="#ffffff")
        canvas.text(
            x + 38,
            top - 8,
            name.replace("_block", "·").replace("stage1·1", "stem + 1·1").replace("stage", ""),
            size=12,
            anchor="middle",
            bold=on,
        )
        canvas.text(x + 38, 258, f"{own:,}".replace(",", "\u202f"), size=12, anchor="middle", bold=on)
        shown = number(rate * decay ** (count - 1 - place), 2) if on else "—"
        canvas.text(x + 38, 280, shown, size=12, anchor="middle", colour_="muted")
    x = 84 + 104 * count
    canvas.arrow(x - 22, 160, x - 3, 160, "muted", 1.5, 7)
    canvas.rect(x, 140, 76, 40, "green", "green", round_=6)
    canvas.text(x + 38, 132, tr("head", "cabeza"), size=12, anchor="middle", bold=True)
    canvas.text(x + 38, 258, f"{_HEAD:,}".replace(",", "\u202f"), size=12, anchor="middle", bold=True)
    canvas.text(x + 38, 280, number(rate, 2), size=12, anchor="middle", colour_="muted")
    canvas.text(76, 258, tr("learn", "aprenden"), size=12, anchor="end")
    canvas.text(76, 280, tr("rate", "tasa"), size=12, anchor="end", colour_="muted")
    canvas.rect(84, 296, 492, 12, "faint", round_=3)
    canvas.rect(84, 296, 492 * learns / total, 12, "green", round_=3)
    canvas.text(584, 306, f"{learns / total:.1%}", size=12, bold=True)
    entries = [
        (tr("learns", "aprende"), "blue"),
        (tr("frozen", "congelado"), "faint"),
        (tr("normalisation that moves", "normalización que cambia"), "orange"),
    ]
    canvas.legend(84, 24, entries, across=True)
    return canvas.picture(
        tr(
            f"{learns:,} of {total:,} parameters learn ({learns / total:.1%}): the head"
            + (f" and {learning} of {count} blocks" if learning else "")
            + (
                "; the running means and variances of these blocks move, too."
                if update and learning
                else "; no running mean moves."
            ),
            (
                f"Aprenden {learns:,} de {total:,} parámetros ({learns / total:.1%}): la cabeza"
                + (f" y {learning} de {count} bloques" if learning else "")
                + (
                    "; también se mueven las medias y varianzas de esos bloques."
                    if update and learning
                    else "; no se mueve ninguna media."
                )
            ).replace(",", "\u202f", 2),
        )
    )


@cache
def pictured(name: str) -> tuple[Any, IntArray]:
    """The pictures of a set that the next figure shows, and their classes."""
    x, y = drawn(1000, 1) if name == "new" else grey_digits()
    return x[:_SHOWN], y[:_SHOWN]


@cache
def features(name: str, known: bool) -> list[FloatArray]:
    """What each depth says of the pictures: pixels, then the mean of each map behind each block."""
    x, _ = pictured(name)
    pixels = (x / 127.5 - 1).reshape(len(x), -1)
    return [pixels, *each_block(x, trained() if known else untrained())]


@cache
def plane(name: str, known: bool, depth: int) -> tuple[FloatArray, float, float, float]:
    """Standardised numbers along their two main directions ``(pictures, 2)``, the share of variance in these, and how
    often the nearest neighbour is of the same class: in the plane, and with all numbers."""
    values = features(name, known)[depth]
    values = (values - values.mean(axis=0)) / (values.std(axis=0) + 1e-9)
    left, spread, _ = np.linalg.svd(values, full_matrices=False)
    places = left[:, :2] * spread[:2]
    _, y = pictured(name)
    share = float((spread[:2] ** 2).sum() / (spread**2).sum())
    return places, share, _neighbours(places, y), _neighbours(values, y)


def _neighbours(values: FloatArray, y: IntArray) -> float:
    squares = (values**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * values @ values.T
    np.fill_diagonal(distances, np.inf)
    return float(np.mean(y[distances.argmin(axis=1)] == y))


@figure(
    "transfer-features",
    ("What a frozen network sees, in two dimensions", "Lo que ve una red congelada, en dos dimensiones"),
    Choice(
        "data",
        ("pictures", "imágenes"),
        {"new": ("drawings of new kinds", "dibujos de clases nuevas"), "digits": ("digits", "dígitos")},
        "new",
    ),
    Slider("depth", ("depth (0: the pixels)", "profundidad (0: los píxeles)"), 0, 4, 4, 1, plays=1),
    Toggle("known", ("trained (off: random weights)", "entrenada (no: pesos al azar)"), True),
)
def transfer_features(at: At) -> Picture:
    """Principal components of the pixels, or of a block's features; colours are the classes."""
    name, depth, known = at.chosen("data"), at.whole("depth"), at.on("known")
    places, share, near_plane, near_all = plane(name, known, depth)
    x, y = pictured(name)
    classes = kinds() if name == "new" else tuple(str(each) for each in range(10))
    canvas = Canvas(640, 388)
    low, high = places.min(axis=0) - 0.5, places.max(axis=0) + 0.5
    plot = canvas.axes((low[0], high[0]), (low[1], high[1]), box=(24, 14, 458, 346), ticks=False, grid=False)
    canvas.text(
        253, 378, tr("1st principal component", "1.ª componente principal"), size=12, anchor="middle", colour_="muted"
    )
    second = tr("2nd principal component", "2.ª componente principal")
    canvas.text(16, 187, second, size=12, anchor="middle", colour_="muted", turn=-90)
    for kind, shade in enumerate(_SHADES[: len(classes)]):
        own = places[y == kind]
        plot.points(own[:, 0], own[:, 1], shade, 4.5)
    for kind, (words, shade) in enumerate(zip(classes, _SHADES, strict=False)):
        top = 12 + 29 * kind
        canvas.pixels(504, top, 26, 26, x[np.flatnonzero(y == kind)[0]])
        canvas.circle(544, top + 13, 5, shade)
        canvas.text(556, top + 17, words, size=12)
    canvas.text(504, 336, f"{near_all:.0%}", size=20, bold=True)
    canvas.text(504, 354, tr("nearest neighbour", "el vecino más próximo"), size=11, colour_="muted")
    canvas.text(504, 369, tr("is of its class", "es de su clase"), size=11, colour_="muted")
    where = tr("the pixels", "los píxeles") if depth == 0 else tr(f"block {depth}", f"el bloque {depth}")
    count = features(name, known)[depth].shape[1]
    how = tr("trained", "entrenada") if known else tr("random", "al azar")
    return canvas.picture(
        tr(
            f"{_SHOWN} pictures by {where} ({count} numbers each{'' if depth == 0 else ', network ' + how}); the plane "
            f"holds {share:.0%} of the variance. The nearest neighbour is of the same class {near_all:.0%} of the "
            f"time with all numbers, {near_plane:.0%} in the plane; by chance, about {1 / len(classes):.0%}.",
            f"{_SHOWN} imágenes según {where} ({count} números cada una{'' if depth == 0 else ', red ' + how}); el "
            f"plano recoge el {share:.0%} de la varianza. El vecino más próximo es de la misma clase el "
            f"{near_all:.0%} de las veces con todos los números y el {near_plane:.0%} en el plano; al azar, en torno "
            f"al {1 / len(classes):.0%}.",
        )
    )
