"""Layers of a convolutional network that learn, average, silence and normalise, and rates that fall: chapter 13."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close
from hondo.scratch.layers.batch_normalization import batch_normalize, statistics


@exercise(
    "cnn-count",
    starter="def parameters(size, channels, filters):\n    ...\n",
    solution="def parameters(size, channels, filters):\n    return (size * size * channels + 1) * filters\n",
    hints=(
        (
            "What does one filter hold? Think of a single one first.",
            "¿Qué contiene un filtro? Piense primero en uno solo.",
        ),
        (
            "A filter has a number for each place of its window in each channel, and one bias.",
            "Un filtro tiene un número por cada posición de su ventana en cada canal, y un sesgo.",
        ),
    ),
    right=(
        "def parameters(size, channels, filters):\n"
        "    import numpy as np\n"
        "    return np.zeros((size, size, channels, filters)).size + filters\n",
    ),
    wrong=(
        Wrong("def parameters(size, channels, filters):\n    return size * size * channels * filters\n", "forgot-bias"),
        Wrong("def parameters(size, channels, filters):\n    return (size * size + 1) * filters\n", "forgot-channels"),
        Wrong("def parameters(size, channels, filters):\n    return size * channels * filters + filters\n", "one-side"),
    ),
)
def check_cnn_count(work: Work) -> None:
    """Parameters of a convolution with square filters."""
    f = work.function("parameters")
    for size, channels, filters in ((3, 4, 32), (5, 16, 7), (1, 64, 8)):
        found, wanted = f(size, channels, filters), (size * size * channels + 1) * filters
        if close(found, wanted):
            continue
        if close(found, wanted - filters):
            raise Mistake("forgot-bias", "Each filter also has one bias.", "Cada filtro tiene además un sesgo.")
        if close(found, (size * size + 1) * filters):
            raise Mistake(
                "forgot-channels",
                "A filter looks at all channels, with weights of its own for each.",
                "Un filtro mira todos los canales, con pesos propios para cada uno.",
            )
        if close(found, (size * channels + 1) * filters):
            raise Mistake("one-side", "The window has two sides.", "La ventana tiene dos lados.")
        raise Mistake(
            "different",
            f"For size {size}, {channels} channels and {filters} filters it should be {wanted}; this is {found}.",
            f"Con tamaño {size}, {channels} canales y {filters} filtros debería ser {wanted}; es {found}.",
        )


@exercise(
    "cnn-global-average",
    starter="def global_average(maps):\n    ...\n",
    solution="def global_average(maps):\n    return maps.mean(axis=(1, 2))\n",
    hints=(
        ("The result has one number for each picture and channel.", "El resultado tiene un número por imagen y canal."),
        (
            "`mean` takes several axes at once: which two are height and width?",
            "`mean` acepta varios ejes a la vez: ¿qué dos son el alto y el ancho?",
        ),
    ),
    right=(
        "def global_average(maps):\n"
        "    n, height, width, channels = maps.shape\n"
        "    return maps.reshape(n, height * width, channels).sum(axis=1) / (height * width)\n",
    ),
    wrong=(
        Wrong("def global_average(maps):\n    return maps.mean(axis=(1, 2, 3))\n", "channels-mixed"),
        Wrong("def global_average(maps):\n    return maps.mean(axis=(0, 1, 2))\n", "pictures-mixed"),
        Wrong("def global_average(maps):\n    return maps.max(axis=(1, 2))\n", "maximum"),
    ),
)
def check_cnn_global_average(work: Work) -> None:
    """Global average pooling."""
    f = work.function("global_average")
    maps = np.random.default_rng(0).normal(size=(4, 5, 6, 3))
    found, wanted = as_array(f(maps), "global_average(maps)"), maps.mean(axis=(1, 2))
    if found.shape == (4,):
        raise Mistake(
            "channels-mixed",
            "Each channel keeps its own mean: they look for different things.",
            "Cada canal conserva su propia media: buscan cosas distintas.",
        )
    if found.shape == (3,):
        raise Mistake(
            "pictures-mixed",
            "Pictures of a batch must not be mixed: axis 0 stays.",
            "Las imágenes de un lote no se mezclan: el eje 0 se queda.",
        )
    if close(found, maps.max(axis=(1, 2))):
        raise Mistake("maximum", "That is the maximum, not the mean.", "Eso es el máximo, no la media.")
    if not close(found, wanted):
        raise Mistake(
            "different",
            f"The first mean should be {wanted[0, 0]:.4f}.",
            f"La primera media debería ser {wanted[0, 0]:.4f}.",
        )


@exercise(
    "dropout-forward",
    starter="def dropout(x, rate, rng, training):\n    ...\n",
    solution=(
        "def dropout(x, rate, rng, training):\n    if not training:\n        return x\n"
        "    kept = rng.random(x.shape) >= rate\n    return x * kept / (1 - rate)\n"
    ),
    hints=(
        (
            "`rng.random(x.shape)` gives numbers between 0 and 1: which share of them lies below `rate`?",
            "`rng.random(x.shape)` da números entre 0 y 1: ¿qué fracción queda por debajo de `rate`?",
        ),
        (
            "What survives is divided by the probability of surviving, so that the mean stays.",
            "Lo que sobrevive se divide entre la probabilidad de sobrevivir, para que la media se conserve.",
        ),
        ("In use, x is returned as it is.", "En uso se devuelve x tal cual."),
    ),
    right=(
        "import numpy as np\ndef dropout(x, rate, rng, training):\n"
        "    mask = rng.binomial(1, 1 - rate, size=x.shape) / (1 - rate)\n    return np.where(training, x * mask, x)\n",
    ),
    wrong=(
        Wrong("def dropout(x, rate, rng, training):\n    return x * (rng.random(x.shape) >= rate)\n", "forgot-scale"),
        Wrong(
            "def dropout(x, rate, rng, training):\n    return x * (rng.random(x.shape) >= rate) / (1 - rate)\n",
            "in-use",
        ),
        Wrong(
            "def dropout(x, rate, rng, training):\n    if not training:\n        return x\n"
            "    return x * (rng.random(x.shape) < rate) / rate\n",
            "rate-of-kept",
        ),
        Wrong(
            "def dropout(x, rate, rng, training):\n    if not training:\n        return x\n"
            "    return x if rng.random() >= rate else 0 * x\n",
            "all-or-nothing",
        ),
    ),
)
def check_dropout_forward(work: Work) -> None:
    """Dropout that keeps the mean, and does nothing in use."""
    f = work.function("dropout")
    x, rate = np.full((200, 50), 2.0), 0.2
    found = as_array(f(x, rate, np.random.default_rng(1), True), "dropout(…, training=True)", (200, 50))
    silent = float((found == 0).mean())
    if silent in (0.0, 1.0):
        raise Mistake(
            "all-or-nothing",
            "Each number is silenced on its own: with 10,000 numbers and rate 0.2, about 2,000 should be 0.",
            "Cada número se anula por su cuenta: con 10 000 números y tasa 0.2, unos 2000 deberían ser 0.",
        )
    if abs(silent - (1 - rate)) < 0.03:
        raise Mistake(
            "rate-of-kept",
            "`rate` is the share that is silenced, not the share that stays.",
            "`rate` es la fracción que se anula, no la que queda.",
        )
    if abs(silent - rate) > 0.03:
        raise Mistake("share", f"{silent:.0%} are 0, not 20%.", f"Se anula el {silent:.0%}, no el 20 %.")
    if close(found[found != 0], x[found != 0]):
        raise Mistake(
            "forgot-scale",
            "What survives must grow, or the next layer gets less in training than in use.",
            "Lo que sobrevive debe crecer; si no, la capa siguiente recibe menos al entrenar que en uso.",
        )
    if not close(found[found != 0], x[found != 0] / (1 - rate)):
        raise Mistake(
            "different", "The mean of the output should be that of x.", "La media de la salida debería ser la de x."
        )
    if not close(f(x, rate, np.random.default_rng(1), False), x):
        raise Mistake("in-use", "In use nothing is silenced.", "En uso no se anula nada.")


@exercise(
    "batch-normalization-forward",
    starter="def normalize(x, gamma, beta, epsilon=1e-3):\n    ...\n",
    solution=(
        "import numpy as np\n\ndef normalize(x, gamma, beta, epsilon=1e-3):\n"
        "    mean, variance = x.mean(axis=0), x.var(axis=0)\n"
        "    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta\n"
    ),
    hints=(
        ("Each channel has its own mean: over which axis?", "Cada canal tiene su propia media: ¿sobre qué eje?"),
        (
            "ε is added to the variance, inside the root.",
            "ε se suma a la varianza, dentro de la raíz.",
        ),
    ),
    right=(
        "def normalize(x, gamma, beta, epsilon=1e-3):\n    centred = x - x.sum(axis=0) / len(x)\n"
        "    return beta + gamma * centred * ((centred**2).mean(axis=0) + epsilon) ** -0.5\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\ndef normalize(x, gamma, beta, epsilon=1e-3):\n"
            "    return gamma * (x - x.mean()) / np.sqrt(x.var() + epsilon) + beta\n",
            "one-mean",
        ),
        Wrong(
            "import numpy as np\ndef normalize(x, gamma, beta, epsilon=1e-3):\n"
            "    m = x.mean(axis=1, keepdims=True)\n    v = x.var(axis=1, keepdims=True)\n"
            "    return gamma * (x - m) / np.sqrt(v + epsilon) + beta\n",
            "over-channels",
        ),
        Wrong(
            "import numpy as np\ndef normalize(x, gamma, beta, epsilon=1e-3):\n"
            "    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon)\n",
            "forgot-gamma-beta",
        ),
    ),
)
def check_batch_normalization_forward(work: Work) -> None:
    """Batch normalisation while training."""
    f = work.function("normalize")
    rng = np.random.default_rng(2)
    x = rng.normal(size=(16, 4)) * [1, 5, 0.2, 3] + [0, 7, -1, 2]
    gamma, beta = rng.normal(1, 0.5, 4), rng.normal(size=4)
    found = as_array(f(x, gamma, beta, 1e-3), "normalize(x, gamma, beta)", (16, 4))
    ones, zeros = np.ones(4), np.zeros(4)
    if close(found, batch_normalize(x, gamma, beta, *statistics(x))):
        return
    if close(found, batch_normalize(x, ones, zeros, *statistics(x))):
        raise Mistake(
            "forgot-gamma-beta", "γ multiplies and β is added at the end.", "Al final, γ multiplica y β se suma."
        )
    if close(found, gamma * (x - x.mean()) / np.sqrt(x.var() + 1e-3) + beta):
        raise Mistake(
            "one-mean",
            "There is one mean for everything; each channel needs its own.",
            "Hay una sola media para todo; cada canal necesita la suya.",
        )
    means, variances = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    if close(found, gamma * (x - means) / np.sqrt(variances + 1e-3) + beta):
        raise Mistake(
            "over-channels",
            "That normalises samples over their channels (layer normalisation); here it is channels over a batch.",
            "Eso normaliza cada muestra entre sus canales (layer normalization); aquí, cada canal en el lote.",
        )
    raise Mistake(
        "different",
        "Subtract the mean, divide by √(variance + ε), then γ and β.",
        "Reste la media, divida entre √(varianza + ε) y después γ y β.",
    )


@exercise(
    "decay-cosine",
    starter="def rate(step, initial, steps):\n    ...\n",
    solution=(
        "from math import cos, pi\n\ndef rate(step, initial, steps):\n"
        "    return initial * (1 + cos(pi * min(step / steps, 1))) / 2\n"
    ),
    hints=(
        ("At step 0 the cosine is 1, at the end it is −1.", "En el paso 0 el coseno vale 1; al final, −1."),
        (
            "(1 + cos) / 2 goes from 1 to 0. What happens after the last step?",
            "(1 + cos) / 2 va de 1 a 0. ¿Qué pasa después del último paso?",
        ),
    ),
    right=(
        "import numpy as np\ndef rate(step, initial, steps):\n"
        "    return initial * np.cos(np.pi * np.minimum(step, steps) / (2 * steps)) ** 2\n",
    ),
    wrong=(
        Wrong(
            "from math import cos, pi\ndef rate(step, initial, steps):\n"
            "    return initial * (1 + cos(pi * step / steps)) / 2\n",
            "rises-again",
        ),
        Wrong(
            "from math import cos, pi\ndef rate(step, initial, steps):\n"
            "    return initial * cos(pi * min(step / steps, 1))\n",
            "negative",
        ),
        Wrong("def rate(step, initial, steps):\n    return initial * max(0, 1 - step / steps)\n", "straight"),
    ),
)
def check_decay_cosine(work: Work) -> None:
    """Half a cosine from the initial rate to 0."""
    f = work.function("rate")
    for initial, steps in ((0.1, 100), (0.03, 37)):
        found = [float(f(step, initial, steps)) for step in range(steps + 1)]
        wanted = initial * np.cos(np.pi * np.arange(steps + 1) / (2 * steps)) ** 2
        if min(found) < -1e-9:
            raise Mistake(
                "negative",
                "A negative rate climbs the hill: shift the cosine so that it ends at 0.",
                "Una tasa negativa sube la cuesta: desplace el coseno para que acabe en 0.",
            )
        if close(found, initial * (1 - np.arange(steps + 1) / steps)):
            raise Mistake("straight", "That falls in a straight line.", "Eso cae en línea recta.")
        if not close(found, wanted):
            raise Mistake(
                "different",
                f"In the middle it should be half of {initial}; at the end, 0.",
                f"A la mitad debería ser la mitad de {initial}; al final, 0.",
            )
        if not close(f(steps + steps // 2, initial, steps), 0.0):
            raise Mistake(
                "rises-again",
                "After the last step the rate rises again; it should stay at 0.",
                "Tras el último paso la tasa vuelve a subir; debería quedarse en 0.",
            )
