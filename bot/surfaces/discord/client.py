"""The client of discord.py: what Discord tells it goes to the dispatcher, acknowledged before all else."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
import yarl
from discord import app_commands, gateway, http
from loguru import logger

from bot.command import Command, Reply
from bot.locale import Catalogue
from bot.services import Services
from bot.surfaces.base import Incoming
from bot.surfaces.completion import Typing
from bot.surfaces.discord import hearing
from bot.surfaces.discord.answering import Failure, InteractionResponder, MessageResponder
from bot.surfaces.discord.buttons import PressButton, answer_in, question
from bot.surfaces.discord.completion import Recent, offers
from bot.surfaces.discord.discretion import be_discreet
from bot.surfaces.discord.fields import Field
from bot.surfaces.discord.lines import start_of
from bot.surfaces.discord.outgoing import NOBODY
from bot.surfaces.discord.presses import Press
from bot.surfaces.discord.publishing import keep_published
from bot.surfaces.discord.tree import Choices, Tree

API = "https://discord.com/api/v10"
GATEWAY = "wss://gateway.discord.gg/"
GUILD_READY_SECONDS = 2.0  # discord.py waits so long for one more server before it calls itself ready
PUBLISH_AGAIN_SECONDS = 60.0
MOST_LOCALES = 10_000

ANSWERED_ELSEWHERE = frozenset({10062, 40060})  # unknown interaction; already acknowledged

Interaction = discord.Interaction[Any]

if TYPE_CHECKING:
    _Base = discord.Client
else:
    _Base = object


class Talk(_Base):
    """What our clients have in common, with shards and without."""

    def __init__(
        self, services: Services, *, changed: Callable[[bool], None], guild_ready_timeout: float, **options: Any
    ) -> None:
        super().__init__(
            # No privileged intent: mentions, pinging replies and private messages come without.
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=NOBODY,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=guild_ready_timeout,
            **options,
        )
        self._services, self._changed = services, changed
        self._start = start_of(services.settings.command_start)
        self._admin_roles = services.settings.discord_admin_roles
        self._recent = Recent()
        self._locales: OrderedDict[int, str] = OrderedDict()  # what members' own Discord is set to
        self.heard_in: dict[int, int] = {}  # server -> the channel where the bot was last spoken to
        self.tree = Tree(self, self, services)
        self._publishing: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        self.add_dynamic_items(PressButton)
        assert self.application_id is not None
        storage = self._services.settings.storage_dir
        publishing = keep_published(self.tree, self.application_id, storage, first_delay=PUBLISH_AGAIN_SECONDS)
        self._publishing = asyncio.create_task(publishing, name="discord commands")

    async def close(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
        await super().close()

    # -- what Discord tells ----------------------------------------------------------------------------------------

    async def on_ready(self) -> None:
        self._relay()
        self._changed(True)

    async def on_resumed(self) -> None:
        self._relay()
        self._changed(True)

    async def on_disconnect(self) -> None:
        self._changed(False)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        logger.exception("discord: {} failed", event_method)

    async def on_message(self, message: discord.Message) -> None:
        if self.user is None:
            return
        incoming = hearing.said(message, self.user, self._locale_of(message), self._admin_roles)
        if incoming is None:
            return
        self._heard(message.guild and message.guild.id, message.channel.id)
        responder = MessageResponder(self._services, self, message, sent=self._remember(incoming))
        await self._services.dispatcher.handle(incoming, responder)

    async def on_interaction(self, interaction: Interaction) -> None:
        """What discord.py itself has no place for: answers to our questions, and presses on what it does not see."""
        match interaction.type:
            case discord.InteractionType.component:
                await self.pressed(interaction)
            case discord.InteractionType.modal_submit:
                await self._submitted(interaction)

    # -- what members do -------------------------------------------------------------------------------------------

    async def slash(self, interaction: Interaction, command: Command, values: Sequence[tuple[Field, Any]]) -> None:
        hear = partial(hearing.slash, interaction, self._start, command, values, self._admin_roles)
        await self._answer(interaction, command, hear)

    async def menu(self, interaction: Interaction, command: Command, message: discord.Message) -> None:
        hear = partial(hearing.menu, interaction, self._start, command, message, self._admin_roles)
        await self._answer(interaction, command, hear)

    async def pressed(self, interaction: Interaction) -> None:
        """A button. discord.py and `on_interaction` both come here: the first one does it."""
        if interaction.extras.get("pressed"):
            return
        interaction.extras["pressed"] = True
        press = Press.read(str((interaction.data or {}).get("custom_id", "")))
        if press is None:
            await self._tell_alone(interaction, "discord.stale")
        elif press.faces:
            asking = question(self._services.catalogue, Catalogue.nearest(str(interaction.locale)), press)
            await self._respond(interaction.response.send_modal(asking))
        else:
            await self._do(interaction, press)

    async def complete(self, interaction: Interaction, command: Command, field: Field, typed: str) -> Choices:
        assert field.option is not None
        given: Any = (interaction.data or {}).get("options", ())
        if command.group and given:  # one level deeper (Discord, Application Commands, "Subcommands and Groups")
            given = given[0].get("options", ())
        typing = Typing(
            chat=hearing.chat_of(interaction.guild_id, interaction.channel_id, interaction.user.id),
            member=f"discord:{interaction.user.id}",
            locale=Catalogue.nearest(str(interaction.locale)),
            typed=typed,
            given={str(o["name"]): str(o.get("value", "")) for o in given},
        )
        found = await offers(self._services, self._recent, command, field.option, typing)
        return [app_commands.Choice(name=shown, value=value) for shown, value in found]

    async def outdated(self, interaction: Interaction) -> None:
        if not interaction.response.is_done() and interaction.type is not discord.InteractionType.autocomplete:
            await self._tell_alone(interaction, "discord.outdated")

    async def _submitted(self, interaction: Interaction) -> None:
        data: Any = interaction.data or {}
        press = Press.read(str(data.get("custom_id", "")))
        if press is None or press.faces is None:
            await self._tell_alone(interaction, "discord.stale")
            return
        answer = answer_in(data.get("components"))
        if not answer.isdecimal() or not 1 <= int(answer) <= press.faces:
            await self._tell_alone(interaction, "discord.not_a_number", count=press.faces)
            return
        await self._do(interaction, press.chosen(int(answer)))

    async def _do(self, interaction: Interaction, press: Press) -> None:
        command = self._services.commands.get(press.command)
        await self._answer(
            interaction,
            command,
            partial(hearing.pressed, interaction, press.line(self._start), command, self._admin_roles),
            press=command is not None and command.pictures > 0,
        )

    async def _answer(
        self, interaction: Interaction, command: Command | None, hear: Callable[[], Incoming], *, press: bool = False
    ) -> None:
        """Acknowledge, then hand over. What draws is for all to see, what only talks for who asked, unless it is to be
        `shown`. A `press` may be about the picture that was answered."""
        ephemeral = command is None or not (command.costs or command.shown)
        if not await self._respond(interaction.response.defer(ephemeral=ephemeral, thinking=True)):
            return
        self._heard(interaction.guild_id, interaction.channel_id)
        self._locales[interaction.user.id] = str(interaction.locale)
        if len(self._locales) > MOST_LOCALES:
            self._locales.popitem(last=False)
        incoming = hear()
        if press and (asked := await hearing.asked_pictures(interaction)):
            incoming = replace(incoming, links=(*incoming.links, *asked))
        responder = InteractionResponder(
            self._services, interaction, ephemeral=ephemeral, sent=self._remember(incoming)
        )
        try:
            await self._services.dispatcher.handle(incoming, responder)
        finally:
            await responder.settle()

    # ----------------------------------------------------------------------------------------------------------------

    async def _tell_alone(self, interaction: Interaction, key: str, **values: Any) -> None:
        text = self._services.catalogue.text(str(interaction.locale), key, **values)
        await self._respond(interaction.response.send_message(text, ephemeral=True))

    async def _respond(self, response: Any) -> bool:
        """Send the first response to an interaction; says whether this process is the one that may answer it."""
        try:
            await response
        except discord.HTTPException as error:
            if error.code in ANSWERED_ELSEWHERE:  # by a second process with this token, or after the three seconds
                logger.debug("discord: an interaction was not ours to answer (code {})", error.code)
            else:
                logger.warning("discord: an interaction was not acknowledged: HTTP {}", error.status)
        except Failure as error:
            logger.warning("discord: an interaction was not acknowledged: {}", type(error).__name__)
        else:
            return True
        return False

    def _remember(self, incoming: Incoming) -> Callable[[Reply], None]:
        return lambda reply: self._recent.add(incoming.chat, incoming.member, reply)

    def _heard(self, guild_id: int | None, channel_id: int | None) -> None:
        if guild_id is not None and channel_id is not None:
            self.heard_in[guild_id] = channel_id

    def _locale_of(self, message: discord.Message) -> str | None:
        """Messages do not say it: as the member's Discord said last, else as the server's community settings do."""
        if known := self._locales.get(message.author.id):
            return known
        guild = message.guild
        return str(guild.preferred_locale) if guild is not None and "COMMUNITY" in guild.features else None

    def _relay(self) -> None:
        """Sessions are resumed where Discord says; where a gateway was set, that one is the only way there."""
        own = self._services.settings.discord_gateway
        if own and self.ws is not None:
            self.ws.gateway = yarl.URL(own)


class OneClient(Talk, discord.Client):
    """One connection for all servers."""


class ShardedClient(Talk, discord.AutoShardedClient):
    """Several connections; Discord asks for them from 2,500 servers on."""


def build(
    services: Services, changed: Callable[[bool], None], guild_ready_timeout: float = GUILD_READY_SECONDS
) -> OneClient | ShardedClient:
    """A client that is not connected yet; `changed` hears whether it is."""
    be_discreet()
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot does not talk
    settings = services.settings
    # discord.py has these for the whole process.
    http.Route.BASE = (settings.discord_api_base or API).rstrip("/")
    gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway or GATEWAY)
    options: dict[str, Any] = {
        "changed": changed,
        "guild_ready_timeout": guild_ready_timeout,
        "proxy": settings.discord_proxy,
    }
    if settings.discord_shards is None:
        return OneClient(services, **options)
    count = None if settings.discord_shards == "auto" else settings.discord_shards
    return ShardedClient(services, shard_count=count, **options)
