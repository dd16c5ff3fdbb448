"""The reader's own points: drawn on the map, or two columns of a CSV file."""

import base64
import binascii
import functools
import io
from collections.abc import Mapping
from typing import Any

from nicegui import ui

from hondo.core.arrays import Array
from hondo.core.errors import DataError, HondoError
from hondo.core.language import tr
from hondo.data.rows import read_table
from hondo.lab.pages.playground.bench import Bench
from hondo.lab.pages.playground.controls import helper
from hondo.lab.parts import attribute, button, close_dialog, element, open_dialog, say, say_error, select, text
from hondo.lab.speech import aside, spoken
from hondo.playground.own import MOST_CLASSES, MOST_IN_ADDRESS, MOST_POINTS, OwnPoints, from_table, to_csv
from hondo.playground.setup import OWN

LARGEST_FILE = 512 * 1024
_READ = f"""(event) => {{
  const file = event.target.files[0];
  if (!file) return;
  if (file.size > {LARGEST_FILE}) {{ emit({{ name: file.name, size: file.size }}); event.target.value = ""; return; }}
  const reader = new FileReader();
  reader.onload = () => emit({{ name: file.name, size: file.size, data: reader.result.split(",")[1] || "" }});
  reader.readAsDataURL(file);
  event.target.value = "";
}}"""  # a page's connection takes less than a megabyte at once, of which base64 wants a third


def drawing_tools(bench: Bench) -> None:
    """Which class the pointer draws, an eraser, and a file instead."""
    desk = bench.desk
    if not desk.shows("own"):
        return
    with element("div", "drawing", role="group", aria_label=tr("Draw points", "Dibujar puntos")) as around:
        with ui.element("div").classes("control-head"):
            text("span", tr("Draw on the map", "Dibuje en el mapa"))
            helper("own")
        with ui.element("div").classes("ticks"):
            for number in range(MOST_CLASSES):
                _brush(bench, number)
            for value in (-1.0, 0.0, 1.0):
                _height(bench, value)
            made = button(tr("Eraser", "Borrador"), functools.partial(bench.draw_with, 0.0, erase=True))
            desk.keep(functools.partial(_press, made, lambda: bench.drawing[1]))
        with ui.element("div").classes("ticks"):
            button(tr("Remove all", "Quitar todos"), functools.partial(_wipe, bench))
            switch = button("", functools.partial(_turn, bench))
            _file_button(bench)
            button(
                tr("Save as CSV", "Guardar como CSV"),
                lambda: ui.download.content(to_csv(bench.session.own), "points.csv"),
            )
        said = text("p", "", "note")
    words = said.default_slot.children[0]

    def bring() -> None:
        own = bench.session.own
        switch.default_slot.children[0].set_text(
            tr("As classes", "Como clases") if bench.setup.problem == "regression" else tr("As numbers", "Como números")
        )
        words.set_text(_note(own))

    desk.keep(bring)
    desk.showing(around, lambda: bench.setup.data == OWN)


def _note(own: OwnPoints) -> str:
    count = tr(f"{len(own)} points.", f"{len(own)} puntos.")
    if not len(own):
        return count
    if len(own) > MOST_IN_ADDRESS:
        return count + tr(
            " They are too many for the address: keep them as CSV.",
            " Son demasiados para la dirección: guárdelos como CSV.",
        )
    return count + tr(" They are in the address.", " Están en la dirección.")


def _press(made: Any, now: Any) -> None:
    attribute(made, aria_pressed=str(bool(now())).lower())


def _brush(bench: Bench, number: int) -> None:
    with element("button", "button brush", type="button") as made:
        element("i", f"class-{number}")
        words = ui.label()
    made.on("click", spoken(functools.partial(bench.draw_with, float(number), erase=False)))

    def bring() -> None:
        there = bench.setup.problem == "classification" and number < bench.setup.classes
        if there:
            words.set_text(bench.class_names()[number])
        two = "two" if bench.setup.classes == 2 else ""
        attribute(made, hidden=not there, data_of=two, aria_pressed=str(bench.drawing == (number, False)).lower())

    bench.desk.keep(bring)


def _height(bench: Bench, value: float) -> None:
    made = button(
        f"{value:+g}".replace("-", "−") if value else "0", functools.partial(bench.draw_with, value, erase=False)
    )

    def bring() -> None:
        pressed = str(bench.drawing == (value, False)).lower()
        attribute(made, hidden=bench.setup.problem != "regression", aria_pressed=pressed)

    bench.desk.keep(bring)


async def _wipe(bench: Bench) -> None:
    before = bench.session.own
    await bench.change_own(OwnPoints(before.x[:0], before.y[:0], numbers=before.numbers))
    say(tr("All points removed.", "Se quitaron todos los puntos."), undo=functools.partial(bench.change_own, before))


