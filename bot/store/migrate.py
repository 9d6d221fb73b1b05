"""Brings a database to the newest revision of the schema at start."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.migrations import REVISION

FOLDER = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> None:
    """Run the revisions that are missing, all or none. Raises `StoreError` for a database newer than the code."""
    async with database.upgrade() as connection:
        found = await connection.run_sync(revision_of)
        if found == REVISION:
            return
        if found is not None and not (found.isdigit() and int(found) < int(REVISION)):
            raise StoreError(
                f"the database {database.name} was written by a newer version of this program "
                f"(schema {found}, known here up to {REVISION}): update the program, or restore a backup"
            )
        await connection.run_sync(upgrade)


def revision_of(connection: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade(connection: Connection, revision: str = REVISION) -> None:
    """Bring the schema to a revision that is not older than what is there."""
    # Here, since most starts have nothing to migrate and Alembic takes a while to import.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
