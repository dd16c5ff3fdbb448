"""Exercises of the chapter on Keras's flow: splitting, standardising, counting, steps."""

import itertools

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "keras-standardize",
    starter=(
        "import numpy as np\n\ndef standardize(train, test):\n    # two arrays (samples, features): "
        "return both, scaled\n"
        "    return train, test\n",
        "import numpy as np\n\ndef standardize(train, test):\n    # dos arrays (muestras, características): devuelva"
        " ambos, escalados\n    return train, test\n",
    ),
    solution="""
import numpy as np

def standardize(train, test):
    mean = train.mean(axis=0)  # (features,)
    deviation = train.std(axis=0)  # (features,)
    deviation = np.where(deviation == 0, 1, deviation)
    return (train - mean) / deviation, (test - mean) / deviation
""",
    hints=(
        (
            "Two numbers for each feature are learnt: from which samples may they be learnt?",
            "Se aprenden dos números por característica: ¿de qué muestras pueden aprenderse?",
        ),
        (
            "`train.mean(axis=0)` and `train.std(axis=0)`, and the same two for `test`.",
            "`train.mean(axis=0)` y `train.std(axis=0)`, y los mismos dos para `test`.",
        ),
        (
            "A feature that never changes has deviation 0: divide it by 1 instead.",
            "Una característica que no cambia tiene desviación 0: divídala entre 1.",
        ),
    ),
    right=(
        """
from sklearn.preprocessing import StandardScaler

def standardize(train, test):
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)
""",
    ),
    wrong=(
        Wrong(
            """
import numpy as np

def standardize(train, test):
    both = np.concatenate([train, test])
    d = both.std(0) + (both.std(0) == 0)
    return (train - both.mean(0)) / d, (test - both.mean(0)) / d
""",
            "leak",
        ),
        Wrong(
            """
def standardize(train, test):
    scale = lambda a: (a - a.mean(0)) / (a.std(0) + (a.std(0) == 0))
    return scale(train), scale(test)
""",
            "each-by-itself",
        ),
        Wrong(
            """
import numpy as np

def standardize(train, test):
    with np.errstate(all="ignore"):
        return (train - train.mean(0)) / train.std(0), (test - train.mean(0)) / train.std(0)
""",
            "constant",
        ),
        Wrong(
            """
def standardize(train, test):
    return (train - train.mean()) / train.std(), (test - train.mean()) / train.std()
""",
            "one-for-all",
        ),
    ),
)
def check_standardize(work: Work) -> None:
    """Compare with the right answer and with the typical ways to go wrong."""
    standardize = work.function("standardize")
    rng = np.random.default_rng(0)
    for rows, columns in ((40, 3), (25, 5)):
        size = rng.uniform(1, 100, columns)
        train = rng.normal(3, 1, (rows, columns)) * size
        test = rng.normal(4, 2, (11, columns)) * size
        answer = standardize(train.copy(), test.copy())
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise Mistake("pair", "Return two arrays: train and test.", "Devuelva dos arrays: train y test.")
        ours, theirs = (as_array(each, "standardize") for each in answer)
        mean, deviation = train.mean(0), train.std(0)
        both = np.concatenate([train, test])
        if close(ours, (train - mean) / deviation) and close(theirs, (test - mean) / deviation):
            continue
        if close(theirs, (test - test.mean(0)) / test.std(0)):
            raise Mistake(
                "each-by-itself",
                "The test samples were scaled by their own mean: the same value would mean different "
                "things in both parts,"
                " and a single sample could not be scaled at all.",
                "Las muestras de prueba se han escalado con su propia media: un mismo valor significaría "
                "cosas distintas en"
                " cada parte, y una muestra sola no podría escalarse.",
            )
        if close(ours, (train - both.mean(0)) / both.std(0)):
            raise Mistake(
                "leak",
                "The mean and the deviation were computed with the test samples too: that is the leak.",
                "La media y la desviación se han calculado también con las muestras de prueba: esa es la fuga.",
            )
        if close(ours, (train - train.mean()) / train.std()):
            raise Mistake(
                "one-for-all",
                "One mean for all features: small features stay small. Look along axis 0.",
                "Una sola media para todas las características: las pequeñas siguen siéndolo. Mire a lo "
                "largo del eje 0.",
            )
        raise Mistake(
            "different",
            "The training samples should have mean 0 and deviation 1 in every feature, and the test "
            "samples the same scale.",
            "El entrenamiento debería tener media 0 y desviación 1 en cada característica, y la prueba, "
            "la misma escala.",
        )
    train, test = np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([[2.0, 7.0]])
    ours, theirs = (as_array(each, "standardize") for each in standardize(train, test))
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        raise Mistake(
            "constant",
            "With a feature that is always 7 you divide by 0.",
            "Con una característica que siempre vale 7 se divide entre 0.",
        )


