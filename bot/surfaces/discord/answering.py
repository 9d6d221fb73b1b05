"""Answers one interaction: `InteractionResponder`; one message: `MessageResponder`.

An interaction is acknowledged within three seconds, before anything is known of its answer, and whether the answer is
for one alone is decided then (Discord, Receiving and Responding, "Followup Messages": the first one takes the place of
"is thinking…", as visible as that was). So what draws is for all, and what only talks for who asked. An answer for one
where all see the bot thinking takes that message away and is sent beside it. For 15 minutes the interaction's own
token does all that; a later answer is an ordinary message, where the bot may write.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast

import aiohttp
import discord
from loguru import logger

from bot.command import Reply
from bot.services import Services
from bot.surfaces.base import SendFailed
from bot.surfaces.discord.outgoing import LIMIT, NOBODY, Draft

TOKEN_SECONDS = 15 * 60 - 30.0  # with a margin for the answer's own way
PROGRESS_SECONDS = 1.0  # between two edits that say how far it is
PATIENCE = 3.0  # seconds that an answer waits for such an edit: overtaken, it would be written over

UNKNOWN = frozenset({10062, 10015, 10008, 50027})  # interaction, webhook, message; invalid webhook token
TOO_LARGE = 40005
NO_HISTORY = 160002  # cannot reply without permission to read message history

Failure = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, RuntimeError)
"""What may come of any request; aiohttp says RuntimeError where the connection's session was closed meanwhile."""


