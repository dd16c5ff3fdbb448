"""Chapter 15, whether a turned digit is still the same digit, and what the old generator's arguments draw."""

from functools import cache
from typing import Any

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.language import tr
from hondo.data.augment.geometry import affine_maps, warp
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import grey_colours
from hondo.guide.figures.c15_pictures import digits
from hondo.guide.figures.c15_transforms import FILLS, PICTURES, augmented, chosen_picture
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import Changes, rounded
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.softmax import softmax
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.networks.network import Network, mlp
from hondo.scratch.networks.training import train

_ANGLES = np.arange(-180, 181, 15)
_TRAINED, _SHOWN = 1200, 500


@cache
def reader() -> Network:
    """A network that has learned upright digits."""
    x, y = digits()
    network = mlp((64, 48, 10))
    rows = x[:_TRAINED].reshape(-1, 64).astype(float)
    train(network, "softmax_cross_entropy", rows, np.eye(10)[y[:_TRAINED]], optimizer=Adam(0.004), epochs=12)
    return network


def turned(pictures: FloatArray, degrees: float, mirrored: bool = False) -> FloatArray:
    """Digits ``(batch, 8, 8, 1)`` mirrored and turned about their middle."""
    pictures = np.ascontiguousarray(pictures, np.float32)
    count = len(pictures)
    maps = affine_maps((8, 8), angle=np.deg2rad(degrees), mirror_x=-1.0 if mirrored else 1.0, count=count)
    out = np.empty_like(pictures)
    warp(pictures, maps, out, "constant")
    return out.astype(float)


@cache
def answers(digit: int, mirrored: bool) -> FloatArray:
    """Which share of unseen pictures of a digit is taken for which, at each angle: ``(angles, 10)``."""
    x, y = digits()
    own = x[_TRAINED:][y[_TRAINED:] == digit]
    rows = [reader().classify(turned(own, float(angle), mirrored).reshape(-1, 64)) for angle in _ANGLES]
    return np.array([np.bincount(np.asarray(row, int), minlength=10) / len(own) for row in rows])


@figure(
    "augmentation-labels",
    ("At which angle does it stop being the same digit?", "¿A qué ángulo deja de ser el mismo dígito?"),
    Slider("digit", ("digit", "dígito"), 0, 9, 6, 1),
    Slider("example", ("example", "ejemplo"), 0, 20, 0, 1),
    Slider("angle", ("turn, degrees", "giro, grados"), -180, 180, 180, 15, plays=4),
    Toggle("mirror", ("mirrored", "en espejo")),
)
def augmentation_labels(at: At) -> Picture:
    """The turned digit, what a network that knows upright ones says, and how all of its kind fare at every angle."""
    digit, angle, mirrored = at.whole("digit"), at.number("angle"), at.on("mirror")
    x, y = digits()
    own = x[_TRAINED:][y[_TRAINED:] == digit]
    picture = turned(own[at.whole("example") % len(own)][None], angle, mirrored)
    chances = softmax(reader().forward(picture.reshape(1, 64)))[0]
    said = int(chances.argmax())
    shares = answers(digit, mirrored)
    here = shares[int(np.abs(_ANGLES - angle).argmin())]
    rivals = np.delete(np.arange(10), digit)
    rival = int(rivals[here[rivals].argmax()])
    canvas = Canvas(640, 330)
    canvas.pixels(16, 40, 150, 150, grey_colours(picture[0, :, :, 0], 0, 1))
    canvas.text(91, 28, tr(f"a {digit}", f"un {digit}"), size=13, anchor="middle", bold=True)
    canvas.text(16, 216, tr("the network's answer", "respuesta de la red"), size=12, colour_="muted")
    bars = canvas.axes((-0.5, 9.5), (0, 1), box=(16, 226, 190, 64), ticks=False, grid=False)
    canvas.plot = None
    bars.bars(np.arange(10), chances, ["blue" if each == digit else "orange" for each in range(10)])
    for each in range(10):
        canvas.text(bars.px(each), 306, str(each), size=12, anchor="middle", bold=each == said)
    plot = canvas.axes(
        (-180, 180),
        (0, 1),
        box=(276, 36, 348, 238),
        xlabel=tr("turn, degrees", "giro, grados"),
        ylabel=tr("share of its kind", "parte de su clase"),
    )
    plot.line(_ANGLES, shares[:, digit], "blue", 2.6)
    plot.line(_ANGLES, shares[:, rival], "orange", 2.6)
    plot.vertical(angle)
    first, second = tr(f"taken for {digit}", f"tomados por {digit}"), tr(f"taken for {rival}", f"tomados por {rival}")
    canvas.legend(300, 24, [(first, "blue"), (second, "orange")], across=True)
    return canvas.picture(
        tr(
            f"Turned by {angle:g}°{' and mirrored' if mirrored else ''}, {here[digit]:.0%} of the unseen digits "
            f"{digit} are still taken for {digit}, {here[rival]:.0%} for {rival}; this one for {said}.",
            f"Girados {angle:g}°{' y en espejo' if mirrored else ''}, el {here[digit]:.0%} de los {digit} no vistos se "
            f"siguen tomando por {digit} y el {here[rival]:.0%} por {rival}; este, por {said}.",
        )
    )


