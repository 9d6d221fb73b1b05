"""A picture's file: whole or not there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.pictures.opening import Unreadable, format_of


class Unfit(Exception):
    """Not the picture that the site speaks of; the message says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is there."""

    sha256: str
    size: int  # bytes


def check(content: bytes, md5: str | None) -> Written:
    """What these bytes are. Raises `Unfit` where they are no picture by their beginning, or not those of the MD5."""
    if md5 is not None and hashlib.md5(content, usedforsecurity=False).hexdigest() != md5:
        raise Unfit("its MD5 is not the one that the site says")
    try:
        format_of(content)
    except Unreadable:
        raise Unfit("it does not begin as a picture") from None
    return Written(hashlib.sha256(content).hexdigest(), len(content))


def present(path: Path, md5: str | None) -> Written | None:
    """A file that a crawl has written before it was killed; None where there is none that fits."""
    try:
        return check(path.read_bytes(), md5)
    except (FileNotFoundError, Unfit):
        return None


def write(path: Path, content: bytes, md5: str | None) -> Written:
    """Checked, then written beside its place, synced, and renamed into it. Raises `Unfit`."""
    written = check(content, md5)
    with _appearing(path) as fresh, fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return written


def adopt(path: Path, source: Path) -> Written:
    """A file of this machine, in its place as another name of the same file, or as a copy. Raises `Unfit`."""
    content = source.read_bytes()
    written = check(content, None)
    if path.exists() and path.samefile(source):  # renaming one name of a file to another would leave both
        return written
    try:
        with _appearing(path) as fresh:
            fresh.unlink(missing_ok=True)
            os.link(source, fresh)
    except OSError:  # another file system, or one without hard links
        return write(path, content, None)
    return written


@contextmanager
def _appearing(path: Path) -> Iterator[Path]:
    """A name to make a file under, which then takes its place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.part")  # always the same name: what a killed crawl left is written over
    yield fresh
    fresh.replace(path)
    if os.name != "nt":  # Windows cannot open a folder to sync it
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
