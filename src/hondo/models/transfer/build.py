"""A backbone that was trained elsewhere and a new head, as one model that takes raw pictures."""

from dataclasses import dataclass

from hondo.core.backend import KerasModel, keras
from hondo.core.spec import TransferSpec
from hondo.data.dataset import Task
from hondo.models.layers import Penalty
from hondo.models.pretrained.build import pretrained
from hondo.models.pretrained.head import spoken_weights

BACKBONE, FEATURES, HEAD = "backbone", "features", "head"


@dataclass(frozen=True)
class Parts:
    """A transfer model taken apart; all three share their layers.

    Attributes:
        whole: raw pictures to answers.
        features: raw pictures to features ``(batch, features)``, always in inference mode when it predicts.
        head: features to answers.
        backbone: the network itself, a layer of ``whole``.
    """

    whole: KerasModel
    features: KerasModel
    head: KerasModel
    backbone: KerasModel


def build_transfer(
    spec: TransferSpec,
    *,
    input_shape: tuple[int, ...],
    outputs: int,
    task: Task,
    seed: int = 0,
    penalty: Penalty,
) -> KerasModel:
    """The model of a transfer, its backbone frozen: batch normalisation and dropout in inference mode, too.

    Args:
        spec: which backbone and what head.
        input_shape: of a raw picture ``(height, width, channels)``, values 0 to 255.
        outputs: classes, or numbers to predict.
        task: classification (softmax) or regression (linear).
        seed: decides the head's first weights (and the backbone's, if it has none).
        penalty: what the loss gains for the head's kernels.

    Returns:
        A model with the layers ``backbone``, ``features`` and ``head``; :func:`parts_of` takes it apart.

    Raises:
        ModelError: see :func:`~hondo.models.pretrained.build.pretrained`.
    """
    keras.utils.set_random_seed(seed)
    updates = spec.fine_tune is not None and spec.fine_tune.batch_normalization == "update"
    network = pretrained(
        spec.backbone,
        weights=spoken_weights(spec.weights),
        shape=input_shape,
        classes=None,
        pooling=spec.pooling,
    )
    backbone = network.get_layer(BACKBONE)
    backbone.trainable = False
    # Keras gives a model inside a model the mode of the outer one, whatever it was called with. Frozen batch
    # normalisation is in inference mode all the same; dropout has to be switched off.
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.Dropout) and not updates:
            layer.rate = 0.0
    features = keras.layers.Identity(name=FEATURES)(network.output)
    keras.utils.set_random_seed(seed)  # so that the head begins alike whatever the backbone drew
    head = _head(spec, features.shape[-1], outputs, task, penalty)
    return keras.Model(network.input, head(features), name=f"{spec.backbone}_transfer")


def _head(spec: TransferSpec, inputs: int, outputs: int, task: Task, penalty: Penalty) -> KerasModel:
    layers = [keras.Input((inputs,), name=FEATURES)]
    regularizer = keras.regularizers.L1L2(penalty.l1, penalty.l2) if penalty.l1 or penalty.l2 else None
    for number, units in enumerate(spec.hidden, start=1):
        layers += _dropout(spec.dropout, f"dropout_{number}")
        dense = keras.layers.Dense
        options = {"kernel_initializer": "he_normal", "kernel_regularizer": regularizer}
        layers.append(dense(units, "relu", name=f"hidden_{number}", **options))
    layers += _dropout(spec.dropout, "dropout")
    activation = "softmax" if task == "classification" else "linear"
    layers.append(keras.layers.Dense(outputs, activation, kernel_regularizer=regularizer, name="output"))
    return keras.Sequential(layers, name=HEAD)


def _dropout(rate: float, name: str) -> list[keras.layers.Layer]:
    return [keras.layers.Dropout(rate, name=name)] if rate else []


def parts_of(whole: KerasModel) -> Parts:
    """Take a model of :func:`build_transfer` apart, also one that was loaded from a file."""
    features = keras.Model(whole.input, whole.get_layer(FEATURES).output, name=FEATURES)
    return Parts(whole, features, whole.get_layer(HEAD), whole.get_layer(BACKBONE))
