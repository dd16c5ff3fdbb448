"""Automatic differentiation on a page: numbers that remember where they came from.

Every operation makes a new tensor that knows its parents and how to pass its gradient on to them. The graph that grows
this way is walked once, from the result back, each tensor after all that used it; what arrives is added up, because a
number that is used twice answers twice. It is backpropagation for any formula, and what JAX and PyTorch are made of.

Source: A. Griewank, A. Walther, *Evaluating derivatives*, 2nd ed. (2008), chapter 3; A. Karpathy's micrograd.
"""

from collections.abc import Callable, Iterator

import numpy as np

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake, need_floats, need_rank
from hondo.scratch.tensors.broadcasting import broadcast_shape, sum_to_shape

Backward = Callable[[np.ndarray], tuple[np.ndarray, ...]]


class Tensor:
    """A tensor in a graph.

    Args:
        value: the numbers, of any shape; a plain number becomes a scalar.
        parents: the tensors that it was computed from.
        backward: from ∂L/∂(this) to ∂L/∂(each parent).

    Attributes:
        gradient: ∂L/∂(this), of the same shape, after :meth:`backward` of the tensor L.

    Example:
        >>> w = Tensor(3.0)
        >>> (w * w + w).backward()
        >>> w.gradient.item()  # 2w + 1
        7.0
    """

    __array_ufunc__ = None  # an array on the left leaves the operation to the tensor on the right

    def __init__(
        self,
        value: np.ndarray | np.generic | float,
        parents: "tuple[Tensor, ...]" = (),
        backward: Backward = lambda gradient: (),  # a leaf passes nothing on
    ) -> None:
        number = np.asarray(value, float) if isinstance(value, (int, float)) else value
        need_floats("Tensor", value=number)
        self.value: np.ndarray = np.asarray(number)
        self.gradient = np.zeros_like(self.value)
        self._parents, self._backward = parents, backward

    def __repr__(self) -> str:
        return f"Tensor({self.value.tolist()})"

    def backward(self) -> None:
        """Fill ``gradient`` of every tensor that this one depends on.

        Raises:
            Mistake: if this is not a single number: only one quantity can be made smaller.
        """
        if self.value.size != 1:
            raise Mistake(
                tr(
                    f"backward starts from a single number, this tensor has shape {self.value.shape}",
                    f"backward parte de un solo número, este tensor tiene la forma {self.value.shape}",
                ),
                tr("Take .mean() or .sum() first.", "Tome antes .mean() o .sum()."),
            )
        order = list(self._ancestors())
        for tensor in order:
            tensor.gradient = np.zeros_like(tensor.value)
        self.gradient = np.ones_like(self.value)  # ∂L/∂L
        for tensor in reversed(order):
            for parent, part in zip(tensor._parents, tensor._backward(tensor.gradient), strict=True):
                parent.gradient = parent.gradient + sum_to_shape(np.asarray(part), parent.value.shape)

    def _ancestors(self) -> "Iterator[Tensor]":
        """This tensor and all before it, parents first; without recursion, so that graphs may be deep."""
        seen: set[int] = set()
        stack: list[tuple[Tensor, bool]] = [(self, False)]
        while stack:
            tensor, parents_done = stack.pop()
            if parents_done:
                yield tensor
            elif id(tensor) not in seen:
                seen.add(id(tensor))
                stack.append((tensor, True))
                stack += [(parent, False) for parent in tensor._parents]

    def __add__(self, other: "Tensor | np.ndarray | float") -> "Tensor":
        other = _tensor(other, self)
        return Tensor(self.value + other.value, (self, other), lambda g: (g, g))

    def __mul__(self, other: "Tensor | np.ndarray | float") -> "Tensor":
        other = _tensor(other, self)
        return Tensor(self.value * other.value, (self, other), lambda g: (g * other.value, g * self.value))

    def __matmul__(self, other: "Tensor | np.ndarray") -> "Tensor":
        other = other if isinstance(other, Tensor) else Tensor(other)
        need_rank("@", "left", self.value, "rows, inner")
        need_rank("@", "right", other.value, "inner, columns")
        return Tensor(self.value @ other.value, (self, other), lambda g: (g @ other.value.T, self.value.T @ g))

    def __pow__(self, exponent: float) -> "Tensor":
        return Tensor(self.value**exponent, (self,), lambda g: (g * exponent * self.value ** (exponent - 1),))

    def __neg__(self) -> "Tensor":
        return self * -1.0

    def __sub__(self, other: "Tensor | np.ndarray | float") -> "Tensor":
        return self + -_tensor(other, self)

    def __truediv__(self, other: "Tensor | np.ndarray | float") -> "Tensor":
        return self * _tensor(other, self) ** -1.0

    __radd__, __rmul__ = __add__, __mul__

    def __rmatmul__(self, other: np.ndarray) -> "Tensor":
        return Tensor(other) @ self

    def __rsub__(self, other: np.ndarray | float) -> "Tensor":
        return -self + other

    def __rtruediv__(self, other: np.ndarray | float) -> "Tensor":
        return self**-1.0 * other

    def sum(self) -> "Tensor":
        """Σ of all elements, a scalar."""
        return Tensor(np.asarray(self.value.sum()), (self,), lambda g: (np.broadcast_to(g, self.value.shape),))

    def mean(self) -> "Tensor":
        """The average of all elements, a scalar."""
        return self.sum() * (1 / self.value.size)

    def exp(self) -> "Tensor":
        """eˣ, its own derivative."""
        out = np.exp(self.value)
        return Tensor(out, (self,), lambda g: (g * out,))

    def log(self) -> "Tensor":
        """The natural logarithm."""
        return Tensor(np.log(self.value), (self,), lambda g: (g / self.value,))

    def relu(self) -> "Tensor":
        """max(0, x)."""
        return Tensor(np.maximum(self.value, 0), (self,), lambda g: (g * (self.value > 0),))

    def tanh(self) -> "Tensor":
        """The hyperbolic tangent."""
        out = np.tanh(self.value)
        return Tensor(out, (self,), lambda g: (g * (1 - out**2),))

    def sigmoid(self) -> "Tensor":
        """1 / (1 + e⁻ˣ) = (1 + tanh(x/2)) / 2."""
        return (1 + (self * 0.5).tanh()) * 0.5


def _tensor(other: Tensor | np.ndarray | float, beside: Tensor) -> Tensor:
    made = other if isinstance(other, Tensor) else Tensor(np.asarray(other, beside.value.dtype))
    broadcast_shape(made.value.shape, beside.value.shape)  # says what does not fit
    return made
