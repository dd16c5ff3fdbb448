"""Chapter 11, what is counted and chosen: parameters, updates, random search, a schedule."""

import itertools
import math
from typing import Any

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, close


@exercise(
    "hyperparameters-count",
    starter="def parameters(sizes):\n    ...\n",
    solution=(
        "def parameters(sizes):\n"
        "    return sum(before * after + after for before, after in zip(sizes[:-1], sizes[1:]))\n"
    ),
    hints=(
        (
            "A dense layer joins each of its inputs to each of its neurons.",
            "Una capa densa une cada entrada con cada neurona.",
        ),
        (
            "Besides, each neuron (not each input) has one bias.",
            "Además, cada neurona (no cada entrada) tiene un sesgo.",
        ),
    ),
    right=(
        "def parameters(sizes):\n    total, before = 0, sizes[0]\n    for after in sizes[1:]:\n"
        "        total += (before + 1) * after\n        before = after\n    return total\n",
    ),
    wrong=(
        Wrong("def parameters(sizes):\n    return sum(a * b for a, b in zip(sizes, sizes[1:]))\n", "forgot-biases"),
        Wrong(
            "def parameters(sizes):\n    return sum(a * b + a for a, b in zip(sizes, sizes[1:]))\n", "bias-per-input"
        ),
        Wrong(
            "def parameters(sizes):\n    return sum(a * b for a, b in zip(sizes, sizes[1:])) + sum(sizes)\n",
            "input-biases",
        ),
    ),
)
def check_count(work: Work) -> None:
    """Weights and biases of a multilayer perceptron."""
    f = work.function("parameters")
    rng = np.random.default_rng(0)
    for length in (2, 3, 4, 5):
        sizes = [int(each) for each in rng.integers(1, 60, length)]
        weights = sum(a * b for a, b in itertools.pairwise(sizes))
        found = f(sizes)
        if close(found, weights + sum(sizes[1:])):
            continue
        if close(found, weights):
            raise Mistake(
                "forgot-biases",
                f"For {sizes} that counts the weights only; each neuron has a bias too.",
                f"Para {sizes} eso solo cuenta los pesos; cada neurona tiene además un sesgo.",
            )
        if close(found, weights + sum(sizes[:-1])):
            raise Mistake(
                "bias-per-input",
                "A bias belongs to a neuron that computes, not to an input.",
                "El sesgo pertenece a la neurona que calcula, no a la entrada.",
            )
        if close(found, weights + sum(sizes)):
            raise Mistake(
                "input-biases",
                "The inputs compute nothing: they have no biases.",
                "Las entradas no calculan nada: no tienen sesgos.",
            )
        raise Mistake(
            "different", f"For {sizes} the answer is not {found!r}.", f"Para {sizes} la respuesta no es {found!r}."
        )


