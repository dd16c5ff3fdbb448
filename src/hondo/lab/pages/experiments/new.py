"""A new experiment: a form and the YAML side by side, checked while they are written, kept until it is started."""

from collections import deque
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from hondo.core.errors import HondoError, SpecError
from hondo.core.language import tr
from hondo.experiments.specs import builtin
from hondo.experiments.specs.edit import edit_yaml
from hondo.experiments.specs.read import parse_spec
from hondo.experiments.specs.strictyaml import read_yaml
from hondo.lab.api.models import Problem
from hondo.lab.api.sources import problems_in
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.islands.editor import YamlEditor
from hondo.lab.launching import start_yaml
from hondo.lab.pages.experiments.form import Change, SpecForm
from hondo.lab.pages.experiments.origins import Origin, changed, origin_of, uploads
from hondo.lab.pages.runs import said
from hondo.lab.parts import attribute, button, element, link, say, say_error, text
from hondo.lab.speech import aside, spoken
from hondo.lab.uploads import confine

_ADDRESS = "/experiments/new"


@ui.page(_ADDRESS)
@spoken
async def new(builtin: str = "", data: str = "", target: str = "", own: str = "") -> None:
    """The choice of what to begin with; with one made, the form and the YAML."""
    request = ui.context.client.request
    run = str(request.query_params.get("from", ""))[:100] if request is not None else ""
    changes = request.query_params.getlist("set") if request is not None else []
    with frame(tr("New experiment", "Nuevo experimento"), "/experiments", "experiments", wide=True):
        if not (builtin or run or data or own):
            _choice(await aside(lambda: uploads(here())))
            return
        try:
            named = {"experiment": builtin[:100], "run": run, "data": data[:200], "target": target[:200]}
            origin = await aside(lambda: changed(origin_of(here(), **named), changes))
        except HondoError as error:
            text("h1", tr("New experiment", "Nuevo experimento"))
            text("p", error.message, "message bad")
            text("p", error.hint, "quiet")
            link(tr("Choose another beginning", "Elegir otro comienzo"), _ADDRESS, "button")
            return
        Desk(origin, await aside(lambda: uploads(here())))


def _choice(own: Sequence[str]) -> None:
    text("h1", tr("New experiment", "Nuevo experimento"))
    text("p", tr("What do you want to begin with?", "¿Con qué quiere empezar?"), "lede")
    with ui.element("div").classes("starts"):
        _card(
            tr("From scratch", "Desde cero"),
            tr("A few lines of YAML to fill in.", "Unas líneas de YAML para completar."),
            own="1",
        )
        for path in own[:12]:
            _card(path.removeprefix("uploads/"), tr("Your own data.", "Sus propios datos."), data=path)
        for name in builtin.names():
            _card(name, builtin.about(name), builtin=name)


def _card(title: str, about: str, **query: str) -> None:
    with element("a", "start", href=f"{_ADDRESS}?{urlencode(query)}"):
        said("strong", title)
        said("span", about, "quiet")


class Desk:
    """The form, the YAML and what is wrong with it."""

    def __init__(self, origin: Origin, own_data: Sequence[str]) -> None:
        self._origin = origin
        self._text = origin.yaml
        self._before: deque[str] = deque(maxlen=8)
        self._asked = 0
        self._starting = False
        text("h1", tr("New experiment", "Nuevo experimento"))
        text("p", origin.words, "quiet")
        with element("div", "message restored", role="status") as self._restored:
            said("span", tr("This is the draft that you left here.", "Este es el borrador que dejó aquí."))
            button(tr("Begin anew", "Empezar de nuevo"), spoken(self._anew))
        self._restored.set_visibility(False)
        with ui.element("div").classes("desk"):
            self._form = SpecForm(own_data, self._changed)
            with ui.element("div").classes("sheet-side"):
                said("span", "YAML", "code quiet")
                label = tr("The experiment as YAML", "El experimento como YAML")
                self._editor = YamlEditor(label, origin.yaml, f"hondo-draft-{origin.key}", spoken(self._typed))
                with ui.element("div").classes("row launch"):
                    self._start = button(tr("Start", "Empezar"), self._launch, kind="primary")
                    self._verdict = said("span", "", "verdict", role="status")
                self._problems = element("ul", "problems", aria_live="polite")

    @spoken
    async def _typed(self, text: str, found: bool) -> None:
        self._restored.set_visibility(found or (self._restored.visible and text != self._origin.yaml))
        self._text = text
        if text in self._before:  # written by hand again
            self._before.clear()
        await self._check()

    @spoken
    async def _changed(self, changes: Sequence[Change], yaml: str) -> None:
        """Bring changes of the form into the YAML as it stands.

        A change that was sent before the browser had seen the last one goes into the text that holds both.
        """
        yaml = self._text if yaml in self._before else yaml
        edited = yaml
        try:
            for path, value in changes:
                edited = edit_yaml(edited, path, value)
        except SpecError as error:
            say_error(error)
            return
        if edited != yaml:
            self._editor.replace(yaml, edited)
            self._before.append(yaml)
        self._text = edited
        await self._check()

    async def _check(self) -> None:
        self._asked = asked = self._asked + 1
        text = self._text
        data, problems = await aside(lambda: _checked(text))
        if asked != self._asked:  # meanwhile something else was written
            return
        self._form.rest(data is None)
        if data is not None:
            self._form.show(data)
        self._show(problems)

    def _show(self, problems: Sequence[Problem]) -> None:
        count = len(problems)
        words = tr(f"{count} problems", f"{count} problemas") if count > 1 else tr("1 problem", "1 problema")
        self._verdict.set_text(words if problems else tr("Ready to start", "Listo para empezar"))
        self._verdict.classes(replace="verdict bad" if problems else "verdict good")
        attribute(self._start, disabled=bool(problems))
        self._editor.complain({each.line: each.text for each in reversed(problems) if each.line is not None})
        self._form.complain({each.path: each.text for each in problems if each.path})
        self._problems.clear()
        with self._problems:
            for each in problems:
                with ui.element("li"):
                    if each.line is not None:
                        line = each.line
                        button(
                            tr(f"line {line}", f"línea {line}"), lambda line=line: self._editor.go(line), kind="quiet"
                        )
                    with ui.element("div"):
                        said(
                            "p", f"{each.path}: {each.text}" if each.path and each.path not in each.text else each.text
                        )
                        if each.hint:
                            said("p", each.hint, "quiet")

    async def _anew(self) -> None:
        left, self._text = self._text, self._origin.yaml
        self._editor.replace(left, self._text)
        self._editor.forget()
        self._restored.set_visibility(False)

        async def back() -> None:
            self._editor.replace(self._text, left)
            self._text = left
            await self._check()

        say(tr("The draft was put away.", "Se descartó el borrador."), undo=spoken(back))
        await self._check()

    @spoken
    async def _launch(self) -> None:
        if self._starting:
            return
        self._starting = True
        try:
            text = str(await ui.run_javascript("document.querySelector('.yaml textarea').value", timeout=5.0))
            run = await start_yaml(text)
        finally:
            self._starting = False
        if run is not None:
            self._editor.forget()
            ui.navigate.to(f"/runs/{run.name}")


def _checked(text: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    """What the YAML says, if it can be read, and everything that is wrong with it."""
    try:
        data = read_yaml(text, "spec").value
    except SpecError as error:
        return None, problems_in(error)
    if data is not None and not isinstance(data, dict):
        data = None
    try:
        confine(here(), parse_spec(text, "spec", allow_python=False))
    except SpecError as error:
        return data or ({} if not text.strip() else data), problems_in(error)
    return data, []
