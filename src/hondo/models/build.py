"""From a model spec to a Keras model whose first weights anyone can reproduce with Keras alone."""

import importlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hondo.core.backend import KerasModel, keras
from hondo.core.errors import HondoError, ModelError, nearest
from hondo.core.language import tr
from hondo.core.spec import GraphSpec, LayerSpec, ModelSpec
from hondo.core.spec.layers import Residual
from hondo.data.dataset import Task
from hondo.models.graph import Names, build_graph, graph_shapes, settle_graph
from hondo.models.layers import Penalty, apply_residual, make_layer
from hondo.models.presets import resolve_layers
from hondo.models.pretrained.head import with_output
from hondo.models.shapes import Shape
from hondo.models.transfer.build import build_transfer

__all__ = ["Names", "build_model", "resolve_layers"]


def build_model(
    spec: ModelSpec,
    *,
    input_shape: Shape,
    outputs: int,
    task: Task,
    l1: float = 0.0,
    l2: float = 0.0,
    seed: int = 0,
    names: Names | None = None,
) -> KerasModel:
    """The Keras model that ``spec`` describes, built, not compiled.

    ``keras.utils.set_random_seed(seed)`` is called just before the first layer is made, so the first weights equal
    those of the same layers written by hand in Keras after the same call. It also sets the global seeds of Python and
    NumPy.

    Args:
        spec: a preset, layers, a pretrained network, a transfer, or Python code.
        input_shape: one preprocessed sample's shape, without the batch.
        outputs: classes, or numbers to predict.
        task: classification or regression.
        l1: l1 · Σ|w| joins the loss for each kernel whose layer sets none of its own.
        l2: l2 · Σw² joins the loss for each kernel whose layer sets none of its own.
        seed: decides the first weights and every random layer.
        names: what a graph may call by name: the data's columns and targets.

    Returns:
        A ``Sequential`` for layers in a row, a functional model for a graph and where there are residual blocks, or
        what the Python code returned.

    Raises:
        ModelError: shapes that do not fit, Python code that is missing, fails or returns something else, or a model
            that was given as an object.
    """
    if spec.graph is not None:
        return _from_graph(spec.graph, input_shape, names or Names(), task, Penalty(l1, l2), seed)
    layers = resolve_layers(spec, input_shape=input_shape, outputs=outputs, task=task)
    if spec.python is not None:
        return _from_python(spec.python, input_shape, outputs, seed)
    if spec.pretrained is not None:
        keras.utils.set_random_seed(seed)
        return with_output(
            spec.pretrained,
            weights=spec.weights,
            input_shape=input_shape,
            outputs=outputs,
            task=task,
            dropout=spec.dropout or 0.0,
        )
    if spec.transfer is not None:
        return build_transfer(
            spec.transfer, input_shape=input_shape, outputs=outputs, task=task, seed=seed, penalty=Penalty(l1, l2)
        )
    if layers is None:
        raise ModelError(
            tr(
                f"the model of this spec was given from Python ({spec.given}); a spec cannot build it again",
                f"el modelo de esta especificación se pasó desde Python ({spec.given}); no basta para rehacerlo",
            ),
            tr("Pass the model again.", "Pase de nuevo el modelo."),
        )
    with _explained():
        keras.utils.set_random_seed(seed)
        return _assemble(layers, input_shape, Penalty(l1, l2))


def _from_graph(
    graph: GraphSpec, input_shape: Shape, names: Names, task: Task, penalty: Penalty, seed: int
) -> KerasModel:
    """The model of a graph, once its names and shapes are found to fit."""
    settled = settle_graph(graph, names, task)
    graph_shapes(settled, input_shape, names)
    with _explained():
        keras.utils.set_random_seed(seed)
        return build_graph(settled, input_shape, names, penalty)


@contextmanager
def _explained() -> Iterator[None]:
    """Tell what Keras complains of as an error of the model's."""
    try:
        yield
    except (ValueError, TypeError, MemoryError, OverflowError, RuntimeError) as error:
        raise ModelError(
            tr(f"Keras cannot build the model: {error}", f"Keras no puede construir el modelo: {error}"),
            tr("Look for layers that are far too large.", "Busque capas desmesuradamente grandes."),
        ) from error


