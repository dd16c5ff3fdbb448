"""Artefacts, warnings, who trains a run, and metric values that are not finite.

Before, NaN was stored as NULL (by SQLite) and infinities as such; now every database spells all three out.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table and the columns, then spell out the values that are not finite."""
    op.add_column("runs", sa.Column("warnings", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("runs", sa.Column("pid", sa.Integer))
    op.add_column("runs", sa.Column("host", sa.String(255)))
    op.add_column("runs", sa.Column("process_started", sa.Double))
    op.add_column("runs", sa.Column("heartbeat", sa.Double))
    op.add_column("metrics", sa.Column("non_finite", sa.String(4)))
    op.add_column("metrics", sa.Column("time", sa.Double))
    op.create_table(
        "artefacts",
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("created", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "path", name="pk_artefacts"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_artefacts_run_id_runs", ondelete="CASCADE"),
    )
    metrics = sa.table("metrics", sa.column("value", sa.Double), sa.column("non_finite", sa.String))
    value, largest = metrics.c.value, 1.7976931348623157e308
    # PostgreSQL holds NaN above every number, SQLite has turned it into NULL.
    is_nan = (
        value.is_(None) | (value == float("nan")) if op.get_bind().dialect.name == "postgresql" else value.is_(None)
    )
    for spelt, found in (("nan", is_nan), ("inf", value > largest), ("-inf", value < -largest)):
        op.execute(metrics.update().where(found).values(non_finite=spelt, value=None))
