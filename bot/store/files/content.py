"""Files named by the sha256 of what is in them, as long as there is room."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot.store.files.base import KEY, Place, StorageFull
from bot.store.files.folder import Folder, size_of

MEASURE_SECONDS = 600.0  # how long a measurement of the storage holds: training and imports write beside us


class Files:
    """`put` gives a key, `get` takes it. A file is there whole and on the disk, or not at all.

    File first, then the row: put a file and commit the row that needs it, or delete the row and then remove the file.
    """

    def __init__(
        self, place: Place | Path, *, within: Path, cap_bytes: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Keeps files in `place`, as long as they and everything else in `within` are under `cap_bytes` together."""
        self._place = Folder(place) if isinstance(place, Path) else place
        self._within = within
        self._cap_bytes = cap_bytes
        self._clock = clock
        self._measured: float | None = None  # when `within` was measured
        self._measuring: asyncio.Task[int] | None = None
        self._bytes = 0  # kept, as far as we know

    async def put(self, data: bytes, suffix: str) -> str:
        """Keep bytes under a key that ends in `suffix` (".webp"). The same bytes are kept once.

        Raises `StorageFull`, `bot.store.StoreUnavailable`, `OSError`, and `ValueError` for a suffix that no key can
        have.
        """
        key = checked(hashlib.sha256(data).hexdigest() + suffix)
        if await self._place.has(key):
            return key
        if self._measured is None or self._bytes + len(data) > self._cap_bytes:
            await self.size_bytes()
        elif self._clock() - self._measured > MEASURE_SECONDS:
            self._measure()  # a million files take a while, and this one need not wait
        if self._bytes + len(data) > self._cap_bytes:
            raise StorageFull(
                f"{self._bytes / 1e9:.2f} GB are kept and STORAGE_CAP_GB allows {self._cap_bytes / 1e9:g}: raise it, "
                "or remove something"
            )
        await self._place.write(key, data)
        self._bytes += len(data)
        return key

    async def get(self, key: str) -> bytes | None:
        """The bytes under a key; None where there are none, or where it is no key.

        Raises `bot.store.StoreUnavailable`, `OSError`.
        """
        if not KEY.fullmatch(key):
            return None
        try:
            return await self._place.read(key)
        except FileNotFoundError:
            return None

    async def has(self, key: str) -> bool:
        """Whether there is a file under a key. Raises as `get` does, and `ValueError` for what is no key."""
        return await self._place.has(checked(key))

    async def copy_out(self, keys: Sequence[str], folder: Path) -> list[str]:
        """Put files into a folder that is there, under their keys, for somebody who reads folders and writes to none of
        them; gives the keys that there is no file for. Raises `StorageFull` and as `get` does."""
        return await self._place.copy_out([checked(key) for key in keys], folder)

    async def remove(self, key: str) -> bool:
        """Remove a file; says whether it was there. Raises as `has` does."""
        try:
            freed = await self._place.remove(checked(key))
        except FileNotFoundError:
            return False
        self._bytes -= freed  # of what it is now: it may have been measured anew meanwhile
        return True

    async def older(self, moment: datetime) -> list[str]:
        """The keys of files that were put before a moment (aware). May take a while. Raises as `get` does."""
        return await self._place.older(moment)

    async def size_bytes(self) -> int:
        """Measure everything that the bot keeps. Raises as `get` does."""
        return await asyncio.shield(self._measure())  # others may wait for the same measurement

    async def close(self) -> None:
        """Let go of the place; what was promised is safe already."""
        if self._measuring is not None:
            self._measuring.cancel()
            await asyncio.gather(self._measuring, return_exceptions=True)
        await self._place.close()

    def _measure(self) -> asyncio.Task[int]:
        if self._measuring is None or self._measuring.done():
            self._measuring = asyncio.create_task(self._size(), name="measure the storage")
            self._measuring.add_done_callback(_failure_is_told_to_who_waits)
        return self._measuring

    async def _size(self) -> int:
        before = self._bytes
        total = await asyncio.to_thread(size_of, self._within)
        if self._place.apart:
            total += await self._place.size_bytes()
        # What came meanwhile may have been counted or not: counted twice is a refusal too early, not a disk too full.
        self._bytes = total + max(0, self._bytes - before)
        self._measured = self._clock()
        return total


def checked(key: str) -> str:
    """The key itself. Raises `ValueError` for anything that is no key."""
    if not KEY.fullmatch(key):
        raise ValueError(f"no key of a file: {key!r}")
    return key


def _failure_is_told_to_who_waits(task: asyncio.Task[int]) -> None:
    if not task.cancelled():
        task.exception()  # looked at: else asyncio complains where nobody waited, and the next `put` tries again anyway
