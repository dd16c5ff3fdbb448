"""What a run puts into its report: gathered here, so that the flow stays the flow and the report stays a page."""

from datetime import datetime
from typing import Any

import numpy as np

from hondo.core.language import language, tr
from hondo.core.spec import AboutSpec, RunSpec
from hondo.data.dataset import Dataset, Split
from hondo.experiments.augmenting import augmented_samples, describe_augmentation
from hondo.experiments.evaluation import ClassificationEvaluation
from hondo.experiments.predict import predict_raw
from hondo.experiments.report.model_graph import model_graph
from hondo.experiments.report.page import Glimpse, Points, Regions, ReportData, write_report
from hondo.experiments.report.wording import spoken
from hondo.experiments.run import CHECKPOINT, MODEL, PREPROCESS, RESULT, SPEC, Run, held_out
from hondo.experiments.specs.write import spec_to_yaml

GLIMPSED, PLOTTED, GRID = 12, 2000, 120


def report_on(run: Run, environment: dict[str, Any]) -> None:
    """Write the report of a recorded run whose data are at hand."""
    if run.folder is None or run.dataset is None:
        return
    name, split = held_out(run.dataset)
    evaluation, pictures = run.evaluation, run.dataset.kind == "image"
    worst = None
    if pictures and isinstance(evaluation, ClassificationEvaluation) and evaluation.worst:
        worst = np.asarray(split.x[np.array([mistake.index for mistake in evaluation.worst])])
    write_report(
        run.folder,
        ReportData(
            name=run.name,
            about=about(run.spec),
            status=run.status,
            spec_yaml=spec_to_yaml(run.spec, full=True),
            dataset=run.dataset.summary(),
            preprocess_steps=run.preprocessor.describe(),
            augment_steps=describe_augmentation(run.spec.augment),
            augmented=augmented_samples(run.spec, run.dataset),
            layers=layer_rows(run.model),
            graph=model_graph(run.model),
            parameters=run.model.count_params(),
            learning=learning_line(run.spec),
            history=run.history,
            phases=[(spoken(phase.name), phase.epochs, phase.about) for phase in run.phases],
            best=best_epoch(run),
            evaluation=evaluation,
            evaluated_on=name,
            worst_pictures=worst,
            glimpse=_glimpse(run, split) if pictures and run.dataset.classes else None,
            regression=_regression(run, split),
            points=_points(run, run.dataset),
            environment=environment,
            timings=run.timings,
            files=file_rows(),
            notes=run.notes,
            created=datetime.now().astimezone(),
        ),
    )


def about(spec: RunSpec) -> str:
    """The spec's line of explanation in the reader's language."""
    if isinstance(spec.about, AboutSpec):
        return spec.about.es if language() == "es" else spec.about.en
    return spec.about or ""


def layer_rows(model: Any) -> list[tuple[str, str, str, int]]:
    """Name, kind, output shape and parameters of each layer."""
    rows = []
    for layer in model.layers:
        try:
            shape = " × ".join(str(size) for size in layer.output.shape[1:])
        except (AttributeError, ValueError, RuntimeError):  # a layer of a subclassed model has no recorded output
            shape = ""
        rows.append((layer.name, type(layer).__name__, shape, layer.count_params() if layer.built else 0))
    return rows


def learning_line(spec: RunSpec) -> str:
    """Optimizer, learning rate and schedule in a line."""
    learn = spec.learn
    schedule = "" if learn.schedule.kind == "constant" else f" ({learn.schedule.kind})"
    return f"{learn.optimizer}, {learn.learning_rate:g}{schedule}"


def best_epoch(run: Run) -> int | None:
    """The epoch (from 0) whose weights the model holds, when early stopping went back to it."""
    stop = run.spec.train.early_stopping
    values = run.history.get(stop.monitor) if stop and stop.restore_best else None
    if not stop or not values:
        return None
    higher_is_better = any(part in stop.monitor for part in ("acc", "auc", "precision", "recall", "r2"))
    return int(np.nanargmax(values) if higher_is_better else np.nanargmin(values))


def file_rows() -> list[tuple[str, str]]:
    """The files of a run's folder and what each is."""
    return [
        (SPEC, tr("everything that determined this run", "todo lo que determinó este experimento")),
        (MODEL, tr("the trained model, in Keras's format", "el modelo entrenado, en el formato de Keras")),
        (PREPROCESS, tr("the steps applied to raw inputs first", "los pasos que se aplican antes a las entradas")),
        (RESULT, tr("history, evaluation and timings", "historial, evaluación y tiempos")),
        (CHECKPOINT, tr("the state to resume from", "el estado desde el que se reanuda")),
        ("plots/", tr("the figures as PNG", "las figuras en PNG")),
    ]


def _glimpse(run: Run, split: Split) -> Glimpse:
    index = np.linspace(0, len(split) - 1, min(GLIMPSED, len(split))).astype(int)
    pictures = np.asarray(split.x[index])
    answers = predict_raw(run.model, run.preprocessor, pictures)
    classes = run.preprocessor.classes
    return Glimpse(
        pictures,
        tuple(classes[int(number)] for number in split.y[index]),
        tuple(answers.labels),
        tuple(float(value) for value in answers.outputs.max(axis=1)),
    )


def _regression(run: Run, split: Split) -> Any:
    if run.preprocessor.task != "regression":
        return None
    index = np.arange(min(PLOTTED, len(split)))
    predicted = predict_raw(run.model, run.preprocessor, np.asarray(split.x[index])).outputs
    return split.y[index].reshape(predicted.shape), predicted


def _points(run: Run, dataset: Dataset) -> Points | None:
    """Samples with two numeric features, and what the model says over their plane."""
    features = dataset.features
    if len(features) != 2 or any(column.kind != "number" for column in features) or not dataset.classes:
        return None
    x = np.asarray(dataset.train.x[np.arange(min(PLOTTED, len(dataset.train)))], dtype=float)
    if not np.isfinite(x).all():
        return None
    low, high = x.min(axis=0), x.max(axis=0)
    margin = 0.08 * (high - low)
    across, up = (np.linspace(a, b, GRID) for a, b in zip(low - margin, high + margin, strict=True))
    plane = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    probabilities = predict_raw(run.model, run.preprocessor, plane).outputs.reshape(GRID, GRID, -1)
    names = (features[0].name, features[1].name)
    return Points(x, dataset.train.y[: len(x)], Regions(across, up, probabilities), names)
