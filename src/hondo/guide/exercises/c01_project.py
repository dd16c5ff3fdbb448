"""What a project needs besides a network: base rates, a budget, a fingerprint, and several seeds."""

import copy
import math
import random

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, close


@exercise(
    "screening-flagged",
    starter="def ill_if_flagged(rare, sensitivity, specificity):\n    ...\n",
    solution=(
        "def ill_if_flagged(rare, sensitivity, specificity):\n"
        "    flagged_ill = rare * sensitivity\n"
        "    flagged_well = (1 - rare) * (1 - specificity)\n"
        "    return flagged_ill / (flagged_ill + flagged_well)\n"
    ),
    hints=(
        (
            "Imagine 1,000 people, and count those who are flagged: some are ill, some are not.",
            "Imagine a 1000 personas y cuente las avisadas: unas están enfermas y otras no.",
        ),
        (
            "Ill and flagged: rare · sensitivity. Well and flagged: (1 − rare) · (1 − specificity).",
            "Enfermas y avisadas: rare · sensitivity. Sanas y avisadas: (1 − rare) · (1 − specificity).",
        ),
    ),
    right=(
        "def ill_if_flagged(rare, sensitivity, specificity):\n    odds = rare / (1 - rare) * sensitivity / (1 -"
        " specificity)\n"
        "    return odds / (1 + odds)\n",
    ),
    wrong=(
        Wrong("def ill_if_flagged(r, se, sp):\n    return se\n", "sensitivity"),
        Wrong("def ill_if_flagged(r, se, sp):\n    return r * se\n", "not-among-flagged"),
        Wrong("def ill_if_flagged(r, se, sp):\n    return r * se / (r * se + (1 - r) * sp)\n", "cleared-for-flagged"),
    ),
)
def check_flagged(work: Work) -> None:
    """Random rates, and three typical confusions."""
    f = work.function("ill_if_flagged")
    rng = np.random.default_rng(0)
    for rare, found, cleared in rng.uniform(0.05, 0.95, size=(20, 3)):
        answer, ill = f(rare, found, cleared), rare * found
        wanted = ill / (ill + (1 - rare) * (1 - cleared))
        if close(answer, found):
            raise Mistake(
                "sensitivity",
                "That is the share of the ill who are flagged; the share of the flagged who are ill is asked.",
                "Eso es la parte de los enfermos que recibe el aviso; se pide la parte de los avisados que está"
                " enferma.",
            )
        if close(answer, ill):
            raise Mistake(
                "not-among-flagged",
                "That is a share of all people; divide by the share that is flagged.",
                "Eso es una parte de todas las personas; divida entre la parte avisada.",
            )
        if close(answer, ill / (ill + (1 - rare) * cleared)):
            raise Mistake(
                "cleared-for-flagged",
                "Specificity is the share of the healthy who are cleared; the others are the false alarms.",
                "La especificidad es la parte de los sanos que se descarta; las falsas alarmas son los demás.",
            )
        if not close(answer, wanted):
            raise Mistake(
                "different",
                f"With {rare:.2f}, {found:.2f} and {cleared:.2f} it should be {wanted:.3f}; it is {answer}.",
                f"Con {rare:.2f}, {found:.2f} y {cleared:.2f} debería ser {wanted:.3f}; es {answer}.",
            )


