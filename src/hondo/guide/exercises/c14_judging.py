"""Exercises on generalisation: choosing by validation, folds, and reading learning curves."""

from typing import Any

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "overfitting-degree",
    starter="import numpy as np\n\ndef best_degree(x, y, x_val, y_val, most):\n    ...\n",
    solution="import numpy as np\n\ndef best_degree(x, y, x_val, y_val, most):\n    errors = []\n"
    "    for degree in range(most + 1):\n        c = np.polyfit(x, y, degree)\n"
    "        errors.append(np.mean((np.polyval(c, x_val) - y_val) ** 2))\n    return int(np.argmin(errors))\n",
    hints=(
        ("Fit each degree on one set; measure it on the other.",
         "Ajuste cada grado con un conjunto y mídalo con el otro."),
        ("np.polyfit(x, y, degree) fits; np.polyval(c, x_val) predicts.",
         "np.polyfit(x, y, degree) ajusta; np.polyval(c, x_val) predice."),
    ),
    right=(
        "import numpy as np\n\ndef best_degree(x, y, x_val, y_val, most):\n    best = (np.inf, None)\n"
        "    for d in range(most + 1):\n        X, V = np.vander(x, d + 1), np.vander(x_val, d + 1)\n"
        "        c = np.linalg.lstsq(X, y, rcond=None)[0]\n"
        "        best = min(best, (np.square(V @ c - y_val).sum(), d))\n    return best[1]\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef best_degree(x, y, x_val, y_val, most):\n    return int(np.argmin("
            "[np.mean((np.polyval(np.polyfit(x, y, d), x) - y) ** 2) for d in range(most + 1)]))\n",
            "by-training",
        ),
        Wrong(
            "import numpy as np\n\ndef best_degree(x, y, x_val, y_val, most):\n    return int(np.argmin("
            "[np.mean((np.polyval(np.polyfit(x_val, y_val, d), x_val) - y_val) ** 2) for d in range(most + 1)]))\n",
            "by-training",
        ),
        Wrong(
            "import numpy as np\n\ndef best_degree(x, y, x_val, y_val, most):\n    return 1 + int(np.argmin("
            "[np.mean((np.polyval(np.polyfit(x, y, d), x_val) - y_val) ** 2) for d in range(1, most)]))\n",
            "range",
        ),
    ),
)  # fmt: skip
def check_degree(work: Work) -> None:
    """Noisy polynomials of several degrees; the constant and the last degree are wanted too."""
    f = work.function("best_degree")
    rng = np.random.default_rng(0)
    most = 6
    cases: list[tuple[int, int, int]] = []
    for true in (0, 1, 2, 3, 4, 6) * 4:
        x, x_val = rng.uniform(-1, 1, 14), rng.uniform(-1, 1, 40)
        c = np.r_[rng.choice([-4, 4]), rng.normal(size=true)]
        y, y_val = (np.polyval(c, each) + 0.3 * rng.normal(size=len(each)) for each in (x, x_val))
        fits = [np.polyfit(x, y, d) for d in range(most + 1)]
        errors = [np.mean((np.polyval(fit, x_val) - y_val) ** 2) for fit in fits]
        answer = f(x.copy(), y.copy(), x_val.copy(), y_val.copy(), most)
        found = int(as_array(answer, "best_degree(…)", ()))
        cases.append((found, int(np.argmin(errors)), true))
    if all(found == wanted for found, wanted, _ in cases):
        return
    if all(found == most for found, _, _ in cases):
        raise Mistake(
            "by-training",
            "It always says the greatest degree: that is what an error on points already fitted says.",
            "Siempre dice el grado mayor: es lo que dice un error medido en puntos con los que se ha ajustado.",
        )
    inside = [(found, wanted) for found, wanted, _ in cases if 0 < wanted < most]
    if all(found == wanted for found, wanted in inside):
        raise Mistake(
            "range",
            "Degrees 0 and `most` count too.",
            "Los grados 0 y `most` también cuentan.",
        )
    raise Mistake(
        "different",
        f"Degree {cases[0][1]} is wanted where this says {cases[0][0]}.",
        f"Se espera el grado {cases[0][1]} donde esto dice {cases[0][0]}.",
    )


