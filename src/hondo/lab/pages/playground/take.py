"""What was found in play goes on elsewhere: as Keras code, as an experiment, as a record of the training."""

import functools
import hashlib
import json
from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.experiments.specs.write import spec_to_yaml
from hondo.lab.here import here
from hondo.lab.launching import start_spec
from hondo.lab.pages.playground.bench import Bench
from hondo.lab.pages.playground.controls import card
from hondo.lab.parts import button, open_dialog, say, say_error, text
from hondo.lab.speech import aside
from hondo.lab.uploads import keep_upload
from hondo.playground.keras_code import to_keras
from hondo.playground.own import OwnPoints, to_csv
from hondo.playground.record import to_json
from hondo.playground.setup import OWN
from hondo.playground.spec import to_spec


def export_card(bench: Bench) -> None:
    """The ways to take a network along."""
    if not bench.desk.shows("export"):
        return
    about = tr(
        "This network as a program, as an experiment of the lab, or as a record to keep.",
        "Esta red como programa, como experimento del laboratorio o como registro.",
    )
    with card("export", about), ui.element("div").classes("row"):
        button(tr("Keras code", "Código Keras"), functools.partial(_keras, bench))
        button(tr("As an experiment", "Como experimento"), functools.partial(_experiment, bench))
        button(tr("Recorded run", "Registro"), functools.partial(_record, bench))


def _keras(bench: Bench) -> None:
    history = bench.session.histories[bench.session.shown]
    _window(
        bench,
        tr("Keras code", "Código Keras"),
        to_keras(history.training.setup, history.state.weights),
        "playground.py",
    )


def _record(bench: Bench) -> None:
    ui.download.content(to_json(bench.session.histories[bench.session.shown]), "playground.json")


async def _experiment(bench: Bench) -> None:
    if not bench.ready():
        return
    setup, own = bench.session.histories[bench.session.shown].training.setup, None
    try:
        if setup.data == OWN:
            own = await aside(_kept, bench.session.own)
        spec, notes = to_spec(setup, own=own)
    except HondoError as error:
        say_error(error)
        return
    if own is not None:
        notes = (_where(own), *notes)
    _window(bench, tr("As an experiment", "Como experimento"), spec_to_yaml(spec), "playground.yaml", notes, spec)


def _kept(points: OwnPoints) -> str:
    """Where the lab has these points among its data from now on; the same points are kept once."""
    table = to_csv(points).encode()
    name = f"points-{hashlib.sha256(table).hexdigest()[:8]}.csv"
    keep_upload(here(), name, table)
    return f"uploads/{name}"


def _where(file: str) -> str:
    return tr(
        f"Your points are now among the lab's data, as {file}. To train elsewhere, take points.csv with you.",
        f"Sus puntos están ahora entre los datos del laboratorio, en {file}. Para entrenar en otro lugar, "
        "llévese points.csv.",
    )


def _window(
    bench: Bench, title: str, content: str, file: str, notes: tuple[str, ...] = (), spec: RunSpec | None = None
) -> None:
    """A text to read, copy, keep and, if it is a spec, to train."""
    with bench.window(title) as window:
        for note in notes:
            text("p", note, "note")
        text("pre", content, "code")
        with ui.element("div").classes("row"):
            if spec is not None:
                button(
                    tr("Train it now", "Entrenarlo ahora"), functools.partial(start_spec, spec), kind="primary small"
                )
            button(tr("Copy", "Copiar"), functools.partial(copy, content))
            button(tr("Download", "Descargar"), functools.partial(_keep, content, file, notes))
            if bench.setup.data == OWN:
                button("points.csv", lambda: ui.download.content(to_csv(bench.session.own), "points.csv"))
    open_dialog(window)


def _keep(content: str, file: str, notes: tuple[str, ...]) -> None:
    ui.download.content(content + "".join(f"# {each}\n" for each in notes), file)


def copy(content: Any) -> None:
    """Put a text on the reader's clipboard, also where the page is not encrypted."""
    ui.run_javascript(
        f"const text = {json.dumps(content)}; navigator.clipboard ? navigator.clipboard.writeText(text) : (() => {{"
        "const area = document.createElement('textarea'); area.value = text;"
        "(document.querySelector('dialog[open]') || document.body).append(area); area.select();"
        "document.execCommand('copy'); area.remove(); })()"
    )
    say(tr("Copied.", "Copiado."))
