"""The command line called as a person calls it."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from hondo.cli.main import main


class Said(NamedTuple):
    """What a command said and the code it left with."""

    code: int
    out: str
    err: str


@pytest.fixture
def hondo(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Call ``hondo`` with arguments; gives what it said."""

    def call(*arguments: str) -> Said:
        capsys.readouterr()
        code = 0
        try:
            main(list(arguments))
        except SystemExit as leave:
            code = int(leave.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call
