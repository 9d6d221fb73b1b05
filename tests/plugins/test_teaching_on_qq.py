"""A QQ group teaches the bot a character, over a OneBot connection: pictures, consent, review in private, training."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.qq import answering
from tests.bot.characters import given
from tests.bot.house import House, house
from tests.bot.surfaces.qq.conftest import fresh_nonebot, qq_of
from tests.plugins.test_taught import teaching
from tests.wire.fake_onebot import Call, FakeOneBot, document, image, reply, text

__all__ = ["fresh_nonebot"]

ADMIN: dict[str, Any] = {"user_id": 2, "role": "admin"}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine "1 of 2 looked at" would be the first answer."""
    monkeypatch.setattr(answering, "QUIET_SECONDS", 600.0)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, models=given.FACTORY, qq_sends_per_minute=6000) as built:
        teaching(built, tmp_path)
        yield built


@pytest.fixture
async def qq(home: House, fresh_nonebot: None) -> AsyncIterator[FakeOneBot]:
    async with qq_of(home.services) as bot, bot.qq() as account:
        await bot.until("up")
        yield account


def shown(number: int) -> dict:
    content = given.file(given.picture(number))
    return image(file="base64://" + base64.b64encode(content).decode())


async def replied(home: House, qq: FakeOneBot, words: str) -> Call:
    """In reply to what the bot said last, once it knows that it has said it."""
    latest = str(max(qq.messages))
    async with asyncio.timeout(20):
        while await home.services.store.sent.get("qq", "qq:1000", latest) is None:  # noqa: ASYNC110 - it does not tell
            await asyncio.sleep(0.01)
    return await qq.ask([reply(latest), text(words)])


async def test_a_group_contributes_reviews_and_trains(home: House, qq: FakeOneBot) -> None:
    assert "只有群管理" in (await qq.ask([text("角色 创建 御坂")])).text
    assert "御坂 建好啦" in (await qq.ask([text("角色 创建 御坂")], **ADMIN)).text
    asked = await qq.ask([text("投稿"), shown(1), shown(2)])
    assert "可以拿来学画吗" in asked.text
    assert "/contribute agree:yes" in asked.text
    taken = await replied(home, qq, "投稿 同意:是")  # whose pictures are those of the message that was answered
    assert "等审核 2 张" in taken.text
    assert len(taken.images) == 1

    assert "不归你管" in (await qq.ask([text("/审核")])).text
    await qq.group_message([text("/审核")], **ADMIN)
    whispered, said = await qq.delivered(), await qq.delivered()
    assert (whispered.params["message_type"], whispered.params["user_id"]) == ("private", 2)
    assert len(whispered.images) == 1
    assert "qq:42" in whispered.text
    assert said.target == ("group", 1000)
    assert said.images == []  # which nobody has looked at yet
    assert "/review character:c1 accept:1-2" in said.text
    for crafted in ("/review character:c1 accept:1-2", "/review character:c1 accept:1-2 one:yes"):
        assert "不归你管" in (await qq.ask([text(crafted)])).text
    accepted = await qq.ask([text("/review character:c1 accept:1-2")], **ADMIN)
    assert "收下 2 张" in accepted.text

    assert "不归你管" in (await qq.ask([text("训练 开始 硬学:是")])).text
    too_few = await qq.ask([text("训练 开始")], **ADMIN)
    assert "才 2 张" in too_few.text
    assert "删掉了" in (await qq.ask([text("投稿 撤回:是")])).text


async def test_who_cannot_be_reached_in_private_is_told_so_and_the_group_sees_no_picture(
    home: House, qq: FakeOneBot
) -> None:
    await qq.ask([text("角色 创建 御坂")], **ADMIN)
    await qq.ask([text("投稿 同意:是"), shown(1)])
    qq.fail("send_msg", wording="not a friend")
    said = await qq.ask([text("/审核")], **ADMIN)
    assert said.target == ("group", 1000)
    assert "加我好友" in said.text
    assert said.images == []


async def test_the_pictures_of_a_merged_forward_are_contributed_by_a_reply_to_it(home: House, qq: FakeOneBot) -> None:
    await qq.ask([text("角色 创建 御坂")], **ADMIN)
    await qq.ask([text("/contribute agree:yes")])
    napcat = {"messages": [{"message": [shown(n), text("!")], "sender": {}} for n in (1, 2, 3)]}
    standard = {"message": [{"type": "node", "data": {"user_id": "1", "nickname": "n", "content": [shown(4)]}}]}
    for id, nodes, said in (("aa", napcat, "等审核 3 张"), ("bb", standard, "御坂：等审核")):
        qq.forwards[id] = nodes
        theirs = await qq.group_message([{"type": "forward", "data": {"id": id}}])
        assert said in (await qq.ask([reply(theirs["message_id"]), text("投稿")])).text
    gone = await qq.group_message([{"type": "forward", "data": {"id": "cc"}}])
    assert "图呢" in (await qq.ask([reply(gone["message_id"]), text("/contribute")])).text


async def test_a_zip_that_somebody_sent_is_contributed_by_a_reply_to_it(home: House, qq: FakeOneBot) -> None:
    await qq.ask([text("角色 创建 御坂")], **ADMIN)
    content = base64.b64encode(given.zipped(*(given.file(given.picture(n)) for n in (1, 2, 3)))).decode()
    qq.documents["get_file", "f1"] = {"file": "/root/pictures.zip", "base64": content}
    theirs = await qq.group_message([document("pictures.zip", "f1")], user_id=43)
    assert "可以拿来学画吗" in (await qq.ask([reply(theirs["message_id"]), text("投稿")])).text
    taken = await replied(home, qq, "投稿 同意:是")  # the files of what the message that was answered replied to
    assert "等审核 3 张" in taken.text
    assert len(taken.images) == 1
    locked = await qq.group_message([document("locked.zip", "f2")], user_id=43)
    assert "没把这个文件给我" in (await qq.ask([reply(locked["message_id"]), text("投稿")])).text


async def test_the_bots_own_drawings_are_not_contributed_by_way_of_a_reply_to_a_reply(
    home: House, qq: FakeOneBot
) -> None:
    await qq.ask([text("角色 创建 御坂")], **ADMIN)
    await qq.ask([text("/waifu 1")])
    assert "可以拿来学画吗" in (await replied(home, qq, "/contribute")).text
    await replied(home, qq, "投稿 同意:是")
    assert await home.services.store.consents.holds("qq:42", 1)
    assert await home.services.store.contributions.list(1) == []
