"""A few small runs, trained once: pictures by dense layers, pictures by convolutions, a table, numbers."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from hondo.core.language import use_language
from hondo.experiments.flow import execute
from hondo.experiments.run import load_run
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import parse_spec
from hondo.explain.subject import Subject

Trained = Callable[..., Subject]


def decoded(png: bytes) -> np.ndarray:
    """RGBA, or RGB."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGB)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A built-in experiment with changes, as a subject that was read from its folder; all tests share it."""
    subjects: dict[tuple[str, ...], Subject] = {}

    def train(name: str, *changes: str) -> Subject:
        key = (name, *changes)
        if key not in subjects:
            folder = tmp_path_factory.mktemp(name)
            with use_language("en"):
                execute(parse_spec(builtin.text(name), name, changes), name=name, folder=folder)
            subjects[key] = Subject(load_run(folder, name))
        return subjects[key]

    return train


@pytest.fixture
def digits(trained: Trained) -> Subject:
    """A network that knows digits badly enough to make mistakes."""
    return trained("digits-mlp", "train.epochs=3", "model.hidden=[12]")


@pytest.fixture
def shapes(trained: Trained) -> Subject:
    """A convolutional network on small colour pictures."""
    return trained("shapes-cnn", "train.epochs=1", "data.limit=200")


@pytest.fixture
def iris(trained: Trained) -> Subject:
    """A table with classes."""
    return trained("iris-mlp", "train.epochs=10")


@pytest.fixture
def diabetes(trained: Trained) -> Subject:
    """A table with numbers to predict, through a graph with two inputs."""
    return trained("diabetes-two-inputs", "train.epochs=3")
