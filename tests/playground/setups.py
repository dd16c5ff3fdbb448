"""Random setups for the tests of the playground."""

import numpy as np

from hondo.playground.data import Points
from hondo.playground.setup import CHOICES, INPUTS, Setup


def random_setup(number: int) -> tuple[Setup, Points]:
    """A setup of own points, with any sizes and choices."""
    rng = np.random.default_rng(number)

    def pick(name: str) -> str:
        return str(rng.choice(CHOICES[name]))

    output = pick("output")
    classes = int(rng.integers(2, 6)) if output == "softmax" else 2
    setup = Setup(
        "own",
        batch_size=int(rng.integers(1, 60)),
        inputs=tuple(str(each) for each in rng.permutation(INPUTS)[: rng.integers(1, 8)]),
        hidden=tuple(int(each) for each in rng.integers(1, 9, rng.integers(0, 7))),
        activation=pick("activation"),
        output=output,
        classes=classes,
        learning_rate=0.01,
        regularisation=pick("regularisation"),
        regularisation_rate=0.01,
        optimizer=pick("optimizer"),
        initialisation=pick("initialisation"),
        seed=number,
    )
    n = int(rng.integers(20, 80))
    y = rng.uniform(-1, 1, n) if output == "linear" else rng.integers(0, classes, n).astype(np.float64)
    x = rng.uniform(-2, 2, (n, 2))
    return setup, Points(x, y, x[:5], y[:5])
