"""The contract between a surface and the dispatcher.

A surface hears a message, makes it an `Incoming` with a `Responder` that knows where to answer, and hands both to
`Dispatcher.handle`. It draws nothing, parses no options and decides nothing about rights.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.command import Reply, Role
from data.pictures import Upload

Way = Literal["attached", "replied", "asked", "avatar"]
"""How a picture comes with a message, what was meant first standing first: in it; in the message that it replies to; in
the one that the bot's answer, to which it replies, has answered; as the face of who is mentioned."""


@dataclass(frozen=True, slots=True)
class PictureLink:
    """A picture that a message brings or points at, fetched once a command wants it and not before."""

    how: Way
    address: str = field(default="", repr=False)  # http(s):// or base64://, as the platform has it: from outside
    file: str = ""  # instead of an address: the key of one of the bot's own pictures in the store
    find: Callable[[], Awaitable[str]] | None = field(default=None, repr=False, compare=False)
    """Instead of an address: asks the platform for it; gives "" where the platform does not hand out what is there."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message or a pressed button (which is the line that it stands for)."""

    surface: str  # "web", "qq", "discord"
    chat: str  # the group `qq:30003`, or a private chat `qq:@10001`
    member: str  # `qq:10001`
    text: str  # as typed, without the mention of the bot
    addressed: bool  # mentioned, replied to, in private, on the page, or pressed: never answered with silence
    group: str | None = None  # `qq:30003`; None in private
    role: Role = Role.MEMBER  # as the platform says it now
    locale: str | None = None  # as the platform says it
    message_id: str | None = None
    replied_to: str | None = None  # the platform's id of the message that it replies to
    uploads: Sequence[Upload] = field(default=(), repr=False)  # attached pictures that are here already
    links: Sequence[PictureLink] = ()  # other pictures: attached, replied to, avatars of members who are mentioned
    avatar: PictureLink | None = None  # the member's own, where the platform has them
    clickable: bool = False  # whether a face on a sheet can be pointed at; elsewhere it carries its number


class SendFailed(Exception):
    """The platform did not take the answer, after the surface's own second try."""


class Responder(Protocol):
    """Answers one `Incoming`."""

    async def send(self, reply: Reply) -> str | None:
        """Send an answer; gives the platform's id of the message, where it has one. Raises `SendFailed`."""
        ...

    async def progress(self, text: str, fraction: float | None) -> None:
        """Show how far it is; does nothing where the platform could only do it rudely. Never raises."""
        ...

    async def delete(self, message_id: str) -> bool:
        """Take back one of the bot's messages of this chat; False where the platform refuses."""
        ...


class Hears(Protocol):
    """What a surface hands messages to: `bot.dispatch.Dispatcher`."""

    async def handle(self, incoming: Incoming, responder: Responder) -> bool:
        """Answer a message if it is for the bot; says whether it was. Never raises but for cancellation."""
        ...

    async def drain(self, seconds: float) -> None:
        """Take no more commands and wait until those in flight are answered, at most `seconds`."""
        ...


@dataclass(frozen=True, slots=True)
class SurfaceHealth:
    """For `/healthz`: `off` is not configured, `waiting` has nobody connected, `failed` says why in `detail`."""

    state: Literal["off", "starting", "waiting", "up", "failed"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group that a surface is in now."""

    id: str  # `qq:30003`
    name: str = ""  # as the platform has it: from outside
    members: int | None = None  # None: not known


class Surface(ABC):
    """Starts and stops with the bot. One that fails says so in `health` and leaves the others running."""

    name: str

    @abstractmethod
    async def start(self) -> None:
        """Begin to listen. Called when commands can be answered."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop listening and let go of everything. Answers in flight have been sent before this is called."""

    @abstractmethod
    def health(self) -> SurfaceHealth: ...

    async def tell(self, chat: str, reply: Reply) -> str | None:
        """Say something that nobody asked for, to a group (`qq:30003`) or in private (`qq:@10001`).

        Gives the platform's id of the message, where it has one. Raises `SendFailed`.
        """
        raise SendFailed(f"{self.name} cannot speak unasked")

    async def groups(self) -> Sequence[KnownGroup]:
        """The groups that it is in; () where the platform has none or does not say. Never raises."""
        return ()
