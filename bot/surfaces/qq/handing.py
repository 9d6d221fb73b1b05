"""What is for one member goes in private, wherever it was asked for: files, and pictures of a private answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from loguru import logger
from nonebot.adapters import Event
from nonebot_plugin_alconna.uniseg import Target, UniMessage

from bot.command import Attachment, Reply
from bot.surfaces.base import SendFailed
from bot.surfaces.qq.outbox import Outbox, Place, Refused

MOST_CHARACTERS = 3000
"""Of a file that goes as text, where the platform takes no files; QQ takes about 4,500 in one message."""

Say = Callable[[Reply], Awaitable[str | None]]


async def hand_over(outbox: Outbox, place: Place, reply: Reply, say: Say, text: Callable[[str], str]) -> str | None:
    """Send the files of `reply`, or its pictures, to who asked; gives the id of the message in the chat where they
    asked.

    `say` answers in that chat, `text` gives a sentence of the catalogue. Raises `SendFailed`.
    """
    if isinstance(place.event, Target):
        raise SendFailed("what is for one goes only to who asked for it")
    user, group = place.event.get_user_id(), _group(place.event)
    without = replace(reply, files=(), private=False)
    if group is None:
        answer = await say(without)
        await _files(outbox, place, user, reply.files, lambda line: say(Reply(line)), text)
        return answer
    private = Place(place.self_id, Target(user, parent_id=group, private=True, self_id=place.self_id))

    async def whisper(line: str) -> None:
        await outbox.send(private, lambda: UniMessage.text(line))

    try:
        if reply.pictures:
            await outbox.send(private, lambda: _pictures(reply))
        else:
            await whisper(reply.text)
        await _files(outbox, private, user, reply.files, whisper, text)
    except (Refused, SendFailed) as failure:
        logger.info("qq: a member could not be reached in private: {}", failure)
        key = "file.unreachable" if reply.files else "file.unreachable_pictures"
        return await say(Reply(text(key), failed=True, locale=reply.locale))
    # What can be done next is said where it was asked for: there it can be done.
    key = "file.private" if reply.files else "file.private_pictures"
    return await say(Reply(text(key), buttons=reply.buttons, locale=reply.locale))


def _pictures(reply: Reply) -> UniMessage:
    message = UniMessage.text(reply.text)
    for picture in reply.pictures:
        encoded = picture.encoded
        name = f"picture.{encoded.media_type.removeprefix('image/')}"
        message = message.image(raw=encoded.content, mimetype=encoded.media_type, name=name)
    return message


async def _files(
    outbox: Outbox,
    place: Place,
    user: str,
    files: tuple[Attachment, ...],
    say: Callable[[str], Awaitable[object]],
    text: Callable[[str], str],
) -> None:
    """Each as a file; where the platform refuses, as text, where that is not too long."""
    for file in files:
        try:
            await outbox.upload(place, user, file)
        except Refused as refusal:
            logger.warning("qq: a file was refused: {}", refusal)
            readable = file.media_type == "application/json" and len(file.content) <= MOST_CHARACTERS
            await say(file.content.decode() if readable else text("file.refused"))


def _group(event: Event) -> str | None:
    """The group that something was said in; None in private."""
    group = getattr(event, "group_id", None)
    return None if group is None or getattr(event, "message_type", "group") == "private" else str(group)
