"""Pictures on QQ from end to end: the whole bot, a OneBot implementation, and a host of pictures that expire."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.house import house
from tests.bot.surfaces.qq.conftest import qq_of
from tests.bot.test_chat import picture, with_commands
from tests.wire.fake_onebot import FakeOneBot, at, image, reply, text
from tests.wire.picture_host import PictureHost


@pytest.fixture
async def host() -> AsyncIterator[PictureHost]:
    async with PictureHost() as one:
        one.files |= {"/a.png": picture(11), "/b.png": picture(12), "/avatar": picture(40, 40, "JPEG")}
        yield one


@pytest.fixture
async def qq(
    tmp_path: Path, host: PictureHost, fresh_nonebot: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeOneBot]:
    """An account of a bot whose networks alone are toys."""
    monkeypatch.setattr("bot.surfaces.qq.hearing.AVATAR", host.url("/avatar") + "?nk={user}")
    settings = {"intake_allow": [host.address], "qq_sends_per_minute": 6000, "intake_max_bytes": 100_000}
    async with house(tmp_path, **settings) as home, qq_of(with_commands(home).services) as bot, bot.qq() as account:
        await bot.until("up")
        yield account


async def test_an_attached_picture_is_looked_at(qq: FakeOneBot, host: PictureHost) -> None:
    assert (await qq.ask([text("/look"), image(host.url("/a.png?rkey=1"))])).text == "image/png:11x10"
    assert (await qq.ask([image(host.url("/a.png")), text("瞧")])).text == "image/png:11x10"


async def test_the_picture_of_the_message_replied_to_is_looked_at(qq: FakeOneBot, host: PictureHost) -> None:
    theirs = await qq.group_message([image(host.url("/b.png"))], user_id=43)
    assert (await qq.ask([reply(theirs["message_id"]), at(43), text(" 瞧")])).text == "image/png:12x10"
    assert "/b.png" in [path for path, _ in host.asked]


async def test_the_bots_own_answer_is_looked_at_when_replied_to(qq: FakeOneBot) -> None:
    """It comes back as QQ has it; here that is what the bot sent."""
    await qq.ask("/waifu 1")
    answer = await qq.ask([reply(max(qq.messages)), at(qq.self_id), text(" /look")])
    assert answer.text.startswith("image/jpeg:")


async def test_avatars_are_looked_at(qq: FakeOneBot, host: PictureHost) -> None:
    assert (await qq.ask([text("/look "), at(10043)])).text == "image/jpeg:40x40"
    assert (await qq.ask([text("/look 自己")], user_id=10001)).text == "image/jpeg:40x40"
    assert [path for path, _ in host.asked] == ["/avatar?nk=10043", "/avatar?nk=10001"]


async def test_a_picture_that_is_its_own_address_is_looked_at(qq: FakeOneBot) -> None:
    inline = "base64://" + base64.b64encode(picture(30, 20, "JPEG")).decode()
    assert (await qq.ask([text("/look"), image(file=inline)])).text == "image/jpeg:30x20"


@pytest.mark.parametrize(
    ("path", "says"),
    [("/old", "过期"), ("/html", "看懂"), ("/large", "0.1 MB"), ("/half", "坏了"), ("/inside", "地址"), ("", "过期")],
)
async def test_what_cannot_be_had_is_answered_with_a_sentence(
    qq: FakeOneBot, host: PictureHost, path: str, says: str
) -> None:
    host.statuses["/old"] = 400
    host.files |= {"/html": b"<html>", "/large": bytes(100_001), "/half": picture(90, 90)[:120]}
    host.types["/html"] = "image/png"
    host.redirects["/inside"] = "http://127.0.0.1:1/"
    answer = await qq.ask([text("/look"), image(host.url(path) if path else "")])
    assert says in answer.text
    assert answer.images == []
    assert qq.undelivered == 0


async def test_who_sends_no_picture_is_asked_for_one(qq: FakeOneBot) -> None:
    assert "@" in (await qq.ask("/look")).text


async def test_pictures_in_talk_are_not_fetched(qq: FakeOneBot, host: PictureHost) -> None:
    await qq.group_message([text("好看"), image(host.url("/a.png")), at(43)])
    await qq.group_message([text("瞧瞧"), image(host.url("/a.png"))])
    await qq.ask("/help")
    assert host.asked == []
    assert qq.undelivered == 0
