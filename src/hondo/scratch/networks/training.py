"""Training a network: gradient descent over batches, with a look at unseen samples after every epoch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.descent.gradient_descent import Parameters, descend
from hondo.scratch.descent.optimizers import Adam, Optimizer
from hondo.scratch.descent.stopping import Criterion
from hondo.scratch.layers.penalties import penalty, penalty_gradient
from hondo.scratch.losses.catalogue import loss as named_loss
from hondo.scratch.mistakes import Mistake, need_floats
from hondo.scratch.networks.network import Network

Samples = Float[np.ndarray, "samples ..."]
Unseen = Float[np.ndarray, "unseen ..."]


@dataclass
class History:
    """What training went through, a number an epoch.

    Attributes:
        loss: the mean over the epoch's batches, penalties included.
        val_loss: on the validation samples after the epoch, without penalties.
        stopped: why it ended early, or None.
    """

    loss: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    stopped: str | None = None


def train(
    network: Network,
    loss: str,
    x: Samples,
    y: Samples,
    *,
    optimizer: Optimizer | None = None,
    batch_size: int = 32,
    epochs: int = 1,
    seed: int = 0,
    validation: tuple[Unseen, Unseen] | None = None,
    stop: Sequence[Criterion] = (),
    l1: float = 0.0,
    l2: float = 0.0,
    watch: Callable[[History], object] | None = None,
) -> History:
    """Change the network's parameters until its outputs fit the targets.

    Args:
        network: is changed.
        loss: by name; for classes give scores and ``softmax_cross_entropy``.
        x, y: samples and targets; class numbers become rows with ``one_hot``.
        optimizer: Adam if none is given.
        batch_size, epochs, seed: as in :func:`~hondo.scratch.descent.gradient_descent.descend`.
        validation: samples and targets that are looked at but not learned from.
        stop: criteria on ``val_loss`` where there is validation, else on ``loss``, such as ``NoImprovement`` or
            ``Reached``; asked after every epoch.
        l1, l2: prices on the weights ``W`` and ``K``; biases are free.
        watch: called after every epoch with the history so far.

    Raises:
        Mistake: if samples and targets differ in number.
    """
    need_floats("train", x=x, y=y)
    if len(x) != len(y):
        raise Mistake(
            tr(
                f"train got {len(x)} samples and {len(y)} targets",
                f"train recibió {len(x)} muestras y {len(y)} objetivos",
            ),
            tr("Every sample needs its target.", "Cada muestra necesita su objetivo."),
        )
    how_wrong = named_loss(loss)

    def loss_and_gradients(parameters: Parameters, rows: np.ndarray) -> tuple[float, Parameters]:
        network.parameters = parameters
        predicted = network.forward(x[rows], training=True)  # (batch, outputs)
        network.backward(how_wrong.gradient(predicted, y[rows]))
        weights = {name: w for name, w in parameters.items() if name.endswith(("W", "K"))}
        price = sum(penalty(w, l1, l2) for w in weights.values())
        gradients = network.gradients
        for name, w in weights.items():
            gradients[name] = gradients[name] + penalty_gradient(w, l1, l2)
        return how_wrong.function(predicted, y[rows]) + price, gradients

    history = History()
    losses: list[float] = []
    steps = descend(
        loss_and_gradients,
        network.parameters,
        optimizer or Adam(),
        samples=len(x),
        batch_size=min(batch_size, len(x)),
        epochs=epochs,
        seed=seed,
    )
    for step in steps:
        network.parameters = step.parameters
        losses.append(step.loss)
        if not step.ends_epoch:
            continue
        history.loss.append(float(np.mean(losses)))
        losses.clear()
        if validation is not None:
            history.val_loss.append(how_wrong.function(network.predict(validation[0]), validation[1]))
        if watch is not None:
            watch(history)
        watched = history.val_loss or history.loss
        history.stopped = next((why for why in (criterion(watched, np.inf) for criterion in stop) if why), None)
        if history.stopped:
            break
    return history
