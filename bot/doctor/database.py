"""The database: SQLite in STORAGE_DIR, or the server that DATABASE_URL names."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.doctor.finding import Finding, bad, good, warn
from bot.doctor.python import extra

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from bot.settings import Settings

PATIENCE = 8.0  # seconds for a server to answer
LOOK = 4.0  # seconds to look through a file for damage


async def check_database(settings: Settings) -> list[Finding]:
    """The database answers, and its schema is one that this program knows."""
    from bot.store.database import url_of
    from bot.store.errors import StoreError

    try:
        url = url_of(settings)
    except StoreError as error:
        return [bad("database", "address", words=error)]
    if url.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_sqlite, Path(url.database or ""))
    return await _server(url)


def _sqlite(file: Path) -> list[Finding]:
    file = file.absolute()
    if not file.exists():
        return [good("database", "new", file=file)]
    found = None
    try:
        # mode=ro: a look must not make, repair or convert anything.
        connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=2.0)
        try:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
                found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            until = time.monotonic() + LOOK
            connection.set_progress_handler(lambda: time.monotonic() > until, 100_000)
            state = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if "interrupted" not in str(error):
            damaged = "malformed" in str(error) or "not a database" in str(error)
            return [bad("database", "damaged" if damaged else "unusable", file=file, words=error)]
        state = "ok"  # too large to be looked through in a moment
    if state != "ok":
        return [bad("database", "damaged", file=file, words=state)]
    return [_revision(found[0] if found else None, str(file))]


async def _server(url: URL) -> list[Finding]:
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    from bot.store.migrate import revision_of

    host = url.host or url.query.get("host") or "localhost"
    name = f"{host}{f':{url.port}' if url.port else ''}/{url.database}"
    try:
        engine = create_async_engine(url, poolclass=NullPool)
    except ModuleNotFoundError as error:
        return [bad("database", "no_driver", detail=error.name, command=extra("postgres"))]
    except SQLAlchemyError as error:
        return [bad("database", "address", words=error)]
    try:
        async with asyncio.timeout(PATIENCE), engine.connect() as connection:
            found = await connection.run_sync(revision_of)
    except TimeoutError:
        return [bad("database", "slow", name=name)]
    except Exception as error:  # asyncpg's own while it connects, SQLAlchemy's afterwards
        return [_refusal(error, name, url)]
    finally:
        await engine.dispose()
    return [_revision(found, name)]


def _refusal(error: Exception, name: str, url: URL) -> Finding:
    # SQLAlchemy wraps the driver's error, which says what it was by its SQLSTATE (PostgreSQL, appendix A).
    cause: BaseException = getattr(error, "orig", None) or error
    state = str(getattr(cause, "sqlstate", None) or getattr(cause.__cause__, "sqlstate", None) or "")
    if state.startswith("28"):
        return bad("database", "password", name=name, user=url.username or "")
    if state == "3D000":
        return bad("database", "no_database", name=name, database=url.database or "", user=url.username or "")
    if isinstance(cause, OSError):
        return bad("database", "nobody", name=name)
    return bad("database", "strange", name=name, words=f"{type(cause).__name__}: {cause}".splitlines()[0])


def _revision(found: str | None, name: str) -> Finding:
    from bot.store.migrations import REVISION

    if found is None:
        return good("database", "empty", name=name)
    if found == REVISION:
        return good("database", "ready", name=name, revision=found)
    if found.isdigit() and int(found) < int(REVISION):
        return warn("database", "older", name=name, revision=found, known=REVISION)
    return bad("database", "newer", name=name, revision=found, known=REVISION)
