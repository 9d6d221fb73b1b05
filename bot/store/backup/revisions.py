"""Schemas of the past: a backup is of the one that its bot had."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import JSON, Connection, MetaData, Table, create_engine, inspect

from bot.store.migrate import upgrade

VERSION = "alembic_version"


@cache
def tables_of(revision: str) -> frozenset[str]:
    """The tables that a revision has. Others may be in a database too, which are not ours."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            upgrade(connection, revision)
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
