"""Chapter 12, a filter slides over a picture: the arithmetic, what filters do to a photograph, and channels."""

from functools import cache

import cv2
import numpy as np
from sklearn.datasets import load_digits, load_sample_image

from hondo.core.language import tr
from hondo.data.sets.shapes import shapes
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import grey_colours, signed_colours
from hondo.guide.drawing.grids import cells
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.figure import figure
from hondo.scratch.layers.convolution import convolve

KERNELS = {
    "vertical": (("vertical edges", "bordes verticales"), [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], 1),
    "horizontal": (("horizontal edges", "bordes horizontales"), [[-1, -2, -1], [0, 0, 0], [1, 2, 1]], 1),
    "outline": (("outline (Laplacian)", "contorno (laplaciana)"), [[0, 1, 0], [1, -4, 1], [0, 1, 0]], 1),
    "blur": (("blur (mean)", "desenfoque (media)"), [[1, 1, 1], [1, 1, 1], [1, 1, 1]], 9),
    "sharpen": (("sharpen", "enfoque"), [[0, -1, 0], [-1, 5, -1], [0, -1, 0]], 1),
    "shift": (("one pixel aside", "un píxel al lado"), [[0, 0, 0], [0, 0, 1], [0, 0, 0]], 1),
}
_CHOICES = {name: words for name, (words, _, _) in KERNELS.items()}


def _kernel(name: str) -> np.ndarray:
    return np.array(KERNELS[name][1], float) / KERNELS[name][2]


@cache
def photograph(width: int = 0) -> np.ndarray:
    """The pagoda in grey, from 0 to 1; ``width`` makes it smaller."""
    colour = np.asarray(load_sample_image("china.jpg"))[16:416, 40:640]
    grey = np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY) / 255.0, np.float64)
    if width:
        grey = cv2.resize(grey, (width, round(width * grey.shape[0] / grey.shape[1])), interpolation=cv2.INTER_AREA)
    return grey


@cache
def _pictures() -> dict[str, np.ndarray]:
    """What the window slides over: whole numbers, so that the arithmetic can be followed."""
    pixels = np.asarray(load_digits(return_X_y=True)[0])
    roof = np.round(16 * photograph(60)[7:15, 9:17])
    return {"seven": pixels[17].reshape(8, 8), "three": pixels[3].reshape(8, 8), "photo": roof}


