"""QQ: the addresses that the bot connects to, or who may connect to it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from bot.doctor.finding import Finding, bad, good, note, warn
from bot.doctor.network import PATIENCE, trouble
from bot.doctor.port import health_of

if TYPE_CHECKING:
    from bot.settings import Settings

FIRST_WORD = 5.0  # seconds in which a OneBot program says who it is, which it does at once


async def check_onebot(settings: Settings) -> list[Finding]:
    """Each address of ONEBOT_WS_URLS lets us in; without any, who may come to us."""
    if settings.onebot_ws_urls:
        return list(await asyncio.gather(*(_knock(url, settings) for url in sorted(settings.onebot_ws_urls))))
    where = f"ws://{'<IP>' if settings.host in ('0.0.0.0', '::') else settings.host}:{settings.port}/onebot/v11/ws"
    health = await health_of(settings)
    state = (health or {}).get("surfaces", {}).get("qq", {}).get("state")
    if state == "up":
        return [good("onebot", "connected")]
    if not settings.loopback and settings.onebot_access_token is None:
        return [warn("onebot", "closed", host=settings.host)]
    return [note("onebot", "waiting", where=where)]


async def _knock(url: str, settings: Settings) -> Finding:
    import aiohttp

    parts = urlsplit(url)
    shown = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    host = parts.netloc.rpartition("@")[2]
    token = settings.onebot_access_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    if parts.scheme not in ("ws", "wss") or not host:
        return bad("onebot", "address", url=shown)
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession() as http,
            http.ws_connect(url, headers=headers) as peer,
        ):
            return await _listen(peer, shown, token is not None)
    except aiohttp.WSServerHandshakeError as error:
        if error.status in (401, 403):
            return bad("onebot", "refused" if token else "token_wanted", url=shown)
        return bad("onebot", "no_websocket", url=shown, status=error.status)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return bad("onebot", "unreachable", url=shown, why=trouble(error, host))


async def _listen(peer: Any, shown: str, with_token: bool) -> Finding:
    """The first thing that is said: OneBot's lifecycle event, or NapCat's 1403 for a wrong token."""
    try:
        frame = json.loads(await peer.receive_str(timeout=FIRST_WORD))
    except TimeoutError:
        return warn("onebot", "silent", url=shown)
    except (TypeError, ValueError):
        return bad("onebot", "no_onebot", url=shown)
    if isinstance(frame, dict) and frame.get("post_type"):
        return good("onebot", "up", url=shown, account=frame.get("self_id", "?"))
    if isinstance(frame, dict) and frame.get("retcode") == 1403:
        return bad("onebot", "refused" if with_token else "token_wanted", url=shown)
    return bad("onebot", "no_onebot", url=shown)
