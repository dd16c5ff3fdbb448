"""Models are built the same every time, named readably, and code that fails is explained."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import DataError, ModelError
from hondo.core.language import use_language
from hondo.core.spec import ModelSpec
from hondo.models.build import build_model


def build(written: dict[str, Any], input_shape: tuple[int, ...] = (8, 8, 1), **options: Any) -> Any:
    options = {"outputs": 3, "task": "classification", **options}
    return build_model(ModelSpec.model_validate(written), input_shape=input_shape, **options)


LAYERS: list[Any] = [{"conv2d": 4}, "batch_normalization", "flatten", {"dropout": 0.5}, {"dense": 5}, {"dense": 3}]


def test_the_seed_decides_the_weights() -> None:
    first, again, other = (build({"layers": LAYERS}, seed=seed) for seed in (1, 1, 2))
    for one, same in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)
    assert not np.array_equal(first.get_weights()[0], other.get_weights()[0])


def test_layers_are_named_by_kind_and_number_on_every_build() -> None:
    expected = ["conv2d_1", "batch_normalization_1", "flatten_1", "dropout_1", "dense_1", "dense_2"]
    assert [layer.name for layer in build({"layers": LAYERS}).layers] == expected
    assert [layer.name for layer in build({"layers": LAYERS}).layers] == expected


def test_layers_in_a_row_are_sequential_and_residual_blocks_functional() -> None:
    assert isinstance(build({"layers": LAYERS}), keras.Sequential)
    blocks = build({"layers": [{"residual": 4}, {"residual": 4}, "flatten", {"dense": 3}]})
    assert not isinstance(blocks, keras.Sequential)
    assert {"residual_1_add", "residual_2_add"} <= {layer.name for layer in blocks.layers}


def test_common_penalties_join_the_loss() -> None:
    model = build({"preset": "perceptron"}, (4,), l1=0.5, l2=0.25)
    kernel = np.asarray(model.layers[0].kernel)
    assert float(sum(model.losses)) == pytest.approx(0.5 * np.abs(kernel).sum() + 0.25 * (kernel**2).sum(), rel=1e-5)


def test_a_model_far_too_large_is_refused_without_a_crash() -> None:
    with pytest.raises(ModelError, match="Keras cannot build the model"):
        build({"layers": [{"dense": 10**15}, {"dense": 3}]}, (4,))


def test_a_recorded_model_object_cannot_be_made_again() -> None:
    with pytest.raises(ModelError, match="given from Python"):
        build({"given": "Functional my_model"})


CODE = """
from hondo.core.backend import keras
from hondo.core.errors import DataError

def small(input_shape, outputs):
    return keras.Sequential([keras.Input(input_shape), keras.layers.Flatten(), keras.layers.Dense(outputs)])

class Subclassed(keras.Model):
    def __init__(self, outputs):
        super().__init__()
        self.dense = keras.layers.Dense(outputs)
    def call(self, x):
        return self.dense(keras.ops.reshape(x, (-1, 64)))

def subclassed(input_shape, outputs): return Subclassed(outputs)
def number(input_shape, outputs): return outputs
def broken(input_shape, outputs): return 1 / 0
def other_shape(input_shape, outputs): return keras.Sequential([keras.Input((5,)), keras.layers.Dense(outputs)])
def leaves(input_shape, outputs): raise SystemExit(3)
def explains(input_shape, outputs): raise DataError("explained")
def narrow(shape): return None
"""


@pytest.fixture
def models_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "hondo_test_models.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "hondo_test_broken.py").write_text("import hondo_test_absent", encoding="utf-8")
    (tmp_path / "hondo_test_syntax.py").write_text("def f(:", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("models_here")
@pytest.mark.parametrize("name", ["small", "subclassed"])
def test_python_code_in_the_working_folder_makes_a_built_model(name: str) -> None:
    model, again = (build({"python": f"hondo_test_models:{name}"}, seed=4) for _ in range(2))
    assert model.built
    assert model(np.zeros((2, 8, 8, 1), "float32")).shape == (2, 3)
    for one, same in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)


@pytest.mark.usefixtures("models_here")
@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("hondo_test_models", "does not name a function"),
        ("hondo_test_absent:small", "there is no Python module 'hondo_test_absent'"),
        ("hondo_test_models:smal", "Did you mean 'small'"),
        ("hondo_test_models:number", "returned a value of type int, not a Keras model"),
        ("hondo_test_models:broken", "ZeroDivisionError"),
        ("hondo_test_models:leaves", "SystemExit"),
        ("hondo_test_models:narrow", "TypeError"),
        ("hondo_test_models:other_shape", "cannot take samples of shape (8, 8, 1)"),
        ("hondo_test_broken:small", "No module named 'hondo_test_absent'"),
        ("hondo_test_syntax:f", "SyntaxError"),
    ],
)
def test_python_code_that_does_not_work_is_explained(target: str, told: str) -> None:
    with pytest.raises(ModelError) as caught:
        build({"python": target})
    assert told in str(caught.value)
    with use_language("es"), pytest.raises(ModelError) as in_spanish:
        build({"python": target})
    assert in_spanish.value.message != caught.value.message


@pytest.mark.usefixtures("models_here")
def test_what_the_code_explains_itself_is_passed_on() -> None:
    with pytest.raises(DataError, match="explained"):
        build({"python": "hondo_test_models:explains"})
