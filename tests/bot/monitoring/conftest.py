"""A bot of which only the standing matters: a real store and catalogue, surfaces and a pool that a test puts up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

import plugins
from bot.commands import Commands
from bot.locale import Catalogue
from bot.monitoring.metrics import Metrics
from bot.services import Services
from bot.settings import Settings
from bot.store import Store
from tests.bot.monitoring.peers import StillPool, StillSurface

Build = Callable[..., AbstractAsyncContextManager[Services]]


@asynccontextmanager
async def watched(tmp_path: Path, **given: Any) -> AsyncIterator[Services]:
    """Surfaces `qq`, `discord` and `web`, all up; superusers 1 on QQ and 2 on Discord, and no one at the page."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        storage_dir=tmp_path / "var",
        **{"superusers": {"qq:1", "discord:2"}, "web_password": "sesame", "language": "en", **given},
    )
    store = await Store.open(settings)
    pool, absent = StillPool(), cast(Any, None)
    pool.has(("model-0", "idle", 0), ("picture-0", "idle", 0))
    services = Services(settings, Catalogue.load(), Commands.discover(plugins), store, absent, pool, absent, Metrics())
    services.surfaces = {name: StillSurface(name) for name in ("web", "qq", "discord")}
    try:
        yield services
    finally:
        await store.close()


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """`async with build(alerts=False) as services`."""
    return lambda **given: watched(tmp_path, **given)


@pytest.fixture
async def services(build: Build) -> AsyncIterator[Services]:
    async with build() as one:
        yield one
