"""Fills a database with the rows of a backup, in the one transaction that it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.backup.archive import PASSING, Damaged, Manifest, Progress, Refused
from bot.store.backup.numbers import go_on_after
from bot.store.backup.reading import Archive
from bot.store.backup.revisions import VERSION, as_built, tables_of
from bot.store.backup.rows import Line, decoder
from bot.store.errors import meaning
from bot.store.migrate import revision_of, upgrade
from bot.store.migrations import REVISION

AT_ONCE = 500  # rows

Batch = tuple[str, list[Line]]


def held(connection: Connection) -> list[Table]:
    """The tables of ours that are in a database, what is referred to first. Raises `Refused` for a newer schema."""
    revision = revision_of(connection)
    if revision is None:
        return []
    if not (revision.isdecimal() and int(revision) <= int(REVISION)):
        raise Refused(f"the database is newer than this program (schema {revision}): update the program first")
    return as_built(connection, tables_of(revision))


def first_in_use(connection: Connection, tables: list[Table]) -> str | None:
    """The first table with a row that would be missed."""
    for table in tables:
        if table.name not in PASSING and connection.execute(select(func.count()).select_from(table)).scalar_one():
            return table.name
    return None


async def load(connection: AsyncConnection, archive: Archive, manifest: Manifest, progress: Progress) -> None:
    """Put the rows of an archive in the place of all that the database holds, at the newest schema.

    Raises `Refused` for rows that the database does not take, and whatever it raises itself when it is out of reach.
    """
    await connection.run_sync(_clear)
    await connection.run_sync(upgrade, manifest.revision)
    names = await asyncio.to_thread(tables_of, manifest.revision)
    tables = {table.name: table for table in await connection.run_sync(as_built, names)}
    if not manifest.tables.keys() <= tables.keys():
        raise Damaged(f"the backup holds tables that schema {manifest.revision} does not have")
    batches = _batches(archive, manifest, tables)
    try:
        rows = 0
        while batch := await asyncio.to_thread(next, batches, None):
            name, lines = batch
            await connection.execute(tables[name].insert(), lines)
            rows += len(lines)
            progress("rows", rows, sum(table.rows for table in manifest.tables.values()))
    except DBAPIError as error:
        if meaning(error) is not None:
            raise
        raise Refused(f"the database does not take the backup's rows: {error.orig}") from error
    finally:
        batches.close()
    await connection.run_sync(go_on_after, list(tables.values()), manifest.sequences)
    await connection.run_sync(upgrade, REVISION)


def _clear(connection: Connection) -> None:
    for table in reversed(held(connection)):
        table.drop(connection)
    connection.execute(text(f"DROP TABLE IF EXISTS {VERSION}"))


def _batches(archive: Archive, manifest: Manifest, tables: dict[str, Table]) -> Generator[Batch]:
    decoders: dict[str, Callable[[bytes], Line]] = {name: decoder(table) for name, table in tables.items()}
    name, some = "", []
    for table, line in archive.lines(manifest.tables):
        if table != name or len(some) == AT_ONCE:
            if some:
                yield name, some
            name, some = table, []
        try:
            some.append(decoders[table](line))
        except (ValueError, KeyError) as error:
            raise Damaged(f"the backup holds what is no row of {table}") from error
    if some:
        yield name, some
