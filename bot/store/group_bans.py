"""Whom the admins of a group have banned there."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.store.bans import Ban
from bot.store.cache import Cache
from bot.store.database import Database
from bot.store.schema import GroupBanRow


@dataclass(frozen=True, slots=True)
class GroupBan:
    group: str  # `qq:30003`
    member: str  # `qq:10001`
    ban: Ban  # may be over: ask `ban.holds(now)`


class GroupBans:
    """Rows are of those who are banned, or were until lately. Lookups come from memory."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._cache: Cache[tuple[str, str], Ban | None] = Cache(
            self._load, seconds=database.memory_seconds, clock=clock
        )

    async def get(self, group: str, member: str) -> Ban | None:
        return await self._cache.get((group, member))

    async def ban(self, group: str, member: str, ban: Ban) -> None:
        """Keep a member out of a group's commands. A ban replaces the one before."""
        columns = {"until": ban.until, "reason": ban.reason}
        insert = self._database.insert(GroupBanRow).values(group_id=group, member_id=member, **columns)
        async with self._database.write() as connection:
            await connection.execute(
                insert.on_conflict_do_update(index_elements=["group_id", "member_id"], set_=columns)
            )
        self._cache.drop((group, member))

    async def unban(self, group: str, member: str) -> bool:
        """Lift a ban; says whether there was one."""
        which = (GroupBanRow.group_id == group, GroupBanRow.member_id == member)
        async with self._database.write() as connection:
            gone = (await connection.execute(delete(GroupBanRow).where(*which))).rowcount > 0
        self._cache.drop((group, member))
        return gone

    async def list(self, *, group: str | None = None, member: str | None = None) -> list[GroupBan]:
        """The bans of a group, or of a member in all groups, or all of them."""
        query = select(GroupBanRow.__table__).order_by(GroupBanRow.group_id, GroupBanRow.member_id)
        if group is not None:
            query = query.where(GroupBanRow.group_id == group)
        if member is not None:
            query = query.where(GroupBanRow.member_id == member)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [GroupBan(row.group_id, row.member_id, Ban(row.until, row.reason)) for row in rows]

    async def _load(self, key: tuple[str, str]) -> Ban | None:
        query = select(GroupBanRow.__table__).where(GroupBanRow.group_id == key[0], GroupBanRow.member_id == key[1])
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else Ban(row.until, row.reason)
