"""What the form knows about specs as they are written: which way a model is given, what it begins with."""

from collections.abc import Mapping
from typing import Any

from hondo.core.language import tr
from hondo.lab.pages.experiments.fields import layer_of, value_at

WAYS = ("perceptron", "mlp", "cnn", "residual", "layers", "transfer", "pretrained", "graph")


def shape_of(data: Mapping[str, Any]) -> Any:
    """What decides which fields there are; while it stays, only their values change."""
    model = mapping(data.get("model"))
    kinds = [None if (found := layer_of(entry)) is None else found[0] for entry in layers_in(model)]
    return way_of(model), kinds, open_parts(data), data.get("augment") is not None


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it has keys, else nothing."""
    return value if isinstance(value, Mapping) else {}


def layers_in(model: Mapping[str, Any]) -> list[Any]:
    """The layers of a model that are written in a row."""
    layers = model.get("layers")
    return layers if isinstance(layers, list) else []


def way_of(model: Mapping[str, Any]) -> str | None:
    """In which of the :data:`WAYS` a model is given; None where none can be told."""
    for name in ("layers", "graph", "transfer", "pretrained"):
        if model.get(name) is not None:
            return name
    preset = model.get("preset")
    return preset if preset in WAYS else None


def open_parts(data: Mapping[str, Any]) -> tuple[bool, ...]:
    """Which parts that may be left out are there."""
    optional = (("train", "early_stopping"), ("train", "reduce_on_plateau"), ("model", "transfer", "fine_tune"))
    return tuple(value_at(data, path) is not None for path in optional)


def beginning(way: str) -> dict[str, Any]:
    """A model of some kind to begin with."""
    begin: dict[str, dict[str, Any]] = {
        "layers": {"layers": ["flatten", {"dense": {"units": 64, "activation": "relu"}},
                              {"dense": {"units": 10, "activation": "softmax"}}]},
        "transfer": {"transfer": {"backbone": "hondo_mini"}},
        "pretrained": {"pretrained": "resnet50"},
        "graph": {"graph": {"layers": [{"dense": {"units": 10, "activation": "softmax"}}]}},
    }  # fmt: skip
    return begin.get(way, {"preset": way})


def new_layer(kind: str) -> Any:
    """A layer of some kind to begin with."""
    begin: dict[str, Any] = {"dense": {"units": 64, "activation": "relu"}, "dropout": 0.5, "activation": "relu",
                             "conv2d": {"filters": 32, "activation": "relu"}, "residual": 32,
                             "max_pooling2d": 2, "average_pooling2d": 2}  # fmt: skip
    return {kind: begin[kind]} if kind in begin else kind


def titles() -> dict[str, tuple[str, str]]:
    """What the sections are called, and what they are about."""
    return {
        "data": (tr("Data", "Datos"), tr("where the samples come from", "de dónde vienen las muestras")),
        "preprocess": (tr("Preprocessing", "Preprocesamiento"), tr("before the model", "antes del modelo")),
        "augment": (tr("Augmentation", "Aumento de datos"), tr("for pictures", "para imágenes")),
        "model": (tr("Model", "Modelo"), tr("the network", "la red")),
        "learn": (tr("Learning", "Aprendizaje"), tr("what is minimised, and how", "qué se minimiza y cómo")),
        "train": (tr("Training", "Entrenamiento"), tr("how long, in what portions", "cuánto, en qué porciones")),
    }  # fmt: skip
