"""Pictures of a folder that a command works on, one by one; no file is believed to be one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from data.pictures import Decoded


class NoPicture(Exception):
    """A file that is left out; the message says why."""


_WHY = {
    "not_a_picture": "not a picture",
    "damaged": "damaged",
    "too_many_pixels": "more pixels than INTAKE_MAX_PIXELS",
}


def files(folder: Path, but: Path | None = None) -> Iterator[Path]:
    """All files below, sorted, without those in `but`; links to folders are not followed."""
    left = None if but is None else but.resolve()
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if left is None or Path(root, name).resolve() != left)
        for name in sorted(names):
            yield Path(root, name)


def opened(path: Path, settings: Settings, max_side: int) -> Decoded:
    """A file as the intake would take it from a member, no side longer than `max_side` px. Raises NoPicture."""
    from data.pictures.decode import decode
    from data.pictures.opening import Unreadable

    content = _content(path, settings.intake_max_bytes)
    try:
        return decode(content, settings.intake_max_pixels, max_side)
    except Unreadable as error:
        raise NoPicture(_WHY[error.reason]) from error


def _content(path: Path, most: int) -> bytes:
    """Raises NoPicture; a pipe or a device is not waited for."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise NoPicture("not a file")
        if status.st_size > most:
            raise NoPicture("more bytes than INTAKE_MAX_BYTES")
        return path.read_bytes()
    except OSError as error:
        raise NoPicture(f"cannot be read: {error.strerror or error}") from error


def printable(name: str) -> str:
    """A file's name may hold anything, escape sequences for the terminal too."""
    return name if name.isprintable() else ascii(name)
