"""The clock and the time zone."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.doctor.discord import API
from bot.doctor.finding import Finding, good, note, warn
from bot.doctor.network import PATIENCE

if TYPE_CHECKING:
    from bot.settings import Settings

ELSEWHERE = ("https://pypi.org/", "https://pypi.tuna.tsinghua.edu.cn/")
FAR = 60.0  # seconds off; certificates and signatures of S3 begin to fail at some minutes


async def check_clock(settings: Settings) -> list[Finding]:
    """The clock agrees with somebody else's: Discord's, or that of who serves Python's packages."""
    here = datetime.now(ZoneInfo(settings.timezone))
    values = {"now": here.strftime("%Y-%m-%d %H:%M"), "zone": settings.timezone}
    discord = settings.discord_api_base or API
    addresses = {discord: settings.discord_proxy} | dict.fromkeys(ELSEWHERE)
    asked = [asyncio.create_task(_off(address, proxy)) for address, proxy in addresses.items()]
    try:
        for answer in asyncio.as_completed(asked):
            off = await answer
            if off is None:
                continue
            if abs(off) > FAR:
                return [warn("clock", "behind" if off < 0 else "ahead", minutes=f"{abs(off) / 60:.0f}", **values)]
            return [good("clock", "right", **values)]
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    return [note("clock", "unknown", **values)]


async def _off(address: str, proxy: str | None) -> float | None:
    """Seconds that our clock is ahead of the one at `address`, to a second or two; None where nobody says."""
    import aiohttp

    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession(trust_env=True) as http,
            http.head(address, proxy=proxy, allow_redirects=False) as answer,
        ):
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError):
        return None
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    return time.time() - theirs.timestamp()
