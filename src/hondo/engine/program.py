"""Compiled steps: what ``model.train_step`` does, many times in one call.

The loop's body is Keras's own public ``train_step`` (or the model's override of it), so its arithmetic, losses,
metrics and optimizer are Keras's by construction. The number of steps a call takes is an argument, not a shape:
one compilation serves a chunk of any length, and a chunk can be replayed up to a given step.

On a CPU, convolutions and pooling run in kernels of our own (:mod:`hondo.engine.lowering`). XLA's are slow, and
inside a loop many times slower still, so a step that keeps one of XLA's is compiled alone and called once a step.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import jaxprs_in_params

from hondo.core.backend import KerasModel, keras
from hondo.core.events import CancelToken
from hondo.engine.kernels.usable import usable
from hondo.engine.lowering import lowered
from hondo.engine.state import TrainState, metric_results

_SLOW_IN_LOOPS = {
    "conv_general_dilated",
    "reduce_window",
    "reduce_window_max",
    "reduce_window_sum",
    "select_and_scatter_add",
}

# A loop begins with a copy of the state, which for tens of millions of weights takes as long as a part of the step.
_LARGE_STATE = 2**26

# For matrix products of a few hundred rows, which is what loops hold here, XLA's older kernels (Eigen) are 8-20 %
# faster than the YNNPACK ones that it prefers since 0.9.
_CPU_LOOP_OPTIONS = {"xla_cpu_experimental_ynn_fusion_type": ""}


class Cancelled(Exception):
    """The training was asked to stop while a program was being compiled."""


@dataclass
class Pace:
    """How many steps a call should take so that it lasts about ``seconds``."""

    seconds: float
    loops: bool = True
    a_step: float = 0.0

    def steps(self, left: int) -> int:
        """The next call's steps, at most ``left``; two to begin with, one if the program does not loop."""
        if not self.loops:
            return 1
        wanted = int(self.seconds / self.a_step) if self.a_step else 2
        return max(1, min(wanted, left))

    def note(self, steps: int, seconds: float) -> None:
        """Learn from a call that took ``steps`` steps in ``seconds``."""
        now = seconds / steps
        self.a_step = now if not self.a_step else 0.5 * (now + self.a_step)


@dataclass(frozen=True)
class ChunkResult:
    """What a chunk gives back.

    Attributes:
        state: after the last step taken.
        steps: how many steps were taken; fewer than asked for when the loss was not finite.
        logs: running means of the epoch as scalars.
        finite: whether the last loss and all trainable weights are finite.
    """

    state: Any
    steps: jax.Array
    logs: dict[str, jax.Array]
    finite: jax.Array


jax.tree_util.register_dataclass(ChunkResult, ["state", "steps", "logs", "finite"], [])


