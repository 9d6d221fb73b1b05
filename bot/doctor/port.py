"""The bot's own port: free, taken, or the running bot's."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from typing import TYPE_CHECKING, Any

from bot.doctor.finding import Finding, bad, good, warn

if TYPE_CHECKING:
    from bot.settings import Settings


async def check_port(settings: Settings) -> list[Finding]:
    """HOST:PORT is free, or it is this bot that has it."""
    where = f"{settings.host}:{settings.port}"
    try:
        await asyncio.to_thread(_bind, settings)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return [await _who_is_there(settings)]
        if error.errno == errno.EACCES:
            return [bad("port", "privileged", port=settings.port)]
        return [bad("port", "host", host=settings.host, words=error.strerror or error)]
    if settings.loopback:
        return [good("port", "free_here", where=where)]
    return [good("port", "free", where=where)]


def _bind(settings: Settings) -> None:
    """As the bot does it (bot/server.py), and let go of it again."""
    family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family) as sock:
        if os.name != "nt":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)


async def _who_is_there(settings: Settings) -> Finding:
    health = await health_of(settings)
    if health is None:
        return bad("port", "taken", port=settings.port)
    if health.get("status") != "ok":
        return warn("port", "starting", port=settings.port)
    troubled = [
        f"{name} ({surface.get('detail', '')})"
        for name, surface in health.get("surfaces", {}).items()
        if surface.get("state") == "failed"
    ]
    if troubled:
        return warn("port", "running_troubled", port=settings.port, names="; ".join(troubled))
    return good("port", "running", port=settings.port)


async def health_of(settings: Settings) -> dict[str, Any] | None:
    """`/healthz` of the bot that runs on HOST:PORT; None where none does. Nobody is told the password: whoever has
    the port need not be the bot."""
    import aiohttp

    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    timeout = aiohttp.ClientTimeout(total=3.0)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"http://{host}:{settings.port}/healthz") as answer,
        ):
            body = await answer.json()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
    return body if isinstance(body, dict) and body.get("status") in ("ok", "starting") else None
