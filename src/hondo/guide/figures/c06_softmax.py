"""Chapter 6: softmax number by number, its temperature, its overflow, and the sigmoid inside it."""

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.figures.controls import At, Choice, Drag, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.smooth import sigmoid
from hondo.scratch.activations.softmax import naive_softmax, softmax

_DARK = "#1c2630"
_COLOURS = ("blue", "orange", "green", "purple")
_SCORES = {"clear": (3.0, 1.0, 0.0, -1.0), "close": (2.0, 1.8, 0.5, -1.0), "tie": (1.5, 1.5, 0.0, -2.0)}


def _classes() -> tuple[str, ...]:
    return tr("cat", "gato"), tr("dog", "perro"), tr("duck", "pato"), tr("fish", "pez")


@figure(
    "softmax-numbers",
    ("Softmax, number by number", "Softmax, número a número"),
    Slider("z1", ("score of cat", "puntuación de gato"), -4, 4, 2.0),
    Slider("z2", ("score of dog", "puntuación de perro"), -4, 4, 1.0),
    Slider("z3", ("score of duck", "puntuación de pato"), -4, 4, 0.1),
    Slider("z4", ("score of fish", "puntuación de pez"), -4, 4, -1.5),
    Slider("T", ("temperature T", "temperatura T"), 0.1, 5, 1.0),
)
def softmax_numbers(at: At) -> Picture:
    """From scores to probabilities, a row for each step, and bars."""
    z, temperature = np.array([at.number(f"z{i}") for i in range(1, 5)]), at.number("T")
    scaled = z / temperature
    shifted = scaled - scaled.max()
    powers, p = np.exp(shifted), softmax(z, temperature)
    rows = (
        (tr("scores z", "puntuaciones z"), z),
        ("z / T", scaled),
        (tr("minus the greatest", "menos la mayor"), shifted),
        (tr("exponential", "exponencial"), powers),
        (tr("divided by the sum", "entre la suma"), p),
    )
    canvas = Canvas(640, 400)
    columns = [212 + 104 * i for i in range(4)]
    for column, word, shade in zip(columns, _classes(), _COLOURS, strict=True):
        canvas.text(column, 24, word, size=14, anchor="middle", bold=True, colour_=shade)
    for line, (words, values) in enumerate(rows):
        height = 54 + 32 * line
        canvas.text(16, height, words, size=13, colour_="muted")
        for column, value in zip(columns, values, strict=True):
            shown = f"{value:.3f}" if line > 2 else f"{value:.2f}"
            canvas.text(column, height, shown.replace("-", "−"), size=15, anchor="middle", bold=line == 4)
            if line < 4:
                canvas.text(column, height + 18, "↓", size=11, anchor="middle", colour_="faint")
    canvas.text(592, 150, f"Σ = {powers.sum():.3f}", size=13, anchor="middle", colour_="muted")
    canvas.text(592, 182, "Σ = 1", size=13, anchor="middle", colour_="muted")
    base, tall = 380.0, 168.0
    canvas.line(150, base, 590, base, "muted", 1)
    for column, share, shade in zip(columns, p, _COLOURS, strict=True):
        canvas.rect(column - 34, base - tall * share, 68, tall * share, shade, round_=3)
        canvas.text(column, base - tall * share - 6, f"{share:.1%}", size=13, anchor="middle")
    best = _classes()[int(p.argmax())]
    ratio = float(np.exp((np.sort(z)[-1] - np.sort(z)[-2]) / temperature))
    return canvas.picture(
        tr(
            f"The most probable class is {best} with {p.max():.1%}, {number(ratio, 3)} times as probable as the next.",
            f"La clase más probable es {best}, con {p.max():.1%}: {number(ratio, 3)} veces la probabilidad de la "
            "siguiente.",
        )
    )


