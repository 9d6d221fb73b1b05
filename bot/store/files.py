"""Files by content: a folder whose files are named by the sha256 of what is in them."""

import asyncio
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

KEY = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,8}")
MEASURE_SECONDS = 600.0  # how long a measurement of the storage holds: training and imports write beside us


class StorageFull(Exception):
    """Adding this would go over STORAGE_CAP_GB; the message is one sentence for the operator."""


class Files:
    """`put` gives a key, `get` takes it. A file is there whole and on the disk, or not at all.

    File first, then the row: put a file and commit the row that needs it, or delete the row and then remove the file,
    each with `lock` held, so that nobody removes what somebody else has just begun to need.
    """

    def __init__(
        self, folder: Path, *, within: Path, cap_bytes: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Keeps files in `folder`, as long as everything in `within` (which holds `folder`) is under `cap_bytes`."""
        self.lock = asyncio.Lock()
        self._folder = folder
        self._within = within
        self._cap_bytes = cap_bytes
        self._clock = clock
        self._measured: float | None = None  # when `within` was measured
        self._bytes = 0  # in it, as far as we know

    async def put(self, data: bytes, suffix: str) -> str:
        """Keep bytes under a key that ends in `suffix` (".webp"). The same bytes are kept once.

        Raises `StorageFull`, `OSError`, and `ValueError` for a suffix that no key can have.
        """
        key = hashlib.sha256(data).hexdigest() + suffix
        path = self.path(key)
        if await asyncio.to_thread(path.exists):
            return key
        if self._bytes + len(data) > self._cap_bytes or self._stale():
            await self.size_bytes()
        if self._bytes + len(data) > self._cap_bytes:
            raise StorageFull(
                f"{self._within} holds {self._bytes / 1e9:.2f} GB; STORAGE_CAP_GB allows {self._cap_bytes / 1e9:g}: "
                "raise it, or remove something"
            )
        await asyncio.to_thread(_write, path, data)
        self._bytes += len(data)
        return key

    async def get(self, key: str) -> bytes | None:
        """The bytes under a key; None where there are none, or where it is no key."""
        if not KEY.fullmatch(key):
            return None
        try:
            return await asyncio.to_thread(self.path(key).read_bytes)
        except FileNotFoundError:
            return None

    def path(self, key: str) -> Path:
        """Where the file of a key is, if it is. Raises `ValueError` for anything that is no key."""
        if not KEY.fullmatch(key):
            raise ValueError(f"no key of a file: {key!r}")
        return self._folder / key[:2] / key

    async def remove(self, key: str) -> bool:
        """Remove a file; says whether it was there."""
        try:
            self._bytes -= await asyncio.to_thread(_unlink, self.path(key))
        except FileNotFoundError:
            return False
        return True

    async def size_bytes(self) -> int:
        """Measure everything that the bot keeps."""
        self._bytes = await asyncio.to_thread(_size, self._within)
        self._measured = self._clock()
        return self._bytes

    def _stale(self) -> bool:
        return self._measured is None or self._clock() - self._measured > MEASURE_SECONDS


def _write(path: Path, data: bytes) -> None:
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
    _sync_folder(path.parent)
    if new_folder:
        _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    """A name is on the disk when its folder is. Windows has no way to say it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unlink(path: Path) -> int:
    size = path.stat().st_size
    path.unlink()
    return size


def _size(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - a Path for each is slow
            except FileNotFoundError:  # gone since
                continue
    return total
