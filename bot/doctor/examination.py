"""All checks at once, each bounded, told in one order."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable

from bot.doctor.configured import Configuration
from bot.doctor.engine import check_house, check_networks, check_pictures
from bot.doctor.finding import Finding, note, warn
from bot.doctor.python import check_packages, check_python
from bot.doctor.settings import check_settings

LIMIT = 10.0  # seconds a check may take
LOADING = 60.0  # seconds that libraries may take to load: torch from a cold, slow disk needs most of a minute
ENDING = 5.0  # seconds more, to end a process that took too long
NEEDED = ("aiohttp", "pydantic_settings", "sqlalchemy", "dotenv")
"""What the checks of everything else are made with."""

Check = Callable[[], Awaitable[list[Finding]]]


async def examine(configuration: Configuration) -> AsyncIterator[Finding]:
    """Every finding, as soon as those before it are known. Never raises."""
    running = [asyncio.create_task(_bounded(name, check, limit)) for name, check, limit in _checks(configuration)]
    try:
        for task in running:
            for finding in await task:
                yield finding
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _checks(configuration: Configuration) -> list[tuple[str, Check, float]]:
    """(name, check, seconds) in the order of the report."""
    settings = configuration.settings
    checks: list[tuple[str, Check, float]] = [
        ("python", check_python, LIMIT),
        ("packages", check_packages, LIMIT),
        ("settings", lambda: check_settings(configuration), LIMIT),
        ("pictures", lambda: check_pictures(LOADING), LOADING + ENDING),
    ]
    if settings is None or not all(importlib.util.find_spec(name) for name in NEEDED):
        return [*checks, ("rest", _rest, LIMIT)]

    from bot.doctor.clock import check_clock
    from bot.doctor.database import check_database
    from bot.doctor.discord import check_discord
    from bot.doctor.disk import check_disk
    from bot.doctor.files import check_files
    from bot.doctor.onebot import check_onebot
    from bot.doctor.port import check_port
    from bot.doctor.ray import check_ray

    return [
        *checks,
        ("torch", lambda: check_networks(settings, LOADING), LOADING + ENDING),
        ("house", lambda: check_house(LOADING), LOADING + ENDING),
        ("ray", lambda: check_ray(settings), LIMIT),
        ("disk", lambda: check_disk(settings), LIMIT),
        ("database", lambda: check_database(settings), LIMIT),
        ("files", lambda: check_files(settings, LIMIT), LIMIT + ENDING),
        ("clock", lambda: check_clock(settings), LIMIT),
        ("port", lambda: check_port(settings), LIMIT),
        ("onebot", lambda: check_onebot(settings), LIMIT),
        ("discord", lambda: check_discord(settings), LIMIT),
    ]


async def _rest() -> list[Finding]:
    return [note("rest", "later")]


async def _bounded(name: str, check: Check, limit: float) -> list[Finding]:
    try:
        async with asyncio.timeout(limit):
            return await check()
    except TimeoutError:
        return [warn(name, "check_slow")]
    except Exception as error:
        return [warn(name, "check_failed", error=f"{type(error).__name__}: {error}")]
