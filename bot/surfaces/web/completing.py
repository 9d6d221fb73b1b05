"""What a tab asks while somebody types, and what it is offered; checked field by field as what it says is."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loguru import logger

from bot.services import Services
from bot.surfaces.completion import Offer, Typing, is_known, known
from bot.surfaces.web.saying import BadSaying
from bot.surfaces.web.visitors import Visitor

MOST_OFFERS = 25
MOST_GIVEN = 32  # options of one line


@dataclass(frozen=True, slots=True)
class Asked:
    id: int  # made by the tab
    command: str
    option: str
    typed: str
    given: Mapping[str, str]  # the line's other options
    locale: str


def read_asked(message: dict[str, Any]) -> Asked:
    """A checked `complete`. Raises `BadSaying`."""
    id, given = message.get("id"), message.get("given")
    words = [message.get(name) for name in ("command", "option", "typed")]
    if not isinstance(id, int):
        raise BadSaying("id")
    if not all(isinstance(word, str) for word in words):
        raise BadSaying("command, option or typed")
    if not isinstance(given, dict) or len(given) > MOST_GIVEN or not all(isinstance(w, str) for w in given.values()):
        raise BadSaying("given")
    command, option, typed = map(str, words)
    return Asked(id, command, option, typed, given, "zh-CN" if message.get("locale") == "zh-CN" else "en")


async def offered(services: Services, visitor: Visitor, asked: Asked) -> list[Offer]:
    """What may be meant, at most `MOST_OFFERS`; nothing for what the bot does not know."""
    command = services.commands.get(asked.command)
    option = None if command is None else command.option(asked.option)
    if command is None or option is None or not is_known(option):
        return []
    typing = Typing(visitor.chat, visitor.member, asked.locale, asked.typed, asked.given)
    try:
        return list(itertools.islice(await known(services, command, option, typing), MOST_OFFERS))
    except Exception:  # a list that does not come is no reason to close the conversation
        logger.exception("nothing could be offered to {}", visitor.member)
        return []