def _assemble(layers: tuple[LayerSpec, ...], input_shape: Shape, penalty: Penalty) -> KerasModel:
    """Layers in a row as a ``Sequential``; with residual blocks, a functional model."""
    named = zip(_names(layers), layers, strict=True)
    inputs = keras.Input(input_shape, name="input")
    if not any(layer.kind == "residual" for layer in layers):
        return keras.Sequential([inputs, *(make_layer(layer, name, penalty) for name, layer in named)], name="model")
    x: Any = inputs
    for name, layer in named:
        options = layer.options
        block = isinstance(options, Residual)
        x = apply_residual(x, options, name, penalty) if block else make_layer(layer, name, penalty)(x)
    return keras.Model(inputs, x, name="model")


def _names(layers: tuple[LayerSpec, ...]) -> Iterator[str]:
    """``dense_1``, ``dense_2`` …: the same on every build, unlike Keras's own counters."""
    seen: Counter[str] = Counter()
    for layer in layers:
        seen[layer.kind] += 1
        yield f"{layer.kind}_{seen[layer.kind]}"


def _from_python(target: str, input_shape: Shape, outputs: int, seed: int) -> KerasModel:
    """Call the reader's function and check what it returns."""
    with _working_folder_on_path():
        function = _find(target)
        keras.utils.set_random_seed(seed)
        try:
            model = function(input_shape=input_shape, outputs=outputs)
        except HondoError:
            raise
        except (Exception, SystemExit) as error:  # a reader's code may raise anything
            raise _failed(target, error) from error
    if not isinstance(model, keras.Model):
        kind = type(model).__name__
        raise ModelError(
            tr(
                f"{target!r} returned a value of type {kind}, not a Keras model",
                f"{target!r} devolvió un valor de tipo {kind}, no un modelo de Keras",
            ),
            tr("It must return a keras.Model.", "Debe devolver un keras.Model."),
        )
    _check_input(model, target, input_shape)
    return model


def _find(target: str) -> Callable[..., Any]:
    """The function that ``module:function`` names."""
    module_name, _, function_name = target.partition(":")
    if not module_name or not function_name:
        raise ModelError(
            tr(f"{target!r} does not name a function", f"{target!r} no nombra una función"),
            tr("Write module:function, such as my_models:small.", "Escriba módulo:función, como mis_modelos:pequeno."),
        )
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise _failed(target, error) from error
        raise ModelError(
            tr(f"there is no Python module {module_name!r}", f"no hay ningún módulo de Python {module_name!r}"),
            tr(
                "It is looked for in the working folder and among the installed packages.",
                "Se busca en la carpeta de trabajo y entre los paquetes instalados.",
            ),
        ) from error
    except (Exception, SystemExit) as error:  # a reader's code may raise anything
        raise _failed(target, error) from error
    function = getattr(module, function_name, None)
    if not callable(function):
        known = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        raise ModelError(
            tr(
                f"{module_name!r} has no function {function_name!r}",
                f"{module_name!r} no tiene la función {function_name!r}",
            ),
            nearest(function_name, known) if known else "",
        )
    return function


def _failed(target: str, error: BaseException) -> ModelError:
    what = f"{type(error).__name__}: {error}"
    return ModelError(
        tr(f"{target!r} failed: {what}", f"{target!r} falló: {what}"),
        tr(
            "It is called as function(input_shape=…, outputs=…) and must return a Keras model.",
            "Se llama como función(input_shape=…, outputs=…) y debe devolver un modelo de Keras.",
        ),
    )


def _check_input(model: KerasModel, target: str, input_shape: Shape) -> None:
    """Run one sample of zeros through the model: it builds what was not built and finds a shape that does not fit."""
    try:
        model(keras.ops.zeros((1, *input_shape)))
    except Exception as error:  # a subclassed model's call may raise anything
        raise ModelError(
            tr(
                f"the model of {target!r} cannot take samples of shape {input_shape}: {error}",
                f"el modelo de {target!r} no admite muestras de forma {input_shape}: {error}",
            ),
            tr("Give its input the shape 'input_shape'.", "Haga que su entrada tenga la forma 'input_shape'."),
        ) from error


@contextmanager
def _working_folder_on_path() -> Iterator[None]:
    folder = os.getcwd()  # noqa: PTH109 - sys.path holds strings
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
