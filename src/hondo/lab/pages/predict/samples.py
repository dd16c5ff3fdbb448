"""Held-out samples to ask about, one after the other."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.experiments.report.wording import count
from hondo.lab.explained import data_address
from hondo.lab.parts import attribute, button, element, text


class SamplePicker:
    """Buttons that go through the samples that the run was evaluated on.

    Args:
        take: gets the number of the sample that is chosen.
    """

    def __init__(self, take: Callable[[int], Awaitable[None]]) -> None:
        self._take = take
        self._index = -1
        with ui.element("div").classes("sample-bar"):
            button(
                "‹", lambda: self.go(self._index - 1), label=tr("Previous test sample", "Muestra de prueba anterior")
            )
            words = tr("A test sample", "Una muestra de prueba")
            button(words, lambda: self.go(self._index + 1))
            button("›", lambda: self.go(self._index + 1), label=tr("Next test sample", "Muestra de prueba siguiente"))
            self._picture = element("img", "sample-picture", alt="")
            self._picture.set_visibility(False)
            self._words = text("p", "", "hint")

    async def go(self, index: int) -> None:
        """Ask about a sample; they are counted round."""
        self._index = index
        await self._take(index)

    def show(self, answer: dict[str, Any]) -> None:
        """Say which sample it was."""
        self._index = answer["index"]
        here, whole = count(self._index), count(answer["count"])
        told = tr(f"sample {here} of {whole}", f"muestra {here} de {whole}")
        self._words.default_slot.children[0].set_text(told)
        if "picture" in answer:
            self._picture.classes(replace=f"sample-picture {'line' if answer.get('line') else ''}")
            attribute(self._picture, src=data_address(answer["picture"]), alt=told)
            self._picture.set_visibility(True)
