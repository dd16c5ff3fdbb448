"""The weights and the history that Hondo trains are those that Keras trains."""

import numpy as np
import pytest
from networks import CASES, compiled

import hondo.engine.fit as engine

SHUFFLED = [(name, True) for name in ("mlp", "class weights", "subclassed with add_loss", "validation split")]


@pytest.mark.parametrize(("name", "shuffle"), [*((name, False) for name in CASES), *SHUFFLED])
def test_weights_and_history_equal_those_of_keras(name: str, shuffle: bool) -> None:
    case = CASES[name]
    arguments = {"batch_size": 16, "epochs": 3, "shuffle": shuffle, "verbose": 0, **case.fit}
    ours, theirs = compiled(case), compiled(case)
    np.random.seed(3)
    expected = theirs.fit(case.x, case.y, **arguments).history
    np.random.seed(3)
    history = engine.fit(ours, case.x, case.y, **arguments).history

    assert history.keys() == expected.keys()
    for key, values in expected.items():
        np.testing.assert_allclose(history[key], values, rtol=1e-5)
    for weight, reference in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(weight, reference, rtol=1e-5, atol=1e-6)


def test_a_second_fit_goes_on_where_the_first_ended() -> None:
    case = CASES["adam with schedule"]
    once, twice = compiled(case), compiled(case)
    once.fit(case.x, case.y, epochs=4, shuffle=False, verbose=0)
    engine.fit(twice, case.x, case.y, epochs=2, shuffle=False, verbose=0)
    history = engine.fit(twice, case.x, case.y, epochs=4, initial_epoch=2, shuffle=False, verbose=0)
    assert history.epoch == [2, 3]
    for weight, reference in zip(twice.get_weights(), once.get_weights(), strict=True):
        np.testing.assert_allclose(weight, reference, rtol=1e-5, atol=1e-6)


def test_a_model_compiled_anew_is_traced_anew() -> None:
    case = CASES["mlp"]
    ours, theirs = compiled(case), compiled(case)
    for model, fit in ((ours, engine.fit), (theirs, type(theirs).fit)):
        fit(model, case.x, case.y, epochs=1, shuffle=False, verbose=0)
        model.layers[0].trainable = False
        model.compile("rmsprop", "sparse_categorical_crossentropy")
        fit(model, case.x, case.y, epochs=1, shuffle=False, verbose=0)
    for weight, reference in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(weight, reference, rtol=1e-5, atol=1e-6)


def test_chunks_of_any_length_give_the_same_weights() -> None:
    case = CASES["mlp"]
    reference = None
    for seconds in (0.0, 0.001, 10.0):
        model = compiled(case)
        engine.fit(model, case.x, case.y, batch_size=8, epochs=2, seed=5, verbose=0, chunk_seconds=seconds)
        weights = model.get_weights()
        reference = reference or weights
        for weight, expected in zip(weights, reference, strict=True):
            np.testing.assert_array_equal(weight, expected)
