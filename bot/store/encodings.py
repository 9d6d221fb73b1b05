"""What it takes to draw faces again that were made of a member's own picture, for the faces that a member has saved.

The network's encoding of the picture, not the picture. It is written when somebody saves such a face and has the
picture at hand, and goes when they let the face go.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, func, select

from bot.store.database import Database
from bot.store.errors import StoreUnavailable
from bot.store.file_uses import let_go, lock_of, release, use
from bot.store.files import Files, StorageFull
from bot.store.schema import EncodingRow

SUFFIX = ".enc"


@dataclass(frozen=True, slots=True)
class KeptEncoding:
    picture: str  # the id of a recipe
    face: int  # from 1
    file: str  # key in the store's files
    member: str  # who saved it
    created: datetime  # UTC


class EncodingsFull(Exception):
    """There is no room for another one."""


class Encodings:
    """An encoding's file comes before its row and goes after it."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files

    async def add(self, member: str, picture: str, face: int, content: bytes, *, most: int) -> bool:
        """Keep what a face is drawn from, unless the member has `most` already; False where they have it.

        Raises `EncodingsFull`, `StorageFull`; then nothing is kept.
        """
        key = await self._files.put(content, SUFFIX)
        new = True
        try:
            async with self._database.write() as connection:
                await self._database.lock(connection, f"encodings:{member}", lock_of(key))
                await self._files.put(content, SUFFIX)  # is there, unless somebody let go of the same bytes just now
                mine = EncodingRow.member_id == member
                this = (mine, EncodingRow.picture == picture, EncodingRow.face == face)
                if (await connection.execute(select(EncodingRow.id).where(*this))).first() is not None:
                    new = False
                else:
                    count = select(func.count()).select_from(EncodingRow).where(mine)
                    if (await connection.execute(count)).scalar_one() >= most:
                        raise EncodingsFull
                    row = self._database.insert(EncodingRow).values(
                        member_id=member, picture=picture, face=face, file=key, created=datetime.now(UTC)
                    )
                    id = (await connection.execute(row.returning(EncodingRow.id))).scalar_one()
                    await use(connection, _owner(id), [key])
        except (EncodingsFull, StorageFull, StoreUnavailable):
            with contextlib.suppress(StoreUnavailable):
                await let_go(self._database, self._files, [key])
            raise
        if not new:
            await let_go(self._database, self._files, [key])
        return new

    async def get(self, picture: str, face: int) -> bytes | None:
        """What a face is drawn from, whoever saved it; None where nobody did."""
        for kept in await self._read(EncodingRow.picture == picture, EncodingRow.face == face):
            if (content := await self._files.get(kept.file)) is not None:
                return content
        return None

    async def has(self, member: str, picture: str, face: int) -> bool:
        """Whether a member has saved what a face is drawn from."""
        mine = EncodingRow.member_id == member
        return bool(await self._read(mine, EncodingRow.picture == picture, EncodingRow.face == face))

    async def of_member(self, member: str) -> list[KeptEncoding]:
        """Those that a member saved, oldest first."""
        return await self._read(EncodingRow.member_id == member)

    async def remove(self, member: str, picture: str, face: int) -> bool:
        """Let go of one; says whether it was there."""
        mine = EncodingRow.member_id == member
        return await self._remove(mine, EncodingRow.picture == picture, EncodingRow.face == face) > 0

    async def forget(self, member: str) -> int:
        """Let go of all that a member saved; says how many there were."""
        return await self._remove(EncodingRow.member_id == member)

    async def _read(self, *which: ColumnElement[bool]) -> list[KeptEncoding]:
        query = select(EncodingRow.__table__).where(*which).order_by(EncodingRow.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [KeptEncoding(row.picture, row.face, row.file, row.member_id, row.created) for row in rows]

    async def _remove(self, *which: ColumnElement[bool]) -> int:
        async with self._database.write() as connection:
            gone = (await connection.execute(delete(EncodingRow).where(*which).returning(EncodingRow.id))).scalars()
            ids = gone.all()
            released = await release(connection, [_owner(id) for id in ids])
        await let_go(self._database, self._files, released)
        return len(ids)


def _owner(id: int) -> str:
    return f"encoding:{id}"
