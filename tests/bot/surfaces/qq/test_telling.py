"""What is said unasked, and what the platform tells of groups and their members."""

import asyncio
from typing import Any

import pytest

from bot.command import Reply, Role
from bot.surfaces.base import Incoming, KnownGroup, Responder, SendFailed
from bot.surfaces.qq.directory import LIST_SECONDS, Directory
from bot.surfaces.roles import KnowsMembers
from tests.bot.surfaces.qq.conftest import PNG, ToyBot, picture
from tests.wire.fake_onebot import FakeOneBot, text


async def test_a_group_is_told_through_the_account_that_is_in_it(bot: ToyBot, qq: FakeOneBot) -> None:
    async with bot.qq(self_id=10002) as other:
        await bot.until("up", "2 accounts")
        qq.groups, other.groups = {1000: "ours"}, {30003: "theirs"}
        assert await bot.surface.tell("qq:30003", Reply("hello", (picture(),))) is not None
        call = await other.delivered()
        assert (call.target, call.text, call.images, call.quote) == (("group", 30003), "hello", [PNG], None)
        await bot.surface.tell("qq:1000", Reply("hello"))
        assert (await qq.delivered()).target == ("group", 1000)


async def test_a_member_is_told_in_private_through_the_account_whose_friend_they_are(
    bot: ToyBot, qq: FakeOneBot
) -> None:
    async with bot.qq(self_id=10002) as other:
        await bot.until("up", "2 accounts")
        other.friends = {10001}
        await bot.surface.tell("qq:@10001", Reply("the disk is full"))
        assert (await other.delivered()).target == ("private", 10001)


async def test_who_has_spoken_is_told_where_they_spoke_without_asking_anybody(bot: ToyBot, qq: FakeOneBot) -> None:
    async def silent(incoming: Incoming, responder: Responder) -> None: ...

    bot.dispatcher.answer = silent
    await qq.private_message([text("hi")], user_id=77)
    await qq.private_message([text("hi")], user_id=78, sub_type="group", group_id=30003)
    await qq.group_message([text("hi")], group_id=1000)
    for _ in range(3):
        await bot.dispatcher.hears()
    for chat, target in (("qq:@77", ("private", 77)), ("qq:1000", ("group", 1000))):
        await bot.surface.tell(chat, Reply("well"))
        assert (await qq.delivered()).target == target
    await bot.surface.tell("qq:@78", Reply("well"))  # by way of the group, and not to it
    call = await qq.delivered()
    assert call.params["message_type"] == "private"
    assert (call.params["user_id"], call.params["group_id"]) == (78, 30003)
    assert not [c for c in qq.calls if c.action.startswith("get_")]


@pytest.mark.parametrize("chat", ["qq:30004", "qq:@10009", "qq:", "qq:@"])
async def test_a_chat_that_no_account_is_in_is_said_to_whoever_tells(bot: ToyBot, qq: FakeOneBot, chat: str) -> None:
    qq.groups = {30003: "ours"}
    with pytest.raises(SendFailed):
        await bot.surface.tell(chat, Reply("hello"))


async def test_without_an_account_nothing_is_told_and_no_group_is_known(bot: ToyBot) -> None:
    with pytest.raises(SendFailed):
        await bot.surface.tell("qq:30003", Reply("hello"))
    assert await bot.surface.groups() == []
    assert await bot.surface.role_of("qq:30003", "qq:1") is None


async def test_a_refusal_is_said_to_whoever_tells(bot: ToyBot, qq: FakeOneBot) -> None:
    qq.groups = {30003: "ours"}
    qq.fail("send_msg", times=2)
    with pytest.raises(SendFailed):
        await bot.surface.tell("qq:30003", Reply("hello"))


async def test_the_groups_of_all_accounts_are_known_each_once(bot: ToyBot, qq: FakeOneBot) -> None:
    async with bot.qq(self_id=10002) as other:
        await bot.until("up", "2 accounts")
        qq.groups, other.groups = {1000: "ours", 1001: "both"}, {1001: "both"}
        groups = await bot.surface.groups()
        assert sorted(groups, key=lambda g: g.id) == [
            KnownGroup("qq:1000", "ours", 3),
            KnownGroup("qq:1001", "both", 3),
        ]
        other.fail("get_group_list")
        qq.groups = {}
        assert await bot.surface.groups() == []


async def test_a_list_is_believed_for_a_minute(bot: ToyBot, qq: FakeOneBot) -> None:
    now = 0.0
    directory = Directory(bot.surface._accounts, clock=lambda: now)
    qq.groups = {30003: "ours"}
    assert await directory.place("qq:30003") is not None
    qq.groups = {}
    assert await directory.place("qq:30003") is not None
    now = LIST_SECONDS
    assert await directory.place("qq:30003") is None


async def test_roles_are_the_platforms_word_of_this_moment(bot: ToyBot, qq: FakeOneBot) -> None:
    assert isinstance(bot.surface, KnowsMembers)
    qq.groups = {30003: "ours"}
    qq.roles = {(30003, 5): "admin", (30003, 6): "owner"}
    roles = [await bot.surface.role_of("qq:30003", f"qq:{user}") for user in (5, 6, 7)]
    assert roles == [Role.ADMIN, Role.ADMIN, Role.MEMBER]
    qq.roles = {}
    assert await bot.surface.role_of("qq:30003", "qq:5") is Role.MEMBER
    qq.fail("get_group_member_info")
    assert await bot.surface.role_of("qq:30003", "qq:5") is None
    assert await bot.surface.role_of("qq:30003", "qq:five") is None


async def test_the_bots_own_accounts_are_known(bot: ToyBot, qq: FakeOneBot) -> None:
    assert bot.surface.is_me(f"qq:{qq.self_id}")
    assert not bot.surface.is_me("qq:10001")


async def test_a_platform_that_says_nonsense_of_its_groups_is_not_believed(bot: ToyBot, qq: FakeOneBot) -> None:
    def perform(call: Any) -> dict:
        return {
            "status": "ok",
            "retcode": 0,
            "data": [None, 3, {"group_id": None}, {"group_id": 5, "member_count": "x"}],
        }

    qq.perform = perform  # type: ignore[method-assign]
    assert await bot.surface.groups() == [KnownGroup("qq:5", "", None)]
    async with asyncio.timeout(20):
        assert await bot.surface.role_of("qq:5", "qq:1") is None
