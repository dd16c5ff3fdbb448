"""How answers about a run are shown, wherever they are: probabilities, samples, activations; all change in place."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.experiments.report.wording import count, number, percent, times
from hondo.lab.parts import attribute, element, text

MOST_BARS = 10
MOST_ROWS = 24
_ONE_LINE = 64  # units that stand side by side


def data_address(png: bytes) -> str:
    """A PNG as an address that holds the picture itself."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def waiting(words: str) -> Any:
    """A calm line while an answer is on its way."""
    return attribute_of(text("p", words, "waiting"), role="status")


def attribute_of(made: Any, **attributes: Any) -> Any:
    """An element with attributes set."""
    attribute(made, **attributes)
    return made


class Answers:
    """Probabilities as bars, or predicted numbers; the bars stay and only their lengths move."""

    def __init__(self) -> None:
        self.place = element("div", "answers", role="group", aria_label=tr("Answer", "Respuesta"))
        self._rows: list[tuple[Any, Any, Any, Any]] = []
        self._kind = ""

    def empty(self, words: str) -> None:
        """Show a sentence instead."""
        self._kind = ""
        self.place.clear()
        with self.place:
            text("p", words, "empty")

    def refuse(self, message: str) -> None:
        """Show what went wrong instead."""
        self._kind = ""
        self.place.clear()
        with self.place:
            text("p", message, "message bad")

    def show(self, answer: Mapping[str, Any]) -> None:
        """Show an answer as :func:`hondo.explain.inputs.ask` gives it."""
        if "classes" in answer:
            self._shares(answer["classes"], answer["shares"])
        else:
            self._numbers(answer["numbers"])

    def _shares(self, classes: Sequence[str], shares: Sequence[float]) -> None:
        order = list(range(len(classes)))
        best = max(order, key=lambda number: shares[number])
        if len(classes) > MOST_BARS:
            order = sorted(order, key=lambda number: -shares[number])[:MOST_BARS]
        if self._kind != f"shares {len(order)}":
            self._kind = f"shares {len(order)}"
            self._rows = []
            self.place.clear()
            with self.place:
                self._rows = [self._bar() for _ in order]
        for (row, name, bar, share), number_ in zip(self._rows, order, strict=True):
            row.classes(replace="best" if number_ == best else "")
            name.set_text(classes[number_])
            bar.style(replace=f"width: {shares[number_]:.1%}")
            share.set_text(percent(shares[number_]))

    def _bar(self) -> tuple[Any, Any, Any, Any]:
        with ui.element("div") as row:
            with ui.element("span"):
                name = ui.label()
            with ui.element("div").classes("bar"):
                bar = ui.element("div")
            with ui.element("span").classes("share"):
                share = ui.label()
        return row, name, bar, share

    def _numbers(self, numbers: Sequence[tuple[str, float]]) -> None:
        self._kind = ""
        self.place.clear()
        with self.place, ui.element("div").classes("figures"):
            for name, value in numbers:
                with ui.element("div"):
                    text("div", number(value), "best")
                    text("div", name or tr("predicted value", "valor predicho"))


class Layers:
    """The layers' activations: a picture each, which changes while the input does."""

    def __init__(self) -> None:
        self.place = element("div", "activations")
        self._names: list[str] = []
        self._shown: list[tuple[Any, Any]] = []

    def clear(self) -> None:
        """Show none."""
        self._names = []
        self.place.clear()

    def show(self, answer: Mapping[str, Any]) -> None:
        """Show what :func:`hondo.explain.inputs.ask` says of the layers."""
        found = answer["activations"]
        names = [each["name"] for each in found]
        if names != self._names or not names:
            self._names = names
            self.place.clear()
            with self.place:
                self._shown = [self._layer(each) for each in found]
                if left := answer.get("left_out"):
                    text(
                        "p",
                        tr(f"{left} more layers are not shown.", f"Hay {left} capas más que no se muestran."),
                        "hint",
                    )
                if refused := answer.get("refused"):
                    text("p", refused, "hint")
        for each, (picture, facts) in zip(found, self._shown, strict=True):
            attribute(picture, src=data_address(each["picture"]))
            facts.set_text(_facts(each))

    def _layer(self, each: Mapping[str, Any]) -> tuple[Any, Any]:
        with element("figure", "activation"):
            with ui.element("figcaption"):
                text("span", each["name"], "name")
                text("span", f"{each['kind']} · {times(each['shape']) or '1'}", "hint")
            kind = "maps" if each["maps"] else "units"
            what = {
                "maps": tr("feature maps", "mapas de características"),
                "units": tr("units", "unidades"),
            }[kind]
            line = " line" if not each["maps"] and len(each["shape"]) == 1 and each["total"] <= _ONE_LINE else ""
            words = f"{each['name']}: {count(each['shown'])} {what}"
            picture = element("img", kind + line, alt=words, draggable="false")
            with ui.element("div").classes("hint"):
                facts = ui.label()
        return picture, facts


