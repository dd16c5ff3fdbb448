"""Where data are dropped or chosen to be uploaded; ``drop.js`` sends them and shows how far it is."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from hondo.core.language import tr
from hondo.data.pictures import PICTURE_SUFFIXES
from hondo.lab.security import LARGEST_UPLOAD
from hondo.lab.uploads import SUFFIXES

_ROOM = 2**16  # bytes of a request that are not the file


class Drop(Element, component="drop.js"):
    """A place to drop a file or a folder on, with buttons to choose one.

    Args:
        done: is called with the name of what was kept.
    """

    def __init__(self, done: Callable[[str], Any]) -> None:
        super().__init__()
        self._props["labels"] = _labels()
        self._props["limits"] = {
            "suffixes": list(SUFFIXES),
            "pictures": sorted(PICTURE_SUFFIXES),
            "file": LARGEST_UPLOAD - _ROOM,
        }
        self.on("done", lambda event: done(str(event.args)))


def _labels() -> dict[str, str]:
    limit = LARGEST_UPLOAD // 2**20
    kinds = ", ".join(SUFFIXES)
    return {
        "title": tr("Add your own data", "Añada sus propios datos"),
        "about": tr(
            "A table (CSV, TSV), a folder or zip with a folder of pictures for each class, or arrays (NPZ).",
            "Una tabla (CSV, TSV), una carpeta o un zip con una carpeta de imágenes por clase, o arrays (NPZ).",
        ),
        "file": tr("Choose a file", "Elegir un archivo"),
        "folder": tr("Choose a folder of pictures", "Elegir una carpeta de imágenes"),
        "drop": tr("or drop it here", "o suéltelo aquí"),
        "cancel": tr("Cancel", "Cancelar"),
        "sending": tr("Sending", "Enviando"),
        "checking": tr("Looking through it …", "Revisándolo…"),
        "large": tr(f"{{name}} is larger than {limit} MB", f"{{name}} ocupa más de {limit} MB"),
        "largeHint": tr(
            "Choose a folder of pictures, or put larger data into the folder HONDO_DATA.",
            "Elija una carpeta de imágenes, o ponga datos mayores en la carpeta HONDO_DATA.",
        ),
        "kind": tr("{name} is not a kind of file that can be read", "{name} no es un tipo de archivo admitido"),
        "kindHint": tr(f"These are: {kinds}.", f"Se admiten: {kinds}."),
        "empty": tr("{name} holds no pictures", "{name} no contiene imágenes"),
        "emptyHint": tr(
            "Expected a folder for each class: class/picture.jpg.",
            "Se esperaba una carpeta por clase: clase/imagen.jpg.",
        ),
        "lost": tr("The lab could not be reached", "No se pudo contactar con el laboratorio"),
        "lostHint": tr("Is it still running? Try again.", "¿Sigue en marcha? Inténtelo de nuevo."),
        "cancelled": tr("Cancelled; nothing was kept.", "Cancelado; no se guardó nada."),
    }
