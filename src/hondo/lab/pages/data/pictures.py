"""Samples as small PNG pictures on a route of their own, which the browser fetches and keeps like any picture."""

from urllib.parse import quote, urlencode

from fastapi import Response

from hondo.core.errors import HondoError
from hondo.data.thumbnails import as_png, thumbnail
from hondo.lab.here import here
from hondo.lab.pages.data.shelf import Source, find, open_source

ROUTE = "/data-pictures/{name}/{split}/{row}"
SMALL, LARGE = 160, 720
"""Pixels of the longer side, in the grid and alone."""
_SIDES = (SMALL, LARGE)
_KEPT = {"cache-control": "private, max-age=31536000, immutable"}


def address(source: Source, split: str, row: int, side: int = SMALL) -> str:
    """Where a sample's picture is; another one when the data change, since browsers keep it for ever."""
    query = {"side": side, "v": source.version} | ({"target": source.target} if source.target is not None else {})
    return f"/data-pictures/{quote(source.name)}/{split}/{row}?{urlencode(query)}"


def picture(name: str, split: str, row: int, side: int = SMALL, target: str | None = None) -> Response:
    """The route: one sample as a PNG."""
    try:
        found = open_source(find(here(), name, target))
        part = found.dataset.splits.get(split)
        if part is None or not 0 <= row < len(part) or side not in _SIDES:
            return Response(status_code=404)
        png = as_png(thumbnail(part.x, row, side))
    except (HondoError, OSError, ValueError):
        return Response(status_code=404)
    return Response(png, media_type="image/png", headers=_KEPT)