def _facts(each: Mapping[str, Any]) -> str:
    low, high = number(each["low"], 3), number(each["high"], 3)
    told = [low if low == high else tr(f"{low} to {high}", f"de {low} a {high}")]
    if each["zero"] > 0:
        told.append(tr(f"{percent(each['zero'])} zeros", f"{percent(each['zero'])} de ceros"))
    if each["shown"] < each["total"]:
        shown, total = count(each["shown"]), count(each["total"])
        told.append(tr(f"the first {shown} of {total}", f"los primeros {shown} de {total}"))
    return " · ".join(told)


def how_to_read() -> str:
    """What the colours of activations mean."""
    return tr(
        "Blue is above 0, orange below; the stronger, the farther from it.",
        "Azul: por encima de 0; naranja: por debajo; cuanto más intenso, más lejos.",
    )


class Seen:
    """What the network really gets."""

    def __init__(self) -> None:
        self.place = element("div", "seen-input")
        self._picture: tuple[Any, Any] | None = None

    def clear(self) -> None:
        """Show nothing."""
        self._picture = None
        self.place.clear()

    def show(self, seen: Mapping[str, Any]) -> None:
        """Show what :func:`hondo.explain.inputs.seen` says."""
        shape = times(seen["shape"])
        facts = tr(
            f"{shape} numbers from {number(seen['low'], 3)} to {number(seen['high'], 3)}",
            f"{shape} números de {number(seen['low'], 3)} a {number(seen['high'], 3)}",
        )
        if "picture" in seen:
            if self._picture is None:
                self.place.clear()
                with self.place:
                    self._picture = (element("img", "seen"), text("p", "", "hint"))
            picture, words = self._picture
            attribute(picture, src=data_address(seen["picture"]), alt=facts)
            picture.classes(replace="seen line" if seen.get("line") else "seen")
            words.default_slot.children[0].set_text(facts)
            return
        self.clear()
        with self.place:
            text("p", facts, "hint")
            row_table(
                [(name, number(value)) for name, value in seen["row"][:MOST_ROWS]],
                tr("What the network sees", "Lo que ve la red"),
            )
            if (left := len(seen["row"]) - MOST_ROWS) > 0:
                text("p", tr(f"and {left} more", f"y {left} más"), "hint")


def row_table(row: Sequence[tuple[str, str]], label: str) -> None:
    """Names and values, a line each."""
    with element("table", "facts", aria_label=label), ui.element("tbody"):
        for name, value in row:
            with ui.element("tr"):
                attribute(text("th", name), scope="row")
                text("td", value or "—")


def shot(sample: Mapping[str, Any], address: str, *, caption: Callable[[Mapping[str, Any]], str]) -> None:
    """A sample as a picture or a row, with what is true and what the model says; it leads to an address."""
    with element("a", f"shot {'right' if sample.get('right', True) else 'miss'}", href=address, title=sample["path"]):
        if "picture" in sample:
            alt = tr(f"Sample {sample['index']}", f"Muestra {sample['index']}")
            kind = "sharp" if sample["sharp"] else ""
            element("img", kind, src=data_address(sample["picture"]), alt=alt, loading="lazy")
        elif "row" in sample:
            row_table(sample["row"][:6], tr(f"Sample {sample['index']}", f"Muestra {sample['index']}"))
        else:
            text("span", tr(f"Sample {sample['index']}", f"Muestra {sample['index']}"))
        text("span", caption(sample), "caption")
