"""What has to be measured before it can be shown: the disk, the storage, the database's answer."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from loguru import logger
from sqlalchemy import select

from bot.settings import Settings
from bot.store import Store
from bot.store.schema import MemberRow

PATIENCE = 10.0  # seconds that the database, or a disk, may take to answer
STORAGE_EVERY = 600.0  # seconds between two measurements of all that the bot keeps: it reads every folder


class Vitals:
    """As measured last; zeros before. One a bot."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.taken = 0.0  # seconds since 1970; 0: never
        self.disk_free = 0  # bytes on the disk of STORAGE_DIR that we may use
        self.disk_bytes = 0  # these and the used ones
        self.storage_bytes = 0  # what the bot keeps
        self.storage_cap = 0  # what it may keep
        self.database_seconds: float | None = None  # until it answered; None: it did not
        self._clock = clock
        self._weighed: float | None = None  # when the storage was
        self._disk: asyncio.Task[None] | None = None

    @property
    def disk_share(self) -> float:
        """How much of the disk is used, in 0…1."""
        return 1 - self.disk_free / self.disk_bytes if self.disk_bytes else 0.0

    @property
    def storage_share(self) -> float:
        """How much of what the bot may keep it keeps, in 0…1, or above where models came beside it."""
        return self.storage_bytes / self.storage_cap if self.storage_cap else 0.0

    async def take(self, settings: Settings, store: Store) -> None:
        """Measure. Takes `PATIENCE` at most, blocks nothing, never raises but for cancellation."""
        # A network disk that hangs would take a thread with it each time; so only one look at it at a time.
        if self._disk is None or self._disk.done():
            self._disk = asyncio.create_task(self._look_at_disk(settings, store), name="disk")
        answered, _ = await asyncio.gather(_seconds_to_answer(store), asyncio.wait({self._disk}, timeout=PATIENCE))
        self.database_seconds = answered
        self.taken = time.time()

    async def _look_at_disk(self, settings: Settings, store: Store) -> None:
        self.storage_cap = int(settings.storage_cap_gb * 1e9)
        try:
            self.disk_free, self.disk_bytes = await asyncio.to_thread(_disk_of, settings.storage_dir)
            if self._weighed is None or self._clock() - self._weighed >= STORAGE_EVERY:
                self.storage_bytes = await store.files.size_bytes()
                self._weighed = self._clock()
        except Exception as error:  # an object store that is away, a folder that somebody took away
            logger.debug("the disk cannot be measured: {!r}", error)


async def _seconds_to_answer(store: Store) -> float | None:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE), store.database.read() as connection:
            await connection.execute(select(MemberRow.__table__.c.id).limit(1))
    except Exception as error:
        logger.debug("the database does not answer: {!r}", error)
        return None
    return time.perf_counter() - started


def _disk_of(folder: Path) -> tuple[int, int]:
    """Bytes free for us, and those with the used ones: what the system keeps for itself is in neither."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.free + usage.used
