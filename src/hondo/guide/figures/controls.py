"""What a reader moves beneath a figure, and the values that it then has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hondo.core.errors import nearest
from hondo.core.language import tr
from hondo.guide.errors import GuideError
from hondo.guide.words import Words, both

Value = float | str | bool


@dataclass(frozen=True)
class Slider:
    """A number between two others.

    Attributes:
        name: by which the figure asks for it.
        label: what stands beside it, in both languages.
        low, high, step: the numbers that it reaches.
        value: where it begins.
        plays: how many steps a second it goes by itself when played; 0 for a slider that is only moved.
    """

    name: str
    label: Words | tuple[str, str] | str
    low: float
    high: float
    value: float
    step: float = 0.1
    plays: float = 0.0

    def read(self, given: Any) -> float:
        """The nearest number that it reaches; anything that is no number is where it begins."""
        try:
            number = float(given)
        except (TypeError, ValueError):
            return self.value
        if number != number:
            return self.value
        place = round((min(self.high, max(self.low, number)) - self.low) / self.step)
        return min(self.high, round(self.low + place * self.step, 10))

    def ends(self) -> tuple[float, ...]:
        """Values worth a test."""
        return (self.low, self.high)


@dataclass(frozen=True)
class Choice:
    """One of several, by their keys.

    Attributes:
        name: by which the figure asks for it.
        label: what stands beside it.
        options: what can be chosen, and what each is called.
        value: the key that it begins with.
    """

    name: str
    label: Words | tuple[str, str] | str
    options: Mapping[str, Words | tuple[str, str] | str]
    value: str

    def read(self, given: Any) -> str:
        """The key given; anything else is where it begins."""
        return given if isinstance(given, str) and given in self.options else self.value

    def ends(self) -> tuple[str, ...]:
        """Values worth a test."""
        return tuple(self.options)


@dataclass(frozen=True)
class Toggle:
    """Yes or no.

    Attributes:
        name: by which the figure asks for it.
        label: what is so when it is on.
        value: whether it begins on.
    """

    name: str
    label: Words | tuple[str, str] | str
    value: bool = False

    def read(self, given: Any) -> bool:
        """Whether it is on; what says nothing is where it begins."""
        return self.value if given is None else str(given).lower() in ("true", "1")

    def ends(self) -> tuple[bool, ...]:
        """Values worth a test."""
        return (False, True)


Control = Slider | Choice | Toggle


@dataclass(frozen=True)
class Drag:
    """Two sliders that are also moved by dragging in the picture's first axes.

    Attributes:
        x, y: names of the sliders that take the pointer's place; an empty name for none.
    """

    x: str = ""
    y: str = ""


@dataclass(frozen=True)
class At:
    """Where a figure's controls stand.

    Attributes:
        values: by the controls' names, already within their limits.
    """

    values: Mapping[str, Value] = field(default_factory=dict)

    def number(self, name: str) -> float:
        """A slider's number."""
        return float(self._get(name))

    def whole(self, name: str) -> int:
        """A slider's number, where it stands for a count."""
        return round(self.number(name))

    def chosen(self, name: str) -> str:
        """A choice's key."""
        return str(self._get(name))

    def on(self, name: str) -> bool:
        """Whether a toggle is on."""
        return bool(self._get(name))

    def _get(self, name: str) -> Value:
        if name not in self.values:
            raise GuideError(
                tr(f"the figure has no control {name!r}", f"la figura no tiene el control {name!r}"),
                nearest(name, self.values),
            )
        return self.values[name]


def label(control: Control) -> str:
    """What stands beside a control, in the language in force."""
    return str(both(control.label))
