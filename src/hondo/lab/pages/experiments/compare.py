"""Several runs side by side: their curves, what differs between their specs, which is best by what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.comparison import (
    cautions,
    cell_word,
    differing,
    elapsed,
    higher_is_better,
    summaries,
    winners,
)
from hondo.experiments.report.wording import count, number, percent, quantity, seconds
from hondo.lab.comparison_charts import LETTERS, MOST_RUNS, Axis, Line, overlay_svg, parallel_svg
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.pages.runs import said, status_words
from hondo.lab.parts import element, link, scroll, select, text
from hondo.lab.speech import aside, spoken
from hondo.store.listing import headline_name
from hondo.store.metrics import read_metrics
from hondo.store.records import RunRecord
from hondo.store.runs import find_run

_EVERY = 2.0  # seconds between two looks at runs that go on
_GOING = ("running", "queued")
_RATE = "learning_rate"
_MOST_AXES = 8
_PROSE = ("parameters", "seconds")

Series = dict[str, tuple[list[float], list[float]]]
"""Values and seconds of training, each by epoch."""


@dataclass(frozen=True)
class Chosen:
    """What the curves show; the address says it."""

    metric: str = ""
    split: Literal["validation", "training", "both"] = "validation"
    axis: Literal["epochs", "seconds"] = "epochs"


@ui.page("/experiments/compare")
@spoken
async def compare(runs: str = "", metric: str = "", split: str = "validation", axis: str = "epochs") -> None:
    """The comparison of the runs that the address names."""
    names = list(dict.fromkeys(name for name in runs.split(",") if name))[:MOST_RUNS]
    chosen = Chosen(
        metric[:100],
        "training" if split == "training" else "both" if split == "both" else "validation",
        "seconds" if axis == "seconds" else "epochs",
    )
    with frame(tr("Comparison", "Comparación"), "/experiments", "experiments", wide=True):
        text("h1", tr("Comparison", "Comparación"))
        comparison = Comparison(names, chosen)
        await comparison.look()
        ui.timer(_EVERY, spoken(comparison.look), immediate=False)


class Comparison:
    """The page's content; it follows runs that go on."""

    def __init__(self, names: Sequence[str], chosen: Chosen) -> None:
        self._names, self._chosen = names, chosen
        self._place, self._seen = element("div", "compare"), None
        self._runs: list[RunRecord] = []
        self._series: list[Series] = []

    @spoken
    async def look(self) -> None:
        """Read the runs and show them anew if one has changed."""
        if self._seen is not None and not any(run.status in _GOING for run in self._runs):
            return
        try:
            self._runs, unknown = await aside(lambda: _find(self._names))
            seen = [(run.id, run.status, run.epochs_done, run.summary) for run in self._runs]
            if seen == self._seen:
                return
            self._series = await aside(lambda: [_curves(run) for run in self._runs])
        except (HondoError, TypeError):  # out of reach for a moment; or the lab is closing, and there is no answer
            return
        self._seen = seen
        self._place.clear()
        with self._place:
            for name in unknown:
                text("p", tr(f"There is no run {name!r}.", f"No existe el experimento {name!r}."), "message bad")
            if len(self._runs) < 2:
                _too_few()
            else:
                self._show()

    def _show(self) -> None:
        differences = differing([run.spec for run in self._runs])
        notes = cautions(differences)
        with ui.element("div").classes("legend"):
            for place, run in enumerate(self._runs):
                _named(place, run)
        for note in notes.values():
            text("p", note, "message")
        text("h2", tr("How they learn", "Cómo aprenden"))
        self._curves = ui.element("div")
        self._show_curves()
        text("h2", tr("Results", "Resultados"))
        _results(self._runs, notes)
        text("h2", tr("What differs", "En qué difieren"))
        if differences:
            _differences(self._runs, differences)
        else:
            text("p", tr("Their specs are the same.", "Sus especificaciones son iguales."), "quiet")
        _parallel(self._runs, differences)

    def _choose(self, **changes: Any) -> None:
        self._chosen = replace(self._chosen, **changes)
        said = {"runs": ",".join(self._names), **{name: value for name, value in vars(self._chosen).items() if value}}
        ui.navigate.history.replace(f"/experiments/compare?{urlencode(said)}")
        self._draw()

    def _show_curves(self) -> None:
        found = {name.removeprefix("val_") for series in self._series for name in series}
        metrics = sorted(found, key=lambda name: (name == _RATE, name != "loss", name))
        if not metrics:
            text("p", tr("There is nothing to draw yet.", "Aún no hay nada que dibujar."), "quiet")
            return
        if self._chosen.metric not in metrics:
            self._chosen = replace(self._chosen, metric=self._telling(metrics))
        splits = {
            "validation": tr("validation", "validación"),
            "training": tr("training", "entrenamiento"),
            "both": tr("both", "ambos"),
        }
        axes = {"epochs": tr("epochs", "épocas"), "seconds": tr("seconds of training", "segundos de entrenamiento")}
        with self._curves:
            with ui.element("div").classes("filters"):
                called = {name: quantity(name) for name in metrics}
                select(tr("Show", "Mostrar"), called, self._chosen.metric, lambda one: self._choose(metric=one))
                select(tr("of", "de"), splits, self._chosen.split, lambda one: self._choose(split=one))
                select(tr("over", "según"), axes, self._chosen.axis, lambda one: self._choose(axis=one))
            self._drawing = ui.element("div").classes("overlay")
        self._draw()

    def _telling(self, metrics: Sequence[str]) -> str:
        """The value that tells most of all the runs, or of the first."""
        shared = [name for name in metrics if all(name in series for series in self._series)]
        telling = headline_name(self._runs[0].summary)
        return telling if telling in shared else (shared or list(metrics))[0]

    def _draw(self) -> None:
        self._drawing.clear()
        lines = [line for place in range(len(self._runs)) for line in self._lines(place)]
        axis = {"epochs": tr("epochs", "épocas"), "seconds": tr("seconds", "segundos")}[self._chosen.axis]
        title = tr(f"{quantity(self._chosen.metric)} by {axis}", f"{quantity(self._chosen.metric)} según {axis}")
        drawing = overlay_svg(lines, title, axis, whole=self._chosen.axis == "epochs")
        with self._drawing:
            if drawing:
                ui.html(drawing, sanitize=False)
            else:
                text("p", tr("There is nothing to draw yet.", "Aún no hay nada que dibujar."), "quiet")

    def _lines(self, place: int) -> list[Line]:
        chosen, series, run = self._chosen, self._series[place], self._runs[place]
        validated = f"val_{chosen.metric}"
        wanted = {"validation": [validated], "training": [chosen.metric], "both": [chosen.metric, validated]}
        names = [name for name in wanted[chosen.split] if name in series] or [chosen.metric]
        lines = []
        for name in names:
            values, times = series.get(name, ([], []))
            xs = times if chosen.axis == "seconds" else [float(epoch + 1) for epoch in range(len(values))]
            label = f"{LETTERS[place]} {run.name}: {quantity(name)} {number(values[-1]) if values else '—'}"
            lines.append(Line(place, label, xs, values, quiet=len(names) > 1 and name == chosen.metric))
        return lines


