from dataclasses import replace

import numpy as np
import pytest
from tests.playground.setups import random_setup

from hondo.core.errors import SpecError
from hondo.playground.setup import Setup
from hondo.playground.url import from_query, to_query


@pytest.mark.parametrize("number", range(100))
def test_a_setup_comes_back_exactly(number):
    rng = np.random.default_rng(number)
    setup = replace(random_setup(number)[0], learning_rate=float(rng.uniform(0, 1)), noise=float(rng.uniform(0, 0.5)))
    query = to_query(setup)
    assert from_query(query) == from_query("?" + query) == setup
    assert not set(query) - set("abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.=&-+")


def test_the_default_is_empty():
    assert to_query(Setup()) == ""
    assert from_query("") == Setup()


def test_no_hidden_layers():
    assert from_query(to_query(Setup(hidden=()))) == Setup(hidden=())


def test_the_output_follows_the_data():
    assert from_query("data=plane").output == "linear"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("act=rellu", "Did you mean 'relu'?"),
        ("data=spirall", "Did you mean 'spiral'?"),
        ("lrr=1", "Did you mean 'lr'?"),
        ("lr=fast", "lr must be a number"),
        ("n=1", "between 10 and 10000"),
        ("batch=2.5", "batch must be a whole number"),
        ("net=8.x", "net must be a whole number"),
        ("in=x1.y", "no input 'y'"),
        ("lr=1&lr=2", "twice"),
        ("data=plane&out=tanh", "Fitting: linear"),
    ],
)
def test_bad_addresses_are_explained(query, said):
    with pytest.raises(SpecError) as error:
        from_query(query)
    assert said in str(error.value)
