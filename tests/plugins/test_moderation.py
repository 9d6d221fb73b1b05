"""Bans: who may, whom, for how long, and what everybody is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.command import Role
from bot.gate import Gate
from bot.store.bans import Ban
from tests.bot.house import SUPERUSER, House
from tests.plugins.town import Town

ADMIN: dict[str, Any] = {"role": Role.ADMIN, "member": "qq:5", "locale": "en"}
BOSS: dict[str, Any] = {**SUPERUSER, "member": "qq:9", "locale": "en"}
PRIVATE: dict[str, Any] = {"group": None, "chat": "qq:@9", "addressed": True}


@pytest.fixture
def town(home: House) -> Town:
    town = Town("qq")
    home.services.surfaces = {"qq": town}
    return town


@pytest.fixture
def time(home: House) -> list[datetime]:
    """The gate's clock, which a test sets."""
    at = [datetime(2026, 1, 1, 12, tzinfo=UTC)]
    home.services.gate = Gate(home.services.settings, home.services.store, now=lambda: at[0])
    return at


async def test_an_admin_bans_in_their_group_and_says_until_when(home: House, time: list[datetime]) -> None:
    reply = await home.ask("/ban @qq:1 2h too many pictures", **ADMIN)
    assert "qq:1" in reply.text
    assert "2026-01-01 22:00" in reply.text  # in Shanghai
    assert "too many pictures" in reply.text
    ban = await home.services.store.group_bans.get("qq:7", "qq:1")
    assert ban == Ban(time[0] + timedelta(hours=2), "too many pictures")
    refused = await home.ask("/waifu", locale="en")
    assert refused.failed
    assert "too many pictures" in refused.text
    assert not (await home.ask("/waifu", group="qq:8", chat="qq:8")).failed
    time[0] += timedelta(hours=2)
    assert not (await home.ask("/waifu")).failed


@pytest.mark.parametrize(
    ("line", "reason", "hours"),
    [
        ("/ban qq:1", "", None),
        ("/ban 1001 forever", "", None),
        ("/ban @qq:1 永久 刷屏 刷得很凶", "刷屏 刷得很凶", None),
        ("/封禁 3天 广告 @qq:1", "广告", 72),
        ("/ban @qq:1 always late", "late", None),
        ("/ban @qq:1 being rude", "being rude", None),
        ('/ban member:qq:1 reason:"a: b" time:1h', "a: b", 1),
        ("/ban @qq:1 1h see https://example.org/?a=1", "see https://example.org/?a=1", 1),
        ("/ban <@!1001> 30m", "", 0.5),
    ],
)
async def test_a_ban_is_read_as_people_write_it(
    home: House, time: list[datetime], line: str, reason: str, hours: float | None
) -> None:
    reply = await home.ask(line, **ADMIN)
    assert not reply.failed, reply.text
    (found,) = await home.services.store.group_bans.list(group="qq:7")
    assert found.member in ("qq:1", "qq:1001", "discord:1001")
    assert found.ban == Ban(None if hours is None else time[0] + timedelta(hours=hours), reason)


@pytest.mark.parametrize("line", ["/ban", "/ban 3d", "/ban @小明", "/ban @qq:1 3x", "/ban @qq:1 @qq:2", "/ban qq:"])
async def test_a_ban_of_nobody_is_explained(home: House, line: str) -> None:
    assert (await home.ask(line, **ADMIN)).failed
    assert await home.services.store.group_bans.list() == []


async def test_members_ban_nobody(home: House) -> None:
    assert (await home.ask("/ban @qq:2")).failed
    assert (await home.ask("/unban @qq:2")).failed
    assert (await home.ask("/bans")).failed


