"""What a visitor of the page has said and been answered: kept across reloads, the newest 500 of each."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.errors import StoreUnavailable
from bot.store.file_uses import let_go, lock_of, release, use
from bot.store.files import Files, StorageFull
from bot.store.schema import WebLogRow

KEPT = 500  # entries of a visitor

Kind = Literal["own", "answer"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One message on the page."""

    seq: int  # grows; never given twice
    kind: Kind  # the visitor's own, or an answer
    body: dict[str, Any]
    files: tuple[str, ...]  # keys in the store's files, in the order in which they were given
    created: datetime  # UTC


class WebLog:
    """Keeps files with their entries: they come before the row and go after it, once no other row needs them."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files

    async def append(
        self, visitor: str, kind: Kind, body: Mapping[str, Any], files: Sequence[tuple[bytes, str]] = ()
    ) -> Entry:
        """Keep a message and its files (bytes, suffix), and let go of the visitor's oldest beyond 500.

        `body` is JSON; what it says of files it says by their place in `files`. Raises `StorageFull`; then nothing is
        kept.
        """
        created = datetime.now(UTC)
        keys: list[str] = []
        try:
            for data, suffix in files:
                keys.append(await self._files.put(data, suffix))
            async with self._database.write() as connection:
                # A visitor's entries one by one: they can be seen in the order of their numbers, none is passed over.
                await self._database.lock(connection, f"web-log:{visitor}", *(lock_of(key) for key in keys))
                for data, suffix in files:
                    await self._files.put(data, suffix)  # is there, unless somebody let go of the same bytes just now
                row = insert(WebLogRow).values(visitor=visitor, kind=kind, body=dict(body), files=keys, created=created)
                seq = (await connection.execute(row.returning(WebLogRow.seq))).scalar_one()
                await use(connection, _owner(seq), keys)
                released = await _prune(connection, visitor)
        except (StorageFull, StoreUnavailable):
            with contextlib.suppress(StoreUnavailable):
                await let_go(self._database, self._files, keys)
            raise
        await let_go(self._database, self._files, released)
        return Entry(seq, kind, dict(body), tuple(keys), created)

    async def since(self, visitor: str, seq: int = 0, limit: int = KEPT) -> list[Entry]:
        """What came after `seq`, oldest first; the newest `limit` of it."""
        query = (
            select(WebLogRow.__table__)
            .where(WebLogRow.visitor == visitor, WebLogRow.seq > seq)
            .order_by(WebLogRow.seq.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [_entry(row) for row in reversed(rows)]

    async def get(self, visitor: str, seq: int) -> Entry | None:
        query = select(WebLogRow.__table__).where(WebLogRow.visitor == visitor, WebLogRow.seq == seq)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _entry(row)

    async def update(self, visitor: str, seq: int, body: Mapping[str, Any]) -> bool:
        """Replace the body of an entry; its files stay. False where it is not there."""
        change = update(WebLogRow).where(WebLogRow.visitor == visitor, WebLogRow.seq == seq).values(body=dict(body))
        async with self._database.write() as connection:
            return (await connection.execute(change)).rowcount > 0

    async def remove(self, visitor: str, seq: int) -> bool:
        """Take an entry and its files back. False where it was not there."""
        async with self._database.write() as connection:
            gone = delete(WebLogRow).where(WebLogRow.visitor == visitor, WebLogRow.seq == seq)
            if (await connection.execute(gone)).rowcount == 0:
                return False
            released = await release(connection, [_owner(seq)])
        await let_go(self._database, self._files, released)
        return True


async def _prune(connection: AsyncConnection, visitor: str) -> Sequence[str]:
    """Delete all but the newest entries; gives the keys that they needed."""
    mine = WebLogRow.visitor == visitor
    oldest = select(WebLogRow.seq).where(mine).order_by(WebLogRow.seq.desc()).offset(KEPT).limit(1).scalar_subquery()
    gone = delete(WebLogRow).where(mine, WebLogRow.seq <= oldest).returning(WebLogRow.seq)
    seqs = (await connection.execute(gone)).scalars().all()
    return await release(connection, [_owner(seq) for seq in seqs])


def _owner(seq: int) -> str:
    return f"web:{seq}"


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.seq, row.kind, row.body, tuple(row.files), row.created)
