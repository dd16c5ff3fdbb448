"""Figures on JAX: exact slopes, traces, one function over many inputs, keys of random numbers."""

from collections.abc import Callable
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.c03_viewer import tensor
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure

_FUNCTIONS: dict[str, tuple[str, Callable, Callable[[FloatArray], FloatArray], Callable[[float], float]]] = {
    "sin": ("sin(x)", jnp.sin, np.sin, np.cos),
    "softplus": (
        "log(1 + eˣ)",
        lambda x: jnp.logaddexp(x, 0.0),
        lambda x: np.logaddexp(x, x.dtype.type(0)),
        lambda x: 1 / (1 + np.exp(-x)),
    ),
    "cube": ("x³ − 2x", lambda x: x**3 - 2 * x, lambda x: x**3 - 2 * x, lambda x: 3 * x**2 - 2),
    "gauss": ("exp(−x²)", lambda x: jnp.exp(-(x**2)), lambda x: np.exp(-(x**2)), lambda x: -2 * x * np.exp(-(x**2))),
}


@cache
def _slope(name: str) -> Callable:
    return jax.jit(jax.grad(_FUNCTIONS[name][1]))


@figure(
    "jax-slopes",
    ("A derivative from differences, and JAX's", "La derivada por diferencias, y la de JAX"),
    Choice("f", "f(x)", {key: each[0] for key, each in _FUNCTIONS.items()}, "sin"),
    Slider("x", "x", -2, 2, 1.0, 0.05),
    Slider("h", ("log₁₀ h", "log₁₀ h"), -8, 0, -0.2, 0.1, plays=8),
)
def jax_slopes(at: At) -> Picture:
    """A secant and a tangent, and how wrong differences are at every step length."""
    canvas = Canvas(640, 350)
    words, _, f, slope = _FUNCTIONS[at.chosen("f")]
    x, h = at.number("x"), 10 ** at.number("h")
    exact = float(slope(x))
    found = float(_slope(at.chosen("f"))(np.float32(x)))
    steps = 10.0 ** np.linspace(-8, 0, 161)
    one, two = (np.array([_difference(f, x, each, central) for each in steps]) for central in (False, True))
    mine = _difference(f, x, h, False)
    plot = canvas.axes((-2.5, 2.5), (-2.5, 2.5), box=(44, 24, 250, 260), xlabel="x", title=words)
    plot.function(lambda t: f(t.astype(np.float64)), "ink", 2)
    y = float(f(np.array(x)))
    plot.function(lambda t: y + found * (t - x), "blue", 2)
    plot.function(lambda t: y + mine * (t - x), "orange", 2, "5 4")
    plot.points([x], [y], "red", 5)
    side = canvas.axes(
        (-8, 0),
        (-9, 1),
        box=(370, 24, 250, 230),
        xlabel=tr("log₁₀ of the step h", "log₁₀ del paso h"),
        ylabel=tr("log₁₀ of the error", "log₁₀ del error"),
    )
    side.line(np.log10(steps), np.log10(np.abs(one - exact) + 1e-9), "orange", 1.6)
    side.line(np.log10(steps), np.log10(np.abs(two - exact) + 1e-9), "green", 1.6)
    side.horizontal(float(np.log10(abs(found - exact) + 1e-9)), "blue", "", 2.4)
    side.points([np.log10(h)], [np.log10(abs(mine - exact) + 1e-9)], "red", 5)
    canvas.legend(
        330,
        312,
        [(tr("forward", "hacia delante"), "orange"), (tr("central", "centrada"), "green"), ("jax.grad", "blue")],
        across=True,
    )
    canvas.text(330, 336, tr("all in float32", "todo en float32"), size=12, colour_="muted")
    return canvas.picture(
        tr(
            f"At x = {x:.2f} the slope is {exact:.6f}; jax.grad gives {found:.6f}, the forward difference with "
            f"h = {number(h, 2)} gives {mine:.6f}.",
            f"En x = {x:.2f} la pendiente es {exact:.6f}; jax.grad da {found:.6f} y la diferencia hacia "
            "delante con "
            f"h = {number(h, 2)}, {mine:.6f}.",
        )
    )


def _difference(f: Callable, x: float, h: float, central: bool) -> float:
    """A difference quotient in float32, as if one had nothing better."""
    here, step = np.float32(x), np.float32(h)
    if central:
        return float((f(here + step) - f(here - step)) / (np.float32(2) * step))
    return float((f(here + step) - f(here)) / step)


_CALLS: tuple[tuple[str, Callable[[], object]], ...] = (
    ("f(jnp.ones(3))", lambda: jnp.ones(3)),
    ("f(jnp.zeros(3))", lambda: jnp.zeros(3)),
    ("f(jnp.ones(4))", lambda: jnp.ones(4)),
    ("f(jnp.arange(4))", lambda: jnp.arange(4)),
    ("f(jnp.ones(4))", lambda: jnp.ones(4)),
    ("f(2.0)", lambda: 2.0),
    ("f(7.0)", lambda: 7.0),
    ("f(jnp.float32(7))", lambda: jnp.float32(7)),
)


