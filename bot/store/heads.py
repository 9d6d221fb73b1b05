"""The heads that groups have of their own, and members in private, for `/conhead`."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select

from bot.store.database import Database
from bot.store.errors import StoreUnavailable
from bot.store.file_uses import let_go, lock_of, release, use
from bot.store.files import Files, StorageFull
from bot.store.schema import HeadRow


@dataclass(frozen=True, slots=True)
class KeptHead:
    id: int
    owner: str  # a group `qq:30003`, or who keeps it in private: `qq:10001`
    name: str
    file: str  # key of a PNG in the store's files
    place: tuple[float, ...]  # as `data.pictures.types.HeadFile`
    member: str  # who added it
    created: datetime  # UTC


class HeadExists(Exception):
    """There is one of this name already."""


class HeadsFull(Exception):
    """There is no room for another one."""


class Heads:
    """Names are looked up in any case. A head's file comes before its row and goes after it."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files

    async def add(
        self, owner: str, name: str, content: bytes, place: Sequence[float], *, member: str, most: int
    ) -> KeptHead:
        """Keep a head (a PNG) unless `owner` has `most` already.

        Raises `HeadExists`, `HeadsFull`, `StorageFull`; then nothing is kept.
        """
        key = await self._files.put(content, ".png")
        try:
            async with self._database.write() as connection:
                await self._database.lock(connection, f"heads:{owner}", lock_of(key))
                await self._files.put(content, ".png")  # is there, unless somebody let go of the same bytes just now
                count = select(func.count()).select_from(HeadRow).where(HeadRow.owner == owner)
                if (await connection.execute(count)).scalar_one() >= most:
                    raise HeadsFull
                columns = {
                    "owner": owner,
                    "folded": name.casefold(),
                    "name": name,
                    "file": key,
                    "place": [float(value) for value in place],
                    "member_id": member,
                    "created": datetime.now(UTC),
                }
                row = self._database.insert(HeadRow).values(**columns).on_conflict_do_nothing()
                id = (await connection.execute(row.returning(HeadRow.id))).scalar_one_or_none()
                if id is None:
                    raise HeadExists
                await use(connection, _owner(id), [key])
        except (HeadExists, HeadsFull, StorageFull, StoreUnavailable):
            with contextlib.suppress(StoreUnavailable):
                await let_go(self._database, self._files, [key])
            raise
        return KeptHead(id, owner, name, key, tuple(columns["place"]), member, columns["created"])

    async def get(self, owner: str, name: str) -> KeptHead | None:
        found = await self._read(HeadRow.owner == owner, HeadRow.folded == name.casefold())
        return found[0] if found else None

    async def list(self, owner: str) -> list[KeptHead]:
        """In the order in which they came."""
        return await self._read(HeadRow.owner == owner)

    async def of_member(self, member: str) -> list[KeptHead]:
        """Those that a member added, wherever."""
        return await self._read(HeadRow.member_id == member)

    async def remove(self, owner: str, name: str) -> bool:
        """Let go of one; says whether it was there."""
        return await self._remove(HeadRow.owner == owner, HeadRow.folded == name.casefold()) > 0

    async def forget(self, member: str) -> int:
        """Let go of all that a member added; says how many there were."""
        return await self._remove(HeadRow.member_id == member)

    async def _read(self, *which: ColumnElement[bool]) -> list[KeptHead]:
        async with self._database.read() as connection:
            rows = (await connection.execute(select(HeadRow.__table__).where(*which).order_by(HeadRow.id))).all()
        return [_head(row) for row in rows]

    async def _remove(self, *which: ColumnElement[bool]) -> int:
        async with self._database.write() as connection:
            gone = (await connection.execute(delete(HeadRow).where(*which).returning(HeadRow.id))).scalars().all()
            released = await release(connection, [_owner(id) for id in gone])
        await let_go(self._database, self._files, released)
        return len(gone)


def _owner(id: int) -> str:
    return f"head:{id}"


def _head(row: Row[Any]) -> KeptHead:
    return KeptHead(row.id, row.owner, row.name, row.file, tuple(row.place), row.member_id, row.created)
