"""Exercises of the chapter on Keras's flow: confusions, decisions, and the whole flow."""

from functools import cache

import numpy as np
from sklearn.datasets import load_wine

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "keras-confusion",
    starter="import numpy as np\n\ndef confusion(true, predicted, classes):\n    return np.zeros((classes, classes))\n",
    solution="""
import numpy as np

def confusion(true, predicted, classes):
    matrix = np.zeros((classes, classes), int)
    for t, p in zip(true, predicted):
        matrix[t, p] += 1
    return matrix
""",
    hints=(
        ("Go through the pairs and count each in its cell.", "Recorra los pares y cuente cada uno en su celda."),
        ("Row: the true class. Column: the predicted one.", "Fila: la clase verdadera. Columna: la predicha."),
        (
            "Without a loop, `matrix[true, predicted] += 1` counts repeated pairs only once; `np.add.at` "
            "counts them all.",
            "Sin bucle, `matrix[true, predicted] += 1` cuenta una sola vez los pares repetidos; "
            "`np.add.at` los cuenta todos.",
        ),
    ),
    right=(
        """
import numpy as np

def confusion(true, predicted, classes):
    together = np.asarray(true) * classes + np.asarray(predicted)
    return np.bincount(together, minlength=classes**2).reshape(classes, classes)
""",
    ),
    wrong=(
        Wrong(
            """
import numpy as np

def confusion(true, predicted, classes):
    matrix = np.zeros((classes, classes), int)
    np.add.at(matrix, (predicted, true), 1)
    return matrix
""",
            "transposed",
        ),
        Wrong(
            """
import numpy as np

def confusion(true, predicted, classes):
    matrix = np.zeros((classes, classes), int)
    matrix[true, predicted] += 1
    return matrix
""",
            "only-once",
        ),
    ),
)
def check_confusion(work: Work) -> None:
    """Compare with the count for random classes."""
    confusion = work.function("confusion")
    rng = np.random.default_rng(0)
    for classes, samples in ((3, 50), (10, 300), (4, 6)):
        true, predicted = rng.integers(0, classes, samples), rng.integers(0, classes, samples)
        wanted = np.zeros((classes, classes))
        np.add.at(wanted, (true, predicted), 1)
        found = as_array(confusion(true, predicted, classes), "confusion", (classes, classes))
        if close(found, wanted):
            continue
        if close(found, wanted.T):
            raise Mistake(
                "transposed",
                "Rows and columns are exchanged: a row is a true class.",
                "Filas y columnas están intercambiadas: cada fila es una clase verdadera.",
            )
        if close(found, wanted > 0):
            raise Mistake(
                "only-once",
                "Pairs that occur several times are counted once.",
                "Los pares que se repiten se cuentan una sola vez.",
            )
        raise Mistake(
            "different",
            f"The {samples} samples should all be counted, each in (true class, predicted class).",
            f"Las {samples} muestras deberían contarse todas, cada una en (clase verdadera, clase predicha).",
        )


@exercise(
    "keras-decide",
    starter=(
        "def decide(p, missed, alarm):\n    # p: probabilities of illness, (samples,); missed, alarm: "
        "what each mistake costs\n"
        "    return p >= 0.5\n",
        "def decide(p, missed, alarm):\n    # p: probabilidades de enfermedad, (muestras,); missed, "
        "alarm: coste de cada error\n"
        "    return p >= 0.5\n",
    ),
    solution="""
def decide(p, missed, alarm):
    return p * missed > (1 - p) * alarm
""",
    hints=(
        (
            "For one patient: what does it cost on average to say yes, and what to say no?",
            "Para un paciente: ¿cuánto cuesta en promedio decir que sí, y cuánto decir que no?",
        ),
        (
            "Saying no costs `p * missed` on average; saying yes, `(1 - p) * alarm`.",
            "Decir que no cuesta en promedio `p * missed`; decir que sí, `(1 - p) * alarm`.",
        ),
    ),
    right=("def decide(p, missed, alarm):\n    return p > alarm / (alarm + missed)\n",),
    wrong=(
        Wrong("def decide(p, missed, alarm):\n    return p > missed / (alarm + missed)\n", "exchanged"),
        Wrong("def decide(p, missed, alarm):\n    return p > alarm / missed\n", "ratio"),
        Wrong("def decide(p, missed, alarm):\n    return p > 0.5\n", "half"),
    ),
)
def check_decide(work: Work) -> None:
    """Compare decisions with those of the smallest expected cost."""
    decide = work.function("decide")
    p = np.random.default_rng(0).uniform(0, 1, 400)
    for missed, alarm in ((10.0, 1.0), (1.0, 4.0), (3.0, 2.0)):
        found = as_array(decide(p.copy(), missed, alarm), "decide", (400,))
        if close(found, p > alarm / (alarm + missed)):
            continue
        if close(found, p > 0.5):
            raise Mistake(
                "half",
                "0.5 is the best threshold only if both mistakes cost the same.",
                "0.5 solo es el mejor umbral si ambos errores cuestan lo mismo.",
            )
        if close(found, p > missed / (alarm + missed)):
            raise Mistake(
                "exchanged",
                "The dearer it is to miss an illness, the sooner one should say yes; here it is the other way round.",
                "Cuanto más cuesta no detectar una enfermedad, antes conviene decir que sí; aquí ocurre al revés.",
            )
        if close(found, p > alarm / missed):
            raise Mistake(
                "ratio",
                "Nearly: compare p · missed with (1 − p) · alarm, and solve for p.",
                "Casi: compare p · missed con (1 − p) · alarm y despeje p.",
            )
        raise Mistake(
            "different",
            f"With costs {missed:g} and {alarm:g}, some decisions cost more on average than the other choice.",
            f"Con costes {missed:g} y {alarm:g}, algunas decisiones cuestan en promedio más que la contraria.",
        )


