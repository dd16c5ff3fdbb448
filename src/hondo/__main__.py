"""``python -m hondo`` is ``hondo``, for where the script is not on the path."""

from hondo.cli.main import console

console()
