import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.settings import Settings
from bot.store import Store, StoreError
from bot.store.database import FILE_NAME
from bot.store.migrate import FOLDER, revision_of
from bot.store.migrations import REVISION
from bot.store.schema import Base


def _run(settings: Settings, *statements: str) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(settings.storage_dir / FILE_NAME)) as connection, connection:
        return [row for statement in statements for row in connection.execute(statement).fetchall()]


def _tables(settings: Settings) -> set[str]:
    return {name for (name,) in _run(settings, "SELECT name FROM sqlite_master WHERE type = 'table'")}


async def test_the_revisions_build_what_the_schema_says(store: Store) -> None:
    def differences(connection: Connection) -> list:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)

    async with store.database.read() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_revision_is_the_one_the_code_knows() -> None:
    script = ScriptDirectory(str(FOLDER))
    assert script.get_current_head() == REVISION
    assert all(r.revision.isdigit() for r in script.walk_revisions())  # else "newer" cannot be told


async def test_an_empty_database_comes_to_the_newest_revision(store: Store) -> None:
    async with store.database.read() as connection:
        assert await connection.run_sync(revision_of) == REVISION


async def test_a_start_with_nothing_to_migrate_does_not_import_alembic(settings: Settings) -> None:
    await (await Store.open(settings)).close()
    script = f"""
import asyncio, sys
from pathlib import Path
from bot.settings import Settings
from bot.store import Store

async def main():
    folder = Path({str(settings.storage_dir)!r})
    await (await Store.open(Settings(_env_file=None, storage_dir=folder, database_url=None))).close()

asyncio.run(main())
found = {{"alembic", "torch", "cv2", "skia", "PIL"}} & set(sys.modules)
assert not found, found
"""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


async def test_migrating_needs_no_working_directory(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await (await Store.open(settings)).close()
    assert set(Base.metadata.tables) <= _tables(settings)


async def test_two_that_start_at_once_migrate_once(settings: Settings) -> None:
    for store in await asyncio.gather(Store.open(settings), Store.open(settings), Store.open(settings)):
        await store.close()
    assert _run(settings, "SELECT version_num FROM alembic_version") == [(REVISION,)]


@pytest.mark.parametrize("revision", ["9999", "c0ffee"])
async def test_a_newer_database_is_refused_and_left_alone(settings: Settings, revision: str) -> None:
    await (await Store.open(settings)).close()
    _run(settings, f"UPDATE alembic_version SET version_num = '{revision}'")

    with pytest.raises(StoreError, match=f"newer version.*{revision}.*update the program"):
        await Store.open(settings)
    assert _run(settings, "SELECT version_num FROM alembic_version") == [(revision,)]


async def test_a_migration_that_fails_leaves_nothing_behind(settings: Settings) -> None:
    settings.storage_dir.mkdir()
    _run(settings, "CREATE TABLE web_log (taken)")  # the revision makes this one late

    with pytest.raises(StoreError, match="cannot be used"):
        await Store.open(settings)
    assert _tables(settings) == {"web_log"}
