"""Augmentation to look at: one picture, what training would make of it, and the lines of a spec that do so."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from nicegui import background_tasks, ui
from pydantic import ValidationError

from hondo.core.arrays import Array
from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.core.spec import AugmentSpec
from hondo.data.augment.augmenter import Augmenter
from hondo.data.thumbnails import as_png, thumbnail
from hondo.experiments.report.wording import percent
from hondo.lab.pages.data.samples import Place
from hondo.lab.pages.data.shelf import Source, open_source
from hondo.lab.pages.data.words import snippet
from hondo.lab.parts import attribute, button, element, say_error, select, slider, text, toggle
from hondo.lab.speech import aside

SHOWN = 12
_SIDE = 112  # pixels of the longer side; what is drawn is a share of it, so that large pictures look alike
_BLOCKY = 64


@dataclass(frozen=True)
class Knob:
    """A slider: the key of the spec that it sets, and how its place becomes that value."""

    key: str
    most: int
    each: float
    unit: str = ""


_KNOBS = (
    Knob("rotation", 180, 1.0, "°"), Knob("shift", 50, 0.01), Knob("zoom", 90, 0.01), Knob("shear", 60, 1.0, "°"),
    Knob("brightness", 100, 0.01), Knob("contrast", 100, 0.01), Knob("channel_shift", 100, 0.01),
    Knob("cutout", 80, 0.01),
)  # fmt: skip
_START: Mapping[str, Any] = {"rotation": 15, "shift": 0.1}
_MOVING = ("rotation", "shift", "zoom", "shear")


class Augmenting:
    """The part of the page with the preview.

    Args:
        source: pictures.
        size: their height and width in pixels.
        rows: how many training samples there are.
    """

    def __init__(self, source: Source, size: tuple[int, int], rows: int) -> None:
        self.source, self.rows, self.blocky = source, rows, "blocky" if max(size) <= _BLOCKY else ""
        self.place, self.asked = Place("train", 0), dict(_START)
        self.busy = self.again = False
        self.values: dict[str, Any] = {}
        with element("div", "augmenting"):
            with element("div", "knobs"):
                with element("div", f"original {self.blocky}"):
                    self.original = element("img", alt=tr("The picture", "La imagen"))
                    with ui.element("div"):
                        text("span", tr("Original", "Original"))
                        button(tr("Another picture", "Otra imagen"), self.another, kind="quiet")
                self._controls()
            with ui.element("div"):
                with element("div", f"versions {self.blocky}"):
                    numbered = range(1, SHOWN + 1)
                    self.tiles = [element("img", alt=tr(f"version {each}", f"versión {each}")) for each in numbered]
                self.yaml = snippet(_yaml(self.asked))
        self.redraw()

    def choose(self, place: Place) -> None:
        """Show another picture."""
        self.place = place
        ui.run_javascript("document.getElementById('augmentation')?.scrollIntoView({behavior: 'smooth'})")
        self.redraw()

    def redraw(self) -> None:
        """Draw what is asked for; while that goes on, only the last change counts."""
        self.yaml.set_text(_yaml(self.asked))
        self.again = True
        if not self.busy:
            self.busy = True
            background_tasks.create(self._draw())

    async def _draw(self) -> None:
        try:
            while self.again:
                self.again = False
                found = await aside(versions, self.source, self.place, dict(self.asked))
                if found is None or self.original.is_deleted:
                    return
                for tile, png in zip((self.original, *self.tiles), found, strict=True):
                    attribute(tile, src=png)
        except HondoError as error:
            with self.original:  # where the page's messages are found
                say_error(error)
        finally:
            self.busy = False

    def another(self) -> None:
        """Show the picture of another training sample."""
        self.place = Place("train", (self.place.row + max(1, self.rows // 7)) % self.rows)
        self.redraw()

    def _controls(self) -> None:
        names = _names()
        for knob in _KNOBS:
            with element("div", "control knob"):
                with element("div", "named"):
                    text("span", names[knob.key])
                    with ui.element("output"):
                        self.values[knob.key] = ui.label(_shown(knob, self.asked.get(knob.key, 0)))
                at = round(self.asked.get(knob.key, 0) / knob.each)
                slider(0, knob.most, at, lambda place, knob=knob: self._turn(knob, place), names[knob.key])
        with element("div", "row"):
            self._flip("horizontal_flip", tr("Mirror ↔", "Espejo ↔"))
            self._flip("vertical_flip", tr("Mirror ↕", "Espejo ↕"))
        fills = {
            "nearest": tr("nearest pixel", "píxel más cercano"), "reflect": tr("reflection", "reflejo"),
            "wrap": tr("opposite edge", "borde opuesto"), "constant": tr("black", "negro"),
        }  # fmt: skip
        select(tr("Beyond the edges", "Más allá de los bordes"), fills, "nearest", lambda fill: self._set("fill", fill))

    def _flip(self, key: str, words: str) -> None:
        def turn() -> None:
            self._set(key, not self.asked.get(key, False))
            attribute(made, aria_pressed=str(self.asked[key]).lower())

        made = toggle(words, False, turn)

    def _turn(self, knob: Knob, place: float) -> None:
        value = round(min(max(place, 0.0), knob.most) * knob.each, 2)
        self.values[knob.key].set_text(_shown(knob, value))
        self._set(knob.key, value)

    def _set(self, key: str, value: Any) -> None:
        self.asked[key] = value
        self.redraw()


def versions(source: Source, place: Place, asked: Mapping[str, Any]) -> list[str]:
    """A picture and what augmentation makes of it, as addresses of data; takes a while the first time.

    Raises:
        HondoError: the picture cannot be read or augmented.
    """
    dataset = open_source(source).dataset
    picture = thumbnail(dataset.splits[place.split].x, place.row, _SIDE)
    many = np.repeat(np.ascontiguousarray(picture)[np.newaxis], SHOWN, axis=0)
    changed = Augmenter(spec_of(asked), seed=place.row).pictures(many, np.arange(SHOWN), 0)
    return [_data(each) for each in (picture, *changed)]


def spec_of(asked: Mapping[str, Any]) -> AugmentSpec:
    """What the sliders ask for; keys that would have no effect are left out."""
    given = {key: value for key, value in asked.items() if value and key != "fill"}
    if any(given.get(key) for key in _MOVING) and asked.get("fill", "nearest") != "nearest":
        given["fill"] = asked["fill"]
    try:
        return AugmentSpec.model_validate(given)
    except ValidationError as error:  # a browser may send anything
        raise HondoError(tr("this augmentation is not possible", "este aumento no es posible")) from error


def _data(picture: Array) -> str:
    return "data:image/png;base64," + base64.b64encode(as_png(picture)).decode("ascii")


def _yaml(asked: Mapping[str, Any]) -> str:
    spec = spec_of(asked).model_dump(mode="json", exclude_defaults=True)
    plain = {
        key: int(value) if isinstance(value, float) and value.is_integer() else value for key, value in spec.items()
    }
    return yaml.safe_dump({"augment": plain}, sort_keys=False).strip()


def _shown(knob: Knob, value: float) -> str:
    if knob.unit:
        return f"±{value:g}{knob.unit}" if value else f"0{knob.unit}"
    return f"±{percent(value, 0)}" if value and knob.key != "cutout" else percent(value, 0)


def _names() -> dict[str, str]:
    return {
        "rotation": tr("Rotation", "Giro"),
        "shift": tr("Shift", "Desplazamiento"),
        "zoom": tr("Zoom", "Zoom"),
        "shear": tr("Shear", "Cizalladura"),
        "brightness": tr("Brightness", "Brillo"),
        "contrast": tr("Contrast", "Contraste"),
        "channel_shift": tr("Colour shift", "Cambio de color"),
        "cutout": tr("Cutout", "Recorte (cutout)"),
    }
