import asyncio
from datetime import date

from bot.store import Store

TODAY, TOMORROW = date(2026, 1, 1), date(2026, 1, 2)


async def test_nothing_is_used_at_first(store: Store) -> None:
    assert await store.usage.count("qq:10001", TODAY) == 0


async def test_every_member_and_every_day_counts_alone(store: Store) -> None:
    assert await store.usage.spend("qq:10001", TODAY) == 1
    assert await store.usage.spend("qq:10001", TODAY, 4) == 5
    assert await store.usage.count("qq:10001", TODAY) == 5
    assert await store.usage.count("qq:10001", TOMORROW) == 0
    assert await store.usage.count("qq:10002", TODAY) == 0


async def test_none_is_lost_when_many_are_counted_at_once(store: Store) -> None:
    counts = await asyncio.gather(*(store.usage.spend("qq:10001", TODAY) for _ in range(50)))
    assert sorted(counts) == list(range(1, 51))


async def test_earlier_days_can_be_forgotten(store: Store) -> None:
    await store.usage.spend("qq:10001", TODAY)
    await store.usage.spend("qq:10001", TOMORROW)
    assert await store.usage.forget_before(TOMORROW) == 1
    assert await store.usage.count("qq:10001", TODAY) == 0
    assert await store.usage.count("qq:10001", TOMORROW) == 1
