"""Which run is asked: every one that has a model, found by its name, its data or its kind."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from nicegui import ui

from hondo.core.language import tr
from hondo.lab.here import here
from hondo.lab.pages.runs import ago, headline
from hondo.lab.parts import attribute, dialog, element, field, link, open_dialog, text
from hondo.store.records import RunRecord
from hondo.store.runs import list_runs

_SHOWN = 30
_DRAWABLE = 64  # pixels a side: larger pictures are no drawings


@dataclass(frozen=True)
class Able:
    """A run that can be asked.

    Attributes:
        record: the run.
        kind: ``image``, ``table`` or ``array``.
        shape: of one raw sample.
    """

    record: RunRecord
    kind: str
    shape: tuple[int, ...]

    @property
    def drawable(self) -> bool:
        """Whether its pictures are small and grey, as drawings are."""
        return self.kind == "image" and self.shape[2] == 1 and max(self.shape[:2]) <= _DRAWABLE

    @property
    def data(self) -> str:
        """What its data are called."""
        data = self.record.spec.get("data") or {}
        return str(data.get("name") or str(data.get("path") or "").replace("\\", "/").rsplit("/", 1)[-1])

    @property
    def score(self) -> str:
        """The number that tells most, with its name."""
        return " ".join(headline(self.record))


def able_runs() -> list[Able]:
    """The runs that have a model, the newest first."""
    found = []
    for record in list_runs(here()):
        if (record.folder / "result.json").exists() and (record.folder / "model.keras").exists():
            kind, shape = _looked_up(record.id, record.folder)
            if kind in ("image", "table", "array"):
                found.append(Able(record, kind, shape))
    return found


@lru_cache(maxsize=4096)
def _looked_up(_: int, folder: Path) -> tuple[str, tuple[int, ...]]:
    """What a run's inputs are. By its number: a folder's name comes back when a run was deleted for good."""
    try:
        read = json.loads((folder / "preprocess.json").read_text(encoding="utf-8"))
        return str(read["kind"]), tuple(int(length) for length in read["raw_shape"])
    except (OSError, ValueError, LookupError, TypeError):
        return "", ()


class Choice:
    """The chosen run as a button, which opens a list to search in.

    Args:
        able: all that can be asked.
        chosen: the one that is.
    """

    def __init__(self, able: list[Able], chosen: Able) -> None:
        self._able, self._chosen = able, chosen

    def build(self) -> None:
        """Put it on the page."""
        with dialog(tr("Which run?", "¿Qué experimento?")) as self._dialog:
            label = tr("Search by name or data", "Buscar por nombre o datos")
            self._field = field(label, "", self._search, kind="search", autofocus=True)
            self._list = element("div", "choices-list")
        self._search("")
        with element("button", "chosen", type="button", aria_haspopup="dialog") as made:
            with ui.element("span").classes("chosen-name"):
                text("b", self._chosen.record.name)
                text("span", " · ".join(filter(None, (self._chosen.data, self._chosen.score))), "hint")
            text("span", tr("Change", "Cambiar"), "change")
        made.on("click", lambda: open_dialog(self._dialog))
        attribute(made, title=tr("Ask another run", "Preguntar a otro experimento"))

    def _search(self, written: str) -> None:
        words = written.lower().split()
        found = [each for each in self._able if all(word in _described(each) for word in words)]
        self._list.clear()
        with self._list:
            for each in found[:_SHOWN]:
                with link("", f"/predict?run={quote(each.record.name)}", "run-choice") as made:
                    text("b", each.record.name)
                    text("span", " · ".join(filter(None, (each.data, each.score, ago(each.record.created)))), "hint")
                if each is self._chosen:
                    attribute(made, aria_current="true")
            if len(found) > _SHOWN:
                left = len(found) - _SHOWN
                text(
                    "p", tr(f"and {left} more: write more of the name", f"y {left} más: escriba más del nombre"), "hint"
                )
            if not found:
                text("p", tr("None matches.", "Ninguno coincide."), "empty")


def _described(each: Able) -> str:
    return f"{each.record.name} {each.data} {each.kind}".lower()
