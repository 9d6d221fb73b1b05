import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.settings import Settings
from bot.store import Store, StoreError
from bot.store.database import Database, url_of
from bot.store.migrate import FOLDER, revision_of
from bot.store.migrations import REVISION
from bot.store.schema import Base


async def _run(settings: Settings, statement: str) -> None:
    database = Database(url_of(settings))
    async with database.write() as connection:
        await connection.execute(text(statement))
    await database.close()


async def _look(settings: Settings) -> tuple[set[str], list[str]]:
    """The tables that are there, and the revisions that they are said to be at."""

    def look(connection: Connection) -> tuple[set[str], list[str]]:
        tables = set(inspect(connection).get_table_names())
        said = text("SELECT version_num FROM alembic_version")
        return tables, list(connection.execute(said).scalars()) if "alembic_version" in tables else []

    database = Database(url_of(settings))
    async with database.read() as connection:
        found = await connection.run_sync(look)
    await database.close()
    return found


async def test_the_revisions_build_what_the_schema_says(empty: Settings) -> None:
    def differences(connection: Connection) -> list:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)

    store = await Store.open(empty)
    async with store.database.read() as connection:
        assert await connection.run_sync(differences) == []
    await store.close()


def test_the_newest_revision_is_the_one_the_code_knows() -> None:
    script = ScriptDirectory(str(FOLDER))
    assert script.get_current_head() == REVISION
    assert all(r.revision.isdigit() for r in script.walk_revisions())  # else "newer" cannot be told


async def test_an_empty_database_comes_to_the_newest_revision(empty: Settings) -> None:
    store = await Store.open(empty)
    async with store.database.read() as connection:
        assert await connection.run_sync(revision_of) == REVISION
    await store.close()


async def test_a_start_with_nothing_to_migrate_does_not_import_alembic(settings: Settings) -> None:
    await (await Store.open(settings)).close()
    script = f"""
import asyncio, sys
from pathlib import Path
from bot.settings import Settings
from bot.store import Store

async def main():
    folder, url = Path({str(settings.storage_dir)!r}), {settings.database_url!r}
    await (await Store.open(Settings(_env_file=None, storage_dir=folder, database_url=url))).close()

asyncio.run(main())
found = {{"alembic", "torch", "cv2", "skia", "PIL"}} & set(sys.modules)
assert not found, found
"""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


async def test_migrating_needs_no_working_directory(
    empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await (await Store.open(empty)).close()
    tables, _ = await _look(empty)
    assert set(Base.metadata.tables) <= tables


async def test_those_that_start_at_once_migrate_once(empty: Settings) -> None:
    for store in await asyncio.gather(*(Store.open(empty) for _ in range(4))):
        await store.close()
    _, revisions = await _look(empty)
    assert revisions == [REVISION]


@pytest.mark.parametrize("revision", ["9999", "c0ffee"])
async def test_a_newer_database_is_refused_and_left_alone(settings: Settings, revision: str) -> None:
    await (await Store.open(settings)).close()
    await _run(settings, f"UPDATE alembic_version SET version_num = '{revision}'")

    with pytest.raises(StoreError, match=f"newer version.*{revision}.*update the program"):
        await Store.open(settings)
    _, revisions = await _look(settings)
    assert revisions == [revision]


async def test_a_migration_that_fails_leaves_nothing_behind(empty: Settings) -> None:
    empty.storage_dir.mkdir()
    await _run(empty, "CREATE TABLE web_log (taken INTEGER)")  # the revision makes this one late

    with pytest.raises(StoreError, match="cannot be used"):
        await Store.open(empty)
    assert await _look(empty) == ({"web_log"}, [])
