"""What every layer of a model says about one sample."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.backend import KerasModel, keras
from hondo.core.errors import ModelError
from hondo.core.language import tr
from hondo.explain.pictures import montage, png, signed, strip

MOST_LAYERS = 48
MOST_MAPS, COLUMNS = 32, 8
_LARGEST_MAP, _LONGEST_STRIP = 64, 64
_SILENT = ("InputLayer", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout")
"""What passes its input on unchanged outside of training."""


@dataclass(frozen=True)
class Activation:
    """What one layer says.

    Attributes:
        name: what Keras calls the layer.
        kind: its class.
        values: its output for each sample, ``(samples, …)``.
    """

    name: str
    kind: str
    values: FloatArray


class Probe:
    """A model that gives the output of each of its layers.

    Args:
        model: Sequential or functional, built. A nested model is one layer; a layer that is used twice is two.

    Raises:
        ModelError: the model records no graph, as subclassed ones do not.
    """

    def __init__(self, model: KerasModel) -> None:
        self._places = [each for each in _outputs(model) if each[1] not in _SILENT]
        if not self._places:
            raise ModelError(
                tr("this model does not say which layers it has", "este modelo no indica qué capas tiene"),
                tr("Only models made of connected layers can be looked into.",
                   "Solo se pueden examinar los modelos hechos de capas conectadas."),
            )  # fmt: skip
        self.left_out = max(0, len(self._places) - MOST_LAYERS)
        if self.left_out:
            kept = np.linspace(0, len(self._places) - 1, MOST_LAYERS).round().astype(int)
            self._places = [self._places[place] for place in kept]
        self._model = keras.Model(model.inputs, [tensor for _, _, tensor in self._places])

    def __call__(self, x: FloatArray) -> list[Activation]:
        """The layers' outputs in the order in which they are computed, as in prediction.

        Args:
            x: prepared samples ``(samples, …)``.
        """
        found = self._model.predict_on_batch(x)
        found = list(found) if isinstance(found, (list, tuple)) else [found]
        return [
            Activation(name, kind, np.asarray(values))
            for (name, kind, _), values in zip(self._places, found, strict=True)
        ]


def described(activation: Activation) -> dict[str, Any]:
    """What the first sample's activation looks like, as plain data.

    Returns:
        ``name``, ``kind``, ``shape`` (of one sample), ``low``, ``high`` and ``mean`` of the values, ``zero`` (the share
        of zeros), ``picture`` (PNG), ``shown`` and ``total`` (how many feature maps or units there are in it).
    """
    values = np.asarray(activation.values[0], np.float64)
    sheet, shown, total = _drawn(values)
    finite = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    return {
        "name": activation.name,
        "kind": activation.kind,
        "shape": tuple(values.shape),
        "low": float(finite.min(initial=np.inf)) if values.size else 0.0,
        "high": float(finite.max(initial=-np.inf)) if values.size else 0.0,
        "mean": float(finite.mean()) if values.size else 0.0,
        "zero": float((values == 0).mean()) if values.size else 0.0,
        "picture": png(sheet),
        "maps": values.ndim == 3,
        "shown": shown,
        "total": total,
    }


def _drawn(values: FloatArray) -> tuple[Any, int, int]:
    """The picture of one activation, how many maps or units are in it, and how many there are."""
    if values.ndim == 3 and values.shape[0] * values.shape[1] > 1:
        step = max(1, -(-max(values.shape[:2]) // _LARGEST_MAP))
        reach = float(np.abs(np.nan_to_num(values, posinf=0.0, neginf=0.0)).max(initial=0.0))
        maps = np.moveaxis(values[::step, ::step, :MOST_MAPS], -1, 0)
        return montage(signed(maps, reach), COLUMNS), len(maps), values.shape[2]
    if values.ndim == 2 and min(values.shape) > 1:
        step = [max(1, -(-length // 256)) for length in values.shape]
        return signed(values[:: step[0], :: step[1]]), values.shape[0], values.shape[0]
    flat = values.reshape(-1)
    shown = flat[: _LONGEST_STRIP * 16]
    return strip(shown, _LONGEST_STRIP), len(shown), len(flat)


def _outputs(model: Any) -> Sequence[tuple[str, str, Any]]:
    """Name, kind and output of every call of a layer between inputs and outputs, each after what it reads."""
    try:
        waiting = list(model.outputs)[::-1]
    except (AttributeError, ValueError, TypeError, RuntimeError):  # a subclassed model records nothing
        return []
    found: dict[tuple[int, int], tuple[str, str, Any]] = {}
    while waiting:
        history = waiting[-1]._keras_history  # the only way from a tensor to the layer that made it
        operation, index = history.operation, history.node_index
        key, node = (id(operation), index), operation._inbound_nodes[index]
        missing = [each for each in node.input_tensors if _key(each) not in found]
        if key not in found and missing:
            waiting += reversed(missing)
            continue
        waiting.pop()
        found.setdefault(key, (operation.name, type(operation).__name__, node.output_tensors[0]))
    return _told_apart(list(found.values()))


def _told_apart(found: list[tuple[str, str, Any]]) -> list[tuple[str, str, Any]]:
    """The same with numbers behind the names of layers that are used several times."""
    seen, named = Counter[str](), []
    for name, kind, tensor in found:
        seen[name] += 1
        named.append((name if seen[name] == 1 else f"{name} ({seen[name]})", kind, tensor))
    return named


def _key(tensor: Any) -> tuple[int, int]:
    history = tensor._keras_history
    return id(history.operation), history.node_index
