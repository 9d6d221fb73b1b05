import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.command import Command, Reply, Role, UserError
from bot.gate import AT_ONCE, Gate
from bot.locale import LOCALES, Catalogue
from bot.settings import Settings
from bot.store import Store
from bot.store.bans import Ban
from bot.surfaces.base import Incoming

CATALOGUE = Catalogue.load()
MEMBER, OTHER, BOSS = "qq:10001", "qq:10002", "qq:10009"
GROUP = "qq:30003"


class Time:
    """Both of the gate's clocks; they move only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 12, tzinfo=UTC)  # 20:00 in Shanghai
        self.ran = 0.0  # seconds, as a clock counts them that nobody can set

    def clock(self) -> float:
        return self.ran

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)
        self.ran += timedelta(**duration).total_seconds()

    def set(self, **by: float) -> None:
        """Somebody sets the machine's clock: no time passes."""
        self.now += timedelta(**by)


@dataclass
class House:
    settings: Settings
    store: Store
    time: Time
    gate: Gate

    def rebuild(self, **settings: Any) -> None:
        """The same store behind a gate with other settings."""
        self.settings = self.settings.model_copy(update=settings)
        self.gate = Gate(self.settings, self.store, clock=self.time.clock, now=lambda: self.time.now)

    async def draw(self, incoming: Incoming, command: Command | None = None) -> None:
        """A command that succeeds."""
        async with self.gate.admit(incoming, command or DRAW) as admission:
            await admission.succeeded()

    async def refusal(self, incoming: Incoming, command: Command | None = None) -> UserError:
        """Why a command is refused; every such sentence can be said in both languages."""
        with pytest.raises(UserError) as refused:
            await self.draw(incoming, command)
        error = refused.value
        assert CATALOGUE.has(error.key), error.key
        for locale in LOCALES:
            said = CATALOGUE.text(locale, error.key, **error.values)
            assert all(str(value) in said for name, value in error.values.items() if name not in ("command", "zh"))
        return error


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        storage_dir=tmp_path,
        database_url=None,
        superusers=frozenset({BOSS}),
        groups_allow=frozenset(),
        cooldown_seconds=3,
        quota_per_day=5,
        timezone="Asia/Shanghai",
        language="zh-CN",
    )
    store = await Store.open(settings)
    time = Time()
    house = House(settings, store, time, Gate(settings, store, clock=time.clock, now=lambda: time.now))
    yield house
    await store.close()


async def _handler() -> Reply:
    return Reply("")


def _command(name: str = "help", zh: str = "帮助", **properties: Any) -> Command:
    return Command(name, zh, _handler, (), **properties)


DRAW = _command("waifu", "老婆", costs=True)
HELP = _command()


def _in_group(member: str = MEMBER, **properties: Any) -> Incoming:
    return Incoming("qq", GROUP, member, "/waifu", addressed=True, group=GROUP, **properties)


def _in_private(member: str = MEMBER, **properties: Any) -> Incoming:
    return Incoming("qq", f"qq:@{member}", member, "/waifu", addressed=True, **properties)


# ---------------------------------------------------------------------------------------------------------------------
# Who


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
    incoming = _in_group(member, role=platform)
    assert house.gate.role(incoming) is expected
    async with house.gate.admit(incoming, HELP) as admission:
        assert admission.role is expected


@pytest.mark.parametrize("needs", Role)
@pytest.mark.parametrize("role", Role)
async def test_a_command_is_for_its_role_and_those_above(house: House, needs: Role, role: Role) -> None:
    command, incoming = _command(needs=needs), _in_group(role=role)
    if role >= needs:
        assert await house.gate.check(incoming, command) is role
    else:
        expected = {Role.ADMIN: "gate.needs_admin", Role.SUPERUSER: "gate.needs_superuser"}[needs]
        assert (await house.refusal(incoming, command)).key == expected


async def test_without_an_allow_list_every_group_may(house: House) -> None:
    await house.draw(_in_group())


async def test_with_an_allow_list_the_others_may_not(house: House) -> None:
    house.rebuild(groups_allow=frozenset({"qq:30004"}))
    assert (await house.refusal(_in_group())).key == "gate.group_not_allowed"
    assert (await house.refusal(_in_group(role=Role.ADMIN))).key == "gate.group_not_allowed"

    house.rebuild(groups_allow=frozenset({GROUP}))
    await house.draw(_in_group())


async def test_an_allow_list_is_about_groups_and_not_about_superusers(house: House) -> None:
    house.rebuild(groups_allow=frozenset({"qq:30004"}))
    await house.draw(_in_private())
    await house.draw(_in_group(BOSS))


