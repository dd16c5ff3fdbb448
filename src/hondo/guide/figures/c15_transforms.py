"""Chapter 15, what happens to a picture: an affine map and a line for its colours, draws at random, mixtures."""

from functools import cache
from typing import Any

import numpy as np

from hondo.core.arrays import Array
from hondo.core.language import tr
from hondo.core.spec import AugmentSpec
from hondo.core.spec.augment import FillMode
from hondo.data.augment.augmenter import Augmenter
from hondo.data.augment.colour import recolour
from hondo.data.augment.geometry import affine_maps, warp
from hondo.data.augment.mix import Mix
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.grids import cells
from hondo.guide.figures.c15_pictures import KINDS, digits, drawn, kinds, photograph
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import Changes, rounded
from hondo.guide.figures.figure import figure

PICTURES = {
    "photograph": ("a photograph", "una fotografía"),
    "drawing": ("a drawing", "un dibujo"),
    "digit": ("a digit", "un dígito"),
}
_PADS = {"nearest": "edge", "reflect": "symmetric", "wrap": "wrap", "constant": "constant"}
FILLS = {
    "nearest": ("the nearest pixel", "el píxel más próximo"),
    "reflect": ("its reflection", "su reflejo"),
    "wrap": ("the other side", "el otro lado"),
    "constant": ("black", "negro"),
}


@cache
def chosen_picture(name: str) -> Array:
    """One of :data:`PICTURES`: uint8 ``(side, side, 3)``."""
    if name == "photograph":
        return photograph()
    if name == "digit":
        x, y = digits()
        grey = np.round(255 * x[np.flatnonzero(y == 6)[2]]).astype(np.uint8)
        return np.repeat(grey, 3, axis=-1)
    x, y = drawn(1000, 1)
    return x[np.flatnonzero(y == KINDS.index("fish"))[3]]


_EXPERIMENTS = {"photograph": "cifar10-augmented", "drawing": "shapes-cnn", "digit": "digits-mlp"}


def augmented(picture: str, fill: str, **values: Any) -> tuple[str, Changes]:
    """An experiment on such pictures with this augmentation and no other.

    Args:
        picture: one of :data:`PICTURES`.
        fill: what lies beyond the edge, said where anything moves.
        **values: keys of an experiment's ``augment``; what is 0 or off is left out.
    """
    asked: Changes = {f"augment.{name}": value for name, value in values.items() if value}
    if any(values.get(name) for name in ("rotation", "zoom", "shear", "shift")):
        asked["augment.fill"] = fill
    own: Changes = {"augment.horizontal_flip": False, "augment.shift": 0} if picture == "photograph" else {}
    return _EXPERIMENTS[picture], {**own, **asked}


def _from_one(factor: float) -> float | list[float]:
    """From no change to this factor."""
    return 0 if factor == 1 else [min(1.0, factor), max(1.0, factor)]


def _up_to_this(at: At) -> tuple[str, Changes]:
    """Pictures that are changed at random, at most as much as this one."""
    down, right = abs(at.number("y")) / 100, abs(at.number("x")) / 100
    return augmented(
        at.chosen("picture"),
        at.chosen("fill"),
        rotation=abs(at.number("angle")),
        zoom=_from_one(at.number("zoom")),
        shear=abs(at.number("shear")),
        shift=[down, right] if down or right else 0,
        horizontal_flip=at.on("mirror"),
        brightness=_from_one(at.number("brightness")),
        contrast=_from_one(at.number("contrast")),
    )


