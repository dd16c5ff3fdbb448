"""The playground's kind of controls: built once, with a word of help each, and kept in step with the setup after that.

Building them anew would take the keyboard's focus away from whoever is using them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.lab.pages.playground.words import help_of, label
from hondo.lab.parts import attribute, button, element, text
from hondo.lab.speech import spoken


class Desk:
    """Makes controls and remembers how to bring them up to date.

    Args:
        hidden: names of those that are not to be shown.
    """

    def __init__(self, hidden: frozenset[str]) -> None:
        self.hidden = hidden
        self._kept: list[Callable[[], None]] = []

    def shows(self, name: str) -> bool:
        """Whether a control is to be there."""
        return name not in self.hidden

    def keep(self, bring: Callable[[], None]) -> None:
        """Do something now and whenever the setup has changed."""
        bring()
        self._kept.append(bring)

    def sync(self) -> None:
        """Bring all controls up to date."""
        for bring in self._kept:
            bring()

    def showing(self, made: Any, when: Callable[[], bool]) -> None:
        """Let an element be there only while something holds."""
        self.keep(lambda: attribute(made, hidden=not when()))

    @contextmanager
    def control(self, name: str, *, words: str | None = None, said: bool = False) -> Iterator[tuple[Any, ...]]:
        """A control with its name and help above it, filled in the block.

        Args:
            name: of the control.
            words: what it is called, where not by its name.
            said: whether there is room to say its value.

        Returns:
            What is around it, its label, and the room for its value or None.
        """
        with ui.element("div").classes(f"control named {name}") as around:
            with ui.element("div").classes("control-head"):
                with element("label") as head:
                    ui.label(words or label(name))
                room = ui.label().classes("value") if said else None
                helper(name)
            yield around, head, room

    def choice(
        self,
        name: str,
        options: Mapping[Any, str],
        now: Callable[[], Any],
        chosen: Callable[[Any], Any],
        *,
        when: Callable[[], bool] | None = None,
        words: str | None = None,
    ) -> None:
        """A list to choose from.

        Args:
            name: of the control.
            options: by their keys.
            now: tells the key of the present one.
            chosen: gets the key of another.
            when: tells whether it applies; else it is not shown.
            words: what it is called, where not by its name.
        """
        if not self.shows(name):
            return
        keys, shown = list(options), [now()]
        with self.control(name, words=words) as (around, head, _):
            made = ui.element("select")
            attribute(head, for_=f"c{made.id}")
            with made:
                for key in keys:
                    with element("option", selected=key == shown[0]):
                        ui.label(options[key])

        async def changed(event: Any) -> None:
            shown[0] = keys[min(max(int(event.args), 0), len(keys) - 1)]
            await called(chosen, shown[0])

        def bring() -> None:
            if now() != shown[0] and now() in keys:
                shown[0] = now()
                ui.run_javascript(f"getHtmlElement({made.id}).selectedIndex = {keys.index(shown[0])}")

        made.on("change", spoken(changed), js_handler="(event) => emit(event.target.selectedIndex)")
        self._kept.append(bring)
        if when is not None:
            self.showing(around, when)

    def slide(
        self, name: str, ends: tuple[int, int], now: Callable[[], int], moved: Callable[[int], Any],
        shown: Callable[[int], str], *, when: Callable[[], bool] | None = None,
    ) -> None:  # fmt: skip
        """A slider whose value is said while it moves and counts when it is let go."""
        if not self.shows(name):
            return
        with self.control(name, said=True) as (around, head, said):
            made = element("input", type="range", min=ends[0], max=ends[1], step=1)
            made.props["defaultValue"] = now()
            attribute(head, for_=f"c{made.id}")
        before = [now()]

        async def let_go(event: Any) -> None:
            before[0] = int(float(event.args))
            await called(moved, before[0])

        def bring() -> None:
            said.set_text(shown(now()))
            if now() != before[0]:
                before[0] = now()
                ui.run_javascript(f"getHtmlElement({made.id}).value = {json.dumps(before[0])}")

        made.on("change", spoken(let_go), js_handler="(event) => emit(event.target.value)")
        made.on("input", spoken(lambda event: said.set_text(shown(int(float(event.args))))),
                js_handler="(event) => emit(event.target.value)", throttle=0.05)  # fmt: skip
        self.keep(bring)
        if when is not None:
            self.showing(around, when)

    def switch(self, name: str, words: str, now: Callable[[], bool], flip: Callable[[], Any], hint: str = "") -> None:
        """A button that stays down."""
        if not self.shows(name):
            return
        made = button(words, flip)
        attribute(made, title=hint or None)
        self.keep(lambda: attribute(made, aria_pressed=str(now()).lower()))


@contextmanager
def card(name: str, about: str) -> Iterator[None]:
    """A card below the bench with its title, a word of help and a sentence, filled in the block."""
    title = label(name)
    with element("section", f"card {name}", aria_label=title):
        with ui.element("div").classes("control-head"):
            text("h2", title[:1].upper() + title[1:])
            helper(name)
        text("p", about, "note")
        yield


def helper(name: str) -> None:
    """A question mark that opens a word of help."""
    words = help_of(name)
    if not words:
        return
    mark = element("button", "help", type="button", aria_label=tr(f"Help: {label(name)}", f"Ayuda: {label(name)}"))
    with mark:
        ui.label("?")
    with element("div", "tip", popover="auto") as tip:
        text("span", words)
    attribute(mark, popovertarget=f"c{tip.id}", title=words)


async def called(act: Callable[..., Any], *given: Any) -> None:
    """Call something that may have to be awaited."""
    made = act(*given)
    if hasattr(made, "__await__"):
        await made
