"""Whose head it was: recipes of pictures with other heads, and their words.

`{"op": "conhead", "model": "", "who": "biri", "mood": "happy", "only": 0}`: `who` is a name or the seed of somebody
drawn by chance, `only` the number of the face that got the head, 0 for all. The picture is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.chat import Chat
from bot.locale import LOCALES
from data.drawn.characters import CHARACTERS
from models.requests import MAX_SEED, seed_of

_LONGEST_NUMBER = 20  # digits


def sitter_of(chat: Chat, typed: str) -> str | int:
    """Whose head is meant: a name of somebody known, in any language, else who a number or a word stands for."""
    word = typed.strip().casefold()
    text = chat.services.catalogue.text
    for name in CHARACTERS:
        if word in (name, *(text(locale, f"conhead.who.{name}").casefold() for locale in LOCALES)):
            return name
    if word.isdecimal() and len(word) <= _LONGEST_NUMBER:
        return int(word) % (MAX_SEED + 1)
    return seed_of(word)


def head_name(chat: Chat, who: str | int) -> str:
    """What the bot calls whose head it is."""
    return chat.text(f"conhead.who.{who}") if isinstance(who, str) else chat.text("conhead.somebody", number=who)


def head_line(body: Mapping[str, Any]) -> str:
    """The command that puts the same head on a picture."""
    only = int(body["only"])
    return " ".join(["/conhead", f"mood:{body['mood']}", f"who:{body['who']}", *([f"face:{only}"] if only else [])])
