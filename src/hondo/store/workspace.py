"""The workspace: one folder and one database in which everything that a reader makes is kept.

The database is an SQLite file in the folder unless a URL names another. Opening migrates it; reading never blocks
writing (WAL); every writing transaction takes its lock when it begins, so it waits for others instead of failing.
"""

import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from hondo.core.errors import StoreError
from hondo.core.files import cannot_write
from hondo.core.folders import workspace_folder
from hondo.core.language import tr
from hondo.store.encoding import from_database, to_database
from hondo.store.problems import damaged, explained, is_locked
from hondo.store.schema import ensure_schema

DATABASE_FILE = "hondo.db"
_SMALLEST_DATABASE = 512  # bytes: one page


@dataclass(frozen=True)
class Workspace:
    """An open workspace; :func:`open_workspace` makes one. Threads may share it, processes open their own.

    Attributes:
        folder: where files lie, absolute.
        where: the database as the reader knows it: a path, or a URL without its password.
        engine: SQLAlchemy's engine; use :meth:`reading` and :meth:`writing`.
    """

    folder: Path
    where: str
    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database, whatever others write meanwhile.

        Raises:
            StoreError: the database cannot be read.
        """
        with explained(self.where), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that is committed at the block's end, and rolled back if the block raises.

        Raises:
            StoreError: the database cannot be written: locked, full, read-only, damaged, out of reach.
        """
        with explained(self.where), self.engine.connect() as connection:
            connection = connection.execution_options(hondo_writes=True)
            with connection.begin():
                yield connection

    def path(self, relative: str) -> Path:
        """The place of a path that the database holds.

        Raises:
            StoreError: it leads out of the workspace, which nothing that Hondo wrote does.
        """
        parts = PurePosixPath(relative)
        if parts.is_absolute() or ".." in parts.parts or not parts.parts or Path(relative).drive:
            raise StoreError(
                tr(
                    f"The path {relative!r} in the database leads out of the workspace {self.folder}",
                    f"La ruta {relative!r} de la base de datos sale del espacio de trabajo {self.folder}",
                ),
                tr("Nothing was touched. Was the database edited?", "No se tocó nada. ¿Se editó la base de datos?"),
            )
        return self.folder.joinpath(*parts.parts)

    def move_to_trash(self, path: Path) -> Path:
        """Move a file or folder aside in one step, before it is deleted bit by bit, and return where it is now.

        Raises:
            StoreError: it cannot be moved, for example because somebody has a file in it open.
        """
        aside = self.folder / "trash" / secrets.token_hex(8)
        try:
            aside.parent.mkdir(parents=True, exist_ok=True)
            return path.rename(aside)
        except OSError as error:
            raise cannot_write(path, error) from error

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_workspace(folder: Path | None = None, url: str | None = None, *, timeout: float = 10.0) -> Workspace:
    """Open the workspace, making it or migrating it first where needed.

    Args:
        folder: Its folder; left out, ``HONDO_HOME``, else the platform's user-data folder.
        url: The database's URL (``sqlite:///…`` or ``postgresql://…``); left out, ``HONDO_DATABASE``, else the file
            ``hondo.db`` in the folder.
        timeout: How long to wait for another program's lock, in seconds.

    Returns:
        The open workspace, to be closed, or used as a context manager.

    Raises:
        StoreError: the folder or the database cannot be used; nothing that was there has been changed.
    """
    place = (folder or workspace_folder()).expanduser().absolute()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(place, error) from error
    given = url or os.environ.get("HONDO_DATABASE")
    address = _address(given) if given else URL.create("sqlite", database=str(place / DATABASE_FILE))
    if address.get_backend_name() == "sqlite":
        engine, where = _sqlite(address, timeout)
    else:
        engine, where = _postgresql(address, timeout)
    workspace = Workspace(place, where, engine)
    try:
        with explained(where):
            if address.get_backend_name() == "sqlite":
                _use_wal(engine, timeout)
            ensure_schema(engine, where)
    except BaseException:
        workspace.close()
        raise
    return workspace


def _address(text: str) -> URL:
    """The URL of a database that Hondo can use. The text may hold a password, so errors do not repeat it."""
    hint = tr(
        "Write sqlite:////path/to/file.db or postgresql://user:password@host/database.",
        "Escriba sqlite:////ruta/al/archivo.db o postgresql://usuario:contraseña@servidor/base.",
    )
    try:
        address = make_url(text.replace("postgres://", "postgresql://", 1) if text.startswith("postgres:") else text)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            tr("The URL of the database is not valid", "La URL de la base de datos no es válida"), hint
        ) from error
    backend = address.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(
            tr(
                f"Hondo does not support databases of kind {backend!r}",
                f"Hondo no admite bases de datos del tipo {backend!r}",
            ),
            hint,
        )
    if backend == "sqlite" and address.database in (None, "", ":memory:"):
        raise StoreError(
            tr("A database in memory would be lost", "Una base de datos en memoria se perdería"),
            hint,
        )
    return address.set(drivername="postgresql+psycopg") if backend == "postgresql" else address


def _sqlite(address: URL, timeout: float) -> tuple[Engine, str]:
    """An engine on an SQLite file, and the file's path."""
    path = Path(address.database or "").absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite would overwrite a file of a few bytes. It is not opened to look: closing it again would let go of the
        # locks of this process's other connections, and another process could then empty their log under them.
        foreign = path.is_file() and 0 < path.stat().st_size < _SMALLEST_DATABASE
    except OSError as error:
        raise cannot_write(path, error) from error
    if foreign:
        raise damaged(str(path))
    engine = create_engine(
        address,
        connect_args={"timeout": timeout},
        json_serializer=to_database,
        json_deserializer=from_database,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # sqlite3 would begin transactions too late for reading and for DDL
        with closing(connection.cursor()) as cursor:
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once when somebody else wrote in between.
        writes = connection.get_execution_options().get("hondo_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine, str(path)


def _postgresql(address: URL, timeout: float) -> tuple[Engine, str]:
    """An engine on a PostgreSQL server, and its URL without the password."""
    given = address.query.get("options", "")
    try:
        engine = create_engine(
            address,
            connect_args={
                "connect_timeout": max(2, round(timeout)),
                "tcp_user_timeout": max(1, round(timeout * 1000)),
                "options": f"{given} -c lock_timeout={max(1, round(timeout * 1000))}".strip(),
            },
            pool_pre_ping=True,
            json_serializer=to_database,
            json_deserializer=from_database,
        )
    except ImportError as error:
        raise StoreError(
            tr("PostgreSQL needs its driver", "PostgreSQL necesita su controlador"),
            tr("Install it: pip install 'hondo[postgresql]'", "Instálelo: pip install 'hondo[postgresql]'"),
        ) from error
    return engine, address.set(drivername="postgresql").render_as_string(hide_password=True)


def _use_wal(engine: Engine, timeout: float) -> None:
    """Switch the file to write-ahead logging, once; where the disk does not allow it, SQLite keeps its old way."""
    end = time.monotonic() + timeout
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        while True:
            try:
                cursor.execute("PRAGMA journal_mode")
                if cursor.fetchone() != ("wal",):
                    cursor.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                # SQLite does not wait by itself for this lock, which every opener of a new file wants at once.
                if not is_locked(error) or time.monotonic() > end:
                    raise
                time.sleep(0.02)
            else:
                return
