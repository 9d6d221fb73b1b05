"""From an event of nonebot2's to an `Incoming`, through alconna's UniMessage.

Fields beyond UniMessage (a sender's role) are read from the event where it has them: only OneBot v11's are known.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loguru import logger
from nonebot.adapters import Bot, Event, Message
from nonebot.compat import type_validate_python
from nonebot_plugin_alconna.uniseg import (
    At,
    Image,
    Reference,
    Reply,
    Segment,
    Target,
    Text,
    UniMessage,
    get_builder,
    get_message_id,
    get_target,
)

from bot.command import Role
from bot.line.mentions import mention
from bot.surfaces.base import Incoming, PictureLink
from bot.surfaces.qq.files import Uploaded, file_links, files_in
from data.pictures import Upload

AVATAR = "https://q1.qlogo.cn/g?b=qq&nk={user}&s=640"
"""Where QQ shows the avatar of a member by their number; everybody may look."""

_MEMBER = re.compile(r"[\w-]{1,64}", re.ASCII)

ROLES = {"owner": Role.ADMIN, "admin": Role.ADMIN}


MOST_MENTIONS = 8
"""That stand in the line: a command asks for one member, and who mentions the whole group means none."""

MOST_FORWARDED = 60
"""Pictures of one merged forward."""

LONGEST_ASKING = 64
"""Characters of a message in reply to a forward whose pictures are looked up: it may be a command, and no talk."""

LOOK_UP_SECONDS = 3.0
"""That what was answered may take to be looked up: the command waits for it."""


@dataclass(frozen=True, slots=True)
class _Heard:
    text: str
    mentions_me: bool
    replied_to: str | None
    answered: str | None  # the message that the one replied to was itself a reply to
    forwarded: str | None  # what the message replied to forwards, as `get_forward_msg` asks for it
    uploads: tuple[Upload, ...]
    links: tuple[PictureLink, ...]


async def hear(
    bot: Bot, event: Event, *, own_accounts: frozenset[str], own_messages: frozenset[str], uploaded: Uploaded
) -> Incoming | None:
    """What a message says, None for one that is not for us: our own, another of our accounts', anonymous.

    `own_messages` holds ids of what this account sent lately: a reply to one of them is addressed to the bot, even
    where the platform does not tell whom a reply is for. `uploaded` knows of files that messages do not tell of.
    """
    try:
        user = event.get_user_id()
        target = get_target(event, bot)
        message = event.get_message()
    except Exception as error:  # each adapter fails in its own way on what is no message
        logger.debug("{} sent something that is no message: {}", bot.adapter.get_name(), type(error).__name__)
        return None
    if not user or user == bot.self_id or user in own_accounts:
        return None
    if getattr(event, "anonymous", None) or getattr(event, "sub_type", None) in ("anonymous", "notice"):
        return None
    private = _private(event, target)
    place = (None if private else _group(target), user)
    segments = await _segments(bot, event, message)
    heard = _heard(segments, bot)
    asked = [
        *file_links(bot, "attached", files_in(message), *place),
        *_files_replied(bot, event, segments, place, uploaded),
    ]
    if heard.answered is not None and heard.replied_to in own_messages:
        asked += await _pictures_of(bot, heard.answered, message, place, own_accounts)
    if heard.forwarded is not None and 0 < len(heard.text) <= LONGEST_ASKING:
        asked += await _pictures_forwarded(bot, heard.forwarded)
    group = None if private else f"qq:{place[0]}"
    return Incoming(
        surface="qq",
        chat=f"qq:@{user}" if private else f"qq:{target.id}",
        member=f"qq:{user}",
        text=heard.text,
        addressed=private or event.is_tome() or heard.mentions_me or heard.replied_to in own_messages,
        group=group,
        role=Role.MEMBER if private else _role(event),
        message_id=_message_id(bot, event),
        replied_to=heard.replied_to,
        uploads=heard.uploads,
        links=(*heard.links, *asked),
        avatar=_avatar(user),
    )


def target_of(bot: Bot, event: Event, incoming: Incoming) -> Target:
    """Where to say something in the chat of a message that was heard, later and unasked."""
    if incoming.group is not None:
        return get_target(event, bot)
    # A temporary chat is reached by way of its group.
    group = getattr(event, "group_id", None)
    user = incoming.member.removeprefix("qq:")
    return Target(user, parent_id="" if group is None else str(group), private=True, self_id=bot.self_id)


async def _segments(bot: Bot, event: Event, message: Message) -> list[Segment]:
    """The message as UniMessage, the reply first; a segment that alconna cannot read is left out, not the message."""
    segments = _readable(message, bot)
    try:
        builder = get_builder(bot)
        if builder and (reply := await builder.extract_reply(event, bot)):
            segments = [reply, *(s for s in segments if not isinstance(s, Reply))]
    except Exception as error:  # some adapters ask the platform here
        logger.debug("could not look up what is replied to: {}", type(error).__name__)
    return segments


def _readable(message: Message, bot: Bot) -> list[Segment]:
    try:
        return list(UniMessage.of(message, bot))
    except Exception:
        segments: list[Segment] = []
        for segment in message:
            try:
                segments.extend(UniMessage.of(message.__class__([segment]), bot))
            except Exception as error:
                logger.debug("left out a {} segment that says {}", segment.type, type(error).__name__)
        return segments


def _heard(segments: list[Segment], bot: Bot) -> _Heard:
    words: list[str] = []
    mentions_me, replied_to, answered, forwarded = False, None, None, None
    uploads: list[Upload] = []
    links: list[PictureLink] = []
    mentioned: dict[str, None] = {}
    for segment in segments:
        match segment:
            case Text(text=text):
                words.append(text.strip())
            case At(flag="user", target=target) if str(target) == bot.self_id:
                mentions_me = True
            case At(flag="user", target=target):
                mentioned[str(target)] = None
            case Image():
                if segment.raw:
                    uploads.append(Upload(segment.raw_bytes, segment.mimetype or "application/octet-stream", "qq"))
                else:
                    links.append(PictureLink("attached", _address(segment)))
            case Reply(id=message_id, msg=replied):
                replied_to = str(message_id)
                inside = _readable(replied, bot) if isinstance(replied, Message) else ()
                links.extend(PictureLink("replied", _address(s)) for s in inside if isinstance(s, Image))
                answered = next((str(s.id) for s in inside if isinstance(s, Reply)), None)
                forwarded = next((str(s.id) for s in inside if isinstance(s, Reference) and s.id), None)
            case _:
                pass
    # Whoever is replied to is mentioned by QQ of its own accord; the adapter has taken that mention out.
    links.extend(avatar for user in mentioned if (avatar := _avatar(user)) is not None)
    words = [w for w in words if w]
    if words:  # at the end, wherever they stood: a line begins with its command
        words += [mention(f"qq:{user}") for user in list(mentioned)[:MOST_MENTIONS] if _MEMBER.fullmatch(user)]
    return _Heard(" ".join(words), mentions_me, replied_to, answered, forwarded, tuple(uploads), tuple(links))


def _files_replied(
    bot: Bot, event: Event, segments: list[Segment], place: tuple[str | None, str], uploaded: Uploaded
) -> list[PictureLink]:
    """The files of the message that is replied to."""
    replied = next((s for s in segments if isinstance(s, Reply)), None)
    if replied is None or not isinstance(replied.msg, Message):
        return []
    files = files_in(replied.msg)
    if not files and not str(replied.msg).strip():
        told = getattr(event, "reply", None)
        sender = getattr(getattr(told, "sender", None), "user_id", None)
        files = uploaded.near(bot, place[0], str(sender), getattr(told, "time", 0))
    return file_links(bot, "replied", files, *place)


async def _pictures_of(
    bot: Bot,
    message_id: str,
    like: Message,
    place: tuple[str | None, str],
    own_accounts: frozenset[str],
    further: bool = True,
) -> list[PictureLink]:
    """The pictures in a message that is named by its id, as OneBot v11 tells of it (`get_msg`), or else, if `further`,
    in the one to which it is a reply; [] where nobody tells, and in place of the bot's own.

    The bot keeps no pictures of members: what it answered is what leads back to them.
    """
    try:
        async with asyncio.timeout(LOOK_UP_SECONDS):
            found = await bot.call_api("get_msg", message_id=int(message_id))
        message = type_validate_python(type(like), found["message"])
        sender = str((found.get("sender") or {}).get("user_id"))
    except Exception as error:  # another platform, a message that was recalled
        logger.debug("could not look up what was answered: {}", type(error).__name__)
        return []
    if sender == bot.self_id or sender in own_accounts:
        return []
    inside = _readable(message, bot)
    found = [PictureLink("asked", _address(s)) for s in inside if isinstance(s, Image)]
    found += file_links(bot, "asked", files_in(message), *place)
    before = next((str(s.id) for s in inside if isinstance(s, Reply)), None)
    if found or before is None or not further:
        return found
    return await _pictures_of(bot, before, like, place, own_accounts, further=False)


async def _pictures_forwarded(bot: Bot, id: str) -> tuple[PictureLink, ...]:
    """The pictures in a merged forward that is replied to, in their order; () where nobody tells of it.

    OneBot v11, api/public.md `get_forward_msg`: nodes whose `content` are segments; NapCat says `messages`, each with a
    `message`. A forward in a forward is not looked into.
    """
    try:
        async with asyncio.timeout(LOOK_UP_SECONDS):
            found = await bot.call_api("get_forward_msg", id=id, message_id=id)
        nodes = found.get("messages") or found.get("message") or ()
        segments = [segment for node in nodes for segment in _inside(node)]
    except Exception as error:  # another platform, a message that is gone, nodes of a shape that nobody has told of
        logger.debug("could not look up what was forwarded: {}", type(error).__name__)
        return ()
    pictures = [s["data"] for s in segments if isinstance(s, Mapping) and s.get("type") == "image"]
    return tuple(PictureLink("replied", _address_in(data)) for data in pictures[:MOST_FORWARDED])


def _inside(node: Mapping[str, Any]) -> Sequence[Any]:
    """The segments of one message of a forward."""
    content = node.get("message") or node.get("content") or (node.get("data") or {}).get("content")
    return content if isinstance(content, list) else ()


def _address(image: Image) -> str:
    """Where a picture is; "" where the platform did not say, though it showed that there is one.

    OneBot v11, message/segment.md: `url`, and a `file` that may be an address too. alconna's own `url` cannot be used
    there: it makes host names of `ABC.png` and of base64 that begins with a slash, as that of every JPEG does.
    """
    told = getattr(image.origin, "data", None)
    if not isinstance(told, Mapping) or "file" not in told:
        return image.url or ""
    return _address_in(told)


def _address_in(told: Mapping[str, Any]) -> str:
    addresses = (str(told.get(name) or "") for name in ("url", "file"))
    found = next((a for a in addresses if a.startswith(("https://", "http://", "base64://"))), "")
    return found.replace("&amp;", "&")  # LLOneBot left the escapes of CQ codes in some


def _avatar(user: str) -> PictureLink | None:
    # What other platforms call their members leads nowhere on QQ.
    return PictureLink("avatar", AVATAR.format(user=user)) if re.fullmatch(r"\d{1,12}", user, re.ASCII) else None


def _private(event: Event, target: Target) -> bool:
    # A temporary chat that somebody opened from a group carries the group's number, which alconna takes for its target.
    kind = getattr(event, "message_type", None)
    return kind == "private" if kind in ("private", "group") else target.private


def _group(target: Target) -> str:
    return target.parent_id if target.channel and target.parent_id else target.id


def _role(event: Event) -> Role:
    return ROLES.get(str(getattr(getattr(event, "sender", None), "role", None)), Role.MEMBER)


def _message_id(bot: Bot, event: Event) -> str | None:
    try:
        return str(get_message_id(event, bot))
    except Exception:  # not every adapter's messages have one
        return None
