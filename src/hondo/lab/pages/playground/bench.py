"""The workbench of the playground: what the reader does, and the loop that trains and shows without holding up others.

Everything that takes longer than a few milliseconds is done in slices or beside the pages, so that many readers can
play at once.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.asking import Newest
from hondo.lab.islands.stage import Stage
from hondo.lab.pages.playground.address import View, to_address
from hondo.lab.pages.playground.controls import Desk
from hondo.lab.pages.playground.frames import packed, picture, shape
from hondo.lab.pages.playground.session import Session, Twin, plan
from hondo.lab.pages.playground.words import INPUT_NAMES, label, stage_labels, value_text
from hondo.lab.parts import dialog, say, say_error
from hondo.lab.speech import aside, spoken
from hondo.playground.own import OwnPoints, taken_over
from hondo.playground.setup import OWN, Setup
from hondo.playground.stopping import Stop, run_for

PATH = "/playground"
_FRAME = 1 / 45  # seconds between frames, where browser and network keep up
_SLICE, _LONGEST = 0.006, 0.025  # seconds of training at a time, and for a frame
_KEYS = {"batch": (1, "s"), "epoch": (1, "e"), "batch-back": (-1, "s"), "epoch-back": (-1, "e")}


class Bench:
    """What one reader works at.

    Args:
        session: what is trained.
        view: how it is shown.
    """

    def __init__(self, session: Session, view: View) -> None:
        self.session, self.view = session, view
        self.desk = Desk(view.hide)
        self.drawing: tuple[float, bool] = (0.0, False)  # the class or number to draw, and whether to erase
        self._lock = asyncio.Lock()
        self._busy = False
        self._shown_at = 0.0
        self.stage = Stage(stage_labels(), spoken(self.heard))
        self._windows = ui.element("div")
        self._sought = Newest(self._seek, self._arrived)
        self._clock = ui.timer(_FRAME / 2, spoken(self.tick), active=False)
        self.desk.keep(self._tell_stage)

    @property
    def setup(self) -> Setup:
        """Of the first network."""
        return self.session.setup

    async def heard(self, name: str, told: Any) -> None:
        """Something that the stage says."""
        if name == "free":
            await self.tick()
        elif name == "ready":
            await self.begin()
        elif name == "chosen":
            self.session.shown = int(told) if int(told) < len(self.session.histories) else 0
            await self.begin()
        elif name == "rewound":
            self.playing(False)
            await self._go_to(int(told))
        elif name == "edited":
            await self._edited(dict(told))
        elif name == "drawn":
            await self._drawn(told)
        elif name == "key":
            await self._key(str(told))

    async def begin(self) -> None:
        """Show everything anew."""
        header, arrays = picture(self.session, whole=True, gradients=self._gradients)
        header["shape"] = {
            **shape(self.session, INPUT_NAMES, self.class_names(), self.net_names()),
            "test": self.view.test, "discrete": self.view.discrete, "gradients": self._gradients,
        }  # fmt: skip
        await self.stage.show(packed(header, arrays))

    async def show(self, *, whole: bool = False) -> None:
        """Draw the present state."""
        self._shown_at = time.monotonic()
        await self.stage.show(packed(*picture(self.session, whole=whole, gradients=self._gradients)))

    async def tick(self) -> None:
        """Train and show, if it is time and the browser keeps up."""
        early = time.monotonic() - self._shown_at < _FRAME
        if self._busy or not self.session.playing or early or not self.stage.free:
            return
        self._busy = True
        try:
            self._shown_at = time.monotonic()
            if await self._train(self._steps(int(self.view.speed[:-1]), self.view.speed[-1])):
                self.playing(False)
                say(tr("It stopped: the condition is met.", "Se detuvo: se cumplió la condición."))
            await self.show()
        finally:
            self._busy = False

    def ready(self) -> bool:
        """Whether there are points enough to train on; the reader is told if not."""
        if not self.session.ready:
            say(tr("Draw at least two points first.", "Dibuje antes al menos dos puntos."), bad=True)
        return self.session.ready

    async def play(self) -> None:
        """Go on, or pause."""
        if self.session.playing:
            self.playing(False)
        elif not self.ready():
            return
        elif any(self.view.stop.reached(each) for each in self.session.histories):
            say(
                tr("The condition to stop is met already.", "La condición para detenerse ya se cumple."),
                tr("Change it or start again.", "Cámbiela o reinicie."),
            )
        else:
            self.playing(True)

    def playing(self, going: bool) -> None:
        """Whether it trains by itself from now on."""
        self.session.playing = self._clock.active = going
        self._sought.forget()
        self.desk.sync()

    async def step(self, number: int, unit: str) -> None:
        """So many batches (``s``) or epochs (``e``) by hand, backwards for fewer than none."""
        self.playing(False)
        if not self.session.ready:
            return
        if number < 0:
            await self._go_to(self.session.state.step - self._steps(-number, unit))
            return
        await self._train(self._steps(number, unit), by_hand=True)
        await self.show()

    async def reset(self) -> None:
        """Back to the same first weights."""
        self.playing(False)
        self.session.reset()
        await self.begin()

    async def change(self, **values: Any) -> None:
        """Another setup; what cannot be is said and nothing changes."""
        await self._follow(values)

    async def change_twin(self, twin: Twin | None) -> None:
        """Another twin, or none; both begin anew."""
        await self._follow({}, twin=twin)

    async def change_own(self, own: OwnPoints, *, anew: bool = False) -> None:
        """Learn the reader's points, with an output that suits them; ``anew`` where they are others altogether."""
        if anew or self.setup.data != OWN:
            self.view = replace(self.view, test=True)  # or half of the points that one draws would not be seen
        await self._follow({"data": OWN, **own_settings(self.setup, own, fitting=anew)}, own=own, anew=anew)

    async def choose_data(self, name: str) -> None:
        """Another set of points; one's own begin as a copy of those that are there."""
        if name == OWN and self.setup.data != OWN and not len(self.session.own):
            points, numbers = self.session.training.points, self.setup.problem == "regression"
            await self.change_own(taken_over(points.train, points.train_y, numbers=numbers))
        elif name == OWN:
            await self.change_own(self.session.own)
        else:
            await self.change(data=name)

    async def look(self, **values: Any) -> None:
        """Another way of showing."""
        self.view = replace(self.view, **values)
        self.desk.sync()
        self.write_address()
        await self.begin()

    def set_stop(self, kind: str, value: float) -> None:
        """Another condition to stop."""
        try:
            self.view = replace(self.view, stop=Stop(kind, value))
        except HondoError as error:
            say_error(error)
        self.desk.sync()
        self.write_address()

    def draw_with(self, value: float, *, erase: bool) -> None:
        """What the pointer does on the map."""
        self.drawing = (value, erase)
        self.desk.sync()

    @contextmanager
    def window(self, title: str) -> Iterator[Any]:
        """A dialog that is gone when it is closed."""
        with self._windows, dialog(title) as made:
            made.on("close", made.delete)
            yield made

    def address(self, hide: frozenset[str] | None = None) -> str:
        """The address of what is shown, with other controls hidden if wanted."""
        view = replace(self.view, twin=self.session.twin, points=self.session.own)
        query = to_address(self.setup, view if hide is None else replace(view, hide=hide))
        return PATH + (f"?{query}" if query else "")

    def write_address(self) -> None:
        """Let the browser show the address of the present state."""
        ui.run_javascript(f"history.replaceState(history.state, '', {json.dumps(self.address())})")

    def class_names(self) -> list[str]:
        """For the legend: of each class, or of the ends of the scale."""
        if self.setup.problem == "regression":
            return ["−1", "1"]
        names = list(self.session.own.names) if self.setup.data == OWN else []
        usual = [tr("orange", "naranja"), tr("blue", "azul")]
        if self.setup.classes > 2:
            usual = [str(number) for number in range(self.setup.classes)]
        return [*names, *usual[len(names) :]]

    def net_names(self) -> list[str]:
        """For twins, in what they differ."""
        if len(self.session.histories) < 2 or self.session.twin is None:
            return [""]
        name, value = self.session.twin
        return [f"{label(name)}: {value_text(name, each)}" for each in (getattr(self.setup, name), value)]

    @property
    def _gradients(self) -> bool:
        return self.view.gradients and self.desk.shows("gradients")

    def _steps(self, number: int, unit: str) -> int:
        return number * (self.session.training.batches if unit == "e" else 1)

    async def _train(self, steps: int, *, by_hand: bool = False) -> bool:
        """Train in slices, to the end of an epoch where whole epochs are asked for; whether the stop was met."""
        end, session = time.monotonic() + _LONGEST, self.session
        stop = Stop() if by_hand else self.view.stop
        whole = steps % session.training.batches == 0
        if session.leave_future():
            await self.show(whole=True)
        while True:
            taken, met = run_for(session.histories, steps, stop, _SLICE)
            steps -= taken
            if not by_hand and (not session.playing or time.monotonic() > end):
                steps = min(steps, -session.state.step % session.training.batches) if whole else 0
            if met or steps <= 0:
                return met
            before = session.state
            await asyncio.sleep(0)
            if session.state is not before:  # somebody went elsewhere meanwhile
                return False

    async def _follow(self, values: dict[str, Any], **other: Any) -> None:
        """Make and follow another plan; changes are taken one after the other."""
        async with self._lock:
            session = self.session
            own, twin = other.get("own", session.own), other.get("twin", session.twin)
            try:
                setup = session.setup.changed(**values)
                if "twin" not in other and twin is not None and getattr(setup, twin[0]) == twin[1]:
                    twin = None
                made: Any = await aside(plan, setup, own, twin)
            except HondoError as error:
                say_error(error)
                self.desk.sync()
                return
            if made is None:  # the server is closing
                return
            self._sought.forget()
            session.follow(made, anew=other.get("anew", False))
            if not session.ready:
                self.playing(False)
        self.desk.sync()
        self.write_address()
        await self.begin()

    async def _go_to(self, step: int) -> None:
        await self._sought.put(step)
        await self.show()

    async def _seek(self, step: int) -> Any:
        return await aside(self.session.at, step)  # what is not kept is trained again, which may take a while

    def _arrived(self, states: Any) -> None:
        if states is not None:  # else the server is closing
            self.session.stand(states)

    async def _edited(self, change: dict[str, Any]) -> None:
        self._sought.forget()
        try:
            self.session.edit(change)
        except (HondoError, LookupError, TypeError, ValueError):  # only a page of somebody's own sends such
            return
        await self.show(whole=True)

    async def _drawn(self, told: Any) -> None:
        if self.setup.data != OWN:
            return
        try:
            places = [(float(x), float(y)) for x, y in told["places"]]
        except (LookupError, TypeError, ValueError):  # likewise
            return
        own = self.session.own
        if self.drawing[1]:
            await self.change_own(own.without(places))
        elif (more := own.with_points(places, self.drawing[0])) and len(more) == len(own):
            say(tr("There is no room for more points.", "No caben más puntos."), bad=True)
        else:
            await self.change_own(more)

    async def _key(self, name: str) -> None:
        if name == "play" and self.desk.shows("play"):
            await self.play()
        elif name in _KEYS and self.desk.shows("rewind" if "back" in name else "step"):
            await self.step(*_KEYS[name])

    def _tell_stage(self) -> None:
        drawing = None
        if self.setup.data == OWN and self.desk.shows("own"):
            value, erase = self.drawing
            two = self.setup.problem == "classification" and self.setup.classes == 2
            drawing = {"value": 2 * value - 1 if two else value, "erase": erase}
        self.stage.tell(drawing=drawing, hide=sorted(self.view.hide))


def own_settings(setup: Setup, own: OwnPoints, *, fitting: bool = False) -> dict[str, Any]:
    """Output and classes that suit own points; ``fitting`` as many classes as they have, else no fewer than before."""
    if own.numbers:
        return {"output": "linear"}
    if own.classes > 2 or setup.output == "softmax":
        return {"output": "softmax", "classes": own.classes if fitting else max(own.classes, setup.classes)}
    return {"output": "tanh" if setup.output == "linear" else setup.output}
