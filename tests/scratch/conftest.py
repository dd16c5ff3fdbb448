"""What the tests of the fundamentals share: Keras in double precision, and shape annotations that are enforced.

With ``HONDO_CHECK_SHAPES`` every annotated shape in ``hondo.scratch`` is checked at every call; ``test_annotations.py``
runs these tests once more that way. Tests of mistakes carry the mark ``mistake`` and are left out there, because the
checker would speak before our own errors do.
"""

import os
from collections.abc import Iterator

import jax
import numpy as np
import pytest

if os.environ.get("HONDO_CHECK_SHAPES"):
    from jaxtyping import install_import_hook

    install_import_hook("hondo.scratch", "beartype.beartype")


@pytest.fixture
def double() -> Iterator[None]:
    """Keras on JAX computes in float64 inside the test, so that agreement to 1e-6 and better can be asked for."""
    from hondo.core.backend import keras

    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    with jax.enable_x64(True):
        yield
    keras.config.set_floatx(before)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
