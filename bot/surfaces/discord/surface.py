"""The surface itself: stays connected as well as it can, says how it is, and speaks where nobody asked."""

from __future__ import annotations

import asyncio
import importlib
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from loguru import logger

from bot.command import Reply, Role
from bot.services import Services
from bot.surfaces.base import KnownGroup, SendFailed, Surface, SurfaceHealth

if TYPE_CHECKING:
    import discord

    from bot.surfaces.discord.client import OneClient, ShardedClient

RETRY_SECONDS = 5.0  # after the first failure, then twice as long each time
LONGEST_RETRY_SECONDS = 300.0
CLOSE_SECONDS = 3.0

_CHAT = re.compile(r"discord:(?:@(?P<user>\d{1,20})|(?P<guild>\d{1,20})(?:/(?P<channel>\d{1,20}))?)", re.ASCII)
_MEMBER = re.compile(r"discord:(?P<user>\d{1,20})", re.ASCII)

WRONG_TOKEN = "Discord does not accept DISCORD_TOKEN; make a new one at https://discord.com/developers/applications"
LOST = "the connection to Discord is lost; trying again"
UNREACHED = "Discord's gateway cannot be reached; trying again"

# Gateway close codes after which trying again would change nothing (Discord, Opcodes and Status Codes).
_HOPELESS = {
    4004: WRONG_TOKEN,
    4010: "DISCORD_SHARDS does not fit",
    4011: "the bot is in too many servers for one connection: set DISCORD_SHARDS=auto",
    4013: "Discord refuses the bot's intents",
    4014: "Discord refuses the bot's intents",
}


