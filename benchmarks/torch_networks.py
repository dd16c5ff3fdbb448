"""The networks of ``keras_networks`` in plain PyTorch; they take NCHW and return logits, as its loss wants them.

Defaults that differ between the two (batch normalisation's epsilon and momentum) are Keras's.
"""

from collections.abc import Callable

import torch
from torch import nn

CLASSES = 10


def mlp() -> nn.Module:
    """784-128 sigmoid-10."""
    return nn.Sequential(nn.Linear(784, 128), nn.Sigmoid(), nn.Linear(128, CLASSES))


def mnist_cnn() -> nn.Module:
    """Two 5×5 convolutions without padding, each followed by a pool, and one dense layer."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(4 * 4 * 64, CLASSES),
    )


def cifar_vgg() -> nn.Module:
    """Three blocks of two 3×3 convolutions, the first with batch normalisation; then two dense layers."""
    layers: list[nn.Module] = []
    channels = 3
    for filters in (32, 64, 128):
        layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(filters, 1e-3, 0.01)]
        layers += [nn.Conv2d(filters, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2)]
        channels = filters
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4 * 4 * 128, 128), nn.ReLU(), nn.Linear(128, CLASSES))


def _normalised(inputs: int, filters: int, kernel: int, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    """A convolution with a bias, as Keras's ResNet has them, and its batch normalisation."""
    convolution = nn.Conv2d(inputs, filters, kernel, stride, padding)
    return [convolution, nn.BatchNorm2d(filters, 1.001e-5, 0.01)]


class Bottleneck(nn.Module):
    """1×1, 3×3, 1×1 beside a shortcut; the stride is in the first 1×1 convolution (version 1)."""

    def __init__(self, inputs: int, filters: int, stride: int, *, project: bool) -> None:
        super().__init__()
        self.shortcut = nn.Sequential(*_normalised(inputs, 4 * filters, 1, stride)) if project else nn.Identity()
        self.branch = nn.Sequential(
            *_normalised(inputs, filters, 1, stride),
            nn.ReLU(inplace=True),
            *_normalised(filters, filters, 3, padding=1),
            nn.ReLU(inplace=True),
            *_normalised(filters, 4 * filters, 1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Both ways, added."""
        return torch.relu(self.shortcut(x) + self.branch(x))


def resnet50() -> nn.Module:
    """ResNet50 with the structure of ``keras.applications.ResNet50``."""
    layers = [*_normalised(3, 64, 7, 2, 3), nn.ReLU(inplace=True), nn.ZeroPad2d(1), nn.MaxPool2d(3, 2)]
    inputs = 64
    for filters, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            layers.append(Bottleneck(inputs, filters, 1 if block else stride, project=block == 0))
            inputs = 4 * filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, CLASSES))


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "mlp": mlp,
    "mnist_cnn": mnist_cnn,
    "cifar_vgg": cifar_vgg,
    "resnet50": resnet50,
}