@pytest.mark.parametrize("reason", ["", "刷屏 {spam}"])
@pytest.mark.parametrize("hours", [None, 2])
async def test_a_banned_member_hears_until_when_and_why(house: House, hours: int | None, reason: str) -> None:
    until = None if hours is None else house.time.now + timedelta(hours=hours)
    await house.store.members.ban(MEMBER, until, reason)

    error = await house.refusal(_in_private(), HELP)
    assert error.key == "gate.banned" + ("_until" if until else "") + ("_because" if reason else "")
    assert error.values.get("reason", "") == reason
    assert error.values.get("until") == (None if until is None else "2026-01-01 22:00")  # in the bot's time zone
    await house.draw(_in_private(OTHER), HELP)


@pytest.mark.parametrize("reason", ["", "广告"])
@pytest.mark.parametrize("hours", [None, 2])
async def test_a_banned_group_hears_it_too_and_its_members_may_elsewhere(
    house: House, hours: int | None, reason: str
) -> None:
    until = None if hours is None else house.time.now + timedelta(hours=hours)
    await house.store.groups.update(GROUP, ban=Ban(until, reason))
    error = await house.refusal(_in_group())
    assert error.key == "gate.group_banned" + ("_until" if until else "") + ("_because" if reason else "")
    await house.draw(_in_private())


async def test_a_ban_ends_at_its_moment(house: House) -> None:
    await house.store.members.ban(MEMBER, house.time.now + timedelta(hours=2))
    await house.refusal(_in_private())
    house.time.pass_by(hours=2)
    await house.draw(_in_private())


async def test_a_ban_that_is_lifted_is_over_at_once(house: House) -> None:
    await house.store.members.ban(MEMBER)
    await house.refusal(_in_private())
    await house.store.members.unban(MEMBER)
    await house.draw(_in_private())


async def test_whoever_is_refused_again_and_again_is_answered_every_time(house: House) -> None:
    await house.store.members.ban(MEMBER)
    assert [(await house.refusal(_in_private())).key for _ in range(5)] == ["gate.banned"] * 5


async def test_a_command_is_switched_off_in_one_group_only(house: House) -> None:
    await house.store.groups.switch(GROUP, "waifu", on=False)
    assert (await house.refusal(_in_group())).key == "gate.switched_off"
    await house.draw(_in_group(), HELP)
    await house.draw(_in_private())
    await house.store.groups.switch(GROUP, "waifu", on=True)
    house.time.pass_by(seconds=3)
    await house.draw(_in_group())


async def test_a_group_bans_for_itself(house: House) -> None:
    await house.store.group_bans.ban(GROUP, MEMBER, Ban(house.time.now + timedelta(hours=2), "刷屏"))
    assert (await house.refusal(_in_group(), HELP)).key == "gate.banned_here_until_because"
    await house.draw(_in_private(), HELP)
    await house.draw(_in_group(OTHER), HELP)
    house.time.pass_by(hours=2)
    await house.draw(_in_group(), HELP)


@pytest.mark.parametrize("reason", ["", "刷屏"])
@pytest.mark.parametrize("until", [None, datetime(2027, 1, 1, tzinfo=UTC)])
async def test_a_groups_ban_is_a_sentence_of_its_own(house: House, until: datetime | None, reason: str) -> None:
    await house.store.group_bans.ban(GROUP, MEMBER, Ban(until, reason))
    expected = "gate.banned_here" + ("_until" if until else "") + ("_because" if reason else "")
    assert (await house.refusal(_in_group())).key == expected


async def test_a_groups_ban_does_not_bind_its_admins(house: House) -> None:
    await house.store.group_bans.ban(GROUP, MEMBER, Ban())
    await house.draw(_in_group(role=Role.ADMIN))
    await house.refusal(_in_group())


async def test_who_is_banned_keeps_what_is_theirs_by_right(house: House) -> None:
    await house.store.members.ban(MEMBER)
    await house.store.group_bans.ban(GROUP, MEMBER, Ban())
    await house.refusal(_in_group())
    await house.draw(_in_group(), _command("mydata", "我的数据", even_banned=True))


@pytest.mark.parametrize("properties", [{"always": True}, {"needs": Role.ADMIN}], ids=["always", "for admins"])
async def test_what_a_group_cannot_do_without_is_never_switched_off(house: House, properties: dict[str, Any]) -> None:
    command = _command("settings", "设置", **properties)
    await house.store.groups.update(GROUP, disabled={"settings"}, quiet="00:00-23:59")
    assert not command.switchable
    await house.draw(_in_group(role=Role.ADMIN), command)


async def test_in_quiet_hours_members_and_admins_hear_when_they_are_over(house: House) -> None:
    await house.store.groups.update(GROUP, quiet="20:00-07:30")
    for role in (Role.MEMBER, Role.ADMIN):
        error = await house.refusal(_in_group(role=role))
        assert (error.key, error.values) == ("gate.group_quiet", {"until": "07:30"})
    await house.draw(_in_private())
    await house.draw(_in_group(BOSS))
    house.time.pass_by(hours=11, minutes=30)
    await house.draw(_in_group())