def _find(names: Sequence[str]) -> tuple[list[RunRecord], list[str]]:
    """The runs, and the names that no run has."""
    workspace, found, unknown = here(), dict[int, RunRecord](), []
    for name in names:
        try:
            run = find_run(workspace, name)
        except HondoError:
            unknown.append(name)
            continue
        found[run.id] = run
    return list(found.values()), unknown


def _curves(run: RunRecord) -> Series:
    """A run's values and their times, by series."""
    gathered: dict[str, tuple[list[float], list[float | None]]] = {}
    for point in read_metrics(here(), run):
        values, times = gathered.setdefault(point.series, ([], []))
        values.append(point.value)
        times.append(point.time)
    return {name: (values, elapsed(times)) for name, (values, times) in gathered.items()}


def _too_few() -> None:
    hint = tr(
        "Choose two or more experiments in the table, then Compare.",
        "Seleccione dos o más experimentos en la tabla y pulse Comparar.",
    )
    text("p", hint, "empty")
    link(tr("To the experiments", "Ir a los experimentos"), "/experiments", "button primary")


def _badge(place: int) -> None:
    said("span", LETTERS[place], f"badge hue-{place}", aria_hidden="true")


def _named(place: int, run: RunRecord) -> None:
    words, tone = status_words(run)
    with ui.element("div"):
        _badge(place)
        link(run.name, f"/runs/{run.name}")
        if tone != "good":
            said("span", words, f"status {tone}")


