"""Schemas of the past: a backup is of the one that its bot had."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import JSON, Connection, MetaData, Table, create_engine, inspect

from bot.store.migrate import FOLDER

VERSION = "alembic_version"


def build(connection: Connection, revision: str) -> None:
    """Bring the schema to a revision that is not older than what is there."""
    from alembic import command  # takes a while to import
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@cache
def tables_of(revision: str) -> frozenset[str]:
    """The tables that a revision has. Others may be in a database too, which are not ours."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            build(connection, revision)
            return frozenset(inspect(connection).get_table_names()) - {VERSION}
    finally:
        engine.dispose()


def as_built(connection: Connection, names: Collection[str]) -> list[Table]:
    """Tables as they are in the database, what is referred to before what refers to it."""
    metadata = MetaData()
    metadata.reflect(connection, only=sorted(names))
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)  # else None would become the JSON `null`
    return [table for table in metadata.sorted_tables if table.name in names]
