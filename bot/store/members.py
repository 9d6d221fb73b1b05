"""What is known of a member: their language, and whether they are banned."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.store.bans import Ban, ban_of, columns_of
from bot.store.cache import Cache
from bot.store.database import Database
from bot.store.schema import MemberRow


@dataclass(frozen=True, slots=True)
class Member:
    id: str  # `qq:10001`
    locale: str | None = None  # None: never chosen
    ban: Ban | None = None  # may be over: ask `ban.holds(now)`


class Members:
    """Everybody is a member; rows are of those who differ from the default. Reads come from memory."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._cache: Cache[str, Member] = Cache(self._load, seconds=database.memory_seconds, clock=clock)

    async def get(self, id: str) -> Member:
        return await self._cache.get(id)

    async def set_locale(self, id: str, locale: str | None) -> None:
        """Choose a language, or with None leave it to group and platform."""
        await self._write(id, {"locale": locale})

    async def ban(self, id: str, until: datetime | None = None, reason: str = "") -> None:
        """Keep a member out until a moment (aware), or for good. A ban replaces the one before."""
        await self._write(id, columns_of(Ban(until, reason)))

    async def unban(self, id: str) -> None:
        await self._write(id, columns_of(None))

    async def _load(self, id: str) -> Member:
        async with self._database.read() as connection:
            row = (await connection.execute(select(MemberRow.__table__).where(MemberRow.id == id))).one_or_none()
        if row is None:
            return Member(id)
        return Member(id, row.locale, ban_of(row.banned, row.banned_until, row.ban_reason))

    async def _write(self, id: str, columns: dict[str, Any]) -> None:
        insert = self._database.insert(MemberRow).values({"id": id, "locale": None, **columns_of(None), **columns})
        async with self._database.write() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=columns))
        self._cache.drop(id)
