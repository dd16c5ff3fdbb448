"""Chapter 15, what takes too long to compute while one looks: accuracies measured with Hondo, seed by seed.

``python -m benchmarks.guide`` measures them again.

``STUDY``: the convolutional network of the chapter's case study, 800 steps of 25 digits, 797 test digits; a seed draws
the training digits, the first weights and the transforms. ``FEW``: hondo_mini with the chapter's drawings or grey
digits, 400 test pictures; a seed draws the pictures of each class. scratch: new weights, 300 steps of 16 pictures,
Adam at 0.002; head: 300 steps at 0.01 on frozen features; then tuned2: the last two blocks, 60 steps at 0.0003, each
block lower down at 0.8 of it; or all blocks, 60 steps at the rate given, with batch normalisation kept or updated.
"""

from collections.abc import Iterable

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import ENLARGED_DIGITS, NO_STOP, Changes, small_cnn, with_optimizer
from hondo.guide.figures.figure import figure

STUDY: dict[str, tuple[float, ...]] = {
    "50 none": (0.824, 0.883, 0.848, 0.799, 0.833),
    "50 gentle": (0.818, 0.881, 0.908, 0.9, 0.928),
    "50 mirror": (0.708, 0.716, 0.738, 0.73, 0.78),
    "50 turn": (0.67, 0.689, 0.69, 0.764, 0.803),
    "100 none": (0.87, 0.9, 0.892, 0.883, 0.898),
    "100 gentle": (0.945, 0.91, 0.944, 0.922, 0.928),
    "100 mirror": (0.804, 0.734, 0.849, 0.802, 0.849),
    "100 turn": (0.799, 0.747, 0.821, 0.747, 0.77),
    "200 none": (0.946, 0.94, 0.915, 0.922, 0.932),
    "200 gentle": (0.974, 0.92, 0.952, 0.957, 0.974),
    "200 mirror": (0.856, 0.795, 0.837, 0.836, 0.861),
    "200 turn": (0.814, 0.774, 0.749, 0.797, 0.812),
    "400 none": (0.957, 0.967, 0.961, 0.961, 0.964),
    "400 gentle": (0.969, 0.975, 0.976, 0.971, 0.966),
    "400 mirror": (0.854, 0.812, 0.837, 0.876, 0.876),
    "400 turn": (0.839, 0.853, 0.794, 0.853, 0.783),
    "800 none": (0.977, 0.976, 0.981, 0.977, 0.98),
    "800 gentle": (0.987, 0.986, 0.982, 0.985, 0.985),
    "800 mirror": (0.832, 0.891, 0.838, 0.844, 0.873),
    "800 turn": (0.827, 0.829, 0.836, 0.861, 0.858),
}
FEW: dict[str, tuple[float, ...]] = {
    "new 2 head": (0.782, 0.695, 0.735),
    "new 2 tuned2": (0.718, 0.652, 0.72),
    "new 5 head": (0.855, 0.848, 0.88),
    "new 5 tuned2": (0.892, 0.873, 0.917),
    "new 5 scratch": (0.2, 0.142, 0.128),
    "new 10 head": (0.892, 0.935, 0.887),
    "new 10 tuned2": (0.96, 0.97, 0.95),
    "new 10 all keep 0.0001": (0.97, 0.958, 0.94),
    "new 10 all keep 0.001": (0.887, 0.932, 0.91),
    "new 10 all keep 0.01": (0.105, 0.125, 0.117),
    "new 10 all update 0.0001": (0.945, 0.897, 0.89),
    "new 10 all update 0.001": (0.877, 0.672, 0.815),
    "new 10 all update 0.01": (0.247, 0.165, 0.158),
    "new 10 scratch": (0.247, 0.15, 0.195),
    "new 20 head": (0.895, 0.938, 0.938),
    "new 20 tuned2": (0.965, 0.965, 0.963),
    "new 20 scratch": (0.217, 0.237, 0.223),
    "digits 10 head": (0.792, 0.772),
    "digits 10 tuned2": (0.885, 0.845),
    "digits 10 all keep 0.001": (0.562, 0.56),
    "digits 10 all update 0.001": (0.675, 0.645),
    "digits 10 scratch": (0.64, 0.863),
}
_SIZES = (50, 100, 200, 400, 800)
_VARIANTS = {
    "none": ("without augmentation", "sin aumento"),
    "gentle": ("gentle: turns up to 15°, shifts, zoom", "suave: giros hasta 15°, desplazamientos, ampliación"),
    "mirror": ("gentle, and both mirrors", "suave y ambos espejos"),
    "turn": ("any turn up to 180°", "cualquier giro hasta 180°"),
}
_SHADES = {"none": "grey", "gentle": "blue", "mirror": "orange", "turn": "purple"}


