"""NumPy: broadcasting, axes, products, and distances without a loop."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "broadcast-standardize",
    starter="import numpy as np\n\n\ndef standardize(train, test):\n    ...\n    return train, test\n",
    solution=(
        "import numpy as np\n\n\ndef standardize(train, test):\n"
        "    mean = train.mean(axis=0)  # (columns,)\n"
        "    deviation = train.std(axis=0)  # (columns,)\n"
        "    deviation = np.where(deviation == 0, 1.0, deviation)\n"
        "    return (train - mean) / deviation, (test - mean) / deviation\n",
        "import numpy as np\n\n\ndef standardize(train, test):\n"
        "    mean = train.mean(axis=0)  # (columnas,)\n"
        "    deviation = train.std(axis=0)  # (columnas,)\n"
        "    deviation = np.where(deviation == 0, 1.0, deviation)\n"
        "    return (train - mean) / deviation, (test - mean) / deviation\n",
    ),
    hints=(
        (
            ("`train.mean(axis=0)` has one number for each column; subtracting it from the table broadcasts."),
            "`train.mean(axis=0)` tiene un número por columna; al restarlo de la tabla hay broadcasting.",
        ),
        (
            "`test` is treated with the mean and deviation of `train`: it must not influence them.",
            "`test` se trata con la media y la desviación de `train`: no debe influir en ellas.",
        ),
        (
            "A column without variation has deviation 0: divide it by 1 instead (`np.where`).",
            "Una columna sin variación tiene desviación 0: divídala por 1 (`np.where`).",
        ),
    ),
    right=(
        (
            "import numpy as np\n\ndef standardize(train, test):\n"
            "    m = np.einsum('ij->j', train) / len(train)\n"
            "    s = np.sqrt(np.einsum('ij,ij->j', train - m, train - m) / len(train))\n"
            "    s[s < 1e-12] = 1\n    return (train - m) / s, (test - m) / s\n"
        ),
        (
            "from sklearn.preprocessing import StandardScaler\n\n"
            "def standardize(train, test):\n    scaler = StandardScaler().fit(train)\n"
            "    return scaler.transform(train), scaler.transform(test)\n"
        ),
    ),
    wrong=(
        Wrong(
            (
                "import numpy as np\n\ndef standardize(train, test):\n    s = train.std(0)\n"
                "    s = np.where(s == 0, 1, s)\n    u = test.std(0)\n"
                "    u = np.where(u == 0, 1, u)\n"
                "    return (train - train.mean(0)) / s, (test - test.mean(0)) / u\n"
            ),
            "own-statistics",
        ),
        Wrong(
            (
                "def standardize(train, test):\n"
                "    return (train - train.mean()) / train.std(), (test - train.mean()) / train.std()\n"
            ),
            "whole-table",
        ),
        Wrong(
            (
                "import numpy as np\n\ndef standardize(train, test):\n"
                "    with np.errstate(all='ignore'):\n"
                "        m, s = train.mean(0), train.std(0)\n"
                "        return (train - m) / s, (test - m) / s\n"
            ),
            "constant-column",
        ),
    ),
)
def check_standardize(work: Work) -> None:
    """Mean 0 and deviation 1 in each column of the training set; the test set by the same rule."""
    f = work.function("standardize")
    rng = np.random.default_rng(0)
    for constant in (False, True):
        train = rng.normal((5, -3, 40, 0), (2, 0.5, 9, 1), (30, 4))
        test = rng.normal((6, -3, 30, 1), (2, 0.5, 9, 2), (12, 4))
        if constant:
            train[:, 1], test[:, 1] = -3.0, -2.0
        mean, deviation = train.mean(0), np.where(train.std(0) == 0, 1, train.std(0))
        found = f(train.copy(), test.copy())
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise Mistake("pair", "Return two tables: train and test.", "Devuelva dos tablas: train y test.")
        a, b = as_array(found[0], "train", (30, 4)), as_array(found[1], "test", (12, 4))
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            raise Mistake(
                "constant-column",
                "A column that never varies has deviation 0, and dividing by it leaves nan or inf.",
                "Una columna que nunca varía tiene desviación 0, y dividir por ella deja nan o inf.",
            )
        if close(a, (train - train.mean()) / train.std()):
            raise Mistake(
                "whole-table",
                "One mean for the whole table mixes units. Each column needs its own: an axis is missing.",
                ("Una sola media para toda la tabla mezcla unidades. Cada columna necesita la suya: falta un eje."),
            )
        if not close(a, (train - mean) / deviation):
            raise Mistake(
                "different",
                (
                    "The columns of train should have mean 0 and deviation 1; they have means "
                    f"{np.round(a.mean(0), 2).tolist()}."
                ),
                (
                    "Las columnas de train deberían tener media 0 y desviación 1; sus medias son "
                    f"{np.round(a.mean(0), 2).tolist()}."
                ),
            )
        if close(b, (test - mean) / deviation):
            continue
        if close(b.mean(0), np.zeros(4), 1e-3):
            raise Mistake(
                "own-statistics",
                (
                    "test has been standardised with its own mean. The rule must be train's: in use, new data "
                    "come one by one."
                ),
                (
                    "test se ha estandarizado con su propia media. La regla debe ser la de train: en uso, los "
                    "datos nuevos llegan de uno en uno."
                ),
            )
        raise Mistake(
            "test",
            "test should be treated with train's mean and deviation.",
            "test debe tratarse con la media y la desviación de train.",
        )


@exercise(
    "product-covariance",
    starter="import numpy as np\n\n\ndef covariance(x):\n    ...\n",
    solution=(
        (
            "import numpy as np\n\n\ndef covariance(x):\n"
            "    centred = x - x.mean(axis=0)  # (n, d)\n"
            "    return centred.T @ centred / (len(x) - 1)  # (d, d)\n"
        ),
        (
            "import numpy as np\n\n\ndef covariance(x):\n"
            "    centred = x - x.mean(axis=0)  # (n, d)\n"
            "    return centred.T @ centred / (len(x) - 1)  # (d, d)\n"
        ),
    ),
    hints=(
        ("First take each column's mean away.", "Primero reste a cada columna su media."),
        (
            (
                "The sum over samples of products of two columns is a matrix product; think which of the two "
                "factors is transposed so that (d, d) comes out."
            ),
            (
                "La suma sobre las muestras de productos de dos columnas es un producto de matrices; piense "
                "cuál de los factores se traspone para que salga (d, d)."
            ),
        ),
    ),
    right=(
        (
            "import numpy as np\n\ndef covariance(x):\n    c = x - x.mean(0)\n"
            "    return np.einsum('ni,nj->ij', c, c) / (x.shape[0] - 1)\n"
        ),
        "import numpy as np\n\ndef covariance(x):\n    return np.cov(x, rowvar=False)\n",
    ),
    wrong=(
        Wrong("def covariance(x):\n    return x.T @ x / (len(x) - 1)\n", "not-centred"),
        Wrong("def covariance(x):\n    c = x - x.mean(0)\n    return c @ c.T / (len(x) - 1)\n", "samples"),
        Wrong("def covariance(x):\n    c = x - x.mean(0)\n    return c.T @ c / len(x)\n", "divided-by-n"),
        Wrong("def covariance(x):\n    c = x - x.mean()\n    return c.T @ c / (len(x) - 1)\n", "one-mean"),
    ),
)
def check_covariance(work: Work) -> None:
    """Against NumPy's own."""
    f = work.function("covariance")
    rng = np.random.default_rng(1)
    for n, d in ((20, 3), (9, 5), (6, 2)):
        x = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(0, 5, d)
        centred, found = x - x.mean(0), f(x)
        if np.shape(found) == (n, n):
            raise Mistake(
                "samples",
                (
                    f"Shape ({n}, {n}) compares samples with samples. Columns with columns is ({d}, {d}): "
                    "transpose the other factor."
                ),
                (
                    f"La forma ({n}, {n}) compara muestras con muestras. Columnas con columnas es ({d}, {d}): "
                    "trasponga el otro factor."
                ),
            )
        found = as_array(found, "covariance(x)", (d, d))
        if close(found, np.cov(x, rowvar=False)):
            continue
        if close(found, centred.T @ centred / n):
            raise Mistake(
                "divided-by-n",
                "Right, but for the divisor: one degree of freedom went into the mean, so divide by n − 1.",
                "Correcto, salvo el divisor: la media ha gastado un grado de libertad; divida por n − 1.",
            )
        if close(found, x.T @ x / (n - 1)) or close(found, x.T @ x / n):
            raise Mistake(
                "not-centred",
                "The columns' means were not taken away first.",
                "No se han restado antes las medias de las columnas.",
            )
        whole = x - x.mean()
        if close(found, whole.T @ whole / (n - 1)):
            raise Mistake(
                "one-mean",
                "One mean of everything was taken away; each column has its own (axis=0).",
                "Se ha restado una sola media de todo; cada columna tiene la suya (axis=0).",
            )
        raise Mistake(
            "different",
            "Element (i, j) should be the sum of products of centred columns i and j, divided by n − 1.",
            (
                "El elemento (i, j) debería ser la suma de productos de las columnas centradas i y j, "
                "dividida por n − 1."
            ),
        )


