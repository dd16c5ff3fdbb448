from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from hondo.core.language import use_language
from hondo.scratch.mistakes import Mistake
from hondo.scratch.networks.autodiff import Tensor

Formula = Callable[..., Any]

# The same formula on tensors and on JAX's arrays.
OPERATORS: dict[str, tuple[Formula, list[tuple[int, ...]]]] = {
    "add": (lambda a, b: a + b, [(2, 3), (2, 3)]),
    "add a row": (lambda a, b: a + b, [(2, 3), (3,)]),
    "add a row to a column": (lambda a, b: a + b, [(2, 1), (3,)]),
    "add numbers": (lambda a: 2.0 + (a + 3.0), [(2, 3)]),
    "subtract": (lambda a, b: a - b, [(3,), (2, 3)]),
    "subtract from a number": (lambda a: 2.0 - (a - 3.0), [(2, 3)]),
    "multiply": (lambda a, b: a * b, [(2, 3), (2, 3)]),
    "multiply by a column": (lambda a, b: a * b, [(4, 2, 3), (2, 1)]),
    "multiply by a scalar": (lambda a, b: a * b, [(), (2, 3)]),
    "multiply by a number": (lambda a: 2.0 * a * 3.0, [(2, 3)]),
    "divide": (lambda a, b: a / b, [(2, 3), (3,)]),
    "divide by and into numbers": (lambda a: 2.0 / (a / 3.0), [(2, 3)]),
    "negate": (lambda a: -a, [(2, 3)]),
    "square": (lambda a: a**2.0, [(2, 3)]),
    "powers": (lambda a: a**3.0 + a**-1.5 + a**0.5, [(2, 3)]),
    "matrices": (lambda a, b: a @ b, [(2, 3), (3, 4)]),
    "sum": (lambda a: a.sum() * a, [(2, 3)]),
    "mean": (lambda a: a.mean() * a, [(2, 3)]),
    "a tensor with itself": (lambda a: a * a + a / (a + a), [(2, 3)]),
    "used in many places": (lambda a, b: (a @ b + b) * (a - b) + a, [(3, 3), (3, 3)]),
    "scalars only": (lambda a, b: a * b + a**2.0 / b, [(), ()]),
}
FUNCTIONS: dict[str, Formula] = {
    "exp": jnp.exp,
    "log": jnp.log,
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
}


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_and_its_gradients_are_jax(name: str, double: None, rng: np.random.Generator) -> None:
    formula, shapes = OPERATORS[name]
    arrays = [np.asarray(rng.uniform(0.5, 2, shape)) for shape in shapes]
    expected = np.asarray(formula(*map(jnp.asarray, arrays)))
    d_y = np.asarray(rng.normal(size=expected.shape))
    gradients = jax.grad(lambda *t: (formula(*t) * d_y).sum(), tuple(range(len(arrays))))(*map(jnp.asarray, arrays))
    tensors = [Tensor(array) for array in arrays]
    result = formula(*tensors)
    np.testing.assert_allclose(result.value, expected, rtol=1e-12, atol=1e-12)
    (result * Tensor(d_y)).sum().backward()
    for tensor, gradient in zip(tensors, gradients, strict=True):
        assert np.shape(tensor.gradient) == np.shape(tensor.value)
        np.testing.assert_allclose(tensor.gradient, gradient, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_and_its_gradient_are_jax(name: str, double: None, rng: np.random.Generator) -> None:
    x = rng.uniform(0.1, 3, (4, 5)) if name == "log" else 3 * rng.normal(size=(4, 5))
    if name == "relu":
        x[0, 0] = 0.0
    d_y = rng.normal(size=(4, 5))
    tensor = Tensor(x)
    result = getattr(tensor, name)()
    np.testing.assert_allclose(result.value, FUNCTIONS[name](x), rtol=1e-12, atol=1e-12)
    (result * Tensor(d_y)).sum().backward()
    gradient = jax.grad(lambda x: (FUNCTIONS[name](x) * d_y).sum())(jnp.asarray(x))
    np.testing.assert_allclose(tensor.gradient, gradient, rtol=1e-10, atol=1e-12)


def test_numbers_between_operations_have_gradients_too() -> None:
    a = Tensor(np.array([1.0, 2.0]))
    square = a * a
    (square * Tensor(np.array([3.0, 5.0]))).sum().backward()
    np.testing.assert_array_equal(square.gradient, [3, 5])
    np.testing.assert_array_equal(a.gradient, [6, 20])


def test_sigmoid_stays_finite_for_large_numbers() -> None:
    tensor = Tensor(np.array([-1000.0, 1000.0]))
    result = tensor.sigmoid()
    result.sum().backward()
    np.testing.assert_array_equal(result.value, [0, 1])
    np.testing.assert_array_equal(tensor.gradient, [0, 0])


def test_a_second_backward_gives_the_same_gradient(rng: np.random.Generator) -> None:
    w = Tensor(rng.normal(size=(3, 2)))
    loss = (w * w).tanh().mean()
    loss.backward()
    first = w.gradient.copy()
    loss.backward()
    np.testing.assert_array_equal(w.gradient, first)


def test_another_losss_backward_begins_anew() -> None:
    w = Tensor(np.array([3.0]))
    (w * w).sum().backward()
    (w * 5.0).sum().backward()
    np.testing.assert_array_equal(w.gradient, [5.0])


def test_a_graph_may_be_thousands_of_operations_deep() -> None:
    w = Tensor(np.array([1.0, 2.0]))
    value = w
    for _ in range(5000):
        value = value * 1.0001 + w
    value.sum().backward()
    # d/dw of wᵏ⁺¹ = 1.0001 wᵏ + w is a geometric sum.
    np.testing.assert_allclose(w.gradient, (1.0001**5001 - 1) / 0.0001, rtol=1e-9)


def test_the_graph_is_walked_once_however_many_ways_there_are_through_it() -> None:
    w = Tensor(np.array([1.0]))
    value = w
    for _ in range(60):  # 2⁶⁰ ways
        value = value + value
    value.sum().backward()
    np.testing.assert_array_equal(w.gradient, [2.0**60])


def test_single_precision_stays_single() -> None:
    w = Tensor(np.ones((2, 2), np.float32))
    loss = (((w * 2.0 + 1.0) / 3.0) ** 2.0).sigmoid().mean()
    loss.backward()
    assert loss.value.dtype == w.gradient.dtype == np.float32


def test_a_plain_number_is_a_scalar_and_a_tensor_shows_its_numbers() -> None:
    assert Tensor(2.5).value.shape == ()
    assert repr(Tensor(np.array([[1.0, 2.0]]))) == "Tensor([[1.0, 2.0]])"


vector = Tensor(np.ones(3))


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wrong", "english", "spanish"),
    [
        (vector.backward, r"single number, this tensor has shape \(3,\)", r"solo número, este tensor tiene la forma"),
        (lambda: vector + Tensor(np.ones(2)), r"do not broadcast: axis -1 has", r"no son compatibles: el eje -1"),
        (lambda: vector * Tensor(np.ones(2)), r"do not broadcast: axis -1 has", r"no son compatibles: el eje -1"),
        (lambda: vector @ Tensor(np.ones((3, 2))), r"@ needs left with axes", r"@ necesita left con los ejes"),
        (lambda: Tensor(np.ones(2, int)), r"Tensor needs value in floating point", r"Tensor necesita value en coma"),
        (lambda: Tensor([1.0, 2.0]), r"value as a NumPy array, got list", r"value como array de NumPy, llegó list"),
    ],
)
def test_what_has_no_meaning_is_refused(wrong: Callable, english: str, spanish: str) -> None:
    with use_language("en"), pytest.raises(Mistake, match=english):
        wrong()
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        wrong()


def test_an_array_beside_a_tensor_becomes_one(rng: np.random.Generator) -> None:
    a, w = rng.normal(size=(2, 3)), Tensor(rng.normal(size=(3, 2)))
    for product in (a @ w, Tensor(a) @ w):
        product.sum().backward()
        np.testing.assert_allclose(w.gradient, a.sum(axis=0)[:, None] * np.ones((3, 2)))
    (a.T * w).sum().backward()
    np.testing.assert_array_equal(w.gradient, a.T)
    assert isinstance(a.T + w, Tensor)
    np.testing.assert_allclose((w @ a).value, w.value @ a)
