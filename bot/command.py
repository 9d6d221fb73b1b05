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


@dataclass(frozen=True, slots=True)
class OneOf:
    """Annotates a str option: one of these words. Its texts stand in the catalogue under `choice.<option>`."""

    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EachOf:
    """Annotates a `**` parameter of str: an option for each name, which is one of its words.

    `pairs`: each may be given two words, of which one leads to the other (`hair:black-white`), or one; the handler gets
    a tuple of them.
    """

    options: Mapping[str, tuple[str, ...]]
    pairs: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """Annotates a str option: all the words that are left of the line, as they are typed, line breaks too."""


@dataclass(frozen=True, slots=True)
class Longest:
    """Annotates a str option that may have more characters than others."""

    characters: int


class Seed(int):
    """An option that is a number 0…2³²-1 or a text that stands for one (`models.requests.seed_of`)."""


MOST_KEPT, MOST_TRIED = 64, 512


@dataclass(frozen=True, slots=True)
class Pick:
    """An option that says how many of how many: `64of512`; `512` alone leaves open how many are kept."""

    keep: int | None  # 1…MOST_KEPT, at most `of`
    of: int  # 1…MOST_TRIED

    def __str__(self) -> str:
        return str(self.of) if self.keep is None else f"{self.keep}of{self.of}"


@dataclass(frozen=True, slots=True)
class PictureName:
    """An option that names a picture of the bot's: `#k7f3`, one face of it `#k7f3.2`.

    Left out, it is the picture that the message replies to; then a bare number names a face of that one.
    """

    id: str
    face: int | None = None

    def __str__(self) -> str:
        return f"#{self.id}" if self.face is None else f"#{self.id}.{self.face}"


MOST_FACES = 8  # that one line names


class FaceNames(tuple[PictureName | Seed, ...]):
    """An option that names several faces: pictures of the bot's (`#k7f3.2`) and seeds, in any order, with spaces or
    commas between them; all bare words of the line where it is the command's first option.

    A picture that the message replies to comes first, and bare numbers name its faces.
    """

    __slots__ = ()


class MemberName(str):
    """An option that names a member, `qq:10001`: typed as a mention, as that id, or as a bare number, which is then one
    of the chat's own platform (`Chat.member_id`)."""

    __slots__ = ()


class Kind(enum.Enum):
    """What an option accepts."""

    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    TEXT = "text"
    SEED = "seed"
    CHOICE = "choice"
    PICTURE = "picture"
    FACES = "faces"
    PICK = "pick"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Option:
    """One parameter of a command."""

    name: str
    kind: Kind
    required: bool
    default: Any = None
    range: Range | None = None
    choices: tuple[str, ...] = ()
    pairs: bool = False  # takes two choices as well: a tuple of one or two
    prose: bool = False  # takes all the words that are left
    longest: int | None = None  # characters, where it is not as others