@exercise(
    "budget-seconds",
    starter="def training_seconds(operations, samples, epochs, batch, speed, step):\n    ...\n",
    solution=(
        "import math\n\n\ndef training_seconds(operations, samples, epochs, batch, speed, step):\n"
        "    steps = epochs * math.ceil(samples / batch)\n"
        "    arithmetic = 3 * operations * samples * epochs / speed\n"
        "    return arithmetic + steps * step\n"
    ),
    hints=(
        (
            "Two parts: the arithmetic of all samples in all epochs, and the fixed cost of all steps.",
            "Dos partes: la aritmética de todas las muestras en todas las épocas y el coste fijo de todos los pasos.",
        ),
        (
            "Forwards once and backwards about twice as much: 3 · operations for each sample.",
            "Hacia delante una vez y hacia atrás cerca del doble: 3 · operations por muestra.",
        ),
        (
            "An epoch has `math.ceil(samples / batch)` steps: the last batch may be smaller.",
            "Una época tiene `math.ceil(samples / batch)` pasos: el último lote puede ser menor.",
        ),
    ),
    right=(
        "def training_seconds(operations, samples, epochs, batch, speed, step):\n    total = 0.0\n"
        "    for start in range(0, samples, batch):\n        size = min(batch, samples - start)\n"
        "        total += 3 * operations * size / speed + step\n    return epochs * total\n",
    ),
    wrong=(
        Wrong(
            "import math\n\ndef training_seconds(o, n, e, b, v, s):\n    return o * n * e / v + e * math.ceil(n / b)"
            " * s\n",
            "forward-only",
        ),
        Wrong("def training_seconds(o, n, e, b, v, s):\n    return 3 * o * n * e / v\n", "no-fixed-price"),
        Wrong(
            "def training_seconds(o, n, e, b, v, s):\n    return 3 * o * n * e / v + e * (n // b) * s\n", "last-batch"
        ),
    ),
)
def check_seconds(work: Work) -> None:
    """Sizes that fit the batch and that do not."""
    f = work.function("training_seconds")
    rng = random.Random(0)
    for samples, batch in ((1000, 50), (1001, 50), (60_000, 128), (10, 64)):
        operations, epochs, speed, step = (
            rng.uniform(1e4, 1e6),
            rng.randint(1, 9),
            rng.uniform(1e8, 1e9),
            rng.uniform(1e-3, 1e-2),
        )
        arithmetic = operations * samples * epochs / speed
        steps, answer = epochs * math.ceil(samples / batch), f(operations, samples, epochs, batch, speed, step)
        if close(answer, 3 * arithmetic + steps * step):
            continue
        if close(answer, arithmetic + steps * step):
            raise Mistake(
                "forward-only",
                "This counts forward passes alone; learning also goes backwards.",
                "Esto cuenta solo las pasadas hacia delante; al aprender también se va hacia atrás.",
            )
        if close(answer, 3 * arithmetic):
            raise Mistake(
                "no-fixed-price", "The fixed cost of the steps is missing.", "Falta el coste fijo de los pasos."
            )
        if samples % batch and close(answer, 3 * arithmetic + epochs * (samples // batch) * step):
            raise Mistake(
                "last-batch",
                f"{samples} samples in batches of {batch} are {math.ceil(samples / batch)} steps: the last one is"
                f" smaller.",
                f"{samples} muestras en lotes de {batch} son {math.ceil(samples / batch)} pasos: el último es menor.",
            )
        raise Mistake(
            "different",
            f"For {samples} samples in batches of {batch} it should be {3 * arithmetic + steps * step:.4g} s; it is"
            f" {answer}.",
            f"Para {samples} muestras en lotes de {batch} deberían ser {3 * arithmetic + steps * step:.4g} s; da"
            f" {answer}.",
        )


@exercise(
    "planning-fingerprint",
    starter="import hashlib\nimport json\n\n\ndef fingerprint(settings):\n    return"
    " hashlib.sha256(str(settings).encode()).hexdigest()[:12]\n",
    solution=(
        "import hashlib\nimport json\n\n\ndef fingerprint(settings):\n"
        "    text = json.dumps(settings, sort_keys=True)\n    return hashlib.sha256(text.encode()).hexdigest()[:12]\n"
    ),
    hints=(
        (
            "Two dictionaries that are equal can print their keys in another order.",
            "Dos diccionarios iguales pueden imprimir sus claves en distinto orden.",
        ),
        (
            "`json.dumps` has an argument that sorts the keys, inner ones too.",
            "`json.dumps` tiene un argumento que ordena las claves, también las interiores.",
        ),
    ),
    right=(
        "import hashlib\n\ndef plain(v):\n    if isinstance(v, dict):\n        return sorted((k, plain(x)) for k, x"
        " in v.items())\n"
        "    if isinstance(v, list):\n        return [plain(x) for x in v]\n    return v\n\n"
        "def fingerprint(settings):\n    return hashlib.md5(repr(plain(settings)).encode()).hexdigest()\n",
    ),
    wrong=(
        Wrong("def fingerprint(settings):\n    return str(settings)\n", "order-matters"),
        Wrong("def fingerprint(settings):\n    return str(sorted(settings))\n", "values-missing"),
        Wrong(
            "def fingerprint(settings):\n    return str(sorted(settings.items(), key=lambda p: p[0]))\n", "inner-order"
        ),
        Wrong(
            "import itertools\ncount = itertools.count()\ndef fingerprint(settings):\n    return str(next(count))\n",
            "never-the-same",
        ),
    ),
)
def check_fingerprint(work: Work) -> None:
    """Equal settings alike, different ones apart."""
    f = work.function("fingerprint")
    settings = {"data": "digits", "seed": 0, "model": {"hidden": [64, 32], "activation": "relu"}, "learning_rate": 0.01}
    first = f(copy.deepcopy(settings))
    if f(copy.deepcopy(settings)) != first:
        raise Mistake(
            "never-the-same",
            "The same settings get another fingerprint the second time.",
            "Los mismos ajustes reciben otra huella la segunda vez.",
        )
    changes = (
        ("seed", 1),
        ("learning_rate", 0.02),
        ("data", "iris"),
        ("model", {"hidden": [32, 64], "activation": "relu"}),
    )
    for name, value in changes:
        if f({**copy.deepcopy(settings), name: value}) == first:
            raise Mistake(
                "values-missing",
                f"Another `{name}` should give another fingerprint.",
                f"Otro `{name}` debería dar otra huella.",
            )
    if f(dict(reversed(list(copy.deepcopy(settings).items())))) != first:
        raise Mistake(
            "order-matters",
            "The same settings written in another order get another fingerprint.",
            "Los mismos ajustes escritos en otro orden reciben otra huella.",
        )
    if f({**copy.deepcopy(settings), "model": {"activation": "relu", "hidden": [64, 32]}}) != first:
        raise Mistake(
            "inner-order",
            "The order of the keys still matters inside `model`.",
            "El orden de las claves todavía importa dentro de `model`.",
        )


@exercise(
    "planning-enough-seeds",
    starter="import numpy as np\n\n\ndef better(a, b):\n    return float(np.mean(b) - np.mean(a)), 0.0\n",
    solution=(
        "import numpy as np\n\n\ndef better(a, b):\n    difference = np.mean(b) - np.mean(a)\n"
        "    error = np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))\n"
        "    return float(difference), float(error)\n"
    ),
    hints=(
        (
            "The variance of a mean of n independent numbers is their variance divided by n; variances of"
            " independent numbers add up.",
            "La varianza de una media de n números independientes es su varianza dividida entre n; las varianzas de"
            " números independientes se suman.",
        ),
        (
            "The variance is estimated from few numbers: divide by n − 1, `ddof=1`.",
            "La varianza se estima con pocos números: divida entre n − 1, `ddof=1`.",
        ),
        (
            "The error is the root of var(a)/len(a) + var(b)/len(b).",
            "El error es la raíz de var(a)/len(a) + var(b)/len(b).",
        ),
    ),
    right=(
        "import statistics as s\n\ndef better(a, b):\n    a, b = list(map(float, a)), list(map(float, b))\n"
        "    return s.mean(b) - s.mean(a), (s.stdev(a) ** 2 / len(a) + s.stdev(b) ** 2 / len(b)) ** 0.5\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef better(a, b):\n    return b.mean() - a.mean(), np.sqrt(a.var() / len(a) +"
            " b.var() / len(b))\n",
            "ddof",
        ),
        Wrong(
            "import numpy as np\n\ndef better(a, b):\n    return b.mean() - a.mean(), np.sqrt(a.var(ddof=1) +"
            " b.var(ddof=1))\n",
            "not-of-the-mean",
        ),
        Wrong(
            "import numpy as np\n\ndef better(a, b):\n"
            "    return a.mean() - b.mean(), np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))\n",
            "sign",
        ),
    ),
)
def check_enough_seeds(work: Work) -> None:
    """Random samples of several sizes."""
    f = work.function("better")
    rng = np.random.default_rng(0)
    for left, right in ((5, 5), (3, 12), (8, 4)):
        a, b = rng.normal(0.9, 0.02, left), rng.normal(0.93, 0.03, right)
        answer = f(a, b)
        try:
            difference, error = (float(each) for each in answer)
        except (TypeError, ValueError):
            raise Mistake(
                "two-numbers",
                "Return the difference and its error, two numbers.",
                "Devuelva la diferencia y su error, dos números.",
            ) from None
        wanted = b.mean() - a.mean()
        if close(difference, -wanted):
            raise Mistake(
                "sign",
                "The difference is b − a: positive when b is better.",
                "La diferencia es b − a: positiva cuando b es mejor.",
            )
        if not close(difference, wanted):
            raise Mistake(
                "difference",
                "The first number is not the difference of the means.",
                "El primer número no es la diferencia de las medias.",
            )
        if close(error, np.sqrt(a.var(ddof=1) / left + b.var(ddof=1) / right)):
            continue
        if close(error, np.sqrt(a.var() / left + b.var() / right)):
            raise Mistake(
                "ddof",
                "Nearly: the mean was computed from the same few numbers, so divide by n − 1.",
                "Casi: la media se calculó con esos mismos números, así que divida entre n − 1.",
            )
        if close(error, np.sqrt(a.var(ddof=1) + b.var(ddof=1))):
            raise Mistake(
                "not-of-the-mean",
                "That is how much single runs differ; means of n runs differ less.",
                "Eso es lo que varían las ejecuciones sueltas; las medias de n varían menos.",
            )
        raise Mistake(
            "error",
            "The second number is not the standard error of the difference.",
            "El segundo número no es el error típico de la diferencia.",
        )