_ARGUMENTS = {
    "rotation_range": 90.0,
    "width_shift_range": 0.5,
    "height_shift_range": 0.5,
    "shear_range": 45.0,
    "zoom_range": 0.8,
    "channel_shift_range": 150.0,
    "brightness_range": 0.9,
    "horizontal_flip": 1.0,
    "vertical_flip": 1.0,
}


def given(name: str, amount: float) -> Any:
    """What an argument gets at an amount between 0 and 1."""
    if name.endswith("flip"):
        return amount > 0
    size = round(_ARGUMENTS[name] * amount, 2)
    return (round(1 - size, 2), round(1 + size, 2)) if name == "brightness_range" else size


def _as_experiment(at: At) -> tuple[str, Changes]:
    """The same range as an experiment's augmentation has it."""
    name, size = at.chosen("argument"), rounded(_ARGUMENTS[at.chosen("argument")] * at.number("amount"))
    key = name.removesuffix("_range")
    value: float | list[float] = size
    if name.endswith("flip"):
        value = bool(size)
    elif name.endswith("shift_range") and size:
        key, value = {
            "width_shift": ("shift", [0, size]),
            "height_shift": ("shift", [size, 0]),
            "channel_shift": ("channel_shift", rounded(size / 255)),
        }[key]
    return augmented(at.chosen("picture"), at.chosen("fill"), **{key: value})


@figure(
    "generator-arguments",
    ("What each argument of ImageDataGenerator draws", "Qué sortea cada argumento de ImageDataGenerator"),
    Choice("argument", ("argument", "argumento"), {name: name for name in _ARGUMENTS}, "rotation_range"),
    Slider("amount", ("amount", "cantidad"), 0, 1, 0.4, 0.05),
    Choice("fill", "fill_mode", {name: name for name in FILLS}, "nearest"),
    Choice("picture", ("picture", "imagen"), PICTURES, "photograph"),
    Slider("seed", ("seed", "semilla"), 0, 20, 0, 1, plays=2),
    experiment=_as_experiment,
)
def generator_arguments(at: At) -> Picture:
    """The call, and ten pictures that ``flow`` gives with it."""
    from hondo.data.generator.generator import ImageDataGenerator  # slow to import, and only needed here

    name, fill = at.chosen("argument"), at.chosen("fill")
    value = given(name, at.number("amount"))
    generator = ImageDataGenerator(**{name: value, "fill_mode": fill})
    batch = np.repeat(chosen_picture(at.chosen("picture"))[None], 10, axis=0)
    changed = next(generator.flow(batch, batch_size=10, shuffle=False, seed=at.whole("seed")))
    canvas = Canvas(640, 304)
    canvas.text(14, 24, f'ImageDataGenerator({name}={value}, fill_mode="{fill}")', size=13.5, mono=True)
    for place, picture in enumerate(np.clip(np.round(changed), 0, 255).astype(np.uint8)):
        canvas.pixels(14 + 124 * (place % 5), 42 + 128 * (place // 5), 116, 116, picture)
    return canvas.picture(
        tr(
            f"Ten draws with {name}={value}; what lies beyond the edge is filled by “{fill}”.",
            f"Diez sorteos con {name}={value}; lo que queda más allá del borde se rellena con «{fill}».",
        )
    )
