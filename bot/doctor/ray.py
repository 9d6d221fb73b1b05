"""Ray, where the pool is on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.doctor.finding import Finding, bad, good, note, warn
from bot.doctor.network import PATIENCE, trouble
from bot.doctor.python import extra, is_installed

if TYPE_CHECKING:
    from bot.settings import Settings


async def check_ray(settings: Settings) -> list[Finding]:
    """Where POOL=ray: Ray is there, and its cluster answers at RAY_ADDRESS."""
    if settings.pool != "ray":
        return [] if settings.ray_address is None else [warn("ray", "unused")]
    if not is_installed("ray"):
        return [bad("ray", "missing", command=extra("ray"))]
    address = settings.ray_address
    if address in (None, "local"):
        return [good("ray", "own")]
    if address == "auto":
        return [note("ray", "auto")]
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not host or not port.isdecimal():
        return [bad("ray", "address", address=address)]
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except OSError as error:
        return [bad("ray", "unreachable", address=address, why=trouble(error, host))]
    writer.close()
    return [good("ray", "joined", address=address)]
