"""What goes on around the text of a chapter in the browser: ``reading.js`` says where the reader is, and copies."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from hondo.core.language import tr


class Reading(Element, component="reading.js"):
    """Watches the sections (``.part``) of the page, follows its addresses' anchors, shows what terms mean.

    Args:
        wanted: gets the anchor that the address asks for, as soon as the page is there.
        at: gets the anchor of the section that the reader is in.
        read: gets the anchor of a section whose end was seen.
    """

    def __init__(self, wanted: Callable[[str], Any], at: Callable[[str], Any], read: Callable[[str], Any]) -> None:
        super().__init__()
        self._props["labels"] = {"copied": tr("Copied", "Copiado")}
        for name, heard in (("wanted", wanted), ("at", at), ("read", read)):
            self.on(name, lambda event, heard=heard: heard(str(event.args)[:120]))
