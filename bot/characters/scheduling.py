"""When characters are trained by themselves: a time of day or a cron line, in a time zone and through its changes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from loguru import logger

from bot.command import UserError
from bot.store import Store
from bot.store.schedules import KeptSchedule

NIGHTLY = "30 3 * * *"
LONGEST = 100  # characters of a line
WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
DAYS = WEEK + WEEK
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_FIELD = re.compile(r"[0-9a-z*/,\-]+")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a character is trained, with what holds where nobody has said otherwise."""

    cron: str
    zone: ZoneInfo
    enabled: bool
    minutes: float | None  # that a run may learn for; None: the bot's
    least: int | None  # new pictures since the last run; None: the default
    chosen: bool  # whether somebody has said so

    def next(self, now: datetime) -> datetime | None:
        """When it is due next after `now` (aware); None for never."""
        return LocalCron(self.cron, self.zone).get_next_fire_time(None, now) if self.enabled else None


class LocalCron(BaseTrigger):
    """A cron line by the clock on the wall.

    An hour that comes twice when summer ends counts once, the first time. What would be due in the hour that is left
    out when it begins is due as much later: nothing is skipped and nothing is done twice.
    """

    def __init__(self, cron: str, zone: tzinfo) -> None:
        """Raises ValueError for a line that cannot be read."""
        self._zone = zone
        # On a clock without any changes, which is then read as the local one.
        self._wall = [CronTrigger.from_crontab(line, timezone=UTC) for line in _translated(cron)]

    def get_next_fire_time(  # type: ignore[override]
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """The first moment after the last one and not before `now`, both aware; in the line's zone."""
        now = now.astimezone(self._zone)
        wall = now.replace(tzinfo=UTC, fold=0)
        if now.fold:  # the second time of that hour: of the first time all is done
            wall -= timedelta(hours=2)
        before = None if previous_fire_time is None else previous_fire_time.astimezone(UTC)
        for _ in range(1000):
            times = [line.get_next_fire_time(None, wall) for line in self._wall]
            found = min((time for time in times if time is not None), default=None)
            if found is None:
                return None
            moment = found.replace(tzinfo=self._zone, fold=0).astimezone(UTC)  # an hour that is not there moves on
            if moment >= now.astimezone(UTC) and (before is None or moment > before):
                return moment.astimezone(self._zone)
            wall = found + timedelta(seconds=1)
        return None


def cron_of(text: str) -> str:
    """A time ("4:30") or a cron line as a cron line. Raises `UserError`."""
    text = " ".join(text.strip().lower().split())
    if match := _TIME.fullmatch(text):
        return f"{int(match[2])} {int(match[1])} * * *"
    try:
        if len(text) > LONGEST or LocalCron(text, UTC).get_next_fire_time(None, datetime.now(UTC)) is None:
            raise ValueError
    except ValueError:
        raise UserError("retrain.schedule_unreadable", text=text[:LONGEST]) from None
    return text


@cache
def zones() -> Mapping[str, str]:
    """The time zones of the IANA database that this machine knows, by their names in small letters. Reads files."""
    return {name.casefold(): name for name in sorted(available_timezones())}


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name, as people type it: `asia/tokyo`, or `Tokyo` where no other ends so. Reads files. Raises
    `UserError`."""
    typed = "_".join(name.casefold().split())
    ends = [whole for short, whole in zones().items() if short.rpartition("/")[2] == typed]
    found = zones().get(typed) or (ends[0] if len(ends) == 1 else None)
    if found is None:
        raise UserError("retrain.zone_unknown", zone=name.strip()[:LONGEST])
    return ZoneInfo(found)


class Scheduling:
    """Schedules as they are kept; `changed` is awaited when one was."""

    def __init__(self, store: Store, zone: str, changed: Callable[[int], Awaitable[None]] | None = None) -> None:
        """`zone` is that of who has not said otherwise."""
        self._store = store
        self._zone = zone
        self._unknown: set[str | None] = set()  # zones that were complained of
        self.changed = changed

    async def get(self, character: int) -> Schedule:
        return self.resolved(await self._store.schedules.get(character))

    def resolved(self, kept: KeptSchedule | None) -> Schedule:
        """A schedule with what holds where nobody has said otherwise."""
        if kept is None:
            return Schedule(NIGHTLY, ZoneInfo(self._zone), True, None, None, False)
        return Schedule(kept.cron, self._kept_zone(kept), kept.enabled, kept.minutes, kept.least, True)

    def _kept_zone(self, kept: KeptSchedule) -> ZoneInfo:
        """The bot's own in place of one that this machine does not know, such as after a move to another one."""
        try:
            return ZoneInfo(kept.timezone or self._zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            if kept.timezone not in self._unknown:  # schedules are looked at every minute
                self._unknown.add(kept.timezone)
                logger.warning("no time zone {!r} is known here: {} stands in for it", kept.timezone, self._zone)
            return ZoneInfo(self._zone)

    async def set(
        self,
        character: int,
        *,
        when: str | None = None,
        zone: str | None = None,
        enabled: bool | None = None,
        minutes: float | None = None,
        least: int | None = None,
    ) -> Schedule:
        """Change what is given and leave the rest. Raises `UserError`, and then nothing has changed."""
        kept = await self._store.schedules.get(character) or KeptSchedule(character, NIGHTLY)
        if when is not None:
            kept = replace(kept, cron=cron_of(when), enabled=True)
        if zone is not None:
            kept = replace(kept, timezone=(await asyncio.to_thread(zone_of, zone)).key)
        if enabled is not None:
            kept = replace(kept, enabled=enabled)
        if minutes is not None:
            kept = replace(kept, minutes=minutes)
        if least is not None:
            kept = replace(kept, least=least)
        await self._store.schedules.put(kept)
        if self.changed is not None:
            await self.changed(character)
        return self.resolved(kept)

    async def reset(self, character: int) -> Schedule:
        """Back to the default."""
        await self._store.schedules.forget(character)
        if self.changed is not None:
            await self.changed(character)
        return self.resolved(None)


def _translated(cron: str) -> list[str]:
    """A cron line as APScheduler reads it, which counts the days of the week from Monday where cron does from Sunday.

    Where both kinds of days are named either will do, and there are two lines. Raises ValueError.
    """
    fields = cron.split()
    if len(fields) != 5 or not all(_FIELD.fullmatch(field) for field in fields):
        raise ValueError(f"a cron line has five fields: {cron!r}")
    *before, month_day, month, week_day = fields
    if week_day == "*":
        return [cron]
    days = ",".join(dict.fromkeys(DAYS[day] for part in week_day.split(",") for day in _days(part)))
    lines = [" ".join([*before, "*", month, days])]
    return lines if month_day == "*" else [*lines, " ".join([*before, month_day, month, "*"])]


def _days(part: str) -> range:
    """The days, counted from Sunday, of one item of their field: `1-5`, `*/2`, `7`, `fri-sun`; 7 and beyond go round.

    Raises ValueError.
    """
    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    begin = 0 if span == "*" else _day(first)
    end = _day(last) if dash else 6 if slash or span == "*" else begin
    return range(begin, (end if end >= begin else end + 7) + 1, int(step) if slash else 1)


def _day(text: str) -> int:
    day = int(text) if text.isdigit() else WEEK.index(text)
    if day > 7:
        raise ValueError(f"no day of the week: {text!r}")
    return day
