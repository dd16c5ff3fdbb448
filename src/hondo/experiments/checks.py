"""The mistakes that would train silently wrong, each found and named before training.

A refusal is for what cannot mean anything; a warning for what works but is probably not meant; information for what is
good to know. All refusals come in one error, so that they can be mended at once.
"""

from collections.abc import Callable

import numpy as np

from hondo.core.backend import KerasModel, keras
from hondo.core.errors import SpecError, nearest
from hondo.core.events import Notice
from hondo.core.language import tr
from hondo.experiments.layer_checks import dense_before_flatten, outputs_in_reach, within_reach
from hondo.experiments.learning import CROSSENTROPIES
from hondo.experiments.metrics import misfit
from hondo.experiments.setup import Finding, Findings, Setup, refusal, warning
from hondo.models.columns import Columns

__all__ = ["CHECKS", "Setup", "check_before_training"]

_UNSCALED = 20.0
_LARGE_RATE = 0.1
_IMBALANCE = 10.0
_PROBABILITIES = ("softmax", "sigmoid")


def check_before_training(setup: Setup) -> list[Notice]:
    """Look for mistakes that would train silently wrong.

    Args:
        setup: all that is about to be trained.

    Returns:
        Warnings and advice, to be shown.

    Raises:
        SpecError: naming everything that cannot mean anything.
    """
    findings = [finding for check in CHECKS for finding in check(setup)]
    refusals = [finding for finding in findings if finding.kind == "refusal"]
    if len(refusals) == 1:
        raise SpecError(refusals[0].text, refusals[0].hint)
    if refusals:
        count = tr(f"{len(refusals)} things cannot work:", f"hay {len(refusals)} cosas que no pueden funcionar:")
        raise SpecError("\n".join([count, *(f"  {finding}" for finding in refusals)]))
    return [Notice(str(finding), "info" if finding.kind == "info" else "warning") for finding in findings]


def output_layer(setup: Setup) -> Findings:
    """The output layer has a unit for each class or number, and a softmax has more than one."""
    units, activation = setup.units, setup.last_activation
    if units is None:
        yield refusal(
            tr("the model does not have exactly one output", "el modelo no tiene exactamente una salida"),
            tr("A spec trains models with one output; use hondo.fit.", "Para varias salidas, use hondo.fit."),
        )
        return
    if activation == "softmax" and units == 1:
        yield refusal(
            tr("softmax on one unit always gives 1", "softmax sobre una sola unidad da siempre 1"),
            tr(
                "Use 2 units with softmax, or 1 unit with sigmoid and the loss binary_crossentropy.",
                "Use 2 unidades con softmax, o 1 con sigmoid y la pérdida binary_crossentropy.",
            ),
        )
    one_for_two = setup.task == "classification" and setup.target_kind == "integer" and (units, setup.outputs) == (1, 2)
    if units != setup.outputs and not one_for_two:
        what = tr("classes", "clases") if setup.task == "classification" else tr("numbers", "números")
        yield refusal(
            tr(
                f"the model ends in {units} units but the data have {setup.outputs} {what} to predict",
                f"el modelo acaba en {units} unidades, pero los datos tienen {setup.outputs} {what} que predecir",
            ),
            tr(f"Give the last layer {setup.outputs} units.", f"Dé {setup.outputs} unidades a la última capa."),
        )


def loss_fits_targets(setup: Setup) -> Findings:
    """The loss reads targets as they come."""
    loss, units = setup.spec.learn.loss, setup.units
    if setup.task == "regression":
        if loss in CROSSENTROPIES:
            yield refusal(
                tr(
                    f"{loss} is for classes, and the targets are numbers",
                    f"{loss} es para clases, y los objetivos son números",
                ),
                tr("Use mse, mae or huber.", "Use mse, mae o huber."),
            )
        return
    one_hot = setup.target_kind == "one-hot"
    many = units is not None and units > 1
    if loss == "categorical_crossentropy" and not one_hot:
        yield refusal(
            tr(
                f"{loss} needs one-hot rows, and the targets are class numbers",
                f"{loss} exige filas one-hot, y los objetivos son números de clase",
            ),
            tr(
                "Use sparse_categorical_crossentropy, or preprocess.target: one-hot.",
                "Use sparse_categorical_crossentropy o preprocess.target: one-hot.",
            ),
        )
    elif loss == "sparse_categorical_crossentropy" and one_hot:
        yield refusal(
            tr(
                f"{loss} needs class numbers, and the targets are one-hot rows",
                f"{loss} exige números de clase, y los objetivos son filas one-hot",
            ),
            tr(
                "Use categorical_crossentropy, or preprocess.target: integer.",
                "Use categorical_crossentropy o preprocess.target: integer.",
            ),
        )
    elif loss in ("categorical_crossentropy", "sparse_categorical_crossentropy") and units == 1:
        yield refusal(
            tr(f"{loss} needs a unit for each class", f"{loss} exige una unidad por clase"),
            tr(
                "With one unit use sigmoid and binary_crossentropy.",
                "Con una unidad, use sigmoid y binary_crossentropy.",
            ),
        )
    elif loss == "binary_crossentropy" and (setup.outputs > 2 or (many and not one_hot)):
        yield refusal(
            tr(
                f"binary_crossentropy is for one unit and two classes, not {units} units and {setup.outputs} classes",
                f"binary_crossentropy es para una unidad y dos clases, no {units} unidades y {setup.outputs} clases",
            ),
            tr("Use sparse_categorical_crossentropy.", "Use sparse_categorical_crossentropy."),
        )
    elif loss not in CROSSENTROPIES and many and not one_hot:
        yield refusal(
            tr(
                f"{loss} would compare class numbers with {units} probabilities",
                f"{loss} compararía números de clase con {units} probabilidades",
            ),
            tr("Use sparse_categorical_crossentropy.", "Use sparse_categorical_crossentropy."),
        )
    elif loss not in CROSSENTROPIES:
        yield warning(
            tr(f"{loss} learns classes slowly", f"con {loss} las clases se aprenden despacio"),
            tr("A cross-entropy usually does better.", "Una entropía cruzada suele dar mejor resultado."),
        )


