"""What all tests share: English texts, a private workspace and cache, the real data where they are, a browser."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
LARGEST_PROCESS = 2**30  # bytes

os.environ["HONDO_LANG"] = "en"
settings.register_profile("any machine", deadline=None)  # speed is measured in benchmarks/
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has its own workspace; nobody's real runs are touched."""
    home = tmp_path / "hondo-home"
    monkeypatch.setenv("HONDO_HOME", str(home))
    monkeypatch.delenv("HONDO_DATA", raising=False)
    monkeypatch.delenv("HONDO_DATABASE", raising=False)
    return home


@pytest.fixture(scope="module", autouse=True)
def bounded_memory() -> Iterator[None]:
    """Forget compiled programs when there are many: JAX keeps all of a process, several gigabytes for all tests."""
    yield
    if "jax" in sys.modules and psutil.Process().memory_info().rss > LARGEST_PROCESS:
        sys.modules["jax"].clear_caches()
        gc.collect()


@pytest.fixture
def shared_data() -> Path:
    """The folder with real MNIST and CIFAR-10 that stands beside a developer's checkout.

    Continuous integration sets ``HONDO_REQUIRE_SHARED`` so that these tests cannot be skipped there unnoticed.
    """
    folder = Path(os.environ.get("HONDO_SHARED", REPOSITORY.parent / "shared")) / "data"
    if not folder.is_dir():
        if os.environ.get("HONDO_REQUIRE_SHARED"):
            pytest.fail(f"HONDO_REQUIRE_SHARED is set but {folder} does not exist")
        pytest.skip(f"needs the real data in {folder}")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, one for all tests of a module: while it runs, this thread has an event loop and can run no other.

    Continuous integration sets ``HONDO_REQUIRE_BROWSER`` so that these tests cannot be skipped there unnoticed.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("HONDO_REQUIRE_BROWSER"):
            pytest.fail("HONDO_REQUIRE_BROWSER is set but there is no chromium")
        pytest.skip("needs chromium on the path")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def weights_from_numpy() -> Iterator[None]:
    """Initial weights that NumPy draws, for tests to which it does not matter which they are.

    Keras on JAX compiles a program for every shape that it draws, which for a large network takes longer than all else.
    """
    from hondo.core.backend import keras

    patched = pytest.MonkeyPatch()
    for name in ("normal", "truncated_normal", "uniform"):
        drawing = keras.src.backend.random
        patched.setattr(drawing, name, _by_numpy(keras, name, getattr(drawing, name)))
    yield
    patched.undo()


def _by_numpy(keras: Any, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def draw(shape: Any, *given: Any, dtype: Any = None, seed: Any = None, **named: Any) -> Any:
        import jax

        key = keras.src.backend.jax.random.jax_draw_seed(seed)
        if isinstance(key, jax.core.Tracer):  # while training, inside a compiled step
            return original(shape, *given, dtype=dtype, seed=key, **named)
        low, high = [*given, *named.values()] or (0.0, 1.0)  # or mean and deviation
        rng = np.random.default_rng(np.ravel(np.asarray(key)).tolist())
        if name == "uniform":
            values = rng.uniform(low, high, shape)
        else:
            values = rng.standard_normal(shape)
            values = low + high * (np.where(abs(values) > 2, 0, values) if name == "truncated_normal" else values)
        return keras.ops.convert_to_tensor(values, dtype=dtype or keras.config.floatx())

    return draw
