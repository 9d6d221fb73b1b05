"""Which pictures a member hands over with a command, and which are only near by."""

from __future__ import annotations

from bot.chat import Chat
from bot.surfaces.base import Way

ALONE: tuple[Way, ...] = ("attached",)


async def handed(chat: Chat) -> tuple[Way, ...]:
    """How those come that may be learnt from: what the message itself brings; else, on QQ, what is in the message that
    it replies to, or, where that is the bot's own answer, in the one that was answered.

    Elsewhere a message that is replied to is not the member's to give: Discord lets a bot learn from nothing but what
    is handed to it, and on the page only the bot's own pictures can be replied to.
    """
    if chat.attached or chat.surface != "qq" or chat.replied_message is None:
        return ALONE
    ours = await chat.services.store.sent.get(chat.surface, chat.id, chat.replied_message)
    return ("replied",) if ours is None else ("asked",)
