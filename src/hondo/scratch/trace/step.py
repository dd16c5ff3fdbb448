"""What a trace is made of: steps that each make one array, from named arrays, by a formula, with the numbers put in."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hondo.core.language import LANGUAGES, use_language
from hondo.scratch.trace.symbols import Symbol, number

Phase = Literal["forward", "loss", "backward", "update"]


@dataclass(frozen=True)
class Step:
    """One array comes to be.

    Attributes:
        phase: forward, loss, backward or update.
        batch: which training step, counted from 0.
        layer: the kind of layer, or what else does it.
        name: the array's key, e.g. ``z1``; ``dz1`` is its gradient.
        symbol: the array in LaTeX.
        formula: how it is made, in LaTeX.
        uses: the names of the arrays that were put in.
        meaning: what happens, by language.
        value: the numbers.
        before: what ``name`` was until now, in an update; otherwise None.
        worked: the formula with its numbers, in LaTeX, for one element after the other, row by row.
    """

    phase: Phase
    batch: int
    layer: str
    name: str
    symbol: str
    formula: str
    uses: tuple[str, ...]
    meaning: dict[str, str]
    value: np.ndarray
    before: np.ndarray | None = None
    worked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trace:
    """All steps in order, and what was given before the first."""

    given: dict[str, np.ndarray]
    steps: tuple[Step, ...]

    def state(self, position: int) -> dict[str, np.ndarray]:
        """Every array that exists after ``position`` steps, with the value it has then."""
        return self.given | {step.name: step.value for step in self.steps[:position]}

    def find(self, name: str, batch: int = 0) -> Step:
        """The step that made an array.

        Raises:
            KeyError: if none did in that batch.
        """
        for step in self.steps:
            if step.name == name and step.batch == batch:
                return step
        raise KeyError(name)

    def to_json(self) -> str:
        """Everything as JSON: arrays keep their shape and every digit."""
        steps = [
            {
                **vars(step),
                "value": _encode(step.value),
                "before": None if step.before is None else _encode(step.before),
            }
            for step in self.steps
        ]
        given = {name: _encode(value) for name, value in self.given.items()}
        return json.dumps({"version": 1, "given": given, "steps": steps}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Trace":
        """The same trace again."""
        read = json.loads(text)
        steps = [
            Step(
                **{
                    **step,
                    "uses": tuple(step["uses"]),
                    "worked": tuple(step["worked"]),
                    "value": _decode(step["value"]),
                    "before": None if step["before"] is None else _decode(step["before"]),
                }
            )
            for step in read["steps"]
        ]
        return cls({name: _decode(value) for name, value in read["given"].items()}, tuple(steps))


def _encode(array: np.ndarray) -> dict[str, Any]:
    # JSON has no infinity and no NaN: as words they survive, and any reader sees what went wrong.
    values = [value if np.isfinite(value) else str(value) for value in array.ravel().tolist()]
    return {"shape": list(array.shape), "values": values}


def _decode(encoded: dict[str, Any]) -> np.ndarray:
    return np.array([float(value) for value in encoded["values"]]).reshape(encoded["shape"])


@dataclass(frozen=True)
class Made:
    """How a layer, a loss or an optimizer explains one array that it made; the recorder turns it into a step.

    Attributes:
        symbol: of the array.
        formula: the right-hand side in LaTeX.
        uses: what was put in.
        say: what happens, in the language in force.
        value: the numbers.
        expression: for an element's index, the right-hand side with numbers.
        before: the old numbers, in an update.
    """

    symbol: Symbol
    formula: str
    uses: Sequence[Symbol]
    say: Callable[[], str]
    value: np.ndarray
    expression: Callable[[tuple[int, ...]], str]
    before: np.ndarray | None = None

    def step(self, phase: Phase, batch: int, layer: str, limit: int) -> Step:
        """The step, with at most ``limit`` elements worked out."""
        meaning = {}
        for language in LANGUAGES:
            with use_language(language):
                meaning[language] = self.say()
        sign = r"\leftarrow" if phase == "update" else "="
        worked = [
            f"{self.symbol.latex(index)} {sign} {self.expression(index)} = {number(float(self.value[index]))}"
            for _, index in zip(range(limit), np.ndindex(*self.value.shape), strict=False)
        ]
        return Step(
            phase,
            batch,
            layer,
            self.symbol.name,
            self.symbol.latex(),
            f"{self.symbol.latex()} {sign} {self.formula}",
            tuple(symbol.name for symbol in self.uses),
            meaning,
            np.array(self.value, dtype=float),
            None if self.before is None else np.array(self.before, dtype=float),
            tuple(worked),
        )