@figure(
    "softmax-temperature",
    ("Softmax from cold to hot", "Softmax, de frío a caliente"),
    Choice(
        "scores",
        ("scores", "puntuaciones"),
        {
            "clear": ("3, 1, 0, −1", "3, 1, 0, −1"),
            "close": ("2, 1.8, 0.5, −1", "2, 1.8, 0.5, −1"),
            "tie": ("1.5, 1.5, 0, −2", "1.5, 1.5, 0, −2"),
        },
        "clear",
    ),
    Slider("log", ("log₁₀ T", "log₁₀ T"), -1.5, 1.5, 0.0, 0.05, plays=8),
)
def softmax_temperature(at: At) -> Picture:
    """Each class's probability over the temperature, and the entropy of all."""
    z, log = np.array(_SCORES[at.chosen("scores")]), at.number("log")
    logs = np.linspace(-1.5, 1.5, 121)
    all_p = np.array([softmax(z, float(10**each)) for each in logs])  # (121, 4)
    p = softmax(z, float(10**log))
    entropy = float(-(p * np.log2(np.maximum(p, 1e-300))).sum())
    canvas = Canvas(640, 340)
    plot = canvas.axes(
        (-1.5, 1.5), (0, 1.03), box=(52, 22, 340, 258), xlabel="log₁₀ T", ylabel=tr("probability", "probabilidad")
    )
    for place, shade in enumerate(_COLOURS):
        plot.line(logs, all_p[:, place], shade, 2.6, "7 5" if place == 1 and at.chosen("scores") == "tie" else "")
    plot.vertical(log)
    plot.points([log] * 4, p, list(_COLOURS), 5.5)
    plot.horizontal(0.25, "muted", "2 4", 1)
    bars = canvas.axes((0.4, 4.6), (0, 1.03), box=(446, 22, 176, 180), ticks=False, grid=False)
    bars.bars([1, 2, 3, 4], p, list(_COLOURS), 0.8)
    for place, share in enumerate(p):
        canvas.text(bars.px(place + 1), 220, f"{share:.2f}", size=12, anchor="middle")
        canvas.text(bars.px(place + 1), 238, f"z={number(z[place], 2)}", size=11, anchor="middle", colour_="muted")
    canvas.text(446, 268, f"T = {10**log:.2f}", size=15, bold=True)
    canvas.text(446, 290, tr(f"entropy: {entropy:.2f} of 2 bits", f"entropía: {entropy:.2f} de 2 bits"), size=13)
    return canvas.picture(
        tr(
            f"At T = {10**log:.2f} the greatest probability is {p.max():.2f} and the entropy {entropy:.2f} bits of 2.",
            f"Con T = {10**log:.2f}, la mayor probabilidad es {p.max():.2f} y la entropía, {entropy:.2f} bits de 2.",
        )
    )


