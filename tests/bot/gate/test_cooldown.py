from datetime import date

import pytest

from tests.bot.gate.asked import (
    DRAW,
    GROUP,
    HELP,
    MEMBER,
    OTHER,
    House,
    in_group,
    in_private,
)


async def test_after_an_answer_comes_the_cooldown(house: House) -> None:
    await house.draw(in_private())
    house.time.pass_by(seconds=0.5)
    error = await house.refusal(in_private())
    assert (error.key, error.values) == ("gate.cooldown", {"seconds": 3})  # 2.5, rounded up
    house.time.pass_by(seconds=2.5)
    await house.draw(in_private())


async def test_the_cooldown_is_the_members_in_all_chats(house: House) -> None:
    await house.draw(in_private())
    assert (await house.refusal(in_group())).key == "gate.cooldown"
    await house.draw(in_group(OTHER))


async def test_what_costs_nothing_knows_neither_cooldown_nor_quota(house: House) -> None:
    for _ in range(20):
        await house.draw(in_private(), HELP)
    await house.draw(in_private())
    await house.draw(in_private(), HELP)
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == 1


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
async def test_a_clock_that_is_set_changes_no_cooldown(house: House, days: int) -> None:
    await house.draw(in_private())
    house.time.set(days=days)
    assert (await house.refusal(in_private())).values == {"seconds": 3}
    house.time.pass_by(seconds=3)
    await house.draw(in_private())


async def test_the_gate_forgets_members_at_rest_and_only_those(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gate.REMEMBERED", 4)
    async with house.gate.admit(in_private("qq:1"), DRAW), house.gate.admit(in_private("qq:1"), DRAW):
        await house.draw(in_private("qq:2"))
        house.time.pass_by(seconds=2)
        for n in range(3, 40):
            with pytest.raises(RuntimeError):
                async with house.gate.admit(in_private(f"qq:{n}"), DRAW):
                    raise RuntimeError("no picture")
        assert len(house.gate._paces) <= 4
        assert (await house.refusal(in_private("qq:2"))).key == "gate.cooldown"
        async with house.gate.admit(in_private("qq:1"), DRAW):
            assert (await house.refusal(in_private("qq:1"))).key == "gate.too_many"


@pytest.mark.parametrize(("group", "expected"), [(1.0, 1), (9.0, 3), (0.0, None), (None, 3)])
async def test_a_group_can_lower_the_cooldown_and_not_raise_it(
    house: House, group: float | None, expected: int | None
) -> None:
    await house.store.groups.update(GROUP, cooldown_seconds=group)
    await house.draw(in_group())
    if expected is None:
        await house.draw(in_group())
    else:
        assert (await house.refusal(in_group())).values == {"seconds": expected}