@cache
def _traced() -> tuple[list[str], list[bool], list[bool], list[str]]:
    """For each call in turn: what JAX sees, whether its type is weak, whether Python ran, and the program."""
    runs: list[str] = []

    def f(x):
        runs.append(str(jax.typeof(x)))
        return jnp.sum(x * x) + 1.0

    compiled = jax.jit(f)
    seen, weak, traced, programs = [], [], [], []
    for _, make in _CALLS:
        before = len(runs)
        compiled(make())
        traced.append(len(runs) > before)
        programs.append(str(jax.make_jaxpr(lambda x: jnp.sum(x * x) + 1.0)(make())))
        kind = jax.typeof(make())
        seen.append(kind.str_short().split("{")[0])
        weak.append(bool(getattr(kind, "weak_type", False)))
    return seen, weak, traced, programs


@figure(
    "jax-traces",
    ("When does jit run your Python?", "¿Cuándo ejecuta jit su Python?"),
    Slider("call", ("call", "llamada"), 1, 8, 6, 1, plays=1),
)
def jax_traces(at: At) -> Picture:
    """Calls of a compiled function, one after another."""
    canvas = Canvas(640, 405)
    seen, weak, traced, programs = _traced()
    last = at.whole("call")
    canvas.text(24, 30, "@jax.jit", size=13, mono=True, colour_="purple")
    canvas.text(24, 48, "def f(x):", size=13, mono=True)
    canvas.text(24, 66, "\u00a0\u00a0\u00a0\u00a0return jnp.sum(x * x) + 1.0", size=13, mono=True)
    for k in range(last):
        y = 100 + 24 * k
        canvas.text(24, y, _CALLS[k][0], size=13, mono=True, bold=k == last - 1)
        kind = seen[k] + (tr(" (weak)", " (débil)") if weak[k] else "")
        canvas.text(216, y, kind, size=13, mono=True, colour_="muted")
        told = tr("traced and compiled", "trazada y compilada") if traced[k] else tr("from the cache", "de la caché")
        canvas.circle(376, y - 4, 5, "orange" if traced[k] else "green")
        canvas.text(388, y, told, size=13, colour_="orange" if traced[k] else "green")
    canvas.text(
        24, 306, tr("what was traced for this kind of x:", "lo trazado para esta clase de x:"), size=12, colour_="muted"
    )
    for k, line in enumerate(programs[last - 1].splitlines()):
        canvas.text(24, 326 + 14.5 * k, line.replace("  ", "\u00a0\u00a0"), size=11.5, mono=True)
    count = sum(traced[:last])
    state = (
        tr("had to be traced", "hubo que trazarla")
        if traced[last - 1]
        else tr("was in the cache", "estaba en la caché")
    )
    return canvas.picture(
        tr(
            f"Call {last}, {_CALLS[last - 1][0]}, {state}: {count} traces for {last} calls so far.",
            f"Llamada {last}, {_CALLS[last - 1][0]}: {state}; van {count} trazas en {last} llamadas.",
        )
    )


_MAPPED: dict[str, tuple[str, tuple[int, ...], tuple[int, ...]]] = {
    "x": ("vmap(f, in_axes=(0, None))", (4, 3), (3,)),
    "w": ("vmap(f, in_axes=(None, 0))", (3,), (2, 3)),
    "both": ("vmap(f)", (4, 3), (4, 3)),
    "columns": ("vmap(f, in_axes=(1, None))", (3, 4), (3,)),
    "pairs": ("vmap(vmap(f, (None, 0)), (0, None))", (4, 3), (2, 3)),
}


@cache
def _mapped(kind: str) -> tuple[Array, Array, Array]:
    _, shape_x, shape_w = _MAPPED[kind]
    x = np.random.default_rng(1).integers(0, 5, shape_x)
    w = np.random.default_rng(2).integers(-2, 3, shape_w)

    def f(x, w):
        return jnp.sum(x * w)

    mapped = {
        "x": jax.vmap(f, in_axes=(0, None)),
        "w": jax.vmap(f, in_axes=(None, 0)),
        "both": jax.vmap(f),
        "columns": jax.vmap(f, in_axes=(1, None)),
        "pairs": jax.vmap(jax.vmap(f, in_axes=(None, 0)), in_axes=(0, None)),
    }[kind]
    return x, w, np.asarray(mapped(x, w))


