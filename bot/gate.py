"""Who may do what, and how often."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.command import Command, Role, UserError
from bot.locale import Catalogue
from bot.quiet import QuietHours
from bot.settings import Settings
from bot.store import Store
from bot.store.bans import Ban
from bot.store.usage import Usage
from bot.surfaces.base import Incoming

AT_ONCE = 3  # commands that cost something which one member may have running
REMEMBERED = 1024  # members whose pace is kept before those at rest are forgotten
CHATS = 10_000  # private ones whose language is kept


@dataclass(slots=True)
class _Pace:
    """What one member is doing just now, in whatever chat."""

    running: int = 0  # admitted, and not over yet
    answered: float = -math.inf  # when the last one succeeded, by the gate's clock
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)  # a count is read and acted upon in one go


class Admission:
    """A command that may run, as `role`. It costs nothing until it has `succeeded`."""

    def __init__(self, role: Role, cost: _Cost | None = None) -> None:
        self.role = role
        self._cost = cost

    async def succeeded(self, counts: int = 1) -> None:
        """The member has their answer: count it, as so many, and start the cooldown. Saying it twice counts once."""
        if self._cost is not None:
            await self._cost.spend(counts)


class Gate:
    """Asked once a command, by the dispatcher.

    `clock` (seconds, monotonic) times cooldowns; `now` (aware) says which day it is and which bans hold.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._now = now
        self._zone = ZoneInfo(settings.timezone)
        self._paces: dict[str, _Pace] = {}
        self._spoken: OrderedDict[str, str] = OrderedDict()  # by private chat, the latest last

    def now(self) -> datetime:
        """The moment by the gate's clock, in the bot's time zone."""
        return self._now().astimezone(self._zone)

    def today(self) -> date:
        """The day that counts, in the bot's time zone."""
        return self.now().date()

    def shown(self, moment: datetime) -> str:
        """A moment as members read it, in the bot's time zone."""
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def role(self, incoming: Incoming) -> Role:
        """What the member may do: what the platform says, or more where the settings say so."""
        return Role.SUPERUSER if incoming.member in self._settings.superusers else incoming.role

    async def locale(self, incoming: Incoming) -> str:
        """The language to answer in: the member's choice, else the group's, the platform's, the bot's."""
        chosen = (await self._store.members.get(incoming.member)).locale
        if chosen is None and incoming.group is not None:
            chosen = (await self._store.groups.get(incoming.group)).locale
        found = Catalogue.nearest(chosen or incoming.locale or self._settings.language)
        if incoming.group is None:
            self._spoken[incoming.chat] = found
            self._spoken.move_to_end(incoming.chat)
            if len(self._spoken) > CHATS:
                self._spoken.popitem(last=False)
        return found

    def spoken(self, chat: str) -> str | None:
        """The language that was last answered in, in a private chat; None where that is not remembered."""
        return self._spoken.get(chat)

    async def check(self, incoming: Incoming, command: Command) -> Role:
        """Whether the member may use a command here at all; gives their role. Raises `UserError`.

        Superusers pass everything; a group's own bans do not bind its admins.
        """
        role = self.role(incoming)
        if role >= Role.SUPERUSER:
            return role
        if incoming.group is not None:
            await self._check_group(incoming.group, command)
        if not command.even_banned:
            await self._check_member(incoming, role)
        if role < command.needs:
            key = "gate.needs_superuser" if command.needs is Role.SUPERUSER else "gate.needs_admin"
            raise UserError(key, command=command.name, zh=command.zh)
        return role

    @asynccontextmanager
    async def admit(self, incoming: Incoming, command: Command) -> AsyncIterator[Admission]:
        """Let a command run for as long as the block does. Raises `UserError` where it may not.

        A command that costs something holds its place in cooldown and quota while it runs, so that nobody gets more by
        asking for many at once; the place is given back where the block ends without `succeeded`.
        """
        role = await self.check(incoming, command)
        if not command.costs:
            yield Admission(role)
            return
        pace = self._pace(incoming.member)
        cost = _Cost(incoming.member, self.today(), pace, self._store.usage, self._clock)
        async with pace.lock:
            if role < Role.SUPERUSER:
                await self._refuse_hasty(incoming, pace, cost.day)
            pace.running += 1
        try:
            yield Admission(role, cost)
        finally:
            cost.release()

    # ---------------------------------------------------------------------------------------------------------------

    async def _check_group(self, id: str, command: Command) -> None:
        if self._settings.groups_allow and id not in self._settings.groups_allow:
            raise UserError("gate.group_not_allowed", group=id)
        group = await self._store.groups.get(id)
        self._refuse_banned("gate.group_banned", group.ban)
        if command.name in group.disabled and command.switchable:
            raise UserError("gate.switched_off", command=command.name, zh=command.zh)
        quiet = QuietHours.parse(group.quiet) if group.quiet and not command.always else None
        now = self.now()
        if quiet is not None and command.needs is Role.MEMBER and quiet.hold(now):
            until = f"{quiet.over_at(now).astimezone(self._zone):%H:%M}"
            raise UserError("gate.group_quiet", until=until)  # a bare 老婆 is then met with silence: bot.dispatch

    async def _check_member(self, incoming: Incoming, role: Role) -> None:
        self._refuse_banned("gate.banned", (await self._store.members.get(incoming.member)).ban)
        if incoming.group is not None and role < Role.ADMIN:
            self._refuse_banned("gate.banned_here", await self._store.group_bans.get(incoming.group, incoming.member))

    def _refuse_banned(self, key: str, ban: Ban | None) -> None:
        if ban is None or not ban.holds(self._now()):
            return
        values: dict[str, str] = {}
        if ban.until is not None:
            key += "_until"
            values["until"] = self.shown(ban.until)
        if ban.reason:
            key += "_because"
            values["reason"] = ban.reason
        raise UserError(key, **values)

    async def _refuse_hasty(self, incoming: Incoming, pace: _Pace, day: date) -> None:
        cooldown, quota = await self.limits(incoming.group)
        if quota == 0:
            raise UserError("gate.quota_zero")
        used = await self._store.usage.count(incoming.member, day)
        if used >= quota:
            left = self._until_midnight(day)
            raise UserError("gate.quota", quota=quota, hours=left // 60, minutes=left % 60, zone=self._zone.key)
        if pace.running >= AT_ONCE or used + pace.running >= quota:
            raise UserError("gate.too_many", running=pace.running)
        seconds = pace.answered + cooldown - self._clock()
        if seconds > 0:
            raise UserError("gate.cooldown", seconds=math.ceil(seconds))

    async def limits(self, group: str | None) -> tuple[float, int]:
        """Cooldown in seconds and commands a day; groups can lower either."""
        cooldown, quota = self._settings.cooldown_seconds, self._settings.quota_per_day
        if group is None:
            return cooldown, quota
        own = await self._store.groups.get(group)
        if own.cooldown_seconds is not None:
            cooldown = min(cooldown, own.cooldown_seconds)
        if own.quota_per_day is not None:
            quota = min(quota, own.quota_per_day)
        return cooldown, quota

    def _until_midnight(self, day: date) -> int:
        """Whole minutes, at least 1, until `day` ends in the bot's time zone."""
        midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), self._zone)
        # In UTC: two times of one zone are subtracted as clocks show them, which is wrong when summer time changes.
        seconds = (midnight.astimezone(UTC) - self._now().astimezone(UTC)).total_seconds()
        return max(1, math.ceil(seconds / 60))

    def _pace(self, member: str) -> _Pace:
        if member not in self._paces and len(self._paces) >= REMEMBERED:
            rested = self._clock() - self._settings.cooldown_seconds
            self._paces = {m: p for m, p in self._paces.items() if p.running or p.lock.locked() or p.answered > rested}
        return self._paces.setdefault(member, _Pace())


class _Cost:
    """The place of one running command in its member's cooldown and quota."""

    def __init__(self, member: str, day: date, pace: _Pace, usage: Usage, clock: Callable[[], float]) -> None:
        self.day = day  # on which it was asked for, and counts
        self._member = member
        self._pace = pace
        self._usage = usage
        self._clock = clock
        self._held = True

    async def spend(self, n: int) -> None:
        async with self._pace.lock:
            if not self._held:
                return
            self._pace.answered = self._clock()
            await self._usage.spend(self._member, self.day, n)
            self.release()

    def release(self) -> None:
        if self._held:
            self._held = False
            self._pace.running -= 1