def over(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The map of one filter over one channel."""
    return convolve(picture[None, :, :, None], kernel[:, :, None, None], np.zeros(1))[0, :, :, 0]


@figure(
    "convolution-sliding",
    ("A filter slides over a picture", "Un filtro recorre una imagen"),
    Choice(
        "picture",
        ("picture", "imagen"),
        {
            "seven": ("digit", "dígito"),
            "three": ("another digit", "otro dígito"),
            "photo": ("detail of a photograph", "detalle de una fotografía"),
        },
        "seven",
    ),
    Choice("kernel", ("filter", "filtro"), _CHOICES, "vertical"),
    Slider("step", ("window", "ventana"), 0, 35, 14, 1, plays=3),
)
def sliding(at: At) -> Picture:
    """One window, its nine products, their sum, and the map so far."""
    picture, kernel = _pictures()[at.chosen("picture")], _kernel(at.chosen("kernel"))
    answers = over(picture, kernel)
    step = min(at.whole("step"), answers.size - 1)
    row, column = divmod(step, answers.shape[1])
    canvas = Canvas(640, 400)
    size = 256 / len(picture)
    canvas.text(142, 24, tr("picture x", "imagen x"), size=13, anchor="middle", bold=True)
    cells(canvas, 14, 34, picture, size=size, colours=grey_colours(picture, 0, 16), write=lambda value: f"{value:.0f}")
    canvas.rect(14 + column * size, 34 + row * size, 3 * size, 3 * size, "none", "orange", line=3)
    right = 640 - 14 - size * answers.shape[1]
    canvas.text(right + size * answers.shape[1] / 2, 24, tr("map y", "mapa y"), size=13, anchor="middle", bold=True)
    shown = np.where(np.arange(answers.size).reshape(answers.shape) <= step, answers, 0)
    reach = float(np.abs(answers).max()) or 1.0
    hidden = np.arange(answers.size).reshape(answers.shape) > step
    painted = signed_colours(shown, reach)
    painted[hidden] = (228, 232, 235)
    whole = KERNELS[at.chosen("kernel")][2] == 1
    write = (lambda value: f"{value:.0f}".replace("-", "−")) if whole else (lambda value: f"{value:.1f}")
    cells(
        canvas,
        right,
        34 + size,
        np.where(hidden, np.nan, shown),
        size=size,
        colours=painted,
        write=lambda value: "" if np.isnan(value) else write(value),
        marked=[(row, column)],
    )
    canvas.text(352, 88, tr("filter K", "filtro K"), size=13, anchor="middle", bold=True)
    cells(canvas, 298, 98, kernel, size=36, write=lambda value: number(value, 2))
    _sum(canvas, picture[row : row + 3, column : column + 3], kernel, float(answers[row, column]))
    y = number(answers[row, column], 3)
    return canvas.picture(
        tr(
            f"Window at row {row}, column {column}: the nine products add up to {y}.",
            f"Ventana en la fila {row}, columna {column}: los nueve productos suman {y}.",
        )
    )


def _sum(canvas: Canvas, window: np.ndarray, kernel: np.ndarray, total: float) -> None:
    """The nine products, row by row."""
    products = window * kernel
    for row in range(3):
        y = 322 + 26 * row
        for column in range(3):
            sign = "" if row == column == 0 else "+ "
            words = f"{sign}{window[row, column]:.0f} · {_signed(kernel[row, column])}"
            shade = "muted" if products[row, column] == 0 else "blue" if products[row, column] > 0 else "orange"
            canvas.text(24 + 116 * column, y, words, size=15, mono=True, colour_=shade)
        part = number(products[row].sum(), 3)
        canvas.text(380, y, f"→ {part}", size=15, mono=True, colour_="ink")
    canvas.line(480, 306, 480, 380, "muted", 1)
    canvas.text(500, 336, tr("sum", "suma"), size=13, colour_="muted")
    canvas.text(500, 364, number(total, 3), size=24, bold=True, colour_="orange" if total < 0 else "blue")


def _signed(value: float) -> str:
    words = number(value, 2)
    return f"({words})" if value < 0 else words


@figure(
    "convolution-kernels",
    ("What filters do to a photograph", "Qué le hacen los filtros a una fotografía"),
    Choice(
        "kernel",
        ("filter", "filtro"),
        {**_CHOICES, "oriented": ("edges at an angle", "bordes con un ángulo")},
        "oriented",
    ),
    Slider("angle", ("angle, in degrees", "ángulo, en grados"), 0, 360, 90, 15, plays=3),
    Toggle(
        "flip",
        ("turn the filter by 180° (true convolution)", "girar el filtro 180° (convolución en sentido estricto)"),
        False,
    ),
)
def kernels(at: At) -> Picture:
    """The photograph, the filter and the feature map."""
    name = at.chosen("kernel")
    angle = np.deg2rad(at.number("angle"))
    kernel = (
        np.cos(angle) * _kernel("vertical") - np.sin(angle) * _kernel("horizontal")
        if name == "oriented"
        else _kernel(name)
    )
    kernel = np.where(np.abs(kernel) < 1e-9, 0, kernel)
    turned = kernel[::-1, ::-1] if at.on("flip") else kernel
    picture = photograph(240)
    answers = over(picture, turned)
    canvas = Canvas(640, 330)
    canvas.text(132, 22, tr("photograph", "fotografía"), size=13, anchor="middle", bold=True)
    canvas.pixels(12, 32, 240, 160, grey_colours(picture, 0, 1), smooth=True)
    canvas.text(320, 40, tr("filter", "filtro"), size=13, anchor="middle", bold=True)
    cells(canvas, 266, 52, turned, size=36, write=lambda value: number(value, 2))
    canvas.arrow(266, 184, 374, 184, "muted", 1.5)
    canvas.text(508, 22, tr("feature map", "mapa de características"), size=13, anchor="middle", bold=True)
    signed = name not in ("blur", "sharpen", "shift")
    painted = signed_colours(answers, 1.6) if signed else grey_colours(answers, 0, 1)
    canvas.pixels(388, 32, 240, 160, painted, smooth=True)
    words = (
        tr("blue: above 0 · orange: below", "azul: positivo · naranja: negativo")
        if signed
        else tr("black 0, white 1", "negro 0, blanco 1")
    )
    canvas.text(508, 210, words, size=11, anchor="middle", colour_="muted")
    zoom, where = 9, (slice(62, 74), slice(18, 42))
    canvas.text(12, 218, tr("a detail:", "un detalle:"), size=12, colour_="muted")
    canvas.pixels(12, 226, 24 * zoom, 12 * zoom * 0.88, grey_colours(picture[where], 0, 1))
    canvas.pixels(
        388,
        226,
        24 * zoom,
        12 * zoom * 0.88,
        (signed_colours(answers, 1.6) if signed else grey_colours(answers, 0, 1))[61:73, 17:41],
    )
    total = number(float(turned.sum()), 2) if abs(turned.sum()) > 1e-9 else "0"
    canvas.text(
        320,
        208,
        tr(f"sum of the weights: {total}", f"suma de los pesos: {total}"),
        size=11,
        anchor="middle",
        colour_="muted",
    )
    strong = float((np.abs(answers) > 0.5).mean())
    flipped = tr(", turned by 180°", ", girado 180°") if at.on("flip") else ""
    title = tr("edges at an angle", "bordes con un ángulo") if name == "oriented" else tr(*KERNELS[name][0])
    more = f" ({at.number('angle'):.0f}°)" if name == "oriented" else ""
    return canvas.picture(
        tr(
            f"Filter “{title}”{more}{flipped}: its weights sum to {total}; it answers with more than 0.5 in size "
            f"at {strong:.0%} of the places.",
            f"Filtro «{title}»{more}{flipped}: sus pesos suman {total}; responde con más de 0.5 en valor "
            f"absoluto en el {strong:.0%} de los lugares.",
        )
    )


_COLOURS = {
    "red": ("reddish: R − (G + B) / 2", "rojizo: R − (G + B) / 2"),
    "grey": ("mean brightness", "brillo medio"),
    "edges": ("vertical edges in every channel", "bordes verticales en los tres canales"),
    "opponent": ("edges between blue and yellow", "bordes entre azul y amarillo"),
}


def _colour_kernel(name: str) -> np.ndarray:
    """A filter of shape (3, 3, channels)."""
    kernel = np.zeros((3, 3, 3))
    if name == "red":
        kernel[1, 1] = (1, -0.5, -0.5)
    elif name == "grey":
        kernel[:] = 1 / 27
    else:
        share = (1 / 3, 1 / 3, 1 / 3) if name == "edges" else (0.5, 0.5, -1)
        kernel[:] = _kernel("vertical")[:, :, None] * np.array(share) / 2
    return kernel


@cache
def _drawn() -> np.ndarray:
    return np.asarray(shapes(samples=60, difficulty=0.0, seed=1).train.x[:24]) / 255.0


@figure(
    "convolution-channels",
    ("One filter, three channels, one map", "Un filtro, tres canales, un mapa"),
    Choice("kernel", ("filter", "filtro"), _COLOURS, "red"),
    Slider("picture", ("picture", "imagen"), 0, 23, 3, 1),
    Slider("bias", ("bias", "sesgo"), -1, 1, 0, 0.1),
    Toggle("relu", "ReLU", False),
)
def channels(at: At) -> Picture:
    """Each channel with its slice of the filter, and their sum."""
    picture, kernel = _drawn()[at.whole("picture")], _colour_kernel(at.chosen("kernel"))
    parts = np.stack([over(picture[:, :, channel], kernel[:, :, channel]) for channel in range(3)])
    total = parts.sum(0) + at.number("bias")
    if at.on("relu"):
        total = np.maximum(total, 0)
    reach = 1.0
    canvas = Canvas(640, 380)
    canvas.pixels(10, 136, 112, 112, np.round(255 * picture).astype(np.uint8))
    canvas.text(66, 126, "x (32, 32, 3)", size=12, anchor="middle", colour_="muted")
    for channel, (letter, shade) in enumerate((("R", "red"), ("G", "green"), ("B", "blue"))):
        top = 12 + 122 * channel
        canvas.curve(124, 192, 148, top + 54, "muted", 1.2)
        canvas.pixels(150, top, 108, 108, grey_colours(picture[:, :, channel], 0, 1))
        canvas.text(156, top + 20, letter, size=15, bold=True, colour_=shade)
        canvas.text(268, top + 58, "∗", size=18, anchor="middle")
        cells(
            canvas, 280, top + 9, kernel[:, :, channel], size=30, write=lambda value: number(value, 1) if value else "0"
        )
        canvas.text(381, top + 58, "=", size=16, anchor="middle")
        canvas.pixels(392, top, 108, 108, signed_colours(parts[channel], reach))
        canvas.curve(502, top + 54, 520, 192, "muted", 1.2)
    canvas.text(574, 126, "Σ + b → (30, 30, 1)", size=12, anchor="middle", colour_="muted")
    canvas.pixels(520, 136, 108, 108, signed_colours(total, reach))
    canvas.text(
        574,
        264,
        f"b = {number(at.number('bias'), 2)}" + (", ReLU" if at.on("relu") else ""),
        size=12,
        anchor="middle",
        colour_="muted",
    )
    low, high = number(float(total.min()), 2), number(float(total.max()), 2)
    return canvas.picture(
        tr(
            f"Filter “{tr(*_COLOURS[at.chosen('kernel')])}”: the three maps are added, with the bias, into one, "
            f"from {low} to {high}.",
            f"Filtro «{tr(*_COLOURS[at.chosen('kernel')])}»: los tres mapas se suman, con el sesgo, en uno solo, "
            f"que va de {low} a {high}.",
        )
    )
