"""When the next request to a host may go out, and what it says itself about that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class Clock:
    """The time that passes; tests have one that passes faster."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class Pace:
    """Of one host: at most one request every `interval` seconds, and none while it wants to be left alone."""

    def __init__(self, interval: float, clock: Clock) -> None:
        self.interval = interval
        self._clock = clock
        self._next = clock.now()

    async def turn(self) -> None:
        """Wait until a request may go out."""
        while (wait := self._next - self._clock.now()) > 0:
            await self._clock.sleep(wait)
        self._next = self._clock.now() + self.interval

    def hold(self, seconds: float) -> None:
        """Nothing goes out for so long."""
        self._next = max(self._next, self._clock.now() + seconds)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a host asks to be left alone for; None where it does not say. RFC 9110, 10.2.3: seconds or a date.

    A date is read by the clock of the host that wrote it, where it told the time.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    if (until := _date(text)) is None:
        return None
    now = _date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
