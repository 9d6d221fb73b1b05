"""What a place for files is to the store. Nothing but bytes under keys; `Files` knows what they mean."""

import re
from abc import ABC, abstractmethod
from typing import ClassVar

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

    @abstractmethod
    async def remove(self, key: str) -> int:
        """The bytes that this has freed. Raises `FileNotFoundError`, `OSError`."""

    @abstractmethod
    async def size_bytes(self) -> int:
        """Measure all that is kept. May take a while."""

    async def close(self) -> None:
        """Let go of connections."""
        return
