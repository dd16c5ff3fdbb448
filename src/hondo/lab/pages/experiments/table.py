"""The table of all experiments: sorted, filtered and paged on the server, the same in every tab that shows it."""

import time
from dataclasses import dataclass, fields, replace
from typing import Any, cast
from urllib.parse import urlencode

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.report.wording import count
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.launching import remove
from hondo.lab.pages.experiments.rows import Acts, Row
from hondo.lab.pages.runs import EVERY, said, status_names
from hondo.lab.parts import attribute, button, element, fill, link, say_error, select, text, toggle
from hondo.lab.speech import aside, spoken
from hondo.store.listing import Listing, list_page, stamp
from hondo.store.notes import annotate, known_tags
from hondo.store.records import STATUSES, RunRecord, Status

PAGE = 50
_ADDRESS = "/experiments"
_ANEW = 10.0  # seconds after which the table is read again, whether or not something was written
_SORTS = ("name", "status", "result", "epochs", "created")
_HEAR = """(event) => {
  const found = event.target.closest("[data-act]");
  if (!found || (found.type === "checkbox") !== (event.type === "change")) return;
  const run = found.closest("[data-run]");
  emit([found.dataset.act, run ? +run.dataset.run : 0, found.type === "checkbox" ? found.checked : found.dataset.tag]);
}"""


