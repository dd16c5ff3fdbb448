"""A report's data as what its page shows: figures, shaded cells, rows of text and pictures.

Everything here is plain text that the template escapes, but for what is :class:`markupsafe.Markup`: the figures, and
the spec with its keys marked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import cv2
import numpy as np
from markupsafe import Markup, escape

from hondo.core.arrays import Array
from hondo.core.language import tr
from hondo.experiments.evaluation import (
    ClassificationEvaluation,
    Confusion,
    Evaluation,
    Mistake,
    RegressionEvaluation,
)
from hondo.experiments.report.curves import best_epoch, curves, plot_curve
from hondo.experiments.report.data import ReportData
from hondo.experiments.report.figures import as_pictures, data_uri, png_bytes, svg_markup
from hondo.experiments.report.graph_plot import describe_graph, has_shortcuts, plot_graph, worth_drawing
from hondo.experiments.report.model_graph import condensed
from hondo.experiments.report.plots import (
    finite_pairs,
    plot_agreement,
    plot_confusion,
    plot_errors,
    plot_points,
)
from hondo.experiments.report.wording import aligned, count, memory, number, percent, quantity, seconds, spoken

MOST_CLASSES_IN_TABLE = 20
_LARGEST_PICTURE = 96  # pixels a side: enough to see, small enough for two dozen in one file
_REM_AN_INCH = 6.25  # so that a figure's texts are as large as a table's
_PIXELS = 64  # smaller pictures are shown with sharp pixels


@dataclass(frozen=True)
class Step:
    """A step of the flow: its name, its fact in a few words, the section that tells more, and whether it was done."""

    name: str
    fact: str
    section: str
    done: bool


@dataclass(frozen=True)
class KeyFigure:
    """A big number, what it is, and a line about it."""

    value: str
    name: str
    about: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of the confusion matrix: its count, its shade (0..100) and what the style sheet must know of it."""

    count: int
    shade: int
    kind: str


@dataclass(frozen=True)
class Shot:
    """A picture with its class and what the model took it for."""

    uri: str
    true: str
    predicted: str
    probability: float
    sharp: bool

    @property
    def right(self) -> bool:
        """Whether the model got it."""
        return self.true == self.predicted

    @property
    def longest(self) -> int:
        """The length of the longer name: short ones share a line."""
        return max(len(self.true), len(self.predicted))


@dataclass(frozen=True)
class Variant:
    """A training picture as it is, or as an epoch saw it."""

    uri: str
    sharp: bool


@dataclass(frozen=True)
class ClassView:
    """What the page shows of a classification."""

    evaluation: ClassificationEvaluation
    matrix: list[tuple[str, list[Cell]]]
    matrix_picture: str
    upright: bool
    confused: tuple[Confusion, ...]
    shots: list[Shot]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True)
class NumberView:
    """What the page shows of a regression."""

    evaluation: RegressionEvaluation
    charts: list[Markup]
    quantiles: list[tuple[float, str]]
    worst: list[tuple[int, str, str, str]]


@dataclass(frozen=True)
class GraphView:
    """The model drawn as a graph, how wide it likes to be (in rem), and how to read it."""

    picture: Markup
    width: float
    about: str


def flow(report: ReportData) -> list[Step]:
    """The seven steps from data to predictions."""
    samples = sum(report.dataset.get("samples", {}).values())
    steps, layers, evaluation = len(report.preprocess_steps), len(report.layers), report.evaluation
    ready = report.epochs > 0 and report.status != "failed"
    return [
        Step(
            tr("Data", "Datos"), _plural(samples, ("sample", "samples"), ("muestra", "muestras")), "data", samples > 0
        ),
        Step(
            tr("Preprocess", "Preprocesar"),
            _plural(steps, ("step", "steps"), ("paso", "pasos")) if steps else tr("as they are", "tal cual"),
            "data",
            samples > 0,
        ),
        Step(tr("Model", "Modelo"), _plural(layers, ("layer", "layers"), ("capa", "capas")), "model", layers > 0),
        Step(tr("Learn", "Aprender"), report.learning or "—", "spec", bool(report.learning)),
        Step(tr("Train", "Entrenar"), _epochs(report), "curves", report.epochs > 0),
        Step(tr("Evaluate", "Evaluar"), _headline(evaluation), "results", evaluation is not None),
        Step(tr("Predict", "Predecir"), tr("ready", "listo") if ready else "—", "glimpse", ready),
    ]


