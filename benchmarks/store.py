"""What it costs to keep what one command leaves behind, in PostgreSQL and in SQLite.

`python -m benchmarks.store postgresql://user:password@host/database` prints JSON. It makes a database of its own there
and removes it; SQLite gets a temporary file.
"""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import json
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.figures import Figure
from bot.settings import Settings
from bot.store import Store
from bot.store.database import url_of

ROUNDS = 5  # of each database, in turn
COMMANDS = 60  # a round
AT_ONCE = 16  # members who are answered at the same moment
TODAY = date(2026, 1, 1)
BODY = {"op": "draw", "model": "waifu@starter", "latents": [{"seed": 7}], "trunc": 0.7}


async def measure(url: str, rounds: int = ROUNDS) -> list[Figure]:
    """Commands a second that can be kept, one after the other and many at once, on the PostgreSQL at `url`."""
    with tempfile.TemporaryDirectory() as folder:
        async with _database(url) as own, _open(Path(folder), None) as sqlite, _open(Path(folder), own) as postgresql:
            figures = []
            for members in (1, AT_ONCE):
                figures += await _compare(sqlite, postgresql, rounds, members)
            return figures


async def _compare(sqlite: Store, postgresql: Store, rounds: int, members: int) -> list[Figure]:
    rates: list[tuple[float, float]] = []
    for store in (sqlite, postgresql):
        await _rate(store, members)  # connections, prepared statements
    for _ in range(rounds):
        rates.append((await _rate(sqlite, members), await _rate(postgresql, members)))
    alone, shared = (statistics.median(rate) for rate in zip(*rates, strict=True))
    of = f"{members} at a time"
    return [
        Figure(f"SQLite, {of}", alone, "commands/s"),
        Figure(f"PostgreSQL, {of}", shared, "commands/s"),
        Figure(f"PostgreSQL : SQLite, {of}", statistics.median(b / a for a, b in rates), ""),
    ]


async def _rate(store: Store, members: int) -> float:
    numbers = itertools.count()

    async def member(name: str) -> None:
        for n in numbers:
            if n >= COMMANDS:
                return
            await _keep(store, name)

    start = time.perf_counter()
    await asyncio.gather(*(member(f"qq:{i}") for i in range(members)))
    return COMMANDS / (time.perf_counter() - start)


async def _keep(store: Store, member: str) -> None:
    """What the bot writes for `/waifu`."""
    recipe = await store.recipes.add(BODY, member=member, group="qq:30003")
    await store.usage.spend(member, TODAY)
    await store.sent.add("qq", "qq:30003", uuid.uuid4().hex, picture=recipe.id, member=member)


@asynccontextmanager
async def _open(folder: Path, url: str | None) -> AsyncIterator[Store]:
    store = await Store.open(Settings(_env_file=None, storage_dir=folder, database_url=url))  # type: ignore[call-arg]
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[str]:
    """A database of our own on a server; its address."""
    server = url_of(Settings(_env_file=None, database_url=url))  # type: ignore[call-arg]
    name = f"nijigen_bench_{uuid.uuid4().hex}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
            try:
                yield make_url(server).set(database=name).render_as_string(hide_password=False)
            finally:
                await connection.execute(text(f"DROP DATABASE {name}"))
    finally:
        await engine.dispose()


if __name__ == "__main__":
    print(json.dumps([dataclasses.asdict(figure) for figure in asyncio.run(measure(sys.argv[1]))], indent=1))