async def _turn(bench: Bench) -> None:
    own = bench.session.own
    await bench.change_own(own.as_classes() if own.numbers else own.as_numbers())


def _file_button(bench: Bench) -> None:
    with element("label", "button file") as made:
        ui.label(tr("From a CSV file", "Desde un archivo CSV"))
        chooser = element("input", type="file", accept=".csv,.tsv,.txt,text/csv")
    chooser.on("change", spoken(functools.partial(_arrived, bench)), js_handler=_READ)
    attribute(
        made,
        title=tr(
            f"Up to {LARGEST_FILE // 1024} KB and {MOST_POINTS} points",
            f"Hasta {LARGEST_FILE // 1024} KB y {MOST_POINTS} puntos",
        ),
    )


async def _arrived(bench: Bench, event: Any) -> None:
    try:
        name, content = read_upload(event.args)
        table: Any = await aside(read_columns, name, content)
    except HondoError as error:
        say_error(error)
        return
    if table is not None:
        _columns(bench, name, table)


def read_upload(sent: Any) -> tuple[str, bytes]:
    """The file's name and content that a browser sent.

    Raises:
        DataError: it is too large or no file.
    """
    sent = sent if isinstance(sent, dict) else {}
    name, size, data = str(sent.get("name", ""))[:100], sent.get("size", 0), sent.get("data")
    if isinstance(size, (int, float)) and size > LARGEST_FILE:
        raise DataError(
            tr(f"{name} has {size / 1024:,.0f} KB", f"{name} tiene {size / 1024:,.0f} KB"),
            tr(
                f"At most {LARGEST_FILE // 1024} KB are read here; keep fewer rows or columns.",
                f"Aquí se leen como máximo {LARGEST_FILE // 1024} KB; deje menos filas o columnas.",
            ),
        )
    try:
        content = base64.b64decode(data if isinstance(data, str) else "", validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content or len(content) > LARGEST_FILE:
        raise DataError(
            tr(f"{name} is empty", f"{name} está vacío"),
            tr("Choose a CSV file with a line of names.", "Elija un archivo CSV con una línea de nombres."),
        )
    return name, content


def read_columns(name: str, content: bytes) -> dict[str, Array]:
    """The columns of a CSV or TSV file as texts.

    Raises:
        DataError: it is no such table, or has fewer than three columns.
    """
    try:
        stream = io.StringIO(content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"))
    except UnicodeDecodeError:
        stream = io.StringIO(content.decode("latin-1"))
    table = read_table(stream, "\t" if name.lower().endswith((".tsv", ".tab")) else None).columns
    if len(table) < 3:
        listed = ", ".join(table)
        raise DataError(
            tr(f"{name} has only these columns: {listed}", f"{name} solo tiene estas columnas: {listed}"),
            tr(
                "Two for the places and one to learn are needed.",
                "Hacen falta dos para los lugares y una que aprender.",
            ),
        )
    return table


def _columns(bench: Bench, name: str, table: Mapping[str, Array]) -> None:
    names = list(table)
    chosen: dict[str, Any] = {"x1": names[0], "x2": names[1], "target": names[-1], "numbers": None}
    kinds = {
        None: tr("decide by its values", "según sus valores"),
        False: tr("classes", "clases"),
        True: tr("numbers", "números"),
    }

    async def use() -> None:
        with bench.stage:  # the window and what is in it are gone as soon as it closes
            try:
                own: Any = await aside(
                    functools.partial(
                        from_table, table, (chosen["x1"], chosen["x2"]), chosen["target"], numbers=chosen["numbers"]
                    )
                )
            except HondoError as error:
                say_error(error)
                return
            if own is None:  # the lab is closing
                return
            close_dialog(window)
            await bench.change_own(own, anew=True)
            left_out = tr(f"{own.dropped} were left out at random.", f"{own.dropped} se omitieron al azar.")
            say(tr(f"{len(own)} points.", f"{len(own)} puntos."), left_out if own.dropped else "")

    with bench.window(name) as window:
        rows = len(next(iter(table.values())))
        text(
            "p",
            tr(
                f"{rows} rows. Places are scaled to fill the plane.",
                f"{rows} filas. Los lugares se escalan para llenar el plano.",
            ),
        )
        with ui.element("div").classes("columns"):
            for key, words in (
                ("x1", tr("across (x₁)", "en horizontal (x₁)")),
                ("x2", tr("up (x₂)", "en vertical (x₂)")),
                ("target", tr("to learn", "que aprender")),
            ):
                select(words, {each: each for each in names}, chosen[key], functools.partial(chosen.__setitem__, key))
            select(tr("learn it as", "aprenderla como"), kinds, None, functools.partial(chosen.__setitem__, "numbers"))
        with ui.element("div").classes("row"):
            button(tr("Use these columns", "Usar estas columnas"), use, kind="primary")
    open_dialog(window)
