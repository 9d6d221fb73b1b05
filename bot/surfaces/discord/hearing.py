"""From what Discord sends to an `Incoming`: slash commands, context menus, buttons, messages that mention the bot.

Without the privileged message-content intent Discord shows the bot only messages that mention it, replies to it that
ping, and private ones; that is all it wants to hear.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import discord
from loguru import logger

from bot.command import Command, Kind, Role
from bot.line.mentions import mention
from bot.surfaces.base import Incoming, PictureLink
from bot.surfaces.discord.answering import Failure
from bot.surfaces.discord.fields import Field
from bot.surfaces.discord.lines import line, option

AVATAR_SIDE = 512  # px
BESIDES = ("video/mp4", "application/zip", "application/x-zip-compressed")
MOST_MENTIONS = 8  # that stand in the line: a command asks for one member
LOOK_UP_SECONDS = 3.0  # that what was answered may take to be looked up: the command waits for it

User = discord.User | discord.Member
Interaction = discord.Interaction[Any]


def chat_of(guild_id: int | None, channel_id: int | None, user_id: int) -> str:
    """The chat's id: `discord:4004/5005` is a channel or thread of a server, `discord:@2002` a private chat."""
    return f"discord:@{user_id}" if guild_id is None else f"discord:{guild_id}/{channel_id}"


def role(user: User, manages: bool, admin_roles: frozenset[int]) -> Role:
    """What a member may do in a server, as Discord says it with what was just heard: whoever manages the server is an
    admin, and whoever has one of `admin_roles`, whose ids are those of one server each."""
    named = isinstance(user, discord.Member) and any(user.get_role(id) is not None for id in admin_roles)
    return Role.ADMIN if manages or named else Role.MEMBER


def asked(interaction: Interaction, text: str, admin_roles: frozenset[int], **more: Any) -> Incoming:
    """An interaction as the line `text`."""
    private = interaction.guild_id is None
    return Incoming(
        surface="discord",
        chat=chat_of(interaction.guild_id, interaction.channel_id, interaction.user.id),
        member=f"discord:{interaction.user.id}",
        text=text,
        addressed=True,
        group=None if private else f"discord:{interaction.guild_id}",
        role=Role.MEMBER if private else role(interaction.user, interaction.permissions.manage_guild, admin_roles),
        locale=str(interaction.locale),
        message_id=str(interaction.id),
        avatar=avatar(interaction.user),
        **more,
    )


def slash(
    interaction: Interaction,
    start: str,
    command: Command,
    values: Sequence[tuple[Field, Any]],
    admin_roles: frozenset[int],
) -> Incoming:
    """A slash command as it would be typed; the pictures that it brings go with it."""
    words: list[str] = []
    prose: list[str] = []
    links: list[PictureLink] = []
    for field, value in values:
        if field.brings == "picture":
            links.append(PictureLink("attached", value.url))
        elif field.brings == "avatar":
            links.append(avatar(value))
        elif field.option is not None:
            typed = _typed(field.option.kind, value)
            if field.option.prose:  # as it is, quotation marks and line breaks too, and behind all else
                prose.append(f"{field.option.name}: {typed}")
            else:
                words.append(option(field.option.name, typed))
    return asked(interaction, line(start, command.name, [*words, *prose]), admin_roles, links=tuple(links))


def menu(
    interaction: Interaction, start: str, command: Command, message: discord.Message, admin_roles: frozenset[int]
) -> Incoming:
    """A command chosen in a message's menu: as if that message had been replied to with it."""
    links = tuple(pictures(message, "replied"))
    return asked(interaction, line(start, command.name, ()), admin_roles, links=links, replied_to=str(message.id))


def pressed(interaction: Interaction, text: str, command: Command | None, admin_roles: frozenset[int]) -> Incoming:
    """A button as the line `text`. Where its command takes pictures it is as if its message had been replied to with
    it."""
    message = interaction.message if command is not None and command.pictures else None
    if message is None:
        return asked(interaction, text, admin_roles)
    links = tuple(pictures(message, "replied"))
    return asked(interaction, text, admin_roles, links=links, replied_to=str(message.id))