@figure(
    "softmax-overflow",
    ("Softmax that overflows, and softmax that does not", "Softmax que se desborda y softmax que no"),
    Slider("c", ("added to every score", "sumado a cada puntuación"), -120, 120, 80, 1, plays=6),
)
def softmax_overflow(at: At) -> Picture:
    """The formula as it stands and the safe one, in float32, side by side."""
    z = np.array([2.0, 1.0, 0.0], np.float32) + np.float32(at.number("c"))
    with np.errstate(all="ignore"):
        powers, bad = np.exp(z), naive_softmax(z)
    shifted = z - z.max()
    good = softmax(z)
    canvas = Canvas(640, 330)
    blocks = (
        (tr("as it stands", "tal cual"), 24, (("z", z), ("eᶻ", powers), ("p", bad)), float(powers.sum())),
        (
            tr("minus the greatest", "menos la mayor"),
            344,
            (("z − max", shifted), ("eᶻ⁻ᵐᵃˣ", np.exp(shifted)), ("p", good)),
            float(np.exp(shifted).sum()),
        ),
    )
    for title, left, rows, total in blocks:
        canvas.rect(left - 8, 20, 288, 236, "none", "faint", round_=8)
        canvas.text(left + 136, 46, title, size=15, anchor="middle", bold=True)
        for line, (words, values) in enumerate(rows):
            height = 88 + 46 * line
            canvas.text(left + 4, height, words, size=13, colour_="muted")
            for column, value in enumerate(values):
                lost = not np.isfinite(value)
                shown = "NaN" if np.isnan(value) else number(float(value), 2 if value > 1000 else 3)
                shown = f"{value:.3f}" if line == 2 and not lost else shown
                canvas.text(
                    left + 108 + 68 * column,
                    height,
                    shown,
                    size=11.5 if line == 1 else 12.5,
                    anchor="middle",
                    bold=lost or line == 2,
                    colour_="red" if lost else "ink",
                )
        canvas.text(
            left + 4, 226, f"Σ = {number(total, 4)}", size=13, colour_="red" if not np.isfinite(total) else "ink"
        )
    canvas.text(
        320,
        290,
        tr(
            "float32: eᶻ is infinite from z ≈ 88.7 on, and 0 below z ≈ −104",
            "float32: eᶻ es infinito desde z ≈ 88.7 y 0 por debajo de z ≈ −104",
        ),
        size=13,
        anchor="middle",
        colour_="muted",
    )
    fails = not np.allclose(bad, good, atol=1e-3, equal_nan=False)
    told = tr("the formula as it stands fails", "la fórmula tal cual falla")
    if not fails:
        told = tr("both agree", "ambas coinciden")
    return canvas.picture(
        tr(
            f"With {at.whole('c')} added to every score, {told}; the safe one gives {good[0]:.3f} to the first class.",
            f"Con {at.whole('c')} sumado a cada puntuación, {told}; la segura da {good[0]:.3f} a la primera clase.",
        )
    )


@figure(
    "softmax-sigmoid",
    ("Softmax of two scores is a sigmoid", "Softmax de dos puntuaciones es una sigmoide"),
    Slider("z1", "z₁", -4, 4, 1.5),
    Slider("z2", "z₂", -4, 4, 0.5),
    drag=Drag(x="z1", y="z2"),
)
def softmax_sigmoid(at: At) -> Picture:
    """The first probability over both scores, and over their difference."""
    z = np.array([at.number("z1"), at.number("z2")])
    p, gap = float(softmax(z)[0]), float(z[0] - z[1])
    canvas = Canvas(640, 340)
    plot = canvas.axes((-4, 4), (-4, 4), box=(50, 24, 256, 256), xlabel="z₁", ylabel="z₂", grid=False)
    xs = np.linspace(-4, 4, 64)
    grid = np.stack(np.meshgrid(xs, xs), -1)  # (z₂, z₁, 2)
    plot.heat(signed_colours(2 * softmax(grid)[..., 0][::-1] - 1, 1.15))
    for offset in range(-6, 7, 2):
        plot.line([-4, 4], [-4 - offset, 4 - offset], "#ffffff", 1, opacity=0.7)
    plot.line([-4, 4], [-4 - gap, 4 - gap], _DARK, 2.4)
    plot.points([z[0]], [z[1]], "#a67a00", 7, "#ffffff")
    curve = canvas.axes((-8, 8), (-0.04, 1.04), box=(372, 24, 252, 256), xlabel="z₁ − z₂", ylabel="p₁")
    curve.function(sigmoid, "blue", 2.8)
    curve.vertical(gap)
    curve.points([gap], [p], "gold", 7)
    shown = f"softmax({z[0]:.1f}, {z[1]:.1f})₁ = σ({gap:.1f}) = {p:.3f}".replace("-", "−")
    canvas.text(320, 334, shown, size=14, anchor="middle", bold=True)
    return canvas.picture(
        tr(
            f"p₁ = {p:.3f}: all along the dark line, where z₁ − z₂ = {gap:.1f}, softmax gives the same.".replace(
                "-", "−"
            ),
            f"p₁ = {p:.3f}: en toda la recta oscura, donde z₁ − z₂ = {gap:.1f}, softmax da lo mismo.".replace("-", "−"),
        )
    )
