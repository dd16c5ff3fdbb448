"""The peers train the same network: with Keras's weights, PyTorch's twin gives the same outputs."""

import importlib.util
from typing import Any

import numpy as np
import pytest
from benchmarks.keras_networks import NETWORKS

from hondo.core.backend import keras

if importlib.util.find_spec("torch") is None:
    pytest.skip("torch is not installed (.ci/compare installs it)", allow_module_level=True)

import torch
from benchmarks.torch_networks import NETWORKS as TORCH_NETWORKS


def give_weights(model: Any, twin: torch.nn.Module, channels: int) -> None:
    """Copy Keras's weights into the PyTorch network, layer by layer in the order of the computation.

    Args:
        model: has them.
        twin: gets them.
        channels: of what is flattened before the first dense layer; its pixels lie in another order in PyTorch.
    """
    kinds = (torch.nn.Linear, torch.nn.Conv2d, torch.nn.BatchNorm2d)
    receivers = [module for module in twin.modules() if isinstance(module, kinds)]
    givers = [layer for layer in in_order(model) if layer.weights]
    assert len(givers) == len(receivers)
    flattened = channels
    with torch.no_grad():
        for layer, module in zip(givers, receivers, strict=True):
            values = [np.array(weight) for weight in layer.get_weights()]
            if isinstance(module, torch.nn.Conv2d):
                values[0] = values[0].transpose(3, 2, 0, 1)
            elif isinstance(module, torch.nn.Linear):
                if flattened:
                    side = round((len(values[0]) / flattened) ** 0.5)
                    pixels = values[0].reshape(side, side, flattened, -1)
                    values[0] = pixels.transpose(2, 0, 1, 3).reshape(len(values[0]), -1)
                    flattened = 0
                values[0] = values[0].T
            held = [value for name, value in module.state_dict().items() if name != "num_batches_tracked"]
            for tensor, value in zip(held, values, strict=True):
                tensor.copy_(torch.from_numpy(value))


def in_order(model: Any) -> list[Any]:
    """The layers, those of a ResNet in the order of their names: block by block, the shortcut first."""
    names = [layer.name for layer in model.layers]
    if not any("block" in name for name in names):
        return model.layers
    blocks = sorted((layer for layer in model.layers if "_block" in layer.name), key=lambda layer: place(layer.name))
    first = [layer for layer in model.layers if layer.name.startswith("conv1")]
    return [*first, *blocks, model.layers[-1]]


def place(name: str) -> tuple[str, int, str]:
    """``conv4_block6_2_conv`` is in stage 4, block 6; its convolution comes before its normalisation."""
    stage, block, *rest = name.split("_")
    return stage, int(block.removeprefix("block")), "_".join(rest).replace("conv", "a").replace("bn", "b")


@pytest.mark.parametrize(("name", "channels"), [("mlp", 0), ("mnist_cnn", 64), ("cifar_vgg", 128), ("resnet50", 0)])
@pytest.mark.parametrize("training", [False, True])
def test_the_peers_train_the_same_network(name: str, channels: int, training: bool) -> None:
    keras.utils.set_random_seed(1)
    model = NETWORKS[name](keras)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    twin = TORCH_NETWORKS[name]().train(training)
    for module in twin.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    give_weights(model, twin, channels)
    pictures = np.random.default_rng(2).random((32, *model.input_shape[1:]), dtype=np.float32)
    theirs = torch.from_numpy(pictures if pictures.ndim == 2 else pictures.transpose(0, 3, 1, 2).copy())
    expected = np.asarray(model(pictures, training=training))
    with torch.no_grad():
        found = twin(theirs).softmax(1).numpy()
    # Keras's batch normalisation works in float32, and over 1×1 pictures it makes round-off a thousand times larger.
    np.testing.assert_allclose(found, expected, atol=5e-4 if training else 1e-5)
