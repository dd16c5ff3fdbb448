"""Chapter 12, what is counted: parameters, sizes of maps, receptive fields."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, close

_COUNT = "def parameters(kernel, channels, filters):\n    return {}\n"


@exercise(
    "convolution-count",
    starter="def parameters(kernel, channels, filters):\n    ...\n",
    solution=_COUNT.format("(kernel * kernel * channels + 1) * filters"),
    hints=(
        (
            "How many weights has one filter? It sees all channels.",
            "¿Cuántos pesos tiene un filtro? Ve todos los canales.",
        ),
        ("And one bias a filter.", "Y un sesgo por filtro."),
    ),
    right=(
        "def parameters(kernel, channels, filters):\n    weights = kernel**2 * channels * filters\n    return "
        "weights + filters\n",
    ),
    wrong=(
        Wrong(_COUNT.format("kernel * kernel * channels * filters"), "forgot-biases"),
        Wrong(_COUNT.format("(kernel * kernel + 1) * filters"), "forgot-channels"),
        Wrong(_COUNT.format("(kernel * kernel + 1) * channels * filters"), "bias-each-channel"),
    ),
)
def check_count(work: Work) -> None:
    """Weights and biases of a convolutional layer."""
    f = work.function("parameters")
    for k, c, n in ((3, 1, 8), (3, 3, 32), (5, 16, 7), (1, 64, 10)):
        found, weights = f(k, c, n), k * k * c * n
        if close(found, weights + n):
            continue
        told = f"({k}, {c}, {n})"
        if close(found, weights):
            raise Mistake(
                "forgot-biases",
                f"For {told}: each filter has a bias too.",
                f"Para {told}: cada filtro tiene además un sesgo.",
            )
        if close(found, (k * k + 1) * c * n):
            raise Mistake(
                "bias-each-channel",
                f"For {told}: one bias a filter, not one for each of its channels.",
                f"Para {told}: un sesgo por filtro, no uno por cada canal suyo.",
            )
        if close(found, (k * k + 1) * n):
            raise Mistake(
                "forgot-channels",
                f"For {told}: a filter has weights for every channel.",
                f"Para {told}: un filtro tiene pesos para cada canal.",
            )
        raise Mistake(
            "different",
            f"For {told} it should be {weights + n}, not {found!r}.",
            f"Para {told} debería ser {weights + n}, no {found!r}.",
        )


_SIZE = "def size(n, k, p, s, d):\n    return {}\n"


@exercise(
    "convolution-size",
    starter="def size(n, k, p, s, d):\n    ...\n",
    solution=_SIZE.format("(n + 2 * p - d * (k - 1) - 1) // s + 1"),
    hints=(
        (
            "With dilation d the filter spans d · (k − 1) + 1 pixels.",
            "Con dilatación d, el filtro abarca d · (k − 1) + 1 píxeles.",
        ),
        (
            "How many whole steps of s fit behind the first window?",
            "¿Cuántos pasos enteros de s caben tras la primera ventana?",
        ),
        ("The first window counts too: + 1.", "La primera ventana también cuenta: + 1."),
    ),
    right=(
        "def size(n, k, p, s, d):\n    reach = d * (k - 1) + 1\n    return len(range(0, n + 2 * p - reach + 1, s))\n",
    ),
    wrong=(
        Wrong(_SIZE.format("(n + p - d * (k - 1) - 1) // s + 1"), "one-side"),
        Wrong(_SIZE.format("(n + 2 * p - k) // s + 1"), "no-dilation"),
        Wrong(_SIZE.format("(n + 2 * p - d * (k - 1) - 1) // s"), "first-window"),
        Wrong(_SIZE.format("-(-(n + 2 * p - d * (k - 1) - 1) // s) + 1"), "rounded-up"),
    ),
)
def check_size(work: Work) -> None:
    """The formula for the side of the map."""
    f = work.function("size")
    rng = np.random.default_rng(5)
    ends = ((12, 64), (1, 6), (0, 4), (1, 5), (1, 3))
    asked = [tuple(int(rng.integers(*each)) for each in ends) for _ in range(60)]
    spans = [n + 2 * p - d * (k - 1) - 1 for n, k, p, _, d in asked]
    strides = [s for _, _, _, s, _ in asked]
    found = [f(*each) for each in asked]
    wanted = [span // s + 1 for span, s in zip(spans, strides, strict=True)]
    if close(found, wanted):
        return
    if close(found, [each - 1 for each in wanted]):
        raise Mistake("first-window", "The first window counts too.", "La primera ventana también cuenta.")
    if close(found, [(n + p - d * (k - 1) - 1) // s + 1 for n, k, p, s, d in asked]):
        raise Mistake("one-side", "Padding lies on both sides.", "El relleno va a ambos lados.")
    if close(found, [(n + 2 * p - k) // s + 1 for n, k, p, s, _ in asked]):
        raise Mistake(
            "no-dilation",
            "With d > 1 the filter spans more than k pixels.",
            "Con d > 1 el filtro abarca más de k píxeles.",
        )
    if close(found, [-(-span // s) + 1 for span, s in zip(spans, strides, strict=True)]):
        raise Mistake(
            "rounded-up",
            "A window that sticks out does not count: round down.",
            "Una ventana que se sale no cuenta: redondee hacia abajo.",
        )
    at = next(place for place in range(60) if not close(found[place], wanted[place]))
    told = "size" + str(asked[at])
    raise Mistake(
        "different",
        f"{told} should be {wanted[at]}, not {found[at]!r}.",
        f"{told} debería ser {wanted[at]}, no {found[at]!r}.",
    )


_FIELD = "def field(layers):\n    r, jump = 1, 1\n    for k, s in layers:\n        {}\n    return r\n"


@exercise(
    "convolution-field",
    starter="def field(layers):\n    ...\n",
    solution=_FIELD.format("r += (k - 1) * jump\n        jump *= s"),
    hints=(
        ("Begin with r = 1 pixel; each layer widens it.", "Empiece con r = 1 píxel; cada capa lo ensancha."),
        (
            "A layer adds k − 1 of its own input's steps; how many pixels is such a step?",
            "Una capa añade k − 1 pasos de su entrada; ¿cuántos píxeles es cada paso?",
        ),
        (
            "That step is the product of the strides of the layers before.",
            "Ese paso es el producto de los pasos (strides) de las capas anteriores.",
        ),
    ),
    right=(
        "def field(layers):\n    r = 1\n    for k, s in reversed(layers):\n        r = (r - 1) * s + k\n    return r\n",
    ),
    wrong=(
        Wrong(_FIELD.format("r += k - 1"), "no-strides"),
        Wrong(_FIELD.format("jump *= s\n        r += (k - 1) * jump"), "own-stride"),
        Wrong("def field(layers):\n    r = 1\n    for k, s in layers:\n        r *= k\n    return r\n", "product"),
    ),
)
def check_field(work: Work) -> None:
    """How many pixels a neuron of the last layer sees, along one axis."""
    f = work.function("field")
    for layers in (
        [(3, 1)],
        [(3, 1), (3, 1)],
        [(3, 1), (2, 2), (3, 1)],
        [(5, 2), (3, 2), (3, 1)],
        [(3, 1), (2, 2), (3, 1), (2, 2)],
    ):
        wanted = 1
        for k, s in reversed(layers):
            wanted = (wanted - 1) * s + k
        found = f(list(layers))
        if close(found, wanted):
            continue
        plain, own, jump = 1 + sum(k - 1 for k, _ in layers), 1, 1
        for k, s in layers:
            jump *= s
            own += (k - 1) * jump
        if close(found, np.prod([k for k, _ in layers])):
            raise Mistake(
                "product",
                f"For {layers}: windows overlap, so widths do not multiply.",
                f"Para {layers}: las ventanas se solapan, así que los anchos no se multiplican.",
            )
        if close(found, plain):
            raise Mistake(
                "no-strides",
                f"For {layers}: after a stride, one step of the map is several pixels.",
                f"Para {layers}: tras un paso mayor que 1, un lugar del mapa son varios píxeles.",
            )
        if close(found, own):
            raise Mistake(
                "own-stride",
                f"For {layers}: a layer's own stride widens those after it, not itself.",
                f"Para {layers}: el paso de una capa ensancha las siguientes, no a ella misma.",
            )
        raise Mistake(
            "different",
            f"For {layers} it should be {wanted}, not {found!r}.",
            f"Para {layers} debería ser {wanted}, no {found!r}.",
        )


_FLAT = "def flattened(side, filters):\n    for _ in filters:\n        side = {}\n    return side * side * {}\n"


@exercise(
    "convolution-flattened",
    starter="def flattened(side, filters):\n    ...\n",
    solution=_FLAT.format("(side - 2) // 2", "filters[-1]"),
    hints=(
        (
            "Follow the side of the picture through one block first.",
            "Siga primero el lado de la imagen a través de un bloque.",
        ),
        (
            "A 3 × 3 filter without padding takes 2 off; pooling halves and rounds down.",
            "Un filtro de 3 × 3 sin relleno quita 2; el pooling divide entre 2 y redondea hacia abajo.",
        ),
        (
            "The last block's filters are the channels that are flattened.",
            "Los filtros del último bloque son los canales que se aplanan.",
        ),
    ),
    right=(
        "def flattened(side, filters):\n    shape = (side, side, 1)\n    for count in filters:\n"
        "        shape = (shape[0] - 2, shape[1] - 2, count)\n        shape = (shape[0] // 2, shape[1] // 2, count)\n"
        "    return shape[0] * shape[1] * shape[2]\n",
    ),
    wrong=(
        Wrong(_FLAT.format("side // 2", "filters[-1]"), "same"),
        Wrong(_FLAT.format("(side - 2) // 2", "sum(filters)"), "all-filters"),
        Wrong(_FLAT.format("side - 2", "filters[-1]"), "no-pooling"),
    ),
)
def check_flattened(work: Work) -> None:
    """How many numbers reach the dense layer of a small CNN."""
    f = work.function("flattened")
    for side, filters in ((28, [8]), (28, [16, 32]), (32, [16, 32, 64]), (65, [4, 6])):
        ends = {}
        for name, step in (
            ("right", lambda n: (n - 2) // 2),
            ("same", lambda n: n // 2),
            ("no-pooling", lambda n: n - 2),
        ):
            last = side
            for _ in filters:
                last = step(last)
            ends[name] = last * last
        found = f(side, list(filters))
        if close(found, ends["right"] * filters[-1]):
            continue
        told = f"({side}, {filters})"
        if close(found, ends["same"] * filters[-1]):
            raise Mistake(
                "same",
                f"For {told}: without padding, a 3 × 3 filter takes a pixel off each side.",
                f"Para {told}: sin relleno, un filtro de 3 × 3 quita un píxel de cada lado.",
            )
        if close(found, ends["right"] * sum(filters)):
            raise Mistake(
                "all-filters",
                f"For {told}: only the last block's maps are flattened.",
                f"Para {told}: solo se aplanan los mapas del último bloque.",
            )
        if close(found, ends["no-pooling"] * filters[-1]):
            raise Mistake("no-pooling", f"For {told}: the pooling is missing.", f"Para {told}: falta el pooling.")
        raise Mistake(
            "different",
            f"For {told} it should be {ends['right'] * filters[-1]}, not {found!r}.",
            f"Para {told} debería ser {ends['right'] * filters[-1]}, no {found!r}.",
        )