class DiscordSurface(Surface):
    """Discord, where `DISCORD_TOKEN` is set. `guild_ready_timeout` and `retry` are seconds."""

    name = "discord"

    def __init__(
        self, services: Services, *, guild_ready_timeout: float | None = None, retry: float = RETRY_SECONDS
    ) -> None:
        self._services, self._retry = services, retry
        self._options = {} if guild_ready_timeout is None else {"guild_ready_timeout": guild_ready_timeout}
        self._client: OneClient | ShardedClient | None = None
        self._staying: asyncio.Task[None] | None = None
        self._health = SurfaceHealth("off", "no DISCORD_TOKEN")

    async def start(self) -> None:
        if self._services.settings.discord_token is None:
            return
        self._health = SurfaceHealth("starting")
        self._staying = asyncio.create_task(self._stay(), name="discord")

    async def stop(self) -> None:
        staying, self._staying = self._staying, None
        self._health = SurfaceHealth("off", "stopped" if staying else self._health.detail)
        if staying is None:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                if self._client is not None:
                    await self._client.close()
        except TimeoutError:
            logger.warning("discord: the connection did not close in time")
        staying.cancel()
        await asyncio.gather(staying, return_exceptions=True)

    def health(self) -> SurfaceHealth:
        if self._health.state != "up" or self._client is None:
            return self._health
        n = len(self._client.guilds)
        return SurfaceHealth("up", f"in {n} server{'' if n == 1 else 's'}")

    async def tell(self, chat: str, reply: Reply) -> str | None:
        """To a private chat `discord:@2002`, a channel `discord:4004/5005`, or a server `discord:4004`: there where the
        bot was last spoken to, else in the system channel, else in the first that it may write in."""
        found, client = _CHAT.fullmatch(chat), self._client
        if found is None:
            raise SendFailed(f"{chat!r} is no chat on Discord")
        if client is None or self._health.state != "up":
            raise SendFailed("not connected to Discord")
        answering = importlib.import_module("bot.surfaces.discord.answering")
        try:
            if found["user"]:
                user = client.get_user(int(found["user"])) or await client.fetch_user(int(found["user"]))
                channel: Any = await user.create_dm()
                limit = answering.LIMIT
            else:
                channel, limit = self._channel(client, int(found["guild"]), found["channel"])
        except answering.Failure as error:
            raise SendFailed(f"{chat} cannot be written to: {type(error).__name__}") from None
        return await answering.send_to(self._services, channel, reply, limit)

    async def groups(self) -> Sequence[KnownGroup]:
        if self._client is None:
            return ()
        return [KnownGroup(f"discord:{g.id}", g.name, g.member_count) for g in self._client.guilds]

    async def role_of(self, group: str, member: str) -> Role | None:
        """`bot.surfaces.roles.KnowsMembers`."""
        server, user, client = _CHAT.fullmatch(group), _MEMBER.fullmatch(member), self._client
        guild = client.get_guild(int(server["guild"])) if client and server and server["guild"] else None
        if guild is None or user is None:
            return None
        try:
            found = await guild.fetch_member(int(user["user"]))
        except Exception as error:  # not in the server, or Discord does not answer
            logger.debug("discord: a member's role is not known: {}", type(error).__name__)
            return None
        hearing = importlib.import_module("bot.surfaces.discord.hearing")
        return hearing.role(found, found.guild_permissions.manage_guild, self._services.settings.discord_admin_roles)

    def is_me(self, member: str) -> bool:
        """`bot.surfaces.roles.KnowsMembers`."""
        me = self._client.user if self._client else None
        return me is not None and member == f"discord:{me.id}"

    # ----------------------------------------------------------------------------------------------------------------

    async def _stay(self) -> None:
        """Be connected until stopped, or until it cannot be."""
        # In a thread: discord.py takes a while to load, and others are being answered.
        module = await asyncio.to_thread(importlib.import_module, "bot.surfaces.discord.client")
        token = self._services.settings.discord_token
        assert token is not None
        delay = self._retry
        while True:
            self._client = client = module.build(self._services, self._changed, **self._options)
            try:
                async with client:
                    await client.start(token.get_secret_value())
                reason, hopeless = LOST, False
            except Exception as error:
                if self._health.state == "up":
                    delay = self._retry  # it was well for a while
                reason, hopeless = _why(error, client)
            self._say(reason)
            if hopeless:
                return
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_RETRY_SECONDS)

    def _changed(self, connected: bool) -> None:
        """Connections come and go several times a day, as Discord wants it: no more than a line for who looks."""
        if self._staying is None:
            return
        if connected:
            if self._health.state != "up":
                logger.info("discord: connected")
            self._health = SurfaceHealth("up")
        elif self._health.state == "up":
            logger.info("discord: {}", LOST)
            self._health = SurfaceHealth("failed", LOST)
        elif self._health.state == "starting":
            self._say(UNREACHED)

    def _say(self, reason: str) -> None:
        """Once for each reason: a night without Discord is one line."""
        if self._staying is None:
            return
        if self._health.detail != reason:
            logger.error("discord: {}", reason)
        self._health = SurfaceHealth("failed", reason)

    def _channel(self, client: discord.Client, guild_id: int, channel_id: str | None) -> tuple[Any, int]:
        """Where to speak in a server, and its limit in bytes. Raises `SendFailed`."""
        guild = client.get_guild(guild_id)
        if guild is None:
            raise SendFailed("the bot is not in that server")
        if channel_id is not None:
            return client.get_partial_messageable(int(channel_id), guild_id=guild_id), guild.filesize_limit
        for channel in self._candidates(guild):
            allowed = channel.permissions_for(guild.me)
            if allowed.view_channel and allowed.send_messages:
                return channel, guild.filesize_limit
        raise SendFailed("there is no channel in that server that the bot may write in")

    def _candidates(self, guild: discord.Guild) -> Iterator[Any]:
        assert self._client is not None
        heard = guild.get_channel_or_thread(self._client.heard_in.get(guild.id, 0))
        yield from (channel for channel in (heard, guild.system_channel) if channel is not None)
        yield from guild.text_channels


def _why(error: Exception, client: discord.Client) -> tuple[str, bool]:
    """What went wrong, in words that hold no token, and whether trying again is of no use."""
    import aiohttp
    import discord

    proxied = " through DISCORD_PROXY" if client.http.proxy else ""
    match error:
        case discord.LoginFailure():
            return WRONG_TOKEN, True
        case discord.ConnectionClosed(code=code) if code in _HOPELESS:
            return _HOPELESS[code], True
        case discord.PrivilegedIntentsRequired():
            return _HOPELESS[4014], True
        case discord.HTTPException(status=429):
            return "Discord has had too many requests from this address; trying again later", False
        case discord.HTTPException(status=status):
            return f"Discord answers with HTTP {status}; trying again", False
        case aiohttp.ClientError() | OSError() | TimeoutError() | discord.GatewayNotFound():
            return f"Discord cannot be reached{proxied} ({type(error).__name__}); trying again", False
        case AttributeError() if client.ws is None:  # discord.py trips over the connection that it never had
            return UNREACHED, False
        case _:
            logger.opt(exception=error).error("discord: the client broke down")
            return f"the client broke down ({type(error).__name__}); trying again", False
