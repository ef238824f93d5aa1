"""alembic's entry: runs on the connection that the caller already holds."""

from alembic import context

from bot.adapters.postgres.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
