"""Keras and what lies beneath it, PyTorch's loop line by line, and one network in six programs."""

import math
from itertools import pairwise

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.c02_recorded import ACCURACY, LOSSES, SCORES, WEIGHTS_APART
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import Changes, with_hidden
from hondo.guide.figures.figure import figure
from hondo.scratch.networks.autodiff import Tensor

_NAMES = {
    "numpy": "NumPy (hondo.scratch)",
    "tensorflow": "TensorFlow",
    "pytorch": "PyTorch",
    "keras-jax": "Keras · JAX",
    "keras-tensorflow": "Keras · TensorFlow",
    "keras-torch": "Keras · PyTorch",
}
_SHADES = ("grey", "orange", "red", "blue", "gold", "purple")
_BACKENDS = {"keras-jax": "JAX", "keras-tensorflow": "TensorFlow", "keras-torch": "PyTorch"}


@figure(
    "keras-backends",
    ("One Keras model on three backends", "Un modelo de Keras sobre tres motores"),
    Choice("backend", ("backend", "motor"), _BACKENDS, "keras-jax"),
)
def keras_backends(at: At) -> Picture:
    """Layers of software on the left; on the right, recorded scores of one digit."""
    chosen = at.chosen("backend")
    beneath, kernels = {
        "keras-jax": ("JAX", "XLA"),
        "keras-tensorflow": ("TensorFlow", tr("its own kernels, or XLA", "núcleos propios o XLA")),
        "keras-torch": ("PyTorch", tr("ATen's kernels", "núcleos de ATen")),
    }[chosen]
    canvas = Canvas(640, 340)
    floors = (
        (tr("your model", "su modelo"), "keras.Sequential([…])", "soft"),
        (tr("layers, losses, optimizers", "capas, pérdidas, optimizadores"), "keras.layers, keras.losses …", "soft"),
        (tr("operations on tensors", "operaciones con tensores"), "keras.ops", "soft"),
        (beneath, tr("tensors and their gradients", "tensores y sus gradientes"), "blue"),
        (kernels, tr("machine code for the CPU or the GPU", "código máquina para la CPU o la GPU"), "paper"),
    )
    for row, (name, below, fill) in enumerate(floors):
        top, ink = 14 + 63 * row, "paper" if fill == "blue" else "ink"
        canvas.rect(14, top, 286, 52, fill, "blue", round_=8)
        canvas.text(157, top + 22, name, anchor="middle", bold=True, colour_=ink)
        canvas.text(157, top + 41, below, anchor="middle", size=12, colour_=ink if fill == "blue" else "muted")
        if row:
            canvas.line(157, top - 11, 157, top, "blue", 2)
    scores = SCORES[chosen]
    plot = canvas.axes(
        (-0.6, 9.6),
        (-2.4, 2.4),
        box=(366, 34, 258, 226),
        title=tr("scores of one digit", "puntuaciones de un dígito"),
        xlabel=tr("class", "clase"),
        grid=False,
    )
    plot.bars(range(10), scores, ["blue" if each >= 0 else "orange" for each in scores], 0.7)
    plot.horizontal(0, "muted", "", 1)
    apart = max(abs(a - b) for a, b in zip(scores, SCORES["numpy"], strict=True))
    told = tr("the same as NumPy's, bit for bit", "las mismas que con NumPy, bit a bit")
    if apart:
        told = tr(f"at most {number(apart, 2)} from NumPy's", f"a {number(apart, 2)} como mucho de NumPy")
    canvas.text(495, 322, told, anchor="middle", bold=True, size=12)
    canvas.plot = None
    return canvas.picture(
        tr(
            f"Keras on {beneath} gives the ten scores of an unseen digit: {told}.",
            f"Keras sobre {beneath} da las diez puntuaciones de un dígito no visto: {told}.",
        )
    )


def _as_experiment(at: At) -> tuple[str, Changes]:
    """The same layers for the 64 pixels of a digit."""
    return "digits-mlp", with_hidden(at.whole("first"), at.whole("second"))


