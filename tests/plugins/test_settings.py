"""What admins set for their group, and members for themselves."""

from typing import Any

import pytest

from bot.command import Role
from bot.store.groups import GroupSettings
from tests.bot.house import SUPERUSER, House

ADMIN: dict[str, Any] = {"role": Role.ADMIN}
PRIVATE: dict[str, Any] = {"group": None, "chat": "qq:@1", "addressed": True}


async def _group(home: House, id: str = "qq:7") -> GroupSettings:
    return await home.services.store.groups.get(id)


async def test_everything_stands_in_one_answer_with_the_lines_that_change_it(home: House) -> None:
    for locale, lines in (("en", ("language:en", "off:judge", "quiet:23:00-07:00")), ("zh-CN", ("关:鉴定", "安静:"))):
        text = (await home.ask("/settings", locale=locale, **ADMIN)).text
        assert all(f"/settings {line}" in text for line in lines)
        assert "200" in text


async def test_the_lines_that_are_shown_do_what_they_say(home: House) -> None:
    for locale in ("en", "zh-CN"):
        text = (await home.ask("/settings", locale=locale, **ADMIN)).text
        lines = [line.split("·")[1].strip() for line in text.splitlines() if line.count("·") == 1 and "  ·  " in line]
        assert len(lines) == 5
        for line in lines:
            reply = await home.ask(line, locale=locale, **ADMIN)
            assert not reply.failed or "cooldown" in line or "间隔" in line, (
                line,
                reply.text,
            )  # 1 s: the house has none
    found = await _group(home)
    assert (found.locale, found.quota_per_day, found.quiet) == ("en", 100, "23:00-07:00")
    assert found.disabled == {"judge", "fade"}


async def test_members_see_and_do_not_change(home: House) -> None:
    shown = await home.ask("/settings")
    assert "/settings 语言" not in shown.text
    refused = await home.ask("/settings quota:1")
    assert refused.failed
    assert (await _group(home)).quota_per_day is None


async def test_switches_take_several_commands_by_either_name(home: House) -> None:
    await home.ask("/settings off:judge,渐变、more", **ADMIN)
    assert (await _group(home)).disabled == {"judge", "fade", "more"}
    assert (await home.ask("/fade")).failed
    await home.ask("/settings on:渐变 off:老婆", **ADMIN)
    assert (await _group(home)).disabled == {"judge", "more", "waifu"}
    assert (await home.ask("/waifu")).failed
    assert not (await home.ask("/waifu", **PRIVATE)).failed


@pytest.mark.parametrize("name", ["help", "settings", "ban", "unban", "groups", "mydata", "忘记我", "语言"])
async def test_what_nobody_can_do_without_stays_on(home: House, name: str) -> None:
    reply = await home.ask(f"/settings off:waifu,{name}", **ADMIN)
    assert reply.failed
    assert (await _group(home)).disabled == frozenset()


@pytest.mark.parametrize(
    "line", ["quota:201", "cooldown:4", "quiet:night", "quiet:7-7", "off:wafu", "language:fr", "quota:many", "group:x"]
)
async def test_what_cannot_be_is_said_and_changes_nothing(home: House, line: str) -> None:
    assert (await home.ask(f"/settings {line}", **ADMIN)).failed
    assert await _group(home) == GroupSettings("qq:7")


async def test_settings_go_back_to_the_bots_own_one_by_one_or_all(home: House) -> None:
    await home.ask("/settings language:en quota:5 quiet:23-7 off:judge", **ADMIN)
    await home.ask("/settings reset:quota", **ADMIN)
    found = await _group(home)
    assert (found.quota_per_day, found.quiet, found.locale) == (None, "23:00-07:00", "en")
    await home.ask("/settings quiet:关", **ADMIN)
    assert (await _group(home)).quiet is None
    await home.ask("/settings 恢复:全部", **ADMIN)
    assert await _group(home) == GroupSettings("qq:7")


async def test_a_superuser_sets_another_group_from_anywhere_and_nobody_else_does(home: House) -> None:
    await home.ask("/settings group:qq:30003 quota:9", **(PRIVATE | SUPERUSER))
    assert (await _group(home, "qq:30003")).quota_per_day == 9
    assert (await home.ask("/settings group:qq:30003 quota:1", **ADMIN)).failed
    assert (await _group(home, "qq:30003")).quota_per_day == 9


async def test_in_private_a_member_sees_what_is_theirs(home: House) -> None:
    drawn = await home.ask("/waifu 1", **PRIVATE)
    await home.ask(f"/save #{drawn.pictures[0].id}", **PRIVATE)
    shown = await home.ask("/settings", locale="en", **PRIVATE)
    assert "Today: 1 of 200" in shown.text
    assert "Favourites: 1" in shown.text
    assert shown.private
    assert (await home.ask("/settings quota:1", **PRIVATE)).failed


async def test_a_members_language_goes_before_the_groups(home: House) -> None:
    await home.ask("/settings language:en", **ADMIN)
    assert "admins" in (await home.ask("/settings")).text
    assert "中文" in (await home.ask("/language 中文")).text
    assert "群管理" in (await home.ask("/settings")).text
    await home.ask("/语言 default")
    assert "admins" in (await home.ask("/settings")).text
    assert "default" in (await home.ask("/language")).text
