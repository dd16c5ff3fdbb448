"""How much raw data is held in memory; more than that stays on the disk and is read while training."""

import psutil

MOST = 1_000_000_000
# uint8 pixels become float32 (4×) in preprocessing, in a copy of it, and once more on the device.
_TIMES = 12


def held_bytes() -> int:
    """Up to how many bytes raw data are held: a twelfth of the memory that is free now, at most a gigabyte."""
    return min(MOST, int(psutil.virtual_memory().available) // _TIMES)