async def test_nobody_bans_themselves_the_bot_an_admin_or_who_runs_it(home: House, town: Town) -> None:
    home.services.settings = home.services.settings.model_copy(update={"superusers": frozenset({"qq:9"})})
    town.admins.add(("qq:7", "qq:6"))
    for who in ("qq:5", "qq:9", "qq:99999", "qq:6", "web:local"):
        assert (await home.ask(f"/ban {who}", **ADMIN)).failed, who
    assert (await home.ask("/ban qq:6", **(BOSS | {"member": "qq:3"}))).failed
    town.admins.clear()  # roles are read every time
    assert not (await home.ask("/ban qq:6", **ADMIN)).failed


async def test_a_superusers_ban_holds_everywhere_unless_they_say_here(home: House) -> None:
    await home.ask("/ban where:here @qq:1", **BOSS)
    assert (await home.services.store.members.get("qq:1")).ban is None
    await home.ask("/ban @qq:1 spam", **BOSS)
    assert (await home.services.store.members.get("qq:1")).ban == Ban(None, "spam")
    assert (await home.ask("/waifu", group=None, chat="qq:@1", addressed=True)).failed


async def test_an_admin_bans_in_no_other_group(home: House) -> None:
    for line in ("/ban where:everywhere qq:1", "/ban group:qq:8", "/unban group:qq:8"):
        assert (await home.ask(line, **ADMIN)).failed
    assert (await home.services.store.members.get("qq:1")).ban is None


async def test_a_ban_is_lifted_where_it_was_made(home: House) -> None:
    await home.ask("/ban @qq:1", **ADMIN)
    assert "welcome" in (await home.ask("/unban @qq:1", **ADMIN)).text
    assert not (await home.ask("/waifu")).failed
    assert "not blocked" in (await home.ask("/unban @qq:1", **ADMIN)).text

    await home.ask("/ban @qq:1", **BOSS)
    assert "everywhere" in (await home.ask("/unban @qq:1", **ADMIN)).text
    assert (await home.ask("/waifu")).failed
    assert "welcome" in (await home.ask("/unban @qq:1", **BOSS)).text
    assert not (await home.ask("/waifu")).failed


async def test_the_button_of_a_ban_lifts_it(home: House) -> None:
    for who in (ADMIN, BOSS):
        banned = await home.ask("/ban @qq:1", **who)
        assert not (await home.ask(banned.buttons[0].line(), **who)).failed
        assert not (await home.ask("/waifu")).failed


async def test_a_group_is_banned_and_let_in_again(home: House) -> None:
    await home.ask("/ban group:qq:7 time:3d reason:spam", **(BOSS | PRIVATE))
    assert (await home.ask("/waifu")).failed
    assert "qq:7" in (await home.ask("/bans", **(BOSS | PRIVATE))).text
    await home.ask("/unban group:qq:7", **(BOSS | PRIVATE))
    assert not (await home.ask("/waifu")).failed


async def test_the_list_shows_what_holds_with_the_line_that_lifts_it(home: House, time: list[datetime]) -> None:
    assert "Nobody" in (await home.ask("/bans", **ADMIN)).text
    await home.ask("/ban @qq:1 1h", **ADMIN)
    await home.ask("/ban @qq:2 3d loud", **ADMIN)
    await home.ask("/ban where:everywhere @qq:3", **BOSS)
    time[0] += timedelta(hours=2)
    text = (await home.ask("/bans", **ADMIN)).text
    assert "qq:2" in text
    assert "loud" in text
    assert "qq:1 " not in text
    assert "qq:3" not in text
    line = text.rsplit("·", 1)[1].strip()
    assert not (await home.ask(line, **ADMIN)).failed
    assert await home.services.store.group_bans.get("qq:7", "qq:2") is None
    assert "qq:3" in (await home.ask("/bans", **(BOSS | PRIVATE))).text


async def test_on_the_page_a_bare_number_is_of_no_platform(home: House) -> None:
    web: dict[str, Any] = {**SUPERUSER, "surface": "web", "chat": "web:@local", "member": "web:local", "group": None}
    assert (await home.ask("/ban 10001", **web)).failed
    assert not (await home.ask("/ban qq:10001", **web)).failed
    assert (await home.services.store.members.get("qq:10001")).ban == Ban()
