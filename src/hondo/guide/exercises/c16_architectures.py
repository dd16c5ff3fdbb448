"""Shortcuts, windows of stacked filters, narrow places, top-k and a network with two inputs: chapter 16."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "graph-two-inputs",
    starter=(
        'import hondo\nimport keras\n\nnumbers = keras.Input((4,), name="numbers")\n'
        'picture = keras.Input((8, 8, 1), name="picture")\nmodel = ...\n'
    ),
    solution=(
        'import hondo\nimport keras\n\nnumbers = keras.Input((4,), name="numbers")\n'
        'picture = keras.Input((8, 8, 1), name="picture")\n'
        'one = keras.layers.Dense(8, activation="relu")(numbers)\n'
        'other = keras.layers.Dense(8, activation="relu")(keras.layers.Flatten()(picture))\n'
        "both = keras.layers.Concatenate()([one, other])\n"
        'model = keras.Model([numbers, picture], keras.layers.Dense(3, activation="softmax")(both))\n'
    ),
    hints=(
        (
            "Each input needs a way of its own to a vector; a picture becomes one with `Flatten`.",
            "Cada entrada necesita su propio camino hasta un vector; una imagen lo es tras `Flatten`.",
        ),
        (
            "`Concatenate()([a, b])` joins them; `keras.Model([numbers, picture], output)` closes the graph.",
            "`Concatenate()([a, b])` los une; `keras.Model([numbers, picture], salida)` cierra el grafo.",
        ),
    ),
    right=(
        "import hondo\nimport keras\nnumbers = keras.Input((4,))\npicture = keras.Input((8, 8, 1))\n"
        "maps = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(picture))\n"
        "scores = keras.layers.Add()([keras.layers.Dense(3)(numbers), keras.layers.Dense(3)(maps)])\n"
        "model = keras.Model([numbers, picture], keras.layers.Softmax()(scores))\n",
    ),
    wrong=(
        Wrong(
            "import hondo\nimport keras\nnumbers = keras.Input((4,))\npicture = keras.Input((8, 8, 1))\n"
            "h = keras.layers.Dense(8)(keras.layers.Flatten()(picture))\n"
            'model = keras.Model([numbers, picture], keras.layers.Dense(3, activation="softmax")(h))\n',
            "deaf",
        ),
        Wrong(
            "import hondo\nimport keras\nnumbers = keras.Input((4,))\npicture = keras.Input((8, 8, 1))\n"
            "both = keras.layers.Concatenate()([numbers, keras.layers.Flatten()(picture)])\n"
            "model = keras.Model([numbers, picture], keras.layers.Dense(3)(both))\n",
            "no-probabilities",
        ),
        Wrong(
            "import hondo\nimport keras\npicture = keras.Input((8, 8, 1))\n"
            "flat = keras.layers.Flatten()(picture)\n"
            'model = keras.Model(picture, keras.layers.Dense(3, activation="softmax")(flat))\n',
            "inputs",
        ),
    ),
)
def check_graph_two_inputs(work: Work) -> None:
    """A model of numbers and a picture that gives three probabilities and listens to both."""
    model = work.value("model")
    if not hasattr(model, "inputs") or len(model.inputs) != 2:
        raise Mistake("inputs", "The model should have two inputs.", "El modelo debería tener dos entradas.")
    rng = np.random.default_rng(0)
    numbers, picture = rng.normal(size=(5, 4)).astype("float32"), rng.normal(size=(5, 8, 8, 1)).astype("float32")
    answer = as_array(model([numbers, picture]), "model([numbers, picture])", (5, 3))
    if not close(answer.sum(axis=1), np.ones(5), 1e-4) or (answer < 0).any():
        raise Mistake(
            "no-probabilities",
            "The three outputs should be probabilities: not negative, with sum 1.",
            "Las tres salidas deberían ser probabilidades: no negativas y de suma 1.",
        )
    for changed, name in (([numbers + 3, picture], "numbers"), ([numbers, picture + 3], "picture")):
        if close(as_array(model(changed), "model"), answer, 1e-6):
            raise Mistake(
                "deaf",
                f"The output does not change with `{name}`: no way leads from there to the end.",
                f"La salida no cambia con `{name}`: ningún camino lleva de ahí al final.",
            )


@exercise(
    "residual-block",
    starter="import numpy as np\n\n\ndef block(x, W1, W2):\n    ...\n",
    solution=(
        "import numpy as np\n\n\ndef block(x, W1, W2):\n"
        "    inner = np.maximum(0, x @ W1) @ W2\n    return np.maximum(0, x + inner)\n"
    ),
    hints=(
        ("First f(x): a product, a ReLU, another product.", "Primero f(x): un producto, una ReLU y otro producto."),
        ("Then x is added, and the ReLU comes after the sum.", "Después se suma x, y la ReLU va tras la suma."),
    ),
    right=(
        "import numpy as np\ndef block(x, W1, W2):\n    h = x @ W1\n    h[h < 0] = 0\n    h = x + h @ W2\n"
        "    return np.where(h > 0, h, 0)\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\ndef block(x, W1, W2):\n    return np.maximum(0, np.maximum(0, x @ W1) @ W2)\n",
            "no-shortcut",
        ),
        Wrong(
            "import numpy as np\ndef block(x, W1, W2):\n    return x + np.maximum(0, np.maximum(0, x @ W1) @ W2)\n",
            "relu-before-sum",
        ),
        Wrong("import numpy as np\ndef block(x, W1, W2):\n    return np.maximum(0, x + x @ W1 @ W2)\n", "linear"),
    ),
)
def check_residual_block(work: Work) -> None:
    """relu(x + relu(x W₁) W₂)."""
    f = work.function("block")
    rng = np.random.default_rng(1)
    x, first, second = rng.normal(size=(6, 4)), rng.normal(size=(4, 7)), rng.normal(size=(7, 4))
    found = as_array(f(x.copy(), first, second), "block(x, W1, W2)", (6, 4))
    inner = np.maximum(0, x @ first) @ second
    if close(found, np.maximum(0, x + inner)):
        return
    if close(found, np.maximum(0, inner)):
        raise Mistake("no-shortcut", "x itself is not in the sum.", "La propia x no está en la suma.")
    if close(found, x + np.maximum(0, inner)):
        raise Mistake(
            "relu-before-sum",
            "Here the last ReLU comes after the sum, as in the original ResNet.",
            "Aquí la última ReLU va tras la suma, como en la ResNet original.",
        )
    if close(found, np.maximum(0, x + x @ first @ second)):
        raise Mistake(
            "linear",
            "Between the two products there is no ReLU: they are one linear map.",
            "Entre los dos productos no hay ReLU: son una sola aplicación lineal.",
        )
    raise Mistake("different", "It should be relu(x + relu(x W1) W2).", "Debería ser relu(x + relu(x W1) W2).")


@exercise(
    "vgg-window",
    starter="def window(layers):\n    ...\n",
    solution=(
        "def window(layers):\n    side, jump = 1, 1\n    for size, stride in layers:\n"
        "        side += (size - 1) * jump\n        jump *= stride\n    return side\n"
    ),
    hints=(
        (
            "Go from the first layer on. How many pixels of the picture apart are two neighbours of the map so far?",
            "Vaya desde la primera capa. ¿A cuántos píxeles de la imagen están dos vecinos del mapa hasta ahora?",
        ),
        (
            "A layer of size k adds (k − 1) of these distances; then the distance is multiplied by its stride.",
            "Una capa de tamaño k añade (k − 1) de esas distancias; después la distancia se multiplica por su paso.",
        ),
    ),
    right=(
        "def window(layers):\n    side = 1\n    for size, stride in reversed(layers):\n"
        "        side = (side - 1) * stride + size\n    return side\n",
    ),
    wrong=(
        Wrong("def window(layers):\n    return 1 + sum(size - 1 for size, stride in layers)\n", "forgot-stride"),
        Wrong("def window(layers):\n    return sum(size for size, stride in layers)\n", "sum-of-sizes"),
        Wrong(
            "def window(layers):\n    side, jump = 1, 1\n    for size, stride in layers:\n        jump *= stride\n"
            "        side += (size - 1) * jump\n    return side\n",
            "stride-too-soon",
        ),
    ),
)
def check_vgg_window(work: Work) -> None:
    """The receptive field of layers in a row."""
    f = work.function("window")
    trials = ([(3, 1), (3, 1)], [(3, 1), (2, 2), (3, 1)], [(7, 2), (3, 2), (3, 1)], [(5, 1)])
    for layers in trials:
        wanted, jump, early, early_jump = 1, 1, 1, 1
        for size, stride in layers:
            wanted, jump = wanted + (size - 1) * jump, jump * stride
            early_jump *= stride
            early += (size - 1) * early_jump
        found = f(list(layers))
        if close(found, wanted):
            continue
        if close(found, sum(size for size, _ in layers)):
            raise Mistake(
                "sum-of-sizes",
                "Neighbouring windows overlap: two of 3×3 see 5×5, not 6×6.",
                "Las ventanas vecinas se solapan: dos de 3×3 ven 5×5, no 6×6.",
            )
        if close(found, 1 + sum(size - 1 for size, _ in layers)):
            raise Mistake(
                "forgot-stride",
                "After a stride of 2, neighbours of the map are two pixels apart.",
                "Tras un paso de 2, los vecinos del mapa están a dos píxeles.",
            )
        if close(found, early):
            raise Mistake(
                "stride-too-soon",
                "A layer's own stride counts for the layers after it, not for itself.",
                "El paso de una capa cuenta para las siguientes, no para ella misma.",
            )
        raise Mistake(
            "different",
            f"For (size, stride) = {layers} it should be {wanted}; this is {found}.",
            f"Para (tamaño, paso) = {layers} debería ser {wanted}; es {found}.",
        )


@exercise(
    "pretrained-top-k",
    starter="import numpy as np\n\n\ndef top_k(probabilities, labels, k):\n    ...\n",
    solution=(
        "import numpy as np\n\n\ndef top_k(probabilities, labels, k):\n"
        "    best = np.argsort(probabilities, axis=1)[:, -k:]\n"
        "    return float((best == np.asarray(labels)[:, None]).any(axis=1).mean())\n"
    ),
    hints=(
        (
            "`np.argsort` sorts upwards: where are the k largest?",
            "`np.argsort` ordena de menor a mayor: ¿dónde están las k mayores?",
        ),
        (
            "Compare each row of places with its label, and ask whether `any` is equal.",
            "Compare cada fila de posiciones con su etiqueta y pregunte si alguna (`any`) es igual.",
        ),
    ),
    right=(
        "def top_k(probabilities, labels, k):\n    right = 0\n    for row, label in zip(probabilities, labels):\n"
        "        right += sum(p > row[label] for p in row) < k\n    return right / len(labels)\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\ndef top_k(probabilities, labels, k):\n"
            "    return float((probabilities.argmax(axis=1) == labels).mean())\n",
            "only-first",
        ),
        Wrong(
            "import numpy as np\ndef top_k(probabilities, labels, k):\n"
            "    best = np.argsort(probabilities, axis=1)[:, :k]\n"
            "    return float((best == labels[:, None]).any(axis=1).mean())\n",
            "smallest",
        ),
        Wrong(
            "import numpy as np\ndef top_k(probabilities, labels, k):\n"
            "    best = np.argsort(probabilities, axis=1)[:, -k:]\n"
            "    return int((best == labels[:, None]).any(axis=1).sum())\n",
            "count",
        ),
    ),
)
def check_pretrained_top_k(work: Work) -> None:
    """The share of samples whose class is among the k most probable."""
    f = work.function("top_k")
    rng = np.random.default_rng(2)
    probabilities, labels = rng.dirichlet(np.ones(12), 60), rng.integers(0, 12, 60)
    order = np.argsort(probabilities, axis=1)
    for k in (3, 5):
        found = f(probabilities.copy(), labels.copy(), k)
        wanted = float((order[:, -k:] == labels[:, None]).any(axis=1).mean())
        if close(found, wanted):
            continue
        if close(found, float((order[:, -1] == labels).mean())):
            raise Mistake("only-first", "That looks at the first place only.", "Eso solo mira el primer puesto.")
        if close(found, float((order[:, :k] == labels[:, None]).any(axis=1).mean())):
            raise Mistake(
                "smallest", "Those are the k least probable classes.", "Esas son las k clases menos probables."
            )
        if close(found, wanted * 60):
            raise Mistake("count", "A share is wanted, not a count.", "Se pide una fracción, no un recuento.")
        raise Mistake(
            "different",
            f"For k = {k} it should be {wanted:.3f}; this is {found}.",
            f"Para k = {k} debería ser {wanted:.3f}; es {found}.",
        )


@exercise(
    "inception-saving",
    starter="def saving(channels, narrow, size, filters):\n    ...\n",
    solution=(
        "def saving(channels, narrow, size, filters):\n    direct = size**2 * channels * filters\n"
        "    narrowed = channels * narrow + size**2 * narrow * filters\n    return narrowed / direct\n"
    ),
    hints=(
        (
            "Per place of the map: a convolution multiplies size² · channels in · channels out times.",
            "Por cada posición del mapa: una convolución multiplica tamaño² · canales de entrada · canales de salida.",
        ),
        ("The 1×1 convolution costs something, too.", "La convolución 1×1 también cuesta algo."),
    ),
    right=(
        "def saving(channels, narrow, size, filters):\n"
        "    return narrow / (size * size * filters) + narrow / channels\n",
    ),
    wrong=(
        Wrong("def saving(channels, narrow, size, filters):\n    return narrow / channels\n", "free-narrowing"),
        Wrong(
            "def saving(channels, narrow, size, filters):\n"
            "    return (channels * narrow + size * narrow * filters) / (size * channels * filters)\n",
            "one-side",
        ),
        Wrong(
            "def saving(channels, narrow, size, filters):\n    direct = size**2 * channels * filters\n"
            "    narrowed = channels * narrow + size**2 * narrow * filters\n    return direct / narrowed\n",
            "inverse",
        ),
    ),
)
def check_inception_saving(work: Work) -> None:
    """The share of multiplications that is left when a 1×1 convolution comes first."""
    f = work.function("saving")
    for channels, narrow, size, filters in ((192, 32, 5, 64), (256, 64, 3, 128)):
        found, direct = f(channels, narrow, size, filters), size**2 * channels * filters
        wanted = (channels * narrow + size**2 * narrow * filters) / direct
        if close(found, wanted):
            continue
        if close(found, narrow / channels):
            raise Mistake(
                "free-narrowing",
                "The 1×1 convolution itself multiplies, too.",
                "La propia convolución 1×1 también multiplica.",
            )
        if close(found, (channels * narrow + size * narrow * filters) / (size * channels * filters)):
            raise Mistake("one-side", "The window has two sides.", "La ventana tiene dos lados.")
        if close(found, 1 / wanted):
            raise Mistake(
                "inverse",
                "Narrowed divided by direct is wanted: below 1 where it saves.",
                "Se pide lo estrechado entre lo directo: menor que 1 donde ahorra.",
            )
        raise Mistake("different", f"It should be {wanted:.4f}.", f"Debería ser {wanted:.4f}.")
