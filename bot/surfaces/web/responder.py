"""Answers one message of a visitor, whether or not a tab is open."""

from bot.command import Reply
from bot.surfaces.base import SendFailed
from bot.surfaces.web.answer import answer_body
from bot.surfaces.web.conversation import Conversation


class WebResponder:
    """Implements `bot.surfaces.base.Responder`. Ids of messages are numbers of entries in the log."""

    def __init__(self, conversation: Conversation, said: int) -> None:
        self._conversation = conversation
        self._said = said

    async def send(self, reply: Reply) -> str | None:
        try:
            return str(
                await self._conversation.append("answer", *answer_body(reply, self._said, self._conversation.hold))
            )
        except Exception as error:
            raise SendFailed(f"the answer could not be stored: {error}") from error

    async def progress(self, text: str, fraction: float | None) -> None:
        self._conversation.progress(self._said, text, fraction)

    async def delete(self, message_id: str) -> bool:
        return message_id.isdecimal() and await self._conversation.remove(int(message_id))
