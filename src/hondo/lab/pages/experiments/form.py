"""The form of a new experiment: its fields are those of the spec's models, its values those of the YAML beside it.

The YAML is what counts. A change in the form becomes a change of the text; a change of the text is shown in the fields
that nobody is typing in.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.core.spec import TransferSpec
from hondo.data import catalogue
from hondo.experiments.specs.strictyaml import KeyPath
from hondo.lab.pages.experiments.fields import (
    FIRST,
    SECTIONS,
    Field,
    fields_of,
    layer_fields,
    layer_kinds,
    layer_of,
    read,
    section,
    value_at,
    written,
)
from hondo.lab.pages.experiments.written import (
    beginning,
    layers_in,
    mapping,
    new_layer,
    shape_of,
    titles,
    way_of,
)
from hondo.lab.pages.runs import said
from hondo.lab.parts import attribute, button, element, text
from hondo.lab.speech import spoken

Change = tuple[KeyPath, Any]

_MAIN = ("units", "filters", "rate", "function", "pool_size", "kernel_size", "activation")
_OF_FILES, _OF_NAMED = {"target", "task", "on_corrupt"}, {"options"}
_ALWAYS = ("data", "model", "learn", "train")
# What a field sends: which it is, what it holds, and the YAML to which that is to be added.
_HEAR = """(event) => {
  const field = event.target.closest("[data-path]"), typing = event.type === "input";
  if (!field || (typing && field.type !== "text")) return;
  const tell = () => {
    const yaml = document.querySelector(".yaml textarea").value;
    emit([field.dataset.path, field.type === "checkbox" ? field.checked : field.value, yaml]);
  };
  clearTimeout(field.hondoLater);
  if (typing) field.hondoLater = setTimeout(tell, 350); else tell();
}"""
_SHOW = """for (const [path, value] of Object.entries(%s)) {
  const field = document.querySelector(`.spec-form [data-path="${CSS.escape(path)}"]`);
  if (!field || field === document.activeElement && field.type === "text") continue;
  if (field.type === "checkbox") field.checked = value === true; else field.value = value;
}"""
_FOCUS = """{ const path = document.activeElement?.dataset?.path; window.hondoFocus = path; }"""
_REFOCUS = """if (window.hondoFocus && document.activeElement === document.body)
  document.querySelector(`.spec-form [data-path="${CSS.escape(window.hondoFocus)}"]`)?.focus();"""


@dataclass
class _Shown:
    """A field on the page."""

    field: Field
    box: Any
    wrong: Any


class SpecForm:
    """The form.

    Args:
        uploads: the data that were uploaded, as specs name them.
        changed: gets changes and the YAML that they are to be made in.
    """

    def __init__(self, uploads: Sequence[str], changed: Callable[[Sequence[Change], str], Any]) -> None:
        self._uploads, self._changed = uploads, changed
        self._data: Mapping[str, Any] = {}
        self._shape: Any = None
        self._shown: dict[str, _Shown] = {}
        self._values: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        self.box = element(
            "form", "spec-form", aria_label=tr("The experiment as a form", "El experimento como formulario")
        )
        self.box.on("submit", js_handler="(event) => event.preventDefault()")
        self.box.on("change", spoken(self._heard), js_handler=_HEAR)
        self.box.on("input", spoken(self._heard), js_handler=_HEAR)

    def show(self, data: Mapping[str, Any]) -> None:
        """Show a spec as it is written."""
        self._data = data
        way, shape = way_of(mapping(data.get("model"))), shape_of(data)
        if way is not None:
            self._kept[way] = data.get("model")
        if shape != self._shape:
            rebuilt, self._shape = self._shape is not None, shape
            if rebuilt:
                self.box.client.run_javascript(_FOCUS)
            self._build(way)
            if rebuilt:
                self.box.client.run_javascript(_REFOCUS)
        self._refresh()

    def complain(self, problems: Mapping[str, str]) -> None:
        """Say at each field what is wrong with it; the keys are paths with dots."""
        for path, shown in self._shown.items():
            words = next(
                (each for where, each in problems.items() if where == path or where.startswith(f"{path}.")), ""
            )
            shown.wrong.set_text(words)
            shown.box.classes(add="invalid" if words else "", remove="" if words else "invalid")

    def rest(self, resting: bool) -> None:
        """Let the form rest while the YAML cannot be read."""
        attribute(self.box, inert=resting)
        self.box.classes(add="resting" if resting else "", remove="" if resting else "resting")

    def _build(self, way: str | None) -> None:
        self.box.clear()
        self._shown, self._values = {}, {}
        with self.box:
            self._field(
                Field(("name",), "text", tr("What its runs are called.", "Cómo se llaman sus ejecuciones."), "run")
            )
            for name in SECTIONS:
                title, about = titles()[name]
                with element("details", "part", open=name in _ALWAYS or name in self._data):
                    with element("summary"):
                        said("span", title, "part-title")
                        said("span", about, "quiet")
                    with ui.element("div").classes("part-fields"):
                        self._section(name, way)

    def _section(self, name: str, way: str | None) -> None:
        if name == "augment":
            words = tr("Change the training pictures anew in each epoch", "Cambiar las imágenes en cada época")
            self._switch(("augment",), words)
            if self._data.get("augment") is None:
                return
        if name == "data":
            self._source()
        if name == "model":
            self._way(way)
            if way == "layers":
                self._layer_list()
                return
            if way == "graph":
                words = tr(
                    "Layers wired by name: written in the YAML.", "Capas unidas por su nombre: se escriben en el YAML."
                )
                text("p", words, "quiet whole")
                return
        fields = list(section(name))
        if name == "model" and way == "transfer":
            fields = list(fields_of(TransferSpec, ("model", "transfer")))
        first = [each for each in fields if each.name in FIRST[name]]
        first.sort(key=lambda each: FIRST[name].index(each.name))
        for field in first:
            self._field(field)
        rest = [each for each in fields if each not in first]
        if rest:
            with element("details", "more whole"):
                said("summary", tr("More", "Más"))
                with ui.element("div").classes("part-fields"):
                    for field in rest:
                        self._field(field)

    def _field(self, field: Field) -> None:
        if field.kind == "part":
            self._part(field)
            return
        path = ".".join(map(str, field.path))
        with ui.element("div").classes("entry") as box:
            wrong_at = f"wrong-{path}"
            with ui.element("label").classes("check" if field.kind == "flag" else "control"):
                if field.kind != "flag":
                    said("span", field.name, "code")
                self._input(field, path, wrong_at)
                if field.kind == "flag":
                    said("span", field.name, "code")
            said("small", field.help)
            wrong = said("small", "", "wrong", id=wrong_at)
        self._shown[path] = _Shown(field, box, wrong)

    def _input(self, field: Field, path: str, described: str) -> None:
        value = self._value(field)
        self._values[path] = value
        if field.kind == "flag":
            element("input", type="checkbox", data_path=path, checked=bool(value), aria_describedby=described)
        elif field.kind == "choice":
            with element("select", data_path=path, aria_describedby=described):
                options = [*([("", tr("automatic", "automático"))] if field.optional else []),
                           *((word, word) for word in field.choices)]  # fmt: skip
                for word, shown in options:
                    said("option", shown, selected=word == value).props["value"] = word
        else:
            made = element("input", "field", type="text", data_path=path, placeholder=field.default or "—",
                           autocomplete="off", spellcheck="false", aria_describedby=described)  # fmt: skip
            made.props["defaultValue"] = value

    def _value(self, field: Field) -> Any:
        value = value_at(self._data, field.path)
        if field.kind == "flag":
            return value if isinstance(value, bool) else field.default == "true"
        if field.kind == "choice":
            return written(value) if value is not None else ("" if field.optional else field.default)
        return written(value)

    def _part(self, field: Field) -> None:
        """Keys of their own: behind a switch if they may be left out."""
        with element("fieldset", "inner whole"):
            if field.optional:
                self._switch(field.path, field.help, field.name)
            else:
                said("legend", field.name, "code")
                said("small", field.help, "quiet")
            if not field.optional or value_at(self._data, field.path) is not None:
                with ui.element("div").classes("part-fields"):
                    for each in field.fields:
                        self._field(each)

    def _switch(self, path: KeyPath, words: str, name: str = "") -> None:
        with ui.element("label").classes("check whole"):
            there = value_at(self._data, path) is not None
            element("input", type="checkbox", data_path="+" + ".".join(map(str, path)), checked=there)
            if name:
                said("span", name, "code")
            said("span", words, "quiet")

    def _source(self) -> None:
        here_now = self._source_now()
        with ui.element("div").classes("entry whole"), ui.element("label").classes("control"):
            said("span", tr("data set", "conjunto de datos"), "code")
            with element("select", data_path="=source"):
                groups = [
                    (tr("Your data", "Sus datos"), [(f"path:{path}", path) for path in self._uploads]),
                    (tr("Ready to use", "Listos para usar"), [(f"name:{name}", name) for name in catalogue.names()]),
                ]
                known = {value for _, options in groups for value, _ in options}
                if here_now not in known:
                    groups.insert(0, ("YAML", [(here_now, here_now.partition(":")[2] or "—")]))
                for title, options in groups:
                    if options:
                        with element("optgroup", label=title):
                            for value, words in options:
                                said("option", words, selected=value == here_now).props["value"] = value
        self._values["=source"] = here_now

    def _source_now(self) -> str:
        data = mapping(self._data.get("data"))
        return f"path:{data['path']}" if data.get("path") is not None else f"name:{data.get('name') or ''}"

    def _way(self, way: str | None) -> None:
        names = {
            "perceptron": tr("perceptron", "perceptrón"),
            "mlp": tr("mlp: dense layers", "mlp: capas densas"),
            "cnn": tr("cnn: convolutions", "cnn: convoluciones"),
            "residual": tr("residual: with shortcuts", "residual: con atajos"),
            "layers": tr("layers of your own, in a row", "capas propias, en fila"),
            "transfer": tr("transfer: a trained network, a new head", "transfer: una red entrenada y una cabeza nueva"),
            "pretrained": tr("a known architecture", "una arquitectura conocida"),
            "graph": tr("a graph of layers", "un grafo de capas"),
        }
        with ui.element("div").classes("entry whole"), ui.element("label").classes("control"):
            said("span", tr("architecture", "arquitectura"), "code")
            with element("select", data_path="=way"):
                if way is None:
                    said("option", "—", selected=True).props["value"] = ""
                for name, words in names.items():
                    said("option", words, selected=name == way).props["value"] = name
        self._values["=way"] = way or ""
        if way == "pretrained":
            words = tr(
                "A network of keras.applications, such as resnet50.", "Una red de keras.applications, como resnet50."
            )
            self._field(Field(("model", "pretrained"), "text", words, ""))

    def _layer_list(self) -> None:
        layers = layers_in(mapping(self._data.get("model")))
        with ui.element("ol").classes("layer-list whole"):
            for place, entry in enumerate(layers):
                with ui.element("li"):
                    self._layer(place, entry, len(layers))
        with ui.element("label").classes("control whole"):
            said("span", tr("Add a layer", "Añadir una capa"))
            with element("select", data_path="=add"):
                said("option", "…").props["value"] = ""
                for kind in layer_kinds():
                    said("option", kind).props["value"] = kind

    def _layer(self, place: int, entry: Any, count: int) -> None:
        found = layer_of(entry)
        kind = found[0] if found else "?"
        with ui.element("div").classes("layer-head"):
            said("span", kind, "code")
            for sign, to, words in (("↑", place - 1, tr("up", "subir")), ("↓", place + 1, tr("down", "bajar"))):
                made = button(sign, lambda to=to: self._move(place, to), kind="quiet", label=f"{kind}: {words}")
                attribute(made, disabled=not 0 <= to < count)
            button("×", lambda: self._layers_changed([(("model", "layers", place), None)]), kind="quiet",
                   label=tr(f"Remove {kind}", f"Quitar {kind}"))  # fmt: skip
        if found is None:
            said("small", tr("Written in the YAML.", "Se escribe en el YAML."), "quiet")
            return
        fields = layer_fields(kind, ("model", "layers", place))
        main = sorted((each for each in fields if each.name in _MAIN), key=lambda each: _MAIN.index(each.name))
        with ui.element("div").classes("part-fields"):
            for field in main:
                self._field(field)
        if rest := [each for each in fields if each not in main]:
            with element("details", "more"):
                said("summary", tr("More", "Más"))
                with ui.element("div").classes("part-fields"):
                    for field in rest:
                        self._field(field)

    async def _move(self, place: int, to: int) -> None:
        layers = layers_in(mapping(self._data.get("model")))
        await self._layers_changed([(("model", "layers", place), layers[to]), (("model", "layers", to), layers[place])])

    async def _layers_changed(self, changes: Sequence[Change]) -> None:
        yaml = await ui.run_javascript("document.querySelector('.yaml textarea').value", timeout=5.0)
        await self._changed(changes, str(yaml))

    async def _heard(self, event: Any) -> None:
        path, shown, yaml = str(event.args[0]), event.args[1], str(event.args[2])
        changes = self._changes(path, shown)
        if changes:
            self._values[path] = shown
            await self._changed(changes, yaml)

    def _changes(self, path: str, shown: Any) -> list[Change]:
        keys = tuple(int(key) if key.isdigit() else key for key in path.lstrip("+=").split("."))
        if path == "=source":
            kind, _, name = str(shown).partition(":")
            other = "path" if kind == "name" else "name"
            gone = ("target", "task") if kind == "name" else ("options",)
            return [(("data", kind), name), *((("data", key), None) for key in (other, *gone))]
        if path == "=way":
            return [(("model",), self._kept.get(str(shown)) or beginning(str(shown)))] if shown else []
        if path == "=add":
            layers = layers_in(mapping(self._data.get("model")))
            return [(("model", "layers", len(layers)), new_layer(str(shown)))] if shown else []
        if path.startswith("+"):
            return [(keys, {} if shown else None)]
        found = self._shown.get(path)
        return [(keys, read(found.field, shown))] if found is not None else []

    def _refresh(self) -> None:
        """Bring fields up to date that show something else than the YAML, and hide those that nothing reads."""
        late: dict[str, Any] = {}
        for path, shown in self._shown.items():
            value = self._value(shown.field)
            if value != self._values.get(path):
                late[path] = self._values[path] = value
            shown.box.set_visibility(self._is_read(shown.field) or value_at(self._data, shown.field.path) is not None)
        for path, value in (("=source", self._source_now()), ("=way", way_of(mapping(self._data.get("model"))) or "")):
            if value != self._values.get(path):
                late[path] = self._values[path] = value
        if late:
            ui.run_javascript(_SHOW % json.dumps(late))

    def _is_read(self, field: Field) -> bool:
        if field.path[0] == "data" and field.name in _OF_FILES | _OF_NAMED:
            return (mapping(self._data.get("data")).get("path") is not None) == (field.name in _OF_FILES)
        if not field.only:
            return True
        beside = mapping(value_at(self._data, field.path[:-1]))
        named = {str(value) for value in beside.values() if isinstance(value, str)} | set(beside)
        defaults = {"optimizer": "adam", "features": "cached", "fill": "nearest"}
        named |= {word for key, word in defaults.items() if key not in beside}
        return bool(field.only & named)