@figure(
    "keras-stack",
    ("A model's summary, drawn", "El resumen de un modelo, dibujado"),
    Slider("inputs", ("inputs", "entradas"), 4, 784, 64, 4),
    Slider("first", ("neurons of the first layer", "neuronas de la primera capa"), 1, 256, 32, 1),
    Slider("second", ("neurons of the second; 0: none", "neuronas de la segunda; 0: ninguna"), 0, 256, 16, 1),
    experiment=_as_experiment,
)
def keras_stack(at: At) -> Picture:
    """A box a layer, as wide as the share of the parameters that it has."""
    sizes = [at.whole("inputs"), at.whole("first"), *([at.whole("second")] if at.whole("second") else []), 10]
    counts = [(before + 1) * after for before, after in pairwise(sizes)]
    total = sum(counts)
    canvas = Canvas(640, 300)
    columns = (
        (20, tr("layer", "capa")),
        (130, tr("output's shape", "forma de salida")),
        (262, tr("parameters", "parámetros")),
    )
    for x, words in columns:
        canvas.text(x, 24, words, colour_="muted", size=12)
    for row, (before, after, count) in enumerate(zip(sizes[:-1], sizes[1:], counts, strict=True)):
        y = 62 + 62 * row
        canvas.text(20, y, f"Dense({after})", mono=True)
        canvas.text(130, y, f"(None, {after})", mono=True)
        canvas.text(262, y, f"{before}·{after} + {after} = {count}", mono=True, size=12)
        canvas.rect(20, y + 10, 600 * count / total, 13, "blue", round_=3)
        canvas.rect(20 + 600 * count / total - 600 * after / total, y + 10, 600 * after / total, 13, "orange", round_=3)
    canvas.legend(20, 268, [(tr("weights", "pesos"), "blue"), (tr("biases", "sesgos"), "orange")], across=True)
    told = tr(f"in all {total:,} parameters", f"en total {total} parámetros")
    canvas.text(620, 268, told, anchor="end", bold=True)
    share = max(counts) / total
    return canvas.picture(
        tr(
            f"{total:,} parameters, {share:.0%} of them in the largest layer.",
            f"{total} parámetros, el {share:.0%} en la capa mayor.",
        )
    )


_RATE, _ROUNDS = 0.05, 8
_LINES = ("optimizer.zero_grad()", "loss = (w * x - y) ** 2", "loss.backward()", "optimizer.step()")


def loop(zeroed: bool) -> list[tuple[int, float, float | None, float]]:
    """After each line: its number, w, the last loss, and w.grad, for x = 2 and y = 6."""
    w, grad = 0.0, 0.0
    loss: float | None = None
    states: list[tuple[int, float, float | None, float]] = []
    for _ in range(_ROUNDS):
        if zeroed:
            grad = 0.0
        states.append((0, w, loss, grad))
        weight = Tensor(w)
        result = (weight * 2.0 - 6.0) ** 2
        loss = result.value.item()
        states.append((1, w, loss, grad))
        result.backward()
        grad += weight.gradient.item()  # PyTorch adds to what is there
        states.append((2, w, loss, grad))
        w -= _RATE * grad
        states.append((3, w, loss, grad))
    return states


@figure(
    "pytorch-loop",
    ("The training loop, line by line", "El bucle de entrenamiento, línea a línea"),
    Slider("line", ("lines executed", "líneas ejecutadas"), 1, 4 * _ROUNDS, 15, 1, plays=3),
    Toggle("zeroed", ("with zero_grad", "con zero_grad"), True),
)
def pytorch_loop(at: At) -> Picture:
    """The four lines with the current one marked, what they hold, and the way of w."""
    zeroed, done = at.on("zeroed"), at.whole("line")
    states = loop(zeroed)
    line, w, loss, grad = states[done - 1]
    canvas = Canvas(640, 330)
    for row, code in enumerate(_LINES):
        y = 22 + 32 * row
        if row == line and (zeroed or row):
            canvas.rect(14, y - 3, 316, 29, "soft", "blue", round_=5)
        off = row == 0 and not zeroed
        canvas.text(26, y + 16, ("# " if off else "") + code, mono=True, size=14, colour_="muted" if off else "ink")
    values = (("w", number(w)), ("w.grad", number(grad)), ("loss", "–" if loss is None else number(loss)))
    for row, (name, value) in enumerate(values):
        canvas.text(372, 46 + 36 * row, name, mono=True, size=14, colour_="muted")
        canvas.text(470, 46 + 36 * row, value, size=17, bold=True, colour_="orange" if name == "w.grad" else "blue")
    rounds = (done - 1) // 4 + 1
    canvas.text(
        560,
        46,
        tr(f"step {rounds} of {_ROUNDS}", f"paso {rounds} de {_ROUNDS}"),
        anchor="middle",
        size=12,
        colour_="muted",
    )
    plot = canvas.axes((0, _ROUNDS), (-1, 7), box=(56, 166, 566, 118), xlabel=tr("step", "paso"), ylabel="w")
    plot.horizontal(3, "green")
    plot.text(0.08, 3.35, tr("minimum, w = 3", "mínimo, w = 3"), size=11, colour_="green")
    path = [0.0] + [state[1] for state in states if state[0] == 3]
    shown = done // 4
    plot.line(range(shown + 1), path[: shown + 1], "blue")
    plot.points(range(shown + 1), path[: shown + 1], "blue", 4)
    canvas.plot = None
    kind = (
        tr("the gradients are reset", "los gradientes se ponen a cero")
        if zeroed
        else tr("the gradients pile up", "los gradientes se acumulan")
    )
    return canvas.picture(
        tr(
            f"After {done} lines, w = {number(w)} and w.grad = {number(grad)}; {kind} before each step.",
            f"Tras {done} líneas, w = {number(w)} y w.grad = {number(grad)}; {kind} de un paso a otro.",
        )
        if not zeroed
        else tr(
            f"After {done} lines, w = {number(w)} and w.grad = {number(grad)}; {kind} in each step.",
            f"Tras {done} líneas, w = {number(w)} y w.grad = {number(grad)}; {kind} en cada paso.",
        )
    )


