import asyncio
from datetime import UTC, date, datetime

import pytest

from tests.bot.gate.asked import (
    DRAW,
    GROUP,
    MEMBER,
    House,
    in_group,
    in_private,
)


async def test_the_quota_of_a_day_ends_and_says_when_it_comes_back(house: House) -> None:
    for _ in range(5):
        await house.draw(in_private())
        house.time.pass_by(seconds=3)
    error = await house.refusal(in_private())
    assert error.key == "gate.quota"
    assert error.values == {"quota": 5, "hours": 4, "minutes": 0, "zone": "Asia/Shanghai"}  # 20:00:15 there

    house.time.pass_by(hours=3, minutes=59)
    assert (await house.refusal(in_private())).values["minutes"] == 1
    house.time.pass_by(minutes=1)
    await house.draw(in_private())


async def test_the_day_that_loses_an_hour_is_an_hour_shorter(house: House) -> None:
    house.rebuild(timezone="Europe/Berlin", quota_per_day=1, cooldown_seconds=0)
    house.time.now = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 00:30 there; at 02:00 it is 03:00
    await house.draw(in_private())
    error = await house.refusal(in_private())
    assert (error.values["hours"], error.values["minutes"]) == (22, 30)


async def test_a_clock_that_is_set_back_a_day_gives_the_day_before_its_own_count(house: House) -> None:
    house.rebuild(quota_per_day=1, cooldown_seconds=0)
    await house.draw(in_private())
    house.time.set(days=-1)
    await house.draw(in_private())
    house.time.set(days=1)
    error = await house.refusal(in_private())
    assert (error.key, error.values["hours"]) == ("gate.quota", 4)


async def test_quota_survives_a_restart(house: House) -> None:
    house.rebuild(quota_per_day=1)
    await house.draw(in_private())
    house.rebuild()
    assert (await house.refusal(in_private())).key == "gate.quota"


async def test_what_fails_costs_nothing(house: House) -> None:
    house.rebuild(quota_per_day=1)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            async with house.gate.admit(in_private(), DRAW):
                raise RuntimeError("no picture")
    async with house.gate.admit(in_private(), DRAW):
        pass  # an answer that says it went wrong
    await house.draw(in_private())


async def test_what_is_cancelled_costs_nothing(house: House) -> None:
    house.rebuild(quota_per_day=1)
    begun = asyncio.Event()

    async def draw_for_ever() -> None:
        async with house.gate.admit(in_private(), DRAW):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(draw_for_ever())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await house.draw(in_private())


async def test_success_said_twice_counts_once(house: House) -> None:
    async with house.gate.admit(in_private(), DRAW) as admission:
        await admission.succeeded()
        await admission.succeeded()
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == 1


async def test_a_large_answer_counts_as_several(house: House) -> None:
    house.rebuild(quota_per_day=9)
    async with house.gate.admit(in_private(), DRAW) as admission:
        await admission.succeeded(8)
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == 8
    house.time.pass_by(minutes=1)
    await house.draw(in_private())
    house.time.pass_by(minutes=1)
    assert (await house.refusal(in_private())).key == "gate.quota"


async def test_an_answer_counts_for_the_day_it_was_asked_on(house: House) -> None:
    async with house.gate.admit(in_private(), DRAW) as admission:
        house.time.pass_by(hours=5)
        await admission.succeeded()
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == 1
    assert await house.store.usage.count(MEMBER, date(2026, 1, 2)) == 0


@pytest.mark.parametrize(("group", "expected"), [(1, 1), (9, 2), (None, 2)])
async def test_a_group_can_lower_the_quota_and_not_raise_it(house: House, group: int | None, expected: int) -> None:
    house.rebuild(quota_per_day=2, cooldown_seconds=0)
    await house.store.groups.update(GROUP, quota_per_day=group)
    for _ in range(expected):
        await house.draw(in_group())
    assert (await house.refusal(in_group())).values["quota"] == expected


async def test_a_quota_of_zero_says_so(house: House) -> None:
    await house.store.groups.update(GROUP, quota_per_day=0)
    assert (await house.refusal(in_group())).key == "gate.quota_zero"
    await house.draw(in_private())