@exercise(
    "small-data-folds",
    starter="import numpy as np\n\ndef folds(n, k, rng):\n    ...\n",
    solution="import numpy as np\n\ndef folds(n, k, rng):\n    parts = np.array_split(rng.permutation(n), k)\n"
    "    return [(np.concatenate(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]\n",
    hints=(
        ("Shuffle all the numbers once, then cut.", "Baraje todos los números una vez y luego corte."),
        ("np.array_split cuts into parts of nearly equal size.", "np.array_split corta en partes casi iguales."),
        ("Each part validates once; the others together train.",
         "Cada parte valida una vez; las demás, juntas, entrenan."),
    ),
    right=(
        "import numpy as np\n\ndef folds(n, k, rng):\n    group = rng.permutation(np.arange(n) % k)\n"
        "    return [(np.flatnonzero(group != i), np.flatnonzero(group == i)) for i in range(k)]\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef folds(n, k, rng):\n    out = []\n    for i in range(k):\n"
            "        order = rng.permutation(n)\n        out.append((order[n // k:], order[:n // k]))\n"
            "    return out\n",
            "not-once",
        ),
        Wrong(
            "import numpy as np\n\ndef folds(n, k, rng):\n    order, m = rng.permutation(n), n // k\n"
            "    return [(np.delete(order, slice(i * m, (i + 1) * m)), order[i * m:(i + 1) * m]) for i in range(k)]\n",
            "not-once",
        ),
        Wrong(
            "import numpy as np\n\ndef folds(n, k, rng):\n    parts = np.array_split(np.arange(n), k)\n"
            "    return [(np.concatenate(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]\n",
            "not-shuffled",
        ),
        Wrong(
            "import numpy as np\n\ndef folds(n, k, rng):\n    parts = np.array_split(rng.permutation(n), k)\n"
            "    return [(np.arange(n), part) for part in parts]\n",
            "overlap",
        ),
    ),
)  # fmt: skip
def check_folds(work: Work) -> None:
    """Disjoint, complete, every sample once, nearly equal, and shuffled."""
    f = work.function("folds")
    for n, k in ((20, 5), (23, 4), (10, 10)):
        made = _pairs(f(n, k, np.random.default_rng(n)), k)
        validated = np.sort(np.concatenate([validation for _, validation in made]))
        for train, validation in made:
            if np.intersect1d(train, validation).size:
                raise Mistake(
                    "overlap",
                    "A sample trains and validates in the same fold.",
                    "Una misma muestra entrena y valida en el mismo pliegue.",
                )
        if not np.array_equal(validated, np.arange(n)):
            raise Mistake(
                "not-once",
                f"With n = {n} and k = {k}, every sample should validate exactly once.",
                f"Con n = {n} y k = {k}, cada muestra debería validar exactamente una vez.",
            )
        for train, validation in made:
            if len(np.unique(train)) != n - len(validation) or len(train) != n - len(validation):
                raise Mistake(
                    "incomplete", "All that does not validate should train.", "Todo lo que no valida debería entrenar."
                )
        sizes = [len(validation) for _, validation in made]
        if max(sizes) - min(sizes) > 1:
            raise Mistake(
                "sizes", f"The folds' sizes are {sizes}: too unequal.", f"Los pliegues miden {sizes}: muy desiguales."
            )
    first, second = ({frozenset(v.tolist()) for _, v in _pairs(f(20, 4, np.random.default_rng(s)), 4)} for s in (1, 2))
    if first == second:
        raise Mistake(
            "not-shuffled",
            "Two generators give the same folds: if the file is sorted by class, so are they.",
            "Dos generadores dan los mismos pliegues: si el fichero está ordenado por clases, ellos también.",
        )