def loss_fits_activation(setup: Setup) -> Findings:
    """The output layer gives what the loss expects, and can reach the targets."""
    loss, activation, y = setup.spec.learn.loss, setup.last_activation, setup.y_train
    if activation is None:
        return
    if loss in CROSSENTROPIES and activation not in _PROBABILITIES:
        yield refusal(
            tr(
                f"{loss} needs probabilities, and the last activation is {activation}",
                f"{loss} exige probabilidades, y la última activación es {activation}",
            ),
            tr("End in softmax (or sigmoid on one unit).", "Acabe en softmax (o sigmoid sobre una unidad)."),
        )
    elif loss in ("categorical_crossentropy", "sparse_categorical_crossentropy") and activation == "sigmoid":
        yield warning(
            tr(
                "sigmoid gives each class its own probability, so they do not add up to 1",
                "sigmoid da a cada clase su propia probabilidad, así que no suman 1",
            ),
            tr("Use softmax for one class per sample.", "Use softmax si cada muestra es de una sola clase."),
        )
    if setup.task == "regression" and len(y):
        yield from within_reach(activation, y)


def targets(setup: Setup) -> Findings:
    """Targets are finite, and every label is the number of a class."""
    y = np.asarray(setup.y_train)
    if not np.all(np.isfinite(y)):
        yield refusal(
            tr(
                f"{int(np.sum(~np.isfinite(y)))} targets are not finite numbers",
                f"{int(np.sum(~np.isfinite(y)))} objetivos no son números finitos",
            ),
            tr("Remove those samples.", "Quite esas muestras."),
        )
    elif setup.target_kind == "integer":
        allowed = setup.outputs
        labels, counts = np.unique(y[(y < 0) | (y >= allowed)], return_counts=True)
        if len(labels):
            listed = ", ".join(f"{label} (×{count})" for label, count in zip(labels[:5], counts[:5], strict=True))
            more = ", …" if len(labels) > 5 else ""
            yield refusal(
                tr(
                    f"labels outside the {allowed} classes (0 to {allowed - 1}): {listed}{more}",
                    f"etiquetas fuera de las {allowed} clases (de 0 a {allowed - 1}): {listed}{more}",
                ),
                tr("Number the classes from 0.", "Numere las clases desde 0."),
            )
    elif setup.target_kind == "one-hot" and (y.ndim != 2 or y.shape[1] != setup.outputs):
        yield refusal(
            tr(
                f"one-hot targets should have {setup.outputs} columns; their shape is {y.shape}",
                f"los objetivos one-hot deberían tener {setup.outputs} columnas; su forma es {y.shape}",
            )
        )


def inputs(setup: Setup) -> Findings:
    """Inputs are finite and of a size that learns well."""
    x = setup.x_sample
    if not np.issubdtype(x.dtype, np.number) or not x.size:
        return
    missing = int(np.sum(~np.isfinite(x)))
    if missing:
        yield refusal(
            tr(
                f"{missing} of the first {x.size} input values are missing or infinite",
                f"{missing} de los primeros {x.size} valores de entrada faltan o son infinitos",
            ),
            tr("Fill them in with preprocess.missing.", "Rellénelos con preprocess.missing."),
        )
        return
    largest = float(np.max(np.abs(x)))
    network = setup.spec.model.network
    if network is not None:
        if x.ndim == 4 and (largest <= 1.5 or float(x.min()) < 0):
            yield refusal(
                tr(
                    f"{network} does its own preprocessing and needs raw pixels, 0 to 255; "
                    f"these go from {float(x.min()):.3g} to {float(x.max()):.3g}",
                    f"{network} hace su propio preprocesamiento y necesita píxeles sin tocar, "
                    f"de 0 a 255; estos van de {float(x.min()):.3g} a {float(x.max()):.3g}",
                ),
                tr(
                    "Remove preprocess.scale and preprocess.standardise.",
                    "Quite preprocess.scale y preprocess.standardise.",
                ),
            )
        return
    if largest > _UNSCALED and not _scales_itself(setup.model):
        yield warning(
            tr(
                f"inputs reach {largest:g}: a network learns badly from values that large",
                f"las entradas llegan a {largest:g}: una red aprende mal de valores tan grandes",
            ),
            tr(
                "Set preprocess.scale: unit (pixels) or preprocess.standardise: feature (tables).",
                "Ponga preprocess.scale: unit (píxeles) o preprocess.standardise: feature (tablas).",
            ),
        )


