from datetime import UTC, datetime, timedelta

import pytest

from bot.command import Role
from bot.store.bans import Ban
from tests.bot.gate.asked import GROUP, HELP, MEMBER, OTHER, House, command_of, in_group, in_private


@pytest.mark.parametrize("reason", ["", "刷屏 {spam}"])
@pytest.mark.parametrize("hours", [None, 2])
async def test_a_banned_member_hears_until_when_and_why(house: House, hours: int | None, reason: str) -> None:
    until = None if hours is None else house.time.now + timedelta(hours=hours)
    await house.store.members.ban(MEMBER, until, reason)

    error = await house.refusal(in_private(), HELP)
    assert error.key == "gate.banned" + ("_until" if until else "") + ("_because" if reason else "")
    assert error.values.get("reason", "") == reason
    assert error.values.get("until") == (None if until is None else "2026-01-01 22:00")  # in the bot's time zone
    await house.draw(in_private(OTHER), HELP)


@pytest.mark.parametrize("reason", ["", "广告"])
@pytest.mark.parametrize("hours", [None, 2])
async def test_a_banned_group_hears_it_too_and_its_members_may_elsewhere(
    house: House, hours: int | None, reason: str
) -> None:
    until = None if hours is None else house.time.now + timedelta(hours=hours)
    await house.store.groups.update(GROUP, ban=Ban(until, reason))
    error = await house.refusal(in_group())
    assert error.key == "gate.group_banned" + ("_until" if until else "") + ("_because" if reason else "")
    await house.draw(in_private())


async def test_a_ban_ends_at_its_moment(house: House) -> None:
    await house.store.members.ban(MEMBER, house.time.now + timedelta(hours=2))
    await house.refusal(in_private())
    house.time.pass_by(hours=2)
    await house.draw(in_private())


async def test_a_ban_that_is_lifted_is_over_at_once(house: House) -> None:
    await house.store.members.ban(MEMBER)
    await house.refusal(in_private())
    await house.store.members.unban(MEMBER)
    await house.draw(in_private())


async def test_whoever_is_refused_again_and_again_is_answered_every_time(house: House) -> None:
    await house.store.members.ban(MEMBER)
    assert [(await house.refusal(in_private())).key for _ in range(5)] == ["gate.banned"] * 5


async def test_a_group_bans_for_itself(house: House) -> None:
    await house.store.group_bans.ban(GROUP, MEMBER, Ban(house.time.now + timedelta(hours=2), "刷屏"))
    assert (await house.refusal(in_group(), HELP)).key == "gate.banned_here_until_because"
    await house.draw(in_private(), HELP)
    await house.draw(in_group(OTHER), HELP)
    house.time.pass_by(hours=2)
    await house.draw(in_group(), HELP)


@pytest.mark.parametrize("reason", ["", "刷屏"])
@pytest.mark.parametrize("until", [None, datetime(2027, 1, 1, tzinfo=UTC)])
async def test_a_groups_ban_is_a_sentence_of_its_own(house: House, until: datetime | None, reason: str) -> None:
    await house.store.group_bans.ban(GROUP, MEMBER, Ban(until, reason))
    expected = "gate.banned_here" + ("_until" if until else "") + ("_because" if reason else "")
    assert (await house.refusal(in_group())).key == expected


async def test_a_groups_ban_does_not_bind_its_admins(house: House) -> None:
    await house.store.group_bans.ban(GROUP, MEMBER, Ban())
    await house.draw(in_group(role=Role.ADMIN))
    await house.refusal(in_group())


async def test_who_is_banned_keeps_what_is_theirs_by_right(house: House) -> None:
    await house.store.members.ban(MEMBER)
    await house.store.group_bans.ban(GROUP, MEMBER, Ban())
    await house.refusal(in_group())
    await house.draw(in_group(), command_of("mydata", "我的数据", even_banned=True))


async def test_bans_and_quiet_hours_follow_a_clock_that_is_set_back_and_forth(house: House) -> None:
    await house.store.members.ban(MEMBER, house.time.now + timedelta(hours=1))
    await house.store.groups.update(GROUP, quiet="22:00-23:00")
    await house.refusal(in_private())
    house.time.set(hours=2)  # 22:00
    await house.draw(in_private(), HELP)
    assert (await house.refusal(in_group())).key == "gate.group_quiet"
    house.time.set(hours=-2)
    await house.refusal(in_private())
    await house.draw(in_group(OTHER))
