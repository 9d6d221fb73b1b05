"""The connection to the database: SQLite in `storage_dir`, or whatever `DATABASE_URL` names."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    NullPool,
    QueuePool,
    event,
    func,
    literal,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.settings import Settings
from bot.store.errors import StoreError, StoreUnavailable, meaning
from bot.store.schema import Base, UtcDateTime

if TYPE_CHECKING:
    from filelock import BaseFileLock

WAL_TRIES = 50  # a fiftieth of a second apart
FILE_NAME = "nijigen.sqlite3"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
BUSY_SECONDS = 10.0  # how long to wait for another process that writes to the same SQLite file
POOL = 10  # connections to PostgreSQL, which has 100 for everybody
POOL_SECONDS = 10.0  # how long to wait for one of them
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0  # a server whose machine is gone says nothing at all
MEMORY_SECONDS = 3.0  # a ban in one process holds in all by then
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5)  # seconds between attempts to connect: a server restarts in less


class Database:
    """Hands out connections: `read` to look something up, `write` for a transaction.

    A database that is out of reach is waited for, for three seconds, as long as nothing was asked of it. After that,
    or where the connection breaks later, a block raises `StoreUnavailable`; where the disk is full, `StorageFull`.
    """

    def __init__(self, url: URL, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Opens nothing yet. `now` (aware) is SQLite's clock. Raises `StoreError` where no driver serves `url`."""
        self.url = url
        self._now = now
        self._sole: BaseFileLock | None = None
        self._sqlite = url.get_backend_name() == "sqlite"
        # SQLite has one writer at a time. Waiting for it here is in order and at once; its own waiting polls.
        self._writer: asyncio.Lock | None = asyncio.Lock() if self._sqlite else None
        try:
            if self._sqlite:
                # isolation_level None: sqlite3 begins no transactions of its own, `_begin` does.
                self._engine = create_async_engine(url, connect_args={"isolation_level": None, "timeout": BUSY_SECONDS})
                event.listen(self._engine.sync_engine, "connect", _set_up)
                event.listen(self._engine.sync_engine, "begin", _begin)
                event.listen(self._engine.sync_engine, "close", _undo)
                self._reader = self._engine
            else:
                connect_args = {"timeout": CONNECT_SECONDS, "command_timeout": ANSWER_SECONDS}
                self._engine = create_async_engine(
                    url,
                    pool_pre_ping=True,
                    pool_size=POOL,
                    max_overflow=0,
                    pool_timeout=POOL_SECONDS,
                    connect_args=connect_args,
                )
                # Of the same connections. Each statement sees what is committed then, transaction or not.
                self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        except ModuleNotFoundError as error:
            raise StoreError(f"DATABASE_URL needs the package {error.name}: pip install {error.name}") from error
        except (ArgumentError, InvalidRequestError) as error:
            raise StoreError(f"DATABASE_URL names no database that can be used here: {error}") from error

    @property
    def name(self) -> str:
        """The address, for logs and sentences; without the password."""
        return (self.url.database or "") if self._sqlite else self.url.render_as_string(hide_password=True)

    @property
    def shared(self) -> bool:
        """Whether other processes of the bot may be at work on it too."""
        return not self._sqlite

    @property
    def memory_seconds(self) -> float | None:
        """How long what was read may be remembered; None: until this process changes it."""
        return MEMORY_SECONDS if self.shared else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to look things up."""
        async with self._connected(self._reader) as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction: committed, and on the disk, when the block ends; undone where it raises."""
        async with AsyncExitStack() as stack:
            if self._writer is not None:
                await stack.enter_async_context(self._writer)
            connection = await stack.enter_async_context(self._connected(self._engine))
            if self._writer is not None:
                await connection.execution_options(nijigen_write=True)
            await stack.enter_async_context(connection.begin())
            yield connection

    @asynccontextmanager
    async def upgrade(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes the schema: one at a time among all processes, and however long it takes."""
        if self._sqlite:
            async with self.write() as connection:
                yield connection
            return
        engine = create_async_engine(self.url, poolclass=NullPool, connect_args={"timeout": CONNECT_SECONDS})
        async with self._connected(engine) as connection, connection.begin():
            await self.lock(connection, "upgrade")
            yield connection

    async def lock(self, connection: AsyncConnection, *names: str) -> None:
        """Have `names` to oneself among all processes until the transaction of `write` ends. On SQLite it has
        everything to itself anyway. Whoever needs several takes them in one call."""
        if self._sqlite:
            return
        for key in sorted({_number(name) for name in names}):  # in one order: nobody waits in a circle
            await connection.execute(select(func.pg_advisory_xact_lock(key)))

    def moment(self, after: timedelta = timedelta()) -> ColumnElement[datetime]:
        """A while `after` now, by the clock that all processes share: that of the database's machine."""
        if self._sqlite:
            return literal(self._now() + after, UtcDateTime)
        return func.clock_timestamp(type_=DateTime(timezone=True)) + after

    def insert(self, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
        """An insert that can say `on_conflict_…`, in the database's own dialect."""
        return sqlite.insert(table) if self._sqlite else postgresql.insert(table)

    async def be_alone(self) -> None:
        """Keep other processes that would serve from this SQLite file out, until `close` or until this process ends,
        however it ends. Does nothing where the database is shared. Raises `StoreError` where another was first."""
        if not self._sqlite:
            return
        from filelock import FileLock, Timeout  # here: only who serves needs it

        path = Path(f"{self.url.database}.lock")
        sole = FileLock(path, thread_local=False)
        try:
            await asyncio.to_thread(sole.acquire, blocking=False)
        except Timeout:
            raise StoreError(
                f"another bot is running on {self.name}, and SQLite is for one: stop that one, or give both the same "
                "PostgreSQL in DATABASE_URL (docs/operating.md)"
            ) from None
        except OSError as error:
            raise StoreError(f"{path} cannot be made, which keeps other bots out: {error.strerror}") from error
        self._sole = sole

    @property
    def alone(self) -> bool:
        """Whether no other process can serve from this database: who held anything in it before is dead."""
        return self._sole is not None

    def connections(self) -> tuple[int, int]:
        """How many connections are in use, and how many are idle; for `/metrics`."""
        pool = self._engine.pool
        return (pool.checkedout(), pool.checkedin()) if isinstance(pool, QueuePool) else (0, 0)

    async def close(self) -> None:
        await self._engine.dispose()
        if self._sole is not None:
            self._sole.release()

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            connection = await self._connect(stack, engine)
            try:
                yield connection
            except Exception as error:
                said = meaning(error)
                if said is None:
                    raise
                raise said from error

    async def _connect(self, stack: AsyncExitStack, engine: AsyncEngine) -> AsyncConnection:
        give_up = time.monotonic() + sum(PAUSES)
        pauses = iter(PAUSES)
        while True:
            try:
                return await stack.enter_async_context(engine.connect())
            except Exception as error:
                # Any OSError: the host has no such port, the folder no such socket, the network no such name.
                said = StoreUnavailable(str(error)) if isinstance(error, OSError) else meaning(error)
                if said is None:
                    raise
                pause = next(pauses, None)
                if pause is None or time.monotonic() >= give_up or not isinstance(said, StoreUnavailable):
                    raise said from error
            await asyncio.sleep(pause)


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


def _number(name: str) -> int:
    """What an advisory lock of PostgreSQL is called: 64 bits. Two names that share them only wait for each other."""
    return int.from_bytes(hashlib.sha256(f"nijigen:{name}".encode()).digest()[:8], "big", signed=True)


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


def _undo(connection: Any, record: Any) -> None:
    """Before a connection is closed because whoever used it was cancelled. To SQLite it is not closed, and keeps its
    lock, as long as a cursor whose rows nobody fetched is still about, in a traceback for example."""
    with suppress(Exception):  # a broken connection has nothing to undo
        connection.rollback()
