"""A famous network with an output layer of its own data: features, dropout, and a unit for each class or number."""

from hondo.core.backend import KerasModel, keras
from hondo.data.dataset import Task
from hondo.models.pretrained.build import KNOWN_FOR, pretrained


def with_output(
    name: str,
    *,
    weights: str | None,
    input_shape: tuple[int, ...],
    outputs: int,
    task: Task,
    dropout: float = 0.0,
) -> KerasModel:
    """A network's features, averaged over the picture, and a new dense layer on them; all of it trainable.

    Args:
        name: which network.
        weights: as a spec says it, see :func:`spoken_weights`.
        input_shape: of a raw picture ``(height, width, channels)``, values 0 to 255.
        outputs: classes, or numbers to predict.
        task: classification (softmax) or regression (linear).
        dropout: the share of features silenced while training.

    Raises:
        ModelError: see :func:`~hondo.models.pretrained.build.pretrained`.
    """
    features = pretrained(name, weights=spoken_weights(weights), shape=input_shape, classes=None)
    x = features.output
    if dropout:
        x = keras.layers.Dropout(dropout, name="dropout")(x)
    activation = "softmax" if task == "classification" else "linear"
    return keras.Model(features.input, keras.layers.Dense(outputs, activation, name="output")(x), name=name)


def spoken_weights(said: str | None) -> str | None:
    """The weights that a spec asks for, as :func:`~hondo.models.pretrained.build.pretrained` takes them.

    Args:
        said: None for those that the network is known for, ``"none"`` for new ones, or a file.
    """
    return None if said == "none" else said or KNOWN_FOR
