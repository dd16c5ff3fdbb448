"""The table of networks is Keras's own: complete, and with the right sizes."""

import inspect

import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.core.language import use_language
from hondo.models.pretrained.catalogue import NETWORKS, Network, check_size, find_network


def test_every_network_of_keras_is_there_and_no_other() -> None:
    theirs = {name for name, value in vars(keras.applications).items() if inspect.isfunction(value)}
    assert {network.function for network in NETWORKS.values()} == theirs


@pytest.mark.parametrize("network", NETWORKS.values(), ids=lambda network: network.name)
def test_each_has_its_preprocessing_beside_it(network: Network) -> None:
    function = getattr(keras.applications, network.function)
    module = getattr(keras.applications, network.module)
    assert callable(module.preprocess_input)
    if not network.name.startswith("mobilenet_v3"):  # Keras exports these two beside their module only
        assert getattr(module, network.function) is function
    assert {"name", "weights", "include_top", "pooling", "input_shape"} <= set(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", ["mobilenet", "mobilenet_v2"])
def test_the_size_is_the_one_that_keras_chooses(name: str) -> None:
    network = NETWORKS[name]
    function = getattr(keras.applications, network.function)
    assert function(weights=None, include_top=True).input_shape == (None, network.size, network.size, 3)


@pytest.mark.parametrize("name", ["mobilenet_v2", "inception_v3"])
def test_one_pixel_less_than_the_smallest_is_too_small_for_keras(name: str) -> None:
    function, small = getattr(keras.applications, NETWORKS[name].function), NETWORKS[name].smallest
    function(weights=None, include_top=False, input_shape=(small, small, 3))
    with pytest.raises(ValueError, match="at least"):
        function(weights=None, include_top=False, input_shape=(small - 1, small, 3))


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ModelError, match="resnet50"):
        find_network("resnet5")
    with use_language("es"), pytest.raises(ModelError, match="no existe la red"):
        find_network("resnet5")


def test_pictures_that_are_too_small_are_refused_with_the_way_out() -> None:
    with pytest.raises(ModelError, match=r"inception_v3 takes pictures from 75×75 on, these have 32×32"):
        check_size(NETWORKS["inception_v3"], 32, 32)
    check_size(NETWORKS["inception_v3"], 75, 299)
