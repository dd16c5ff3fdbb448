"""Hondo's own small network, which comes with it: what a pretrained network is good for, without any download.

A residual network of three stages for small pictures, trained on a part of CIFAR-10 and on drawn shapes. How it was
trained and what it is worth is in ``backbones/README.md``; its weights lie beside this file, in half precision.
"""

from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from hondo.core.backend import KerasModel, keras
from hondo.core.errors import ModelError
from hondo.core.files import atomic_path
from hondo.core.language import tr
from hondo.core.spec.layers import Residual
from hondo.models.layers import apply_residual

WEIGHTS = Path(__file__).with_name("hondo_mini.safetensors")
CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    "arrow", "bolt", "circle", "crescent", "cross", "heart", "ring", "square", "star", "triangle",
)  # fmt: skip
"""In the order of the classifier's units: the weights fix it, whatever becomes of the data sets' own lists."""
STAGES = ((32, 1), (64, 2), (128, 1))
"""Channels and residual blocks of each stage; from the second on, a stage halves height and width."""


def hondo_mini(
    *, shape: tuple[int, int, int], classes: int | None = None, pooling: str | None = "avg", name: str = "backbone"
) -> KerasModel:
    """The network with new weights: pictures scaled to -1..1 in, probabilities or features out.

    Args:
        shape: of a picture ``(height, width, 3)``.
        classes: how many the classifier has, or None for features without one.
        pooling: of the features where there is no classifier: ``"avg"``, ``"max"``, or None for maps.
        name: the model's name.

    Returns:
        A functional model whose layers are named ``stem_…`` and ``stage2_block1_…``; about 386,000 parameters.
    """
    inputs = keras.Input(shape, name="scaled")
    x = keras.layers.Conv2D(
        STAGES[0][0], 3, padding="same", use_bias=False, kernel_initializer="he_normal", name="stem_conv"
    )(inputs)
    x = keras.layers.BatchNormalization(name="stem_norm")(x)
    x = keras.layers.Activation("relu", name="stem_relu")(x)
    for stage, (filters, blocks) in enumerate(STAGES, start=1):
        for block in range(1, blocks + 1):
            stride = 2 if stage > 1 and block == 1 else 1
            options = Residual(
                filters=filters, strides=(stride, stride), use_bias=False, kernel_initializer="he_normal"
            )
            x = apply_residual(x, options, f"stage{stage}_block{block}")
    if classes is not None:
        x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
        x = keras.layers.Dense(classes, "softmax", name="classifier")(x)
    elif pooling is not None:
        kind = keras.layers.GlobalAveragePooling2D if pooling == "avg" else keras.layers.GlobalMaxPooling2D
        x = kind(name="pool")(x)
    return keras.Model(inputs, x, name=name)


def save_half(model: KerasModel, path: Path) -> None:
    """Write a model's weights as safetensors in half precision, whole or not at all.

    Raises:
        StoreError: if the file cannot be written.
    """
    tensors = {variable.path: np.asarray(variable.value, np.float16) for variable in model.variables}
    with atomic_path(path) as temporary:
        save_file(tensors, temporary)


def load_half(model: KerasModel, path: Path) -> None:
    """Give a model the weights that :func:`save_half` wrote; what the file holds besides (a classifier) is left out.

    Raises:
        ModelError: if the file is damaged, or lacks a variable, or has it in another shape.
    """
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(
            tr(
                f"{path} is no whole safetensors file: {error}", f"{path} no es un archivo safetensors íntegro: {error}"
            ),
            tr("Copy or make it again.", "Cópielo o créelo de nuevo."),
        ) from error
    for variable in model.variables:
        found = tensors.get(variable.path)
        if found is None or found.shape != tuple(variable.shape):
            got = tr("nothing", "nada") if found is None else str(found.shape)
            raise ModelError(
                tr(
                    f"{path} does not hold the weights of this network: for {variable.path} {tuple(variable.shape)} "
                    f"was expected, got {got}",
                    f"{path} no contiene los pesos de esta red: para {variable.path} se esperaba "
                    f"{tuple(variable.shape)}, se recibió {got}",
                ),
                tr("Give a file that was written for this network.", "Dé un archivo escrito para esta red."),
            )
    for variable in model.variables:
        variable.assign(tensors[variable.path].astype(np.float32))