@dataclass(frozen=True)
class View:
    """What of the experiments a reader wants to see; the address says it, so that it can be kept and shared."""

    q: str = ""
    status: str = ""
    tag: str = ""
    star: str = ""
    sort: str = "-created"
    page: int = 1

    @classmethod
    def of(cls, given: dict[str, str]) -> "View":
        """What an address asks for; what makes no sense is left out."""
        said: dict[str, Any] = {name: value[:100] for name, value in given.items() if name != "page"}
        view = cls(**said)
        number = given.get("page", "")
        return replace(
            view,
            status=view.status if view.status in STATUSES and view.status != "removed" else "",
            sort=view.sort if view.sort.removeprefix("-") in _SORTS else "-created",
            page=max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        )

    @property
    def address(self) -> str:
        """The address that asks for it."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        said = {name: value for name, value in said.items() if value != getattr(View(), name)}
        return _ADDRESS + (f"?{urlencode(said)}" if said else "")

    @property
    def filtered(self) -> bool:
        """Whether some runs are left out."""
        return bool(self.q or self.status or self.tag or self.star)

    def read(self) -> tuple[Listing, dict[str, int], tuple[Any, ...]]:
        """The page of runs, all tags in use, and the stamp of what was read."""
        workspace = here()
        marked = stamp(workspace)
        page = list_page(
            workspace,
            status=cast(Status, self.status) if self.status else None,
            search=self.q.strip(),
            tag=self.tag,
            favourite=True if self.star else None,
            sort=self.sort,
            first=(self.page - 1) * PAGE,
            size=PAGE,
        )
        return page, known_tags(workspace), marked


@ui.page(_ADDRESS)
@spoken
async def experiments(
    q: str = "", status: str = "", tag: str = "", star: str = "", sort: str = "-created", page: str = "1"
) -> None:
    """The table, with what can be done to several runs at once."""
    view = View.of({"q": q, "status": status, "tag": tag, "star": star, "sort": sort, "page": page})
    with frame(tr("Experiments", "Experimentos"), _ADDRESS, "experiments", wide=True):
        with ui.element("div").classes("titled"):
            text("h1", tr("Experiments", "Experimentos"))
            link(tr("New experiment", "Nuevo experimento"), "/experiments/new").classes("button primary")
        ledger = Ledger(view)
        await ledger.look()
        ui.timer(EVERY, spoken(ledger.tick), immediate=False)


class Ledger:
    """The table and everything around it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._rows: dict[int, Row] = {}
        self._picked: dict[int, str] = {}
        self._editing: int | None = None
        self._tags: dict[str, int] | None = None
        self._seen: Any = None
        self._read_at = 0.0
        self._asked = 0
        self._acts = Acts(self.look, self._remove, self._close)
        self._filters()
        self._table()
        self._pager()
        self._bar()

    async def tick(self) -> None:
        """Look again if something has changed."""
        try:
            changed = await aside(lambda: stamp(here())) != self._seen
        except HondoError:
            return
        if changed or time.monotonic() - self._read_at > _ANEW:
            await self.look()

    @spoken
    async def look(self, **changes: Any) -> None:
        """Read the runs, after a change of what is to be seen if one is given, and show what is another than before."""
        if changes:
            self.view = replace(self.view, **({"page": 1} | changes))
            ui.navigate.history.replace(self.view.address)
        self._asked = asked = self._asked + 1
        try:
            listing, tags, seen = await aside(self.view.read)
        except HondoError as error:
            say_error(error)
            return
        if asked != self._asked:  # meanwhile something else was asked for
            return
        last = max(1, -(-listing.total // PAGE))
        if self.view.page > last:
            await self.look(page=last)
            return
        self._seen, self._read_at = seen, time.monotonic()
        self._show(listing, tags)

    def _show(self, listing: Listing, tags: dict[str, int]) -> None:
        self._show_rows(listing.runs)
        if tags != self._tags:
            self._tags = tags
            self._offer_tags()
        order = self.view.sort.removeprefix("-")
        for name, head in self._heads.items():
            direction = "descending" if self.view.sort.startswith("-") else "ascending"
            attribute(head, aria_sort=direction if name == order else None)
        first = (self.view.page - 1) * PAGE
        shown = f"{count(first + 1)}–{count(first + len(listing.runs))}"
        total = count(listing.total)
        self._count.set_text(tr(f"{shown} of {total}", f"{shown} de {total}") if listing.runs else "")
        attribute(self._back, disabled=self.view.page == 1)
        attribute(self._on, disabled=first + PAGE >= listing.total)
        self._pages.set_visibility(listing.total > PAGE)
        self._nothing.set_text("" if listing.runs else self._why_nothing())
        attribute(self._star, aria_pressed=str(bool(self.view.star)).lower())
        self._clear.set_visibility(self.view.filtered)
        self._show_picked()

    def _show_rows(self, found: list[RunRecord]) -> None:
        wanted = {run.id: run for run in found}
        place = list(self._rows)
        for number in place:
            if number not in wanted and number != self._editing:  # what is being written about stays
                self._rows.pop(number).body.delete()
        for run in found:
            if run.id in self._rows:
                self._rows[run.id].show(run)
            else:
                with self._body:
                    self._rows[run.id] = Row(run, picked=run.id in self._picked)
        order = list(wanted)
        if self._editing is not None and self._editing not in wanted:
            order.insert(min(place.index(self._editing), len(order)), self._editing)
        if order != list(self._rows):
            self._rows = {number: self._rows[number] for number in order}
            children = self._body.default_slot.children
            children[:] = [children[0], *(row.body for row in self._rows.values())]
            self._body.update()

    def _why_nothing(self) -> str:
        if self.view.filtered:
            return tr("No experiment matches.", "Ningún experimento coincide.")
        return tr("No experiment yet. Begin with a new one.", "Aún no hay experimentos. Empiece con uno nuevo.")

    def _filters(self) -> None:
        with element("div", "filters", role="search"):
            hint = tr("Search in names, tags and notes", "Buscar en nombres, etiquetas y notas")
            self._search = element("input", "search", type="search", placeholder=hint, aria_label=hint)
            self._search.props["defaultValue"] = self.view.q
            self._search.on(
                "input",
                spoken(lambda event: self.look(q=str(event.args or "")[:100])),
                js_handler="(event) => emit(event.target.value)",
                throttle=0.2,
            )
            every: dict[str, str] = {"": tr("any", "cualquiera"), **status_names()}
            self._status = ui.element("div")
            with self._status:
                select(tr("Status", "Estado"), every, self.view.status, lambda chosen: self.look(status=chosen))
            self._tag = ui.element("div")
            self._star = toggle(
                tr("★ Favourites", "★ Favoritos"),
                bool(self.view.star),
                lambda: self.look(star="" if self.view.star else "1"),
            )
            orders = {
                "-created": tr("newest", "más recientes"),
                "-result": tr("best result", "mejor resultado"),
                "name": tr("name", "nombre"),
                "status": tr("status", "estado"),
            }
            with ui.element("div").classes("narrow"):
                select(tr("Sort by", "Ordenar por"), orders, self.view.sort, lambda chosen: self.look(sort=chosen))
            self._clear = button(tr("Clear filters", "Quitar filtros"), self._all, kind="quiet")

    def _offer_tags(self) -> None:
        every = {
            "": tr("any", "cualquiera"),
            **{tag: f"{tag} ({number})" for tag, number in (self._tags or {}).items()},
        }
        if self.view.tag and self.view.tag not in every:
            every[self.view.tag] = self.view.tag
        self._tag.clear()
        self._tag.set_visibility(len(every) > 1)
        with self._tag:
            select(tr("Tag", "Etiqueta"), every, self.view.tag, lambda chosen: self.look(tag=chosen))

    async def _all(self) -> None:
        fill(self._search, "")
        await self.look(q="", status="", tag="", star="")
        self._status.clear()
        with self._status:
            every: dict[str, str] = {"": tr("any", "cualquiera"), **status_names()}
            select(tr("Status", "Estado"), every, "", lambda chosen: self.look(status=chosen))
        self._offer_tags()

    def _table(self) -> None:
        columns = {
            "name": (tr("experiment", "experimento"), "what"),
            "status": (tr("status", "estado"), "state"),
            "result": (tr("result", "resultado"), "number score"),
            "epochs": (tr("epochs", "épocas"), "number epochs"),
            "created": (tr("started", "inicio"), "number started"),
        }
        self._heads: dict[str, Any] = {}
        with element("table", "runs ledger") as self._body, ui.element("thead"), ui.element("tr"):
            with element("th", "pick", scope="col"):
                label = tr("Select all on this page", "Seleccionar todos los de esta página")
                self._every = element("input", type="checkbox", data_act="every", aria_label=label)
            with element("th", "fav", scope="col"):
                said("span", tr("favourite", "favorito"), "unseen")
            for name, (words, kind) in columns.items():
                with element("th", kind, scope="col") as self._heads[name]:
                    said("button", words, "heading", type="button", data_act="sort", data_tag=name)
            with element("th", "more", scope="col"):
                said("span", tr("tags and notes", "etiquetas y notas"), "unseen")
        for event in ("click", "change"):
            self._body.on(event, spoken(self._heard), js_handler=_HEAR)
        self._nothing = said("p", "", "empty")

    def _pager(self) -> None:
        with element("nav", "pager", aria_label=tr("Pages", "Páginas")) as self._pages:
            self._back = button(tr("‹ Previous", "‹ Anteriores"), lambda: self.look(page=self.view.page - 1))
            self._count = said("span", "", "quiet")
            self._on = button(tr("Next ›", "Siguientes ›"), lambda: self.look(page=self.view.page + 1))

    def _bar(self) -> None:
        label = tr("Selected experiments", "Experimentos seleccionados")
        with element("div", "selection", role="region", aria_label=label) as self._chosen:
            self._how_many = said("span", "", "", role="status")
            self._compare = button(tr("Compare", "Comparar"), self._to_comparison, kind="primary")
            button(tr("Delete", "Borrar"), lambda: self._remove(list(self._picked.values())))
            button(tr("Clear selection", "Quitar selección"), self._pick_none, kind="quiet")

    async def _heard(self, event: Any) -> None:
        act, number, value = event.args
        row = self._rows.get(number)
        if act == "sort":
            await self.look(sort=self._sorted_by(str(value)))
        elif act == "every":
            for each in self._rows.values():
                self._pick(each, bool(value))
            self._show_picked()
        elif act == "tag":
            await self.look(tag=str(value or "")[:100])
            self._offer_tags()
        elif row is None:
            return
        elif act == "pick":
            self._pick(row, bool(value))
            self._show_picked()
        elif act == "star":
            await self._give_star(row)
        elif act == "edit":
            self._edit(number)

    def _sorted_by(self, name: str) -> str:
        """The order that a click on a heading asks for: the other way round the second time."""
        first = f"-{name}" if name in ("result", "epochs", "created") else name
        second = name if first.startswith("-") else f"-{name}"
        return second if self.view.sort == first else first

    async def _give_star(self, row: Row) -> None:
        try:
            await aside(lambda: annotate(here(), row.run, favourite=not row.run.favourite))
        except HondoError as error:
            say_error(error)
        await self.look()

    def _edit(self, number: int) -> None:
        was = self._editing
        self._close()
        if number != was:
            self._editing = number
            self._rows[number].edit(self._acts, list(self._tags or {}))

    def _close(self) -> None:
        if self._editing is not None and self._editing in self._rows:
            self._rows[self._editing].close()
        self._editing = None

    def _pick(self, row: Row, picked: bool) -> None:
        row.pick(picked)
        if picked:
            self._picked[row.run.id] = row.run.name
        else:
            self._picked.pop(row.run.id, None)

    def _pick_none(self) -> None:
        self._picked.clear()
        for row in self._rows.values():
            row.pick(False)
        self._show_picked()

    def _show_picked(self) -> None:
        chosen = len(self._picked)
        self._how_many.set_text(tr(f"{chosen} selected", f"{chosen} seleccionados" if chosen > 1 else "1 seleccionado"))
        self._chosen.set_visibility(chosen > 0)
        attribute(self._compare, disabled=chosen < 2)
        self._every.props["checked"] = bool(self._rows) and all(number in self._picked for number in self._rows)
        self._every.update()

    def _to_comparison(self) -> None:
        ui.navigate.to(f"/experiments/compare?{urlencode({'runs': ','.join(self._picked.values())})}")

    @spoken
    async def _remove(self, names: list[str]) -> None:
        removed = set(await remove(names))
        self._picked = {number: name for number, name in self._picked.items() if name not in removed}
        if self._editing is not None and self._rows[self._editing].run.name in removed:
            self._close()
        await self.look()
