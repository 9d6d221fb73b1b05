"""What Discord offers while somebody types an option: pairs of choices, pictures of late, commands."""

from __future__ import annotations

import asyncio
import itertools
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.command import Command, Kind, Option, Pick, PictureName, Reply
from bot.line.wishes import label
from bot.services import Services
from bot.surfaces.discord.fields import LONGEST_DESCRIPTION, MOST_CHOICES

Offer = tuple[str, str]  # what is shown, and what is filled in; at most 100 characters each

PICKS = tuple(Pick(keep, of) for keep, of in ((4, 64), (9, 100), (16, 256), (64, 512)))
NAMES_COMMANDS, NAMES_ENDS = ("topic", "on", "off"), ("from", "to")  # texts that name something of the bot's
NAMES_MODELS = ("model", "character")  # those that the bot has
NAMES_HEADS = "who"  # one of those that a server has of its own, or anybody else
MOST_TYPED = 99  # characters of what is filled in, without a comma
MOST_CHATS = 500  # whose pictures of late are kept in mind


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that was sent to a chat."""

    id: str
    faces: int
    text: str
    member: str  # who asked for it


class Recent:
    """The pictures of late, by chat: what somebody means who does not know a name by heart. Forgotten at a restart."""

    def __init__(self) -> None:
        self._chats: OrderedDict[str, deque[Shown]] = OrderedDict()

    def add(self, chat: str, member: str, reply: Reply) -> None:
        for picture in reply.pictures:
            if picture.id is not None:
                shown = Shown(picture.id, max(1, len(picture.faces)), reply.text.split("\n", 1)[0], member)
                self._chats.setdefault(chat, deque(maxlen=MOST_CHOICES)).appendleft(shown)
                self._chats.move_to_end(chat)
        while len(self._chats) > MOST_CHATS:
            self._chats.popitem(last=False)

    def of(self, chat: str, member: str) -> list[Shown]:
        """Newest first, the member's own before the others'."""
        return sorted(self._chats.get(chat, ()), key=lambda shown: shown.member != member)


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody who fills in an option."""

    chat: str
    member: str
    locale: str
    typed: str
    given: Mapping[str, str]  # the command's other options so far


def completes(option: Option) -> bool:
    """Whether there is anything to offer for an option."""
    if option.kind is Kind.TEXT:
        return option.name in NAMES_COMMANDS + NAMES_ENDS + NAMES_MODELS + (NAMES_HEADS,)
    return option.kind in (Kind.CHOICE, Kind.PICTURE, Kind.FACES, Kind.PICK)


async def offers(services: Services, recent: Recent, command: Command, option: Option, typing: Typing) -> list[Offer]:
    """What may be meant, at most 25; reads the store only where nothing is known of the chat yet."""
    match option.kind:
        case Kind.CHOICE:
            found = _choices(services, option.name, option.choices, option.pairs, typing)
        case Kind.PICTURE:
            found = iter(await _pictures(services, recent, typing))
        case Kind.FACES:
            found = iter(await _faces(services, recent, typing))
        case Kind.PICK:
            found = ((str(pick), str(pick)) for pick in PICKS if str(pick).startswith(typing.typed))
        case Kind.TEXT if option.name == NAMES_HEADS:
            found = iter(await _heads(services, typing))
        case Kind.TEXT if option.name in NAMES_MODELS:
            newest = await asyncio.to_thread(services.models.newest)
            names = [version.name for version in newest if not version.translates]
            found = ((name, name) for name in names if _begins(typing.typed, name))
        case _:
            found = _words(services, command, option, typing)
    return [(shown[:LONGEST_DESCRIPTION], value) for shown, value in itertools.islice(found, MOST_CHOICES)]


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


async def _pictures(services: Services, recent: Recent, typing: Typing) -> list[Offer]:
    name, dot, _ = typing.typed.lstrip("#＃").lower().partition(".")
    known = recent.of(typing.chat, typing.member)
    if not known and (sent := await services.store.sent.latest("discord", typing.chat, typing.member)) and sent.picture:
        known = [Shown(sent.picture, 1, f"#{sent.picture}", typing.member)]
    fitting = [shown for shown in known if shown.id.startswith(name)]
    if dot and fitting:
        shown = fitting[0]
        faces = (str(PictureName(shown.id, face)) for face in range(1, shown.faces + 1))
        return [(face, face) for face in faces if face.startswith(f"#{typing.typed.lstrip('#＃').lower()}")]
    return [(shown.text or f"#{shown.id}", f"#{shown.id}") for shown in fitting]


async def _faces(services: Services, recent: Recent, typing: Typing) -> list[Offer]:
    """One more picture behind those that are named already."""
    before, comma, begun = typing.typed.rpartition(",")
    found = await _pictures(services, recent, replace(typing, typed=begun.strip()))
    return [(shown, f"{before}{comma}{value}") for shown, value in found if len(before) + len(value) < MOST_TYPED]


async def _heads(services: Services, typing: Typing) -> list[Offer]:
    """The heads that the server, or in private the member, has of its own; after a comma one more."""
    owner = typing.member if "@" in typing.chat else typing.chat.partition("/")[0]
    before, comma, begun = typing.typed.rpartition(",")
    names = [head.name for head in await services.store.heads.list(owner)]
    whole = [f"{before}{comma}{name}" for name in names if _begins(begun, name)]
    return [(words, words) for words in whole]


def _words(services: Services, command: Command, option: Option, typing: Typing) -> Iterator[Offer]:
    """A command, or an end of the attribute that changes."""
    if option.name in NAMES_COMMANDS:
        for other in services.commands.all():
            if not other.hidden and _begins(typing.typed, other.name, other.zh):
                yield (f"{other.name} · {other.zh}" if typing.locale == "zh-CN" else other.name), other.name
    attribute = command.option(typing.given.get("attribute", ""))
    if option.name in NAMES_ENDS and attribute is not None:
        yield from _choices(services, attribute.name, attribute.choices, False, typing)


def _is(typed: str, *words: str) -> bool:
    return typed.strip().casefold() in {word.casefold() for word in words}


def _begins(typed: str, *words: str) -> bool:
    return any(word.casefold().startswith(typed.strip().casefold()) for word in words)
