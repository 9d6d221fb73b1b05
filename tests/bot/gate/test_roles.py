import pytest

from bot.command import Role
from bot.store.bans import Ban
from tests.bot.gate.asked import BOSS, GROUP, HELP, MEMBER, House, command_of, in_group, in_private


@pytest.mark.parametrize(
    ("member", "platform", "expected"),
    [
        (MEMBER, Role.MEMBER, Role.MEMBER),
        (MEMBER, Role.ADMIN, Role.ADMIN),
        (BOSS, Role.MEMBER, Role.SUPERUSER),
        ("web:local", Role.SUPERUSER, Role.SUPERUSER),
    ],
)
async def test_the_role_is_the_higher_of_platform_and_settings(
    house: House, member: str, platform: Role, expected: Role
) -> None:
    incoming = in_group(member, role=platform)
    assert house.gate.role(incoming) is expected
    async with house.gate.admit(incoming, HELP) as admission:
        assert admission.role is expected


@pytest.mark.parametrize("needs", Role)
@pytest.mark.parametrize("role", Role)
async def test_a_command_is_for_its_role_and_those_above(house: House, needs: Role, role: Role) -> None:
    command, incoming = command_of(needs=needs), in_group(role=role)
    if role >= needs:
        assert await house.gate.check(incoming, command) is role
    else:
        expected = {Role.ADMIN: "gate.needs_admin", Role.SUPERUSER: "gate.needs_superuser"}[needs]
        assert (await house.refusal(incoming, command)).key == expected


async def test_without_an_allow_list_every_group_may(house: House) -> None:
    await house.draw(in_group())


async def test_with_an_allow_list_the_others_may_not(house: House) -> None:
    house.rebuild(groups_allow=frozenset({"qq:30004"}))
    assert (await house.refusal(in_group())).key == "gate.group_not_allowed"
    assert (await house.refusal(in_group(role=Role.ADMIN))).key == "gate.group_not_allowed"

    house.rebuild(groups_allow=frozenset({GROUP}))
    await house.draw(in_group())


async def test_an_allow_list_is_about_groups_and_not_about_superusers(house: House) -> None:
    house.rebuild(groups_allow=frozenset({"qq:30004"}))
    await house.draw(in_private())
    await house.draw(in_group(BOSS))


async def test_superusers_pass_everything(house: House) -> None:
    house.rebuild(groups_allow=frozenset({"qq:30004"}), quota_per_day=0)
    await house.store.members.ban(BOSS)
    await house.store.groups.update(GROUP, ban=Ban(), disabled={"waifu"})
    for _ in range(10):
        await house.draw(in_group(BOSS))
