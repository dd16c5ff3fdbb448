"""Who may enter the lab: a token for each workspace, kept where only its owner reads it, and tickets used once."""

import hashlib
import hmac
import os
import re
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from hondo.core.errors import HondoError
from hondo.core.files import cannot_write
from hondo.core.language import tr

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,200}")
_TICKET_SECONDS = 120.0


@dataclass
class Access:
    """The token of a running lab, and the tickets that stand for it.

    Attributes:
        token: what a visitor has to know.
        cookie: the name of the cookie that holds it; labs of different workspaces on one machine do not share it.
    """

    token: str
    cookie: str = ""
    _tickets: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cookie = f"hondo-lab-{hashlib.sha256(self.token.encode()).hexdigest()[:12]}"

    def knows(self, given: str) -> bool:
        """Whether this is the token; takes as long for a wrong one as for the right one."""
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.token.encode())

    def ticket(self) -> str:
        """A word that opens the lab once within two minutes; other programs may see the address that is opened."""
        made = secrets.token_urlsafe(24)
        self._tickets[made] = time.monotonic() + _TICKET_SECONDS
        return made

    def admits(self, given: str) -> bool:
        """Whether an address with this in it may enter: the token, or a ticket, which is used up."""
        until = self._tickets.pop(given, None)
        return self.knows(given) or (until is not None and time.monotonic() < until)


def open_access(folder: Path, given: str | None = None) -> Access:
    """The access to the lab of a workspace: the given token, else ``HONDO_LAB_TOKEN``, else the workspace's own.

    Args:
        folder: The workspace's folder.
        given: A token of the owner's choice.

    Raises:
        HondoError: the given token is too easy to guess, or the file cannot be read or written.
    """
    chosen = given or os.environ.get("HONDO_LAB_TOKEN")
    if chosen is not None and not _TOKEN.fullmatch(chosen):
        raise HondoError(
            tr("this token cannot be used", "este token no se puede usar"),
            tr(
                "Give 16 to 200 letters, digits, dashes or underscores, or none: Hondo makes one.",
                "Indique de 16 a 200 letras, cifras, guiones o guiones bajos, o ninguno: Hondo crea uno.",
            ),
        )
    return Access(chosen or _kept_token(folder / "lab" / "token"))


def _kept_token(path: Path) -> str:
    """The workspace's token, made the first time, in a file that only its owner may read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            try:
                place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                kept = path.read_text(encoding="ascii", errors="replace").strip()
                if _TOKEN.fullmatch(kept):
                    path.chmod(0o600)
                    return kept
                path.unlink()  # damaged: nobody can enter with it
            else:
                made = secrets.token_urlsafe(32)
                with os.fdopen(place, "w", encoding="ascii") as file:
                    file.write(made)
                return made
    except OSError as error:
        raise cannot_write(path, error) from error
    raise HondoError(tr(f"{path} is not usable", f"{path} no se puede usar"))