class Program:
    """A traced function that compiles in the background, once."""

    def __init__(self, function: Callable[..., Any], *shapes: Any, options: Mapping[str, Any] | None = None) -> None:
        self._options = dict(options or {})
        self._traced = jax.jit(function).trace(*shapes)
        self._compiled: Any = None
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin compiling without waiting; harmless when already begun."""
        if self._thread is None:
            lowered = self._traced.lower()

            def compile_it() -> None:
                try:
                    self._compiled = _compile(lowered, self._options)
                except BaseException as error:  # handed to whoever waits
                    self._error = error

            # No daemon: Python aborts the process when it ends while such a thread is inside XLA.
            self._thread = threading.Thread(target=compile_it, name="hondo-compile")
            self._thread.start()

    def ready(self, cancel: CancelToken) -> Callable[..., Any]:
        """The compiled function; waits for it, but not longer than until ``cancel`` is set.

        Raises:
            Cancelled: if cancelled while waiting; the compilation goes on in the background.
        """
        self.start()
        thread = self._thread
        while thread is not None and thread.is_alive():
            if cancel.cancelled:
                raise Cancelled
            thread.join(0.05)
        if self._error is not None:
            raise self._error
        return self._compiled

    def contains(self, primitives: set[str]) -> bool:
        """Whether the computation uses one of these JAX primitives, at any depth."""
        return _contains(self._traced.jaxpr.jaxpr, primitives)


def untraceable(error: BaseException | None) -> bool:
    """Whether an error says that the model does in Python what depends on values, so that it cannot be compiled.

    Keras puts errors of its own around JAX's, so whatever led to the error is looked at, too.
    """
    while error is not None:
        if isinstance(error, jax.errors.JAXTypeError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _compile(lowered: Any, options: Mapping[str, Any]) -> Any:
    """Compile with the options, or without them where this version of XLA does not know them."""
    try:
        return lowered.compile(compiler_options=options)
    except jax.errors.JaxRuntimeError as error:
        if "option" not in str(error).lower():
            raise
        return lowered.compile()


def _contains(jaxpr: Any, primitives: set[str]) -> bool:
    for equation in jaxpr.eqns:
        if equation.primitive.name in primitives:
            return True
        if any(_contains(inner, primitives) for inner in jaxprs_in_params(equation.params)):
            return True
    return False


def train_function(model: KerasModel, *, loop: bool) -> Callable[..., ChunkResult]:
    """The pure function ``(state, rows, order, start, steps) → ChunkResult`` to be compiled.

    Args:
        model: a built and compiled Keras model on JAX.
        loop: whether one call takes ``steps`` steps, or exactly one.
    """
    standard = type(model).train_step is keras.Model.train_step

    def one_step(state: TrainState, rows: Any, index: jax.Array) -> tuple[TrainState, dict[str, jax.Array], jax.Array]:
        batch = jax.tree.map(lambda leaf: leaf[index], rows)
        logs, after = model.train_step(tuple(state), batch)
        # Keras's loss is a running mean: it is finite for as long as every loss of the epoch was.
        loss = logs.get("loss", jnp.float32(0))
        return TrainState(*after), {} if standard else dict(logs), jnp.asarray(loss, jnp.float32)

    def result(state: TrainState, steps: jax.Array, logs: dict[str, jax.Array], loss: jax.Array) -> ChunkResult:
        finite = jnp.isfinite(loss)
        for weight in state.trainable:
            finite &= _all_finite(weight)
        return ChunkResult(state, steps, metric_results(model, state.metrics) if standard else logs, finite)

    def single(state: TrainState, rows: Any, order: jax.Array, start: jax.Array, _: jax.Array) -> ChunkResult:
        after, logs, loss = one_step(state, rows, order[start])
        return result(after, jnp.int32(1), logs, loss)

    def chunk(state: TrainState, rows: Any, order: jax.Array, start: jax.Array, steps: jax.Array) -> ChunkResult:
        def go_on(carry: Any) -> jax.Array:
            step, _, _, loss = carry
            return (step < steps) & jnp.isfinite(loss)

        def body(carry: Any) -> Any:
            step, state, _, _ = carry
            after, logs, loss = one_step(state, rows, order[start + step])
            return step + 1, after, logs, loss

        shapes = jax.eval_shape(lambda: one_step(state, rows, order[0])[1])
        first_logs = jax.tree.map(lambda shape: jnp.zeros(shape.shape, shape.dtype), shapes)
        step, after, logs, loss = lax.while_loop(go_on, body, (jnp.int32(0), state, first_logs, jnp.float32(0)))
        return result(after, step, logs, loss)

    return chunk if loop else single


def _all_finite(weight: jax.Array) -> jax.Array:
    """Whether all values are finite: only then is nought times each of them nought; sums of columns are quick."""
    nought = jnp.sum(weight * 0, axis=tuple(range(weight.ndim - 1)))
    return jnp.all(jnp.isfinite(nought))


def test_function(model: KerasModel, batch_size: int, *, loop: bool) -> Callable[..., Any]:
    """The pure function ``(state, rows, start, steps) → (state, logs)`` that evaluates consecutive batches.

    ``state`` is ``(trainable, non_trainable, metrics)``; ``start`` counts samples, ``steps`` whole batches.
    """
    standard = type(model).test_step is keras.Model.test_step

    def one_step(state: Any, rows: Any, start: jax.Array) -> Any:
        batch = jax.tree.map(lambda leaf: lax.dynamic_slice_in_dim(leaf, start, batch_size), rows)
        logs, after = model.test_step(state, batch)
        return tuple(after), {} if standard else dict(logs)

    def finish(state: Any, logs: dict[str, jax.Array]) -> Any:
        return state, metric_results(model, state[2]) if standard else logs

    def single(state: Any, rows: Any, start: jax.Array, _: jax.Array) -> Any:
        return finish(*one_step(state, rows, start))

    def chunk(state: Any, rows: Any, start: jax.Array, steps: jax.Array) -> Any:
        def body(step: jax.Array, carry: Any) -> Any:
            return one_step(carry[0], rows, start + step * batch_size)

        shapes = jax.eval_shape(lambda: one_step(state, rows, start)[1])
        first_logs = jax.tree.map(lambda shape: jnp.zeros(shape.shape, shape.dtype), shapes)
        return finish(*lax.fori_loop(0, steps, body, (state, first_logs)))

    return chunk if loop else single


def whole_or_single(make: Callable[[bool], Callable[..., Any]], *shapes: Any) -> tuple[Program, bool]:
    """Trace a looped program, or the single-step one where a loop would be slow.

    Args:
        make: makes the function, looped or not.
        shapes: what it will be called with, the state first.

    Returns:
        The program, and whether it loops.
    """
    if jax.default_backend() != "cpu":
        return Program(make(True), *shapes), True
    state = sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(shapes[0]))
    if state > _LARGE_STATE:
        return single_step(make(False), *shapes), False
    program = Program(_for_cpu(make(True), *shapes), *shapes, options=_CPU_LOOP_OPTIONS)
    if program.contains(_SLOW_IN_LOOPS):
        return single_step(make(False), *shapes), False
    return program, True


def single_step(function: Callable[..., Any], *shapes: Any) -> Program:
    """Trace a function that is called once a step, in the way that suits the processor."""
    return Program(_for_cpu(function, *shapes) if jax.default_backend() == "cpu" else function, *shapes)


def _for_cpu(function: Callable[..., Any], *shapes: Any) -> Callable[..., Any]:
    return lowered(function, *shapes) if usable() else function


class Programs:
    """The programs compiled for one model, so that a second ``fit`` need not compile again.

    They hold as long as the model is compiled as it was: ``model.compile`` makes new metrics, and freezing a
    layer changes the trainable variables.
    """

    def __init__(self) -> None:
        self._made_for: tuple[Any, ...] = ()
        self._kept: dict[Any, Any] = {}

    def get(self, model: KerasModel, key: Any, make: Callable[[], Any]) -> Any:
        """What ``make`` returned for this key, made now if the model changed or the key is new."""
        made_for = (getattr(model, "optimizer", None), *model.metrics, *model.trainable_variables)
        same = len(made_for) == len(self._made_for) and all(
            a is b for a, b in zip(made_for, self._made_for, strict=True)
        )
        if not same:
            self._made_for, self._kept = made_for, {}
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


def programs_of(model: KerasModel) -> Programs:
    """The model's own cache of programs; it lives and dies with the model."""
    kept = getattr(model, "_hondo_programs", None)
    if kept is None:
        kept = Programs()
        model._hondo_programs = kept
    return kept


def shape_key(tree: Any) -> Any:
    """A hashable description of the shapes, types and structure of arrays."""
    leaves, structure = jax.tree.flatten(tree)
    return structure, tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)
