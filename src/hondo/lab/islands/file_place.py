"""A place to drop or choose a file; ``file_place.js`` is what runs in the browser."""

from collections.abc import Callable
from typing import Any

from fastapi import HTTPException, Request
from nicegui import app
from nicegui.element import Element
from nicegui.events import UiEventArguments, handle_event
from starlette.datastructures import UploadFile

from hondo.core.language import tr


class FilePlace(Element, component="file_place.js"):
    """It takes one file at a time.

    Args:
        label: what belongs here.
        hint: a quieter line below.
        accept: the kinds of files that a browser offers, as its ``accept`` says.
        largest: bytes; what is larger is refused.
        came: is called with a file's name and content.
        refused: is called with a sentence when one cannot be taken.
    """

    def __init__(
        self,
        label: str,
        hint: str,
        accept: str,
        largest: int,
        came: Callable[[str, bytes], Any],
        refused: Callable[[str], Any],
    ) -> None:
        super().__init__()
        size = largest // 2**20
        self._address = f"/_nicegui/client/{self.client.id}/drop/{self.id}"  # a client's id is nothing to guess
        self._props["label"], self._props["hint"], self._props["accept"] = label, hint, accept
        self._props["address"], self._props["largest"] = self._address, largest
        self._props["labels"] = {
            "busy": tr("Sending …", "Enviando…"),
            "large": tr(f"That file has more than {size} MB.", f"Ese archivo pasa de {size} MB."),
            "failed": tr("The file could not be sent.", "No se pudo enviar el archivo."),
        }
        self.on("refused", lambda event: refused(str(event.args)[:200]))

        @app.post(self._address, include_in_schema=False)
        async def take(request: Request) -> dict[str, str]:
            async with request.form(max_files=1, max_fields=1) as form:
                given = form.get("file")
                content = await given.read(largest + 1) if isinstance(given, UploadFile) else b""
                name = str(given.filename or "")[:100] if isinstance(given, UploadFile) else ""
            if not content or len(content) > largest:
                raise HTTPException(413 if content else 400)
            handle_event(lambda _: came(name, content), UiEventArguments(sender=self, client=self.client))
            return {}

    def _handle_delete(self) -> None:
        app.remove_route(self._address)
        super()._handle_delete()
