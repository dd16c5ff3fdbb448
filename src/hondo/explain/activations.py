"""What every layer of a model says about one sample."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class _Call:
    """A call of a layer: its name and kind, what comes out, and of a nested model also what goes in."""

    name: str
    kind: str
    output: Any
    input: Any = None
    inner: "Probe | None" = None


class Probe:
    """A model that gives the output of each of its layers.

    Args:
        model: Sequential or functional, built. The layers of a nested model come before its own output, named
            ``outer/inner``; a layer that is used twice is two.

    Raises:
        ModelError: the model records no graph, as subclassed ones do not.
    """

    def __init__(self, model: KerasModel) -> None:
        self._calls = [each for each in _calls(model) if each.kind not in _SILENT]
        if not self._calls:
            raise ModelError(
                tr("this model does not say which layers it has", "este modelo no indica qué capas tiene"),
                tr("Only models made of connected layers can be looked into.",
                   "Solo se pueden examinar los modelos hechos de capas conectadas."),
            )  # fmt: skip
        inputs = [each.input for each in self._calls if each.inner is not None]
        self._model = keras.Model(model.inputs, [*(each.output for each in self._calls), *inputs])

    def __call__(self, x: FloatArray) -> list[Activation]:
        """The layers' outputs in the order in which they are computed, as in prediction.

        Args:
            x: prepared samples ``(samples, …)``.
        """
        found = self._model.predict_on_batch(x)
        found = [np.asarray(each) for each in (found if isinstance(found, (list, tuple)) else [found])]
        inputs, told = iter(found[len(self._calls) :]), []
        for call, values in zip(self._calls, found, strict=False):
            if call.inner is not None:
                within = call.inner(next(inputs))
                told += [Activation(f"{call.name}/{each.name}", each.kind, each.values) for each in within]
            told.append(Activation(call.name, call.kind, values))
        return told


def thinned(activations: Sequence[Activation], most: int = MOST_LAYERS) -> list[Activation]:
    """At most so many layers, evenly chosen, the first and the last among them."""
    if len(activations) <= most:
        return list(activations)
    return [activations[place] for place in np.linspace(0, len(activations) - 1, most).round().astype(int)]


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


def _calls(model: Any) -> list[_Call]:
    """Every call of a layer between inputs and outputs, each after what it reads."""
    try:
        waiting = list(model.outputs)[::-1]
    except (AttributeError, ValueError, TypeError, RuntimeError):  # a subclassed model records nothing
        return []
    found: dict[tuple[int, int], _Call] = {}
    while waiting:
        history = waiting[-1]._keras_history  # the only way from a tensor to the layer that made it
        operation, index = history.operation, history.node_index
        key, node = (id(operation), index), operation._inbound_nodes[index]
        missing = [each for each in node.input_tensors if _key(each) not in found]
        if key not in found and missing:
            waiting += reversed(missing)
            continue
        waiting.pop()
        if key not in found:
            inner = _inner(operation, node)
            source = node.input_tensors[0] if inner is not None else None
            found[key] = _Call(operation.name, type(operation).__name__, node.output_tensors[0], source, inner)
    return _told_apart(list(found.values()))


def _inner(operation: Any, node: Any) -> Probe | None:
    """A probe of a nested model with one input; None for any other layer."""
    if not isinstance(operation, keras.Model) or len(node.input_tensors) != 1:
        return None
    try:
        return Probe(operation)
    except ModelError:
        return None


def _told_apart(found: list[_Call]) -> list[_Call]:
    """The same with numbers behind the names of layers that are used several times."""
    seen, named = Counter[str](), []
    for call in found:
        seen[call.name] += 1
        named.append(call if seen[call.name] == 1 else replace(call, name=f"{call.name} ({seen[call.name]})"))
    return named


def _key(tensor: Any) -> tuple[int, int]:
    history = tensor._keras_history
    return id(history.operation), history.node_index
