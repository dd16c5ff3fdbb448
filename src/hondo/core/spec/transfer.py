"""The part of a spec about transfer: a network that was trained elsewhere, a new head, and what is tuned afterwards."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hondo.core.spec.base import Count, Positive, Share, SpecPart, unused
from hondo.core.spec.learn import Schedule, ScheduleSpec


class FineTuneSpec(SpecPart):
    """The second phase: part of the backbone learns, too, in small steps."""

    epochs: Count = 5
    """For how many epochs, after those of the head."""
    unfreeze: Literal["all"] | Count | str = "all"
    """What of the backbone learns: `all`, its last so many blocks, or everything from the layer of this name on."""
    learning_rate: Positive | None = None
    """Of the head and the topmost block; left out, a tenth of learn.learning_rate."""
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Each block learns at this share of the rate of the block above it; 1 for the same rate everywhere."""
    schedule: Schedule = ScheduleSpec(kind="cosine", warmup_epochs=0.5)
    """How the learning rate changes in this phase; times count from its beginning. train.reduce_on_plateau is for the
    head alone."""
    batch_normalization: Literal["keep", "update"] = "keep"
    """Whether unfrozen batch normalisations stay as they are, mean, variance, scale and offset, or follow the new
    pictures."""


class TransferSpec(SpecPart):
    """A backbone that was trained elsewhere, frozen, and a new head that learns on its features."""

    backbone: str
    """A network of keras.applications by name, such as `mobilenet_v2`, or `hondo_mini`, which comes with Hondo. It
    takes raw pixels."""
    weights: str | None = None
    """`none`, or a file; left out, the weights that the network is known for (ImageNet's; Hondo's own)."""
    pooling: Literal["avg", "max"] = "avg"
    """What of each map of features reaches the head: its mean or its largest value."""
    hidden: tuple[Count, ...] = ()
    """Units of the head's hidden layers; none is usual."""
    dropout: Share = 0.0
    """The share of features, and of each hidden layer's units, silenced while training."""
    features: Literal["cached", "recomputed"] = "cached"
    """Whether features are computed once and kept on disk, or anew in each epoch, with new augmentation."""
    augmented_passes: Count | None = None
    """cached, with augmentation: how many augmented versions of each picture are kept (4); an epoch sees all."""
    fine_tune: FineTuneSpec | None = None
    """A second phase, in which the backbone learns, too."""

    @model_validator(mode="after")
    def _only_what_is_used(self) -> Self:
        if self.features == "recomputed":
            unused(self, {"augmented_passes"}, "features are recomputed", "las características se recalculan")
        return self


def _named(value: Any) -> Any:
    """`transfer: hondo_mini` is `transfer: {backbone: hondo_mini}`."""
    return {"backbone": value} if isinstance(value, str) else value


Transfer = Annotated[TransferSpec, BeforeValidator(_named)]