def sections(report: ReportData) -> set[str]:
    """Which parts of the page exist and can be jumped to."""
    there = {
        "results": report.evaluation is not None,
        "glimpse": report.glimpse is not None and are_pictures(report.glimpse.pictures),
        "data": bool(report.dataset or report.preprocess_steps),
        "model": bool(report.layers),
        "spec": bool(report.spec_yaml),
    }
    return {"curves", *(name for name, is_there in there.items() if is_there)}


def key_figures(report: ReportData) -> list[KeyFigure]:
    """The numbers by which one tells runs apart, the most telling first."""
    evaluation, where = report.evaluation, spoken(report.evaluated_on)
    shown: list[KeyFigure] = []
    if isinstance(evaluation, ClassificationEvaluation):
        right, all_ = count(evaluation.samples - evaluation.mistakes), count(evaluation.samples)
        about = tr(f"{right} of {all_} {where} samples right", f"{right} de {all_} muestras de {where} acertadas")
        shown.append(KeyFigure(percent(evaluation.accuracy), tr("accuracy", "exactitud"), about))
    elif evaluation is not None:
        all_ = count(evaluation.samples)
        about = tr(f"variance explained, {all_} {where} samples", f"varianza explicada, {all_} muestras de {where}")
        shown.append(KeyFigure(number(evaluation.r2, 3), "R²", about))
        shown.append(KeyFigure(number(evaluation.mae), tr("mean absolute error", "error absoluto medio")))
    if evaluation is not None:
        shown.append(KeyFigure(number(evaluation.loss), tr(f"{where} loss", f"pérdida de {where}")))
    if report.parameters:
        shown.append(KeyFigure(count(report.parameters), tr("parameters", "parámetros")))
    if "train" in report.timings:
        shown.append(KeyFigure(seconds(report.timings["train"]), tr("training", "entrenamiento")))
    epochs = tr("epoch", "época") if report.epochs == 1 else tr("epochs", "épocas")
    shown.append(KeyFigure(count(report.epochs), epochs))
    return shown


def charts(report: ReportData) -> list[Markup]:
    """A chart a quantity: loss, metrics, learning rate."""
    best = best_epoch(report.history) if report.best is None else report.best
    drawn = []
    for place, curve in enumerate(curves(report.history)):
        ends = [
            f"{name} {number(values[0])} → {number(values[-1])}"
            for name, values in ((spoken("train"), curve.train), (spoken("validation"), curve.validation))
            if values
        ]
        about = tr(f"{quantity(curve.name)} by epoch", f"{quantity(curve.name)} por época") + ": " + "; ".join(ends)
        drawn.append(
            Markup(svg_markup(plot_curve(curve, best=best, phases=report.phase_lengths), f"curve{place}", about))
        )
    return drawn


def classes(report: ReportData) -> ClassView | None:
    """The confusion matrix as shaded cells (as a picture when there are many classes), and the worst mistakes."""
    evaluation = report.evaluation
    if not isinstance(evaluation, ClassificationEvaluation):
        return None
    few = len(evaluation.classes) <= MOST_CLASSES_IN_TABLE
    pictures = report.worst_pictures if are_pictures(report.worst_pictures) else None
    shots = [] if pictures is None else _shots(pictures, [_captions(evaluation, m) for m in evaluation.worst])
    return ClassView(
        evaluation,
        matrix=_matrix(evaluation) if few else [],
        matrix_picture="" if few else data_uri(png_bytes(plot_confusion(evaluation))),
        upright=max(map(len, evaluation.classes)) > 3,
        confused=evaluation.confused(10),
        shots=shots,
        mistakes=() if shots else evaluation.worst[:12],
    )


