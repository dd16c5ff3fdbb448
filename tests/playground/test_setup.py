import pytest

from hondo.core.errors import SpecError
from hondo.core.language import use_language
from hondo.playground.setup import Setup


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"data": "spirals"}, "Did you mean 'spiral'?"),
        ({"optimizer": "adma"}, "Did you mean 'adam'?"),
        ({"inputs": ("x3",)}, "Known: sin(x1)"),
        ({"inputs": ()}, "at least one"),
        ({"inputs": ("x1", "x1")}, "none of them twice"),
        ({"hidden": (9,)}, "1 to 8 neurons"),
        ({"hidden": (True,)}, "1 to 8 neurons"),
        ({"seed": -1}, "between 0 and 4294967295"),
        ({"hidden": (2,) * 7}, "0 to 6 layers"),
        ({"noise": 0.6}, "between 0 and 0.5"),
        ({"samples": 20.5}, "a whole number"),
        ({"learning_rate": float("nan")}, "must be a number"),
        ({"batch_size": True}, "a whole number"),
        ({"data": "plane"}, "Fitting: linear"),
        ({"output": "linear"}, "Fitting: tanh, sigmoid, softmax"),
        ({"output": "tanh", "classes": 3}, "has 2 classes, not 3"),
        ({"data": "moons", "output": "softmax", "classes": 3}, "has 2 classes, not 3"),
    ],
)
def test_what_cannot_be_is_refused_and_explained(values, said):
    with pytest.raises(SpecError) as error:
        Setup(**values)
    assert said in str(error.value)
    with use_language("es"), pytest.raises(SpecError) as other:
        Setup(**values)
    assert str(other.value) != str(error.value)


def test_numbers_take_their_type():
    setup = Setup(samples=100.0, learning_rate=1)
    assert (type(setup.samples), type(setup.learning_rate)) == (int, float)


def test_lists_become_tuples():
    assert hash(Setup(inputs=["x1"], hidden=[3])) == hash(Setup(inputs=("x1",), hidden=(3,)))


def test_the_output_follows_the_data():
    plane = Setup().changed(data="plane")
    assert (plane.output, plane.problem) == ("linear", "regression")
    assert plane.changed(data="xor").output == "tanh"
    own = Setup("own", output="softmax", classes=4)
    assert own.sizes == (2, 4, 2, 4)
    assert own.changed(data="xor").sizes == (2, 4, 2, 2)
    with pytest.raises(SpecError, match="learning_rate"):
        Setup().changed(learning_rat=1)
