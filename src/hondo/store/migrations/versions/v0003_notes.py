"""What readers write about runs: tags, notes, and whether a run is a favourite."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; runs from before have nothing in them."""
    op.add_column("runs", sa.Column("tags", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("runs", sa.Column("notes", sa.Text, nullable=False, server_default=""))
    op.add_column("runs", sa.Column("favourite", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("runs", sa.Column("noted", sa.Double))
