"""Mean and standard deviation of more numbers than fit in memory, in one pass."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hondo.core.arrays import Array, FloatArray


@dataclass(frozen=True)
class Moments:
    """What standardising needs, of each feature or channel.

    Attributes:
        mean: float64.
        std: the population standard deviation, float64; exactly 0 where all values are equal.
    """

    mean: FloatArray
    std: FloatArray


def moments(chunks: Iterable[Array], axes: tuple[int, ...]) -> Moments:
    """The mean and standard deviation over ``axes`` of all chunks together.

    The sums of squares are taken about each chunk's own mean and then merged, so that values far from zero lose no
    digits.

    Args:
        chunks: arrays that differ in the length of their first axis only; at least one, none empty.
        axes: the axes that vanish, the first among them.

    Example:
        >>> found = moments([np.array([[1.0], [2.0]]), np.array([[6.0]])], (0,))
        >>> found.mean.tolist(), found.std.round(3).tolist()
        ([3.0], [2.16])

    Source: T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances", 1979.
    """
    count, mean, squares = 0, np.float64(0), np.float64(0)
    low, high = np.float64(np.inf), np.float64(-np.inf)
    for chunk in chunks:
        values = chunk.astype(np.float64)
        low, high = np.minimum(low, values.min(axes)), np.maximum(high, values.max(axes))
        here = values.mean(axes)
        size = int(np.prod([values.shape[axis] for axis in axes]))
        values -= here
        np.square(values, out=values)
        shift, total = here - mean, count + size
        squares = squares + values.sum(axes) + shift**2 * (count * size / total)
        mean = mean + shift * (size / total)
        count = total
    constant = low == high
    return Moments(np.where(constant, low, mean), np.where(constant, 0.0, np.sqrt(squares / count)))
