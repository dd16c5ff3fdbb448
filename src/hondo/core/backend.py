"""The one place that imports Keras, after choosing its backend and the compilation cache.

Keras reads its backend once, at import. Whoever needs Keras writes ``from hondo.core.backend import keras``,
so the choice is always made first. JAX is the default; ``KERAS_BACKEND`` overrides it. Importing this module is slow
(about a second); rooms that must start quickly import it inside the function that needs it.
"""

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

from hondo.core.errors import ModelError
from hondo.core.folders import programs_folder
from hondo.core.language import tr
from hondo.core.memory import keep_freed_memory


def _choose_backend() -> None:
    """Set the environment that Keras, XLA and TensorFlow read at import; what the user set stays."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if os.environ["KERAS_BACKEND"] == "jax" and "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(programs_folder())
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")


if "keras" not in sys.modules:
    _choose_backend()
keep_freed_memory()

try:
    keras = importlib.import_module("keras")
except (ImportError, ValueError) as error:  # ValueError: no such backend
    _name = os.environ.get("KERAS_BACKEND", "jax")
    raise ModelError(
        tr(
            f"Keras could not start with the backend {_name!r}: {error}",
            f"Keras no pudo arrancar con el motor {_name!r}: {error}",
        ),
        tr(
            f"KERAS_BACKEND={_name}: install it (pip install 'hondo[{_name}]'), or unset it to use JAX.",
            f"KERAS_BACKEND={_name}: instálelo (pip install 'hondo[{_name}]') o quítela para usar JAX.",
        )
        if _name in ("tensorflow", "torch")
        else tr(
            f"KERAS_BACKEND={_name}: choose jax, tensorflow or torch.",
            f"KERAS_BACKEND={_name}: elija jax, tensorflow o torch.",
        ),
    ) from error

if TYPE_CHECKING:
    import keras

    KerasModel: TypeAlias = Any  # Keras ships no types, and what a checker infers of models is wrong in places
else:
    KerasModel = keras.Model

__all__ = ["KerasModel", "keras", "on_jax"]


def on_jax() -> bool:
    """Whether Keras computes with JAX, so that training can be compiled whole."""
    return keras.config.backend() == "jax"