@exercise(
    "keras-count-parameters",
    starter="def count_parameters(sizes):\n    return 0\n",
    solution="""
def count_parameters(sizes):
    total = 0
    for inputs, units in zip(sizes, sizes[1:]):
        total += inputs * units + units
    return total
""",
    hints=(
        (
            "Take the layers one by one: how many numbers does a layer of `units` neurons hold for `inputs` inputs?",
            "Vaya capa por capa: ¿cuántos números guarda una capa de `units` neuronas para `inputs` entradas?",
        ),
        (
            "A weight for each pair (input, neuron), and a bias for each neuron.",
            "Un peso por cada par (entrada, neurona) y un sesgo por neurona.",
        ),
        ("`zip(sizes, sizes[1:])` gives the pairs.", "`zip(sizes, sizes[1:])` da los pares."),
    ),
    right=("def count_parameters(sizes):\n    return sum((a + 1) * b for a, b in zip(sizes[:-1], sizes[1:]))\n",),
    wrong=(
        Wrong("def count_parameters(sizes):\n    return sum(a * b for a, b in zip(sizes, sizes[1:]))\n", "no-biases"),
        Wrong(
            "def count_parameters(sizes):\n    return sum(a * b for a, b in zip(sizes, sizes[1:])) + sum(sizes)\n",
            "input-biases",
        ),
    ),
)
def check_count_parameters(work: Work) -> None:
    """Count for several networks."""
    count = work.function("count_parameters")
    for sizes in ((2, 1), (64, 32, 10), (784, 512, 512, 10), (3, 5, 4, 2)):
        weights = sum(a * b for a, b in itertools.pairwise(sizes))
        found = count(list(sizes))
        if close(found, weights + sum(sizes[1:])):
            continue
        if close(found, weights):
            raise Mistake(
                "no-biases",
                "These are the weights. What else does a neuron learn?",
                "Esos son los pesos. ¿Qué más aprende una neurona?",
            )
        if close(found, weights + sum(sizes)):
            raise Mistake(
                "input-biases",
                "The inputs are not neurons: they have no bias.",
                "Las entradas no son neuronas: no tienen sesgo.",
            )
        raise Mistake(
            "different",
            f"For sizes {sizes} the answer should be {weights + sum(sizes[1:])}, not {found}.",
            f"Para los tamaños {sizes} la respuesta debería ser {weights + sum(sizes[1:])}, no {found}.",
        )


@exercise(
    "keras-updates",
    starter="def updates(samples, batch_size, epochs, validation_split):\n    return 0\n",
    solution="""
import math

def updates(samples, batch_size, epochs, validation_split):
    training = int(samples * (1 - validation_split))
    return epochs * math.ceil(training / batch_size)
""",
    hints=(
        (
            "First: how many samples are left for training?",
            "Primero: ¿cuántas muestras quedan para entrenar?",
        ),
        (
            "The last batch of an epoch may be smaller, but it is a step all the same.",
            "El último lote de una época puede ser menor, pero también es un paso.",
        ),
    ),
    right=(
        "def updates(samples, batch_size, epochs, validation_split):\n"
        "    n = int(samples * (1 - validation_split))\n"
        "    return epochs * len(range(0, n, batch_size))\n",
    ),
    wrong=(
        Wrong(
            "def updates(samples, batch_size, epochs, validation_split):\n"
            "    return epochs * (int(samples * (1 - validation_split)) // batch_size)\n",
            "last-batch",
        ),
        Wrong(
            "import math\ndef updates(samples, batch_size, epochs, validation_split):\n"
            "    return epochs * math.ceil(samples / batch_size)\n",
            "validation",
        ),
        Wrong(
            "import math\ndef updates(samples, batch_size, epochs, validation_split):\n"
            "    return math.ceil(epochs * int(samples * (1 - validation_split)) / batch_size)\n",
            "across-epochs",
        ),
    ),
)
def check_updates(work: Work) -> None:
    """Count the steps of several trainings."""
    updates = work.function("updates")
    for samples, batch, epochs, share in (
        (1000, 32, 5, 0.5),
        (1347, 32, 20, 0.25),
        (60000, 128, 3, 0.125),
        (10, 64, 7, 0.0),
    ):
        training = int(samples * (1 - share))
        found, wanted = updates(samples, batch, epochs, share), epochs * -(-training // batch)
        if close(found, wanted):
            continue
        if close(found, epochs * (training // batch)):
            raise Mistake(
                "last-batch",
                "The samples left over for the last, smaller batch make a step too.",
                "Las muestras que sobran forman un último lote, más pequeño, que también da un paso.",
            )
        if close(found, epochs * -(-samples // batch)):
            raise Mistake(
                "validation",
                "The validation samples take no part in the steps.",
                "Las muestras de validación no participan en los pasos.",
            )
        if close(found, -(-epochs * training // batch)):
            raise Mistake(
                "across-epochs",
                "A batch does not reach into the next epoch: round up in each epoch.",
                "Un lote no se extiende a la época siguiente: redondee en cada época.",
            )
        raise Mistake(
            "different",
            f"With {samples} samples, batches of {batch}, {epochs} epochs and {share} for validation "
            f"there are {wanted} steps.",
            f"Con {samples} muestras, lotes de {batch}, {epochs} épocas y {share} de validación hay {wanted} pasos.",
        )
