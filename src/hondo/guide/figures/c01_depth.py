"""Why layers one above the other: each folds what the one before has folded."""

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.grids import network
from hondo.guide.figures.controls import At, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.catalogue import activation


def folded(x: np.ndarray, layers: int) -> np.ndarray:
    """The tent 2 relu(x) − 4 relu(x − ½), applied so many times."""
    relu = activation("relu").function
    for _ in range(layers):
        x = 2 * relu(x) - 4 * relu(x - 0.5)
    return x


@figure(
    "representation-depth",
    ("Folding once more with two neurons more", "Un pliegue más con dos neuronas más"),
    Slider("layers", ("hidden layers of two neurons", "capas ocultas de dos neuronas"), 2, 6, 3, 1, plays=1),
)
def representation_depth(at: At) -> Picture:
    """The folded line, and the network that draws it."""
    layers = at.whole("layers")
    pieces, neurons = 2**layers, 2 * layers
    canvas = Canvas(640, 400)
    plot = canvas.axes((0, 1), (0, 1.05), box=(62, 24, 560, 190), xlabel="x", ylabel=tr("output", "salida"))
    x = np.unique(np.concatenate([np.linspace(0, 1, 2**layers + 1), np.linspace(0, 1, 129)]))
    plot.line(x, folded(x, layers), "blue", 2.2)
    network(canvas, (70, 292, 500, 60), [1, *[2] * layers, 1], radius=10)
    canvas.text(
        320,
        276,
        tr(
            f"{layers} layers · {neurons} hidden neurons · {pieces} straight pieces",
            f"{layers} capas · {neurons} neuronas ocultas · {pieces} tramos rectos",
        ),
        anchor="middle",
        bold=True,
    )
    canvas.text(
        320,
        386,
        tr(
            f"with one hidden layer: at least {pieces - 1} neurons for as many pieces",
            f"con una sola capa oculta: al menos {pieces - 1} neuronas para otros tantos tramos",
        ),
        anchor="middle",
        colour_="muted",
    )
    canvas.plot = None
    return canvas.picture(
        tr(
            f"{layers} hidden layers of two ReLU neurons draw {pieces} straight pieces; one hidden layer needs at"
            f" least {pieces - 1}"
            f" neurons for that, {layers} layers need {neurons}.",
            f"{layers} capas ocultas de dos neuronas ReLU dibujan {pieces} tramos rectos; una sola capa oculta"
            f" necesita al menos"
            f" {pieces - 1} neuronas y estas {layers} usan {neurons}.",
        )
    )