def _pairs(made: Any, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    try:
        pairs = [tuple(np.asarray(each, dtype=int) for each in pair) for pair in made]
    except (TypeError, ValueError):
        pairs = []
    if len(pairs) != k or any(len(pair) != 2 for pair in pairs):
        raise Mistake(
            "shape", f"A list of {k} pairs (train, validation) is wanted.",
            f"Se espera una lista de {k} pares (entrenamiento, validación).",
        )  # fmt: skip
    return [(pair[0], pair[1]) for pair in pairs]


@exercise(
    "learning-curve-read",
    starter="import numpy as np\n\ndef read_curves(train, validation):\n    ...\n",
    solution="import numpy as np\n\ndef read_curves(train, validation):\n    best = int(np.argmin(validation))\n"
    "    gap = validation[-1] - train[-1]\n    regret = validation[-1] - validation[best]\n"
    "    return best + 1, gap, regret\n",
    hints=(
        ("The best epoch is judged by validation only.", "La mejor época la decide solo la validación."),
        ("np.argmin counts from 0; epochs are counted from 1.", "np.argmin cuenta desde 0; las épocas, desde 1."),
        ("Gap and regret are both taken at the end.", "La brecha y el empeoramiento se miden ambos al final."),
    ),
    right=(
        "def read_curves(train, validation):\n    low = min(validation)\n"
        "    epoch = next(i for i, v in enumerate(validation, 1) if v == low)\n"
        "    return epoch, validation[-1] - train[-1], validation[-1] - low\n",
    ),
    wrong=(
        Wrong("import numpy as np\n\ndef read_curves(train, validation):\n    b = int(np.argmin(validation))\n"
              "    return b, validation[-1] - train[-1], validation[-1] - validation[b]\n", "from-zero"),
        Wrong("import numpy as np\n\ndef read_curves(train, validation):\n    b = int(np.argmin(train))\n"
              "    return b + 1, validation[-1] - train[-1], validation[-1] - validation[b]\n", "by-training"),
        Wrong("import numpy as np\n\ndef read_curves(train, validation):\n    b = int(np.argmin(validation))\n"
              "    return b + 1, validation[b] - train[b], validation[-1] - validation[b]\n", "gap"),
        Wrong("import numpy as np\n\ndef read_curves(train, validation):\n    b = int(np.argmin(validation))\n"
              "    return b + 1, validation[-1] - train[-1], validation[b] - validation[-1]\n", "regret"),
    ),
)  # fmt: skip
def check_read(work: Work) -> None:
    """Curves that fall and rise."""
    f = work.function("read_curves")
    rng = np.random.default_rng(2)
    for epochs in (12, 30, 7):
        at = np.arange(epochs)
        train = np.exp(-at / 4) + 0.01 * rng.normal(size=epochs)
        turn = int(rng.integers(2, epochs - 2))
        validation = 0.5 + ((at - turn) / epochs) ** 2 + 0.01 * rng.uniform(size=epochs)
        answer = f(train.copy(), validation.copy())
        if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 3:
            raise Mistake("shape", "Three numbers are wanted.", "Se esperan tres números.")
        found = as_array(np.array([float(each) for each in answer]), "read_curves(…)", (3,))
        best = int(np.argmin(validation))
        wanted = (best + 1, validation[-1] - train[-1], validation[-1] - validation[best])
        if close(found[0], best) and not close(found[0], best + 1):
            raise Mistake("from-zero", "Epochs are counted from 1.", "Las épocas se cuentan desde 1.")
        if not close(found[0], best + 1) and close(found[0], int(np.argmin(train)) + 1):
            raise Mistake(
                "by-training", "That epoch is the best for training.", "Esa época es la mejor para el entrenamiento."
            )
        if not close(found[0], wanted[0]):
            raise Mistake("best", f"The best epoch is {best + 1}.", f"La mejor época es la {best + 1}.")
        if not close(found[1], wanted[1]):
            raise Mistake(
                "gap",
                "The gap is validation minus training, at the last epoch.",
                "La brecha es validación menos entrenamiento, en la última época.",
            )
        if not close(found[2], wanted[2]):
            raise Mistake(
                "regret",
                "The third number says how much worse than its best the validation ends: never negative.",
                "El tercer número dice cuánto peor que su mejor valor acaba la validación: nunca es negativo.",
            )