def numbers(report: ReportData) -> NumberView | None:
    """The scores of a regression and its chart."""
    evaluation = report.evaluation
    if not isinstance(evaluation, RegressionEvaluation):
        return None
    drawn, named = [], report.target_names
    for place, (true, predicted) in enumerate(finite_pairs(*report.regression) if report.regression else []):
        agreement = tr("Predicted against true values", "Valores predichos frente a los verdaderos")
        spread = tr("How the errors are spread", "Cómo se reparten los errores")
        target = named[place] if named else ""
        drawn.append(Markup(svg_markup(plot_agreement(true, predicted, target=target), f"agreement{place}", agreement)))
        drawn.append(Markup(svg_markup(plot_errors(predicted - true), f"errors{place}", spread)))
    shares, values = zip(*evaluation.residuals, strict=True)
    return NumberView(evaluation, drawn, list(zip(shares, aligned(values), strict=True)), _furthest(evaluation))


def points(report: ReportData) -> str:
    """The samples on their plane as a picture's address; "" without."""
    if report.points is None:
        return ""
    shown, names = report.points, report.dataset.get("classes", ())
    return data_uri(png_bytes(plot_points(shown.x, shown.y, classes=names, regions=shown.regions, names=shown.names)))


def glimpse(report: ReportData) -> list[Shot]:
    """A few predictions with their pictures."""
    seen = report.glimpse
    if seen is None or not are_pictures(seen.pictures):
        return []
    return _shots(seen.pictures, list(zip(seen.true, seen.predicted, seen.probability, strict=True)))


def graph(report: ReportData) -> GraphView | None:
    """The model as a graph, where a picture says more than the list of its layers."""
    boxes = condensed(report.graph)
    if not worth_drawing(boxes):
        return None
    figure = plot_graph(boxes)
    read = [
        tr("Blue lines lead around other layers.", "Las líneas azules rodean otras capas.") * has_shortcuts(boxes),
        tr("A pile is several layers.", "Una pila son varias capas.") * any(box.layers > 1 for box in boxes),
    ]
    width = figure.get_size_inches()[0] * _REM_AN_INCH
    picture = Markup(svg_markup(figure, "graph", describe_graph(boxes)))
    return GraphView(picture, round(float(width), 1), " ".join(filter(None, read)))


def splits(report: ReportData) -> list[tuple[str, int, float]]:
    """Name, samples and share of each split."""
    samples: Mapping[str, int] = report.dataset.get("samples", {})
    whole = sum(samples.values()) or 1
    return [(spoken(name), size, size / whole) for name, size in samples.items()]


def environment(report: ReportData) -> list[tuple[str, str]]:
    """The environment as rows; what is nested is told in one line, what is empty is left out."""
    rows = [(spoken(name), _told(name, value)) for name, value in report.environment.items()]
    return [(name, value) for name, value in rows if value]


def augmented(report: ReportData) -> list[list[Variant]]:
    """Training pictures and what augmentation makes of them, a line each, the original first."""
    if report.augmented is None or not all(are_pictures(line) for line in report.augmented):
        return []
    sharp = max(report.augmented.shape[2:4]) < _PIXELS
    # All at once, so that float pictures are stretched between the same extremes.
    shown = as_pictures(report.augmented.reshape(-1, *report.augmented.shape[2:]))
    uris = [data_uri(_thumbnail(picture)) for picture in shown]
    size = report.augmented.shape[1]
    return [[Variant(uri, sharp) for uri in uris[first : first + size]] for first in range(0, len(uris), size)]


def spec(report: ReportData) -> Markup:
    """The spec with its keys and comments marked."""
    lines = []
    for line in report.spec_yaml.rstrip().splitlines():
        key = re.match(r"([\s-]*)([\w.-]+:)(?=\s|$)(.*)", line)
        if line.lstrip().startswith("#"):
            lines.append(Markup("<i>{}</i>").format(line))
        elif key:
            lines.append(Markup("{}<b>{}</b>{}").format(*key.groups()))
        else:
            lines.append(escape(line))
    return Markup("\n").join(lines)


