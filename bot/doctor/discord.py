"""Discord: whether the token opens the door, and whether the roles that are named there exist."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.doctor.finding import Finding, bad, good, note, warn
from bot.doctor.network import PATIENCE, trouble

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from bot.settings import Settings

API = "https://discord.com/api/v10"
USER_AGENT = "DiscordBot (https://github.com/nijigen/nijigen, doctor)"
"""Discord wants one of this form (API reference, "User Agent")."""

TOKEN = re.compile(r"[\w-]{18,}\.[\w-]{6,}\.[\w-]{25,}")
"""What a bot's token looks like: its id, a time and a signature in base64url."""

MOST_SERVERS = 5
"""In which roles are looked up; a bot that is in more is not asked about them."""


async def check_discord(settings: Settings) -> list[Finding]:
    """The token opens Discord's door (`GET /users/@me`), and the roles that make admins are there."""
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
                found = [good("discord", "ready", name=me["username"])]
                strange = await _strange_roles(http, base, settings)
                return found if not strange else [*found, warn("discord", "roles", roles=", ".join(map(str, strange)))]
            status = answer.status
    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError) as error:
        what = "unreachable_proxy" if settings.discord_proxy else "unreachable"
        return [bad("discord", what, why=trouble(error, host))]
    if status == 401:
        return [bad("discord", "refused" if TOKEN.fullmatch(token) else "no_token")]
    if status == 429:
        return [warn("discord", "busy")]
    return [bad("discord", "strange", host=host, status=status)]


async def _strange_roles(http: ClientSession, base: str, settings: Settings) -> list[int]:
    """The roles of DISCORD_ADMIN_ROLES that are in none of the bot's servers; none where that cannot be told. Raises as
    requests do."""
    strange = set(settings.discord_admin_roles)
    if not strange:
        return []
    options: dict[str, Any] = {"proxy": settings.discord_proxy, "allow_redirects": False}
    async with http.get(f"{base}/users/@me/guilds", **options) as answer:
        servers = await answer.json() if answer.status == 200 else []
    if not 0 < len(servers) <= MOST_SERVERS:
        return []
    for server in servers:
        async with http.get(f"{base}/guilds/{int(server['id'])}/roles", **options) as answer:
            if answer.status != 200:
                return []
            strange -= {int(role["id"]) for role in await answer.json()}
    return sorted(strange)
