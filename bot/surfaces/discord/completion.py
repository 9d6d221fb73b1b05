"""What Discord offers while somebody types an option: pairs of choices, pictures of late, commands."""

from __future__ import annotations

import itertools
from collections import OrderedDict, deque
from dataclasses import dataclass, replace

from bot.command import Command, Kind, Option, PictureName, Reply
from bot.services import Services
from bot.surfaces.completion import Offer, Typing, is_known, known
from bot.surfaces.discord.fields import LONGEST_DESCRIPTION, MOST_CHOICES

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


def completes(option: Option) -> bool:
    """Whether there is anything to offer for an option."""
    return is_known(option) or option.kind in (Kind.CHOICE, Kind.PICTURE, Kind.FACES)


async def offers(services: Services, recent: Recent, command: Command, option: Option, typing: Typing) -> list[Offer]:
    """What may be meant, at most 25, shown in 100 characters; the store is asked for pictures where nothing is known
    of the chat yet."""
    match option.kind:
        case Kind.PICTURE:
            found = iter(await _pictures(services, recent, typing))
        case Kind.FACES:
            found = iter(await _faces(services, recent, typing))
        case _:
            found = await known(services, command, option, typing)
    return [(shown[:LONGEST_DESCRIPTION], value) for shown, value in itertools.islice(found, MOST_CHOICES)]


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
