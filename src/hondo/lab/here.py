"""The workspace of this process's lab, for its pages: NiceGUI has one application a process, and so have they."""

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.store.workspace import Workspace

_opened: list[Workspace] = []


def settle(workspace: Workspace) -> None:
    """Say which workspace the pages show."""
    _opened[:] = [workspace]


def here() -> Workspace:
    """The workspace that the pages show; it stays open.

    Raises:
        HondoError: no lab was built in this process.
    """
    if not _opened:
        raise HondoError(tr("no lab is open in this process", "no hay ningún laboratorio abierto en este proceso"))
    return _opened[0]
