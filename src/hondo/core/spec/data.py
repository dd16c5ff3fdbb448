"""The parts of a spec about data: where they come from and what is done to them before the model sees them."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hondo.core.spec.base import Count, Seed, Share, SpecPart, refuse, unused


def _one_or_more(value: Any) -> Any:
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


Target = Annotated[str | Annotated[tuple[str, ...], Field(min_length=1)], BeforeValidator(_one_or_more)]


class DataSpec(SpecPart):
    """Where samples come from and how they are split."""

    name: str | None = None
    """A data set that Hondo knows: `hondo data list` shows them."""
    path: str | None = None
    """Your own data: an image folder or zip (class/picture), a CSV or TSV file, an .npz file, or a folder with x.npy
    and y.npy."""
    target: Target | None = None
    """The column to predict, for CSV and TSV; or a list of columns with numbers to predict together."""
    task: Literal["classification", "regression"] | None = None
    """What kind of target it is; left out, it is read off the data."""
    options: dict[str, float | int | str | bool] | None = None
    """What the named data set can be told, such as `samples` and `noise` for the 2-D sets."""
    validation: Share = 0.1
    """The share of the training samples held out to watch the training; stratified by class."""
    test: Share = 0.2
    """The share held out for the final evaluation when the data bring no test split of their own."""
    on_corrupt: Literal["skip", "refuse"] = "skip"
    """What becomes of damaged pictures in a folder or zip: leave them out and name them, or stop."""
    limit: Count | None = None
    """Use at most this many training samples, chosen by `seed` and stratified by class."""
    seed: Seed = 0
    """Decides the splits; the run's own seed does not, so that runs stay comparable."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.name is None) == (self.path is None):
            raise refuse("give either 'name' or 'path'", "indique 'name' o bien 'path'", "name" if self.name else "")
        if self.name is not None:
            unused(self, {"target", "task"}, "'name' already says it", "'name' ya lo dice")
            unused(self, {"on_corrupt"}, "data sets with a name are whole", "los conjuntos con nombre están completos")
        else:
            unused(self, {"options"}, "only named data sets take options", "solo los conjuntos con nombre las admiten")
        if isinstance(self.target, tuple):
            self._targets_are_numbers(self.target)
        return self

    def _targets_are_numbers(self, targets: tuple[str, ...]) -> None:
        """Refuse several targets that are not different columns of numbers."""
        twice = next((title for title in targets if targets.count(title) > 1), None)
        if twice is not None:
            raise refuse(f"{twice!r} is named twice", f"{twice!r} se nombra dos veces", "target")
        if self.task == "classification":
            raise refuse(
                "several targets are predicted as numbers, and the task is classification: name one target",
                "varios objetivos se predicen como números, y la tarea es de clasificación: indique un solo objetivo",
                "task",
            )


class PreprocessSpec(SpecPart):
    """What happens to raw samples, in this order; fitted on training samples only and saved with the model."""

    missing: Literal["median", "mean", "zero", "drop", "refuse"] | None = None
    """What becomes of missing values in tables (default: median; missing categories become a category)."""
    categories: Literal["one-hot", "ordinal"] | None = None
    """How categories in tables become numbers (default: one-hot)."""
    greyscale: bool = False
    """Turn colour pictures into one channel of luminance (ITU-R BT.601)."""
    resize: tuple[Count, Count] | None = None
    """Resize pictures to [height, width]."""
    scale: Literal["unit", "symmetric", "none"] = "none"
    """Map 0..255 pixels to 0..1 (`unit`) or to -1..1 (`symmetric`)."""
    standardise: Literal["feature", "channel", "none"] = "none"
    """Subtract the mean and divide by the standard deviation, of each feature or of each channel."""
    flatten: bool = False
    """Turn each sample into one row of numbers."""
    target: Literal["integer", "one-hot", "standardise", "none"] | None = None
    """What becomes of the target: class numbers or one-hot rows; for regression, standardised or as it is."""
