"""What a button carries in its `custom_id`, and what it comes back as.

`nj1:<command>:<id>[.face][:<arg>=<value>…]`, at most 100 characters (Discord, Message Components, "Custom ID"). In
place of a face's number `?<count>` says that the face is asked for first. It holds no state, so it works after a
restart; it comes from outside, so what it says passes parser and gate like a line that somebody types.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from bot.command import Button, PictureName
from bot.store.recipes import ALPHABET, LONGEST, SHORTEST
from bot.surfaces.discord.lines import line, option

LONGEST_CUSTOM_ID = 100
MOST_FACES = 64

_PRESS = re.compile(
    r"nj1:(?P<command>[a-z][a-z0-9_-]{0,31}(?: [a-z][a-z0-9_-]{0,31})?)"
    rf":(?P<id>[{ALPHABET}]{{{SHORTEST},{LONGEST}}})?"
    r"(?:\.(?:(?P<face>[1-9]\d?)|\?(?P<faces>[1-9]\d?)))?"
    r"(?P<args>(?::[a-z_]{1,32}=[A-Za-z0-9%._~-]{0,64})*)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Press:
    """A button as it is written into a message."""

    command: str
    id: str = ""  # of a picture; "" for a button that is about none
    face: int | None = None  # 1…MOST_FACES
    faces: int | None = None  # how many there are to choose from: asks which before it does anything
    args: tuple[tuple[str, str], ...] = field(default=())

    @classmethod
    def of(cls, button: Button, *, face: int | None = None, faces: int | None = None) -> Press:
        """The press of a button, for one face, or for one of `faces` that is asked for."""
        picture = next((v for v in button.args.values() if isinstance(v, PictureName)), None)
        args = tuple((n, str(v)) for n, v in button.args.items() if not isinstance(v, PictureName))
        if picture is None:
            return cls(button.command, args=args)
        return cls(button.command, picture.id, None if faces else face or picture.face, faces, args)

    @classmethod
    def read(cls, custom_id: str) -> Press | None:
        """The press in a `custom_id`; None where it is none of ours, or none of this version's."""
        found = _PRESS.fullmatch(custom_id) if len(custom_id) <= LONGEST_CUSTOM_ID else None
        if found is None or (found["id"] is None and (found["face"] or found["faces"])):
            return None
        args = tuple(
            (name, unquote(value)) for name, _, value in (a.partition("=") for a in found["args"].split(":")[1:])
        )
        numbers = [None if found[name] is None else int(found[name]) for name in ("face", "faces")]
        if any(n is not None and n > MOST_FACES for n in numbers):
            return None
        return cls(found["command"], found["id"] or "", numbers[0], numbers[1], args)

    @property
    def custom_id(self) -> str:
        """Raises `ValueError` where it would be too long, which is a mistake of the plugin's author."""
        face = f".{self.face}" if self.face else f".?{self.faces}" if self.faces else ""
        args = "".join(f":{name}={quote(value, safe='')}" for name, value in self.args)
        written = f"nj1:{self.command}:{self.id}{face}{args}"
        if len(written) > LONGEST_CUSTOM_ID:
            raise ValueError(f"a button of /{self.command} carries too much")
        return written

    def chosen(self, face: int) -> Press:
        """The press once the face is known."""
        return replace(self, face=face, faces=None)

    def line(self, start: str) -> str:
        """What a member would type instead."""
        picture = [str(PictureName(self.id, self.face))] if self.id else []
        return line(start, self.command, [*picture, *(option(name, value) for name, value in self.args)])
