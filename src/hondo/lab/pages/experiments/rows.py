"""The rows of the table of experiments: each is made once and then only told what has changed.

So nobody loses the focus, a selection or what is being typed when something else goes on. All clicks of a table are
heard by the table, because handlers of every row would make it heavy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.here import here
from hondo.lab.pages.runs import ago, headline, said, status_words
from hondo.lab.parts import attribute, button, element, field, fill, link, say_error
from hondo.lab.speech import aside, spoken
from hondo.store.notes import LONGEST_NOTES, LONGEST_TAG, annotate
from hondo.store.records import RunRecord

COLUMNS = 8
_EXCERPT = 120


@dataclass(frozen=True)
class Acts:
    """What rows ask of their table: to look again, to remove runs, to close an editor."""

    look: Callable[[], Any]
    remove: Callable[[Sequence[str]], Any]
    close: Callable[[], Any]


class Row:
    """One run in the table, in a body of its own.

    Attributes:
        run: as it is shown.
        body: its element; ``data-run`` says whose it is.
    """

    def __init__(self, run: RunRecord, *, picked: bool) -> None:
        self.run, self.editor = run, None
        self._shown: dict[str, Any] = {}
        self.body = element("tbody", data_run=str(run.id))
        with self.body, ui.element("tr"):
            with ui.element("td").classes("pick"):
                label = tr(f"Select {run.name}", f"Seleccionar {run.name}")
                self._box = element("input", type="checkbox", data_act="pick", aria_label=label)
            with ui.element("td").classes("fav"):
                self._star = said("button", "", "star", type="button", data_act="star")
            with ui.element("td").classes("what"):
                said("a", run.name, "name", href=f"/runs/{run.name}")
                self._tags = ui.element("div").classes("tags")
                self._note = said("p", "", "excerpt")
            with ui.element("td").classes("state"):
                self._status = said("span", "", "status")
            with ui.element("td").classes("number score"):
                self._value = said("span")
                self._called = said("span", "", "quiet")
            self._epochs = said("td", "", "number epochs")
            self._started = said("td", "", "number started")
            with ui.element("td").classes("more"):
                words = tr(f"Tags and notes of {run.name}", f"Etiquetas y notas de {run.name}")
                self._more = said("button", tr("Edit", "Editar"), "button quiet", type="button", data_act="edit",
                                  aria_label=words, aria_expanded="false")  # fmt: skip
        self.pick(picked)
        self.show(run)

    def show(self, run: RunRecord) -> None:
        """Show how the run stands now; what is as before is not touched."""
        self.run = run
        (words, tone), (value, called) = status_words(run), headline(run)
        self._say("status", self._status, words)
        if self._changed("tone", tone):
            self._status.classes(replace=f"status {tone}")
        self._say("value", self._value, value or "—")
        self._say("called", self._called, called)
        self._say("epochs", self._epochs, f"{run.epochs_done}/{run.epochs or '—'}")
        self._say("started", self._started, ago(run.created))
        self._say("note", self._note, run.notes[:_EXCERPT] + ("…" if len(run.notes) > _EXCERPT else ""))
        if self._changed("star", run.favourite):
            self._say("sign", self._star, "★" if run.favourite else "☆")
            label = tr(f"Favourite: {run.name}", f"Favorito: {run.name}")
            attribute(self._star, aria_pressed=str(run.favourite).lower(), aria_label=label)
        if self._changed("tags", run.tags):
            self._tags.clear()
            with self._tags:
                for tag in run.tags:
                    label = tr(f"Only those tagged {tag}", f"Solo los que tienen la etiqueta {tag}")
                    said("button", tag, "tag", type="button", data_act="tag", data_tag=tag, title=label)
        if self.editor is not None:
            self.editor.show(run)

    def pick(self, picked: bool) -> None:
        """Show whether it is selected."""
        self._box.props["checked"] = picked
        self._box.update()
        self.body.classes(add="picked" if picked else "", remove="" if picked else "picked")

    def edit(self, acts: Acts, tags: Sequence[str]) -> None:
        """Open the place where its tags and notes are written."""
        with self.body:
            self.editor = Editor(self.run, acts, tags)
        attribute(self._more, aria_expanded="true")

    def close(self) -> None:
        """Close that place."""
        if self.editor is not None:
            self.editor.row.delete()
            self.editor = None
            attribute(self._more, aria_expanded="false")

    def _say(self, what: str, made: Any, words: str) -> None:
        if self._changed(what, words):
            made.set_text(words)

    def _changed(self, what: str, value: Any) -> bool:
        if self._shown.get(what) == value and what in self._shown:
            return False
        self._shown[what] = value
        return True


class Editor:
    """Tags, notes and what else can be done with a run, below its row."""

    def __init__(self, run: RunRecord, acts: Acts, known: Sequence[str]) -> None:
        self._run, self._acts, self._tags = run, acts, None
        self._waiting: str | None = None
        self._saving = False
        self._notes_known = run.notes
        with element("tr", "editor") as self.row, element("td", colspan=COLUMNS), ui.element("div").classes("sheet"):
            with ui.element("div").classes("labels"):
                self._chips = ui.element("div").classes("tags")
                self._new_tag(run, known)
            self._notes = field(
                tr("Notes", "Notas"), run.notes, self._typed, kind="area", rows=3, maxlength=LONGEST_NOTES,
                placeholder=tr("What did you try, what did you learn?", "¿Qué probó, qué aprendió?"),
            )  # fmt: skip
            with ui.element("div").classes("row"):
                link(tr("New from this one", "Nuevo a partir de este"), f"/experiments/new?from={run.name}", "button")
                button(tr("Delete", "Borrar"), lambda: acts.remove([run.name]))
                button(tr("Close", "Cerrar"), acts.close, kind="quiet")
                self._said = said("span", "", "quiet", role="status")
        self.show(run)
        self.row.on("keydown.esc", spoken(acts.close))
        ui.run_javascript(f"getHtmlElement({self._field.id})?.focus()")

    def show(self, run: RunRecord) -> None:
        """Show what others wrote meanwhile, unless something of one's own is still on its way."""
        if run.tags != self._tags:
            self._tags = run.tags
            self._chips.clear()
            with self._chips:
                for tag in run.tags:
                    self._chip(tag)
        if run.notes != self._notes_known and not self._saving:
            self._notes_known = run.notes
            fill(self._notes, run.notes)

    def _chip(self, tag: str) -> None:
        with ui.element("span").classes("tag"):
            said("span", tag)
            label = tr(f"Take away the tag {tag}", f"Quitar la etiqueta {tag}")
            made = said("button", "×", "", type="button", aria_label=label, title=label)
            made.on("click", spoken(lambda: self._write(remove=[tag])))

    def _new_tag(self, run: RunRecord, known: Sequence[str]) -> None:
        suggestions = f"tags-{run.id}"
        with ui.element("label").classes("control"):
            said("span", tr("Add a tag", "Añadir una etiqueta"))
            self._field = element(
                "input", "field", type="text", list=suggestions, maxlength=LONGEST_TAG, autocomplete="off"
            )
        with element("datalist", id=suggestions):
            for tag in known:
                element("option").props["value"] = tag
        self._field.on(
            "change",
            spoken(lambda event: self._write(add=[str(event.args)])),
            js_handler="({ target }) => { const tag = target.value.trim(); target.value = ''; if (tag) emit(tag); }",
        )

    async def _typed(self, text: str) -> None:
        """Keep the notes as they are typed; of those that wait only the newest is written."""
        self._waiting, self._notes_known = text, text
        if self._saving:
            return
        self._saving = True
        try:
            while self._waiting is not None:
                text, self._waiting = self._waiting, None
                await self._write(notes=text)
        finally:
            self._saving = False

    @spoken
    async def _write(self, **changes: Any) -> None:
        try:
            await aside(lambda: annotate(here(), self._run, **changes))
        except HondoError as error:
            say_error(error)
            return
        self._said.set_text(tr("Saved", "Guardado"))
        await self._acts.look()
