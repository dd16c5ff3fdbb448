"""Brings a database's tables to the version that this Hondo knows, however old it is and whoever else is opening it.

The whole migration is one transaction behind one lock: it happens once, completely or not at all.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, func, inspect, select, table

from hondo.core.errors import StoreError
from hondo.core.language import tr
from hondo.store.tables import SCHEMA, VERSION_TABLE, runs

_LOCK = 0x686F6E646F  # "hondo"; any number will do, if it is always the same


def ensure_schema(engine: Engine, where: str, target: str = SCHEMA) -> None:
    """Migrate the database to ``target`` if it is older; a database at that version is only read.

    Args:
        engine: The database; its connections with the option ``hondo_writes`` lock it when a transaction begins.
        where: The database as the reader knows it.
        target: The version wanted; another than the newest is for tests.

    Raises:
        StoreError: the database was made by a newer Hondo, or its tables are another program's.
    """
    with engine.connect() as connection:
        if _known_version(connection, where, target) == target:
            return
    with engine.connect().execution_options(hondo_writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        if _known_version(connection, where, target) != target:  # nobody else has done it meanwhile
            _upgrade(connection, target)


def _known_version(connection: Connection, where: str, target: str) -> str | None:
    """The database's version, or None for one without tables of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        if inspect(connection).has_table(runs.name):
            raise StoreError(
                tr(
                    f"The tables in {where} belong to another program",
                    f"Las tablas de {where} son de otro programa",
                ),
                tr(
                    "Give Hondo a database of its own (HONDO_DATABASE) or another folder (HONDO_HOME).",
                    "Dé a Hondo una base de datos propia (HONDO_DATABASE) u otra carpeta (HONDO_HOME).",
                ),
            )
        return None
    version = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    if version is not None and not (version.isdigit() and int(version) <= int(target)):
        raise StoreError(
            tr(
                f"{where} was written by a newer Hondo (version {version} of the tables; this one knows {target})",
                f"{where} lo escribió un Hondo más nuevo (versión {version} de las tablas; este conoce la {target})",
            ),
            tr(
                "Update Hondo (pip install --upgrade hondo), or work in another folder (HONDO_HOME).",
                "Actualice Hondo (pip install --upgrade hondo) o trabaje en otra carpeta (HONDO_HOME).",
            ),
        )
    return version


def _upgrade(connection: Connection, target: str) -> None:
    """Run Alembic inside the connection's open transaction."""
    # Alembic takes as long to import as the rest of the store, and only a new or an old database needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    scripts = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
