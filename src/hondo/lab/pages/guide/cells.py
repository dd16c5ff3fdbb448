"""Cells of code: shown in colours, run in the chapter's kernel, changed in place; what is changed is kept."""

from collections.abc import Callable, Sequence

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.guide.blocks import Block, Chapter
from hondo.guide.execution.outputs import Output
from hondo.guide.render.code import highlighted
from hondo.lab.here import here
from hondo.lab.islands.code import CodeEditor
from hondo.lab.pages.guide.bench import Bench
from hondo.lab.pages.guide.doors import experiment_of_cell, playground_of_cell, trains_like
from hondo.lab.pages.guide.outputs import Outputs
from hondo.lab.pages.runs import said
from hondo.lab.parts import attribute, button, element, link, say, say_error
from hondo.lab.speech import aside, spoken
from hondo.store.progress import keep_code


class Cell:
    """One cell on the page.

    Args:
        block: the cell.
        bench: runs it.
        kept: what the reader wrote in its place; None where it was never changed.
        recorded: what it showed when the chapter was last executed.
    """

    def __init__(self, block: Block, bench: Bench, kept: str | None, recorded: Sequence[Output]) -> None:
        self.block, self._bench = block, bench
        self.code = block.text if kept is None else kept
        self.ran = False
        self._state = ""
        self._editor: CodeEditor | None = None
        name = block.id
        with element("div", "cell snippet", id=f"cell-{name}", role="group", aria_label=_named(name)):
            with ui.element("div").classes("cell-head"):
                with element("button", "button run", type="button", aria_label=f"{_run_words()}: {name}") as self._run:
                    self._run_words = said("span", _run_words())
                self._run.on("click", spoken(self._press))
                self._said = said("span", "", "cell-said", role="status")
                self._mark = said("span", tr("changed", "cambiada"), "chip")
                with ui.element("div").classes("cell-tools"):
                    self._edit = button(tr("Edit", "Editar"), self._begin, kind="quiet")
                    self._back = button(tr("Reset", "Restablecer"), self._reset, kind="quiet")
                    copy_button()
                    if door := playground_of_cell(block):
                        link(tr("In the playground", "En el campo de juego"), door[1], "button quiet away")
                    _experiment_button(block, bench.chapter, self._up_to_here)
            self._place = ui.element("div").classes("cell-code")
            self._from_record = said("p", _recorded(), "recorded")
            self.outputs = Outputs(tr(f"What {name} shows", f"Lo que muestra {name}"))
        self.outputs.fill(recorded)
        self._from_record.set_visibility(bool(recorded))
        self._show_code()
        self._changed()
        bench.add(self)

    def tell(self, state: str, seconds: float = 0.0) -> None:
        """Say how it stands."""
        self._state = state
        going = state in ("waiting", "running")
        words = tr("Stop", "Detener") if going else _run_words()
        self._run_words.set_text(words)
        attribute(self._run, aria_label=f"{words}: {self.block.id}", data_state=state or None)
        took = f"{seconds:.1f} s"
        self._said.set_text(
            {
                "waiting": tr("waits", "en espera"),
                "running": tr("runs…", "en marcha…"),
                "done": tr(f"done in {took}", f"hecho en {took}"),
                "failed": tr(f"stopped after {took}", f"se detuvo tras {took}"),
            }.get(state, "")
        )
        if state == "running":
            self._from_record.set_visibility(False)

    async def _press(self) -> None:
        if self._state in ("waiting", "running"):
            await self._bench.interrupt()
        else:
            await self._bench.run([self])

    def _show_code(self) -> None:
        self._place.clear()
        self._editor = None
        with self._place:
            ui.html(highlighted(self.code), sanitize=False)

    def _begin(self) -> None:
        if self._editor is None:
            self._place.clear()
            with self._place:
                self._editor = CodeEditor(_named(self.block.id), self.code, spoken(self._typed), spoken(self._press))
        self._editor.focus()
        self._changed()

    @spoken
    async def _typed(self, code: str) -> None:
        self.code, self.ran = code, False
        self._changed()
        await keep(self._bench.chapter.name, self.block.id, None if code == self.block.text else code)

    async def _reset(self) -> None:
        left, self.code, self.ran = self.code, self.block.text, False
        self._show_code()
        self._changed()
        await keep(self._bench.chapter.name, self.block.id, None)

        async def back() -> None:
            self.code, self.ran = left, False
            self._show_code()
            self._changed()
            await keep(self._bench.chapter.name, self.block.id, left)

        say(tr("The cell is as it was at first.", "La celda está como al principio."), undo=spoken(back))

    def _up_to_here(self) -> list[str]:
        """What stands now in the cells before this one, and in it."""
        return [each.code for each in self._bench.cells if each.block.line <= self.block.line]

    def _changed(self) -> None:
        changed = self.code != self.block.text
        self._mark.set_visibility(changed)
        self._back.set_visibility(changed or self._editor is not None)
        self._edit.set_visibility(self._editor is None)


def shown_only(block: Block, chapter: Chapter) -> None:
    """A cell that is not run here."""
    with element("div", "cell snippet still", id=f"cell-{block.id}", role="group", aria_label=_named(block.id)):
        with ui.element("div").classes("cell-head"):
            words = tr(
                "To read: it needs a library or data that Hondo neither installs nor downloads by itself.",
                "Para leer: necesita una biblioteca o unos datos que Hondo no instala ni descarga por su cuenta.",
            )
            said("span", words, "cell-said")
            with ui.element("div").classes("cell-tools"):
                copy_button()
                _experiment_button(block, chapter, lambda: [block.text])
        ui.html(highlighted(block.text), sanitize=False).classes("cell-code")


def copy_button() -> None:
    """Copies the code beneath it; ``reading.js`` hears it."""
    with element("button", "button quiet copy", type="button"):
        said("span", tr("Copy", "Copiar"))


def _experiment_button(block: Block, chapter: Chapter, code: Callable[[], list[str]]) -> None:
    """For a cell that trains: it opens as an experiment, as its code stands when the button is pressed."""

    async def go() -> None:
        door = await aside(experiment_of_cell, block, chapter, code())
        if door is not None:
            ui.navigate.to(door[1])

    if trains_like(block, chapter):
        button(tr("As an experiment", "Como experimento"), go, kind="quiet away")


async def keep(chapter: str, item: str, code: str | None) -> None:
    """Keep what a reader wrote; a reader is told when that is not possible."""
    try:
        await aside(keep_code, here(), chapter, item, code)
    except HondoError as error:
        say_error(error)


def _named(name: str) -> str:
    return tr(f"Code: {name}", f"Código: {name}")


def _run_words() -> str:
    return tr("Run", "Ejecutar")


def _recorded() -> str:
    return tr(
        "Recorded when the chapter was executed. Run the cell to see your own.",
        "Registrado al ejecutar el capítulo. Ejecute la celda para ver lo suyo.",
    )
