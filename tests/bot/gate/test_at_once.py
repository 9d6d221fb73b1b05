import asyncio
from datetime import date

from bot.command import UserError
from bot.gate import AT_ONCE
from tests.bot.gate.asked import (
    DRAW,
    MEMBER,
    OTHER,
    House,
    in_private,
)


async def _ask_at_once(house: House, times: int) -> list[str]:
    """Many commands of one member, none of which is done before all have been asked; gives how each went."""
    done = asyncio.Event()
    asked = 0

    async def ask() -> str:
        nonlocal asked
        try:
            async with house.gate.admit(in_private(), DRAW) as admission:
                asked += 1
                if asked == times:
                    done.set()
                await done.wait()
                await admission.succeeded()
                return "ok"
        except UserError as error:
            asked += 1
            if asked == times:
                done.set()
            return error.key

    return await asyncio.gather(*(ask() for _ in range(times)))


async def test_nobody_gets_more_by_asking_for_many_at_once(house: House) -> None:
    house.rebuild(quota_per_day=50)
    went = await _ask_at_once(house, 50)
    assert went.count("ok") == AT_ONCE
    assert went.count("gate.too_many") == 50 - AT_ONCE
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == AT_ONCE


async def test_what_runs_holds_its_place_in_the_quota(house: House) -> None:
    house.rebuild(quota_per_day=2, cooldown_seconds=0)
    went = await _ask_at_once(house, 10)
    assert went.count("ok") == 2
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == 2


async def test_one_that_runs_keeps_nobody_else_waiting(house: House) -> None:
    async with house.gate.admit(in_private(), DRAW), house.gate.admit(in_private(), DRAW):
        await house.draw(in_private(OTHER))
        error = None
        async with house.gate.admit(in_private(), DRAW):
            error = await house.refusal(in_private())
    assert (error.key, error.values) == ("gate.too_many", {"running": AT_ONCE})
