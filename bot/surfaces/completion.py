"""What surfaces offer while somebody types an option of which the bot knows what it may be: models, heads, commands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.characters.scheduling import zones
from bot.command import Command, Kind, Option, Pick
from bot.line.wishes import label
from bot.services import Services
from bot.store.characters import Character, number_of
from bot.store.schema import EVERYBODY

Offer = tuple[str, str]  # what is shown, and what is filled in

PICKS = tuple(Pick(keep, of) for keep, of in ((4, 64), (9, 100), (16, 256), (64, 512)))
COMMANDS, ENDS = ("topic", "on", "off"), ("from", "to")  # texts that name something of the bot's
MODELS = ("model", "character")  # those that the bot has
TAUGHT = frozenset({"character", "contribute", "review", "retrain"})  # commands, or groups of them, about characters
ZONE = "zone"  # a time zone of the world
HEADS = "who"  # one of those that a group has of its own, or anybody else


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody who fills in an option."""

    chat: str
    member: str
    locale: str
    typed: str
    given: Mapping[str, str]  # the command's other options so far


def is_known(option: Option) -> bool:
    """Whether it takes a text of which the bot knows what it may be."""
    if option.kind is Kind.TEXT:
        return option.name in (*COMMANDS, *ENDS, *MODELS, HEADS, ZONE)
    return option.kind is Kind.PICK


async def known(services: Services, command: Command, option: Option, typing: Typing) -> Iterator[Offer]:
    """What may be meant by what is typed of an option: all that begins so, in either language."""
    if option.kind is Kind.CHOICE:
        return _choices(services, option.name, option.choices, option.pairs, typing)
    if option.kind is Kind.PICK:
        return ((str(pick), str(pick)) for pick in PICKS if str(pick).startswith(typing.typed))
    if option.name == HEADS:
        return iter(await _heads(services, typing))
    if option.name in MODELS and (command.group or command.name) in TAUGHT:
        names = [one.name for one in await _characters(services, typing)]
        return iter([(name, name) for name in names if _begins(typing.typed, name)])
    if option.name in MODELS:
        return iter(await _models(services, typing))
    if option.name == ZONE:
        return _zones(await asyncio.to_thread(zones), typing.typed)
    return _words(services, command, option, typing)


def _zones(names: Mapping[str, str], typed: str) -> Iterator[Offer]:
    """Those that begin with what is typed, then those of which a part does: `tok` is Asia/Tokyo."""
    begun = "_".join(typed.casefold().split())
    first = [name for short, name in names.items() if short.startswith(begun)]
    inside = [name for short, name in names.items() if f"/{begun}" in short and name not in first]
    return ((name, name) for name in (*first, *inside))


def _choices(services: Services, option: str, choices: Iterable[str], pairs: bool, typing: Typing) -> Iterator[Offer]:
    """Choices, and where two may be given, what the first leads to once it is there: `black-white`."""
    named = {choice: label(services.catalogue, typing.locale, option, choice) for choice in choices}
    first, dash, rest = typing.typed.partition("-")
    one = next((c for c, shown in named.items() if _is(first, c, shown)), None)
    if pairs and one is not None:
        yield from (
            (f"{named[one]} → {named[other]}", f"{one}-{other}")
            for other in named
            if other != one and _begins(rest, other, named[other])
        )
    if not dash:
        yield from ((shown, c) for c, shown in named.items() if c != one and _begins(typing.typed, c, shown))


async def _models(services: Services, typing: Typing) -> list[Offer]:
    """Those that are nobody's, and the characters who have been learnt, of the group or in private of the member."""
    newest = await asyncio.to_thread(services.models.newest)
    names = [version.name for version in newest if not version.translates and number_of(version.name) is None]
    learnt = {version.name for version in newest}
    names += [one.name for one in await _characters(services, typing) if one.model in learnt]
    return [(name, name) for name in names if _begins(typing.typed, name)]


async def _characters(services: Services, typing: Typing) -> list[Character]:
    """Those of the group, or in private of the member, and everybody's."""
    found = await services.store.characters.list(_owner(typing), EVERYBODY)
    return [one for one in found if not one.hidden]


def _owner(typing: Typing) -> str:
    return typing.member if "@" in typing.chat else typing.chat.partition("/")[0]


async def _heads(services: Services, typing: Typing) -> list[Offer]:
    """The heads that the group, or in private the member, has of its own; after a comma one more."""
    owner = _owner(typing)
    before, comma, begun = typing.typed.rpartition(",")
    names = [head.name for head in await services.store.heads.list(owner)]
    whole = [f"{before}{comma}{name}" for name in names if _begins(begun, name)]
    return [(words, words) for words in whole]


def _words(services: Services, command: Command, option: Option, typing: Typing) -> Iterator[Offer]:
    """A command, or an end of the attribute that changes."""
    if option.name in COMMANDS:
        for other in services.commands.all():
            if not other.hidden and _begins(typing.typed, other.name, other.zh):
                yield (f"{other.name} · {other.zh}" if typing.locale == "zh-CN" else other.name), other.name
    attribute = command.option(typing.given.get("attribute", ""))
    if option.name in ENDS and attribute is not None:
        yield from _choices(services, attribute.name, attribute.choices, False, typing)


def _is(typed: str, *words: str) -> bool:
    return typed.strip().casefold() in {word.casefold() for word in words}


def _begins(typed: str, *words: str) -> bool:
    return any(word.casefold().startswith(typed.strip().casefold()) for word in words)