def _studied(at: At) -> tuple[str, Changes]:
    """One of the runs that were measured, on as many digits."""
    variant, size = at.chosen("variant"), _SIZES[at.whole("size")]
    turn = 180 if variant == "turn" else 15
    changes: Changes = {
        "data.limit": size,
        "augment": {"rotation": turn, "shift": 0.08, "zoom": 0.1, "fill": "constant"},
    }
    if variant == "mirror":
        changes |= {"augment.horizontal_flip": True, "augment.vertical_flip": True}
    changes |= {**small_cnn((16, 32)), **with_optimizer("adam", 0.003), "data.validation": 0}
    return "digits-mlp", {**changes, "train.epochs": 800 * 25 // size, "train.batch_size": 25, **NO_STOP}


@figure(
    "augmentation-study",
    ("What augmentation brings, measured", "Lo que aporta el aumento, medido"),
    Choice("variant", ("compare with none", "comparar con ninguno"), dict(list(_VARIANTS.items())[1:]), "gentle"),
    Slider("size", ("training digits, 50 · 2^", "dígitos de entrenamiento, 50 · 2^"), 0, 4, 1, 1),
    Toggle("seeds", ("single seeds", "semillas sueltas"), True),
    experiment=_studied,
)
def augmentation_study(at: At) -> Picture:
    """Accuracy by the number of training digits, for each variant; dots are seeds."""
    variant, size = at.chosen("variant"), _SIZES[at.whole("size")]
    canvas = Canvas(640, 380)
    plot = canvas.axes((-0.3, 4.3), (0.65, 1.0), box=(56, 28, 380, 288), ticks=False)
    canvas.text(20, 16, tr("accuracy", "exactitud"), size=12, colour_="muted")
    _percent(canvas, plot, (0.7, 0.8, 0.9, 1.0))
    for place, count in enumerate(_SIZES):
        canvas.text(plot.px(place), 334, str(count), size=11, anchor="middle", colour_="muted", bold=count == size)
    words = tr("training digits", "dígitos de entrenamiento")
    canvas.text(plot.px(2), 354, words, size=12, anchor="middle", colour_="muted")
    plot.vertical(at.whole("size"), "faint", "", 14)
    for name in _VARIANTS:
        shown = name in ("none", variant)
        means = [float(np.mean(STUDY[f"{count} {name}"])) for count in _SIZES]
        plot.line(range(5), means, _SHADES[name], 3 if shown else 1.6, "" if shown else "3 4")
        if at.on("seeds") and shown:
            for place, count in enumerate(_SIZES):
                each = STUDY[f"{count} {name}"]
                plot.points([place + 0.02 * (k - 2) for k in range(len(each))], each, _SHADES[name], 3.4)
    before, after = np.array(STUDY[f"{size} none"]), np.array(STUDY[f"{size} {variant}"])
    gains = after - before
    error = float(gains.std(ddof=1) / np.sqrt(len(gains)))
    _lines(canvas, 456, 40, [(each, _SHADES[name]) for name, each in _VARIANTS.items()])
    canvas.text(456, 268, f"{100 * gains.mean():+.1f}".replace("-", "−"), size=26, bold=True)
    canvas.text(456, 290, tr(f"points, ± {100 * error:.1f}", f"puntos, ± {100 * error:.1f}"), size=12)
    canvas.text(456, 308, tr("(mean of 5 seeds, paired;", "(media de 5 semillas,"), size=11, colour_="muted")
    canvas.text(456, 323, tr("± its standard error)", "pareadas; ± su error estándar)"), size=11, colour_="muted")
    return canvas.picture(
        tr(
            f"With {size} training digits: {before.mean():.1%} without, {after.mean():.1%} with "
            f"“{_VARIANTS[variant][0]}”; {100 * gains.mean():+.1f} ± {100 * error:.1f} points.",
            f"Con {size} dígitos de entrenamiento: {before.mean():.1%} sin aumento y {after.mean():.1%} con "
            f"«{_VARIANTS[variant][1]}»; {100 * gains.mean():+.1f} ± {100 * error:.1f} puntos.",
        )
    )


_WAYS = {
    "scratch": ("from scratch", "desde cero"),
    "head": ("head on frozen features", "cabeza, red congelada"),
    "tuned2": ("head, then two blocks tuned", "cabeza y ajuste de dos bloques"),
}
_COLOURS = {"scratch": "grey", "head": "blue", "tuned2": "orange"}


def _few(at: At) -> tuple[str, Changes]:
    """A head and two tuned blocks on as many pictures of each class, of kinds that the network has seen before."""
    if at.chosen("data") == "digits":
        return "shapes-transfer", {"data.limit": 125, **ENLARGED_DIGITS}
    return "shapes-transfer", {"data.limit": int(12.5 * int(at.chosen("count")))}


@figure(
    "transfer-few",
    ("Few pictures: from scratch, head, fine-tuning", "Pocas imágenes: desde cero, cabeza, ajuste fino"),
    Choice(
        "data",
        ("pictures", "imágenes"),
        {"new": ("drawings of new kinds", "dibujos de clases nuevas"), "digits": ("grey digits", "dígitos grises")},
        "new",
    ),
    Choice(
        "count",
        ("pictures of each class (digits: always 10)", "imágenes por clase (dígitos: siempre 10)"),
        {"5": "5", "10": "10", "20": "20"},
        "10",
    ),
    experiment=_few,
)
def transfer_few(at: At) -> Picture:
    """One bar a way, a dot a seed."""
    name = at.chosen("data")
    count = 10 if name == "digits" else int(at.chosen("count"))
    canvas = Canvas(640, 300)
    plot = canvas.axes((0, 1), (0, 1), box=(236, 30, 340, 216), ticks=False, grid=False)
    chance = 1 / 8 if name == "new" else 1 / 10
    for value in (0, 0.25, 0.5, 0.75, 1):
        plot.vertical(value, "faint", "")
        canvas.text(plot.px(value), 264, f"{value:.0%}", size=11, anchor="middle", colour_="muted")
    said: list[tuple[str, float]] = []
    for place, (way, words) in enumerate(_WAYS.items()):
        each = FEW[f"{name} {count} {way}"]
        mean, y = float(np.mean(each)), 48 + 68 * place
        canvas.text(226, y + 25, tr(*words), size=12, anchor="end")
        canvas.rect(236, y, 340 * mean, 40, _COLOURS[way], round_=3, opacity=0.85)
        for value in each:
            canvas.circle(plot.px(value), y + 20, 4, "paper", "ink")
        canvas.text(236 + 340 * max(mean, *each) + 10, y + 25, f"{mean:.0%}", size=13, bold=True)
        said.append((tr(*words), mean))
    plot.vertical(chance, "ink")
    canvas.text(plot.px(chance), 22, tr("chance", "azar"), size=11, anchor="middle", colour_="muted")
    words = tr("accuracy; a dot is a seed", "exactitud; un punto es una semilla")
    canvas.text(406, 286, words, size=12, anchor="middle", colour_="muted")
    listed = ", ".join(f"{words} {mean:.0%}" for words, mean in said)
    return canvas.picture(
        tr(
            f"{count} pictures of each class; measured on 400 others: {listed}.",
            f"{count} imágenes por clase; medido en otras 400: {listed}.",
        )
    )


def _tuned(at: At) -> tuple[str, Changes]:
    """All blocks tuned at this rate for as many steps."""
    return "shapes-transfer", {
        "model.transfer.fine_tune.learning_rate": 10.0 ** at.whole("power"),
        "model.transfer.fine_tune.batch_normalization": "update" if at.on("update") else "keep",
        "model.transfer.fine_tune.unfreeze": "all",
        "model.transfer.fine_tune.epochs": 15,
        "data.limit": 125,
    }


@figure(
    "tuning-rate",
    ("Fine-tuning all blocks: the rate decides", "Ajuste fino de todos los bloques: decide la tasa"),
    Slider("power", ("log₁₀ of the rate", "log₁₀ de la tasa"), -4, -2, -4, 1, plays=1),
    Toggle("update", ("batch normalisation follows the pictures", "la normalización por lotes sigue a las imágenes")),
    experiment=_tuned,
)
def tuning_rate(at: At) -> Picture:
    """Accuracy after 60 steps, by rate, with statistics kept or updated; the head's as a line."""
    powers, chosen = (-4, -3, -2), at.whole("power")
    head = float(np.mean(FEW["new 10 head"]))
    canvas = Canvas(640, 330)
    plot = canvas.axes((-4.5, -1.5), (0, 1), box=(60, 28, 360, 242), ticks=False)
    canvas.text(20, 16, tr("accuracy", "exactitud"), size=12, colour_="muted")
    _percent(canvas, plot, (0, 0.25, 0.5, 0.75, 1))
    plot.vertical(chosen, "faint", "", 16)
    for power, words in zip(powers, ("0.0001", "0.001", "0.01"), strict=True):
        canvas.text(plot.px(power), 288, words, size=11, anchor="middle", colour_="muted")
    canvas.text(240, 312, tr("learning rate", "tasa de aprendizaje"), size=12, anchor="middle", colour_="muted")
    plot.horizontal(head, "blue", "6 4", 2)
    plot.horizontal(1 / 8, "muted")
    shades = {"keep": "orange", "update": "purple"}
    for kind, shade in shades.items():
        rows = [FEW[f"new 10 all {kind} {10.0**power:g}"] for power in powers]
        mine = (kind == "update") == at.on("update")
        plot.line(powers, [np.mean(row) for row in rows], shade, 3 if mine else 1.6, "" if mine else "3 4")
        for power, row in zip(powers, rows, strict=True):
            plot.points([power] * len(row), row, shade, 4.5 if mine else 3)
    kind = "update" if at.on("update") else "keep"
    mean = float(np.mean(FEW[f"new 10 all {kind} {10.0**chosen:g}"]))
    entries = (
        (("before: the head alone", "antes: solo la cabeza"), "blue"),
        (("tuned, statistics kept", "ajuste, estadísticas fijas"), "orange"),
        (("tuned, statistics follow", "ajuste, estadísticas móviles"), "purple"),
        (("guessing", "al azar"), "muted"),
    )
    _lines(canvas, 442, 50, entries)
    canvas.text(442, 230, f"{mean:.0%}", size=26, bold=True)
    canvas.text(442, 250, tr(f"instead of {head:.0%}", f"en vez de {head:.0%}"), size=12, colour_="muted")
    return canvas.picture(
        tr(
            f"All blocks tuned for 60 steps at {10.0**chosen:g} on 80 drawings: {mean:.0%} right, the head alone "
            f"{head:.0%}.",
            f"Todos los bloques, 60 pasos a {10.0**chosen:g} con 80 dibujos: {mean:.0%} de acierto; la cabeza sola, "
            f"{head:.0%}.",
        )
    )


def _percent(canvas: Canvas, plot: Axes, values: tuple[float, ...]) -> None:
    for value in values:
        plot.horizontal(value, "faint", "")
        canvas.text(plot.box[0] - 6, plot.py(value) + 4, f"{value:.0%}", size=11, anchor="end", colour_="muted")


def _lines(canvas: Canvas, x: float, y: float, entries: Iterable[tuple[tuple[str, str], str]]) -> None:
    """A legend whose words go over two lines where they are long."""
    for words, shade in entries:
        canvas.rect(x, y - 9, 12, 10, shade, round_=2)
        line, rest = "", tr(*words).split(" ")
        while rest:
            while rest and len(line) + len(rest[0]) < 25:
                line = f"{line} {rest.pop(0)}".strip()
            canvas.text(x + 18, y, line, size=12, colour_="muted")
            line = ""
            y += 16
        y += 8
