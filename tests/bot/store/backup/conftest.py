"""A store with something of everything in it, and an empty one to put it into."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, String, select

from bot.settings import Settings
from bot.store import Store
from bot.store.backup import backup
from bot.store.backup.archive import PASSING
from bot.store.database import FILE_NAME
from bot.store.schema import Base, UtcDateTime
from tests.bot.postgres import Server
from tests.bot.store.conftest import DATABASES, settings_of

SAMPLES: list[tuple[type, Any]] = [
    (String, "字 'quoted' \u2028 \x7f 🎴"),
    (Integer, 7),
    (Float, 0.1 + 0.2),
    (Boolean, True),
    (LargeBinary, bytes(range(256))),
    (Date, date(2026, 2, 28)),
    (UtcDateTime, datetime(2026, 2, 28, 23, 59, 59, 123456, UTC)),
    (JSON, {"text": "老婆 \x00 🎴", "deep": [1, 2.5, None, {"a": False}]}),
]


@pytest.fixture(params=DATABASES)
async def target(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Settings]:
    """An empty store's, whose folder is not there yet."""
    if request.param == "sqlite":
        yield settings_of(tmp_path / "target")
        return
    server: Server = request.getfixturevalue("postgres")
    async with server.database(migrated=False) as url:
        yield settings_of(tmp_path / "target", url)


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    """A good one."""
    source = settings_of(tmp_path / "source")
    await fill(source)
    await backup(source, tmp_path / "good.tar", progress=silent)
    return tmp_path / "good.tar"


async def fill(settings: Settings) -> None:
    """Two rows in every table, whatever tables there are; files, and models."""
    store = await Store.open(settings)
    async with store.database.write() as connection:
        for table in Base.metadata.sorted_tables:
            for number in (1, 2):
                row = {column.name: _sample(column, number) for column in table.columns}
                await connection.execute(table.insert(), row)
    await store.web.append("me", "answer", {"text": "a sheet"}, [(b"a sheet", ".webp"), (b"a face", ".png")])
    await store.close()
    version = settings.storage_dir / "models" / "moe" / "20260101T000000-abcdef"
    version.mkdir(parents=True)
    (version / "model.safetensors").write_bytes(bytes(range(256)) * 4096)
    (version / "config.json").write_text('{"family": "dcgan"}')
    (settings.storage_dir / "models" / ".under-way").write_text("somebody's")


async def rows_of(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """All that a restored store should have, table by table."""
    store = await Store.open(settings)
    try:
        async with store.database.read() as connection:
            return {
                table.name: [
                    dict(row)
                    for row in (await connection.execute(select(table).order_by(*table.primary_key))).mappings()
                ]
                for table in Base.metadata.sorted_tables
                if table.name not in PASSING
            }
    finally:
        await store.close()


def models_of(settings: Settings) -> dict[str, bytes]:
    folder = settings.storage_dir / "models"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def there(settings: Settings) -> set[str]:
    """Files in a store's folder, but for the database's own."""
    folder = settings.storage_dir
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and FILE_NAME not in path.name
    }


def silent(what: str, done: int, total: int | None) -> None:
    """Shows no progress."""


def _sample(column: Column[Any], number: int) -> Any:
    """A value of a column's type; what may be nothing is, in the second row."""
    named = bool(column.foreign_keys) or column.primary_key
    if named and isinstance(column.type, String):
        return f"row{number}"
    if column.nullable and number == 2:
        return None
    if named and isinstance(column.type, Integer):
        return 100 * number
    value = next(value for type_, value in SAMPLES if isinstance(column.type, type_))
    return f"{value}{number}" if isinstance(value, str) else value  # some must be unique
