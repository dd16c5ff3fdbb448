"""What a model learns by: optimizer, learning rate, loss and metrics, from a spec to a compiled Keras model."""

from collections.abc import Sequence
from typing import Literal

from hondo.core.backend import KerasModel, keras
from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.core.spec import LearnSpec, ModelSpec, RunSpec
from hondo.core.spec.learn import LossName
from hondo.data.dataset import Task
from hondo.data.preprocess import Preprocessor
from hondo.experiments.metrics import make_metric, misfit
from hondo.experiments.output_losses import OutputLosses, Part
from hondo.experiments.schedules import Schedule, fill_schedule, make_schedule
from hondo.models.build import resolve_layers

CROSSENTROPIES: tuple[LossName, ...] = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
)
_LEARNING_RATES: dict[str, float] = {"sgd": 0.01, "rmsprop": 0.001, "adam": 0.001, "adamw": 0.001}
# The defaults of Keras, written out so that a record does not depend on its version.
_OPTIMIZERS: dict[str, dict[str, float | bool]] = {
    "sgd": {"momentum": 0.0, "nesterov": False},
    "rmsprop": {"momentum": 0.0, "rho": 0.9},
    "adam": {"beta_1": 0.9, "beta_2": 0.999},
    "adamw": {"beta_1": 0.9, "beta_2": 0.999, "weight_decay": 0.004},
}

TargetKind = Literal["integer", "one-hot", "number"]


def target_kind(preprocessor: Preprocessor) -> TargetKind:
    """How targets reach the model."""
    if preprocessor.task == "regression":
        return "number"
    return "one-hot" if preprocessor.spec.target == "one-hot" else "integer"


def resolve(spec: RunSpec, *, model: KerasModel, task: Task, target_kind: TargetKind) -> RunSpec:
    """The same spec with everything written out that was left to Hondo, so that its record says what really happened.

    Presets become their layers; optimizer, schedule, loss and metrics get their values. A resolved spec resolves to
    itself, and trains the same.

    Args:
        spec: a valid spec.
        model: the built model.
        task: classification or regression.
        target_kind: how targets reach the model: class numbers, one-hot rows, or numbers.
    """
    learn = _fill(spec.learn, output_units(model), task, target_kind)
    shape = spec.model
    if spec.model.preset is not None:
        input_shape, outputs = tuple(model.input_shape[1:]), model.output_shape[-1]
        layers = resolve_layers(spec.model, input_shape=input_shape, outputs=outputs, task=task)
        shape = ModelSpec(layers=layers)
    return spec.model_copy(update={"learn": learn, "model": shape})


def compile_model(
    model: KerasModel,
    learn: LearnSpec,
    *,
    task: Task,
    target_kind: TargetKind,
    outputs: int,
    steps_per_epoch: int,
    epochs: int,
    parts: Sequence[Part] = (),
) -> None:
    """Give a model its optimizer, loss and metrics; nothing is trained.

    Args:
        model: the built model.
        learn: how to learn; what is left out follows from the task.
        task: classification or regression.
        target_kind: how targets reach the model.
        outputs: classes, or numbers to predict; used where the model does not say how many units it ends in.
        steps_per_epoch: batches in an epoch.
        epochs: how long the training is planned to last.
        parts: how each of several outputs is judged; see :class:`OutputLosses`.

    Raises:
        SpecError: a warm-up longer than the training, or a metric without meaning for these targets.
    """
    units = output_units(model) or outputs
    filled = _fill(learn, units, task, target_kind)
    start = filled.learning_rate or _LEARNING_RATES[filled.optimizer]
    rate = make_schedule(filled.schedule, start, steps_per_epoch=steps_per_epoch, epochs=epochs)
    metrics = filled.metrics or ()
    for name in metrics:
        if reason := misfit(name, units=units, target_kind=target_kind):
            raise SpecError(
                tr(f"metric {name!r}: {reason}", f"métrica {name!r}: {reason}"),
                tr("Choose others in learn.metrics.", "Elija otras en learn.metrics."),
            )
    model.compile(
        optimizer=make_optimizer(filled, rate),
        loss=OutputLosses(parts) if parts else make_loss(filled),
        metrics=[make_metric(name, units=units, target_kind=target_kind) for name in metrics],
    )


def make_optimizer(learn: LearnSpec, rate: float | Schedule) -> keras.optimizers.Optimizer:
    """The Keras optimizer that a spec describes.

    AdamW shrinks every weight, biases included, as Keras does by default.

    Args:
        learn: which one, and its settings; what is left out is Keras's default.
        rate: the learning rate or its schedule.
    """
    classes = {
        "sgd": keras.optimizers.SGD,
        "rmsprop": keras.optimizers.RMSprop,
        "adam": keras.optimizers.Adam,
        "adamw": keras.optimizers.AdamW,
    }
    defaults = _OPTIMIZERS[learn.optimizer]
    given = learn.model_dump(include=set(defaults), exclude_none=True)
    return classes[learn.optimizer](learning_rate=rate, global_clipnorm=learn.clip_norm, **{**defaults, **given})


def make_loss(learn: LearnSpec) -> keras.losses.Loss:
    """The Keras loss that a spec names; outputs are probabilities, not logits.

    Raises:
        ValueError: the spec names none.
    """
    smoothing = learn.label_smoothing or 0.0
    match learn.loss:
        case "mse":
            return keras.losses.MeanSquaredError()
        case "mae":
            return keras.losses.MeanAbsoluteError()
        case "huber":
            return keras.losses.Huber(delta=learn.huber_delta or 1.0)
        case "binary_crossentropy":
            return keras.losses.BinaryCrossentropy(label_smoothing=smoothing)
        case "categorical_crossentropy":
            return keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
        case "sparse_categorical_crossentropy":
            return keras.losses.SparseCategoricalCrossentropy()
    raise ValueError("the spec names no loss")


def default_loss(*, units: int | None, task: Task, target_kind: TargetKind) -> LossName:
    """The loss that fits the target and the output layer.

    Example:
        >>> default_loss(units=10, task="classification", target_kind="integer")
        'sparse_categorical_crossentropy'
    """
    if task == "regression":
        return "mse"
    if units == 1:
        return "binary_crossentropy"
    return "categorical_crossentropy" if target_kind == "one-hot" else "sparse_categorical_crossentropy"


def output_units(model: KerasModel) -> int | None:
    """How many numbers the model gives for a sample; None where it does not say, or has several outputs."""
    try:
        shape = model.output_shape
    except (AttributeError, RuntimeError):  # a subclassed model has no recorded output
        return None
    return shape[-1] if isinstance(shape, tuple) and shape and isinstance(shape[-1], int) else None


def _fill(learn: LearnSpec, units: int | None, task: Task, target_kind: TargetKind) -> LearnSpec:
    """The same settings with their defaults written out."""
    loss = learn.loss or default_loss(units=units, task=task, target_kind=target_kind)
    defaults: dict[str, object] = {
        "learning_rate": _LEARNING_RATES[learn.optimizer],
        **_OPTIMIZERS[learn.optimizer],
        "metrics": ("accuracy",) if task == "classification" else ("mae",),
        "loss": loss,
    }
    if loss == "huber":
        defaults["huber_delta"] = 1.0
    if loss in ("binary_crossentropy", "categorical_crossentropy"):
        defaults["label_smoothing"] = 0.0
    given = learn.model_dump(exclude_unset=True, exclude_none=True)
    return LearnSpec.model_validate({**defaults, **given, "schedule": fill_schedule(learn.schedule)})