@exercise(
    "hyperparameters-random-search",
    starter="def random_search(score, trials, rng):\n    ...\n",
    solution=(
        "def random_search(score, trials, rng):\n"
        "    rates = 10 ** rng.uniform(-4, 0, trials)\n"
        "    scores = [score(rate) for rate in rates]\n"
        "    return rates[scores.index(max(scores))]\n"
    ),
    hints=(
        (
            "Draw the exponent uniformly, then raise 10 to it.",
            "Sortee el exponente de manera uniforme y eleve 10 a ese exponente.",
        ),
        (
            "Call score once for each trial and keep the rate with the highest score.",
            "Llame a score una vez por prueba y quédese con la tasa de mayor puntuación.",
        ),
        ("10 ** rng.uniform(-4, 0) is one draw.", "10 ** rng.uniform(-4, 0) es un sorteo."),
    ),
    right=(
        "import math\ndef random_search(score, trials, rng):\n    best, found = None, -math.inf\n    for _ in "
        "range(trials):\n"
        "        rate = math.exp(rng.uniform(math.log(1e-4), math.log(1)))\n        value = score(rate)\n"
        "        if value > found:\n            best, found = rate, value\n    return best\n",
    ),
    wrong=(
        Wrong(
            "def random_search(score, trials, rng):\n    rates = rng.uniform(1e-4, 1, trials)\n"
            "    return max(rates, key=score)\n",
            "uniform",
        ),
        Wrong(
            "def random_search(score, trials, rng):\n    rates = 10 ** rng.uniform(-4, 0, trials)\n"
            "    return min(rates, key=score)\n",
            "worst",
        ),
        Wrong(
            "import numpy as np\ndef random_search(score, trials, rng):\n    rates = np.logspace(-4, 0, trials)\n"
            "    return max(rates, key=score)\n",
            "grid",
        ),
    ),
)
def check_random_search(work: Work) -> None:
    """Log-uniform draws, one score each, the best returned."""
    f = work.function("random_search")
    tried: list[float] = []

    def score(rate: float) -> float:
        tried.append(float(rate))
        return -abs(math.log10(rate) + 2)

    best = f(score, 600, np.random.default_rng(0))
    rates = np.array(tried)
    if len(tried) != 600:
        raise Mistake(
            "calls",
            f"600 trials should ask score 600 times; it was asked {len(tried)} times.",
            f"600 pruebas deberían llamar a score 600 veces; lo han hecho {len(tried)}.",
        )
    if rates.min() < 0.99e-4 or rates.max() > 1.001:
        raise Mistake("range", "Some rates lie outside 0.0001 … 1.", "Algunas tasas quedan fuera de 0.0001 … 1.")
    if (rates < 0.01).mean() < 0.3:
        raise Mistake(
            "uniform",
            "Nearly all rates tried lie above 0.01: the small ones deserve as many trials. Draw the exponent.",
            "Casi todas las tasas probadas superan 0.01: las pequeñas merecen otras tantas pruebas. Sortee el "
            "exponente.",
        )
    if np.ptp(np.diff(np.sort(np.log10(rates)))) < 1e-6 or len(set(tried)) < 500:
        raise Mistake(
            "grid", "That is a grid: nothing is drawn from rng.", "Eso es una rejilla: no se sortea nada con rng."
        )
    wanted = rates[np.argmin(np.abs(np.log10(rates) + 2))]
    if close(best, rates[np.argmax(np.abs(np.log10(rates) + 2))]):
        raise Mistake(
            "worst",
            "That returns the worst rate: score is better when higher.",
            "Devuelve la peor tasa: score es mejor cuanto mayor.",
        )
    if not close(best, wanted):
        raise Mistake(
            "different",
            f"The best of the rates tried was {wanted:.4g}; it returns {best!r}.",
            f"La mejor de las tasas probadas era {wanted:.4g}; devuelve {best!r}.",
        )


