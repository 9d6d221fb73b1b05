"""The store on both databases: whatever takes `settings` or `store` runs once on each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store import Store
from tests.bot.postgres import Server

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(params=DATABASES)
async def settings(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Settings]:
    """An empty store's."""
    async with _settings(request, tmp_path, migrated=True) as settings:
        yield settings


@pytest.fixture(params=DATABASES)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Settings]:
    """A store's that nobody has opened yet: its database has no tables."""
    async with _settings(request, tmp_path, migrated=False) as settings:
        yield settings


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    store = await Store.open(settings)
    yield store
    await store.close()


@asynccontextmanager
async def _settings(request: pytest.FixtureRequest, tmp_path: Path, migrated: bool) -> AsyncIterator[Settings]:
    if request.param == "sqlite":
        yield settings_of(tmp_path / "var")
        return
    server: Server = request.getfixturevalue("postgres")
    async with server.database(migrated=migrated) as url:
        yield settings_of(tmp_path / "var", url)


def settings_of(folder: Path, database_url: str | None = None) -> Settings:
    return Settings(_env_file=None, storage_dir=folder, database_url=database_url)  # type: ignore[call-arg]


# For what is true of one of the two alone.
on_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
