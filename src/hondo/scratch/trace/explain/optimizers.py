"""An optimizer explains itself: what it remembers first, then the step that it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import cast

import numpy as np

from hondo.core.language import tr
from hondo.scratch.descent.optimizers import SGD, Adam, Memory, Momentum, Nesterov, Optimizer, RMSprop
from hondo.scratch.trace.step import Made
from hondo.scratch.trace.symbols import Symbol, factor, in_symbols, number

Index = tuple[int, ...]


@dataclass(frozen=True)
class Updated:
    """One parameter before and after a step.

    Attributes:
        symbol: of the parameter.
        w, g: its old value and its gradient.
        new: its new value.
        memory, new_memory: what the optimizer remembered before and after.
        eta: the learning rate of this step.
        t: how many steps came before.
    """

    symbol: Symbol
    w: np.ndarray
    g: np.ndarray
    new: np.ndarray
    memory: Memory
    new_memory: Memory
    eta: float
    t: int


def _velocity(optimizer: Momentum, up: Updated, i: Index) -> str:
    kept = rf"{number(optimizer.momentum)} \cdot {factor(up.memory['v'][i])}"
    return rf"{kept} - {number(up.eta)} \cdot {factor(up.g[i])}"


def _average(share: float, old: np.ndarray, new: str, i: Index) -> str:
    return rf"{number(share)} \cdot {factor(old[i])} + {number(1 - share)} \cdot {new}"


def _sgd(_: SGD, up: Updated, i: Index) -> str:
    return rf"{number(up.w[i])} - {number(up.eta)} \cdot {factor(up.g[i])}"


def _momentum(_: Momentum, up: Updated, i: Index) -> str:
    return f"{number(up.w[i])} + {factor(up.new_memory['v'][i])}"


def _nesterov(optimizer: Nesterov, up: Updated, i: Index) -> str:
    ahead = rf"{number(optimizer.momentum)} \cdot {factor(up.new_memory['v'][i])}"
    return rf"{number(up.w[i])} + {ahead} - {number(up.eta)} \cdot {factor(up.g[i])}"


def _rmsprop(optimizer: RMSprop, up: Updated, i: Index) -> str:
    root = rf"\sqrt{{{number(up.new_memory['s'][i])} + {number(optimizer.epsilon)}}}"
    return rf"{number(up.w[i])} - {number(up.eta)} \cdot \frac{{{number(up.g[i])}}}{{{root}}}"


def _adam(optimizer: Adam, up: Updated, i: Index) -> str:
    correction = sqrt(1 - optimizer.beta_2 ** (up.t + 1)) / (1 - optimizer.beta_1 ** (up.t + 1))
    root = rf"\sqrt{{{number(up.new_memory['s'][i])}}} + {number(optimizer.epsilon)}"
    step = rf"\frac{{{number(up.new_memory['m'][i])}}}{{{root}}}"
    return rf"{number(up.w[i])} - {number(up.eta)} \cdot {factor(correction)} \cdot {step}"


def _squares(share: float, up: Updated, i: Index) -> str:
    return _average(share, up.memory["s"], f"{factor(up.g[i])}^2", i)


# For each optimizer its formulas, with w, g and η, and the same with numbers: of what it remembers, and of the step.
_Explained = tuple[str, Callable[..., str]]
_OPTIMIZERS: dict[type, dict[str, _Explained]] = {
    SGD: {"w": (r"w - \eta \, g", _sgd)},
    Momentum: {"v": (r"\mu \, v - \eta \, g", _velocity), "w": ("w + v", _momentum)},
    Nesterov: {"v": (r"\mu \, v - \eta \, g", _velocity), "w": (r"w + \mu \, v - \eta \, g", _nesterov)},
    RMSprop: {
        "s": (r"\rho \, s + (1 - \rho) \left(g\right)^2", lambda o, up, i: _squares(o.rho, up, i)),
        "w": (r"w - \eta \, \frac{g}{\sqrt{s + \epsilon}}", _rmsprop),
    },
    Adam: {
        "m": (
            r"\beta_1 \, m + (1 - \beta_1) \, g",
            lambda o, up, i: _average(o.beta_1, up.memory["m"], factor(up.g[i]), i),
        ),
        "s": (r"\beta_2 \, s + (1 - \beta_2) \left(g\right)^2", lambda o, up, i: _squares(o.beta_2, up, i)),
        "w": (r"w - \eta \, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \, \frac{m}{\sqrt{s} + \epsilon}", _adam),
    },
}


def explain_update(optimizer: Optimizer, up: Updated) -> list[Made]:
    """First each array that the optimizer remembers, then the parameter itself."""
    symbols = {"w": up.symbol, "g": up.symbol.gradient} | {letter: up.symbol.memory(letter) for letter in up.new_memory}
    made = []
    for letter, (formula, numbers) in _OPTIMIZERS[type(optimizer)].items():
        is_parameter = letter == "w"
        made.append(
            Made(
                symbols[letter],
                in_symbols(formula, {name: symbol.latex() for name, symbol in symbols.items()}),
                (up.symbol.gradient,) if not is_parameter else (up.symbol, up.symbol.gradient),
                (lambda: tr("the parameter takes its step", "el parámetro da su paso"))
                if is_parameter
                else (lambda: tr("the optimizer remembers", "el optimizador recuerda")),
                up.new if is_parameter else up.new_memory[letter],
                lambda i, numbers=numbers: cast(str, numbers(optimizer, up, i)),
                up.w if is_parameter else up.memory[letter],
            )
        )
    return made
