"""The connection to the database: SQLite in `storage_dir`, or whatever `DATABASE_URL` names."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.settings import Settings
from bot.store.schema import Base

WAL_TRIES = 50  # a fiftieth of a second apart
FILE_NAME = "nijigen.sqlite3"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
BUSY_SECONDS = 10.0  # how long to wait for another process that writes to the same SQLite file


class StoreError(Exception):
    """The store cannot be opened; the message is one sentence for the operator."""


class Database:
    """Hands out connections: `read` to look something up, `write` for a transaction."""

    def __init__(self, url: URL) -> None:
        """Opens nothing yet. Raises `StoreError` where no driver serves `url`."""
        self.url = url
        self._sqlite = url.get_backend_name() == "sqlite"
        # SQLite has one writer at a time. Waiting for it here is in order and at once; its own waiting polls.
        self._writer: asyncio.Lock | None = asyncio.Lock() if self._sqlite else None
        try:
            if self._sqlite:
                # isolation_level None: sqlite3 begins no transactions of its own, `_begin` does.
                self._engine = create_async_engine(url, connect_args={"isolation_level": None, "timeout": BUSY_SECONDS})
                event.listen(self._engine.sync_engine, "connect", _set_up)
                event.listen(self._engine.sync_engine, "begin", _begin)
            else:
                self._engine = create_async_engine(url, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            raise StoreError(f"DATABASE_URL needs the package {error.name}: pip install {error.name}") from error
        except (ArgumentError, InvalidRequestError) as error:
            raise StoreError(f"DATABASE_URL names no database that can be used here: {error}") from error

    @property
    def name(self) -> str:
        """The address, for logs and sentences; without the password."""
        return (self.url.database or "") if self._sqlite else self.url.render_as_string(hide_password=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to look things up."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction: committed, and on the disk, when the block ends; undone where it raises."""
        if self._writer is None:
            async with self._engine.begin() as connection:
                yield connection
        else:
            async with self._writer, self._engine.connect() as connection:
                await connection.execution_options(nijigen_write=True)
                async with connection.begin():
                    yield connection

    def insert(self, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
        """An insert that can say `on_conflict_…`, in the database's own dialect."""
        return sqlite.insert(table) if self._sqlite else postgresql.insert(table)

    async def close(self) -> None:
        await self._engine.dispose()


def url_of(settings: Settings) -> URL:
    """Where the database is. Raises `StoreError` for an address that cannot be read or that keeps nothing."""
    if settings.database_url is None:
        return URL.create(DRIVERS["sqlite"], database=str(settings.storage_dir / FILE_NAME))
    try:
        url = make_url(settings.database_url)
    except ArgumentError as error:
        raise StoreError("DATABASE_URL is no address; an example is postgresql://user:password@host/nijigen") from error
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreError("DATABASE_URL asks for a database in memory, which would forget everything; name a file")
    return url


def _set_up(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    _write_ahead(cursor)  # readers and the writer do not wait for each other
    cursor.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut: its id has been shown to somebody
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Turn the write-ahead log on. Once a database: two that do it to a new one at the same moment get "database is
    locked" at once, whatever the timeout."""
    for attempt in range(WAL_TRIES):
        cursor.execute("PRAGMA journal_mode")
        if str(cursor.fetchone()[0]).lower() == "wal":
            return
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except Exception as error:
            if "locked" not in str(error) or attempt == WAL_TRIES - 1:
                raise
            time.sleep(0.02)


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a transaction that first reads and then writes could otherwise fail halfway, whatever the timeout.
    if connection.get_execution_options().get("nijigen_write"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
