"""What the doctor says about Discord, which is a fake on this machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.doctor.discord import check_discord
from bot.doctor.finding import Sign
from tests.bot.doctor.patients import settings, told
from tests.wire.fake_discord import FakeDiscord

LIKE_A_TOKEN = f"{'M' * 24}.Gabcde.{'s' * 38}"


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


async def test_without_a_token_nobody_is_asked(tmp_path: Path) -> None:
    assert told(await check_discord(settings(tmp_path))) == [(Sign.NOTE, "off")]


async def test_a_token_that_works_gives_the_bots_name(tmp_path: Path, discord: FakeDiscord) -> None:
    findings = await check_discord(settings(tmp_path, discord_token=discord.token, discord_api_base=discord.api))
    assert told(findings) == [(Sign.GOOD, "ready")]
    assert findings[0].values["name"]


async def test_a_role_that_is_in_no_server_is_named(tmp_path: Path, discord: FakeDiscord) -> None:
    discord.roles = {5005}
    given = {"discord_token": discord.token, "discord_api_base": discord.api}
    right = await check_discord(settings(tmp_path, **given, discord_admin_roles=[5005]))
    assert told(right) == [(Sign.GOOD, "ready")]
    wrong = await check_discord(settings(tmp_path, **given, discord_admin_roles=[5005, 42, 7]))
    assert told(wrong) == [(Sign.GOOD, "ready"), (Sign.WARN, "roles")]
    assert wrong[1].values["roles"] == "7, 42"
    discord.fail("GET", r"/guilds/\d+/roles", 403, {"code": 50001, "message": "Missing Access"})
    unseen = await check_discord(settings(tmp_path, **given, discord_admin_roles=[42]))
    assert told(unseen) == [(Sign.GOOD, "ready")]


@pytest.mark.parametrize(("token", "what"), [(LIKE_A_TOKEN, "refused"), ("1234567890", "no_token")])
async def test_a_token_that_is_refused_is_told_from_what_never_was_one(
    tmp_path: Path, discord: FakeDiscord, token: str, what: str
) -> None:
    given = settings(tmp_path, discord_token=token, discord_api_base=discord.api)
    assert told(await check_discord(given)) == [(Sign.BAD, what)]


@pytest.mark.parametrize("token", [f"Bot {LIKE_A_TOKEN}", f"{LIKE_A_TOKEN}\n", "令牌"])
async def test_a_token_that_was_copied_with_more_is_not_sent(tmp_path: Path, discord: FakeDiscord, token: str) -> None:
    given = settings(tmp_path, discord_token=token, discord_api_base=discord.api)
    assert told(await check_discord(given)) == [(Sign.BAD, "spaces")]
    assert not discord.requests


@pytest.mark.parametrize(
    ("status", "found"), [(429, (Sign.WARN, "busy")), (500, (Sign.BAD, "strange")), (0, (Sign.BAD, "unreachable"))]
)
async def test_a_bad_day_of_discords_is_told_as_such(
    tmp_path: Path, discord: FakeDiscord, status: int, found: tuple[Sign, str]
) -> None:
    discord.fail("GET", r"/users/@me", status, {"retry_after": 0.01, "global": False, "message": "x"}, times=9)
    given = settings(tmp_path, discord_token=discord.token, discord_api_base=discord.api)
    assert told(await check_discord(given)) == [found]


async def test_a_proxy_that_is_not_there_is_told_from_a_discord_that_is_not(tmp_path: Path) -> None:
    token = {"discord_token": LIKE_A_TOKEN, "discord_api_base": "http://127.0.0.1:1"}
    assert told(await check_discord(settings(tmp_path, **token))) == [(Sign.BAD, "unreachable")]
    proxied = settings(tmp_path, **token, discord_proxy="http://127.0.0.1:1")
    assert told(await check_discord(proxied)) == [(Sign.BAD, "unreachable_proxy")]
