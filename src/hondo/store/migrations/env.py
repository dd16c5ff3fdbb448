"""What Alembic runs to migrate: on the connection and in the transaction that :mod:`hondo.store.schema` opened."""

from alembic import context

from hondo.store.tables import VERSION_TABLE, metadata


def migrate() -> None:
    """Run the migrations that are due on the connection handed over in the configuration's attributes."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table=VERSION_TABLE,
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic loads this file; anybody else only reads it
    migrate()
