"""Jobs of which only one process may do each, whatever dies and whatever the clocks say."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.settings import Settings
from bot.store import Store
from bot.store.schema import LeaseRow
from tests.bot.store.conftest import on_postgresql, on_sqlite

JOB, HOUR = "retraining", 3600.0


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Store]:
    """Another process."""
    store = await Store.open(settings)
    yield store
    await store.close()


async def _set(store: Store, ahead: timedelta) -> None:
    async with store.database.write() as connection:
        await connection.execute(update(LeaseRow).values(until=store.database.moment(ahead)))


async def _until(store: Store) -> datetime | None:
    async with store.database.read() as connection:
        return (await connection.execute(select(LeaseRow.until))).scalar_one_or_none()


async def test_one_of_many_takes_a_job(settings: Settings) -> None:
    stores = [await Store.open(settings) for _ in range(6)]
    taken = await asyncio.gather(*(store.leases.take(JOB, HOUR) for store in stores))
    assert sorted(taken) == [False] * 5 + [True]
    assert all(await asyncio.gather(*(s.leases.take(f"job {n}", HOUR) for n, s in enumerate(stores))))
    for store in stores:
        await store.close()


async def test_who_takes_a_job_again_has_it_for_longer(store: Store) -> None:
    await store.leases.take(JOB, HOUR)
    await _set(store, timedelta(seconds=60))
    before = await _until(store)
    assert await store.leases.take(JOB, HOUR) is True
    after = await _until(store)
    assert before is not None
    assert after is not None
    assert after > before


async def test_everybody_sees_that_a_job_is_taken_until_it_runs_out(store: Store, other: Store) -> None:
    assert not await other.leases.taken(JOB)
    await store.leases.take(JOB, HOUR)
    assert await other.leases.taken(JOB)
    assert await store.leases.taken(JOB)
    assert await other.leases.forget_over() == 0
    await _set(store, timedelta(seconds=-1))
    assert not await other.leases.taken(JOB)
    assert await other.leases.forget_over() == 1
    assert await _until(store) is None


async def test_only_who_has_a_job_can_give_it_back(store: Store, other: Store) -> None:
    await store.leases.take(JOB, HOUR)
    await other.leases.release(JOB)
    assert await other.leases.take(JOB, HOUR) is False
    await store.leases.release(JOB)
    assert await other.leases.take(JOB, HOUR) is True
    assert await store.leases.take(JOB, HOUR) is False


async def test_a_holder_that_died_has_it_until_it_runs_out_and_no_longer(store: Store, other: Store) -> None:
    await store.leases.take(JOB, HOUR)
    await store.close()
    await _set(other, timedelta(seconds=30))
    assert await other.leases.take(JOB, HOUR) is False
    await _set(other, timedelta(seconds=-1))
    assert await other.leases.take(JOB, HOUR) is True


async def test_a_lease_runs_out_by_itself(store: Store, other: Store) -> None:
    assert await store.leases.take(JOB, 0.2) is True
    async with asyncio.timeout(60):
        while not await other.leases.take(JOB, 0.2):  # noqa: ASYNC110 - nothing tells us but the lease itself
            await asyncio.sleep(0.02)


async def test_a_lease_from_before_the_clock_was_set_back_is_void(store: Store, other: Store) -> None:
    await store.leases.take(JOB, HOUR)
    await _set(other, timedelta(days=300))
    assert await other.leases.take(JOB, HOUR) is True


async def test_a_clock_that_is_put_right_by_a_little_makes_no_lease_void(store: Store, other: Store) -> None:
    await store.leases.take(JOB, HOUR)
    await _set(other, timedelta(seconds=HOUR + 60))
    assert await other.leases.take(JOB, HOUR) is False


@on_postgresql
async def test_a_machine_with_a_wrong_clock_takes_nothing_from_anybody(store: Store, settings: Settings) -> None:
    await store.leases.take(JOB, HOUR)
    await store.claims.take("qq", "qq:30003", "1")
    for wrong in (timedelta(days=300), timedelta(days=-300)):
        astray = await Store.open(settings, now=lambda wrong=wrong: datetime.now(UTC) + wrong)
        assert await astray.leases.take(JOB, HOUR) is False
        assert await astray.claims.take("qq", "qq:30003", "1") is False
        await astray.close()


@on_sqlite
async def test_the_clock_may_move_either_way(settings: Settings) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    one, two = [await Store.open(settings, now=lambda: now[0]) for _ in range(2)]
    assert await one.leases.take(JOB, HOUR) is True
    now[0] -= timedelta(minutes=5)
    assert await two.leases.take(JOB, HOUR) is False
    now[0] -= timedelta(days=300)
    assert await two.leases.take(JOB, HOUR) is True
    now[0] += timedelta(days=300)
    assert await one.leases.take(JOB, HOUR) is True
    await one.close()
    await two.close()


async def test_a_job_is_held_until_its_block_ends(store: Store, other: Store) -> None:
    async with store.leases.hold(JOB, HOUR) as mine:
        assert mine.held
        async with other.leases.hold(JOB, HOUR) as theirs:
            assert not theirs.held
        assert mine.held
        assert await other.leases.take(JOB, HOUR) is False
    assert not mine.held
    assert await other.leases.take(JOB, HOUR) is True


async def test_a_job_that_fails_is_given_back(store: Store, other: Store) -> None:
    with pytest.raises(RuntimeError, match="halfway"):
        async with store.leases.hold(JOB, HOUR):
            raise RuntimeError("halfway")
    assert await other.leases.take(JOB, HOUR) is True


async def test_a_long_job_is_held_all_the_while(store: Store) -> None:
    async with store.leases.hold(JOB, 1.5) as mine, asyncio.timeout(60):
        first = await _until(store)
        assert first is not None
        while (now := await _until(store)) is None or now <= first:  # noqa: ASYNC110 - until it is renewed
            await asyncio.sleep(0.05)
        assert mine.held


async def test_who_could_not_renew_in_time_knows_that_it_is_lost(settings: Settings) -> None:
    clock = [100.0]
    store = await Store.open(settings, clock=lambda: clock[0])
    async with store.leases.hold(JOB, HOUR) as mine:
        clock[0] += HOUR - 1
        assert mine.held
        clock[0] += 1
        assert not mine.held
    await store.close()


@on_sqlite
async def test_who_is_alone_need_not_wait_for_the_dead(settings: Settings) -> None:
    died = await Store.open(settings)
    assert await died.leases.take(JOB, HOUR)
    beside = await Store.open(settings)
    await beside.leases.inherit(JOB)
    assert not await beside.leases.take(JOB, HOUR)  # who only looks beside a bot that may run inherits nothing
    await died.close()
    await beside.close()
    heir = await Store.open(settings, exclusive=True)
    assert not await heir.leases.take(JOB, HOUR)
    await heir.leases.inherit(JOB)
    assert await heir.leases.take(JOB, HOUR)
    await heir.close()


@on_postgresql
async def test_on_a_shared_database_nobody_inherits_from_who_may_live(settings: Settings, other: Store) -> None:
    store = await Store.open(settings, exclusive=True)
    assert await other.leases.take(JOB, HOUR)
    await store.leases.inherit(JOB)
    assert not await store.leases.take(JOB, HOUR)
    await store.close()
