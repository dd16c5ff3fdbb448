"""The networks that are trained, as a learner writes them with Keras; ``torch_networks`` has the same ones."""

from collections.abc import Callable
from typing import Any

CLASSES = 10


def mlp(keras: Any) -> Any:
    """784-128 sigmoid-10 softmax."""
    dense = keras.layers.Dense
    return keras.Sequential(
        [keras.Input((784,)), dense(128, activation="sigmoid"), dense(CLASSES, activation="softmax")]
    )


def mnist_cnn(keras: Any) -> Any:
    """Two 5×5 convolutions without padding, each followed by a pool, and one dense layer."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def cifar_vgg(keras: Any) -> Any:
    """Three blocks of two 3×3 convolutions, the first with batch normalisation; then two dense layers."""
    layers = keras.layers
    network = keras.Sequential([keras.Input((32, 32, 3))])
    for filters in (32, 64, 128):
        network.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        network.add(layers.BatchNormalization())
        network.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        network.add(layers.MaxPooling2D())
        network.add(layers.Dropout(0.2))
    network.add(layers.Flatten())
    network.add(layers.Dense(128, activation="relu"))
    network.add(layers.Dense(CLASSES, activation="softmax"))
    return network


def resnet50(keras: Any) -> Any:
    """ResNet50 as Keras ships it, without pretrained weights, for small pictures."""
    return keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes=CLASSES)


def mobilenet_features(keras: Any) -> Any:
    """MobileNetV2 without its classifier, without pretrained weights: the features of 96×96 pictures."""
    return keras.applications.MobileNetV2(weights=None, include_top=False, pooling="avg", input_shape=(96, 96, 3))


NETWORKS: dict[str, Callable[[Any], Any]] = {
    "mlp": mlp,
    "mnist_cnn": mnist_cnn,
    "cifar_vgg": cifar_vgg,
    "resnet50": resnet50,
    "mobilenet_features": mobilenet_features,
}
