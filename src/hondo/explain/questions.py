"""The questions that can be asked of a run by name; answers are plain data that travel between processes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.experiments.report.figures import svg_markup
from hondo.experiments.report.graph_plot import describe_graph, plot_graph, worth_drawing
from hondo.experiments.report.model_graph import Boxes, condensed, model_graph
from hondo.experiments.report.plots import finite_pairs, plot_agreement, plot_errors
from hondo.explain import inputs, samples, weights
from hondo.explain.subject import Subject

_PLOTTED = 2000


def answer(subject: Subject, question: str, given: Mapping[str, Any]) -> Any:
    """Answer a question.

    Args:
        subject: the run.
        question: one of :data:`QUESTIONS`.
        given: what it needs to know, by name.

    Raises:
        HondoError: what is asked for is not there.
    """
    if question not in QUESTIONS:
        raise DataError(tr(f"there is no question {question!r}", f"no existe la pregunta {question!r}"))
    return QUESTIONS[question](subject, **given)


def evaluation(subject: Subject) -> dict[str, Any]:
    """The scores on held-out samples as plain data, with the name of their split."""
    return {"split": subject.held[0], **subject.evaluation.written()}


def model(subject: Subject) -> dict[str, Any]:
    """The layers in a table, and the graph as SVG (with its width in inches) where it says more than the table."""
    boxes = condensed(_plainly_named(model_graph(subject.run.model)))
    figure = plot_graph(boxes) if worth_drawing(boxes) else None
    graph = svg_markup(figure, "graph", describe_graph(boxes)) if figure is not None else ""
    return {
        "layers": weights.layers(subject.run.model),
        "parameters": subject.run.model.count_params(),
        "graph": graph,
        "graph_width": float(figure.get_size_inches()[0]) if figure is not None else 0.0,
        "about": list(subject.run.preprocessor.describe()),
    }


def _plainly_named(boxes: Boxes) -> Boxes:
    """Boxes without the numbers of calls that Keras counts while it reads a model from its file."""
    names = [re.sub(r" \(\d+\)$", "", box.name) for box in boxes]
    return tuple(
        replace(box, name=name) if names.count(name) == 1 else box for box, name in zip(boxes, names, strict=True)
    )


def layer(subject: Subject, name: str) -> dict[str, Any]:
    """The weights of a layer; see :func:`hondo.explain.weights.weights`."""
    return weights.weights(subject.run.model, subject.run.preprocessor, name)


def agreement(subject: Subject) -> list[str]:
    """For each number that is predicted, its predictions against the truth and the spread of its errors, as SVG."""
    outputs, targets = subject.outputs[:_PLOTTED], subject.targets[:_PLOTTED]
    names, drawn = subject.run.preprocessor.targets, []
    for place, (true, predicted) in enumerate(finite_pairs(np.asarray(targets, float), outputs)):
        target = names[place] if len(names) > 1 else ""
        about = tr("Predicted against true values", "Valores predichos frente a los verdaderos")
        drawn.append(svg_markup(plot_agreement(true, predicted, target=target), f"agreement{place}", about))
        about = tr("How the errors are spread", "Cómo se reparten los errores")
        drawn.append(svg_markup(plot_errors(predicted - true), f"errors{place}", about))
    return drawn


QUESTIONS: dict[str, Callable[..., Any]] = {
    "evaluation": evaluation,
    "model": model,
    "layer": layer,
    "agreement": agreement,
    "cell": samples.cell,
    "worst": samples.worst,
    "form": inputs.form,
    "example": inputs.example,
    "ask": inputs.ask,
    "rows": inputs.rows,
}
