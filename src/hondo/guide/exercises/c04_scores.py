"""Libraries: a plot that can be read, and an estimator."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, close

_BEGIN = "import matplotlib.pyplot as plt\n\ndef learning_curves(train, validation):\n    fig, ax = plt.subplots()\n"
_BOTH = (
    "    epochs = range(1, len(train) + 1)\n    ax.plot(epochs, train, label='a')\n"
    "    ax.plot(epochs, validation, label='b')\n"
)


@exercise(
    "plot-learning-curves",
    starter=(
        "import matplotlib.pyplot as plt\n\n\ndef learning_curves(train, validation):\n"
        "    fig, ax = plt.subplots(figsize=(6, 3))\n    ax.plot(train)\n    return fig\n"
    ),
    solution=(
        "import matplotlib.pyplot as plt\n\n\ndef learning_curves(train, validation):\n"
        "    fig, ax = plt.subplots(figsize=(6, 3))\n    epochs = range(1, len(train) + 1)\n"
        '    ax.plot(epochs, train, label="training")\n'
        '    ax.plot(epochs, validation, label="validation")\n'
        '    ax.set(xlabel="epoch", ylabel="loss", yscale="log")\n    ax.legend()\n    return fig\n',
        "import matplotlib.pyplot as plt\n\n\ndef learning_curves(train, validation):\n"
        "    fig, ax = plt.subplots(figsize=(6, 3))\n    epochs = range(1, len(train) + 1)\n"
        '    ax.plot(epochs, train, label="entrenamiento")\n'
        '    ax.plot(epochs, validation, label="validación")\n'
        '    ax.set(xlabel="época", ylabel="pérdida", yscale="log")\n    ax.legend()\n    return fig\n',
    ),
    hints=(
        (
            "`ax.plot(x, y, label=…)` draws a line; the first epoch is number 1.",
            "`ax.plot(x, y, label=…)` dibuja una línea; la primera época es la número 1.",
        ),
        ("A label appears only after `ax.legend()`.", "Las etiquetas solo aparecen tras `ax.legend()`."),
        (
            '`ax.set(xlabel=…, ylabel=…, yscale="log")` does the rest.',
            '`ax.set(xlabel=…, ylabel=…, yscale="log")` hace el resto.',
        ),
    ),
    right=(
        (
            "import numpy as np\nfrom matplotlib.figure import Figure\n\n"
            "def learning_curves(train, validation):\n    fig = Figure()\n"
            "    ax = fig.add_subplot()\n"
            "    lines = ax.semilogy(np.arange(len(train)) + 1, np.stack([train, validation], axis=1))\n"
            "    ax.legend(lines, ['train', 'validation'])\n    ax.set_xlabel('epoch')\n"
            "    ax.set_ylabel('loss')\n    return fig\n"
        ),
    ),
    wrong=(
        Wrong(
            _BEGIN
            + (
                "    ax.plot(train, label='a')\n    ax.plot(validation, label='b')\n"
                "    ax.set(xlabel='e', ylabel='l', yscale='log')\n    ax.legend()\n"
                "    return fig\n"
            ),
            "from-zero",
        ),
        Wrong(_BEGIN + _BOTH + "    ax.set(xlabel='e', ylabel='l', yscale='log')\n    return fig\n", "no-legend"),
        Wrong(_BEGIN + _BOTH + "    ax.set(yscale='log')\n    ax.legend()\n    return fig\n", "no-labels"),
        Wrong(_BEGIN + _BOTH + "    ax.set(xlabel='e', ylabel='l')\n    ax.legend()\n    return fig\n", "linear"),
        Wrong(_BEGIN + _BOTH.replace("validation, label", "train, label") + "    return fig\n", "lines"),
    ),
)
def check_learning_curves(work: Work) -> None:
    """What the figure contains, not how it was made."""
    import matplotlib.pyplot as plt

    f = work.function("learning_curves")
    for n in (12, 30):
        train = np.exp(-np.arange(n) / 5) + 0.01
        validation = np.exp(-np.arange(n) / 7) + 0.05
        fig = f(train, validation)
        if hasattr(fig, "number"):
            plt.close(fig)
        axes = getattr(fig, "axes", None)
        if not axes:
            raise Mistake(
                "no-figure",
                "Return the figure, with one pair of axes in it.",
                "Devuelva la figura, con unos ejes dentro.",
            )
        ax = axes[0]
        lines = [(np.asarray(each.get_xdata(), float), np.asarray(each.get_ydata(), float)) for each in ax.get_lines()]
        if not all(any(close(y, wanted) for _, y in lines) for wanted in (train, validation)):
            raise Mistake(
                "lines",
                f"Two lines are wanted, with the values of train and of validation; there are {len(lines)}.",
                f"Se piden dos líneas, con los valores de train y de validation; hay {len(lines)}.",
            )
        if any(close(x, np.arange(n)) for x, _ in lines):
            raise Mistake(
                "from-zero",
                "The first epoch is drawn at 0; readers count epochs from 1.",
                "La primera época está dibujada en 0; quien lee las cuenta desde 1.",
            )
        if not all(close(x, np.arange(1, n + 1)) for x, _ in lines):
            raise Mistake(
                "epochs",
                f"Horizontally there should be the epochs 1 … {n}.",
                f"En horizontal deberían estar las épocas 1 … {n}.",
            )
        if ax.get_legend() is None or len(ax.get_legend().get_texts()) < 2:
            raise Mistake(
                "no-legend",
                "Nobody can tell which line is which: a legend with both is missing.",
                "No se sabe cuál es cada línea: falta una leyenda con las dos.",
            )
        if not ax.get_xlabel() or not ax.get_ylabel():
            raise Mistake(
                "no-labels",
                "Both axes need a label that says what is measured.",
                "Los dos ejes necesitan un rótulo que diga qué se mide.",
            )
        if ax.get_yscale() != "log":
            raise Mistake(
                "linear",
                "The vertical axis should be logarithmic: late progress is invisible otherwise.",
                "El eje vertical debería ser logarítmico: si no, los avances tardíos no se ven.",
            )


_MEANS = (
    "import numpy as np\n\nclass NearestMean:\n    def fit(self, X, y):\n"
    "        self.classes_ = np.unique(y)\n"
    "        self.means_ = np.array([X[y == c].mean(axis=0) for c in self.classes_])\n"
)
_ANSWER = "    def predict(self, X):\n        d = ((X[:, None] - self.means_) ** 2).sum(-1)\n"


@exercise(
    "estimator-nearest-mean",
    starter=(
        "import numpy as np\n\n\nclass NearestMean:\n    def fit(self, X, y):\n        return self\n\n"
        "    def predict(self, X):\n        ...\n"
    ),
    solution=(
        "import numpy as np\n\n\nclass NearestMean:\n    def fit(self, X, y):\n"
        "        self.classes_ = np.unique(y)\n"
        "        self.means_ = np.array([X[y == c].mean(axis=0) for c in self.classes_])  # (classes, d)\n"
        "        return self\n\n    def predict(self, X):\n"
        "        distance = ((X[:, None, :] - self.means_) ** 2).sum(axis=-1)  # (n, classes)\n"
        "        return self.classes_[distance.argmin(axis=1)]\n"
    ),
    hints=(
        (
            ("`fit` keeps what it learns in attributes that end in an underscore: `self.classes_`, `self.means_`."),
            ("`fit` guarda lo que aprende en atributos terminados en guion bajo: `self.classes_`, `self.means_`."),
        ),
        (
            "`np.unique(y)` gives the classes; the mean of class c is that of the rows where `y == c`.",
            "`np.unique(y)` da las clases; la media de la clase c es la de las filas donde `y == c`.",
        ),
        (
            "`argmin` gives a place; `self.classes_[place]` is the label.",
            "`argmin` da un lugar; `self.classes_[lugar]` es la etiqueta.",
        ),
    ),
    right=(
        "from sklearn.neighbors import NearestCentroid\n\nclass NearestMean(NearestCentroid):\n    pass\n",
        (
            "import numpy as np\n\nclass NearestMean:\n    def fit(self, X, y):\n"
            "        self.m = {c: np.mean([a for a, b in zip(X, y) if b == c], axis=0) for c in "
            "set(y.tolist())}\n"
            "        return self\n    def predict(self, X):\n"
            "        return np.array([min(self.m, key=lambda c: np.linalg.norm(x - self.m[c])) for x in X])\n"
        ),
    ),
    wrong=(
        Wrong(_MEANS + _ANSWER + "        return self.classes_[d.argmin(1)]\n", "no-self"),
        Wrong(_MEANS + "        return self\n" + _ANSWER + "        return d.argmin(1)\n", "places"),
        Wrong(_MEANS + "        return self\n" + _ANSWER + "        return self.classes_[d.argmax(1)]\n", "farthest"),
    ),
)
def check_nearest_mean(work: Work) -> None:
    """Blobs whose labels are words, or numbers that do not begin at 0."""
    made = work.function("NearestMean")
    rng = np.random.default_rng(0)
    for labels in (np.array(["rock", "paper", "scissors"]), np.array([7, 3])):
        centres = rng.normal(0, 6, (len(labels), 3))
        which = rng.integers(0, len(labels), 90)
        x, y = centres[which] + rng.normal(0, 0.5, (90, 3)), labels[which]
        model = made()
        try:
            fitted = model.fit(x[:60], y[:60])
            found = np.asarray(model.predict(x[60:]))
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            raise Mistake("raises", f"It stops with {told}", f"Se detiene con {told}") from error
        if fitted is not model:
            raise Mistake(
                "no-self",
                "`fit` should return the estimator itself, so that `model.fit(X, y).predict(…)` works.",
                "`fit` debería devolver el propio estimador, para que funcione `model.fit(X, y).predict(…)`.",
            )
        if found.shape != (30,):
            raise Mistake(
                "shape",
                f"`predict` should give one answer for each row, shape (30,); it gives {found.shape}.",
                f"`predict` debería dar una respuesta por fila, forma (30,); da {found.shape}.",
            )
        distance = np.stack([((x[60:] - x[:60][y[:60] == c].mean(0)) ** 2).sum(1) for c in np.unique(y)], axis=1)
        if np.array_equal(found, np.unique(y)[distance.argmin(1)]):
            continue
        if np.array_equal(found, distance.argmin(1)):
            raise Mistake(
                "places",
                "Those are positions 0, 1, …; the answer should be the labels that `fit` was given.",
                "Esas son posiciones 0, 1, …; la respuesta deberían ser las etiquetas que recibió `fit`.",
            )
        if np.array_equal(found, np.unique(y)[distance.argmax(1)]):
            raise Mistake(
                "farthest",
                "That is the class whose mean is farthest away.",
                "Esa es la clase cuya media está más lejos.",
            )
        raise Mistake(
            "different",
            "A row's answer should be the class whose mean is nearest to it.",
            "La respuesta de una fila debería ser la clase cuya media le queda más cerca.",
        )
