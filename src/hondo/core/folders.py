"""Where things lie on this machine; light, so that anyone may ask without importing Keras."""

import os
from pathlib import Path

import platformdirs


def workspace_folder() -> Path:
    """Runs and their database: ``HONDO_HOME``, else the platform's user-data folder."""
    chosen = os.environ.get("HONDO_HOME")
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir("hondo", appauthor=False))


def cache_folder() -> Path:
    """What can be made again: ``HONDO_CACHE``, else the platform's cache folder."""
    chosen = os.environ.get("HONDO_CACHE")
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("hondo", appauthor=False))


def programs_folder() -> Path:
    """Programs that XLA compiled: ``JAX_COMPILATION_CACHE_DIR``, else ``xla`` in the cache folder."""
    return Path(os.environ.get("JAX_COMPILATION_CACHE_DIR") or cache_folder() / "xla")


def kernels_folder() -> Path:
    """Machine code of Hondo's own: ``kernels`` in the cache folder."""
    return cache_folder() / "kernels"


def downloads_folder() -> Path:
    """Data sets that were fetched, where Keras keeps its own: ``KERAS_HOME``, else ``~/.keras``."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"


def features_folder() -> Path:
    """Features that frozen backbones gave: ``features`` in the cache folder."""
    return cache_folder() / "features"


def formulas_folder() -> Path:
    """The guide's formulas, drawn: ``formulas`` in the cache folder."""
    return cache_folder() / "formulas"
