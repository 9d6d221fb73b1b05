"""How long 10,000 contributions to one character take: to list, to compare another with, to freeze into a set."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert

from benchmarks.figures import Figure
from bot.characters.sets import Pictures
from bot.settings import Settings
from bot.store import Store
from bot.store.characters import Character
from bot.store.contribution import DIMENSIONS
from bot.store.files import Folder
from bot.store.schema import ContributionRow, FileUseRow
from data.hashes import BYTES, distances

COUNT = 10_000
FILE = 2_000  # bytes each; a set is made of links, so that it takes no longer with larger ones
MEMBERS = 50


async def measure(rounds: int = 3) -> list[Figure]:
    """Seconds, in SQLite and a folder of files."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, storage_dir=Path(folder, "var"), database_url=None)  # type: ignore[call-arg]
        store = await Store.open(settings)
        try:
            character = await store.characters.add("qq:1", member="qq:2", most=1, name="Mikoto")
            await _fill(store, character, Folder(settings.storage_dir / "files"))
            numbers = itertools.count()
            sets = Pictures(store)
            return [
                Figure(f"{COUNT:,} contributions: {name}", await _seconds(rounds, work), "s", ceiling=1.0)
                for name, work in (
                    ("listed", lambda: store.contributions.accepted(character.id)),
                    ("another compared with them", lambda: _compare(store, character)),
                    (
                        "frozen into a set",
                        lambda: sets.freeze(character, Path(folder, f"set-{next(numbers)}")),
                    ),
                )
            ]
        finally:
            await store.close()


async def _seconds(rounds: int, work: Callable[[], Awaitable[Any]]) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        await work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


async def _compare(store: Store, character: Character) -> None:
    """Up to the nearest eight, which are then laid over the new one whatever their number."""
    known = await store.contributions.known(character.id)
    bits = distances(known.hashes, bytes(BYTES), bytes([255]) * BYTES)
    for index in np.argsort(bits, kind="stable")[:8]:
        await store.contributions.get(int(known.ids[index]))


async def _fill(store: Store, character: Character, files: Folder) -> None:
    rows = list(_rows(character))
    uses = [{"key": row["file"], "owner": f"contribution:{row['id']}"} for row in rows]
    async with store.database.write() as connection:
        await connection.execute(insert(ContributionRow), rows)
        await connection.execute(insert(FileUseRow), uses)
    await asyncio.to_thread(_write, files, [row["file"] for row in rows])


def _rows(character: Character) -> Iterator[dict[str, Any]]:
    chance = np.random.default_rng(0)
    now = datetime.now(UTC)
    for number in range(1, COUNT + 1):
        sha256 = hashlib.sha256(_content(number)).hexdigest()
        yield {
            "id": number, "character_id": character.id, "member_id": f"qq:{number % MEMBERS}", "batch": "b",
            "origin": "qq", "state": "accepted", "note": "", "file": f"{sha256}.webp", "sha256": sha256,
            "phash": chance.bytes(BYTES), "whole": chance.bytes(BYTES), "embedding": chance.bytes(2 * DIMENSIONS),
            "side": 300, "sharpness": 0.6, "likeness": 0.9, "nsfw": 0.0, "score": 0.9, "created": now,
            "decided": None, "decided_by": None,
        }  # fmt: skip


def _write(files: Folder, keys: list[str]) -> None:
    for number, key in enumerate(keys, start=1):
        path = files.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_content(number))


def _content(number: int) -> bytes:
    return number.to_bytes(4, "big") * (FILE // 4)
