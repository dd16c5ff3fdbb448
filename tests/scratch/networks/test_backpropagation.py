"""The three tellings of backpropagation, and JAX, come to the same gradients."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from hondo.core.language import use_language
from hondo.scratch.activations.catalogue import activation
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.simple import Activation
from hondo.scratch.losses.catalogue import loss as named_loss
from hondo.scratch.mistakes import Mistake
from hondo.scratch.networks.autodiff import Tensor
from hondo.scratch.networks.backpropagation import Weights, backward_pass, forward_pass, loss_and_gradients
from hondo.scratch.networks.network import Network

ON_JAX = {
    "linear": lambda z: z,
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "leaky_relu": lambda z: jax.nn.leaky_relu(z, 0.2),
    "elu": jax.nn.elu,
    "gelu": lambda z: jax.nn.gelu(z, approximate=False),
    "softplus": jax.nn.softplus,
}
LOSSES_ON_JAX = {
    "mean_squared_error": lambda a, y: ((a - y) ** 2).mean(),
    "binary_cross_entropy": lambda a, y: -(y * jnp.log(a) + (1 - y) * jnp.log(1 - a)).mean(),
    "sigmoid_cross_entropy": lambda a, y: (jnp.log1p(jnp.exp(a)) - y * a).mean(),
    "softmax_cross_entropy": lambda a, y: -(y * jax.nn.log_softmax(a)).sum(-1).mean(),
    "hinge": lambda a, y: jax.nn.relu(1 - y * a).mean(),
}
LOSSES_ON_TENSORS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mean_squared_error": lambda a, y: ((a - y) ** 2.0).mean(),
    "binary_cross_entropy": lambda a, y: -(y * a.log() + (1.0 - y) * (1.0 - a).log()).mean(),
    "sigmoid_cross_entropy": lambda a, y: ((a.exp() + 1.0).log() - y * a).mean(),
    "hinge": lambda a, y: (1.0 - y * a).relu().mean(),
}
NETWORKS = [
    ((3, 1), ["linear"], "mean_squared_error"),
    ((3, 1), ["sigmoid"], "binary_cross_entropy"),
    ((4, 5, 2), ["relu", "linear"], "mean_squared_error"),
    ((2, 6, 6, 3), ["tanh", "sigmoid", "linear"], "sigmoid_cross_entropy"),
    ((5, 4, 1), ["tanh", "linear"], "hinge"),
    ((3, 8, 5, 4, 2), ["relu", "tanh", "relu", "sigmoid"], "binary_cross_entropy"),
    ((4, 6, 5, 3), ["gelu", "softplus", "linear"], "softmax_cross_entropy"),
    ((4, 6, 3), ["leaky_relu", "elu"], "mean_squared_error"),
]
on_tensors = [case for case in NETWORKS if case[2] in LOSSES_ON_TENSORS and not {"elu", "gelu"} & set(case[1])]


def draw(sizes: Sequence[int], loss: str, rng: np.random.Generator) -> tuple[list[Weights], np.ndarray, np.ndarray]:
    """Random weights, inputs, and targets that suit the loss."""
    layers = [Weights(rng.normal(size=(n, m)), rng.normal(size=m)) for n, m in pairwise(sizes)]
    x, y = rng.normal(size=(7, sizes[0])), rng.normal(size=(7, sizes[-1]))
    if "cross" in loss:
        y = (y > 0).astype(float)
    if loss == "softmax_cross_entropy":
        y = np.eye(sizes[-1])[rng.integers(0, sizes[-1], 7)]
    if loss == "hinge":
        y = np.sign(y)
    return layers, x, y


@pytest.mark.parametrize(("sizes", "activations", "loss"), NETWORKS)
def test_matrices_come_to_jaxs_gradients(
    sizes: tuple[int, ...], activations: list[str], loss: str, double: None, rng: np.random.Generator
) -> None:
    layers, x, y = draw(sizes, loss, rng)

    def on_jax(layers: list[Weights]) -> jax.Array:
        a = jnp.asarray(x)
        for (W, b), name in zip(layers, activations, strict=True):
            a = ON_JAX[name](a @ W + b)
        return LOSSES_ON_JAX[loss](a, y)

    expected, slopes = jax.jit(jax.value_and_grad(on_jax))([Weights(jnp.asarray(W), jnp.asarray(b)) for W, b in layers])
    value, gradients = loss_and_gradients(layers, activations, loss, x, y)
    assert value == pytest.approx(float(expected), rel=1e-10)
    for mine, theirs in zip(gradients, slopes, strict=True):
        np.testing.assert_allclose(mine.W, theirs.W, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(mine.b, theirs.b, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("sizes", "activations", "loss"), NETWORKS)
def test_layers_come_to_the_same_gradients(
    sizes: tuple[int, ...], activations: list[str], loss: str, rng: np.random.Generator
) -> None:
    layers, x, y = draw(sizes, loss, rng)
    value, gradients = loss_and_gradients(layers, activations, loss, x, y)
    parts = [part for name, m in zip(activations, sizes[1:], strict=True) for part in (Dense(m), Activation(name))]
    network = Network(parts, (sizes[0],))
    network.parameters = {f"{2 * n}.{k}": w for n, both in enumerate(layers) for k, w in both._asdict().items()}
    predicted = network.forward(x)
    assert named_loss(loss).function(predicted, y) == pytest.approx(value, rel=1e-12)
    network.backward(named_loss(loss).gradient(predicted, y))
    for n, both in enumerate(gradients):
        np.testing.assert_allclose(network.gradients[f"{2 * n}.W"], both.W, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(network.gradients[f"{2 * n}.b"], both.b, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("sizes", "activations", "loss"), on_tensors)
def test_the_graph_comes_to_the_same_gradients(
    sizes: tuple[int, ...], activations: list[str], loss: str, rng: np.random.Generator
) -> None:
    layers, x, y = draw(sizes, loss, rng)
    value, gradients = loss_and_gradients(layers, activations, loss, x, y)
    a, tensors = Tensor(x), [(Tensor(W), Tensor(b)) for W, b in layers]
    for (W, b), name in zip(tensors, activations, strict=True):
        z = a @ W + b
        a = z if name == "linear" else getattr(z, name)()
    graph = LOSSES_ON_TENSORS[loss](a, Tensor(y))
    graph.backward()
    assert graph.value.item() == pytest.approx(value, rel=1e-12)
    for (W, b), both in zip(tensors, gradients, strict=True):
        np.testing.assert_allclose(W.gradient, both.W, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(b.gradient, both.b, rtol=1e-10, atol=1e-10)


def test_the_passes_keep_what_every_layer_computed_and_send_back_any_gradient(rng: np.random.Generator) -> None:
    (first, second), x, _ = draw((3, 4, 2), "mean_squared_error", rng)
    passes = forward_pass([first, second], ["tanh", "sigmoid"], x)
    np.testing.assert_allclose(passes[0].z, np.einsum("ni,ij->nj", x, first.W) + first.b, rtol=1e-12)
    np.testing.assert_allclose(passes[0].a, np.tanh(passes[0].z), rtol=1e-12)
    np.testing.assert_allclose(passes[1].z, np.einsum("ni,ij->nj", passes[0].a, second.W) + second.b, rtol=1e-12)
    np.testing.assert_allclose(passes[1].a, 1 / (1 + np.exp(-passes[1].z)), rtol=1e-12)
    d_a, h = rng.normal(size=(7, 2)), 1e-6
    gradients = backward_pass([first, second], ["tanh", "sigmoid"], passes, x, d_a)

    def change(**nudged: np.ndarray) -> float:
        layers = [Weights(nudged.get("W_1", first.W), nudged.get("b_1", first.b)), second]
        return float((forward_pass(layers, ["tanh", "sigmoid"], x)[-1].a * d_a).sum())

    for i, j in np.ndindex(3, 4):
        nudge = h * np.outer(np.eye(3)[i], np.eye(4)[j])
        slope = (change(W_1=first.W + nudge) - change(W_1=first.W - nudge)) / (2 * h)
        assert gradients[0].W[i, j] == pytest.approx(slope, rel=1e-6, abs=1e-8)
        slope = (change(b_1=first.b + nudge[i]) - change(b_1=first.b - nudge[i])) / (2 * h)
        assert gradients[0].b[j] == pytest.approx(slope, rel=1e-6, abs=1e-8)


layer, x, y = Weights(np.ones((2, 1)), np.zeros(1)), np.ones((3, 2)), np.ones((3, 1))


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wrong", "english", "spanish"),
    [
        (lambda: forward_pass([layer], ["relu", "relu"], x), "1 layers need as many act.*got 2", "1 capas neces.*2"),
        (lambda: forward_pass([], [], x), "0 layers need as many", "0 capas necesitan"),
        (lambda: backward_pass([layer], [], [], x, y), "1 layers need as many act.*got 0", "1 capas necesitan.*0"),
        (lambda: forward_pass([layer, layer], ["relu", "relu"], x), "x has 1 features", "x tiene 1 características"),
        (lambda: forward_pass([layer], ["rleu"], x), "no activation 'rleu'", "no existe la activación 'rleu'"),
        (lambda: loss_and_gradients([layer], ["relu"], "hubert", x, y), "no loss 'hubert'", "pérdida 'hubert'"),
        (lambda: loss_and_gradients([layer], ["relu"], "huber", x, y[:, 0]), "same shape", "misma forma"),
    ],
)
def test_what_does_not_belong_together_is_refused(wrong: Callable, english: str, spanish: str) -> None:
    with use_language("en"), pytest.raises(Mistake, match=english):
        wrong()
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        wrong()


def test_every_activation_is_among_those_that_were_compared() -> None:
    assert all(activation(name).name == name for name in ON_JAX)
