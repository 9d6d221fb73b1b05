"""What a group has set for itself."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import Row, select, update

from bot.store.bans import Ban, ban_of, columns_of
from bot.store.cache import Cache
from bot.store.database import Database
from bot.store.schema import GroupRow


@dataclass(frozen=True, slots=True)
class GroupSettings:
    id: str  # `qq:30003`
    locale: str | None = None
    disabled: frozenset[str] = frozenset()  # names of commands that are switched off
    cooldown_seconds: float | None = None  # None: the bot's
    quota_per_day: int | None = None
    quiet: str | None = None  # hours without commands, in the bot's time zone: "23:00-07:00"
    ban: Ban | None = None  # may be over: ask `ban.holds(now)`


class GroupChanges(TypedDict, total=False):
    locale: str | None
    disabled: Collection[str]
    cooldown_seconds: float | None
    quota_per_day: int | None
    quiet: str | None
    ban: Ban | None


class Groups:
    """Rows are of the groups that differ from the default. Reads come from memory."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._cache: Cache[str, GroupSettings] = Cache(self._load, seconds=database.memory_seconds, clock=clock)

    async def get(self, id: str) -> GroupSettings:
        return await self._cache.get(id)

    async def update(self, id: str, **changes: Unpack[GroupChanges]) -> GroupSettings:
        """Change what is given and leave the rest; gives the settings as they are then."""
        columns: dict[str, Any] = {**changes}
        if "ban" in changes:
            columns |= columns_of(columns.pop("ban"))
        if "disabled" in changes:
            columns["disabled"] = sorted(changes["disabled"])
        if columns:
            insert = self._database.insert(GroupRow).values({"id": id, **_DEFAULTS, **columns})
            async with self._database.write() as connection:
                await connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=columns))
            self._cache.drop(id)
        return await self.get(id)

    async def switch(self, id: str, command: str, on: bool) -> GroupSettings:
        """Switch one command on or off; two at the same time do not undo each other."""
        async with self._database.write() as connection:
            # The row first: PostgreSQL can only lock one that is there.
            await connection.execute(
                self._database.insert(GroupRow).values({"id": id, **_DEFAULTS}).on_conflict_do_nothing()
            )
            row = GroupRow.id == id
            disabled = set(
                (await connection.execute(select(GroupRow.disabled).where(row).with_for_update())).scalar_one()
            )
            changed = sorted(disabled - {command} if on else disabled | {command})
            await connection.execute(update(GroupRow).where(row).values(disabled=changed))
        self._cache.drop(id)
        return await self.get(id)

    async def list(self) -> list[GroupSettings]:
        """Of all that have set something, or have had something set for them; by their ids."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(GroupRow.__table__).order_by(GroupRow.id))).all()
        return [_settings(row) for row in rows]

    async def _load(self, id: str) -> GroupSettings:
        async with self._database.read() as connection:
            row = (await connection.execute(select(GroupRow.__table__).where(GroupRow.id == id))).one_or_none()
        return GroupSettings(id) if row is None else _settings(row)


def _settings(row: Row[Any]) -> GroupSettings:
    ban = ban_of(row.banned, row.banned_until, row.ban_reason)
    return GroupSettings(
        row.id, row.locale, frozenset(row.disabled), row.cooldown_seconds, row.quota_per_day, row.quiet, ban
    )


_DEFAULTS: dict[str, Any] = {
    "locale": None,
    "disabled": [],
    "cooldown_seconds": None,
    "quota_per_day": None,
    "quiet": None,
    **columns_of(None),
}
