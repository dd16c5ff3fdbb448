"""Whether this machine can run the kernels: they are tried once before anything depends on them."""

from functools import cache

import jax
import numpy as np

from hondo.core.machine import allowed
from hondo.engine.kernels.sums import column_sums


def usable() -> bool:
    """Whether the kernels work here; ``HONDO_KERNELS=off`` leaves everything to XLA."""
    return allowed() and _works()


@cache
def _works() -> bool:
    """Try a kernel on this processor, with this version of XLA."""
    x = np.arange(3 * 40, dtype=np.float32).reshape(40, 3)
    try:
        found = jax.jit(lambda rows: column_sums(("array", 0), (rows,), *x.shape))(x)
    except (jax.errors.JaxRuntimeError, RuntimeError, OSError):
        return False
    return bool(np.array_equal(found, x.sum(0)))
