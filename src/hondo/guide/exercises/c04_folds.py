"""Libraries: folds that hold every class, and a score that can be trusted."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work


@exercise(
    "folds-stratified",
    starter=("import numpy as np\n\n\ndef stratified_folds(y, k):\n    return np.array_split(np.arange(len(y)), k)\n"),
    solution=(
        "import numpy as np\n\n\ndef stratified_folds(y, k):\n"
        "    fold_of = np.empty(len(y), dtype=int)\n    dealt = 0\n"
        "    for c in np.unique(y):\n        rows = np.flatnonzero(y == c)\n"
        "        fold_of[rows] = (dealt + np.arange(len(rows))) % k  # like cards\n"
        "        dealt += len(rows)\n"
        "    return [np.flatnonzero(fold_of == fold) for fold in range(k)]\n",
        "import numpy as np\n\n\ndef stratified_folds(y, k):\n"
        "    fold_of = np.empty(len(y), dtype=int)\n    dealt = 0\n"
        "    for c in np.unique(y):\n        rows = np.flatnonzero(y == c)\n"
        "        fold_of[rows] = (dealt + np.arange(len(rows))) % k  # como naipes\n"
        "        dealt += len(rows)\n"
        "    return [np.flatnonzero(fold_of == fold) for fold in range(k)]\n",
    ),
    hints=(
        (
            "Deal each class like cards: one row to each fold in turn.",
            "Reparta cada clase como naipes: una fila a cada pliegue, por turno.",
        ),
        (
            ("`np.flatnonzero(y == c)` are the rows of class c; `np.arange(m) % k` says to which fold each goes."),
            (
                "`np.flatnonzero(y == c)` son las filas de la clase c; `np.arange(m) % k` dice a qué pliegue "
                "va cada una."
            ),
        ),
        (
            (
                "If every class begins at fold 0, the first folds grow too large: go on dealing where the "
                "last class ended."
            ),
            (
                "Si todas las clases empiezan en el pliegue 0, los primeros crecen demasiado: siga "
                "repartiendo donde acabó la clase anterior."
            ),
        ),
    ),
    right=(
        (
            "import numpy as np\n\ndef stratified_folds(y, k):\n"
            "    order = np.argsort(y, kind='stable')\n"
            "    return [np.sort(order[f::k]) for f in range(k)]\n"
        ),
    ),
    wrong=(
        Wrong(
            (
                "import numpy as np\n\ndef stratified_folds(y, k):\n"
                "    return np.array_split(np.random.default_rng(0).permutation(len(y)), k)\n"
            ),
            "classes",
        ),
        Wrong(
            (
                "import numpy as np\n\ndef stratified_folds(y, k):\n"
                "    return [np.concatenate([np.flatnonzero(y == c)[f::k] for c in np.unique(y)]) for f in "
                "range(k)]\n"
            ),
            "sizes",
        ),
        Wrong(
            (
                "import numpy as np\n\ndef stratified_folds(y, k):\n"
                "    n = [np.sum(y == c) // k for c in np.unique(y)]\n"
                "    return [np.concatenate([np.flatnonzero(y == c)[f * m:(f + 1) * m] for c, m in "
                "zip(np.unique(y), n)]) for f in range(k)]\n"
            ),
            "not-all",
        ),
    ),
)
def check_stratified_folds(work: Work) -> None:
    """Each row once, each class evenly, folds of nearly one size."""
    f = work.function("stratified_folds")
    rng = np.random.default_rng(0)
    for counts, k in (((30, 30, 30), 3), ((59, 71, 48), 5), ((6, 11, 16, 21), 5), ((40, 9), 4)):
        y = np.repeat(np.arange(len(counts)), counts)
        if k == 4:
            y = rng.permutation(y)
        folds = [np.asarray(each, int) for each in f(y, k)]
        if len(folds) != k:
            raise Mistake(
                "number",
                f"There should be {k} folds; there are {len(folds)}.",
                f"Debería haber {k} pliegues; hay {len(folds)}.",
            )
        if not np.array_equal(np.sort(np.concatenate(folds)), np.arange(len(y))):
            raise Mistake(
                "not-all",
                "Every row should be in exactly one fold: some are missing or appear twice.",
                "Cada fila debería estar en un solo pliegue: faltan algunas o se repiten.",
            )
        held = np.array([np.bincount(y[each], minlength=len(counts)) for each in folds])
        if (np.ptp(held, axis=0) > 1).any():
            raise Mistake(
                "classes",
                f"Classes of sizes {counts} are not spread evenly: the folds hold {held.tolist()} of them.",
                (
                    f"Las clases, de tamaños {counts}, no están bien repartidas: los pliegues tienen "
                    f"{held.tolist()} de ellas."
                ),
            )
        sizes = held.sum(axis=1)
        if np.ptp(sizes) > 1:
            raise Mistake(
                "sizes",
                (
                    f"Each class is spread evenly, but the folds' sizes are {sizes.tolist()}: what is left over "
                    "of each class always goes to the same ones."
                ),
                (
                    f"Cada clase está bien repartida, pero los tamaños de los pliegues son {sizes.tolist()}: lo "
                    "que sobra de cada clase va siempre a los mismos."
                ),
            )


_SELECT = (
    "from sklearn.feature_selection import SelectKBest, f_classif\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.model_selection import cross_val_score\n"
    "from sklearn.pipeline import make_pipeline\n\n"
)


@exercise(
    "pipeline-honest-score",
    starter=_SELECT
    + (
        "\ndef honest_score(X, y):\n    best = SelectKBest(f_classif, k=20).fit_transform(X, y)\n"
        "    return cross_val_score(LogisticRegression(), best, y, cv=5).mean()\n"
    ),
    solution=_SELECT
    + (
        "\ndef honest_score(X, y):\n"
        "    model = make_pipeline(SelectKBest(f_classif, k=20), LogisticRegression())\n"
        "    return cross_val_score(model, X, y, cv=5).mean()\n"
    ),
    hints=(
        (
            "`fit_transform(X, y)` has looked at all labels, those of the test folds too.",
            "`fit_transform(X, y)` ha mirado todas las etiquetas, también las de los pliegues de prueba.",
        ),
        (
            "The choice of columns must be made again in each fold, from its training part.",
            ("La elección de columnas debe hacerse de nuevo en cada pliegue, con su parte de entrenamiento."),
        ),
        (
            "Put the selection and the classifier in one `make_pipeline(…)`, and cross-validate that.",
            "Ponga la selección y el clasificador en un solo `make_pipeline(…)`, y valide eso.",
        ),
    ),
    right=(
        (
            "import numpy as np\nfrom sklearn.model_selection import StratifiedKFold\n"
            "from sklearn.linear_model import LogisticRegression\n"
            "from sklearn.feature_selection import SelectKBest\n\ndef honest_score(X, y):\n"
            "    scores = []\n    for a, b in StratifiedKFold(5).split(X, y):\n"
            "        s = SelectKBest(k=20).fit(X[a], y[a])\n"
            "        scores.append(LogisticRegression().fit(s.transform(X[a]), "
            "y[a]).score(s.transform(X[b]), y[b]))\n"
            "    return np.mean(scores)\n"
        ),
    ),
    wrong=(
        Wrong(
            _SELECT
            + (
                "def honest_score(X, y):\n"
                "    b = SelectKBest(f_classif, k=20).fit(X, y).transform(X)\n"
                "    return cross_val_score(make_pipeline(LogisticRegression()), b, y, cv=5).mean()\n"
            ),
            "leak",
        ),
        Wrong(
            _SELECT
            + (
                "def honest_score(X, y):\n"
                "    m = make_pipeline(SelectKBest(f_classif, k=20), LogisticRegression())\n"
                "    return m.fit(X, y).score(X, y)\n"
            ),
            "leak",
        ),
        Wrong(
            _SELECT
            + (
                "def honest_score(X, y):\n"
                "    m = make_pipeline(SelectKBest(f_classif, k=20), LogisticRegression())\n"
                "    return cross_val_score(m, X, y, cv=5)\n"
            ),
            "not-a-number",
        ),
        Wrong("def honest_score(X, y):\n    return 0.5\n", "blind"),
    ),
)
def check_honest_score(work: Work) -> None:
    """About a half on noise, far more where there is something to find."""
    f = work.function("honest_score")
    noisy, y = [], np.repeat([0, 1], 25)
    x = np.zeros((50, 400))
    for seed in range(2):
        x = np.random.default_rng(seed).normal(size=(50, 400))
        found = f(x, y)
        if np.ndim(found):
            raise Mistake(
                "not-a-number",
                "Return the mean of the folds' scores: one number.",
                "Devuelva la media de las puntuaciones de los pliegues: un número.",
            )
        noisy.append(float(found))
    mean = float(np.mean(noisy))
    if mean > 0.68:
        raise Mistake(
            "leak",
            f"On pure noise it claims an accuracy of {mean:.0%}: the labels used for testing have been seen before.",
            f"Con puro ruido afirma una exactitud del {mean:.0%}: ya se habían visto las etiquetas de la prueba.",
        )
    x[:, :5] += 1.5 * y[:, None]
    if float(f(x, y)) < 0.75:
        raise Mistake(
            "blind",
            "Where five columns really tell the classes apart, the score should be well above a half.",
            ("Donde cinco columnas sí distinguen las clases, la puntuación debería superar con mucho un medio."),
        )
