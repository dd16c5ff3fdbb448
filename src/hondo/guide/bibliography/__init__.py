"""The works that the guide cites: BibTeX, one file a chapter, each with a DOI, an ISBN or its publisher's address."""

from functools import cache
from pathlib import Path

from pybtex.database import Entry, parse_file

_HERE = Path(__file__).parent


@cache
def works() -> dict[str, Entry]:
    """All works by their keys; a work that two chapters cite stands in one file only."""
    found: dict[str, Entry] = {}
    for file in sorted(_HERE.glob("*.bib")):
        for key, entry in parse_file(str(file), "bibtex").entries.items():
            if key in found:
                raise ValueError(f"{file.name}: {key} is in another file already")
            found[key] = entry
    return found
