"""One bot on SQLite; a PostgreSQL that goes away and comes back."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.settings import Settings
from bot.store import Store, StoreError, StoreUnavailable, database
from tests.bot.postgres import Server
from tests.bot.store.conftest import on_postgresql, on_sqlite

TODAY = date(2026, 1, 1)
PATIENT = (0.05,) * 1200  # a minute: the server of a busy machine


@on_sqlite
async def test_a_second_bot_on_one_sqlite_is_refused_and_told_of_postgresql(settings: Settings) -> None:
    first = await Store.open(settings, exclusive=True)
    with pytest.raises(StoreError, match=r"another bot is running.*PostgreSQL.*DATABASE_URL"):
        await Store.open(settings, exclusive=True)
    await first.close()
    await (await Store.open(settings, exclusive=True)).close()


@on_sqlite
async def test_what_only_looks_may_do_so_beside_the_bot(settings: Settings) -> None:
    bot = await Store.open(settings, exclusive=True)
    beside = await Store.open(settings)
    assert await beside.usage.count("qq:10001", TODAY) == 0
    await beside.close()
    with pytest.raises(StoreError, match="another bot"):  # closing the one beside does not let go of the bot's
        await Store.open(settings, exclusive=True)
    await bot.close()


@on_postgresql
async def test_several_bots_may_share_a_postgresql(settings: Settings) -> None:
    stores = [await Store.open(settings, exclusive=True) for _ in range(2)]
    for store in stores:
        await store.close()


@on_sqlite
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
async def test_a_bot_that_was_killed_keeps_nobody_out(settings: Settings) -> None:
    async with _bot(settings.storage_dir) as bot:
        with pytest.raises(StoreError, match="another bot"):
            await Store.open(settings, exclusive=True)
        bot.send_signal(signal.SIGKILL)
        await bot.wait()
        await (await Store.open(settings, exclusive=True)).close()


@asynccontextmanager
async def _bot(storage: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that has a store to itself."""
    script = f"""
import asyncio
from pathlib import Path
from bot.settings import Settings
from bot.store import Store

async def main():
    settings = Settings(_env_file=None, storage_dir=Path({str(storage)!r}), database_url=None)
    store = await Store.open(settings, exclusive=True)
    print("open", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"open\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@on_postgresql
async def test_a_server_that_starts_again_is_waited_for(
    store: Store, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAUSES", PATIENT)
    await store.usage.spend("qq:10001", TODAY)
    await asyncio.to_thread(postgres.stop)
    asking = asyncio.create_task(store.usage.spend("qq:10001", TODAY))
    reading = asyncio.create_task(store.usage.count("qq:10002", TODAY))
    await asyncio.to_thread(postgres.start)
    assert await asking == 2
    assert await reading == 0


@on_postgresql
async def test_a_server_that_stays_away_is_said_to_be_and_is_found_again(
    store: Store, settings: Settings, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAUSES", (0.01, 0.01))
    await asyncio.to_thread(postgres.stop)
    try:
        with pytest.raises(StoreUnavailable):
            await store.usage.spend("qq:10001", TODAY)
        with pytest.raises(StoreUnavailable):
            await store.usage.count("qq:10001", TODAY)
        with pytest.raises(StoreError, match="cannot be used"):
            await Store.open(settings)
    finally:
        await asyncio.to_thread(postgres.start)
    assert await store.usage.spend("qq:10001", TODAY) == 1


@on_postgresql
async def test_who_waits_too_long_for_a_connection_is_told_that_the_database_is_away(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "POOL", 1)
    monkeypatch.setattr(database, "POOL_SECONDS", 0.01)
    monkeypatch.setattr(database, "PAUSES", ())
    store = await Store.open(settings)
    async with store.database.write():
        with pytest.raises(StoreUnavailable):
            await store.usage.count("qq:10001", TODAY)
    assert await store.usage.count("qq:10001", TODAY) == 0
    await store.close()


@on_postgresql
async def test_a_transaction_that_is_cut_off_leaves_nothing(store: Store, postgres: Server) -> None:
    async def cut_off(before_commit: bool) -> None:
        async with store.database.write() as connection:
            await connection.execute(text("INSERT INTO usage VALUES ('qq:10001', '2026-01-01', 1)"))
            await asyncio.to_thread(postgres.stop)
            await asyncio.to_thread(postgres.start)
            if not before_commit:
                await connection.execute(text("INSERT INTO usage VALUES ('qq:10002', '2026-01-01', 1)"))

    for before_commit in (True, False):
        with pytest.raises(StoreUnavailable):
            await cut_off(before_commit)
        assert await store.usage.count("qq:10001", TODAY) == 0