@exercise(
    "hyperparameters-updates",
    starter="def updates(samples, batch_size, epochs):\n    ...\n",
    solution="def updates(samples, batch_size, epochs):\n    return epochs * -(-samples // batch_size)\n",
    hints=(
        ("Count the batches of one epoch first.", "Cuente primero los lotes de una época."),
        (
            "The last batch may be smaller, and still makes an update.",
            "El último lote puede ser menor, y también actualiza.",
        ),
    ),
    right=(
        "import math\ndef updates(samples, batch_size, epochs):\n    return math.ceil(samples / batch_size) * epochs\n",
    ),
    wrong=(
        Wrong("def updates(samples, batch_size, epochs):\n    return samples // batch_size * epochs\n", "last-batch"),
        Wrong(
            "import math\ndef updates(samples, batch_size, epochs):\n    return math.ceil(samples * epochs / "
            "batch_size)\n",
            "across-epochs",
        ),
    ),
)
def check_updates(work: Work) -> None:
    """How often the weights change."""
    f = work.function("updates")
    for samples, size, epochs in ((100, 10, 3), (100, 32, 7), (1437, 32, 20), (5, 64, 4), (60000, 128, 5)):
        found, wanted = f(samples, size, epochs), math.ceil(samples / size) * epochs
        if close(found, wanted):
            continue
        told = f"({samples}, {size}, {epochs})"
        if close(found, samples // size * epochs):
            raise Mistake(
                "last-batch",
                f"For {told} the samples left over in each epoch are one batch more.",
                f"Para {told}, las muestras que sobran en cada época forman un lote más.",
            )
        if close(found, math.ceil(samples * epochs / size)):
            raise Mistake(
                "across-epochs",
                f"For {told}: no batch holds samples of two epochs. Round up in each epoch.",
                f"Para {told}: ningún lote mezcla muestras de dos épocas. Redondee hacia arriba en cada época.",
            )
        raise Mistake(
            "different",
            f"For {told} it should be {wanted}, not {found!r}.",
            f"Para {told} debería ser {wanted}, no {found!r}.",
        )


def _rate(t: int, peak: float, warmup: int, total: int) -> float:
    if t < warmup:
        return peak * (t + 1) / warmup
    return peak * (1 + math.cos(math.pi * (t - warmup) / (total - warmup))) / 2


@exercise(
    "hyperparameters-warmup-cosine",
    starter="import math\n\ndef rate(t, peak, warmup, total):\n    ...\n",
    solution=(
        "import math\n\ndef rate(t, peak, warmup, total):\n    if t < warmup:\n        return peak * (t + 1) / warmup\n"
        "    share = (t - warmup) / (total - warmup)\n    return peak * (1 + math.cos(math.pi * share)) / 2\n"
    ),
    hints=(
        ("Two cases: t < warmup, and the rest.", "Dos casos: t < warmup, y el resto."),
        (
            "In the second case let p = (t − warmup) / (total − warmup) run from 0 to 1.",
            "En el segundo caso, haga que p = (t − warmup) / (total − warmup) vaya de 0 a 1.",
        ),
        ("(1 + cos πp) / 2 goes from 1 to 0.", "(1 + cos πp) / 2 va de 1 a 0."),
    ),
    right=(
        "import numpy as np\ndef rate(t, peak, warmup, total):\n    rising = peak * (t + 1) / max(warmup, 1)\n"
        "    p = np.clip((t - warmup) / (total - warmup), 0, 1)\n    return rising if t < warmup else peak * "
        "np.cos(np.pi * p / 2) ** 2\n",
    ),
    wrong=(
        Wrong(
            "import math\ndef rate(t, peak, warmup, total):\n    if t < warmup:\n        return peak * t / warmup\n"
            "    return peak * (1 + math.cos(math.pi * (t - warmup) / (total - warmup))) / 2\n",
            "starts-at-zero",
        ),
        Wrong(
            "import math\ndef rate(t, peak, warmup, total):\n    if t < warmup:\n        return peak * (t + 1) / "
            "warmup\n"
            "    return peak * (1 + math.cos(math.pi * t / total)) / 2\n",
            "jump",
        ),
        Wrong(
            "import math\ndef rate(t, peak, warmup, total):\n    if t < warmup:\n        return peak * (t + 1) / "
            "warmup\n"
            "    return peak * math.cos(math.pi * (t - warmup) / (total - warmup))\n",
            "negative",
        ),
    ),
)
def check_warmup(work: Work) -> None:
    """A linear rise, then half a cosine."""
    f = work.function("rate")
    for peak, warmup, total in ((0.4, 5, 50), (1.0, 10, 30), (0.01, 1, 7)):
        found = np.array([float(f(t, peak, warmup, total)) for t in range(total + 1)])
        wanted = np.array([_rate(t, peak, warmup, total) for t in range(total + 1)])
        if close(found, wanted):
            continue
        if found[0] == 0:
            raise Mistake(
                "starts-at-zero",
                "A first update with rate 0 is wasted: begin with peak / warmup.",
                "Una primera actualización con tasa 0 se desperdicia: empiece con peak / warmup.",
            )
        if found.min() < -1e-9:
            raise Mistake(
                "negative",
                "The rate becomes negative: half a cosine has to be raised above 0.",
                "La tasa se vuelve negativa: hay que subir el medio coseno por encima de 0.",
            )
        if close(found[:warmup], wanted[:warmup]) and not close(found[warmup], peak):
            raise Mistake(
                "jump",
                f"At t = {warmup} the rate jumps to {found[warmup]:.3g} instead of {peak}: the cosine counts "
                "from the end of the warm-up.",
                f"En t = {warmup} la tasa salta a {found[warmup]:.3g} en vez de {peak}: el coseno se cuenta "
                "desde el final del calentamiento.",
            )
        at = int(np.argmax(np.abs(found - wanted)))
        told: Any = (at, peak, warmup, total)
        raise Mistake(
            "different",
            f"rate{told} should be {wanted[at]:.4g}, not {found[at]:.4g}.",
            f"rate{told} debería ser {wanted[at]:.4g}, no {found[at]:.4g}.",
        )
