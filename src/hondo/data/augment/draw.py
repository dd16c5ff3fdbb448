"""Random numbers that are looked up rather than generated: by seed, epoch and sample, in any order.

A generator for each picture would cost more than the picture's transform, and a generator for each batch would tie the
numbers to the batches. SplitMix64 is a counter with a mixing function behind it, so its n-th number is computed
directly, for all pictures of a batch at once.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hondo.core.arrays import IntArray
from hondo.core.seeds import generator

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_COLUMNS = np.uint64(24)  # so many bits for what is drawn, the others for the sample


@lru_cache(maxsize=256)
def epoch_key(seed: int, epoch: int) -> int:
    """Where the numbers of one epoch begin: 64 bits."""
    return int(generator(seed, "augment", epoch).integers(2**64, dtype=np.uint64))


def uniforms(key: int, samples: IntArray, columns: Sequence[int]) -> npt.NDArray[np.float64]:
    """One number in [0, 1) for each column and sample.

    Args:
        key: from :func:`epoch_key`.
        samples: the samples' numbers ``(n,)``, at least 0 and below 2⁴⁰.
        columns: what is drawn, as numbers below 2²⁴; each has a stream of its own, so that drawing one thing more never
            shifts another.

    Returns:
        float64 ``(columns, n)``.

    Example:
        >>> together = uniforms(1, np.array([5, 6, 7]), [0, 3])
        >>> alone = uniforms(1, np.array([7]), [3])
        >>> bool(together[1, 2] == alone[0, 0])
        True

    Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    """
    places = np.asarray(samples).astype(np.uint64) << _COLUMNS
    state = places[np.newaxis, :] + np.asarray(columns, dtype=np.uint64)[:, np.newaxis]  # (columns, n)
    state *= _GAMMA
    state += np.uint64(key)
    state ^= state >> np.uint64(30)
    state *= _MIX_1
    state ^= state >> np.uint64(27)
    state *= _MIX_2
    state ^= state >> np.uint64(31)
    state >>= np.uint64(11)
    return state.astype(np.float64) * 2.0**-53


def batch_generator(seed: int, epoch: int, step: int) -> np.random.Generator:
    """The generator for what a batch draws as a whole."""
    return generator(seed, "augment-batch", epoch, step)
