"""What the tests of the fundamentals share: Keras in double precision, and shape annotations that are enforced.

With ``HONDO_CHECK_SHAPES`` every annotated shape in ``hondo.scratch`` is checked at every call; ``test_annotations.py``
runs these tests once more that way. Tests of mistakes carry the mark ``mistake`` and are left out there, because the
checker would speak before our own errors do. With ``HONDO_SCRATCH_ONCE``, as in ``.ci/run``, what runs that way does
not run without checks as well.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import jax
import numpy as np
import pytest

if os.environ.get("HONDO_CHECK_SHAPES"):
    from jaxtyping import install_import_hook

    # "float" in an annotation means any real number here, as to every type checker.
    install_import_hook("hondo.scratch", "numbers_checked.check")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the run with checks what is its own."""
    if not os.environ.get("HONDO_SCRATCH_ONCE") or os.environ.get("HONDO_CHECK_SHAPES"):
        return
    here = Path(__file__).parent
    own = {item for item in items if here in item.path.parents and item.path.name != "test_annotations.py"}
    left = [item for item in own if not (item.get_closest_marker("mistake") or item.get_closest_marker("slow"))]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keras on JAX computes in float64 inside the test, so that agreement to 1e-6 and better can be asked for.

    Some of its operations (means, tanh, convolutions) would still fall back to float32; that table is what stops them.
    """
    from keras.src.backend.common import dtypes

    from hondo.core.backend import keras

    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")  # whoever made a layer before has fixed it to float32
    with jax.enable_x64(True):
        yield
    keras.config.set_floatx(before)
    keras.config.set_dtype_policy(policy)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
