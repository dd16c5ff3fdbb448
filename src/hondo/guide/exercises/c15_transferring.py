"""What is built on a network that was trained elsewhere: chapter 15."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "transfer-prototypes",
    starter="import numpy as np\n\n\ndef predict(features, labels, new):\n    ...\n",
    solution=(
        "import numpy as np\n\n\ndef predict(features, labels, new):\n    classes = np.unique(labels)\n"
        "    means = np.stack([features[labels == c].mean(axis=0) for c in classes])  # (classes, features)\n"
        "    distances = ((new[:, None] - means) ** 2).sum(axis=2)  # (new, classes)\n"
        "    return classes[distances.argmin(axis=1)]\n"
    ),
    hints=(
        ("First one mean vector for each class.", "Primero, un vector medio por clase."),
        (
            "`new[:, None] - means` has the shape (new, classes, features): broadcasting gives all differences.",
            "`new[:, None] - means` tiene forma (nuevas, clases, características): todas las diferencias.",
        ),
        (
            "`argmin` gives a place in the list of classes; `np.unique(labels)` says which class stands there.",
            "`argmin` da una posición en la lista de clases; `np.unique(labels)` dice qué clase está ahí.",
        ),
    ),
    right=(
        "import numpy as np\n\n\ndef predict(features, labels, new):\n    out = []\n    for row in new:\n"
        "        best = min(sorted(set(labels.tolist())),\n"
        "                   key=lambda c: np.linalg.norm(row - features[labels == c].mean(axis=0)))\n"
        "        out.append(best)\n    return np.array(out)\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\n\ndef predict(features, labels, new):\n"
            "    d = ((new[:, None] - features) ** 2).sum(axis=2)\n    return labels[d.argmin(axis=1)]\n",
            "nearest-picture",
        ),
        Wrong(
            "import numpy as np\n\n\ndef predict(features, labels, new):\n    classes = np.unique(labels)\n"
            "    means = np.stack([features[labels == c].mean(axis=0) for c in classes])\n"
            "    return ((new[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)\n",
            "places",
        ),
        Wrong(
            "import numpy as np\n\n\ndef predict(features, labels, new):\n    classes = np.unique(labels)\n"
            "    means = np.stack([features[labels == c].mean(axis=0) for c in classes])\n"
            "    return classes[(new @ means.T).argmax(axis=1)]\n",
            "product",
        ),
    ),
)
def check_prototypes(work: Work) -> None:
    """The class whose mean is nearest."""
    f = work.function("predict")
    rng = np.random.default_rng(0)
    classes = np.array([2, 5, 9])
    labels = np.repeat(classes, 12)
    centres = np.array([[0.0, 0, 0, 0], [2.0, 0, 1, 0], [6.0, 6, 0, 1]])
    features = np.repeat(centres, 12, axis=0) + rng.normal(0, 1.6, (36, 4))
    new = np.repeat(centres, 40, axis=0) + rng.normal(0, 1.6, (120, 4))
    means = np.stack([features[labels == each].mean(axis=0) for each in classes])
    places = ((new[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    found = as_array(f(features, labels, new), "predict(…)", (120,))
    if close(found, classes[places]):
        return
    if close(found, places):
        raise Mistake(
            "places",
            "Those are places in a list of classes; the labels here are 2, 5 and 9.",
            "Eso son posiciones en una lista de clases; aquí las etiquetas son 2, 5 y 9.",
        )
    if close(found, labels[((new[:, None] - features) ** 2).sum(axis=2).argmin(axis=1)]):
        raise Mistake(
            "nearest-picture",
            "That is the nearest single picture; compare with the mean of each class.",
            "Esa es la imagen suelta más próxima; compare con la media de cada clase.",
        )
    if close(found, classes[(new @ means.T).argmax(axis=1)]):
        raise Mistake(
            "product",
            "The largest product favours long means; the distance is asked for.",
            "El producto mayor favorece a las medias largas; se pide la distancia.",
        )
    wrong = int((found != classes[places]).sum())
    raise Mistake("different", f"{wrong} of 120 answers differ.", f"Difieren {wrong} de 120 respuestas.")


@exercise(
    "tuning-rates",
    starter="def rates(blocks, unfrozen, top, decay):\n    ...\n",
    solution=(
        "def rates(blocks, unfrozen, top, decay):\n    out = [0.0] * blocks\n"
        "    for depth in range(unfrozen):\n        out[blocks - 1 - depth] = top * decay**depth\n    return out\n"
    ),
    hints=(
        (
            "The list begins at the pictures: the topmost block is its last entry.",
            "La lista empieza por las imágenes: el bloque superior es la última entrada.",
        ),
        (
            "Go down from the top: `top`, `top * decay`, `top * decay**2`, …",
            "Baje desde arriba: `top`, `top * decay`, `top * decay**2`, …",
        ),
    ),
    right=(
        "def rates(blocks, unfrozen, top, decay):\n"
        "    return [top * decay ** (blocks - 1 - k) if k >= blocks - unfrozen else 0.0 for k in range(blocks)]\n",
    ),
    wrong=(
        Wrong(
            "def rates(blocks, unfrozen, top, decay):\n"
            "    return [top * decay**k if k < unfrozen else 0.0 for k in range(blocks)]\n",
            "upside-down",
        ),
        Wrong(
            "def rates(blocks, unfrozen, top, decay):\n"
            "    return [top * decay ** (blocks - 1 - k) for k in range(blocks)]\n",
            "none-frozen",
        ),
        Wrong(
            "def rates(blocks, unfrozen, top, decay):\n"
            "    return [top * decay ** (blocks - k) if k >= blocks - unfrozen else 0.0 for k in range(blocks)]\n",
            "one-too-many",
        ),
    ),
)
def check_rates(work: Work) -> None:
    """A rate for each block, 0 for frozen ones."""
    f = work.function("rates")
    for blocks, unfrozen, top, decay in ((5, 3, 1e-3, 0.5), (4, 0, 1e-2, 0.8), (17, 17, 1e-4, 0.9)):
        wanted = [top * decay ** (blocks - 1 - k) if k >= blocks - unfrozen else 0.0 for k in range(blocks)]
        found = as_array(f(blocks, unfrozen, top, decay), "rates(…)", (blocks,))
        if close(found / top, np.array(wanted) / top):
            continue
        if close(found[::-1] / top, np.array(wanted) / top):
            raise Mistake(
                "upside-down",
                "The block nearest to the pictures should move least, and is frozen first.",
                "El bloque más próximo a las imágenes es el que menos debe moverse, y el primero que se congela.",
            )
        if unfrozen < blocks and (found[: blocks - unfrozen] > 0).any():
            raise Mistake("none-frozen", "Frozen blocks have rate 0.", "Los bloques congelados tienen tasa 0.")
        if close(found / top, decay * np.array(wanted) / top):
            raise Mistake(
                "one-too-many",
                "The topmost block learns at `top` itself.",
                "El bloque superior aprende a la tasa `top`.",
            )
        raise Mistake(
            "different", f"The last rate should be {wanted[-1]:g}.", f"La última tasa debería ser {wanted[-1]:g}."
        )


@exercise(
    "tuning-running-mean",
    starter="def running_mean(old, batches, momentum):\n    ...\n",
    solution=(
        "def running_mean(old, batches, momentum):\n    for batch in batches:\n"
        "        old = momentum * old + (1 - momentum) * batch.mean(axis=(0, 1, 2))\n    return old\n"
    ),
    hints=(
        (
            "Each batch gives one mean for each channel: over pictures, rows and columns.",
            "Cada lote da una media por canal: sobre imágenes, filas y columnas.",
        ),
        (
            "What is kept is `momentum` of the old mean; the rest comes from the batch.",
            "Se conserva `momentum` de la media antigua; el resto viene del lote.",
        ),
    ),
    right=(
        "import numpy as np\n\n\ndef running_mean(old, batches, momentum):\n    mean = np.array(old, float)\n"
        "    for batch in batches:\n        now = batch.reshape(-1, batch.shape[-1]).mean(axis=0)\n"
        "        mean += (1 - momentum) * (now - mean)\n    return mean\n",
    ),
    wrong=(
        Wrong(
            "def running_mean(old, batches, momentum):\n    for batch in batches:\n"
            "        old = (1 - momentum) * old + momentum * batch.mean(axis=(0, 1, 2))\n    return old\n",
            "swapped",
        ),
        Wrong(
            "import numpy as np\n\n\ndef running_mean(old, batches, momentum):\n"
            "    return np.concatenate(batches).mean(axis=(0, 1, 2))\n",
            "forgets-old",
        ),
        Wrong(
            "def running_mean(old, batches, momentum):\n    for batch in batches:\n"
            "        old = momentum * old + (1 - momentum) * batch.mean()\n    return old\n",
            "channels-mixed",
        ),
    ),
)
def check_statistics(work: Work) -> None:
    """The running mean of a batch normalisation after some batches."""
    f = work.function("running_mean")
    rng = np.random.default_rng(0)
    for count, momentum in ((1, 0.99), (6, 0.9)):
        old = rng.normal(0, 2, 3)
        batches = [rng.normal((1, 4, -2), 1, (8, 5, 5, 3)) for _ in range(count)]

        def after(kept: float, old: np.ndarray = old, batches: list[np.ndarray] = batches) -> np.ndarray:
            for batch in batches:
                old = kept * old + (1 - kept) * batch.mean(axis=(0, 1, 2))
            return old

        wanted, found = after(momentum), as_array(f(old.copy(), batches, momentum), "running_mean(…)", (3,))
        if close(found, wanted):
            continue
        if close(found, after(1 - momentum)):
            raise Mistake(
                "swapped",
                "With momentum 0.99 the old mean should hardly move: you keep the other share.",
                "Con un momento de 0.99 la media antigua apenas debería moverse: conserva usted la otra parte.",
            )
        if close(found, np.concatenate(batches).mean(axis=(0, 1, 2))):
            raise Mistake(
                "forgets-old",
                "The old mean has vanished; it should fade slowly.",
                "La media antigua ha desaparecido; debería apagarse poco a poco.",
            )
        spread = found - momentum**count * old
        if np.ptp(spread) < 1e-9:
            raise Mistake("channels-mixed", "Each channel has its own mean.", "Cada canal tiene su propia media.")
        raise Mistake("different", f"The first should be {wanted[0]:.4f}.", f"La primera debería ser {wanted[0]:.4f}.")
