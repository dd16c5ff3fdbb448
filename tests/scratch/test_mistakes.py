"""What a refusal says, and what it lets pass."""

import numpy as np
import pytest
from tests.scratch.refusals import assert_refused

from hondo.core.errors import HondoError
from hondo.scratch import mistakes
from hondo.scratch.mistakes import Mistake

pytestmark = pytest.mark.mistake


def test_a_mistake_is_an_error_that_the_command_line_shows_without_a_traceback() -> None:
    assert issubclass(Mistake, HondoError)
    assert Mistake("what", "how").exit_code == 2


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_of_one_precision_pass_in_any_shape(dtype: type) -> None:
    mistakes.need_floats("f", a=np.zeros((2, 3), dtype), b=np.zeros((), dtype), c=dtype(1))


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        ([1.0], "f needs x as a NumPy array, got list … Write np.array(x, dtype=float)",
         "f necesita x como array de NumPy, llegó list … Escriba np.array(x, dtype=float)"),
        (1.5, "as a NumPy array, got float", "como array de NumPy, llegó float"),
        (None, "as a NumPy array, got NoneType", "como array de NumPy, llegó NoneType"),
        (np.array([1, 2]), "f needs x in floating point, got int64 … Write x.astype(float)",
         "f necesita x en coma flotante, llegó int64 … Escriba x.astype(float)"),
        (np.array([True]), "in floating point, got bool", "en coma flotante, llegó bool"),
        (np.array([1j]), "in floating point, got complex128", "en coma flotante, llegó complex128"),
        (np.uint8(3), "in floating point, got uint8", "en coma flotante, llegó uint8"),
    ],
)  # fmt: skip
def test_what_is_no_array_of_floats_is_refused(value: object, english: str, spanish: str) -> None:
    assert_refused(lambda: mistakes.need_floats("f", x=value), english, spanish)


def test_two_precisions_together_are_refused_and_both_are_named() -> None:
    assert_refused(
        lambda: mistakes.need_floats("f", x=np.zeros(2, np.float32), y=np.zeros(2)),
        "f needs arrays of one precision, got x float32, y float64 … .astype(float)",
        "f necesita arrays de una misma precisión, llegaron x float32, y float64 … .astype(float)",
    )


def test_different_shapes_are_refused_with_the_reshape_that_was_probably_forgotten() -> None:
    mistakes.need_same_shape("f", p=np.zeros((4, 1)), y=np.ones((4, 1)), z=np.ones((4, 1)))
    assert_refused(
        lambda: mistakes.need_same_shape("f", p=np.zeros((4, 1)), y=np.zeros(4)),
        "f needs p and y of the same shape, got (4, 1) and (4,) … Write y.reshape(p.shape)",
        "f necesita p y y con la misma forma, llegaron (4, 1) y (4,) … Escriba y.reshape(p.shape)",
    )
    assert_refused(
        lambda: mistakes.need_same_shape("f", p=np.zeros(3), y=np.zeros(3), z=np.zeros(4)),
        "p and z of the same shape, got (3,) and (4,) … one entry for each prediction",
        "p y z con la misma forma, llegaron (3,) y (4,) … una entrada por predicción",
    )


def test_the_proposed_reshape_helps() -> None:
    p, y = np.zeros((4, 1)), np.zeros(4)
    mistakes.need_same_shape("f", p=p, y=y.reshape(p.shape))


def test_a_missing_batch_axis_is_refused_and_the_hint_adds_it() -> None:
    picture = np.zeros((28, 28, 1))
    assert_refused(
        lambda: mistakes.need_rank("f", "x", picture, "batch, height, width, channels"),
        "f needs x with axes (batch, height, width, channels), got shape (28, 28, 1) … x[np.newaxis]",
        "f necesita x con los ejes (batch, height, width, channels), llegó la forma (28, 28, 1) … x[np.newaxis]",
    )
    mistakes.need_rank("f", "x", picture[np.newaxis], "batch, height, width, channels")
    mistakes.need_rank("f", "w", np.zeros(3), "inputs")


def test_a_shape_must_be_exactly_the_one_asked_for() -> None:
    mistakes.need_shape("f", "b", np.zeros(3), (3,))
    assert_refused(
        lambda: mistakes.need_shape("f", "b", np.zeros((3, 1)), (3,)),
        "f needs b of shape (3,), got (3, 1)",
        "f necesita b con la forma (3,), llegó (3, 1)",
    )


def test_a_product_needs_as_many_features_as_weights() -> None:
    mistakes.need_product("f", np.zeros((2, 3)), np.zeros((3, 5)))
    mistakes.need_product("f", np.zeros((2, 3)), np.zeros(3))
    assert_refused(
        lambda: mistakes.need_product("f", np.zeros((2, 3)), np.zeros((4, 5))),
        "f: x has 3 features a sample (shape (2, 3)), the weights are for 4 (shape (4, 5)) … The last axis of x",
        "f: x tiene 3 características por muestra (forma (2, 3)), los pesos son para 4 (forma (4, 5)) … El último eje",
    )


@pytest.mark.parametrize(
    ("ends", "inside", "outside"),
    [
        ("[]", [0, 0.5, 1], [-1e-9, 1.001]),
        ("[)", [0, 0.5], [-1e-9, 1]),
        ("(]", [0.5, 1], [0, 1.001]),
        ("()", [1e-9, 0.999], [0, 1, np.inf, -np.inf]),
    ],
)
def test_an_interval_includes_the_ends_that_its_brackets_say(
    ends: str, inside: list[float], outside: list[float]
) -> None:
    for value in inside:
        mistakes.need_between("f", "rate", value, 0, 1, ends=ends)
    for value in [*outside, float("nan")]:
        assert_refused(
            lambda value=value: mistakes.need_between("f", "rate", value, 0, 1, ends=ends),
            f"f needs rate in {ends[0]}0, 1{ends[1]}, got {value!r}",
            f"f necesita rate en {ends[0]}0, 1{ends[1]}, llegó {value!r}",
        )


def test_an_interval_can_go_on_for_ever() -> None:
    mistakes.need_between("f", "delta", 1e300, 0, np.inf, ends="()")
    assert_refused(
        lambda: mistakes.need_between("f", "delta", 0, 0, np.inf, ends="()"),
        "f needs delta in (0, inf), got 0", "f necesita delta en (0, inf), llegó 0",
    )  # fmt: skip
