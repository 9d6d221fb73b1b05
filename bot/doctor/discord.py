"""Discord: whether the token opens the door."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.doctor.finding import Finding, bad, good, note, warn
from bot.doctor.network import PATIENCE, trouble

if TYPE_CHECKING:
    from bot.settings import Settings

API = "https://discord.com/api/v10"
USER_AGENT = "DiscordBot (https://github.com/nijigen/nijigen, doctor)"
"""Discord wants one of this form (API reference, "User Agent")."""

TOKEN = re.compile(r"[\w-]{18,}\.[\w-]{6,}\.[\w-]{25,}")
"""What a bot's token looks like: its id, a time and a signature in base64url."""


async def check_discord(settings: Settings) -> list[Finding]:
    """The token opens Discord's door (`GET /users/@me`)."""
    import aiohttp

    if settings.discord_token is None:
        return [note("discord", "off")]
    token = settings.discord_token.get_secret_value()
    if token != token.strip() or any(c.isspace() for c in token) or not token.isascii():
        return [bad("discord", "spaces")]
    base = (settings.discord_api_base or API).rstrip("/")
    host = urlsplit(base).netloc.rpartition("@")[2]
    headers = {"Authorization": f"Bot {token}", "User-Agent": USER_AGENT}
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession(headers=headers) as http,
            http.get(f"{base}/users/@me", proxy=settings.discord_proxy, allow_redirects=False) as answer,
        ):
            if answer.status == 200:
                me = await answer.json()
                return [good("discord", "ready", name=me["username"])]
            status = answer.status
    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError) as error:
        what = "unreachable_proxy" if settings.discord_proxy else "unreachable"
        return [bad("discord", what, why=trouble(error, host))]
    if status == 401:
        return [bad("discord", "refused" if TOKEN.fullmatch(token) else "no_token")]
    if status == 429:
        return [warn("discord", "busy")]
    return [bad("discord", "strange", host=host, status=status)]
