"""What a run was made of: its spec, its surroundings, and what it said on the way."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from nicegui import ui

from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.experiments.report.wording import memory
from hondo.experiments.report.wording import spoken as words_for
from hondo.experiments.specs.write import spec_to_yaml
from hondo.lab.explained import row_table
from hondo.lab.pages.run.sections import Section
from hondo.lab.parts import element, link
from hondo.lab.speech import aside
from hondo.store.queue import LOG
from hondo.store.records import RunRecord

_LOG_BYTES = 60_000


def spec_section(record: RunRecord) -> Section:
    """The section with the YAML."""
    return Section(tr("Spec", "Especificación"), record, _spec, name="spec")


def environment_section(record: RunRecord) -> Section:
    """The section with versions and machine."""
    return Section(tr("Environment", "Entorno"), record, _environment, name="environment")


def log_section(record: RunRecord) -> Section:
    """The section with what the training said; it follows."""
    log = Log()
    return Section(tr("Log", "Registro"), record, log.fill, name="log", tick=log.follow)


async def _spec(record: RunRecord) -> None:
    told = await aside(_yaml, record)
    link(tr("Run again with changes", "Repetir con cambios"), f"/experiments/new?from={quote(record.name)}", "button")
    with ui.element("pre"):
        ui.label(told or "").classes("lines")


def _yaml(record: RunRecord) -> str:
    path = record.folder / "spec.yaml"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    return spec_to_yaml(RunSpec.model_validate(record.spec), full=True)


async def _environment(record: RunRecord) -> None:
    rows = [(words_for(name), _told(name, value)) for name, value in record.environment.items()]
    row_table([(name, value) for name, value in rows if value], tr("Environment", "Entorno"))


def _told(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {part}" for key, part in value.items() if part not in (None, False))
    if name == "memory" and isinstance(value, int):
        return memory(value) if value else ""
    return "" if value is None else str(value)


class Log:
    """The end of a run's log."""

    def __init__(self) -> None:
        self._lines: Any = None
        self._shown = ""

    async def fill(self, record: RunRecord) -> None:
        """Show it."""
        with element("pre", "log", tabindex="0", role="log", aria_label=tr("Log", "Registro")):
            self._lines = ui.label().classes("lines")
        self._shown = ""
        await self.follow(record)

    async def follow(self, record: RunRecord) -> None:
        """Show what has come since."""
        told = await aside(_end_of_log, record)
        if told is not None and self._lines is not None and told != self._shown:
            self._shown = told
            self._lines.set_text(told)


def _end_of_log(record: RunRecord) -> str:
    path = record.folder / LOG
    if not path.is_file():
        return tr("Nothing was written down: this run was not started from the lab.",
                  "No hay nada anotado: este experimento no se inició desde el laboratorio.")  # fmt: skip
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LOG_BYTES))
        read = file.read().decode("utf-8", "replace")
    return read if size <= _LOG_BYTES else "… " + read.partition("\n")[2]
