"""The shelves of the embeddings in use, kept in STORAGE_DIR/embeddings, a folder an embedding."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from loguru import logger

from bot.likeness.nearest import nearest
from bot.likeness.shelf import Rows, Shelf, load, write

_EMBEDDING = re.compile(r"[a-z0-9][a-z0-9@_-]{0,120}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A face that looks like another one."""

    shelf: str
    name: str
    distance: float  # 1 - cosine of the embeddings: 0…2


class Library:
    """One a bot. Shelves are read when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self._reading, self._writing = asyncio.Lock(), asyncio.Lock()

    async def shelf(self, embedding: str, name: str) -> Shelf:
        """A shelf of an embedding, as it was kept, or empty."""
        async with self._reading:
            if (embedding, name) not in self._shelves:
                rows = await asyncio.to_thread(load, self._path(embedding, name))
                self._shelves[embedding, name] = Shelf(rows)
            return self._shelves[embedding, name]

    async def keep(self, embedding: str, name: str) -> None:
        """Write a shelf if it has changed. What the disk does not take is made again after the next start."""
        shelf = await self.shelf(embedding, name)
        async with self._writing:
            if not shelf.changed:
                return
            shelf.changed = False
            try:
                await asyncio.to_thread(write, self._path(embedding, name), shelf.rows())
            except OSError as error:
                shelf.changed = True
                logger.warning("embeddings of {} could not be kept: {}", name, error.strerror or type(error).__name__)

    async def search(
        self, embedding: str, query: np.ndarray, most: int, among: Mapping[str, Sequence[str] | None]
    ) -> list[Neighbour]:
        """The faces nearest to `query` float32 (E,), nearest first: on each of the shelves in `among` of those that are
        named, or of all where None is said. The event loop goes on meanwhile."""
        places: list[tuple[str, Rows, np.ndarray | None]] = []
        for name, wanted in among.items():
            shelf = await self.shelf(embedding, name)
            rows = None
            if wanted is not None:
                rows = np.array(sorted(p for n in set(wanted) if (p := shelf.place(n)) is not None), np.int64)
            places.append((name, shelf.rows(), rows))
        return await asyncio.to_thread(_search, places, query, most)

    async def kept(self, shelf: str, names: Sequence[str]) -> list[tuple[str, str, np.ndarray]]:
        """What is kept of faces on a shelf, of every embedding: (embedding, name, float32 (E,))."""
        found: list[tuple[str, str, np.ndarray]] = []
        for embedding in await asyncio.to_thread(self._embeddings):
            here = await self.shelf(embedding, shelf)
            found += [(embedding, name, v) for name in names if (v := here.vector(name)) is not None]
        return found

    async def let_go(self, shelf: str, names: Collection[str]) -> bool:
        """Take faces off a shelf of every embedding, in memory and on the disk; says whether any was on one."""
        gone = False
        for embedding in await asyncio.to_thread(self._embeddings):
            found = await self.shelf(embedding, shelf)
            if found.keep(lambda name: name not in names):
                gone = True
                await self.keep(embedding, shelf)
        return gone

    async def retire(self, embedding: str) -> None:
        """Remove the shelves of all embeddings but this one: they are of models that are not used any more."""
        for other in await asyncio.to_thread(self._embeddings):
            if other != embedding:
                logger.info("embeddings by {} are let go of: {} is used now", other, embedding)
                self._shelves = {key: shelf for key, shelf in self._shelves.items() if key[0] != other}
                await asyncio.to_thread(shutil.rmtree, self._folder / other, ignore_errors=True)

    def _embeddings(self) -> list[str]:
        kept = [path.name for path in self._folder.iterdir() if path.is_dir()] if self._folder.is_dir() else []
        return sorted({*(name for name in kept if _EMBEDDING.fullmatch(name)), *(key[0] for key in self._shelves)})

    def _path(self, embedding: str, name: str) -> Path:
        if not _EMBEDDING.fullmatch(embedding):
            raise ValueError(f"no name of an embedding: {embedding!r}")
        return self._folder / embedding / f"{name}.npz"


def _search(places: Sequence[tuple[str, Rows, np.ndarray | None]], query: np.ndarray, most: int) -> list[Neighbour]:
    found: list[Neighbour] = []
    for name, rows, among in places:
        if not len(rows.vectors):
            continue
        numbers, distances = nearest(rows.vectors, query, most, among)
        for number, distance in zip(numbers, distances, strict=True):
            found.append(Neighbour(name, rows.names[int(number)], float(distance)))
    return sorted(found, key=lambda neighbour: neighbour.distance)[:most]
