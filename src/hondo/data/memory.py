"""How much raw data is held in memory, while the rest stays on the disk; and memory that is used again for it.

Fresh memory is not free: the system clears it page by page, which can take a third of the time of decoding a picture.
"""

import threading
from math import prod
from typing import Any

import numpy as np
import psutil

from hondo.core.arrays import Array

MOST = 1_000_000_000
# uint8 pixels become float32 (4×) in preprocessing, in a copy of it, and once more on the device.
_TIMES = 12


def held_bytes() -> int:
    """Up to how many bytes raw data are held: a twelfth of the memory that is free now, at most a gigabyte."""
    return min(MOST, int(psutil.virtual_memory().available) // _TIMES)


_lent = threading.local()


def lent_array(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """An array with any content, which this thread may use until it asks for the next one."""
    size = prod(shape) * dtype.itemsize
    memory = getattr(_lent, "memory", None)
    if memory is None or len(memory) < size:
        memory = _lent.memory = np.empty(size, np.uint8)
    return memory[:size].view(dtype).reshape(shape)
