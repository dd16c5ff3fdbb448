"""The report of an experiment: one HTML file that holds everything and asks nothing of the network.

What it says is in ``data.py``, how that is put into figures and rows in ``view.py``; how it reads is in
``report.html.jinja`` and how it looks in ``report.css``.
"""

from pathlib import Path

import jinja2
from markupsafe import Markup
from matplotlib.figure import Figure

from hondo.core.files import write_atomically
from hondo.core.language import language, tr
from hondo.experiments.evaluation import ClassificationEvaluation
from hondo.experiments.report import view, wording
from hondo.experiments.report.curves import plot_curves
from hondo.experiments.report.data import Glimpse, Points, ReportData
from hondo.experiments.report.figures import save_png
from hondo.experiments.report.graph_plot import plot_graph, worth_drawing
from hondo.experiments.report.plots import (
    Regions,
    plot_confusion,
    plot_points,
    plot_regression,
    plot_samples,
)

__all__ = ["Glimpse", "Points", "Regions", "ReportData", "report_html", "report_plots", "write_report"]

_HERE = Path(__file__).parent


def write_report(folder: Path, report: ReportData) -> Path:
    """Write ``report.html`` and ``plots/*.png`` into a folder, in the language in force.

    Args:
        folder: where; made if it does not exist.
        report: what it says. Names may hold anything; they are escaped.

    Returns:
        The path of ``report.html``.

    Raises:
        StoreError: when the files cannot be written.
    """
    for name, figure in report_plots(report).items():
        save_png(figure, folder / "plots" / f"{name}.png")
    path = folder / "report.html"
    # The name of a file can hold half a character, which UTF-8 cannot.
    write_atomically(path, report_html(report).encode("utf-8", "replace"))
    return path


def report_plots(report: ReportData) -> dict[str, Figure]:
    """The figures that a report's data allow, by name: curves, and confusion, worst, graph, regression, points."""
    plots = {"curves": plot_curves(report.history, best=report.best, phases=report.phase_lengths)}
    if isinstance(report.evaluation, ClassificationEvaluation):
        plots["confusion"] = plot_confusion(report.evaluation)
        if report.evaluation.worst and view.are_pictures(report.worst_pictures):
            names = report.evaluation.classes
            titles = [
                f"{names[mistake.true]} → {names[mistake.predicted]}\n{wording.percent(mistake.probability)}"
                for mistake in report.evaluation.worst
            ]
            plots["worst"] = plot_samples(report.worst_pictures, titles)
    if report.augmented is not None and all(view.are_pictures(line) for line in report.augmented):
        epochs = report.augmented.shape[1] - 1
        titles = [tr("as it is", "tal cual"), *(tr(f"epoch {n}", f"época {n}") for n in range(1, epochs + 1))]
        shown = report.augmented.reshape(-1, *report.augmented.shape[2:])
        plots["augmented"] = plot_samples(shown, titles * len(report.augmented), columns=1 + epochs)
    if worth_drawing(report.graph):
        plots["graph"] = plot_graph(report.graph)
    if report.regression is not None:
        plots["regression"] = plot_regression(
            *report.regression, target=report.target_names or str(report.dataset.get("target", ""))
        )
    if report.points is not None:
        points, classes = report.points, report.dataset.get("classes", ())
        plots["points"] = plot_points(points.x, points.y, classes=classes, regions=points.regions, names=points.names)
    return plots


def report_html(report: ReportData) -> str:
    """The report as one HTML page, in the language in force."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        tr=tr,
        count=wording.count,
        percent=wording.percent,
        number=wording.number,
        seconds=wording.seconds,
        quantity=wording.quantity,
        times=wording.times,
        spoken=wording.spoken,
    )
    return environment.get_template("report.html.jinja").render(
        report=report,
        lang=language(),
        breakable=Markup("_<wbr>"),
        css=Markup((_HERE / "report.css").read_text(encoding="utf-8")),
        status=wording.status_words(report.status),
        flow=view.flow(report),
        sections=view.sections(report),
        key_figures=view.key_figures(report),
        charts=view.charts(report),
        classes=view.classes(report),
        numbers=view.numbers(report),
        points=view.points(report),
        glimpse=view.glimpse(report),
        augmented=view.augmented(report),
        graph=view.graph(report),
        splits=view.splits(report),
        environment=view.environment(report),
        spec=view.spec(report),
    )
