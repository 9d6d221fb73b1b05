"""What is let go of at night, and what is not."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bot.schedule import REFUSED, REPLIES, UNNEEDED, USAGE, Schedule
from bot.settings import Settings
from bot.store import Store
from tests.bot.store.contributed import character, draft, give


async def test_the_night_lets_go_of_what_is_old_and_keeps_the_rest(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, storage_dir=tmp_path / "var")  # type: ignore[call-arg]
    store = await Store.open(settings)
    try:
        await store.sent.add("qq", "qq:7", "1", picture=None, member="qq:1")
        today = datetime.now(UTC)
        await store.usage.spend("qq:1", date(2020, 1, 1))
        await store.usage.spend("qq:1", today.date())
        await store.claims.take("qq", "qq:7", "1")
        schedule = Schedule(settings, store)

        await schedule.clean_up(today)
        assert await store.sent.get("qq", "qq:7", "1") is not None
        assert await store.claims.take("qq", "qq:7", "1") is False
        assert await store.usage.count("qq:1", date(2020, 1, 1)) == 0
        assert await store.usage.count("qq:1", today.date()) == 1

        await schedule.clean_up(today + max(REPLIES, USAGE) + timedelta(days=2))
        assert await store.sent.get("qq", "qq:7", "1") is None
        assert await store.usage.count("qq:1", today.date()) == 0
    finally:
        await store.close()


async def test_of_two_processes_one_has_the_night(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, storage_dir=tmp_path / "var")  # type: ignore[call-arg]
    stores = [await Store.open(settings) for _ in range(2)]
    schedules = [Schedule(settings, store) for store in stores]
    tonight = datetime.now(UTC)
    await schedules[0].clean_up(tonight)
    await stores[0].usage.spend("qq:1", date(2020, 1, 1))

    await schedules[1].clean_up(tonight)
    assert await stores[0].usage.count("qq:1", date(2020, 1, 1)) == 1
    await schedules[0].clean_up(tonight)
    assert await stores[0].usage.count("qq:1", date(2020, 1, 1)) == 0
    for store in stores:
        await store.close()


async def test_a_night_that_fails_does_not_end_the_bot(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, storage_dir=tmp_path / "var")  # type: ignore[call-arg]
    store = await Store.open(settings)
    async with store.database.write() as connection:
        await connection.execute(text("DROP TABLE sent"))
    await store.usage.spend("qq:1", date(2020, 1, 1))
    await Schedule(settings, store).clean_up(datetime.now(UTC))
    assert await store.usage.count("qq:1", date(2020, 1, 1)) == 1  # it did not get that far
    await store.close()


async def test_it_starts_and_stops_with_the_bot(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, storage_dir=tmp_path / "var")  # type: ignore[call-arg]
    store = await Store.open(settings)
    schedule = Schedule(settings, store)
    schedule.start()
    schedule.stop()
    await store.close()


async def test_the_night_removes_what_a_kill_left_without_a_row(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, storage_dir=tmp_path / "var")  # type: ignore[call-arg]
    store = await Store.open(settings)
    needed = await store.heads.add("qq:7", "Kumo", b"a head", (0.5,) * 10, member="qq:1", most=3)
    orphan = await store.files.put(b"a picture that lost its row", ".webp")
    torn = settings.storage_dir / "files" / orphan[:2] / ".half.part"
    torn.write_bytes(b"half")
    schedule = Schedule(settings, store)
    await schedule.clean_up(datetime.now(UTC))
    assert await store.files.has(orphan)  # its row may be on the way
    assert torn.exists()
    await schedule.clean_up(datetime.now(UTC) + UNNEEDED + timedelta(minutes=1))
    assert not await store.files.has(orphan)
    assert not torn.exists()
    assert await store.files.has(needed.file)
    await store.close()


async def test_refused_contributions_are_known_for_a_year(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, storage_dir=tmp_path / "var")  # type: ignore[call-arg]
    store = await Store.open(settings)
    her = await character(store)
    one = await give(store, draft(her, 1))
    await store.contributions.decide([one.id], "refused", by="qq:1")
    schedule, now = Schedule(settings, store), datetime.now(UTC)
    await schedule.clean_up(now + REFUSED - timedelta(days=1))
    assert await store.contributions.get(one.id) is not None
    await schedule.clean_up(now + REFUSED + timedelta(days=1))
    assert await store.contributions.get(one.id) is None
    await store.close()
