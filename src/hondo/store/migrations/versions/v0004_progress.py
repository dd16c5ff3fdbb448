"""What readers have done in the guide: where they stopped, what they solved, the code that they changed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table; in workspaces from before nobody has read anything."""
    op.create_table(
        "progress",
        sa.Column("reader", sa.String(80), nullable=False),
        sa.Column("chapter", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("item", sa.String(120), nullable=False),
        sa.Column("value", sa.Text, nullable=False, server_default=""),
        sa.Column("updated", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("reader", "chapter", "kind", "item", name="pk_progress"),
    )
