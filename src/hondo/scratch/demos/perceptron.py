"""The perceptron finds a line for AND, and none for XOR; a hidden layer of three neurons finds what XOR needs."""

from collections.abc import Callable

import numpy as np

from hondo.core.language import tr
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.networks.network import mlp
from hondo.scratch.networks.training import train
from hondo.scratch.neuron.perceptron import learn

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND, XOR = np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])


def run(say: Callable[[str], object]) -> None:
    """AND by the perceptron, XOR by it in vain, XOR by a network."""
    for name, y in (("AND", AND), ("XOR", XOR)):
        result = learn(CORNERS, y, epochs=50)
        mistakes = " ".join(map(str, result.mistakes[:12])) + (" …" if len(result.mistakes) > 12 else "")
        say(tr(f"{name}: mistakes in each epoch: {mistakes}", f"{name}: errores en cada época: {mistakes}"))
        if result.converged:
            say(f"  w = {result.w.tolist()}, b = {result.b:g}")
        else:
            say(tr("  no line separates it: it never comes to rest", "  ninguna recta lo separa: nunca se detiene"))
    network = mlp((2, 3, 1), activation="tanh", init="glorot_uniform", seed=1)
    history = train(
        network, "sigmoid_cross_entropy", CORNERS, XOR[:, None], optimizer=Adam(0.05), batch_size=4, epochs=400
    )
    say(tr("XOR with a hidden layer of three neurons:", "XOR con una capa oculta de tres neuronas:"))
    say(
        tr(
            f"  loss {history.loss[0]:.3f} → {history.loss[-1]:.4f}",
            f"  pérdida {history.loss[0]:.3f} → {history.loss[-1]:.4f}",
        )
    )
    for corner, z in zip(CORNERS, network.predict(CORNERS)[:, 0], strict=True):
        say(f"  {corner.astype(int).tolist()} → {int(z > 0)}")
