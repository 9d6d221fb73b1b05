"""What failures of real databases mean."""

import sqlite3
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.settings import Settings
from bot.store import StorageFull, Store, StoreUnavailable, database
from bot.store.database import FILE_NAME
from tests.bot.store.conftest import on_postgresql, on_sqlite

TODAY = date(2026, 1, 1)


@on_sqlite
async def test_a_full_disk_is_said_to_be_full(store: Store) -> None:
    async def fill() -> None:
        async with store.database.write() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count = {pages + 4}"))
            await connection.execute(text("INSERT INTO usage VALUES (hex(randomblob(100000)), '2026-01-01', 1)"))

    with pytest.raises(StorageFull):
        await fill()
    assert await store.usage.count("qq:10001", TODAY) == 0


@on_sqlite
async def test_a_database_that_somebody_else_keeps_busy_is_out_of_reach(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.0)
    store = await Store.open(settings)
    other = sqlite3.connect(settings.storage_dir / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        await store.usage.spend("qq:10001", TODAY)
    other.execute("ROLLBACK")
    other.close()
    assert await store.usage.spend("qq:10001", TODAY) == 1
    await store.close()


@on_postgresql
@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("53100", StorageFull),
        ("53300", StoreUnavailable),
        ("57P03", StoreUnavailable),
        ("08006", StoreUnavailable),
        ("22012", DBAPIError),  # a division by zero is a mistake of ours
    ],
)
async def test_what_the_server_says_is_understood(store: Store, code: str, means: type[Exception]) -> None:
    async def fail() -> None:
        async with store.database.write() as connection:
            await connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"))

    with pytest.raises(means):
        await fail()
    assert await store.usage.spend("qq:10001", TODAY) == 1


async def test_a_mistake_of_ours_stays_one(store: Store) -> None:
    async def mistake() -> None:
        async with store.database.read() as connection:
            await connection.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(DBAPIError):
        await mistake()
