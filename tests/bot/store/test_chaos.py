"""PostgreSQL stopped and started under the load of two processes: nothing is half there afterwards."""

import asyncio
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from bot.settings import Settings
from bot.store import Store, StoreUnavailable
from bot.store.recipes import Recipe
from bot.store.schema import FileUseRow, WebLogRow
from bot.store.web import Entry
from tests.bot.postgres import Server
from tests.bot.store.conftest import on_postgresql

TODAY = date(2026, 1, 1)
BODY = {"op": "draw", "model": "waifu@starter"}
MEMBERS = 6  # of each process
BETWEEN = 30  # answers between two blows


class Member:
    """Asks for pictures without end, and notes what they were promised."""

    def __init__(self, name: str, store: Store, counts: Counter[str]) -> None:
        self.name = name
        self.store = store
        self.counts = counts
        self.attempts = 0  # at counting a command
        self.spent = 0  # of them that were said to have succeeded
        self.recipes: list[Recipe] = []
        self.entries: list[Entry] = []
        self.removed: list[Entry] = []

    async def ask(self, over: asyncio.Event) -> None:
        while not over.is_set():
            try:
                await self._command()
                self.counts["answered"] += 1
            except StoreUnavailable:
                self.counts["away"] += 1

    async def _command(self) -> None:
        recipe = await self.store.recipes.add(BODY, member=self.name, group="qq:1")
        self.recipes.append(recipe)
        self.attempts += 1
        await self.store.usage.spend(self.name, TODAY)
        self.spent += 1
        n = len(self.recipes)
        await self.store.sent.add("qq", "qq:1", f"{self.name}-{n}", picture=recipe.id, member=self.name)
        # Every third shares its file with all members, as the same face from the same seed would.
        data = b"the same" if n % 3 == 0 else f"{self.name} {n}".encode()
        self.entries.append(await self.store.web.append(self.name, "answer", {"n": n}, [(data, ".webp")]))
        if n % 4 == 0:
            entry = self.entries.pop(0)  # whether it succeeds or not: it is promised no more
            if await self.store.web.remove(self.name, entry.seq):
                self.removed.append(entry)


@on_postgresql
@pytest.mark.slow
async def test_a_server_stopped_and_started_under_load_leaves_nothing_wrong(
    settings: Settings, postgres: Server
) -> None:
    stores = [await Store.open(settings) for _ in range(2)]
    counts: Counter[str] = Counter()
    members = [Member(f"qq:{i}", stores[i % 2], counts) for i in range(MEMBERS * 2)]
    over = asyncio.Event()
    asking = [asyncio.create_task(member.ask(over)) for member in members]

    async def answers(more: int) -> None:
        goal = counts["answered"] + more
        async with asyncio.timeout(300):
            while counts["answered"] < goal:
                for task in asking:
                    if task.done():
                        await task  # which has failed
                await asyncio.sleep(0.01)

    for mode in ("fast", "immediate"):  # cut off, and crashed
        await answers(BETWEEN)
        await asyncio.to_thread(postgres.stop, mode)
        await asyncio.to_thread(postgres.start)
    await answers(BETWEEN)
    over.set()
    await asyncio.gather(*asking)

    assert counts["away"] > 0, "the load was not hit"
    for member in members:
        await _promises_are_kept(member)
    await _nothing_is_half_there(stores[0])
    for store in stores:
        await store.close()


async def _promises_are_kept(member: Member) -> None:
    assert member.spent <= await member.store.usage.count(member.name, TODAY) <= member.attempts
    for recipe in member.recipes:
        assert await member.store.recipes.get(recipe.id) == recipe
    for entry in member.entries:
        assert await member.store.web.get(member.name, entry.seq) == entry
    for entry in member.removed:
        assert await member.store.web.get(member.name, entry.seq) is None


async def _nothing_is_half_there(store: Store) -> None:
    async with store.database.read() as connection:
        entries = (await connection.execute(select(WebLogRow.seq, WebLogRow.files))).all()
        uses = (await connection.execute(select(FileUseRow.key, FileUseRow.owner))).all()
    assert sorted((key, f"web:{seq}") for seq, keys in entries for key in keys) == sorted((k, o) for k, o in uses)
    for _, keys in entries:
        for key in keys:
            assert await store.files.get(key) is not None
