"""Turns what a database driver says into what the reader can do about it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError

from hondo.core.errors import StoreError
from hondo.core.language import tr

# SQLite's primary result codes: https://www.sqlite.org/rescode.html
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_FORBIDDEN = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Raise a :class:`StoreError` in place of the driver's error inside the block.

    Broken uniqueness (``IntegrityError``) passes through: it is not the database's trouble but an answer.

    Args:
        where: The database as the reader knows it: a path, or a URL without its password.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise _explain(where, error.orig or error) from error
    except sqlite3.Error as error:
        raise _explain(where, error) from error


def is_locked(error: BaseException) -> bool:
    """Whether SQLite says that somebody else is writing."""
    return _sqlite_code(error) in _LOCKED


def damaged(where: str) -> StoreError:
    """The error about a file that SQLite cannot make sense of."""
    return StoreError(
        tr(f"{where} is damaged or not a Hondo database", f"{where} está dañado o no es una base de datos de Hondo"),
        tr(
            "It was left as it is. Put it aside or restore a copy, or work in another folder (HONDO_HOME).",
            "Se dejó como está. Apártelo o recupere una copia, o trabaje en otra carpeta (HONDO_HOME).",
        ),
    )


def _sqlite_code(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _explain(where: str, error: BaseException) -> StoreError:
    return _explain_sqlite(where, error) if isinstance(error, sqlite3.Error) else _explain_server(where, error)


def _explain_sqlite(where: str, error: BaseException) -> StoreError:
    code = _sqlite_code(error)
    if code in _LOCKED:
        return _locked(where)
    if code == sqlite3.SQLITE_FULL:
        return _full(where)
    if code in _DAMAGED:
        return damaged(where)
    if code in _FORBIDDEN:
        return StoreError(
            tr(f"Not allowed to write {where} ({error})", f"Sin permiso para escribir {where} ({error})"),
            tr(
                "Check the permissions of the file and its folder, or work in another folder (HONDO_HOME).",
                "Revise los permisos del archivo y su carpeta, o trabaje en otra carpeta (HONDO_HOME).",
            ),
        )
    return _failed(where, error)


def _explain_server(where: str, error: BaseException) -> StoreError:
    state = getattr(error, "sqlstate", None)
    if state is None:
        return StoreError(
            tr(
                f"Cannot reach the database {where}: {error}",
                f"No se puede acceder a la base de datos {where}: {error}",
            ),
            tr(
                "Check that the server is running and that HONDO_DATABASE names the right host, user and database.",
                "Compruebe que el servidor está en marcha y que HONDO_DATABASE indica bien "
                "el servidor, el usuario y la base de datos.",
            ),
        )
    if state == "55P03":  # lock_not_available
        return _locked(where)
    if state == "53100":  # disk_full
        return _full(where)
    return _failed(where, error)


def _locked(where: str) -> StoreError:
    return StoreError(
        tr(f"{where} is locked by another program", f"{where} está bloqueado por otro programa"),
        tr(
            "Wait until it is done or close it (a database viewer, perhaps), then try again.",
            "Espere a que termine o ciérrelo (tal vez un visor de bases de datos) e inténtelo de nuevo.",
        ),
    )


def _full(where: str) -> StoreError:
    return StoreError(
        tr(f"No space left to write {where}", f"No queda espacio para escribir {where}"),
        tr(
            "Free some space on that disk, or work elsewhere (HONDO_HOME).",
            "Libere espacio en ese disco o trabaje en otro lugar (HONDO_HOME).",
        ),
    )


def _failed(where: str, error: BaseException) -> StoreError:
    return StoreError(
        tr(f"The database {where} failed: {error}", f"La base de datos {where} falló: {error}"),
        tr(
            "Check the disk and the database's permissions; --debug shows where it happened.",
            "Revise el disco y los permisos de la base de datos; --debug muestra dónde ocurrió.",
        ),
    )
