from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.gate import Gate
from bot.settings import Settings
from bot.store import Store
from tests.bot.gate.asked import BOSS, House, Time


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        storage_dir=tmp_path,
        database_url=None,
        superusers=frozenset({BOSS}),
        groups_allow=frozenset(),
        cooldown_seconds=3,
        quota_per_day=5,
        timezone="Asia/Shanghai",
        language="zh-CN",
    )
    store = await Store.open(settings)
    time = Time()
    house = House(settings, store, time, Gate(settings, store, clock=time.clock, now=lambda: time.now))
    yield house
    await store.close()