@figure(
    "jax-vmap",
    ("vmap: written for one, used for many", "vmap: escrita para uno, usada para muchos"),
    Choice("kind", ("call", "llamada"), {key: each[0] for key, each in _MAPPED.items()}, "x"),
    Slider("element", ("element of the result", "elemento del resultado"), 0, 7, 2, 1, plays=1.5),
)
def jax_vmap(at: At) -> Picture:
    """Which parts of the inputs make an element of the result."""
    canvas = Canvas(640, 310)
    kind = at.chosen("kind")
    x, w, result = _mapped(kind)
    place = tuple(int(each) for each in np.unravel_index(at.whole("element") % result.size, result.shape))
    first, last = place[0], place[-1]
    used_x = {"w": slice(None), "columns": (slice(None), first)}.get(kind, first)
    used_w = {"x": slice(None), "columns": slice(None)}.get(kind, last)
    canvas.text(30, 30, "def f(x, w): return jnp.sum(x * w)", size=13, mono=True, colour_="muted")
    canvas.text(30, 56, f"{_MAPPED[kind][0]}(x, w)", size=15, mono=True, bold=True)
    left, top = 30, 116
    for name, values, used in (("x", x, used_x), ("w", w, used_w)):
        chosen = np.zeros(values.shape, bool)
        chosen[used] = True
        marked = [tuple(int(i) for i in each) for each in np.argwhere(chosen)]
        canvas.text(left, top - 14, f"{name} {values.shape}", size=14, mono=True, bold=True)
        tensor(canvas, left, top, values, np.where(chosen, 7, 2), size=40, marked=marked)
        left += 220
    canvas.text(left, top - 14, f"→ {result.shape}", size=14, mono=True, bold=True)
    column = result.ndim == 1 and kind in ("x", "both", "w")
    shown = result[:, None] if column else result
    tensor(
        canvas,
        left,
        top,
        shown,
        np.full(shown.shape, 4),
        size=40,
        marked=[(*place, 0) if column else place],
        mark="green",
    )
    terms = " + ".join(f"{a}·{b}" if b >= 0 else f"{a}·(−{-b})" for a, b in zip(x[used_x], w[used_w], strict=True))
    return canvas.picture(
        tr(
            f"Element {place} of the result is f of the marked rows: {terms} = {number(float(result[place]))}.",
            f"El elemento {place} del resultado es f de lo marcado: {terms} = {number(float(result[place]))}.",
        )
    )


@figure(
    "jax-keys",
    ("Keys: where random numbers come from", "Claves: de dónde salen los números aleatorios"),
    Choice(
        "how",
        ("two draws with", "dos sorteos con"),
        {"same": ("the same key", "la misma clave"), "split": "split(key)", "fold": "fold_in(key, 0), fold_in(key, 1)"},
        "same",
    ),
    Slider("seed", ("seed", "semilla"), 0, 20, 0, 1),
)
def jax_keys(at: At) -> Picture:
    """Two draws of 300 numbers, one against the other."""
    canvas = Canvas(640, 340)
    how = at.chosen("how")
    key = jax.random.key(at.whole("seed"))
    pair = {
        "same": lambda: (key, key),
        "split": lambda: tuple(jax.random.split(key)),
        "fold": lambda: (jax.random.fold_in(key, 0), jax.random.fold_in(key, 1)),
    }[how]()
    u, v = (np.asarray(jax.random.normal(each, (300,))) for each in pair)
    canvas.text(24, 36, f"key({at.whole('seed')})", size=14, mono=True, bold=True)
    canvas.rect(24, 48, 190, 34, "soft", "blue", round_=6)
    canvas.text(119, 70, _written(key), size=12, mono=True, anchor="middle")
    for k, (each, name, shade) in enumerate(zip(pair, ("u", "v"), ("orange", "green"), strict=True)):
        y = 140 + 95 * k
        canvas.line(60, 82, 60, y + 17, "muted", 1.5)
        canvas.arrow(60, y + 17, 86, y + 17, "muted", 1.5)
        canvas.rect(88, y, 190, 34, "soft", shade, round_=6)
        canvas.text(183, y + 22, _written(each), size=12, mono=True, anchor="middle")
        numbers = ", ".join(f"{value:.2f}" for value in (u, v)[k][:3])
        canvas.text(88, y + 56, f"{name} = {numbers}, …", size=13, mono=True)
    plot = canvas.axes((-3.5, 3.5), (-3.5, 3.5), box=(370, 20, 250, 250), xlabel="u", ylabel="v")
    plot.points(u, v, "blue", 3)
    correlation = float(np.corrcoef(u, v)[0, 1])
    return canvas.picture(
        tr(
            f"Correlation of both draws: {correlation:.2f}."
            + (" They are the same numbers: a key was used twice." if how == "same" else ""),
            f"Correlación de los dos sorteos: {correlation:.2f}."
            + (" Son los mismos números: se ha usado una clave dos veces." if how == "same" else ""),
        )
    )


def _written(key: jax.Array) -> str:
    return " ".join(f"{int(each):08x}" for each in np.asarray(jax.random.key_data(key)))
