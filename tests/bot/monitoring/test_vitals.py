"""What is measured: the disk, the storage, the database's answer."""

from pathlib import Path

from bot.monitoring.vitals import STORAGE_EVERY, Vitals
from bot.settings import Settings
from bot.store import Store
from tests.bot.monitoring.peers import Clock


def _settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, storage_dir=tmp_path / "var", storage_cap_gb=0.001)  # type: ignore[call-arg]


async def test_disk_storage_and_database_are_measured(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    store = await Store.open(settings)
    vitals = Vitals()
    try:
        await vitals.take(settings, store)
    finally:
        await store.close()
    assert 0 <= vitals.disk_free <= vitals.disk_bytes
    assert 0 <= vitals.disk_share <= 1
    assert vitals.storage_bytes > 0  # the database itself
    assert vitals.storage_cap == 1_000_000
    assert vitals.storage_share == vitals.storage_bytes / 1_000_000
    assert vitals.database_seconds is not None
    assert vitals.taken > 0


async def test_the_storage_is_weighed_seldom(tmp_path: Path) -> None:
    settings, clock = _settings(tmp_path), Clock()
    store = await Store.open(settings)
    vitals = Vitals(clock)
    try:
        await vitals.take(settings, store)
        before = vitals.storage_bytes
        (settings.storage_dir / "model").write_bytes(b"x" * 5000)
        await vitals.take(settings, store)
        assert vitals.storage_bytes == before
        clock.now += STORAGE_EVERY
        await vitals.take(settings, store)
        assert vitals.storage_bytes >= before + 5000
    finally:
        await store.close()


async def test_a_database_that_is_gone_does_not_answer(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    store = await Store.open(settings)
    vitals = Vitals()
    async with store.database.write() as connection:
        await connection.exec_driver_sql("DROP TABLE members")
    try:
        await vitals.take(settings, store)
        assert vitals.database_seconds is None
        assert vitals.disk_bytes > 0  # the rest is measured all the same
    finally:
        await store.close()
