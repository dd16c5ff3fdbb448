"""What a cell trains opens as an experiment with what its code says, however it has been changed."""

import pytest

from hondo.experiments.specs.read import read_spec
from hondo.guide.library import chapter, names
from hondo.guide.opening import experiment_of, trains, written
from hondo.lab.pages.guide.doors import playground_of_cell, trains_like
from hondo.lab.pages.playground.address import from_address

CELLS = {
    f"{name}-{cell.id}": (chapter(name, "en"), cell) for name in names() for cell in chapter(name, "en").of("cell")
}
TRAINING = [name for name, (at, cell) in CELLS.items() if trains_like(cell, at)]
PLAYED = [name for name, (_, cell) in CELLS.items() if playground_of_cell(cell)]
NETWORK = """
model = keras.Sequential([
    keras.Input((64,)), layers.Dense(48, activation="relu"), layers.Dense(units=16), layers.Dense(10)])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss="mse")
"""


@pytest.mark.parametrize("which", TRAINING)
def test_each_cell_that_trains_opens_as_an_experiment(which: str) -> None:
    at, cell = CELLS[which]
    before = [each.text for each in at.of("cell") if each.line <= cell.line]
    found = experiment_of(before, trains_like(cell, at))
    assert found is not None
    name, changes = found
    assert read_spec(name, [f"{key}={written(value)}" for key, value in changes.items()])


@pytest.mark.parametrize("which", PLAYED)
def test_each_cell_that_opens_in_the_playground_names_a_setup(which: str) -> None:
    assert from_address(CELLS[which][1].options["playground"])


def test_what_the_code_says_is_what_opens() -> None:
    fit = "history = model.fit(x, y, epochs=7, batch_size=size)"
    assert experiment_of([NETWORK, fit], "digits-mlp") == (
        "digits-mlp",
        {"model.hidden": [48, 16], "learn.optimizer": "sgd", "learn.learning_rate": 0.05, "train.epochs": 7},
    )
    changed = NETWORK.replace("keras.optimizers.SGD(learning_rate=0.05)", '"rmsprop"')
    assert experiment_of([changed, fit], "digits-mlp") == (
        "digits-mlp", {"model.hidden": [48, 16], "learn.optimizer": "rmsprop", "train.epochs": 7},
    )  # fmt: skip
    scratch = "net = mlp((64, 20, 10))\ntrain(net, loss, x, y, optimizer=Adam(0.02), epochs=3, batch_size=16)"
    assert experiment_of([NETWORK, scratch], "digits-mlp") == (
        "digits-mlp",
        {
            "model.hidden": [20],
            "learn.optimizer": "adam",
            "learn.learning_rate": 0.02,
            "train.epochs": 3,
            "train.batch_size": 16,
        },
    )


def test_a_run_of_hondo_opens_as_itself() -> None:
    assert experiment_of(['hondo.run("iris-mlp", overrides=["train.epochs=4"])'], "digits-mlp") == (
        "iris-mlp", {"train.epochs": "4"},
    )  # fmt: skip
    told = 'hondo.run(data="digits", model={"preset": "mlp", "hidden": [9]}, train={"epochs": 2}, record=False)'
    assert experiment_of([told], "digits-mlp") == (
        "digits-mlp", {"data.name": "digits", "model.preset": "mlp", "model.hidden": [9], "train.epochs": 2},
    )  # fmt: skip
    assert experiment_of(["hondo.run(spec)"], None) is None


def test_what_an_experiment_does_not_take_is_left_out() -> None:
    fit = "model.fit(x, y, epochs=-3, batch_size=10)"
    assert experiment_of([NETWORK, fit], "shapes-transfer") == (
        "shapes-transfer",
        {"learn.optimizer": "sgd", "learn.learning_rate": 0.05, "train.batch_size": 10},
    )


def test_code_that_is_being_written_does_no_harm() -> None:
    assert experiment_of(["model = (", "model.fit(x, y, epochs=5"], "digits-mlp") == ("digits-mlp", {})
    assert experiment_of([NETWORK, "(" * 3000], "digits-mlp") == ("digits-mlp", {})


def test_other_libraries_fit_no_network() -> None:
    assert not trains("PCA(2).fit(x)\nStandardScaler().fit(x).transform(x)")
    assert trains("net.fit(x, y, epochs=1)")