def sizes(setup: Setup) -> Findings:
    """The batch is not larger than the data, nor the learning rate than makes sense."""
    batch, learn = setup.spec.train.batch_size, setup.spec.learn
    if batch != "all" and batch > setup.samples:
        yield warning(
            tr(
                f"the batch ({batch}) is larger than the training data ({setup.samples}): each step uses all samples",
                f"el lote ({batch}) supera las muestras de entrenamiento ({setup.samples}): cada paso las usa todas",
            ),
            tr(
                "Write train.batch_size: all if that is what you want.",
                "Escriba train.batch_size: all si es lo que quiere.",
            ),
        )
    rate = learn.learning_rate
    if rate is not None and rate > _LARGE_RATE and learn.optimizer != "sgd":
        yield warning(
            tr(
                f"a learning rate of {rate:g} is very large for {learn.optimizer}",
                f"una tasa de aprendizaje de {rate:g} es muy grande para {learn.optimizer}",
            ),
            tr("0.001 is usual.", "Lo habitual es 0.001."),
        )


def monitors(setup: Setup) -> Findings:
    """What early stopping and its kin watch will be logged."""
    spec = setup.spec
    logged = ["loss", *(spec.learn.metrics or ())]
    if spec.data.validation > 0:
        logged += [f"val_{name}" for name in logged]
    for key in ("early_stopping", "reduce_on_plateau"):
        part = getattr(spec.train, key)
        if part is not None and part.monitor not in logged:
            yield refusal(
                tr(
                    f"train.{key} watches {part.monitor!r}, which will not exist",
                    f"train.{key} vigila {part.monitor!r}, que no existirá",
                ),
                nearest(part.monitor, logged),
            )


def metrics_fit(setup: Setup) -> Findings:
    """Each metric has a meaning for these targets."""
    for name in setup.spec.learn.metrics or ():
        reason = misfit(name, units=setup.units or setup.outputs, target_kind=setup.target_kind)
        if reason:
            yield refusal(tr(f"metric {name!r}: {reason}", f"métrica {name!r}: {reason}"))


def classes(setup: Setup) -> Findings:
    """Class weights name classes; every class occurs; accuracy does not hide rare ones."""
    weights = setup.spec.train.class_weights
    if weights is not None and setup.task == "regression":
        yield refusal(
            tr(
                "class_weights are for classes, and the targets are numbers",
                "class_weights es para clases, y los objetivos son números",
            ),
            tr("Remove train.class_weights.", "Quite train.class_weights."),
        )
        return
    if isinstance(weights, dict):
        for name in weights:
            if name not in setup.classes:
                yield refusal(
                    tr(f"class_weights: there is no class {name!r}", f"class_weights: no hay ninguna clase {name!r}"),
                    nearest(name, setup.classes),
                )
    counts = setup.counts
    if counts is None or len(counts) != len(setup.classes) or not len(counts):
        return
    absent = [name for name, count in zip(setup.classes, counts, strict=True) if not count]
    if absent:
        listed = ", ".join(absent[:5]) + (", …" if len(absent) > 5 else "")
        yield warning(
            tr(
                f"no training sample is of class: {listed}",
                f"ninguna muestra de entrenamiento es de estas clases: {listed}",
            ),
            tr("The model cannot learn them.", "El modelo no puede aprenderlas."),
        )
    present = counts[counts > 0]
    if weights is None and setup.spec.learn.metrics == ("accuracy",) and present.max() > _IMBALANCE * present.min():
        share = float(present.max() / present.sum())
        yield Finding(
            "info",
            tr(
                f"classes are imbalanced: always answering the most common would be right {share:.0%} of the time",
                f"clases desequilibradas: responder siempre la más frecuente acertaría el {share:.0%} de las veces",
            ),
            tr(
                "Look at the confusion matrix too, or set train.class_weights: balanced.",
                "Mire también la matriz de confusión, o ponga train.class_weights: balanced.",
            ),
        )


CHECKS: tuple[Callable[[Setup], Findings], ...] = (
    output_layer,
    loss_fits_targets,
    loss_fits_activation,
    targets,
    inputs,
    sizes,
    monitors,
    metrics_fit,
    classes,
    dense_before_flatten,
    outputs_in_reach,
)


def _scales_itself(model: KerasModel) -> bool:
    """Whether the model begins by scaling its inputs."""
    scaling = (keras.layers.Rescaling, keras.layers.Normalization, keras.layers.BatchNormalization)
    before = (keras.layers.InputLayer, Columns)
    first = next((layer for layer in model.layers if not isinstance(layer, before)), None)
    return isinstance(first, scaling)
