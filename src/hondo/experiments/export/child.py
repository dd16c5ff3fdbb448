"""The program that writes SavedModel and ONNX: a process of its own, with TensorFlow as Keras's backend.

Started by :mod:`~hondo.experiments.export.formats` as ``python -m hondo.experiments.export.child``; it reads a request
as JSON from its standard input. TensorFlow's own operations go into both formats, so that what comes out runs wherever
TensorFlow or an ONNX runtime does, on any device; and the process that trains or predicts keeps its memory and its
backend.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from hondo.core.backend import keras
from hondo.models import columns

KNOWN_TO_KERAS = (columns,)
"""What a model may hold beside Keras's own layers: it can be read because this is imported."""


def main() -> None:
    """Export a model and compute its outputs by the exported file alone."""
    request: dict[str, Any] = json.load(sys.stdin)
    form, target = request["form"], request["target"]
    model: Any = keras.saving.load_model(request["model"], compile=False, safe_mode=True)
    x = np.load(request["inputs"], allow_pickle=False)
    model(x[:1])  # Keras exports models that have been called
    if form == "onnx":
        model.export(target, format="onnx", verbose=False)
        outputs, names = _by_onnx(target, x)
    else:
        model.export(target, format="tf_saved_model", verbose=False)
        outputs, names = _by_tensorflow(target, x)
    np.save(request["outputs"], outputs, allow_pickle=False)
    Path(request["answer"]).write_text(json.dumps(names), encoding="utf-8")


def _by_onnx(path: str, x: Any) -> tuple[Any, dict[str, Any]]:
    onnxruntime: Any = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (given, *_), (computed, *_) = session.get_inputs(), session.get_outputs()
    return session.run([computed.name], {given.name: x})[0], {"input": given.name, "output": computed.name}


def _by_tensorflow(path: str, x: Any) -> tuple[Any, dict[str, Any]]:
    tensorflow: Any = importlib.import_module("tensorflow")
    loaded = tensorflow.saved_model.load(path)  # must live as long as its functions
    return loaded.serve(x).numpy(), {"input": "serve", "output": "serve"}


if __name__ == "__main__":
    main()
