"""What a source on this machine is to what gathers from it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


class SourceError(Exception):
    """A source cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where pictures are; what the manifest writes down of it."""

    name: str  # "folder"
    base: str  # its address; of a file its stamp, too: a changed file is another place
    grows: bool  # whether there may be more in it next time
    host: str = "local"
    licence: str = "none stated; rights stay with the artist"


@dataclass(frozen=True, slots=True)
class Said:
    """What is written of a picture beside it."""

    tags: frozenset[str] = field(default=frozenset(), repr=False)
    score: int | None = None
    rating: str = ""  # a key of `data.booru.post.RATINGS`; "" where nothing is said that means one
    created: datetime | None = None
    source: str = ""  # an address


@dataclass(frozen=True, slots=True)
class Found:
    """A picture of a source, trusted in nothing."""

    where: str  # for who watches: its name there
    cursor: str  # where the source goes on after it
    url: str = ""
    content: bytes = field(default=b"", repr=False)
    said: Said = Said()
    trouble: str = ""  # why there is no content, in a few words
    file: Path | None = None  # of the content, where it is one of its own


Pictures = Callable[[str], Generator[Found, None, None]]
"""What comes after a cursor, "" being the beginning, in an order that stays. May raise `SourceError`."""


def stamp(path: Path) -> str:
    """The address of a file and what changes when it does. Raises `SourceError`."""
    try:
        status = path.stat()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error
    return f"{path.resolve().as_uri()} {status.st_size} {status.st_mtime_ns}"


def clean(name: str) -> str:
    """A file's name as text that a manifest and a terminal can hold; other names give other texts."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return text if text.isprintable() else ascii(text)[1:-1]