class InteractionResponder:
    """One interaction that was deferred (`ephemeral` or not) when the clock showed `asked_at`."""

    def __init__(
        self,
        services: Services,
        interaction: discord.Interaction[Any],
        *,
        ephemeral: bool,
        sent: Callable[[Reply], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services, self._interaction, self._ephemeral = services, interaction, ephemeral
        self._sent, self._clock, self._asked_at = sent, clock, clock()
        self._thinking = True  # the deferred message still waits for its answer
        self._said_at = -PROGRESS_SECONDS
        self._saying: asyncio.Task[None] | None = None
        self._answered = False

    async def send(self, reply: Reply) -> str | None:
        """Send an answer. One that Discord finds too large goes again with smaller pictures; one whose token is over
        goes as an ordinary message. Gives no id for what only one member sees. Raises `SendFailed`."""
        await self._quiet()
        draft = Draft(self._services, reply)
        await draft.fit(self._interaction.filesize_limit or LIMIT)
        alone = reply.private or reply.failed or self._ephemeral
        while True:
            try:
                id = await self._deliver(draft, alone)
            except discord.HTTPException as error:
                if is_too_large(error) and await draft.shrink():
                    continue
                raise SendFailed(said_by(error)) from None
            except Failure as error:
                raise SendFailed(type(error).__name__) from None
            self._sent(reply)
            return id

    async def progress(self, text: str, fraction: float | None) -> None:
        """Write it into the message that says that the bot is thinking."""
        now = self._clock()
        busy = self._saying is not None and not self._saying.done()
        if busy or self._answered or not self._thinking or not text:
            return
        if now - self._said_at < PROGRESS_SECONDS or self._late:
            return
        self._said_at = now
        self._saying = asyncio.create_task(self._say(text))

    async def delete(self, message_id: str) -> bool:
        """Delete one of the bot's messages in this channel."""
        channel_id = self._interaction.channel_id
        return channel_id is not None and await take_back(self._interaction.client, channel_id, message_id)

    async def settle(self) -> None:
        """It is over: where no answer came, the bot is not thinking any more."""
        await self._quiet()
        if not self._late:
            await self._stop_thinking()

    # ---------------------------------------------------------------------------------------------------------------

    @property
    def _late(self) -> bool:
        # By our own watch: discord.py's compares the machine's clock with Discord's, and clocks go wrong.
        return self._clock() - self._asked_at > TOKEN_SECONDS

    async def _deliver(self, draft: Draft, alone: bool) -> str | None:
        parts = draft.parts()
        if not self._late:
            try:
                return await self._by_token(parts, alone)
            except discord.HTTPException as error:
                if error.code not in UNKNOWN:
                    raise
                parts = draft.parts()
        return await self._in_channel(parts, alone)

    async def _by_token(self, parts: list[dict[str, Any]], alone: bool) -> str | None:
        if alone and not self._ephemeral:
            await self._stop_thinking()
        message: discord.Message | None = None
        for part in parts:
            if self._thinking:
                edited: dict[str, Any] = {**part, "content": part["content"] or None}
                edited["attachments"] = edited.pop("files", [])
                message = await self._interaction.edit_original_response(**edited)
                self._thinking = False
            else:
                message = await self._interaction.followup.send(**part, ephemeral=alone, wait=True)
        return None if alone or message is None else str(message.id)

    async def _in_channel(self, parts: list[dict[str, Any]], alone: bool) -> str | None:
        """As an ordinary message: what is for one alone is not sent where others would read it."""
        channel = cast(discord.abc.Messageable | None, self._interaction.channel)
        if channel is None or (alone and self._interaction.guild_id is not None):
            raise SendFailed("the interaction's 15 minutes are over")
        message = None
        for part in parts:
            message = await channel.send(**part)
        return None if message is None else str(message.id)

    async def _stop_thinking(self) -> None:
        if not self._thinking:
            return
        self._thinking = False
        try:
            await self._interaction.delete_original_response()
        except Failure as error:
            logger.debug("discord: a message did not go away: {}", type(error).__name__)

    async def _say(self, text: str) -> None:
        try:
            await self._interaction.edit_original_response(content=text, allowed_mentions=NOBODY)
        except Failure as error:
            logger.debug("discord: progress was not shown: {}", type(error).__name__)

    async def _quiet(self) -> None:
        """No word on how far it is after the answer."""
        self._answered = True
        if self._saying is not None:
            _, late = await asyncio.wait({self._saying}, timeout=PATIENCE)
            for task in late:
                task.cancel()


class MessageResponder:
    """Answers a message by replying to it."""

    TYPING_SECONDS = 9.0  # that Discord shows "is typing…" for

    def __init__(
        self,
        services: Services,
        client: discord.Client,
        message: discord.Message,
        *,
        sent: Callable[[Reply], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services, self._client, self._message = services, client, message
        self._sent, self._clock = sent, clock
        self._typed_at = -self.TYPING_SECONDS

    async def send(self, reply: Reply) -> str | None:
        """Send an answer; smaller where it is too large. Raises `SendFailed`."""
        guild = self._message.guild
        id = await send_to(
            self._services, self._message.channel, reply, guild.filesize_limit if guild else LIMIT, self._message
        )
        self._sent(reply)
        return id

    async def progress(self, text: str, fraction: float | None) -> None:
        """The bot is typing: less of a noise than a message that says so."""
        now = self._clock()
        if now - self._typed_at < self.TYPING_SECONDS:
            return
        self._typed_at = now
        try:
            await self._message.channel.typing()
        except Failure as error:
            logger.debug("discord: progress was not shown: {}", type(error).__name__)

    async def delete(self, message_id: str) -> bool:
        """Delete one of the bot's messages in this channel."""
        return await take_back(self._client, self._message.channel.id, message_id)


async def send_to(
    services: Services,
    channel: discord.abc.Messageable,
    reply: Reply,
    limit: int,
    answered: discord.Message | None = None,
) -> str | None:
    """Send to a channel, as a reply to `answered` where that may be; gives the message's id. Raises `SendFailed`."""
    draft = Draft(services, reply)
    await draft.fit(limit)
    while True:
        message: discord.Message | None = None
        try:
            for part in draft.parts():
                if answered is not None and message is None:
                    part["reference"] = answered.to_reference(fail_if_not_exists=False)
                message = await channel.send(**part)
            return None if message is None else str(message.id)
        except discord.HTTPException as error:
            if answered is not None and error.code == NO_HISTORY:
                answered = None
            elif not (is_too_large(error) and await draft.shrink()):
                raise SendFailed(said_by(error)) from None
        except Failure as error:
            raise SendFailed(type(error).__name__) from None


async def take_back(client: discord.Client, channel_id: int, message_id: str) -> bool:
    """Delete a message of the bot's; False where Discord refuses."""
    try:
        await client.get_partial_messageable(channel_id).get_partial_message(int(message_id)).delete()
    except (*Failure, ValueError) as error:
        logger.info("discord: a message was not taken back: {}", type(error).__name__)
        return False
    return True


def is_too_large(error: discord.HTTPException) -> bool:
    return error.status == 413 or error.code == TOO_LARGE


def said_by(error: discord.HTTPException) -> str:
    """What Discord said, for the log: numbers, and what is missing where it is a permission."""
    missing = " (a permission is missing: docs/discord.md)" if error.status == 403 else ""
    return f"HTTP {error.status}, code {error.code}{missing}"
