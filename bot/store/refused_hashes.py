"""Pictures that may not be contributed again, by what they look like."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.schema import RefusedHashRow
from data.hashes import MOST_BITS, distances, joined


@dataclass(frozen=True, slots=True)
class RefusedHash:
    id: int
    owner: str  # where it holds: a group, who chats in private, or EVERYBODY
    phash: bytes
    reason: str
    member: str  # who said so; "" where that was forgotten
    created: datetime  # UTC


class RefusedHashes:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, owner: str, phashes: Collection[bytes], *, reason: str, member: str) -> bool:
        """Refuse what looks like any of these, and its copies, from now on; False where that was so."""
        same = {"owner": owner, "reason": reason, "member_id": member, "created": datetime.now(UTC)}
        rows = [{**same, "phash": phash} for phash in dict.fromkeys(phashes)]
        insert = self._database.insert(RefusedHashRow).values(rows).on_conflict_do_nothing()
        async with self._database.write() as connection:
            return (await connection.execute(insert.returning(RefusedHashRow.id))).first() is not None

    async def remove(self, owner: str, phashes: Collection[bytes]) -> bool:
        """Let what looks like these in again; says whether any was refused."""
        gone = delete(RefusedHashRow).where(RefusedHashRow.owner == owner, RefusedHashRow.phash.in_(phashes))
        async with self._database.write() as connection:
            return (await connection.execute(gone)).rowcount > 0

    async def list(self, owner: str) -> list[RefusedHash]:
        return await self._read(RefusedHashRow.owner == owner)

    async def of_member(self, member: str) -> list[RefusedHash]:
        """Those that a member has refused, wherever."""
        return await self._read(RefusedHashRow.member_id == member)

    async def forget(self, member: str) -> None:
        """What they refused in groups stays refused, by nobody."""
        async with self._database.write() as connection:
            await connection.execute(delete(RefusedHashRow).where(RefusedHashRow.owner == member))
            mine = RefusedHashRow.member_id == member
            await connection.execute(update(RefusedHashRow).where(mine).values(member_id=""))

    async def _read(self, *which: ColumnElement[bool]) -> list[RefusedHash]:
        query = select(RefusedHashRow.__table__).where(*which).order_by(RefusedHashRow.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [RefusedHash(row.id, row.owner, row.phash, row.reason, row.member_id, row.created) for row in rows]


async def is_refused(connection: AsyncConnection, owners: Sequence[str], *ways: bytes) -> bool:
    """Whether a picture is one that any of `owners` has refused; `ways` are hashes of what it looks like."""
    query = select(RefusedHashRow.phash).where(RefusedHashRow.owner.in_(owners))
    known = list((await connection.execute(query)).scalars())
    return bool(known) and int(distances(joined(known), *ways).min()) <= MOST_BITS
