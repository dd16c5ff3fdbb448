"""A playground's setup as a Keras program, so that one sees what the buttons stand for and can go on without them."""

from hondo.core.arrays import Array
from hondo.core.language import tr
from hondo.playground.data import options
from hondo.playground.layout import layers
from hondo.playground.setup import OWN, Setup

_FEATURES = {
    "x1": "x1", "x2": "x2", "x1^2": "x1**2", "x2^2": "x2**2", "x1x2": "x1 * x2",
    "sin(x1)": "np.sin(x1)", "sin(x2)": "np.sin(x2)",
}  # fmt: skip
_OPTIMIZERS = {
    "sgd": "SGD({rate!r})", "momentum": "SGD({rate!r}, momentum=0.9)", "rmsprop": "RMSprop({rate!r})",
    "adam": "Adam({rate!r})",
}  # fmt: skip
_INITIALIZERS = {
    "uniform": "keras.initializers.RandomUniform(-0.5, 0.5)",
    "normal": "keras.initializers.RandomNormal(stddev=0.05)",
    "glorot_uniform": '"glorot_uniform"',
    "glorot_normal": "keras.initializers.VarianceScaling(1.0, \"fan_avg\", \"untruncated_normal\")",
    "he_uniform": '"he_uniform"',
    "he_normal": "keras.initializers.VarianceScaling(2.0, \"fan_in\", \"untruncated_normal\")",
}  # fmt: skip


def to_keras(setup: Setup, weights: Array | None = None, epochs: int = 100) -> str:
    """A Python program.

    It defines ``features(points)`` and ``model``, compiled; where it is run as a program it trains too.

    Args:
        setup: what is trained.
        weights: all weights ``(count,)``, which the program then sets; left out, the network begins anew.
        epochs: how long the program trains.
    """
    parts = [_head(setup), _model(setup), _compiled(setup)]
    if weights is not None:
        arrays = [part for layer in layers(weights, setup.sizes) for part in layer]
        parts.append(
            "model.set_weights([\n" + "".join(f"    np.array({each.tolist()!r}),\n" for each in arrays) + "])\n"
        )
    return "\n".join([*parts, _training(setup, epochs)])


def _head(setup: Setup) -> str:
    listed = ", ".join(_FEATURES[name] for name in setup.inputs)
    about = tr("What the network sees of points (n, 2).", "Lo que la red ve de los puntos (n, 2).")
    return (
        "import keras\nimport numpy as np\n\n\n"
        f'def features(points):\n    """{about}"""\n    x1, x2 = np.asarray(points).T\n'
        f"    return np.stack([{listed}], axis=1)\n\n"
    )


def _model(setup: Setup) -> str:
    options = ["units", "activation=activation", f"kernel_initializer={_INITIALIZERS[setup.initialisation]}"]
    if setup.initialisation == "uniform":
        options.append("bias_initializer=keras.initializers.Constant(0.1)")
    if setup.regularisation != "none":
        kind = setup.regularisation.upper()
        options.append(f"kernel_regularizer=keras.regularizers.{kind}({setup.regularisation_rate!r})")
    listed = "".join(f"        {option},\n" for option in options)
    named = [(units, setup.activation) for units in setup.hidden] + [(setup.outputs, setup.output)]
    lines = "".join(f'    dense({units}, "{name}"),\n' for units, name in named)
    return (
        f"def dense(units, activation):\n    return keras.layers.Dense(\n{listed}    )\n\n\n"
        f"keras.utils.set_random_seed({setup.seed})\n"
        f"model = keras.Sequential([\n    keras.Input(({len(setup.inputs)},)),\n{lines}])\n"
    )


def _compiled(setup: Setup) -> str:
    loss = {"sigmoid": '"binary_crossentropy"', "softmax": '"sparse_categorical_crossentropy"'}.get(setup.output)
    before = ""
    if loss is None:
        loss = "half_squared_error"
        before = (
            "\ndef half_squared_error(y, o):\n    return 0.5 * keras.ops.mean(keras.ops.square(o - y), axis=-1)\n\n\n"
        )
    optimizer = _OPTIMIZERS[setup.optimizer].format(rate=setup.learning_rate)
    return f"{before}model.compile(keras.optimizers.{optimizer}, loss={loss})\n"


def _training(setup: Setup, epochs: int) -> str:
    lines = ['if __name__ == "__main__":']
    if setup.data == OWN:
        note = tr("your points: x1, x2 and the target in each line", "sus puntos: x1, x2 y el objetivo en cada línea")
        lines += [f'    table = np.loadtxt("points.csv", delimiter=",", skiprows=1)  # {note}',
                  "    x, y = table[:, :2], table[:, 2]"]  # fmt: skip
    else:
        told = ", ".join(f"{name}={value!r}" for name, value in options(setup).items())
        lines += [f"    from hondo.data.sets.points import {setup.data}", "",
                  f"    split = {setup.data}({told}).train", "    x, y = split.x, split.y"]  # fmt: skip
    if setup.output == "tanh":
        lines.append("    y = 2.0 * y - 1.0")
    lines += [
        "    if y.ndim == 1:",
        "        y = y[:, None]",
        f"    first = round({setup.train_share!r} * len(x))",
        f"    model.fit(features(x[:first]), y[:first], batch_size={setup.batch_size}, epochs={epochs},",
        "              validation_data=(features(x[first:]), y[first:]))",
    ]
    return "\n".join(lines) + "\n"
