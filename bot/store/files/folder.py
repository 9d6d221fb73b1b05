"""A folder whose files are on the disk when `write` returns."""

import asyncio
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from bot.store.files.base import KEY, Place, StorageFull
from data import durable

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class Folder(Place):
    """`ab/abcd….webp` in a folder."""

    apart: ClassVar[bool] = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, key: str) -> Path:
        """Where the file of a key is, if it is."""
        return self._folder / key[:2] / key

    async def has(self, key: str) -> bool:
        return await asyncio.to_thread(self.path(key).exists)

    async def write(self, key: str, data: bytes) -> None:
        await asyncio.to_thread(_write, self.path(key), data)

    async def read(self, key: str) -> bytes:
        return await asyncio.to_thread(self.path(key).read_bytes)

    async def copy_out(self, keys: Sequence[str], folder: Path) -> list[str]:
        """As links to the same files, where they are on one disk: nothing is copied then."""
        return await asyncio.to_thread(self._link_all, keys, folder)

    def _link_all(self, keys: Sequence[str], folder: Path) -> list[str]:
        missing = []
        with _room_on(folder / "file"):
            for key in keys:
                try:
                    _link(self.path(key), folder / key)
                except FileNotFoundError:
                    missing.append(key)
        return missing

    async def remove(self, key: str) -> int:
        return await asyncio.to_thread(_unlink, self.path(key))

    async def older(self, moment: datetime) -> list[str]:
        return await asyncio.to_thread(_older, self._folder, moment.timestamp())

    async def size_bytes(self) -> int:
        return await asyncio.to_thread(size_of, self._folder)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder; 0 where there is none."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - a Path for each is slow
            except FileNotFoundError:  # gone since
                continue
    return total


def _older(folder: Path, moment: float) -> list[str]:
    found = []
    for path in folder.glob("*/*"):
        try:
            if path.stat().st_mtime >= moment:
                continue
            if durable.is_torn(path):
                path.unlink()
            elif KEY.fullmatch(path.name):
                found.append(path.name)
        except FileNotFoundError:  # gone since
            continue
    return found


def sync_folder(folder: Path) -> None:
    """A name is on the disk when its folder is. Windows has no way to say it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, data: bytes) -> None:
    with _room_on(path):
        new_folder = not path.parent.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not a key, so that what a crash leaves behind is never served; the next write of the same bytes makes another.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
        if new_folder:
            sync_folder(path.parent.parent)


@contextmanager
def _room_on(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise StorageFull(f"the disk of {path.parent.parent} is full: make room on it") from error


def _link(path: Path, to: Path) -> None:
    try:
        os.link(path, to)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one that knows no links
        shutil.copyfile(path, to)


def _unlink(path: Path) -> int:
    size = path.stat().st_size
    path.unlink()
    return size