def are_pictures(x: Array | None) -> TypeGuard[Array]:
    """Whether raw inputs can be shown: ``(n, height, width)`` or ``(n, height, width, 1, 3 or 4)``."""
    return x is not None and (np.ndim(x) == 3 or (np.ndim(x) == 4 and x.shape[-1] in (1, 3, 4))) and min(x.shape) > 0


def _matrix(evaluation: ClassificationEvaluation) -> list[tuple[str, list[Cell]]]:
    """The confusion matrix with its shades: the share of the row, that of mistakes lifted so that it is seen."""
    rows = []
    for i, (name, counts) in enumerate(zip(evaluation.classes, evaluation.confusion, strict=True)):
        cells = []
        for j, n in enumerate(counts):
            share = n / (sum(counts) or 1)
            shade = share if i == j or not n else 0.12 + 0.88 * share**0.5
            cells.append(Cell(n, round(100 * shade), _cell_kind(i == j, shade) if n else ""))
        rows.append((name, cells))
    return rows


def _cell_kind(right: bool, shade: float) -> str:
    """Right or missed, and how dark: text must turn over on ``strong``, and in the dark theme on ``middling`` too."""
    dark = 0.75 if right else 0.9
    depth = " strong" if shade > dark else " middling" if shade > 0.58 else ""
    return ("right" if right else "miss") + depth


def _furthest(evaluation: RegressionEvaluation, most: int = 10) -> list[tuple[int, str, str, str]]:
    """Place, true and predicted numbers and error of the worst samples, each column with decimals of its own."""
    worst, outputs = evaluation.worst[:most], range(len(evaluation.outputs))
    true = ["; ".join(row) for row in zip(*(aligned([w.true[i] for w in worst]) for i in outputs), strict=True)]
    predicted = [
        "; ".join(row) for row in zip(*(aligned([w.predicted[i] for w in worst]) for i in outputs), strict=True)
    ]
    return list(zip((w.index for w in worst), true, predicted, aligned([w.error for w in worst]), strict=True))


def _captions(evaluation: ClassificationEvaluation, mistake: Mistake) -> tuple[str, str, float]:
    return evaluation.classes[mistake.true], evaluation.classes[mistake.predicted], mistake.probability


def _shots(pictures: Array, captions: list[tuple[str, str, float]]) -> list[Shot]:
    sharp = max(pictures.shape[1:3]) < _PIXELS
    return [
        Shot(data_uri(_thumbnail(picture)), *caption, sharp)
        for picture, caption in zip(as_pictures(pictures), captions, strict=True)
    ]


def _thumbnail(picture: Array) -> bytes:
    """A picture ``(height, width, 3)`` as PNG, made smaller if it is large."""
    scale = _LARGEST_PICTURE / max(picture.shape[:2])
    if scale < 1:
        size = tuple(max(1, round(side * scale)) for side in (picture.shape[1], picture.shape[0]))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    _, png = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return png.tobytes()


def _told(name: str, value: Any) -> str:
    if name == "git" and isinstance(value, Mapping):
        changed = tr("with uncommitted changes", "con cambios sin confirmar") if value.get("dirty") else ""
        return ", ".join(
            str(part) for part in (str(value.get("commit", ""))[:12], value.get("branch"), changed) if part
        )
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items() if item is not None)
    if name == "memory" and isinstance(value, int):
        return memory(value) if value else ""
    return "" if value is None else str(value)


def _headline(evaluation: Evaluation | None) -> str:
    if isinstance(evaluation, ClassificationEvaluation):
        return percent(evaluation.accuracy)
    return "—" if evaluation is None else f"R² {number(evaluation.r2, 3)}"


def _epochs(report: ReportData) -> str:
    return _plural(report.epochs, ("epoch", "epochs"), ("época", "épocas"))


def _plural(amount: int, en: tuple[str, str], es: tuple[str, str]) -> str:
    many = amount != 1
    return f"{count(amount)} {tr(en[many], es[many])}"
