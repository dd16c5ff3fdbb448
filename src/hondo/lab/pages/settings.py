"""Settings: language and theme, the workspace, what computes, what takes space and may go."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.folders import downloads_folder
from hondo.core.language import language, tr
from hondo.experiments.report.wording import count
from hondo.lab.devices import Machine, basics, free_memory, machine
from hondo.lab.frame import THEME_COOKIE, choose, frame, readers_theme, theme_names
from hondo.lab.here import here
from hondo.lab.pages.data.words import file_size, snippet
from hondo.lab.parts import attribute, button, close_dialog, dialog, element, link, open_dialog, say, say_error, text
from hondo.lab.security import LANGUAGE_COOKIE
from hondo.lab.speech import aside, spoken
from hondo.lab.uploads import uploads_folder
from hondo.store.listing import list_page
from hondo.store.space import Holding, Part, clear, holdings, size_of


@dataclass(frozen=True)
class Space:
    """What takes space.

    Attributes:
        runs: bytes of the kept runs.
        uploads: bytes of uploaded data.
        downloads: bytes of downloaded data sets.
        database: bytes of everything else in the workspace.
        free: bytes that are free on the workspace's disk.
        parts: what may go.
    """

    runs: int
    uploads: int
    downloads: int
    database: int
    free: int
    parts: Sequence[Holding]


@ui.page("/settings")
@spoken
def settings() -> None:
    """The page; what has to be looked up comes when it is there."""
    with frame(tr("Settings", "Ajustes"), "/settings", "data", "settings"):
        text("h1", tr("Settings", "Ajustes"))
        with element("div", "settings"):
            with _section(tr("Appearance", "Apariencia")):
                _choice(tr("Language", "Idioma"), {"es": "Español", "en": "English"}, language(), LANGUAGE_COOKIE)
                themes = theme_names() | {"auto": tr("System", "Sistema")}
                _choice(tr("Theme", "Tema"), themes, readers_theme(), THEME_COOKIE)
            with _section(tr("Workspace", "Espacio de trabajo")):
                _workspace()
            with _section(tr("This machine", "Este equipo")):
                computing = element("dl", "facts")
                with computing:
                    _computing(basics(), asked=False)
            with _section(tr("Disk", "Disco")):
                disk = ui.element("div")
                with disk:
                    text("p", tr("Adding up …", "Sumando…"), "loading")
            with _section("Hondo"):
                _about()

        async def look() -> None:
            await _look(disk, computing)

        ui.timer(0.05, spoken(look), once=True)


def _section(title: str) -> Any:
    """A part of the page with its title."""
    with element("section", aria_label=title) as made:
        text("h2", title)
    return made


def _choice(title: str, options: Mapping[str, str], now: str, cookie: str) -> None:
    """Buttons of which one is down."""
    with element("div", "choice", role="group", aria_label=title):
        text("span", title, "title")
        with element("div", "options"):
            for value, words in options.items():
                made = button(words, lambda value=value: choose(cookie, value))
                attribute(made, aria_pressed=str(value == now).lower())


def _workspace() -> None:
    workspace = here()
    with element("dl", "facts"):
        _fact(tr("Folder", "Carpeta"), str(workspace.folder))
        _fact(tr("Database", "Base de datos"), workspace.where)
        _fact(tr("Experiments", "Experimentos"), count(list_page(workspace, size=1).total))
    text(
        "p",
        tr(
            "Everything that you make lies in this folder; to work in another one, start the lab with HONDO_HOME set.",
            "Todo lo que usted crea está en esta carpeta; para trabajar en otra, inicie el laboratorio con HONDO_HOME.",
        ),
        "quietly",
    )


def _fact(name: str, value: str) -> None:
    with ui.element("div"):
        text("dt", name)
        text("dd", value)


async def _look(disk: Any, computing: Any) -> None:
    """Look up what takes space, then what computes."""
    try:
        found = await aside(_space)
    except HondoError as error:
        say_error(error)
        found = None
    if disk.is_deleted:
        return
    if found is not None:
        _show_disk(disk, found)
    seen = await aside(machine)
    if seen is None or computing.is_deleted:
        return
    computing.clear()
    with computing:
        _computing(seen, asked=True)


def _computing(found: Machine, *, asked: bool) -> None:
    of = tr(f" of {found.cores}", f" de {found.cores}") if found.cores != found.cpus else ""
    _fact(tr("Processors", "Procesadores"), f"{found.cpus}{of}")
    free, every = file_size(free_memory()), file_size(found.memory)
    _fact(tr("Memory", "Memoria"), tr(f"{every}, {free} free", f"{every}, {free} libres"))
    if not asked:
        _fact(tr("Computes on", "Calcula en"), tr("asking …", "consultando…"))
    elif found.failure:
        _fact(tr("Computes on", "Calcula en"), tr(f"not known: {found.failure}", f"no se sabe: {found.failure}"))
    else:
        _fact(tr("Computes on", "Calcula en"), ", ".join(found.devices) or found.backend)
        _fact(tr("With", "Con"), found.backend)
    if found.unused_card:
        _fact(
            tr("Advice", "Consejo"),
            tr(
                "There is an NVIDIA card that is not used: pip install 'jax[cuda12]'",
                "Hay una tarjeta NVIDIA sin usar: pip install 'jax[cuda12]'",
            ),
        )
    _fact(tr("System", "Sistema"), found.system)


def _space() -> Space:
    workspace = here()
    parts = holdings(workspace)
    removed = next(each.size for each in parts if each.part == "removed")
    runs = size_of(workspace.path("runs"))
    uploads = size_of(uploads_folder(workspace))
    trash = size_of(workspace.folder / "trash")
    rest = size_of(workspace.folder) - runs - uploads - trash
    return Space(
        runs - removed,
        uploads,
        size_of(downloads_folder()),
        max(0, rest),
        shutil.disk_usage(workspace.folder).free,
        parts,
    )


def _show_disk(place: Any, found: Space) -> None:
    place.clear()
    with place:
        with element("dl", "facts"):
            _fact(tr("Experiments", "Experimentos"), file_size(found.runs))
            _fact(tr("Your data", "Sus datos"), file_size(found.uploads))
            _fact(tr("Database and the rest", "Base de datos y lo demás"), file_size(found.database))
            _fact(tr("Downloaded data sets", "Conjuntos descargados"), file_size(found.downloads))
            _fact(tr("Free", "Libre"), file_size(found.free))
        link(tr("Uploaded data are removed on their page", "Los datos subidos se eliminan en su página"), "/data")
        text("h3", tr("What may go", "Lo que se puede borrar"))
        with element("ul", "clean"):
            for holding in found.parts:
                _offer(holding, place)


def _offer(holding: Holding, place: Any) -> None:
    """What may go in a line: what it is, how much, and the button; pressing it asks first."""
    name, about, _ = _words(holding.part)
    with element("li"):
        with element("div", "what"):
            text("strong", name)
            text("span", about)
        text("span", file_size(holding.size), "size")
        made = button(tr("Empty", "Vaciar"), lambda: _ask(holding, place), label=f"{tr('Empty', 'Vaciar')}: {name}")
        attribute(made, disabled=holding.count == 0)


def _ask(holding: Holding, place: Any) -> None:
    """Say what would be deleted, and do so only when that is confirmed."""
    name, _, after = _words(holding.part)
    things = count(holding.count)
    amount = file_size(holding.size)

    async def go() -> None:
        attribute(sure, disabled=True)
        await _empty(holding.part, window, place)

    with place, dialog(tr(f"Empty: {name}", f"Vaciar: {name}")) as window:
        text(
            "p",
            tr(f"{things} entries are deleted, which frees {amount}.", f"Se borran {things} elementos: {amount}.")
            if holding.part != "removed"
            else tr(
                f"{things} removed experiments are deleted for good, which frees {amount}.",
                f"Se eliminan del todo {things} experimentos borrados: {amount}.",
            ),
        )
        text("p", after)
        text("p", str(holding.folder), "where")
        text(
            "p",
            tr("Experiments that you keep are not touched.", "Los experimentos que conserva no se tocan."),
            "quietly",
        )
        with element("div", "row"):
            sure = button(tr("Delete", "Borrar"), go, kind="danger")
            button(tr("Cancel", "Cancelar"), lambda: close_dialog(window))
    open_dialog(window)


async def _empty(part: Part, window: Any, place: Any) -> None:
    try:
        freed = await aside(clear, here(), part)
        found = await aside(_space)
    except HondoError as error:
        close_dialog(window)
        say_error(error)
        return
    close_dialog(window)
    if freed is None or found is None:
        return
    amount = file_size(freed)
    say(tr(f"Freed: {amount}", f"Liberado: {amount}"))
    _show_disk(place, found)


def _words(part: Part) -> tuple[str, str, str]:
    """What a part is called, what it is, and what happens after it went."""
    again = tr(
        "It is made again when it is needed; the first time takes longer.",
        "Se vuelve a crear cuando hace falta; la primera vez tarda más.",
    )
    texts: dict[Part, Callable[[], tuple[str, str, str]]] = {
        "programs": lambda: (
            tr("Compiled programs", "Programas compilados"),
            tr("Trainings start sooner with them.", "Con ellos los entrenamientos empiezan antes."),
            again,
        ),
        "kernels": lambda: (
            tr("Machine code", "Código máquina"),
            tr("Hondo's own, for this processor.", "De Hondo, para este procesador."),
            again,
        ),
        "features": lambda: (
            tr("Extracted features", "Características extraídas"),
            tr("What trained networks said of your pictures.", "Lo que dijeron de sus imágenes las redes entrenadas."),
            again,
        ),
        "tables": lambda: (
            tr("Converted tables", "Tablas convertidas"),
            tr("Large tables as numbers, read faster.", "Tablas grandes como números, que se leen antes."),
            again,
        ),
        "formulas": lambda: (
            tr("Drawn formulas", "Fórmulas dibujadas"),
            tr("Those of the guide.", "Las de la guía."),
            again,
        ),
        "removed": lambda: (
            tr("Removed experiments", "Experimentos borrados"),
            tr("They can be put back for a day.", "Se pueden recuperar durante un día."),
            tr("After this they cannot be put back.", "Después ya no se podrán recuperar."),
        ),
        "leftovers": lambda: (
            tr("Leftovers", "Restos"),
            tr("What deletions that were cut short left behind.", "Lo que dejaron borrados interrumpidos."),
            tr("Nothing refers to them any more.", "Ya nada hace referencia a ellos."),
        ),
    }  # fmt: skip
    return texts[part]()


def _about() -> None:
    with element("dl", "facts"):
        _fact(tr("Version", "Versión"), version("hondo"))
    text(
        "p",
        tr(
            "To end the lab, press Ctrl-C in the terminal where it was started. Trainings that are going on continue, "
            "and are there when it is opened again. In a terminal, this shows how the machine is doing:",
            "Para cerrar el laboratorio, pulse Ctrl-C en la terminal donde se inició. Los entrenamientos en marcha "
            "continúan y estarán ahí al volver a abrirlo. En una terminal, esto muestra el estado del equipo:",
        ),
        "quietly",
    )
    snippet("hondo doctor")
