"""How commands speak: tables and lines for people, JSON for scripts, complaints on standard error."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hondo.core.language import tr

console = Console(highlight=False, soft_wrap=True, emoji=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def complain(message: str, hint: str = "") -> None:
    """Say on standard error what went wrong and how to mend it."""
    errors.print(f"[bold red]{tr('Error', 'Error')}:[/] {escape(message)}")
    if hint:
        errors.print(escape(hint))


def warn(text: str) -> None:
    """Say on standard error what should be looked at."""
    errors.print(f"[yellow]{tr('Note', 'Nota')}:[/] {escape(text)}")


def say(text: str = "") -> None:
    """Print a line as it is; nothing in it is read as markup."""
    console.print(text, markup=False)


def print_json(value: Any) -> None:
    """Print a value as JSON that any parser reads: numbers that are not finite become text."""
    sys.stdout.write(json.dumps(_strict(value), indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n")


def _strict(value: Any) -> Any:
    if isinstance(value, float) and value - value != 0:
        return repr(value)
    if isinstance(value, dict):
        return {str(key): _strict(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(part) for part in value]
    return value


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: Sequence[int] = ()) -> None:
    """Print a table; columns whose positions are in ``numeric`` are set flush right.

    Away from a terminal columns are separated by tabs, for `cut` and `awk`.
    """
    if not console.is_terminal:
        for row in (columns, *rows):
            sys.stdout.write("\t".join(row) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table, soft_wrap=False)


def number(value: Any) -> str:
    """A number as people read it: four significant digits, or as it is if it is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "" if value is None else str(value)
    return str(value) if isinstance(value, int) else f"{value:.4g}"