async def test_quiet_hours_that_make_no_sense_keep_nobody_out(house: House) -> None:
    await house.store.groups.update(GROUP, quiet="whenever")
    await house.draw(_in_group())


async def test_superusers_pass_everything(house: House) -> None:
    house.rebuild(groups_allow=frozenset({"qq:30004"}), quota_per_day=0)
    await house.store.members.ban(BOSS)
    await house.store.groups.update(GROUP, ban=Ban(), disabled={"waifu"})
    for _ in range(10):
        await house.draw(_in_group(BOSS))


# ---------------------------------------------------------------------------------------------------------------------
# How often


async def test_after_an_answer_comes_the_cooldown(house: House) -> None:
    await house.draw(_in_private())
    house.time.pass_by(seconds=0.5)
    error = await house.refusal(_in_private())
    assert (error.key, error.values) == ("gate.cooldown", {"seconds": 3})  # 2.5, rounded up
    house.time.pass_by(seconds=2.5)
    await house.draw(_in_private())


async def test_the_cooldown_is_the_members_in_all_chats(house: House) -> None:
    await house.draw(_in_private())
    assert (await house.refusal(_in_group())).key == "gate.cooldown"
    await house.draw(_in_group(OTHER))


async def test_what_costs_nothing_knows_neither_cooldown_nor_quota(house: House) -> None:
    for _ in range(20):
        await house.draw(_in_private(), HELP)
    await house.draw(_in_private())
    await house.draw(_in_private(), HELP)
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == 1


async def test_the_quota_of_a_day_ends_and_says_when_it_comes_back(house: House) -> None:
    for _ in range(5):
        await house.draw(_in_private())
        house.time.pass_by(seconds=3)
    error = await house.refusal(_in_private())
    assert error.key == "gate.quota"
    assert error.values == {"quota": 5, "hours": 4, "minutes": 0, "zone": "Asia/Shanghai"}  # 20:00:15 there

    house.time.pass_by(hours=3, minutes=59)
    assert (await house.refusal(_in_private())).values["minutes"] == 1
    house.time.pass_by(minutes=1)
    await house.draw(_in_private())


async def test_the_day_that_loses_an_hour_is_an_hour_shorter(house: House) -> None:
    house.rebuild(timezone="Europe/Berlin", quota_per_day=1, cooldown_seconds=0)
    house.time.now = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 00:30 there; at 02:00 it is 03:00
    await house.draw(_in_private())
    error = await house.refusal(_in_private())
    assert (error.values["hours"], error.values["minutes"]) == (22, 30)


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
async def test_a_clock_that_is_set_changes_no_cooldown(house: House, days: int) -> None:
    await house.draw(_in_private())
    house.time.set(days=days)
    assert (await house.refusal(_in_private())).values == {"seconds": 3}
    house.time.pass_by(seconds=3)
    await house.draw(_in_private())


async def test_bans_and_quiet_hours_follow_a_clock_that_is_set_back_and_forth(house: House) -> None:
    await house.store.members.ban(MEMBER, house.time.now + timedelta(hours=1))
    await house.store.groups.update(GROUP, quiet="22:00-23:00")
    await house.refusal(_in_private())
    house.time.set(hours=2)  # 22:00
    await house.draw(_in_private(), HELP)
    assert (await house.refusal(_in_group())).key == "gate.group_quiet"
    house.time.set(hours=-2)
    await house.refusal(_in_private())
    await house.draw(_in_group(OTHER))


async def test_a_clock_that_is_set_back_a_day_gives_the_day_before_its_own_count(house: House) -> None:
    house.rebuild(quota_per_day=1, cooldown_seconds=0)
    await house.draw(_in_private())
    house.time.set(days=-1)
    await house.draw(_in_private())
    house.time.set(days=1)
    error = await house.refusal(_in_private())
    assert (error.key, error.values["hours"]) == ("gate.quota", 4)


async def test_quota_survives_a_restart(house: House) -> None:
    house.rebuild(quota_per_day=1)
    await house.draw(_in_private())
    house.rebuild()
    assert (await house.refusal(_in_private())).key == "gate.quota"


async def test_what_fails_costs_nothing(house: House) -> None:
    house.rebuild(quota_per_day=1)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            async with house.gate.admit(_in_private(), DRAW):
                raise RuntimeError("no picture")
    async with house.gate.admit(_in_private(), DRAW):
        pass  # an answer that says it went wrong
    await house.draw(_in_private())


async def test_what_is_cancelled_costs_nothing(house: House) -> None:
    house.rebuild(quota_per_day=1)
    begun = asyncio.Event()

    async def draw_for_ever() -> None:
        async with house.gate.admit(_in_private(), DRAW):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(draw_for_ever())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await house.draw(_in_private())


