"""Where the guide's pages lie: the lab has addresses, a published site has files."""

from dataclasses import dataclass
from typing import Protocol


class Links(Protocol):
    """How one page of the guide reaches another."""

    def section(self, chapter: str, anchor: str = "") -> str:
        """A chapter, or a heading in it."""
        ...

    def work(self, key: str) -> str:
        """A work of the bibliography."""
        ...

    def term(self, key: str) -> str:
        """A term of the glossary."""
        ...


@dataclass(frozen=True)
class LabLinks:
    """Addresses of the lab."""

    def section(self, chapter: str, anchor: str = "") -> str:
        """``/guide/05-neuron#sigmoid``."""
        return f"/guide/{chapter}" + (f"#{anchor}" if anchor else "")

    def work(self, key: str) -> str:
        """``/guide/references#lecun1998``."""
        return f"/guide/references#{key}"

    def term(self, key: str) -> str:
        """``/guide/glossary#bias``."""
        return f"/guide/glossary#{key}"


@dataclass(frozen=True)
class SiteLinks:
    """Files beside each other in one folder a language."""

    def section(self, chapter: str, anchor: str = "") -> str:
        """``05-neuron.html#sigmoid``."""
        return f"{chapter}.html" + (f"#{anchor}" if anchor else "")

    def work(self, key: str) -> str:
        """``references.html#lecun1998``."""
        return f"references.html#{key}"

    def term(self, key: str) -> str:
        """``glossary.html#bias``."""
        return f"glossary.html#{key}"
