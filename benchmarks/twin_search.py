"""`/twin`: how long the nearest of 100,000 faces take to be found, and what keeping them costs."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, percentile
from bot.likeness.library import Library

FACES, SIZE = 100_000, 128  # numbers of an embedding, as the networks that ship have
SAVED = 5_000  # faces that a large group has saved
EMBEDDING, SHELF = "benchmark", "pictures"


async def measure(rounds: int = 9, faces: int = FACES, size: int = SIZE) -> list[Figure]:
    vectors = _vectors(faces, size)
    names = [f"{i // 1000:03}/{i:06}.png" for i in range(faces)]
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        shelf = await library.shelf(EMBEDDING, SHELF)
        shelf.add(names, vectors)
        writing = await _timed(lambda: library.keep(EMBEDDING, SHELF))
        fresh = Library(Path(folder))
        reading = await _timed(lambda: fresh.shelf(EMBEDDING, SHELF))
        some = names[:: max(1, faces // SAVED)]
        whole = [await _search(fresh, query, None) for query in vectors[:rounds]]
        few = [await _search(fresh, query, some) for query in vectors[:rounds]]
        stall = max([await _stall(fresh, query) for query in vectors[:rounds]])
        adding = await _timed(lambda: _add(fresh, vectors[:32]))
    count = f"{faces:,} faces of {size} numbers"
    return [
        Figure(f"the nearest five of {count}, p50", 1000 * percentile(whole, 0.5), "ms", ceiling=1000.0),
        Figure("the same, the slowest", 1000 * max(whole), "ms", ceiling=1000.0),
        Figure(f"among {len(some):,} of them, which a group has saved", 1000 * percentile(few, 0.5), "ms"),
        Figure("longest that the event loop stands still meanwhile", 1000 * stall, "ms", ceiling=50.0),
        Figure("32 faces more", 1000 * adding, "ms"),
        Figure("written to the disk", writing, "s"),
        Figure("read at the first question after a start", reading, "s"),
    ]


def _vectors(faces: int, size: int) -> np.ndarray:
    vectors = np.random.default_rng(0).standard_normal((faces, size), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


async def _search(library: Library, query: np.ndarray, among: list[str] | None) -> float:
    start = time.perf_counter()
    found = await library.search(EMBEDDING, query, 5, {SHELF: among})
    assert len(found) == 5
    return time.perf_counter() - start


async def _stall(library: Library, query: np.ndarray) -> float:
    """The longest that something else on the loop waits for its turn while there is a search."""
    searching = asyncio.create_task(_search(library, query, None))
    longest, last = 0.0, time.perf_counter()
    while not searching.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest


async def _add(library: Library, vectors: np.ndarray) -> None:
    (await library.shelf(EMBEDDING, SHELF)).add([f"new/{i}.png" for i in range(len(vectors))], vectors)


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start
