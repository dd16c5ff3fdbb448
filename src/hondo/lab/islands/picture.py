"""A figure that moves, on the server's side; ``picture.js`` shows it and hears what moves it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import core
from nicegui.element import Element

from hondo.core.language import tr

_EVENT = "hondo_picture"


class LivePicture(Element, component="picture.js"):
    """A drawing with its controls.

    Pictures go over the page's own connection but not through its outbox, which would remember the last thousand.

    Args:
        name: of the figure, once on a page.
        title: what it shows.
        controls: each with ``kind`` (``slider``, ``choice``, ``toggle``), ``name``, ``label``, ``value``; a slider's
            ``low``, ``high``, ``step``, ``plays``; a choice's ``options`` as pairs of key and words.
        drag: names of the sliders that follow the pointer along ``x`` and ``y``.
        moved: gets the controls' values by their names whenever a picture is wanted.
    """

    def __init__(
        self,
        name: str,
        title: str,
        controls: Sequence[Mapping[str, Any]],
        drag: Mapping[str, str] | None,
        moved: Callable[[dict[str, Any]], Any],
    ) -> None:
        super().__init__()
        self._props["name"], self._props["title"] = name, title
        self._props["controls"] = [dict(each) for each in controls]
        self._props["axes"] = dict(drag) if drag else None
        self._props["picture"] = None
        self._props["labels"] = {
            "reset": tr("Reset", "Restablecer"),
            "play": tr("Play", "Reproducir"),
            "pause": tr("Pause", "Pausar"),
            "drag": tr("Drag, or move with the arrow keys", "Arrastre, o mueva con las flechas"),
        }
        self.on("moved", lambda event: moved(event.args if isinstance(event.args, dict) else {}))

    async def show(self, picture: Mapping[str, Any]) -> None:
        """Draw a picture.

        Args:
            picture: ``svg``, ``summary``, ``plot`` (``box``, ``x``, ``y``, or None) and ``links`` (words and address
                of where what it shows opens in the lab), or ``error``.
        """
        self._props["picture"] = dict(picture)  # for whoever draws the page anew; not sent now
        await core.sio.emit(_EVENT, (self.id, dict(picture)), room=self.client.id)
