"""What is there before a restore: replaced as a whole where that was meant, and else left as it was."""

from __future__ import annotations

import asyncio
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from bot.settings import Settings
from bot.store import Store, StoreError, StoreUnavailable
from bot.store.backup import Refused, backup, restore
from bot.store.backup.loading import held
from bot.store.files import Files
from tests.bot.store.backup.conftest import models_of, rows_of, silent, there
from tests.bot.store.conftest import on_postgresql, on_sqlite, settings_of


async def test_a_store_that_is_not_empty_is_refused_and_left_alone(
    archive: Path, settings: Settings, tmp_path: Path
) -> None:
    store = await Store.open(settings)
    await store.web.append("me", "answer", {"text": "mine"}, [(b"mine", ".webp")])
    await store.close()
    rows, files = await rows_of(settings), there(settings)
    with pytest.raises(Refused, match=r"is not empty.*--replace"):
        await restore(settings, archive, progress=silent)
    assert await rows_of(settings) == rows
    assert there(settings) == files


@on_sqlite
async def test_models_that_are_there_are_left_alone(archive: Path, settings: Settings) -> None:
    (settings.storage_dir / "models" / "mine").mkdir(parents=True)
    with pytest.raises(Refused, match=r"is not empty.*--replace"):
        await restore(settings, archive, progress=silent)
    assert [path.name for path in (settings.storage_dir / "models").iterdir()] == ["mine"]


async def test_replace_leaves_nothing_of_what_was_there(archive: Path, settings: Settings, tmp_path: Path) -> None:
    store = await Store.open(settings)
    mine = await store.web.append("me", "answer", {"text": "mine"}, [(b"mine", ".webp"), (b"a sheet", ".webp")])
    await store.close()
    (settings.storage_dir / "models" / "mine").mkdir(parents=True)
    await restore(settings, archive, replace=True, progress=silent)
    source = settings_of(tmp_path / "source")
    assert await rows_of(settings) == await rows_of(source)
    assert models_of(settings) == models_of(source)
    store = await Store.open(settings)
    assert [await store.files.get(key) for key in mine.files] == [None, b"a sheet"]
    await store.close()
    assert not [path for path in settings.storage_dir.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("at", ["files", "models", "commit"])
async def test_what_fails_halfway_leaves_all_as_it_was(
    archive: Path, settings: Settings, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(settings)
    await store.web.append("me", "answer", {"text": "mine"}, [(b"mine", ".webp")])
    await store.close()
    (settings.storage_dir / "models" / "mine").mkdir(parents=True)
    (settings.storage_dir / "models" / "mine" / "card.md").write_text("mine")
    rows, files = await rows_of(settings), there(settings)

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    real = Files.put

    async def fail_late(self: Files, data: bytes, suffix: str) -> str:
        if data == b"a face":
            fail()
        return await real(self, data, suffix)

    if at == "files":
        monkeypatch.setattr(Files, "put", fail_late)
    elif at == "models":
        monkeypatch.setattr("bot.store.backup.models._write", fail)
    else:
        event.listen(Engine, "commit", fail)
    try:
        with pytest.raises((OSError, StoreUnavailable), match="the disk is gone"):
            await restore(settings, archive, replace=True, progress=silent)
    finally:
        if at == "commit":
            event.remove(Engine, "commit", fail)
    assert await rows_of(settings) == rows
    assert there(settings) == files
    monkeypatch.undo()
    await restore(settings, archive, replace=True, progress=silent)


@on_sqlite
@pytest.mark.parametrize("writer", ["bot.store.files.folder._write", "bot.store.backup.models._write"])
async def test_who_stops_a_restore_finds_all_as_it_was_once_what_was_being_written_is(
    archive: Path, settings: Settings, writer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = there(settings)
    real = import_module(writer.rpartition(".")[0])._write
    begun, written = threading.Event(), threading.Event()

    def write(*args: Any) -> Any:
        begun.set()
        time.sleep(0.1)  # a disk that is slow
        result = real(*args)
        written.set()
        return result

    monkeypatch.setattr(writer, write)
    restoring = asyncio.create_task(restore(settings, archive, progress=silent))
    await asyncio.to_thread(begun.wait)
    restoring.cancel()
    with pytest.raises(asyncio.CancelledError):
        await restoring
    assert written.is_set()
    assert there(settings) == files
    assert not [path for path in settings.storage_dir.iterdir() if path.name.startswith(".models")]


@on_sqlite
async def test_a_running_bot_on_sqlite_is_not_restored_under_its_feet(archive: Path, settings: Settings) -> None:
    running = await Store.open(settings, exclusive=True)
    with pytest.raises(StoreError, match="another bot is running"):
        await restore(settings, archive, replace=True, progress=silent)
    await running.close()
    await restore(settings, archive, progress=silent)


@on_postgresql
async def test_a_running_bot_on_postgresql_is_not_restored_under_its_feet(archive: Path, settings: Settings) -> None:
    running = await Store.open(settings, exclusive=True)
    await running.groups.get("qq:7")  # its connection stays open from now on
    with pytest.raises(Refused, match="stop it first"):
        await restore(settings, archive, replace=True, progress=silent)
    await running.close()
    await restore(settings, archive, progress=silent)


@on_postgresql
async def test_tables_of_others_in_the_same_database_are_left_alone(archive: Path, settings: Settings) -> None:
    store = await Store.open(settings)
    async with store.database.write() as connection:
        await connection.execute(text("CREATE TABLE theirs (id integer)"))
        await connection.execute(text("INSERT INTO theirs VALUES (1)"))
    await store.close()
    await restore(settings, archive, replace=True, progress=silent)
    store = await Store.open(settings)
    async with store.database.read() as connection:
        assert (await connection.execute(text("SELECT id FROM theirs"))).scalar_one() == 1
        assert "theirs" not in {table.name for table in await connection.run_sync(held)}
    await store.close()


async def test_a_database_newer_than_the_program_is_neither_backed_up_nor_replaced(
    archive: Path, settings: Settings, tmp_path: Path
) -> None:
    store = await Store.open(settings)
    async with store.database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(Refused, match="newer than this program"):
        await backup(settings, tmp_path / "x.tar", progress=silent)
    with pytest.raises(Refused, match="newer than this program"):
        await restore(settings, archive, replace=True, progress=silent)
    assert there(settings) == set()
    assert not (tmp_path / "x.tar").exists()
