"""Hours of a day in which a group wants no pictures: `23:00-07:00`, over midnight too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

_TIME = r"(\d{1,2})(?:\s*[:：点时.]\s*(\d{2})?分?)?"
_HOURS = re.compile(rf"\s*{_TIME}\s*(?:-|–|—|~|～|到|至|to)\s*{_TIME}\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin`, which belongs to them, to `end`, which does not, as clocks in some time zone show them."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours | None:
        """`23:00-07:00`, `23-7`, `23点到7点`; None for what is no such hours, and for a whole day."""
        found = _HOURS.fullmatch(text)
        if found is None:
            return None
        begin, end = _clock(found[1], found[2]), _clock(found[3], found[4])
        return None if begin is None or end is None or begin == end else cls(begin, end)

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def hold(self, now: datetime) -> bool:
        """Whether a moment, in the time zone of the hours, lies in them."""
        clock = now.time()
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end

    def over_at(self, now: datetime) -> datetime:
        """When those that hold at `now` are over: the next time that clocks show `end`."""
        day = now.date() if now.time() < self.end else now.date() + timedelta(days=1)
        return datetime.combine(day, self.end, now.tzinfo).astimezone(UTC)


def _clock(hour: str, minute: str | None) -> time | None:
    """24:00 is midnight too."""
    minutes = int(hour) * 60 + int(minute or 0)
    return time(minutes // 60 % 24, minutes % 60) if minutes <= 24 * 60 and int(minute or 0) < 60 else None