@figure(
    "frameworks-agree",
    ("One network, six programs: recorded results", "Una red, seis programas: resultados registrados"),
    Slider("epoch", ("epoch", "época"), 1, 20, 20, 1, plays=4),
    Choice(
        "program",
        ("compared with NumPy", "comparado con NumPy"),
        {k: v for k, v in _NAMES.items() if k != "numpy"},
        "tensorflow",
    ),
)
def frameworks_agree(at: At) -> Picture:
    """Six curves that coincide, and how far each is from NumPy's."""
    epoch, program = at.whole("epoch"), at.chosen("program")
    canvas = Canvas(640, 400)
    epochs = list(range(1, epoch + 1))
    plot = canvas.axes((0.5, 20.5), (0, 2.1), box=(66, 16, 556, 150), ylabel=tr("loss", "pérdida"))
    plot.line(epochs, LOSSES["numpy"][:epoch], "grey", 9, opacity=0.45)
    for name, shade in zip(_NAMES, _SHADES, strict=True):
        if name not in ("numpy", program):
            plot.line(epochs, LOSSES[name][:epoch], shade, 1)
        elif name == program:
            plot.line(epochs, LOSSES[name][:epoch], shade, 2.4)
            plot.points(epochs, LOSSES[name][:epoch], shade, 3.4)
    apart = canvas.axes(
        (0.5, 20.5),
        (-9.4, -5.6),
        box=(66, 204, 556, 110),
        xlabel=tr("epoch", "época"),
        ylabel=tr("log₁₀ of the gap", "log₁₀ distancia"),
    )
    for name, shade in zip(_NAMES, _SHADES, strict=True):
        if name == "numpy":
            continue
        gaps = [math.log10(max(3e-10, abs(a - b))) for a, b in zip(LOSSES[name], LOSSES["numpy"], strict=True)]
        if name == program:
            apart.line(epochs, gaps[:epoch], shade, 2.6)
            apart.points(epochs, gaps[:epoch], shade, 3.4)
        else:
            apart.line(epochs, gaps[:epoch], "grey", 1, opacity=0.5)
    for place, (name, shade) in enumerate(zip(_NAMES, _SHADES, strict=True)):
        x, y = 66 + 192 * (place % 3), 370 + 20 * (place // 3)
        canvas.rect(x, y - 9, 12, 10, shade, round_=2)
        canvas.text(
            x + 18, y, _NAMES[name], size=12, colour_="ink" if name == program else "muted", bold=name == program
        )
    canvas.plot = None
    loss, gap = LOSSES[program][epoch - 1], abs(LOSSES[program][epoch - 1] - LOSSES["numpy"][epoch - 1])
    return canvas.picture(
        tr(
            f"Epoch {epoch}: {_NAMES[program]} has a loss of {loss:.4f}, {number(gap, 2)} from NumPy's. After 20 "
            "epochs no weight of its first"
            f" layer is more than {number(WEIGHTS_APART[program], 2)} from NumPy's, and both are right on "
            f"{ACCURACY[program]:.1%} of the unseen digits.",
            f"Época {epoch}: {_NAMES[program]} tiene una pérdida de {loss:.4f}, a {number(gap, 2)} de la de "
            "NumPy. Tras 20 épocas, ningún peso de su"
            f" primera capa dista más de {number(WEIGHTS_APART[program], 2)} del de NumPy, y los dos aciertan el "
            f"{ACCURACY[program]:.1%} de los dígitos no vistos.",
        )
    )