async def asked_pictures(interaction: Interaction) -> tuple[PictureLink, ...]:
    """The pictures in the message that the one above a button has answered; () where it answered none.

    The bot keeps no pictures of members: what it answered is what leads back to them. Discord shows the bot what is in
    a message that mentions it; to slash commands and menus its answers are no replies.
    """
    reference = interaction.message.reference if interaction.message is not None else None
    channel = interaction.channel
    if reference is None or reference.message_id is None or not isinstance(channel, discord.abc.Messageable):
        return ()
    try:
        async with asyncio.timeout(LOOK_UP_SECONDS):
            found = await channel.fetch_message(reference.message_id)
    except (*Failure, discord.ClientException) as error:  # deleted, or not to be read by the bot
        logger.debug("discord: could not look up what was answered: {}", type(error).__name__)
        return ()
    return tuple(pictures(found, "asked"))


def said(
    message: discord.Message, me: discord.abc.Snowflake, locale: str | None, admin_roles: frozenset[int]
) -> Incoming | None:
    """A message; None where the bot cannot be meant, or nothing of it may be read."""
    if message.author.bot or message.type not in (discord.MessageType.default, discord.MessageType.reply):
        return None
    replied = message.reference.resolved if message.reference else None
    answers_me = isinstance(replied, discord.Message) and replied.author.id == me.id
    mentions_me = any(user.id == me.id for user in message.mentions)
    if message.guild is not None and not (mentions_me or answers_me):
        return None
    # Discord itself mentions whom a message replies to.
    replied_id = replied.author.id if isinstance(replied, discord.Message) else None
    others = [user for user in message.mentions if user.id not in (me.id, replied_id)]
    text = _without(message.content, (me, *others))
    links = [*pictures(message, "attached")]
    if isinstance(replied, discord.Message) and not answers_me:
        links += pictures(replied, "replied")
    if answers_me and not (mentions_me or text or links):
        return None  # a reply without a ping, of which Discord shows nothing
    if text:  # at the end, wherever they stood: a line begins with its command
        text = " ".join([text, *(mention(f"discord:{user.id}") for user in others[:MOST_MENTIONS])])
    member = message.author
    manages = isinstance(member, discord.Member) and member.guild_permissions.manage_guild
    return Incoming(
        surface="discord",
        chat=chat_of(message.guild and message.guild.id, message.channel.id, member.id),
        member=f"discord:{member.id}",
        text=text,
        addressed=True,
        group=None if message.guild is None else f"discord:{message.guild.id}",
        role=role(member, manages, admin_roles),
        locale=locale,
        message_id=str(message.id),
        replied_to=str(message.reference.message_id) if message.reference and message.reference.message_id else None,
        links=(*links, *map(avatar, others)),
        avatar=avatar(member),
    )


def pictures(message: discord.Message, how: Any) -> Iterator[PictureLink]:
    """The pictures of a message: attached, forwarded, or shown by a link, which Discord keeps a copy of. Videos, which
    may carry a recipe, and zips, which are contributed, come last."""
    files = [*message.attachments, *(a for s in message.message_snapshots for a in s.attachments)]
    yield from (PictureLink(how, a.url) for a in files if (a.content_type or "image/").startswith("image/"))
    for embed in message.embeds:
        # Never the address that stands in the message: Discord's copy is at an address of Discord's.
        if address := embed.image.proxy_url or embed.thumbnail.proxy_url:
            yield PictureLink(how, address)
    yield from (PictureLink(how, a.url) for a in files if (a.content_type or "").startswith(BESIDES))


def avatar(user: User) -> PictureLink:
    """A member's avatar, the server's own before the general one."""
    return PictureLink("avatar", user.display_avatar.replace(size=AVATAR_SIDE, static_format="png").url)


def _without(text: str, users: Iterable[discord.abc.Snowflake]) -> str:
    """A text without who is mentioned in it."""
    for user in users:
        text = re.sub(rf"[ 	]*<@!?{user.id}>[ 	]*", " ", text)
    return text.strip()


def _typed(kind: Kind, value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case discord.abc.User():
            return f"discord:{value.id}"
        case _:
            return str(value)
