"""What all parts of a spec have in common: strict, frozen, nothing unknown and nothing unused."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from hondo.core.language import tr

Share = Annotated[float, Field(ge=0.0, lt=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]


class SpecPart(BaseModel):
    """A part of a spec. Unknown keys are refused; an instance never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)

    def written(self) -> dict[str, Any]:
        """This part as plain data, without what was left out and has no value."""
        return self.model_dump(mode="json", exclude_none=True)


def unused(part: SpecPart, names: set[str], why_en: str, why_es: str) -> None:
    """Refuse the keys in ``names`` that the author gave a value though nothing would read it.

    Raises:
        PydanticCustomError: naming the first such key; the spec reader turns it into a line and a hint.
    """
    for name in sorted(names & part.model_fields_set):
        if getattr(part, name) not in (None, type(part).model_fields[name].default):
            text = tr(f"{name!r} would not be used: {why_en}", f"{name!r} no se usaría: {why_es}")
            raise PydanticCustomError("unused", "{text}", {"text": text, "key": name})


def refuse(en: str, es: str, key: str = "") -> PydanticCustomError:
    """An error about a combination of values, to be raised in a validator; ``key`` says which line to show."""
    return PydanticCustomError("combination", "{text}", {"text": tr(en, es), "key": key})
