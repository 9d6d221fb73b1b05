"""What a place for files is to the store. Nothing but bytes under keys; `Files` knows what they mean."""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

AT_ONCE = 8  # files that are copied out at the same time, where each takes a while
KEY = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,8}")


class StorageFull(Exception):
    """Adding this would go over STORAGE_CAP_GB, or the disk is full; the message is one sentence for the operator."""


class Place(ABC):
    """Where files are. Keys are checked by who asks.

    A place that cannot be reached raises `bot.store.errors.StoreUnavailable` from any of these.
    """

    apart: ClassVar[bool]  # not in STORAGE_DIR, so that measuring that does not measure this

    @abstractmethod
    async def has(self, key: str) -> bool: ...

    @abstractmethod
    async def write(self, key: str, data: bytes) -> None:
        """There whole, and safe from a power cut, or not at all. Raises `StorageFull`, `OSError`."""

    @abstractmethod
    async def read(self, key: str) -> bytes:
        """Raises `FileNotFoundError`, `OSError`."""

    async def copy_out(self, keys: Sequence[str], folder: Path) -> list[str]:
        """Put files into a folder that is there, under their keys, to be read and never written to; gives the keys
        that there is no file for. Raises `StorageFull`, `OSError`."""
        places = asyncio.Semaphore(AT_ONCE)

        async def one(key: str) -> str | None:
            async with places:
                try:
                    content = await self.read(key)
                except FileNotFoundError:
                    return key
                await asyncio.to_thread((folder / key).write_bytes, content)
                return None

        return [key for key in await asyncio.gather(*map(one, keys)) if key is not None]

    @abstractmethod
    async def remove(self, key: str) -> int:
        """The bytes that this has freed. Raises `FileNotFoundError`, `OSError`."""

    @abstractmethod
    async def older(self, moment: datetime) -> list[str]:
        """The keys of files that were written before a moment (aware). What a kill left half-written before it goes.
        May take a while."""

    @abstractmethod
    async def size_bytes(self) -> int:
        """Measure all that is kept. May take a while."""

    async def close(self) -> None:
        """Let go of connections."""
        return
