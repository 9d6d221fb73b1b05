from typing import Any

import pytest

from bot.command import Role
from tests.bot.gate.asked import BOSS, GROUP, HELP, House, command_of, in_group, in_private


async def test_a_command_is_switched_off_in_one_group_only(house: House) -> None:
    await house.store.groups.switch(GROUP, "waifu", on=False)
    assert (await house.refusal(in_group())).key == "gate.switched_off"
    await house.draw(in_group(), HELP)
    await house.draw(in_private())
    await house.store.groups.switch(GROUP, "waifu", on=True)
    house.time.pass_by(seconds=3)
    await house.draw(in_group())


@pytest.mark.parametrize("properties", [{"always": True}, {"needs": Role.ADMIN}], ids=["always", "for admins"])
async def test_what_a_group_cannot_do_without_is_never_switched_off(house: House, properties: dict[str, Any]) -> None:
    command = command_of("settings", "设置", **properties)
    await house.store.groups.update(GROUP, disabled={"settings"}, quiet="00:00-23:59")
    assert not command.switchable
    await house.draw(in_group(role=Role.ADMIN), command)


async def test_in_quiet_hours_members_and_admins_hear_when_they_are_over(house: House) -> None:
    await house.store.groups.update(GROUP, quiet="20:00-07:30")
    for role in (Role.MEMBER, Role.ADMIN):
        error = await house.refusal(in_group(role=role))
        assert (error.key, error.values) == ("gate.group_quiet", {"until": "07:30"})
    await house.draw(in_private())
    await house.draw(in_group(BOSS))
    house.time.pass_by(hours=11, minutes=30)
    await house.draw(in_group())


async def test_quiet_hours_that_make_no_sense_keep_nobody_out(house: House) -> None:
    await house.store.groups.update(GROUP, quiet="whenever")
    await house.draw(in_group())
