"""Keras's callbacks inside compiled training: whose hooks need what, and state that survives a crash."""

from collections.abc import Iterable
from typing import Any, Protocol, runtime_checkable

import numpy as np

from hondo.core.arrays import Array
from hondo.core.backend import keras

_BATCH_HOOKS = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")


@runtime_checkable
class Resumable(Protocol):
    """A callback whose state is saved in checkpoints, so that a resumed training goes on as if never stopped."""

    def get_state(self) -> dict[str, Any]:
        """Numbers, strings and arrays (or lists of arrays) by name."""
        ...

    def set_state(self, state: dict[str, Any]) -> None:
        """Take up a state that :meth:`get_state` gave; called after ``on_train_begin``."""
        ...


class _Remembers:
    """Saves the attributes named in ``kept`` of a Keras callback."""

    kept: tuple[str, ...] = ()

    def get_state(self) -> dict[str, Any]:
        """The callback's attributes of the moment."""
        state: dict[str, Any] = {}
        for name in self.kept:
            value = getattr(self, name)
            if name == "best_weights":
                value = None if value is None else [np.asarray(weight) for weight in value]
            elif value is not None:
                value = float(value) if isinstance(value, (float, np.floating)) else int(value)
            state[name] = value
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        """Take up the attributes again."""
        for name in self.kept:
            setattr(self, name, state[name])


class EarlyStopping(_Remembers, keras.callbacks.EarlyStopping):
    """Keras's early stopping, able to resume."""

    kept = ("wait", "stopped_epoch", "best", "best_epoch", "best_weights")


class ReduceLROnPlateau(_Remembers, keras.callbacks.ReduceLROnPlateau):
    """Keras's learning-rate reduction, able to resume."""

    kept = ("wait", "cooldown_counter", "best")


def needs_state_at_batches(callbacks: Iterable[Any]) -> bool:
    """Whether a callback has batch hooks that may look at the model's variables."""
    watchers = (keras.callbacks.ProgbarLogger, keras.callbacks.History)
    return any(
        getattr(getattr(callback, hook, None), "__func__", None) is not getattr(keras.callbacks.Callback, hook)
        for callback in callbacks
        if not isinstance(callback, watchers)
        for hook in _BATCH_HOOKS
    )


def collect_states(callbacks: Iterable[Any]) -> list[dict[str, Any] | None]:
    """The state of each callback that has one, in order."""
    return [callback.get_state() if isinstance(callback, Resumable) else None for callback in callbacks]


def restore_states(callbacks: Iterable[Any], states: Iterable[dict[str, Any] | None]) -> None:
    """Give each callback the state that :func:`collect_states` read from its like."""
    for callback, state in zip(callbacks, states, strict=True):
        if state is not None and isinstance(callback, Resumable):
            callback.set_state(state)


def _arrays_of(state: dict[str, Any]) -> dict[str, list[Array]]:
    return {name: value for name, value in state.items() if isinstance(value, list)}


def split_arrays(states: list[dict[str, Any] | None]) -> tuple[list[dict[str, Any] | None], dict[str, Array]]:
    """Separate arrays from plain values, so that the plain part can be JSON.

    Returns:
        The states with each list of arrays replaced by ``{"arrays": n}``, and the arrays by
        ``"callback/<position>/<name>/<number>"``.
    """
    plain: list[dict[str, Any] | None] = []
    arrays: dict[str, Array] = {}
    for position, state in enumerate(states):
        if state is None:
            plain.append(None)
            continue
        lists = _arrays_of(state)
        for name, values in lists.items():
            arrays |= {f"callback/{position}/{name}/{number}": value for number, value in enumerate(values)}
        plain.append(state | {name: {"arrays": len(values)} for name, values in lists.items()})
    return plain, arrays


def join_arrays(plain: list[dict[str, Any] | None], arrays: dict[str, Array]) -> list[dict[str, Any] | None]:
    """Undo :func:`split_arrays`."""
    joined: list[dict[str, Any] | None] = []
    for position, state in enumerate(plain):
        joined.append(
            state
            and {
                name: [arrays[f"callback/{position}/{name}/{number}"] for number in range(value["arrays"])]
                if isinstance(value, dict)
                else value
                for name, value in state.items()
            }
        )
    return joined