@exercise(
    "distance-matrix",
    starter="import numpy as np\n\n\ndef distances(a, b):\n    ...\n",
    solution=(
        "import numpy as np\n\n\ndef distances(a, b):\n"
        "    difference = a[:, None, :] - b[None, :, :]  # (n, m, d)\n"
        "    return np.sqrt((difference**2).sum(axis=-1))  # (n, m)\n"
    ),
    hints=(
        (
            ("All pairs: give `a` a new axis of length 1 where `b` has its samples, and the other way round."),
            ("Todos los pares: dé a `a` un eje nuevo de longitud 1 donde `b` tiene sus muestras, y al revés."),
        ),
        (
            "`a[:, None, :] - b[None, :, :]` has shape (n, m, d).",
            "`a[:, None, :] - b[None, :, :]` tiene forma (n, m, d).",
        ),
        (
            "Square, sum over the last axis, take the root.",
            "Eleve al cuadrado, sume sobre el último eje y extraiga la raíz.",
        ),
    ),
    right=(
        (
            "import numpy as np\n\ndef distances(a, b):\n"
            "    s = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T\n"
            "    return np.sqrt(np.maximum(s, 0))\n"
        ),
        (
            "import numpy as np\n\ndef distances(a, b):\n"
            "    return np.array([[np.linalg.norm(u - v) for v in b] for u in a])\n"
        ),
        "from scipy.spatial.distance import cdist\n\ndef distances(a, b):\n    return cdist(a, b)\n",
    ),
    wrong=(
        Wrong(
            ("import numpy as np\n\ndef distances(a, b):\n    d = a[:, None] - b[None]\n    return (d**2).sum(-1)\n"),
            "squared",
        ),
        Wrong(
            (
                "import numpy as np\n\ndef distances(a, b):\n    d = b[:, None] - a[None]\n"
                "    return np.sqrt((d**2).sum(-1))\n"
            ),
            "swapped",
        ),
        Wrong(
            ("import numpy as np\n\ndef distances(a, b):\n    return np.sqrt(((a - b) ** 2).sum(axis=1))\n"),
            "row-by-row",
        ),
        Wrong(
            ("import numpy as np\n\ndef distances(a, b):\n    return np.abs(a[:, None] - b[None]).sum(-1)\n"),
            "city-block",
        ),
    ),
)
def check_distances(work: Work) -> None:
    """Every row of one table against every row of the other."""
    f = work.function("distances")
    rng = np.random.default_rng(2)
    for n, m, d in ((4, 4, 3), (5, 3, 2), (1, 6, 4), (30, 20, 8)):
        a, b = rng.normal(size=(n, d)), rng.normal(size=(m, d))
        difference = a[:, None] - b
        wanted = np.sqrt((difference**2).sum(-1))
        found = f(a, b)
        if n == m and np.shape(found) == (n,):
            raise Mistake(
                "row-by-row",
                "That compares row i of a with row i of b only. All pairs are wanted: shape (n, m).",
                ("Eso compara solo la fila i de a con la fila i de b. Se quieren todos los pares: forma (n, m)."),
            )
        if (n != m and np.shape(found) == (m, n)) or (n == m and close(found, wanted.T)):
            raise Mistake(
                "swapped",
                "Rows and columns are exchanged: element (i, j) is from a[i] to b[j].",
                "Están cambiadas filas y columnas: el elemento (i, j) va de a[i] a b[j].",
            )
        found = as_array(found, "distances(a, b)", (n, m))
        if close(found, wanted):
            continue
        if close(found, wanted**2):
            raise Mistake(
                "squared",
                "Those are the squares of the distances: the root is missing.",
                "Esos son los cuadrados de las distancias: falta la raíz.",
            )
        if close(found, np.abs(difference).sum(-1)):
            raise Mistake(
                "city-block",
                ("That is the sum of absolute differences; the Euclidean distance squares, sums and takes the root."),
                (
                    "Esa es la suma de diferencias absolutas; la distancia euclídea eleva al cuadrado, suma y "
                    "extrae la raíz."
                ),
            )
        raise Mistake(
            "different",
            f"From a[0] to b[0] there are {wanted[0, 0]:.4f}; your matrix says {found[0, 0]:.4f}.",
            f"De a[0] a b[0] hay {wanted[0, 0]:.4f}; su matriz dice {found[0, 0]:.4f}.",
        )