@figure(
    "augmentation-affine",
    ("One matrix moves the pixels, one line their values", "Una matriz mueve los píxeles; una recta, sus valores"),
    Choice("picture", ("picture", "imagen"), PICTURES, "photograph"),
    Slider("angle", ("turn, degrees", "giro, grados"), -180, 180, 20, 5, plays=6),
    Slider("zoom", ("zoom", "ampliación"), 0.6, 2, 0.9, 0.05),
    Slider("shear", ("shear, degrees", "inclinación, grados"), -40, 40, 0, 5),
    Slider("x", ("shift to the right, % of the side", "desplazamiento a la derecha, % del lado"), -30, 30, 10, 2),
    Slider("y", ("shift down, % of the side", "desplazamiento abajo, % del lado"), -30, 30, 0, 2),
    Toggle("mirror", ("mirrored", "espejo")),
    Slider("brightness", ("brightness", "brillo"), 0.4, 1.8, 1.0, 0.1),
    Slider("contrast", ("contrast", "contraste"), 0.2, 1.8, 1.0, 0.1),
    Choice("fill", ("beyond the edge", "más allá del borde"), FILLS, "reflect"),
    experiment=_up_to_this,
)
def augmentation_affine(at: At) -> Picture:
    """The picture with what lies around it and where the result looks; the result; matrix and line."""
    picture = chosen_picture(at.chosen("picture"))
    fill: FillMode = at.chosen("fill")  # pyright: ignore[reportAssignmentType]
    side, mirror = len(picture), -1.0 if at.on("mirror") else 1.0
    angle, slant, zoom = np.deg2rad(at.number("angle")), np.deg2rad(at.number("shear")), at.number("zoom")
    move = np.array([at.number("x"), at.number("y")]) / 100
    options = {"angle": angle, "slant": slant, "zoom": zoom, "mirror_x": mirror}
    maps = affine_maps((side, side), move_x=move[0] * side, move_y=move[1] * side, **options)
    result = np.empty_like(picture)
    warp(picture[None], maps, result[None], fill)
    means = result.reshape(-1, 3).mean(0)
    recolour(result, (0, 255), at.number("brightness"), at.number("contrast"))
    canvas = Canvas(640, 324)
    canvas.text(20, 22, tr("where it looks", "dónde se mira"), bold=True)
    around = np.pad(picture, [(side // 2, side // 2)] * 2 + [(0, 0)], _PADS[fill])  # pyright: ignore[reportArgumentType, reportCallIssue]
    canvas.pixels(20, 32, 224, 224, around)
    canvas.rect(76, 88, 112, 112, "none", "#ffffff", line=2, dash="5 4")
    source = canvas.axes((-1, 1), (-1, 1), box=(20, 32, 224, 224), ticks=False, grid=False)
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)]) - move
    framed = corners @ maps[0, :, :2].T  # where the result's corners lie in the picture, from its centre
    source.line(framed[:, 0], -framed[:, 1], "orange", 3)
    source.line(framed[:2, 0], -framed[:2, 1], "gold", 5)
    canvas.text(264, 22, tr("what comes out", "lo que sale"), bold=True)
    canvas.pixels(264, 32, 224, 224, result)
    canvas.line(264, 32, 488, 32, "gold", 5)
    forward = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    forward = forward @ np.array([[1, np.tan(slant)], [0, 1]]) @ np.diag([mirror * zoom, zoom])
    whole = np.vstack([np.column_stack([forward, move]), [0, 0, 1]])
    whole[np.abs(whole) < 1e-9] = 0
    canvas.text(506, 22, tr("matrix", "matriz"), bold=True)
    cells(canvas, 506, 32, whole, size=40, write=lambda each: number(each, 2))
    canvas.text(506, 172, "det A = " + number(float(np.linalg.det(forward)), 2), size=12, colour_="muted")
    words = tr("value in → value out", "valor entrante → saliente")
    plot = canvas.axes((0, 255), (0, 255), box=(532, 196, 92, 92), ticks=False, grid=False)
    canvas.text(624, 306, words, size=11, anchor="end", colour_="muted")
    xs, gain = np.arange(256.0), at.number("brightness") * at.number("contrast")
    plot.line([0, 255], [0, 255], "muted", 1, "3 3")
    for mean, shade in zip(means, ("red", "green", "blue"), strict=True):
        offset = (1 - at.number("contrast")) * at.number("brightness") * float(mean)
        plot.line(xs, np.clip(gain * xs + offset, 0, 255), shade, 2)
    lines = (
        tr("dashed: the picture; around it, what is", "a trazos: la imagen; alrededor, lo que se"),
        tr("made up beyond its edge; orange: where the", "inventa más allá del borde; naranja: dónde"),
        tr("result's frame lies (gold: its upper side)", "queda el marco del resultado (oro: arriba)"),
    )
    for place, words in enumerate(lines):
        canvas.text(20, 278 + 16 * place, words, size=11.5, colour_="muted")
    beyond = float(np.mean(_outside(maps[0], side)))
    return canvas.picture(
        tr(
            f"Slanted by {at.number('shear'):g}°, turned by {at.number('angle'):g}°, zoom {zoom:g}, shifted by "
            f"{at.number('x'):g} % and {at.number('y'):g} %{', mirrored' if mirror < 0 else ''}: {beyond:.0%} of the "
            "result's pixels lie beyond the edge of the picture and are made up.",
            f"Inclinada {at.number('shear'):g}°, girada {at.number('angle'):g}°, ampliación {zoom:g}, desplazada "
            f"{at.number('x'):g} % y {at.number('y'):g} %{', en espejo' if mirror < 0 else ''}: el {beyond:.0%} de los "
            "píxeles del resultado cae fuera de la imagen y es inventado.",
        )
    )


def _outside(matrix: Array, side: int) -> Array:
    """Which pixels of the result are read from beyond the picture ``(side, side)``."""
    places = np.stack([*np.meshgrid(np.arange(side), np.arange(side)), np.ones((side, side))], -1)
    read = places @ matrix.T
    return np.any((read < -0.5) | (read > side - 0.5), axis=-1)


def _of_strength(strength: float) -> tuple[dict[str, float], dict[str, float]]:
    """How far pictures are moved, and how far recoloured."""
    moves = {"rotation": 45 * strength, "shift": 0.2 * strength, "zoom": 0.4 * strength, "shear": 20 * strength}
    return moves, {"brightness": 0.5 * strength, "contrast": 0.5 * strength, "channel_shift": 0.15 * strength}


