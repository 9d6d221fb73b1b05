"""How a plugin says what it does and what it answers: `command`, `Reply`, `Button`, `UserError`.

One definition serves every surface. The annotated parameters of the function become the options of the command: the
line that is typed on QQ and on the page, its completion there, slash options on Discord, and `/help`.
"""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.pictures import Encoded


class UserError(Exception):
    """What the member did cannot be done; shown to them in their language, as the catalogue's text `key`."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class Role(enum.IntEnum):
    """What a member may do in the chat at hand. Platforms say who is an admin, the settings who is a superuser."""

    MEMBER = 0
    ADMIN = 1
    SUPERUSER = 2


# ---------------------------------------------------------------------------------------------------------------------
# Options


@dataclass(frozen=True, slots=True)
class Range:
    """Annotates an int or float option: both ends are allowed."""

    low: float
    high: float


class Seed(int):
    """An option that is a number 0…2³²-1 or a text that stands for one (`models.requests.seed_of`)."""


@dataclass(frozen=True, slots=True)
class PictureName:
    """An option that names a picture of the bot's: `#k7f3`, one face of it `#k7f3.2`.

    Left out, it is the picture that the message replies to; then a bare number names a face of that one.
    """

    id: str
    face: int | None = None

    def __str__(self) -> str:
        return f"#{self.id}" if self.face is None else f"#{self.id}.{self.face}"


class Kind(enum.Enum):
    """What an option accepts."""

    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    TEXT = "text"
    SEED = "seed"
    CHOICE = "choice"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Option:
    """One parameter of a command."""

    name: str
    kind: Kind
    required: bool
    default: Any = None
    range: Range | None = None
    choices: tuple[str, ...] = ()


Handler = Callable[..., Awaitable["Reply"]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command as every surface reads it. Names and help texts stand in the catalogue under `command.<name>`."""

    name: str
    zh: str  # the Chinese name, which also works without a slash
    handler: Handler
    options: tuple[Option, ...]
    needs: Role = Role.MEMBER
    costs: bool = False  # whether an answer counts against cooldown and quota
    hidden: bool = False  # not listed in /help: reached by buttons
    replies_to_picture: bool = False  # has a PICTURE option

    def option(self, name: str) -> Option | None:
        return next((o for o in self.options if o.name == name), None)


def command(
    name: str, *, zh: str, needs: Role = Role.MEMBER, costs: bool = False, hidden: bool = False
) -> Callable[[Handler], Handler]:
    """Make an async function a command. Its first parameter is the `bot.chat.Chat`; the others are the options.

    Raises `TypeError` where a parameter cannot become an option: a mistake of the plugin's author.
    """

    def mark(handler: Handler) -> Handler:
        options = tuple(_options(handler))
        handler.__nijigen_command__ = Command(  # type: ignore[attr-defined]
            name, zh, handler, options, needs, costs, hidden, any(o.kind is Kind.PICTURE for o in options)
        )
        return handler

    return mark


def _options(handler: Handler) -> list[Option]:
    hints = typing.get_type_hints(handler, include_extras=True)
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    return [_option(p, hints[p.name]) for p in parameters]


def _option(parameter: inspect.Parameter, hint: Any) -> Option:
    required = parameter.default is inspect.Parameter.empty
    default = None if required else parameter.default
    limits: Range | None = None
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        if len(inner) != 1:
            raise TypeError(f"option {parameter.name!r} has more than one type")
        hint = inner[0]
    if typing.get_origin(hint) is typing.Annotated:
        hint, *marks = typing.get_args(hint)
        limits = next((m for m in marks if isinstance(m, Range)), None)
    if typing.get_origin(hint) is typing.Literal:
        choices = tuple(str(a) for a in typing.get_args(hint))
        return Option(parameter.name, Kind.CHOICE, required, default, choices=choices)
    kinds = {
        int: Kind.INT,
        float: Kind.FLOAT,
        bool: Kind.BOOL,
        str: Kind.TEXT,
        Seed: Kind.SEED,
        PictureName: Kind.PICTURE,
    }
    if hint not in kinds:
        raise TypeError(f"option {parameter.name!r} has a type that no surface knows: {hint!r}")
    return Option(parameter.name, kinds[hint], required, default, limits)


# ---------------------------------------------------------------------------------------------------------------------
# Answers


@dataclass(frozen=True, slots=True)
class Button:
    """Another command with its arguments, nothing else: it survives restarts because it holds no state.

    Its label is the catalogue's `button.<label>`. `per_face`: it acts on one face of the answer's picture, so that a
    surface offers it for each; the argument `picture` then names the sheet and gets the face's number.
    """

    label: str
    command: str
    args: Mapping[str, Any] = field(default_factory=dict)
    per_face: bool = False

    def line(self, face: int | None = None) -> str:
        """The button as the line that a member would type: pressing is typing."""
        words = [f"/{self.command}"]
        for name, value in self.args.items():
            if isinstance(value, PictureName):
                words.append(str(PictureName(value.id, face)) if face is not None else str(value))
            else:
                words.append(f"{name}:{value}")
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Face:
    """Where a face stands in the picture of an answer, in pixels of it."""

    number: int  # from 1, in reading order
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in an answer: one, or a sheet of several faces."""

    id: str | None  # None: has no recipe
    encoded: Encoded
    faces: tuple[Face, ...] = ()
    alt: str = ""  # for who cannot see it, in the member's language


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: text, pictures, buttons. `text` is in the member's language already (`Chat.text`)."""

    text: str = ""
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[Button, ...] = ()
    private: bool = False  # meant for who asked, where the platform can do that
    failed: bool = False  # it says that something went wrong: nothing is counted against the member
    locale: str = ""  # the language it is in; the dispatcher says so, for surfaces that put buttons into words
