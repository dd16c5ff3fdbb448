"""A famous network's own answer for some pictures: which of the classes that it knows they show."""

from collections.abc import Sequence
from pathlib import Path

from hondo.data.pictures import read_pictures
from hondo.engine.evaluate import predict
from hondo.experiments.predict import Predictions
from hondo.models.pretrained.build import pretrained
from hondo.models.pretrained.catalogue import find_network
from hondo.models.pretrained.names import class_names


def classify(name: str, pictures: Sequence[Path | str], *, batch_size: int = 16) -> tuple[Predictions, str]:
    """Classify pictures with a network and the weights that it is known for.

    Args:
        name: which network.
        pictures: files; they are resized to what the network expects.
        batch_size: pictures a step.

    Returns:
        The answers, and a note where something is missing that is not essential.

    Raises:
        ModelError: for unknown networks, and where the weights cannot be had.
        DataError: for files that are missing or damaged.
    """
    network = find_network(name)
    x = read_pictures(pictures, (network.size, network.size))  # uint8 (pictures, size, size, 3)
    model = pretrained(name)
    names, note = class_names(network)
    return Predictions(predict(model, x.astype("float32"), batch_size=batch_size), names), note
