import numpy as np
import pytest

import hondo
from hondo.core.errors import SpecError
from hondo.playground.own import OwnPoints, to_csv
from hondo.playground.setup import CHOICES, CLASS_SETS, NUMBER_SETS, Setup
from hondo.playground.spec import to_spec


@pytest.mark.parametrize("data", CLASS_SETS + NUMBER_SETS)
@pytest.mark.parametrize("optimizer", CHOICES["optimizer"])
def test_every_setup_has_a_spec(data, optimizer):
    setup = Setup().changed(data=data, optimizer=optimizer, regularisation="l2", regularisation_rate=0.01)
    spec, said = to_spec(setup)
    assert spec.data.name == data
    assert len(spec.model.layers) == 3
    assert said


def test_a_squared_error_that_is_not_halved_gets_other_rates():
    setup = Setup().changed(data="plane", learning_rate=0.1, regularisation="l1", regularisation_rate=0.01)
    learn = to_spec(setup)[0].learn
    assert (learn.loss, learn.learning_rate, learn.l1) == ("mse", 0.05, 0.02)
    assert to_spec(setup.changed(optimizer="adam"))[0].learn.learning_rate == 0.1


def test_differences_are_said():
    said = " ".join(to_spec(Setup(inputs=("x1", "sin(x2)")))[1])
    assert "sin(x2)" in said
    assert "cross-entropy" in said
    assert "±0.5" in said
    assert len(to_spec(Setup(output="sigmoid", initialisation="he_normal"))[1]) == 1
    with pytest.raises(SpecError, match="own points"):
        to_spec(Setup("own"))


def test_the_spec_runs():
    spec, _ = to_spec(Setup("gaussians", output="sigmoid", optimizer="adam", samples=200), epochs=20)
    run = hondo.run(spec, record=False, sink=lambda _: None)
    assert run.evaluation is not None


def test_specs_of_several_classes_and_of_own_points_run(tmp_path):
    three = Setup("gaussians", output="softmax", classes=3, optimizer="adam", learning_rate=0.03, samples=240)
    places, heights = np.random.default_rng(0).uniform(-5, 5, (2, 120)).T, np.linspace(-1, 1, 120)
    files = {}
    for name, own in (("kinds", OwnPoints(places, (places[:, 0] > 0) + 0.0)), ("heights", OwnPoints(places, heights))):
        files[name] = tmp_path / f"{name}.csv"
        files[name].write_text(to_csv(own), encoding="utf-8")
    found = [
        to_spec(three, 30),
        to_spec(Setup("own", output="sigmoid", optimizer="adam", learning_rate=0.03), 30, own=str(files["kinds"])),
        to_spec(Setup("own", output="linear", optimizer="adam"), 3, own=str(files["heights"])),
    ]
    runs = [hondo.run(spec, record=False, sink=lambda _: None) for spec, _ in found]
    assert runs[0].model.output_shape == (None, 3)
    assert min(run.evaluate().metrics["accuracy"] for run in runs[:2]) > 0.9
    assert "accuracy" not in runs[2].evaluate().metrics
