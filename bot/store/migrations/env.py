"""Run by Alembic, on the connection and in the transaction that `bot.store.migrate` hands over."""

from alembic import context

from bot.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
