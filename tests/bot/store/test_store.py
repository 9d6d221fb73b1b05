import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.settings import Settings
from bot.store import Store, StoreError
from bot.store.database import FILE_NAME
from tests.bot.store.conftest import on_sqlite, settings_of

BODY = {"op": "draw", "model": "waifu@starter"}


async def test_what_was_kept_is_there_after_opening_again(settings: Settings) -> None:
    first = await Store.open(settings)
    recipe = await first.recipes.add(BODY, member="qq:10001", group=None)
    await first.close()

    second = await Store.open(settings)
    assert await second.recipes.get(recipe.id) == recipe
    await second.close()


@on_sqlite
async def test_closing_leaves_one_database_file(settings: Settings) -> None:
    store = await Store.open(settings)
    await store.recipes.add(BODY, member="qq:10001", group=None)
    await store.close()
    assert [p.name for p in settings.storage_dir.iterdir()] == [FILE_NAME]


@on_sqlite
async def test_sqlite_is_set_up_to_keep_its_promises(store: Store) -> None:
    found = {}
    async with store.database.read() as connection:
        for name in ("journal_mode", "synchronous", "foreign_keys"):
            found[name] = (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}  # 2: FULL


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_what_was_promised_survives_a_kill(tmp_path: Path) -> None:
    script = f"""
import asyncio, os, signal
from pathlib import Path
from bot.settings import Settings
from bot.store import Store

async def main():
    store = await Store.open(Settings(_env_file=None, storage_dir=Path({str(tmp_path)!r}), database_url=None))
    recipe = await store.recipes.add({BODY!r}, member="qq:10001", group=None)
    print(recipe.id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr

    async def look() -> object:
        store = await Store.open(settings_of(tmp_path))
        try:
            return await store.recipes.get(done.stdout.strip())
        finally:
            await store.close()

    assert asyncio.run(look()) is not None


async def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    async def fail_halfway() -> None:
        async with store.database.write() as connection:
            await connection.execute(text("INSERT INTO usage VALUES ('qq:10001', '2026-01-01', 1)"))
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await fail_halfway()
    async with store.database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM usage"))).scalar_one() == 0


async def test_rows_cannot_name_a_picture_that_is_not_there(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await store.favourites.add("qq:10001", "zzzz")
    with pytest.raises(IntegrityError):
        await store.sent.add("qq", "qq:30003", "1", picture="zzzz", member="qq:10001")


async def test_writers_that_are_cancelled_anywhere_leave_the_store_usable(store: Store) -> None:
    dice = random.Random(7)
    for _ in range(40):
        writers = [asyncio.create_task(store.recipes.add(BODY, member="qq:10001", group=None)) for _ in range(4)]
        for _ in range(dice.randrange(30)):
            await asyncio.sleep(0)
        if dice.random() < 0.3:
            await asyncio.sleep(0.003 * dice.random())  # also where an answer was made and nobody has fetched it
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        kept = await store.recipes.add(BODY, member="qq:10001", group=None)
        assert await store.recipes.get(kept.id) == kept


@on_sqlite
async def test_a_writer_waits_for_another_process(store: Store, settings: Settings) -> None:
    other = sqlite3.connect(settings.storage_dir / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(store.usage.spend("qq:10001", date(2026, 1, 1)))
    asyncio.get_running_loop().call_later(0.05, other.execute, "COMMIT")
    assert await writing == 1
    other.close()


async def test_a_storage_dir_that_is_a_file_is_refused(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    with pytest.raises(StoreError, match="STORAGE_DIR"):
        await Store.open(settings_of(taken))


@on_sqlite
async def test_a_database_that_is_none_is_refused(settings: Settings) -> None:
    settings.storage_dir.mkdir()
    (settings.storage_dir / FILE_NAME).write_text("not a database, but long enough to be looked at. " * 99)
    with pytest.raises(StoreError, match="not a database"):
        await Store.open(settings)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("here", "no address"),
        ("sqlite://", "in memory"),
        ("sqlite+aiosqlite:///:memory:", "in memory"),
        ("oracel://somewhere/x", "no database that can be used"),
        ("sqlite+pysqlite:///x.db", "no database that can be used"),
    ],
)
async def test_a_wrong_database_url_is_refused_with_a_sentence(tmp_path: Path, url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        await Store.open(settings_of(tmp_path, url))


async def test_postgresql_without_its_driver_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)  # as if it were not installed
    with pytest.raises(StoreError, match="pip install asyncpg"):
        await Store.open(settings_of(tmp_path, "postgresql://user:secret@127.0.0.1/nijigen"))


async def test_database_url_names_another_file(tmp_path: Path) -> None:
    store = await Store.open(settings_of(tmp_path / "var", f"sqlite:///{tmp_path}/elsewhere.db"))
    await store.close()
    assert (tmp_path / "elsewhere.db").exists()


async def test_a_password_in_database_url_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        await Store.open(settings_of(tmp_path, "postgresql://user:secret@127.0.0.1:1/nijigen"))
    assert "secret" not in str(refused.value)