def _with_draws(at: At) -> tuple[str, Changes]:
    """An experiment with the same augmentation."""
    moves, colours = _of_strength(at.number("strength"))
    values = {name: rounded(value) for name, value in {**moves, **(colours if at.on("colour") else {})}.items()}
    flip, cutout = at.on("flip"), 0.35 if at.on("cutout") else 0
    return augmented(at.chosen("picture"), "reflect", horizontal_flip=flip, cutout=cutout, **values)


@figure(
    "augmentation-draws",
    ("One picture, another in each epoch", "Una imagen, distinta en cada época"),
    Choice("picture", ("picture", "imagen"), PICTURES, "drawing"),
    Slider("strength", ("strength", "intensidad"), 0, 1, 0.4, 0.1),
    Toggle("flip", ("mirror", "espejo"), True),
    Toggle("colour", ("colours too", "también colores"), True),
    Toggle("cutout", ("holes", "agujeros")),
    Slider("epoch", ("first epoch", "primera época"), 0, 60, 0, 1, plays=2),
    experiment=_with_draws,
)
def augmentation_draws(at: At) -> Picture:
    """Twenty-one epochs of one picture, as the network would get them."""
    picture, strength, first = chosen_picture(at.chosen("picture")), at.number("strength"), at.whole("epoch")
    moves, colours = _of_strength(strength)
    asked = {
        **(moves if strength else {}),
        **({"fill": "reflect"} if strength else {}),
        **({"horizontal_flip": True} if at.on("flip") else {}),
        **(colours if at.on("colour") and strength else {}),
        **({"cutout": 0.35} if at.on("cutout") else {}),
    }
    augment = Augmenter(AugmentSpec(**asked), seed=1, threads=1)
    canvas = Canvas(640, 300)
    for place in range(21):
        x, y = 12 + 89 * (place % 7), 8 + 97 * (place // 7)
        changed = augment.pictures(picture[None], np.array([0]), first + place)[0]
        canvas.pixels(x, y, 78, 78, changed)
        canvas.text(x + 39, y + 91, str(first + place), size=11, anchor="middle", colour_="muted")
    said = ", ".join(f"{name}={value:g}" for name, value in moves.items()) if strength else "…"
    return canvas.picture(
        tr(
            f"Epochs {first} to {first + 20} of one and the same picture, drawn with {said}.",
            f"Épocas {first} a {first + 20} de una misma imagen, con {said}.",
        )
    )


def _with_mixtures(at: At) -> tuple[str, Changes]:
    """Drawings mixed so; the share is drawn anew for each."""
    return "shapes-cnn", {"augment.mixup": 0.2} if at.chosen("kind") == "mixup" else {"augment.cutmix": 1}


@figure(
    "augmentation-mixed",
    ("Two pictures and two labels in one", "Dos imágenes y dos etiquetas en una"),
    Choice("kind", ("way", "modo"), {"mixup": "mixup", "cutmix": "cutmix"}, "mixup"),
    Slider("kept", ("share λ of the first", "parte λ de la primera"), 0, 1, 0.7, 0.05, plays=4),
    Slider("pair", ("pair", "pareja"), 0, 11, 2, 1),
    experiment=_with_mixtures,
)
def augmentation_mixed(at: At) -> Picture:
    """Two drawings, their mixture, and the targets."""
    x, y = drawn(1000, 1)
    pair = np.array([3 * at.whole("pair"), 3 * at.whole("pair") + 1])
    pictures, targets = x[pair].copy(), np.eye(len(KINDS))[y[pair]]
    mix = Mix(at.number("kept"), np.array([1, 0]))
    if at.chosen("kind") == "cutmix":
        side = round(32 * (1 - at.number("kept")) ** 0.5)
        top, left = (32 - side) // 2, 32 - side
        mix = Mix(1 - side * side / 1024, np.array([1, 0]), (top, top + side, left, left + side))
        mix.paste(pictures)
        mixed = pictures[0]
    else:
        mixed = mix.blend(pictures)[0]
    target = mix.blend(targets)[0]
    canvas = Canvas(640, 250)
    names = [kinds()[each] for each in y[pair]]
    for top, row, words in zip((12, 132), pair, names, strict=True):
        canvas.pixels(12, top, 96, 96, x[row])
        canvas.text(116, top + 52, words, size=12)
    canvas.pixels(196, 32, 184, 184, mixed)
    plot = canvas.axes((0, 1), (-0.5, 7.5), box=(480, 20, 120, 196), ticks=False, grid=False)
    for place, value in enumerate(target):
        height = plot.py(place)
        canvas.text(472, height + 4, kinds()[place], size=12, anchor="end")
        canvas.rect(480, height - 8, 120 * float(value), 16, "blue", round_=2)
        if value > 0:
            canvas.text(486 + 120 * float(value), height + 4, f"{value:.2f}", size=11)
    canvas.text(540, 236, tr("target", "objetivo"), size=12, anchor="middle", colour_="muted")
    return canvas.picture(
        tr(
            f"{mix.kept:.2f} of a {names[0]} and {1 - mix.kept:.2f} of a {names[1]}; the targets are mixed in the same "
            "shares.",
            f"{mix.kept:.2f} de {names[0]} y {1 - mix.kept:.2f} de {names[1]}; los objetivos se mezclan en la misma "
            "proporción.",
        )
    )
