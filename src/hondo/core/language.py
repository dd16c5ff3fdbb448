"""Spanish and English side by side, so that no text can exist in one language only.

Every text that a reader sees is written where it is used, in both languages at once::

    tr(f"no run is called {name!r}", f"ningún experimento se llama {name!r}")

Keeping the pair together makes a missing translation a missing argument, which the type checker finds.
"""

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_chosen: ContextVar[Language | None] = ContextVar("hondo_language", default=None)


def system_language() -> Language:
    """The reader's language: ``HONDO_LANG`` first, then the system's locale, then English.

    Returns:
        ``"es"`` where the setting starts with *es*, otherwise ``"en"``.
    """
    names = [os.environ.get(name) for name in ("HONDO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")]
    name = next((value for value in names if value), None) or locale.getlocale()[0] or "en"
    return "es" if name.lower().startswith(("es", "spanish")) else "en"


def language() -> Language:
    """The language in force here: the one set by :func:`use_language`, else the system's."""
    return _chosen.get() or system_language()


@contextmanager
def use_language(chosen: Language) -> Iterator[None]:
    """Speak ``chosen`` inside the block (one browser session, one report, one test)."""
    token = _chosen.set(chosen)
    try:
        yield
    finally:
        _chosen.reset(token)


def tr(en: str, es: str) -> str:
    """Return the text in the language in force.

    Example:
        >>> with use_language("es"):
        ...     tr("done", "hecho")
        'hecho'
    """
    return es if language() == "es" else en
