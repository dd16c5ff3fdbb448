"""The part of a spec about learning: what is minimised, by which optimizer, at which rate."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hondo.core.spec.base import Count, NonNegative, Positive, Seed, SpecPart, refuse, unused

OptimizerName = Literal["sgd", "rmsprop", "adam", "adamw"]
LossName = Literal[
    "mse", "mae", "huber", "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"
]
MetricName = Literal["accuracy", "top_3_accuracy", "auc", "precision", "recall", "mse", "mae", "rmse", "r2"]
Decay = Annotated[float, Field(gt=0.0, lt=1.0)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]

_SCHEDULE_KEYS = {
    "constant": set[str](),
    "step": {"every_epochs", "rate"},
    "exponential": {"every_epochs", "rate"},
    "inverse_time": {"every_epochs", "rate"},
    "cosine": {"final"},
}


class ScheduleSpec(SpecPart):
    """How the learning rate changes with the steps taken; times are counted in epochs."""

    kind: Literal["constant", "step", "exponential", "inverse_time", "cosine"] = "constant"
    """Its shape after the warm-up."""
    rate: Annotated[float, Field(gt=0.0)] | None = None
    """step, exponential: what the rate is multiplied by each time (0.5; 0.9). inverse_time: how fast it falls (1)."""
    every_epochs: Positive | None = None
    """step, exponential, inverse_time: the time unit, in epochs (10; 1; 1)."""
    final: Fraction | None = None
    """cosine: the share of the learning rate that remains at the end (0)."""
    warmup_epochs: NonNegative = 0.0
    """The learning rate first rises linearly from 0 for this long."""

    @model_validator(mode="after")
    def _only_what_is_used(self) -> Self:
        every = set.union(*_SCHEDULE_KEYS.values())
        unused(self, every - _SCHEDULE_KEYS[self.kind], f"not by {self.kind!r}", f"{self.kind!r} no lo lee")
        if self.kind in ("step", "exponential") and self.rate is not None and self.rate >= 1:
            raise refuse("'rate' must be below 1 for it to fall", "'rate' debe ser menor que 1 para que baje", "rate")
        return self


Schedule = Annotated[ScheduleSpec, BeforeValidator(lambda v: {"kind": v} if isinstance(v, str) else v)]


class LearnSpec(SpecPart):
    """How the model learns. What is left out follows from the task."""

    optimizer: OptimizerName = "adam"
    """Who moves the weights."""
    learning_rate: Positive | None = None
    """The size of the steps (sgd 0.01, the others 0.001)."""
    schedule: Schedule = ScheduleSpec()
    """How the learning rate changes while training."""
    momentum: Annotated[float, Field(ge=0, lt=1)] | None = None
    """sgd, rmsprop: how much of the last step is kept (0)."""
    nesterov: bool | None = None
    """sgd: look ahead before correcting (false)."""
    rho: Decay | None = None
    """rmsprop: how slowly the mean square follows (0.9)."""
    beta_1: Decay | None = None
    """adam, adamw: how slowly the mean follows (0.9)."""
    beta_2: Decay | None = None
    """adam, adamw: how slowly the mean square follows (0.999)."""
    weight_decay: NonNegative | None = None
    """adamw: shrinks the weights at each step (0.004)."""
    clip_norm: Positive | None = None
    """Scale the gradients down when their common norm is larger."""
    loss: LossName | None = None
    """What is minimised; left out, the one that fits the target and the last layer."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] | None = None
    """binary_crossentropy, categorical_crossentropy: how much of each label is spread over all classes (0)."""
    huber_delta: Positive | None = None
    """huber: where the square turns into a line (1)."""
    metrics: tuple[MetricName, ...] | None = None
    """What is reported beside the loss; left out: accuracy for classes, mae for numbers."""
    l1: NonNegative = 0.0
    """Adds l1 · Σ|w| of every kernel to the loss, where a layer sets none of its own."""
    l2: NonNegative = 0.0
    """Adds l2 · Σw² of every kernel to the loss, where a layer sets none of its own."""

    @model_validator(mode="after")
    def _only_what_is_used(self) -> Self:
        reads = {
            "sgd": {"momentum", "nesterov"},
            "rmsprop": {"momentum", "rho"},
            "adam": {"beta_1", "beta_2"},
            "adamw": {"beta_1", "beta_2", "weight_decay"},
        }
        every = set.union(*reads.values())
        unused(self, every - reads[self.optimizer], f"not by {self.optimizer!r}", f"{self.optimizer!r} no lo lee")
        if self.nesterov and not self.momentum:
            raise refuse(
                "'nesterov' needs a 'momentum' above 0", "'nesterov' necesita un 'momentum' mayor que 0", "nesterov"
            )
        if self.loss != "huber":
            unused(self, {"huber_delta"}, "only by the loss 'huber'", "solo lo lee la pérdida 'huber'")
        if self.loss not in ("binary_crossentropy", "categorical_crossentropy"):
            unused(
                self,
                {"label_smoothing"},
                "only by binary_crossentropy and categorical_crossentropy (name one as 'loss')",
                "solo lo leen binary_crossentropy y categorical_crossentropy (nombre una en 'loss')",
            )
        return self


class EarlyStoppingSpec(SpecPart):
    """Stop when a value no longer gets better."""

    monitor: str = "val_loss"
    """Which logged value to watch."""
    patience: Count = 5
    """For how many epochs it may fail to improve."""
    min_delta: NonNegative = 0.0
    """What counts as better."""
    restore_best: bool = True
    """Go back to the weights of the best epoch at the end."""


class ReduceOnPlateauSpec(SpecPart):
    """Lower the learning rate when a value no longer gets better."""

    monitor: str = "val_loss"
    """Which logged value to watch."""
    factor: Decay = 0.5
    """What the learning rate is multiplied by."""
    patience: Count = 3
    """For how many epochs it may fail to improve."""
    min_delta: NonNegative = 1e-4
    """What counts as better."""
    minimum: NonNegative = 0.0
    """The learning rate never falls below this."""


class TrainSpec(SpecPart):
    """How long and in what portions the model trains."""

    epochs: Count = 10
    """How many times each training sample is seen."""
    batch_size: Count | Literal["all"] = 32
    """Samples a step: 1 is stochastic descent, `all` is batch descent."""
    shuffle: bool = True
    """Draw a new order of samples for each epoch."""
    seed: Seed = 0
    """Decides the first weights, the order of samples and every random layer."""
    early_stopping: EarlyStoppingSpec | None = None
    """Stop when it no longer helps."""
    reduce_on_plateau: ReduceOnPlateauSpec | None = None
    """Lower the learning rate when it no longer helps."""
    checkpoint_every: Count = 1
    """Save the state every so many epochs; at most this much is computed again after a crash."""
    class_weights: Literal["balanced"] | dict[str, NonNegative] | None = None
    """How much each class counts: `balanced`, or a number for each class name (1 where left out)."""
