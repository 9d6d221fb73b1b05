"""The rows of a running bot's database, all of one moment."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.backup.archive import PASSING, Progress, Refused
from bot.store.backup.numbers import given
from bot.store.backup.revisions import as_built, tables_of
from bot.store.backup.rows import encoder
from bot.store.database import Database
from bot.store.migrate import revision_of
from bot.store.migrations import REVISION

AT_ONCE = 500  # rows


@dataclass(frozen=True, slots=True)
class Spool:
    """The lines of a table, in a file that nobody else sees."""

    table: str
    rows: int
    bytes: int
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Snapshot:
    revision: str
    tables: list[Spool]
    sequences: dict[str, int]
    keys: list[str]  # of the files that rows need, in order


@asynccontextmanager
async def snapshot(database: Database, folder: Path, progress: Progress) -> AsyncIterator[Snapshot]:
    """Copy all rows to temporary files in `folder`. The database is let go of before the block begins.

    Raises `Refused` where there is nothing to copy, or the schema is newer than this program.
    """
    with ExitStack() as spools:
        async with database.read() as connection:
            connection = await _at_one_moment(connection)
            revision, tables, sequences = await connection.run_sync(_look)
            kept, keys = [], []
            for table in tables:
                file = spools.enter_context(tempfile.TemporaryFile(dir=folder))  # type: ignore[arg-type]
                rows = await _copy(connection, table, file, progress)
                kept.append(Spool(table.name, rows, file.tell(), file))
                if table.name == "file_uses":
                    found = await connection.execute(select(table.c.key).distinct())
                    keys = sorted(found.scalars())
        yield Snapshot(revision, kept, sequences, keys)


async def _at_one_moment(connection: AsyncConnection) -> AsyncConnection:
    """Begin a transaction that sees what was committed before, and nothing after."""
    if connection.dialect.name == "sqlite":
        await connection.execute(text("BEGIN"))  # which `Database` does for writers only
        return connection
    return await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _look(connection: Connection) -> tuple[str, list[Table], dict[str, int]]:
    revision = revision_of(connection)
    if revision is None:
        raise Refused("there is nothing to back up: the database is empty")
    if not (revision.isdecimal() and int(revision) <= int(REVISION)):
        raise Refused(f"the database is newer than this program (schema {revision}): update the program first")
    tables = as_built(connection, tables_of(revision) - PASSING)
    return revision, tables, given(connection, tables)


async def _copy(connection: AsyncConnection, table: Table, file: BinaryIO, progress: Progress) -> int:
    encode, rows = encoder(table), 0
    async with connection.stream(select(table).order_by(*table.primary_key)) as found:
        async for some in found.partitions(AT_ONCE):
            await asyncio.to_thread(file.write, b"".join(map(encode, some)))
            rows += len(some)
            progress(f"rows of {table.name}", rows, None)
    return rows