async def test_success_said_twice_counts_once(house: House) -> None:
    async with house.gate.admit(_in_private(), DRAW) as admission:
        await admission.succeeded()
        await admission.succeeded()
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == 1


async def test_a_large_answer_counts_as_several(house: House) -> None:
    house.rebuild(quota_per_day=9)
    async with house.gate.admit(_in_private(), DRAW) as admission:
        await admission.succeeded(8)
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == 8
    house.time.pass_by(minutes=1)
    await house.draw(_in_private())
    house.time.pass_by(minutes=1)
    assert (await house.refusal(_in_private())).key == "gate.quota"


async def test_an_answer_counts_for_the_day_it_was_asked_on(house: House) -> None:
    async with house.gate.admit(_in_private(), DRAW) as admission:
        house.time.pass_by(hours=5)
        await admission.succeeded()
    assert await house.store.usage.count(MEMBER, date(2026, 1, 1)) == 1
    assert await house.store.usage.count(MEMBER, date(2026, 1, 2)) == 0


async def _ask_at_once(house: House, times: int) -> list[str]:
    """Many commands of one member, none of which is done before all have been asked; gives how each went."""
    done = asyncio.Event()
    asked = 0

    async def ask() -> str:
        nonlocal asked
        try:
            async with house.gate.admit(_in_private(), DRAW) as admission:
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
    async with house.gate.admit(_in_private(), DRAW), house.gate.admit(_in_private(), DRAW):
        await house.draw(_in_private(OTHER))
        error = None
        async with house.gate.admit(_in_private(), DRAW):
            error = await house.refusal(_in_private())
    assert (error.key, error.values) == ("gate.too_many", {"running": AT_ONCE})


async def test_the_gate_forgets_members_at_rest_and_only_those(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gate.REMEMBERED", 4)
    async with house.gate.admit(_in_private("qq:1"), DRAW), house.gate.admit(_in_private("qq:1"), DRAW):
        await house.draw(_in_private("qq:2"))
        house.time.pass_by(seconds=2)
        for n in range(3, 40):
            with pytest.raises(RuntimeError):
                async with house.gate.admit(_in_private(f"qq:{n}"), DRAW):
                    raise RuntimeError("no picture")
        assert len(house.gate._paces) <= 4
        assert (await house.refusal(_in_private("qq:2"))).key == "gate.cooldown"
        async with house.gate.admit(_in_private("qq:1"), DRAW):
            assert (await house.refusal(_in_private("qq:1"))).key == "gate.too_many"


@pytest.mark.parametrize(("group", "expected"), [(1.0, 1), (9.0, 3), (0.0, None), (None, 3)])
async def test_a_group_can_lower_the_cooldown_and_not_raise_it(
    house: House, group: float | None, expected: int | None
) -> None:
    await house.store.groups.update(GROUP, cooldown_seconds=group)
    await house.draw(_in_group())
    if expected is None:
        await house.draw(_in_group())
    else:
        assert (await house.refusal(_in_group())).values == {"seconds": expected}


@pytest.mark.parametrize(("group", "expected"), [(1, 1), (9, 2), (None, 2)])
async def test_a_group_can_lower_the_quota_and_not_raise_it(house: House, group: int | None, expected: int) -> None:
    house.rebuild(quota_per_day=2, cooldown_seconds=0)
    await house.store.groups.update(GROUP, quota_per_day=group)
    for _ in range(expected):
        await house.draw(_in_group())
    assert (await house.refusal(_in_group())).values["quota"] == expected


async def test_a_quota_of_zero_says_so(house: House) -> None:
    await house.store.groups.update(GROUP, quota_per_day=0)
    assert (await house.refusal(_in_group())).key == "gate.quota_zero"
    await house.draw(_in_private())


# ---------------------------------------------------------------------------------------------------------------------
# In which language


async def test_the_language_is_the_members_then_the_groups_then_the_platforms_then_the_bots(house: House) -> None:
    assert await house.gate.locale(_in_group()) == "zh-CN"
    assert await house.gate.locale(_in_group(locale="en-GB")) == "en"
    await house.store.groups.update(GROUP, locale="zh-CN")
    assert await house.gate.locale(_in_group(locale="en-GB")) == "zh-CN"
    assert await house.gate.locale(_in_private(locale="en-GB")) == "en"
    await house.store.members.set_locale(MEMBER, "en")
    assert await house.gate.locale(_in_group(locale="zh_TW")) == "en"
    assert await house.gate.locale(_in_group(OTHER, locale="zh_TW")) == "zh-CN"


def test_the_gate_says_the_same_things_in_every_language() -> None:
    tables = [CATALOGUE.table(locale, "gate") for locale in LOCALES]
    assert tables[0].keys() == tables[1].keys()
    assert len(tables[0]) > 10
