"""The operator's own pictures among whom /twin looks: a folder of framed heads, as `python -m bot crop` cuts them.

They are drawings, but for those in a folder that is called like another domain (`photo/`, `cat/`). Each is decoded in
the picture lane, as pictures of strangers are, and looked at when nobody waits for anything.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from loguru import logger

from bot.likeness.embedding import DRAWN, Embedding, embedding_of
from bot.likeness.shelf import is_name
from bot.pool.base import Asker, PoolError, Priority, RequestFailed, WorkerDied
from bot.services import Services
from data.pictures import Decoded, Pixels
from data.pictures.requests import Decode

PICTURES = "pictures"  # the shelf
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".bmp"})
MOST = 1_000_000
SIDE = 256  # px: networks look at less
AT_ONCE = 32
KEPT_EVERY = 64  # batches: writing takes a while where there are many
AGAIN = 600.0  # seconds after which it looks for new ones
ASKER = Asker("bot:pictures")


class PictureFolder:
    """Looks at the pictures of a folder, as long as the bot runs."""

    def __init__(self, services: Services, folder: Path) -> None:
        self._services, self.folder = services, folder
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._look(), name="pictures for /twin")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            try:
                await self.look()
            except PoolError as error:
                logger.info("pictures for /twin: the pool has no time ({}); later", type(error).__name__)
            except Exception:
                logger.exception("pictures for /twin could not be looked at")
            await asyncio.sleep(AGAIN)

    async def look(self) -> int:
        """Look at those that are new, and let go of those that are gone; says how many are known now. Raises
        `PoolError`."""
        embedding = await embedding_of(self._services.models)
        library = self._services.likeness
        shelf = await library.shelf(embedding.id, PICTURES)
        if not await asyncio.to_thread(self.folder.is_dir):
            logger.warning("pictures for /twin: TWIN_DATA {} is no folder", self.folder)
        names = await asyncio.to_thread(_listed, self.folder)
        there = set(names)
        shelf.keep(there.__contains__)
        missing = [name for name in names if name not in shelf and name not in shelf.unseen]
        if missing:
            logger.info("pictures for /twin: {} of {} to look at", len(missing), len(names))
        for turn, start in enumerate(range(0, len(missing), AT_ONCE), start=1):
            some = missing[start : start + AT_ONCE]
            await self._some(embedding, some)
            shelf.unseen.update(name for name in some if name not in shelf)
            if turn % KEPT_EVERY == 0:
                await library.keep(embedding.id, PICTURES)
        await library.keep(embedding.id, PICTURES)
        return len(shelf)

    async def _some(self, embedding: Embedding, names: Sequence[str]) -> None:
        pixels = [await picture_of(self._services, self.folder, name) for name in names]
        for domain in embedding.domains:
            some = [
                (name, picture)
                for name, picture in zip(names, pixels, strict=True)
                if picture is not None and _domain(name, embedding.domains) == domain
            ]
            if not some:
                continue
            request = embedding.request([picture for _, picture in some], domain)
            answer = await self._services.pool.run(request, ASKER, priority=Priority.TRAINING, timeout=None)
            vectors: np.ndarray = embedding.vectors(answer)
            shelf = await self._services.likeness.shelf(embedding.id, PICTURES)
            shelf.add([name for name, _ in some], vectors)


async def picture_of(
    services: Services, folder: Path, name: str, asker: Asker = ASKER, priority: Priority = Priority.TRAINING
) -> Pixels | None:
    """The middle of a picture of the folder (S, S, 3), at most SIDE px; None where it cannot be read. Raises
    `PoolError` where the pool has no time."""
    try:
        content = await asyncio.to_thread(_read, folder, name, services.door.max_bytes)
    except (OSError, ValueError) as error:
        logger.debug("pictures for /twin: {} is not read: {}", name, type(error).__name__)
        return None
    request = Decode(content, services.door.max_pixels, SIDE)
    try:
        answer = await services.pool.run(request, asker, priority=priority, timeout=None)
    except (RequestFailed, WorkerDied):
        return None
    return square(answer.pixels) if isinstance(answer, Decoded) else None


def _listed(folder: Path) -> list[str]:
    """The pictures in a folder and below it, by their paths from there, in order; hidden ones are passed over."""

    def found() -> Iterator[str]:
        for root, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in sorted(files):
                if PurePosixPath(file).suffix.lower() in SUFFIXES and not file.startswith("."):
                    yield (Path(root) / file).relative_to(folder).as_posix()

    return [name for name in itertools.islice(found(), MOST) if is_name(name)]


def _domain(name: str, domains: Sequence[str]) -> str:
    """What kind of picture it is: as the innermost folder that is called like one says."""
    parents = PurePosixPath(name).parts[:-1]
    return next((part for part in reversed(parents) if part in domains), DRAWN)


def _read(folder: Path, name: str, most: int) -> bytes:
    path = folder / PurePosixPath(name)
    if path.stat().st_size > most:
        raise ValueError("too large")
    return path.read_bytes()


def square(picture: Pixels) -> Pixels:
    """Its middle (S, S, 3), as large as it gets."""
    h, w, _ = picture.shape
    side = min(h, w)
    top, left = (h - side) // 2, (w - side) // 2
    return picture[top : top + side, left : left + side].copy()
