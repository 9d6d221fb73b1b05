"""What it means when a database fails, in the store's own words."""

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.store.files import StorageFull

# Classes and codes of PostgreSQL, appendix A of its documentation.
CONNECTION = "08"  # the class
GONE = frozenset({"53300", "57P01", "57P02", "57P03"})  # too many connections, shutting down, crashed, starting up
DISK_FULL = "53100"


class StoreError(Exception):
    """The store cannot be opened; the message is one sentence for the operator."""


class StoreUnavailable(Exception):
    """The database, or the store of pictures that FILES_URL names, is out of reach, and may be back in a moment.
    Nothing was kept of a transaction, unless it was cut off in the very moment of its commit."""


def meaning(error: Exception) -> StoreUnavailable | StorageFull | None:
    """What a failure of a statement means; None where it is nothing but a mistake of ours.

    A `TimeoutError` and a `ConnectionError` are taken for the database's: no transaction does anything else that waits.
    """
    if isinstance(error, PoolTimeout | TimeoutError | ConnectionError):
        return StoreUnavailable(str(error) or "the database does not answer")
    if not isinstance(error, DBAPIError):
        return None
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    code = str(getattr(cause, "sqlstate", None) or "")
    if code == DISK_FULL:
        return StorageFull(f"the database's disk is full: {cause}")
    if error.connection_invalidated or code.startswith(CONNECTION) or code in GONE:
        return StoreUnavailable(str(cause))
    return None


def _of_sqlite(error: sqlite3.Error) -> StoreUnavailable | StorageFull | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of an extended code says which kind of it
    if code == sqlite3.SQLITE_FULL:
        return StorageFull(f"the database's disk is full: {error}")
    return StoreUnavailable(str(error)) if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else None
