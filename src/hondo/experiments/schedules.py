"""How the learning rate changes: a spec counts in epochs, Keras in steps."""

from typing import Any

from hondo.core.backend import keras
from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.core.spec import ScheduleSpec

Schedule = keras.optimizers.schedules.LearningRateSchedule

_DEFAULTS: dict[str, dict[str, float]] = {
    "constant": {},
    "step": {"rate": 0.5, "every_epochs": 10.0},
    "exponential": {"rate": 0.9, "every_epochs": 1.0},
    "inverse_time": {"rate": 1.0, "every_epochs": 1.0},
    "cosine": {"final": 0.0},
}


def fill_schedule(spec: ScheduleSpec) -> ScheduleSpec:
    """The same schedule with its defaults written out.

    Example:
        >>> fill_schedule(ScheduleSpec(kind="exponential")).rate
        0.9
    """
    given = spec.model_dump(exclude_none=True)
    return ScheduleSpec.model_validate({**_DEFAULTS[spec.kind], **given})


def make_schedule(spec: ScheduleSpec, learning_rate: float, *, steps_per_epoch: int, epochs: int) -> float | Schedule:
    """The learning rate as Keras takes it.

    With t the steps taken since the warm-up, T the steps of ``every_epochs`` and N the steps left after the warm-up::

        step          η · rate^⌊t / T⌋
        exponential   η · rate^(t / T)
        inverse_time  η / (1 + rate · t / T)
        cosine        η · (final + (1 - final) · (1 + cos(π · t / N)) / 2)

    During the warm-up it rises linearly from 0 to η.

    Args:
        spec: the schedule's shape; times in epochs.
        learning_rate: η, the rate that the schedule starts from.
        steps_per_epoch: batches in an epoch.
        epochs: how long the training is planned to last.

    Returns:
        A plain number where the rate never changes (so that callbacks may change it), else a Keras schedule.

    Raises:
        SpecError: the warm-up is not over before the training is.
    """
    filled = fill_schedule(spec)
    warmup = round(filled.warmup_epochs * steps_per_epoch)
    if filled.warmup_epochs >= epochs:
        raise SpecError(
            tr(
                f"the warm-up lasts {filled.warmup_epochs:g} epochs and the training {epochs}",
                f"el calentamiento dura {filled.warmup_epochs:g} épocas y el entrenamiento {epochs}",
            ),
            tr("Shorten learn.schedule.warmup_epochs.", "Acorte learn.schedule.warmup_epochs."),
        )
    schedules = keras.optimizers.schedules
    if filled.kind == "cosine":
        decay, final = max(1, epochs * steps_per_epoch - warmup), filled.final or 0.0
        if not warmup:
            return schedules.CosineDecay(learning_rate, decay, alpha=final)
        return schedules.CosineDecay(0.0, decay, alpha=final, warmup_target=learning_rate, warmup_steps=warmup)
    unit, rate = (filled.every_epochs or 1.0) * steps_per_epoch, filled.rate or 1.0
    after: float | Schedule = learning_rate
    if filled.kind in ("step", "exponential"):
        after = schedules.ExponentialDecay(learning_rate, unit, rate, staircase=filled.kind == "step")
    elif filled.kind == "inverse_time":
        after = schedules.InverseTimeDecay(learning_rate, unit, rate)
    return WarmUp(warmup, learning_rate, after) if warmup else after


@keras.saving.register_keras_serializable(package="hondo")
class WarmUp(Schedule):
    """A linear rise from 0, then another schedule, whose time begins when the rise is over.

    Keras has a warm-up for its cosine only.

    Args:
        steps: how many steps the rise takes.
        target: the learning rate it rises to.
        after: what follows: a schedule, or a learning rate that stays.
    """

    def __init__(self, steps: int, target: float, after: float | Schedule) -> None:
        super().__init__()
        self.steps, self.target, self.after = steps, target, after

    def __call__(self, step: Any) -> Any:
        """The learning rate at ``step`` (from 0)."""
        now: Any = keras.ops.cast(step, "float32")
        later = keras.ops.maximum(now - self.steps, 0.0)
        after = self.after(later) if isinstance(self.after, Schedule) else keras.ops.cast(self.after, "float32")
        return keras.ops.where(now < self.steps, self.target * now / self.steps, after)

    def get_config(self) -> dict[str, Any]:
        """What is needed to make it again."""
        after = self.after
        return {
            "steps": self.steps,
            "target": self.target,
            "after": keras.saving.serialize_keras_object(after) if isinstance(after, Schedule) else after,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WarmUp":
        """The opposite of :meth:`get_config`."""
        after = config["after"]
        if isinstance(after, dict):
            after = keras.saving.deserialize_keras_object(after)
        return cls(config["steps"], config["target"], after)