@cache
def _wine() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    x, y = load_wine(return_X_y=True)
    x, y = np.asarray(x, float), np.asarray(y)
    order = np.random.default_rng(0).permutation(len(y))
    train, test = order[:120], order[120:]
    return x[train], y[train], x[test], y[test]


_NETWORK = """
import numpy as np
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.losses.from_logits import one_hot
from hondo.scratch.networks.network import mlp
from hondo.scratch.networks.training import train

def flow(x_train, y_train, x_test):
    {scale}
    network = mlp((x_train.shape[1], 16, 3), seed=0)
    train(network, "softmax_cross_entropy", x_train, one_hot(y_train, 3), optimizer=Adam(0.02), epochs=40)
    return network.classify(x_test)
"""
_SCALED = """mean, deviation = x_train.mean(0), x_train.std(0)
    x_train, x_test = (x_train - mean) / deviation, (x_test - mean) / deviation"""
_LEAK = """x_train = (x_train - x_train.mean(0)) / x_train.std(0)
    x_test = (x_test - x_test.mean(0)) / (x_test.std(0) + 1e-9)"""


@exercise(
    "keras-flow-wine",
    starter="import numpy as np\n\ndef flow(x_train, y_train, x_test):\n    return np.zeros(len(x_test), int)\n",
    solution=_NETWORK.replace("{scale}", _SCALED),
    hints=(
        (
            "The thirteen features have very different sizes: standardise first, with numbers from `x_train` alone.",
            "Las trece características tienen tamaños muy distintos: estandarice antes, solo con números de `x_train`.",
        ),
        (
            "`mlp((13, 16, 3))`, the loss `softmax_cross_entropy`, targets made by `one_hot`.",
            "`mlp((13, 16, 3))`, la pérdida `softmax_cross_entropy` y objetivos hechos con `one_hot`.",
        ),
        (
            "Forty epochs with `optimizer=Adam(0.02)`, then `network.classify(x_test)`.",
            "Cuarenta épocas con `optimizer=Adam(0.02)` y después `network.classify(x_test)`.",
        ),
    ),
    right=(
        """
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

def flow(x_train, y_train, x_test):
    model = make_pipeline(StandardScaler(), MLPClassifier((16,), solver="lbfgs", max_iter=200, random_state=0))
    return model.fit(x_train, y_train).predict(x_test)
""",
    ),
    wrong=(
        Wrong(_NETWORK.replace("{scale}", "pass"), "weak"),
        Wrong(_NETWORK.replace("{scale}", _LEAK), "depends-on-the-others"),
        Wrong(_NETWORK.replace("{scale}", _SCALED).replace("classify", "predict"), "not-classes"),
    ),
)
def check_flow_wine(work: Work) -> None:
    """It predicts well, and a sample's class does not depend on which others are asked about."""
    flow = work.function("flow")
    x_train, y_train, x_test, y_test = _wine()
    found = as_array(flow(x_train.copy(), y_train.copy(), x_test.copy()), "flow")
    if found.shape != y_test.shape:
        raise Mistake(
            "not-classes",
            f"One class for each test sample is asked for: shape {y_test.shape}, not {found.shape}.",
            f"Se pide una clase por muestra de prueba: forma {y_test.shape}, no {found.shape}.",
        )
    one_kind = x_test[y_test == 2]
    alone = as_array(flow(x_train.copy(), y_train.copy(), one_kind.copy()), "flow")
    if np.mean(alone != found[y_test == 2]) > 0.1:
        raise Mistake(
            "depends-on-the-others",
            "The same samples get other classes when asked about without the others: something was "
            "learnt from `x_test`.",
            "Las mismas muestras reciben otras clases cuando se pregunta por ellas sin las demás: algo "
            "se ha aprendido de `x_test`.",
        )
    right = float(np.mean(found == y_test))
    if right < 0.85:
        raise Mistake(
            "weak",
            f"It is right {right:.0%} of the time; a small network on well-prepared features passes 85%.",
            f"Acierta el {right:.0%}; una red pequeña con características bien preparadas supera el 85 %.",
        )