Handler = Callable[..., Awaitable["Reply"]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command as every surface reads it. Names and help texts stand in the catalogue under `command.<name>`.

    A name of two words, `heads add`, is one of the commands of a group; there is no command `heads` then.
    """

    name: str
    zh: str  # the Chinese name, which also works without a slash
    handler: Handler
    options: tuple[Option, ...]
    needs: Role = Role.MEMBER
    costs: bool = False  # whether an answer counts against cooldown and quota
    hidden: bool = False  # not listed in /help: reached by buttons
    replies_to_picture: bool = False  # has an option of kind PICTURE or FACES
    pictures: int = 0  # how many of the member's pictures it looks at (`Chat.pictures`)
    bare: bool = True  # whether the Chinese name works without a slash: not where it is something people say
    always: bool = False  # no group can switch it off, and quiet hours do not stop it
    even_banned: bool = False  # who is banned may use it all the same
    aliases: tuple[str, ...] = ()  # other names that work as `zh` does
    several: str = ""  # the command that is meant where somebody names two pictures or more
    menu: bool = True  # whether it is offered for any picture that somebody shows, where it takes pictures
    shown: bool = False  # whether its answer is for everybody in the chat, though it costs nothing

    @property
    def group(self) -> str:
        """The name of its group; "" for a command that stands alone."""
        return self.name.partition(" ")[0] if " " in self.name else ""

    @property
    def switchable(self) -> bool:
        """Whether a group's admins can switch it off."""
        return not self.always and self.needs is Role.MEMBER

    def option(self, name: str) -> Option | None:
        return next((o for o in self.options if o.name == name), None)


def command(
    name: str,
    *,
    zh: str,
    needs: Role = Role.MEMBER,
    costs: bool = False,
    hidden: bool = False,
    pictures: int = 0,
    bare: bool = True,
    always: bool = False,
    even_banned: bool = False,
    aliases: tuple[str, ...] = (),
    several: str = "",
    menu: bool = True,
    shown: bool = False,
) -> Callable[[Handler], Handler]:
    """Make an async function a command. Its first parameter is the `bot.chat.Chat`; the others are the options.

    An option whose name is a word of Python's own is written with an underscore: `from_` is `from:black`. Raises
    `TypeError` where a parameter cannot become an option: a mistake of the plugin's author.
    """

    def mark(handler: Handler) -> Handler:
        options = tuple(_options(handler))
        handler.__nijigen_command__ = Command(  # type: ignore[attr-defined]
            name,
            zh,
            _called_by_option(handler),
            options,
            needs,
            costs,
            hidden,
            any(o.kind in (Kind.PICTURE, Kind.FACES) for o in options),
            pictures,
            bare,
            always,
            even_banned,
            aliases,
            several,
            menu,
            shown,
        )
        return handler

    return mark


def _called_by_option(handler: Handler) -> Handler:
    """`handler` as it is called with its options' names."""
    renamed = {name.rstrip("_"): name for name in inspect.signature(handler).parameters if name.endswith("_")}
    if not renamed:
        return handler

    async def called(chat: Any, **args: Any) -> Reply:
        return await handler(chat, **{renamed.get(name, name): value for name, value in args.items()})

    return called


def _options(handler: Handler) -> list[Option]:
    hints = typing.get_type_hints(handler, include_extras=True)
    options: list[Option] = []
    for parameter in list(inspect.signature(handler).parameters.values())[1:]:
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            options += _each(parameter, hints[parameter.name])
        else:
            options.append(_option(parameter, hints[parameter.name]))
    return options


def _each(parameter: inspect.Parameter, hint: Any) -> list[Option]:
    marks = typing.get_args(hint)[1:] if typing.get_origin(hint) is typing.Annotated else ()
    each = next((m for m in marks if isinstance(m, EachOf)), None)
    if each is None:
        raise TypeError(f"the options **{parameter.name} are not named: annotate them with EachOf")
    return [
        Option(name, Kind.CHOICE, required=False, choices=choices, pairs=each.pairs)
        for name, choices in each.options.items()
    ]


def _option(parameter: inspect.Parameter, hint: Any) -> Option:
    required = parameter.default is inspect.Parameter.empty
    default = None if required else parameter.default
    name = parameter.name.rstrip("_")
    limits: Range | None = None
    prose = False
    longest: int | None = None
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        if len(inner) != 1:
            raise TypeError(f"option {name!r} has more than one type")
        hint = inner[0]
    if typing.get_origin(hint) is typing.Annotated:
        hint, *marks = typing.get_args(hint)
        limits = next((m for m in marks if isinstance(m, Range)), None)
        prose = any(isinstance(m, Prose) for m in marks)
        longest = next((m.characters for m in marks if isinstance(m, Longest)), None)
        if one := next((m for m in marks if isinstance(m, OneOf)), None):
            return Option(name, Kind.CHOICE, required, default, choices=one.choices)
    if typing.get_origin(hint) is typing.Literal:
        choices = tuple(str(a) for a in typing.get_args(hint))
        return Option(name, Kind.CHOICE, required, default, choices=choices)
    kinds = {
        int: Kind.INT,
        float: Kind.FLOAT,
        bool: Kind.BOOL,
        str: Kind.TEXT,
        Seed: Kind.SEED,
        PictureName: Kind.PICTURE,
        FaceNames: Kind.FACES,
        Pick: Kind.PICK,
        MemberName: Kind.MEMBER,
    }
    if hint not in kinds:
        raise TypeError(f"option {name!r} has a type that no surface knows: {hint!r}")
    return Option(name, kinds[hint], required, default, limits, prose=prose, longest=longest)


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
    spot: bool = False  # where a picture can be pointed at, it asks for a place in the answer's, and says it as `at`
    brings: bool = (
        False  # it works on the picture that was brought, which nobody keeps: who still has it sends it along
    )

    def line(self, face: int | None = None) -> str:
        """The button as the line that a member would type: pressing is typing."""
        words = [f"/{self.command}"]
        for name, value in self.args.items():
            if isinstance(value, PictureName):
                words.append(str(PictureName(value.id, face)) if face is not None else str(value))
            else:
                words.append(f'{name}:"{value}"' if " " in str(value) else f"{name}:{value}")
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
    fleeting: bool = False  # it shows what a member brought: what is sent is seen in the chat, and kept nowhere


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in an answer that is no picture. `name` is safe to save under: letters, digits, `-`, `_`, and a suffix."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: text, pictures, buttons, files. `text` is in the member's language already (`Chat.text`)."""

    text: str = ""
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[Button, ...] = ()
    private: bool = False  # meant for who asked, where the platform can do that
    failed: bool = False  # it says that something went wrong: nothing is counted against the member
    locale: str = ""  # the language it is in; the dispatcher says so, for surfaces that put buttons into words
    recipe: str | None = None  # of an answer without a picture: the id of what replying to it names
    counts: int = 1  # how many of the member's day it takes
    files: tuple[Attachment, ...] = ()  # only in answers that are `private`
    unrecorded: bool = False  # who asked for it is not remembered: it takes no reply and no `/delete`