def _head(runs: Sequence[RunRecord]) -> None:
    with ui.element("thead"), ui.element("tr"):
        with ui.element("th"):
            said("span", tr("what", "qué"), "unseen")
        for place, run in enumerate(runs):
            with element("th", "number", scope="col", title=run.name):
                _badge(place)
                said("span", run.name, "unseen")


def _results(runs: Sequence[RunRecord], notes: Mapping[str, str]) -> None:
    results = summaries([run.summary for run in runs])
    best = winners(results, notes)
    if not results:
        text("p", tr("None has a result yet.", "Ninguno tiene resultados todavía."), "quiet")
        return
    words = {"parameters": tr("Parameters", "Parámetros"), "seconds": tr("Time in all", "Tiempo en total")}
    with scroll(tr("Results", "Resultados")), ui.element("table").classes("runs beside"):
        _head(runs)
        with ui.element("tbody"):
            for name, values in results.items():
                higher = higher_is_better(name) if name not in _PROSE else None
                arrow = {True: " ↑", False: " ↓", None: ""}[higher]
                with ui.element("tr"):
                    said("th", words.get(name, quantity(name)) + arrow, scope="row")
                    for place, value in enumerate(values):
                        _value(name, value, best=place in best.get(name, ()))
    if any(best.values()):
        key = tr(
            "★ the best; ↑ more is better, ↓ less is better", "★ el mejor; ↑ cuanto más, mejor; ↓ cuanto menos, mejor"
        )
        text("p", key, "quiet small")


def _value(name: str, value: Any, *, best: bool) -> None:
    if not isinstance(value, (int, float)):
        words = "—" if value is None else str(value)
    elif name == "accuracy":
        words = percent(float(value), 2)
    elif name == "seconds":
        words = seconds(float(value))
    else:
        words = count(value) if isinstance(value, int) else number(float(value))
    said("td", f"★ {words}" if best else words, "number best" if best else "number")


def _differences(runs: Sequence[RunRecord], differences: Mapping[str, tuple[Any, ...]]) -> None:
    with scroll(tr("What differs", "Lo que difiere")), ui.element("table").classes("runs beside"):
        _head(runs)
        with ui.element("tbody"):
            for path, values in differences.items():
                with ui.element("tr"):
                    said("th", path, "code", scope="row")
                    for value in values:
                        said("td", cell_word(path, value), "number code")


def _parallel(runs: Sequence[RunRecord], differences: Mapping[str, tuple[Any, ...]]) -> None:
    shared = [
        name
        for name in (headline_name(run.summary) for run in runs)
        if name and all(isinstance(run.summary.get(name), (int, float)) for run in runs)
    ]
    if not shared or not differences:
        return
    result = shared[0]
    # Numbers that all of them have say most; where there is no room for all, they come first.
    first = sorted(differences, key=lambda path: not all(isinstance(each, (int, float)) for each in differences[path]))
    paths = [path for path in differences if path in first[: _MOST_AXES - 1]]
    axes = [Axis(path, differences[path]) for path in paths]
    values = [run.summary[result] for run in runs]
    axes.append(Axis(quantity(result), values, higher_is_better(result), result=True))
    text("h2", tr("From parameters to the result", "De los parámetros al resultado"))
    hint = tr(
        "Each line is an experiment. Point at one, or move to it with the Tab key, to see it alone.",
        "Cada línea es un experimento. Señale una, o llegue a ella con el tabulador, para verla sola.",
    )
    text("p", hint, "quiet")
    title = tr("Parameters and result of each experiment", "Parámetros y resultado de cada experimento")
    with ui.element("div").classes("scroll parallel"):
        ui.html(parallel_svg(axes, [run.name for run in runs], title), sanitize=False)
