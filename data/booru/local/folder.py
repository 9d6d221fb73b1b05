"""Pictures of a folder and its subfolders. Links to folders are not followed, and what is no picture is passed over."""

from __future__ import annotations

import os
import stat
from bisect import bisect_right
from collections.abc import Generator, Iterable
from pathlib import Path

from data.booru.local import sidecar
from data.booru.local.source import Found, Place, SourceError, clean
from data.pictures.opening import Unreadable, format_of

HEAD = 64  # bytes that show whether a file is a picture
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".bmp")


def place(folder: Path) -> Place:
    """Raises `SourceError`."""
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder")
    return Place("folder", folder.resolve().as_uri(), grows=True)


def pictures(folder: Path, cursor: str, max_bytes: int, without: Iterable[Path] = ()) -> Generator[Found, None, None]:
    """The pictures below a folder, but for those below some of its subfolders, by their names.

    Any file may be one, whatever it is called; one that is called a picture and is none is said so.
    """
    left_out = {path.resolve() for path in without}
    if folder.resolve() in left_out:
        raise SourceError(f"{folder} is where the pictures are to go")
    names = sorted((clean(name), name) for name in _names(folder, left_out))
    for key, name in names[bisect_right(names, cursor, key=lambda pair: pair[0]) :]:
        path = folder / name
        try:
            content = read(path, max_bytes)
        except OSError as error:
            yield Found(key, key, trouble=f"cannot be read: {error.strerror or error}")
            continue
        if isinstance(content, str):
            if name.lower().endswith(ENDINGS):
                yield Found(key, key, trouble=content)
            continue
        said = sidecar.said(name, lambda beside: _small(folder / beside))
        yield Found(key, key, path.resolve().as_uri(), content, said, file=path)


def read(path: Path, max_bytes: int) -> bytes | str:
    """A picture's content, or why it is not taken. A pipe or a device is not waited for."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        return "not a file"
    with path.open("rb") as file:
        head = file.read(HEAD)
        try:
            format_of(head)
        except Unreadable:
            return "not a picture"
        if status.st_size > max_bytes:
            return f"more than {max_bytes:,} bytes"
        return head + file.read(max_bytes)


def _names(folder: Path, left_out: set[Path]) -> Iterable[str]:
    for root, folders, names in os.walk(folder):
        here = Path(root)
        folders[:] = [name for name in folders if not name.startswith(".") and (here / name).resolve() not in left_out]
        for name in names:
            if not name.startswith("."):
                yield (here / name).relative_to(folder).as_posix()


def _small(path: Path) -> bytes | None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            return file.read(sidecar.MOST)
    except (OSError, ValueError):
        return None
