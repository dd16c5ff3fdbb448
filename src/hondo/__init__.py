"""Hondo: a complete guide to deep learning that runs.

The whole flow in one call, and Keras's ``fit`` compiled whole::

    run = hondo.run("digits-mlp")
    run.evaluation.accuracy
    run.predict(pictures).labels

    hondo.fit(model, x, y, epochs=5)

Names are imported when they are first used, so that ``import hondo`` and ``hondo --help`` stay quick.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

os.environ.setdefault("KERAS_BACKEND", "jax")  # so that a notebook's own `import keras` finds what comes with Hondo

if TYPE_CHECKING:
    from hondo.api import load, resume, run, transfer
    from hondo.data.load import load_dataset
    from hondo.engine.evaluate import evaluate, predict
    from hondo.engine.fit import fit

_HOMES = {
    "fit": "hondo.engine.fit",
    "evaluate": "hondo.engine.evaluate",
    "predict": "hondo.engine.evaluate",
    "run": "hondo.api",
    "resume": "hondo.api",
    "load": "hondo.api",
    "transfer": "hondo.api",
    "load_dataset": "hondo.data.load",
}

__all__ = ["__version__", "evaluate", "fit", "load", "load_dataset", "predict", "resume", "run", "transfer"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'hondo' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
