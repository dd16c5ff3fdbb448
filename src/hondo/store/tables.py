"""The tables of a workspace, as the newest migration leaves them.

Times are seconds since the Unix epoch, folders and paths are relative with forward slashes, so that a workspace can be
moved or served from PostgreSQL to machines of different kinds.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

SCHEMA = "0004"
"""The newest migration; a database at this version opens without loading Alembic."""

VERSION_TABLE = "hondo_schema"
"""Not Alembic's default name, so that another program's migrations in the same database never meet ours."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("base", String(80), nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("spec", JSON, nullable=False),
    Column("environment", JSON, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("epochs_done", Integer, nullable=False),
    Column("folder", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("warnings", JSON, nullable=False, server_default="[]"),
    # Who trains it at this moment, to tell a killed run from a living one.
    Column("pid", Integer),
    Column("host", String(255)),
    Column("process_started", Double),
    Column("heartbeat", Double),
    # What readers write about it, and when; "updated" stays, because by it waiting runs have their turn.
    Column("tags", JSON, nullable=False, server_default="[]"),
    Column("notes", Text, nullable=False, server_default=""),
    Column("favourite", Boolean, nullable=False, server_default=false()),
    Column("noted", Double),
    UniqueConstraint("name"),
    UniqueConstraint("base", "number"),
    Index(None, "status"),
    sqlite_autoincrement=True,  # the number of a removed run is never given again
)

metrics = Table(
    "metrics",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("level", String(8), primary_key=True),
    Column("series", Text, primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", Integer),
    # SQLite stores NaN as NULL, so what is not finite is spelt out beside: "nan", "inf" or "-inf".
    Column("value", Double),
    Column("non_finite", String(4)),
    Column("time", Double),
    sqlite_with_rowid=False,
)

artefacts = Table(
    "artefacts",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64)),
    Column("created", Double, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("reader", String(80), primary_key=True),
    Column("chapter", String(80), primary_key=True),
    # "place", "read", "tried", "solved" or "code": see hondo.store.progress.
    Column("kind", String(16), primary_key=True),
    Column("item", String(120), primary_key=True),
    Column("value", Text, nullable=False, server_default=""),
    Column("updated", Double, nullable=False),
)
