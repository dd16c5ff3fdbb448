"""The demonstrations by name."""

from collections.abc import Callable
from dataclasses import dataclass

from hondo.core.language import tr
from hondo.scratch.demos.digits import run_digits, run_mnist
from hondo.scratch.demos.perceptron import run as run_perceptron
from hondo.scratch.demos.trace import run_trace

Say = Callable[[str], object]


@dataclass(frozen=True)
class Demo:
    """Something to be run and watched.

    Attributes:
        run: takes what prints a line.
    """

    name: str
    about: Callable[[], str]
    run: Callable[[Say], object]


_ALL = (
    Demo(
        "xor",
        lambda: tr("the perceptron, its failure, and a network", "el perceptrón, su fracaso y una red"),
        run_perceptron,
    ),
    Demo(
        "trace", lambda: tr("every number of one training step", "cada número de un paso de entrenamiento"), run_trace
    ),
    Demo(
        "digits",
        lambda: tr("a CNN learns digits (half a minute)", "una CNN aprende dígitos (medio minuto)"),
        run_digits,
    ),
    Demo("mnist", lambda: tr("an MLP learns MNIST (a minute)", "un MLP aprende MNIST (un minuto)"), run_mnist),
)
DEMOS = {demo.name: demo for demo in _ALL}
