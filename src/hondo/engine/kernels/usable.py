"""Whether this machine can run the kernels: they are tried once before anything depends on them."""

from functools import cache

import jax
import numpy as np

from hondo.core.machine import allowed
from hondo.engine.kernels.elementwise import elementwise
from hondo.engine.kernels.sums import column_sums


def usable() -> bool:
    """Whether the kernels work here; ``HONDO_KERNELS=off`` leaves everything to XLA."""
    return allowed() and _works()


@cache
def _works() -> bool:
    """Try two kernels on this processor, with this version of XLA: one alone, one with several results and threads."""
    x = np.arange(2**17 + 5, dtype=np.float32)
    lines = x[:120].reshape(40, 3)
    expressions = [(kind, ("array", 0), ("number", 1.0)) for kind in ("add", "sub")]
    try:
        found = jax.jit(lambda x, lines: (*elementwise(expressions, (x,), x.shape), _sums(lines)))(x, lines)
    except (jax.errors.JaxRuntimeError, RuntimeError, OSError):
        return False
    wanted = (x + 1, x - 1, lines.sum(0))
    return all(np.array_equal(ours, theirs) for ours, theirs in zip(found, wanted, strict=True))


def _sums(lines: jax.Array) -> jax.Array:
    return column_sums(("array", 0), (lines,), *lines.shape)
