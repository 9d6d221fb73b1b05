"""Files that members send on QQ, as the programs that speak OneBot tell of them."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.surfaces.qq import files
from tests.bot.house import house
from tests.bot.surfaces.qq.conftest import qq_of
from tests.bot.test_chat import picture, with_commands
from tests.wire.fake_onebot import FakeOneBot, document, reply, text
from tests.wire.picture_host import PictureHost

NOW = 1_800_000_000


@pytest.fixture
async def host() -> AsyncIterator[PictureHost]:
    async with PictureHost() as one:
        one.files |= {"/a.png": picture(11), "/b.png": picture(12)}
        yield one


@pytest.fixture
async def qq(tmp_path: Path, host: PictureHost, fresh_nonebot: None) -> AsyncIterator[FakeOneBot]:
    settings = {"intake_allow": [host.address], "qq_sends_per_minute": 6000, "intake_max_bytes": 100_000}
    async with house(tmp_path, **settings) as home, qq_of(with_commands(home).services) as bot, bot.qq() as account:
        await bot.until("up")
        yield account


async def sent(qq: FakeOneBot, *segments: dict, **more: object) -> dict:
    """The segment that replies to a message of another member's."""
    theirs = await qq.group_message([*segments], **{"user_id": 43, **more})
    return reply(theirs["message_id"])


async def test_a_file_whose_address_stands_in_it_is_fetched(qq: FakeOneBot, host: PictureHost) -> None:
    theirs = await sent(qq, document("head.PNG", "/f1", host.url("/a.png")))
    assert (await qq.ask([theirs, text("瞧")])).text == "image/png:11x10"
    lagrange = {"file_name": "head.png", "file_id": "/f2", "file_hash": "", "url": host.url("/b.png")}
    theirs = await sent(qq, {"type": "file", "data": lagrange})
    assert (await qq.ask([theirs, text("/look")])).text == "image/png:12x10"
    assert not [call for call in qq.calls if "file" in call.action]


async def test_of_a_file_without_an_address_the_group_is_asked(qq: FakeOneBot, host: PictureHost) -> None:
    qq.documents["get_group_file_url", "/f1"] = {"url": host.url("/a.png")}
    theirs = await sent(qq, document("head.png", "/f1", "file:///root/.config/QQ/head.png"))
    assert (await qq.ask([theirs, text("/look")])).text == "image/png:11x10"
    assert (await qq.called("get_group_file_url")).params == {"group_id": 1000, "file_id": "/f1"}


async def test_in_private_the_member_is_asked_for(qq: FakeOneBot, host: PictureHost) -> None:
    qq.documents["get_private_file_url", "f1"] = {"url": host.url("/a.png")}
    mine = await qq.private_message([document("head.png", "f1")])
    assert "文件" in (await qq.delivered()).text
    await qq.private_message([reply(mine["message_id"]), text("瞧")])
    assert (await qq.delivered()).text == "image/png:11x10"
    assert (await qq.called("get_private_file_url")).params == {"user_id": 42, "file_id": "f1"}


async def test_a_program_that_knows_no_addresses_may_hand_the_file_over(qq: FakeOneBot) -> None:
    content = base64.b64encode(picture(13)).decode()
    qq.documents["get_file", "f1"] = {"file": "/root/head.png", "url": "/root/head.png", "base64": content}
    theirs = await sent(qq, document("head.png", "f1"))
    assert (await qq.ask([theirs, text("/look")])).text == "image/png:13x10"


async def test_a_file_that_is_not_handed_out_is_answered_with_a_sentence(qq: FakeOneBot) -> None:
    qq.documents["get_file", "f1"] = {"file": "/etc/hostname", "url": "file:///etc/hostname", "base64": ""}
    theirs = await sent(qq, document("head.png", "f1"))
    assert "没把这个文件给我" in (await qq.ask([theirs, text("瞧")])).text
    theirs = await sent(qq, document("head.png", ""))
    assert "没把这个文件给我" in (await qq.ask([theirs, text("瞧")])).text


