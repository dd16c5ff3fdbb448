"""In which order points are learnt: a permutation for each epoch, from seed and epoch alone.

NumPy and the machine code of ``code.py`` draw the same one: numbers are those of *splitmix64*, counted instead of
chained, and the shuffle is Fisher and Yates's from the inside out.

Source: G. Steele, D. Lea, C. Flood, *Fast splittable pseudorandom number generators*, OOPSLA (2014).
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

GOLDEN = 0x9E3779B97F4A7C15
MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
LAST_SHIFT = 31
_WORD = 2**64 - 1


def mixed(value: int) -> int:
    """A number of 64 bits whose bits all depend on all of the value's."""
    value &= _WORD
    for shift, factor in MIX:
        value = ((value ^ (value >> shift)) * factor) & _WORD
    return value ^ (value >> LAST_SHIFT)


def seed_key(seed: int) -> int:
    """What a seed contributes to every epoch's key."""
    return mixed(seed + GOLDEN)


@lru_cache(maxsize=8)
def order(seed: int, epoch: int, points: int) -> npt.NDArray[np.int32]:
    """The order in which an epoch goes through the points.

    Returns:
        A permutation ``(points,)``, not to be written to.

    Example:
        >>> sorted(order(0, 3, 5).tolist())
        [0, 1, 2, 3, 4]
    """
    key = mixed(seed_key(seed) + epoch * GOLDEN)
    counters = np.arange(points, dtype=np.uint64)
    value = np.uint64(key) + counters * np.uint64(GOLDEN)  # (points,)
    for shift, factor in MIX:
        value = (value ^ (value >> np.uint64(shift))) * np.uint64(factor)
    value ^= value >> np.uint64(LAST_SHIFT)
    partners = ((value >> np.uint64(32)) * (counters + np.uint64(1))) >> np.uint64(32)  # each ≤ its own number
    result = [0] * points
    for number, partner in enumerate(partners.tolist()):
        result[number] = result[partner]
        result[partner] = number
    found = np.array(result, np.int32)
    found.flags.writeable = False
    return found
