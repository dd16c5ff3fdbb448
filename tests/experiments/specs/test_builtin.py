"""The built-in experiments are valid, explained in both languages, fit their data, and learn."""

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits, load_iris
from sklearn.model_selection import train_test_split

from hondo.core.errors import SpecError
from hondo.core.language import use_language
from hondo.core.spec.layers import LayerSpec
from hondo.experiments.learning import compile_model
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import read_spec
from hondo.models.build import build_model, resolve_layers
from hondo.models.pretrained.catalogue import check_size, find_network

# Shapes and classes of the data, as their authors publish them.
DATA: dict[str, Any] = {
    "digits-mlp": ((8, 8, 1), 10),
    "mnist-mlp": ((28, 28, 1), 10),
    "mnist-cnn": ((28, 28, 1), 10),
    "fashion-cnn": ((28, 28, 1), 10),
    "cifar10-cnn": ((32, 32, 3), 10),
    "cifar10-augmented": ((32, 32, 3), 10),
    "cifar10-resnet50": ((32, 32, 3), 10),
    "cifar10-vgg19": ((32, 32, 3), 10),
    "cifar10-inception": ((75, 75, 3), 10),
    "iris-mlp": ((4,), 3),
    "diabetes-regression": ((10,), 1),
    "diabetes-two-inputs": ((10,), 1),
    "shapes-cnn": ((32, 32, 3), 10),
    "cifar10-transfer": ((32, 32, 3), 10),
    "shapes-transfer": ((32, 32, 3), 10),
}


def test_the_experiments_are_there_and_the_default_comes_first() -> None:
    assert set(builtin.names()) == set(DATA)
    assert builtin.names()[0] == builtin.DEFAULT == "digits-mlp"


@pytest.mark.parametrize("name", DATA)
def test_an_experiment_is_called_as_its_file_and_explained_in_both_languages(name: str) -> None:
    spec = read_spec(name)
    assert spec.name == name
    with use_language("en"):
        english = builtin.about(name)
    with use_language("es"):
        spanish = builtin.about(name)
    assert english != spanish
    assert all(len(text) > 30 and text.endswith(".") for text in (english, spanish))


@pytest.mark.parametrize(
    "name", [name for name in DATA if read_spec(name).model.layers or read_spec(name).model.preset]
)
def test_the_layers_fit_the_data_and_inputs_are_scaled(name: str) -> None:
    spec, (shape, outputs) = read_spec(name), DATA[name]
    task = "regression" if "regression" in name else "classification"
    layers = resolve_layers(spec.model, input_shape=shape, outputs=outputs, task=task)
    assert layers is not None
    last = layers[-1].dense
    assert last is not None
    assert (last.units, last.activation) == (outputs, "linear" if task == "regression" else "softmax")
    assert spec.preprocess.scale != "none" or spec.preprocess.standardise != "none"


@pytest.mark.parametrize("name", [name for name in DATA if read_spec(name).model.network])
def test_pretrained_networks_get_raw_pixels_of_a_size_that_they_take(name: str) -> None:
    spec, (shape, _) = read_spec(name), DATA[name]
    assert (spec.preprocess.scale, spec.preprocess.standardise) == ("none", "none")
    assert spec.preprocess.resize in (None, shape[:2])
    check_size(find_network(spec.model.network or ""), *shape[:2])


def test_the_classic_network_is_as_the_guide_has_it() -> None:
    spec = read_spec("mnist-mlp")
    assert spec.model.layers is not None
    hidden, output = {"units": 128, "activation": "sigmoid"}, {"units": 10, "activation": "softmax"}
    expected = [{"flatten": {}}, {"dense": hidden}, {"dense": output}]
    assert list(spec.model.layers) == [LayerSpec.model_validate(layer) for layer in expected]
    assert (spec.learn.optimizer, spec.train.batch_size, spec.train.epochs) == ("sgd", 32, 5)


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(SpecError, match="mnist-mlp"):
        builtin.text("mnist-mpl")


def standardised(values: Any, like: Any) -> Any:
    return (values - like.mean(axis=0)) / like.std(axis=0)


@pytest.mark.parametrize(("name", "measure", "floor"), [
    ("digits-mlp", "accuracy", 0.97), ("iris-mlp", "accuracy", 0.93), ("diabetes-regression", "r2", 0.35),
])  # fmt: skip
def test_small_experiments_learn_with_plain_keras(name: str, measure: str, floor: float) -> None:
    load = {"digits-mlp": load_digits, "iris-mlp": load_iris, "diabetes-regression": load_diabetes}[name]
    x, y = load(return_X_y=True)
    x = x.reshape(-1, 8, 8, 1) / 16 if name == "digits-mlp" else x
    classes = len(np.unique(y)) if measure == "accuracy" else 0
    x, x_test, y, y_test = train_test_split(x, y, test_size=0.2, random_state=1, stratify=y if classes else None)
    if not classes:
        y, y_test = standardised(y, y), standardised(y_test, y)
    if name != "digits-mlp":
        x, x_test = standardised(x, x), standardised(x_test, x)
    spec, outputs = read_spec(name), classes or 1
    task = "classification" if classes else "regression"
    model = build_model(spec.model, input_shape=x.shape[1:], outputs=outputs, task=task, l2=spec.learn.l2)
    batch = int(spec.train.batch_size)
    steps = -(-len(x) // batch)
    compile_model(
        model,
        spec.learn,
        task=task,
        target_kind="integer" if classes else "number",
        outputs=outputs,
        steps_per_epoch=steps,
        epochs=spec.train.epochs,
    )
    model.fit(x, y, batch_size=batch, epochs=spec.train.epochs, verbose=0)
    assert model.evaluate(x_test, y_test, verbose=0, return_dict=True)[measure] >= floor