async def test_a_file_too_large_for_a_frame_is_not_asked_for_in_one(qq: FakeOneBot) -> None:
    theirs = await sent(qq, document("all.zip", "f1", file_size=str(files.MOST_IN_PLACE + 1)))
    assert "没把这个文件给我" in (await qq.ask([theirs, text("/look")])).text
    assert [call.action for call in qq.calls if "file" in call.action] == ["get_group_file_url"]


async def test_talk_about_files_asks_nobody(qq: FakeOneBot, host: PictureHost) -> None:
    words = await sent(qq, document("notes.docx", "f1", host.url("/a.png")))
    theirs = await sent(qq, document("head.png", "f2"))
    await qq.group_message([words, text("瞧")])  # which is no command: no picture is there
    await qq.group_message([theirs, text("好看")])
    await qq.ask("/help")
    assert host.asked == []
    assert qq.undelivered == 0
    assert not [call for call in qq.calls if "file" in call.action]


async def uploaded(qq: FakeOneBot, file_id: str, name: str = "a.png", time: int = NOW, user_id: int = 43) -> None:
    """As go-cqhttp tells of it."""
    file = {"id": file_id, "name": name, "size": 99, "busid": 102}
    await qq.event(post_type="notice", notice_type="group_upload", group_id=1000, user_id=user_id, file=file, time=time)


async def test_a_reply_to_an_empty_message_means_the_file_that_its_sender_uploaded_then(
    qq: FakeOneBot, host: PictureHost
) -> None:
    qq.documents["get_group_file_url", "/f1"] = {"url": host.url("/a.png")}
    qq.documents["get_group_file_url", "/f2"] = {"url": host.url("/b.png")}
    await uploaded(qq, "/f1")
    await uploaded(qq, "/f2", time=NOW + 100)
    await uploaded(qq, "/f3", time=NOW + 1, user_id=44)
    theirs = await sent(qq, time=NOW + 2)
    assert (await qq.ask([theirs, text("瞧")])).text == "image/png:11x10"
    assert (await qq.called("get_group_file_url")).params == {"group_id": 1000, "file_id": "/f1", "busid": 102}
    later = await sent(qq, time=NOW + 99)
    assert (await qq.ask([later, text("瞧")])).text == "image/png:12x10"
    long_after = await sent(qq, time=NOW + 100 + files.SAME_SECONDS + 1)
    assert "@" in (await qq.ask([long_after, text("/look")])).text  # asks for a picture


async def test_an_empty_message_without_a_time_means_a_file_only_where_there_is_no_doubt(
    qq: FakeOneBot, host: PictureHost
) -> None:
    qq.documents["get_group_file_url", "/f1"] = {"url": host.url("/a.png")}
    await uploaded(qq, "/f1")
    theirs = await sent(qq)
    assert (await qq.ask([theirs, text("瞧")])).text == "image/png:11x10"
    await uploaded(qq, "/f2")
    assert "@" in (await qq.ask([theirs, text("/look")])).text


async def test_only_so_many_uploads_are_remembered(
    qq: FakeOneBot, host: PictureHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_SENDERS", 2)
    qq.documents["get_group_file_url", "/f1"] = {"url": host.url("/a.png")}
    qq.documents["get_group_file_url", "/f3"] = {"url": host.url("/b.png")}
    for number in (1, 2, 3):
        await uploaded(qq, f"/f{number}", user_id=number)
    assert "@" in (await qq.ask([await sent(qq, user_id=1), text("/look")])).text
    assert (await qq.ask([await sent(qq, user_id=3), text("/look")])).text == "image/png:12x10"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://tjc-download.ftn.qq.com/ftn_handler/ab", "https://tjc-download.ftn.qq.com/ftn_handler/ab"),
        ("http://example.com/.ftn.qq.com/", "http://example.com/.ftn.qq.com/"),
        ("http://1.2.3.4/ftn_handler/ab", "http://1.2.3.4/ftn_handler/ab"),
        ("file:///etc/passwd", ""),
    ],
)
def test_qqs_file_hosts_are_asked_by_https(url: str, address: str) -> None:
    assert files._address({"url": url}) == address
