"""What the dispatcher hears, from frames as implementations send them."""

from typing import Any

import pytest

from bot.command import Role
from bot.surfaces.base import Incoming, PictureLink
from bot.surfaces.qq.hearing import MOST_MENTIONS
from tests.bot.surfaces.qq.conftest import ToyBot
from tests.wire.fake_onebot import FakeOneBot, at, image, reply, text


async def test_a_command_in_a_group(bot: ToyBot, qq: FakeOneBot) -> None:
    event = await qq.group_message([text("/waifu 4")], group_id=30003, user_id=10001)
    assert await bot.dispatcher.hears() == Incoming(
        surface="qq",
        chat="qq:30003",
        member="qq:10001",
        text="/waifu 4",
        addressed=False,
        group="qq:30003",
        role=Role.MEMBER,
        message_id=str(event["message_id"]),
        avatar=PictureLink("avatar", "https://q1.qlogo.cn/g?b=qq&nk=10001&s=640"),
    )


async def test_a_message_as_a_text_with_cq_codes(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.group_message(f"[CQ:at,qq={qq.self_id}] /waifu seed:a&amp;b&#91;c&#93;")
    heard = await bot.dispatcher.hears()
    assert heard.text == "/waifu seed:a&b[c]"
    assert heard.addressed


@pytest.mark.parametrize(
    "message",
    [
        lambda me: [at(me), text(" 老婆 4")],
        lambda me: [text("老婆 4 "), at(me)],
        lambda me: [text("老婆"), at(me), text("4")],
        lambda me: [at(me), text(" "), at(me), text("老婆 4")],
    ],
)
async def test_a_mention_addresses_the_bot_wherever_it_stands(bot: ToyBot, qq: FakeOneBot, message: Any) -> None:
    await qq.group_message(message(qq.self_id))
    heard = await bot.dispatcher.hears()
    assert heard.text == "老婆 4"
    assert heard.addressed


async def test_a_mention_of_somebody_else_does_not(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.group_message([at(43), text(" hello")])
    heard = await bot.dispatcher.hears()
    assert heard.text == "hello @qq:43"
    assert not heard.addressed


async def test_private_chats_are_always_addressed(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.private_message([text("hello")], user_id=10001, role="owner")
    heard = await bot.dispatcher.hears()
    assert (heard.chat, heard.group, heard.member) == ("qq:@10001", None, "qq:10001")
    assert heard.addressed
    assert heard.role is Role.MEMBER


async def test_a_private_chat_opened_from_a_group_is_private(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.private_message([text("/waifu")], sub_type="group", group_id=30003)
    heard = await bot.dispatcher.hears()
    assert (heard.chat, heard.group) == ("qq:@42", None)
    assert (await qq.delivered()).target == ("private", 42)


@pytest.mark.parametrize(("said", "role"), [("owner", Role.ADMIN), ("admin", Role.ADMIN), ("member", Role.MEMBER)])
async def test_who_runs_the_group_is_an_admin(bot: ToyBot, qq: FakeOneBot, said: str, role: Role) -> None:
    await qq.group_message([text("/waifu")], role=said)
    assert (await bot.dispatcher.hears()).role is role


async def test_a_reply_to_the_bots_message_addresses_it(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.ask([text("/waifu")])
    await bot.dispatcher.hears()
    mine = max(qq.messages)
    await qq.group_message([reply(mine), at(qq.self_id), text(" 像2")])
    heard = await bot.dispatcher.hears()
    assert (heard.text, heard.replied_to, heard.addressed) == ("像2", str(mine), True)


async def test_a_reply_to_somebody_else_does_not(bot: ToyBot, qq: FakeOneBot) -> None:
    theirs = await qq.group_message([text("look")], user_id=43)
    await bot.dispatcher.hears()
    await qq.group_message([reply(theirs["message_id"]), text("nice")])
    heard = await bot.dispatcher.hears()
    assert (heard.text, heard.replied_to, heard.addressed) == ("nice", str(theirs["message_id"]), False)


async def test_a_reply_is_heard_though_nobody_can_say_to_what(bot: ToyBot, qq: FakeOneBot) -> None:
    qq.fail("get_msg", retcode=1200)
    await qq.group_message([reply(777), at(qq.self_id), text(" /waifu 4")])
    heard = await bot.dispatcher.hears()
    assert (heard.text, heard.replied_to, heard.addressed) == ("/waifu 4", "777", True)


async def test_a_reply_to_the_bots_own_message_is_known_without_get_msg(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.ask([text("/waifu")])
    await bot.dispatcher.hears()
    mine = max(qq.messages)
    qq.fail("get_msg", retcode=1404)
    await qq.group_message([reply(mine), text("2")])
    heard = await bot.dispatcher.hears()
    assert (heard.text, heard.replied_to, heard.addressed) == ("2", str(mine), True)


async def test_a_get_msg_that_never_answers_delays_and_does_not_silence(
    bot: ToyBot, qq: FakeOneBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.surfaces.qq.onebot.GET_MSG_SECONDS", 0.01)
    qq.swallow("get_msg")
    await qq.group_message([reply(777), text("/waifu")])
    assert (await bot.dispatcher.hears()).text == "/waifu"


async def test_numbers_as_texts_and_missing_fields(bot: ToyBot, qq: FakeOneBot) -> None:
    frame = qq.message([text("/waifu")], "10001", message_type="group", group_id="30003")
    for name in ("font", "raw_message", "message_format"):
        del frame[name]
    frame["sender"] = {"user_id": "10001", "level": 3, "age": "", "role": "admin", "nickname": None}
    await qq.event(**frame)
    heard = await bot.dispatcher.hears()
    assert (heard.member, heard.group, heard.role) == ("qq:10001", "qq:30003", Role.ADMIN)


async def test_a_message_without_a_sender(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.event(post_type="message", message_id=5, user_id=7, group_id=30003, message="/waifu")
    heard = await bot.dispatcher.hears()
    assert (heard.member, heard.group, heard.text, heard.role) == ("qq:7", "qq:30003", "/waifu", Role.MEMBER)


async def test_segments_that_make_no_sense_are_left_out(bot: ToyBot, qq: FakeOneBot) -> None:
    odd = [{"type": "at", "data": {}}, {"type": "image", "data": {}}, {"type": "dance", "data": {"x": None}}]
    await qq.group_message([*odd, {"type": "at", "data": {"qq": "everybody"}}, text("/waifu 4")])
    assert (await bot.dispatcher.hears()).text == "/waifu 4"


async def test_pictures_and_emoji_do_not_stand_in_the_text(bot: ToyBot, qq: FakeOneBot) -> None:
    image = {"type": "image", "data": {"file": "A.png", "url": "https://multimedia.nt.qq.com.cn/download?a=1"}}
    await qq.group_message([text("/conhead "), image, {"type": "face", "data": {"id": "14"}}, text(" 2")])
    assert (await bot.dispatcher.hears()).text == "/conhead 2"


def avatar(user: int) -> PictureLink:
    return PictureLink("avatar", f"https://q1.qlogo.cn/g?b=qq&nk={user}&s=640")


NT = "https://multimedia.nt.qq.com.cn/download?appid=1407&fileid=EhQ_a-B&spec=0&rkey=CAISKK%2BS"


@pytest.mark.parametrize(
    ("picture", "address"),
    [
        (image(NT), NT),
        (image("http://gchat.qpic.cn/gchatpic_new/1/2-3/0?term=2"), "http://gchat.qpic.cn/gchatpic_new/1/2-3/0?term=2"),
        (image(NT.replace("&", "&amp;")), NT),
        (image(file=NT), NT),
        (image(NT, file="base64:///9j/4AAQ"), NT),
        (image(file="base64:///9j/4AAQ"), "base64:///9j/4AAQ"),
        (image(file="base64://iVBORw0KGgo="), "base64://iVBORw0KGgo="),
        (image(), ""),
        (image(file="file:///etc/passwd"), ""),
        ({"type": "image", "data": {"file": "A.png", "url": None}}, ""),
    ],
    ids=["nt", "old http", "escaped", "in file", "both", "base64 jpeg", "base64 png", "none", "local", "null"],
)
async def test_an_attached_picture_is_heard_with_its_address(
    bot: ToyBot, qq: FakeOneBot, picture: dict[str, Any], address: str
) -> None:
    await qq.group_message([text("/judge"), picture])
    heard = await bot.dispatcher.hears()
    assert heard.links == (PictureLink("attached", address),)
    assert heard.text == "/judge"
    assert heard.uploads == ()


async def test_a_picture_in_a_text_with_cq_codes_is_heard(bot: ToyBot, qq: FakeOneBot) -> None:
    escaped = NT.replace("&", "&amp;")
    await qq.group_message(f"/judge[CQ:image,file=A.png,sub_type=0,url={escaped}]")
    assert (await bot.dispatcher.hears()).links == (PictureLink("attached", NT),)


async def test_several_pictures_are_heard_in_order(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.group_message([image(NT + "1"), text("/judge"), image(NT + "2"), image(NT + "3")])
    assert [link.address for link in (await bot.dispatcher.hears()).links] == [NT + "1", NT + "2", NT + "3"]


async def test_the_pictures_of_the_message_replied_to_are_heard(bot: ToyBot, qq: FakeOneBot) -> None:
    theirs = await qq.group_message([text("look"), image(NT), image(NT + "2")], user_id=43)
    await bot.dispatcher.hears()
    # QQ mentions whom one replies to, of its own accord: that asks for no avatar
    await qq.group_message([reply(theirs["message_id"]), at(43), text(" /judge "), image(NT + "3")])
    heard = await bot.dispatcher.hears()
    assert heard.links == (
        PictureLink("replied", NT),
        PictureLink("replied", NT + "2"),
        PictureLink("attached", NT + "3"),
    )
    assert heard.text == "/judge"


async def test_a_reply_that_cannot_be_looked_up_brings_no_picture(bot: ToyBot, qq: FakeOneBot) -> None:
    theirs = await qq.group_message([image(NT)], user_id=43)
    await bot.dispatcher.hears()
    qq.fail("get_msg", retcode=1200)
    await qq.group_message([reply(theirs["message_id"]), text("/judge")])
    assert (await bot.dispatcher.hears()).links == ()


async def test_members_who_are_mentioned_are_heard_as_avatars(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.group_message([at(qq.self_id), text("鉴定"), at(43), at(44), at(43), at("all")], user_id=42)
    heard = await bot.dispatcher.hears()
    assert heard.links == (avatar(43), avatar(44))
    assert heard.avatar == avatar(42)


async def test_members_who_are_mentioned_stand_at_the_end_of_the_line(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.group_message([at(43), text(" /ban 3d "), at(qq.self_id), at(44), text(" spam"), at(43), at("all")])
    assert (await bot.dispatcher.hears()).text == "/ban 3d spam @qq:43 @qq:44"
    await qq.group_message([at(43), at(qq.self_id)])
    assert (await bot.dispatcher.hears()).text == ""
    await qq.group_message([text("/judge"), *(at(user) for user in range(1000, 1100))])
    assert (await bot.dispatcher.hears()).text.count("@") == MOST_MENTIONS


async def test_a_member_without_a_number_has_no_avatar(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.group_message([text("/judge"), {"type": "at", "data": {"qq": "1&nk=2"}}, at("9" * 20)])
    assert (await bot.dispatcher.hears()).links == ()


async def test_what_is_not_for_the_bot_is_not_heard(bot: ToyBot, qq: FakeOneBot) -> None:
    async with bot.qq(self_id=10002):
        await bot.until("up", "2 accounts")
        own = qq.message([text("/waifu")], qq.self_id, message_type="group", sub_type="normal", group_id=1)
        await qq.event(**(own | {"post_type": "message_sent"}))
        await qq.event(**own)
        await qq.group_message([text("/waifu")], user_id=10002)  # the bot's other account
        someone = {"id": 1, "name": "a", "flag": "f"}
        await qq.group_message([text("/waifu")], sub_type="anonymous", anonymous=someone)
        await qq.event(post_type="notice", notice_type="notify", sub_type="poke", user_id=42, target_id=qq.self_id)
        await qq.group_message([text("last")])
        assert (await bot.dispatcher.hears()).text == "last"


async def test_a_frame_that_is_no_event_does_not_cut_the_connection(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.event(post_type="message", message_type="group", user_id="not a number", message=3)
    await qq.event(retcode=0, echo="12345")
    await qq.group_message([text("/waifu")])
    assert (await bot.dispatcher.hears()).text == "/waifu"


async def test_a_client_that_is_quicker_than_the_bot_is_answered_once_it_is_there(serve: Any) -> None:
    async with serve(start=False) as bot, bot.qq() as qq:
        await bot.until("up")
        await qq.group_message([text("/waifu")])
        assert bot.dispatcher.heard.empty()
        await bot.surface.start()
        assert (await bot.dispatcher.hears()).text == "/waifu"


async def _answer_to(bot: ToyBot, qq: FakeOneBot, *message: dict) -> int:
    """The id of the bot's answer to a message, which quotes it."""
    await qq.ask([text("/waifu"), *message])
    await bot.dispatcher.hears()
    return max(qq.messages)


async def test_what_the_bot_answered_is_looked_at_when_somebody_replies_to_the_answer(
    bot: ToyBot, qq: FakeOneBot
) -> None:
    """The bot keeps no pictures of members; its answer leads back to them."""
    mine = await _answer_to(bot, qq, image(NT))
    await qq.group_message([reply(mine), at(qq.self_id), text(" 更强")])
    heard = await bot.dispatcher.hears()
    assert [link.how for link in heard.links] == ["replied", "asked"]
    assert heard.links[1].address == NT


async def test_where_that_was_recalled_or_had_no_picture_there_is_none(bot: ToyBot, qq: FakeOneBot) -> None:
    mine = await _answer_to(bot, qq)
    await qq.group_message([reply(mine), text("更强")])
    assert [link.how for link in (await bot.dispatcher.hears()).links] == ["replied"]
    asked = min(qq.messages)
    del qq.messages[asked]
    await qq.group_message([reply(mine), text("更强")])
    assert [link.how for link in (await bot.dispatcher.hears()).links] == ["replied"]


async def test_what_somebody_else_answered_is_not_looked_up(bot: ToyBot, qq: FakeOneBot) -> None:
    photo = await qq.group_message([image(NT)], user_id=43)
    theirs = await qq.group_message([reply(photo["message_id"]), text("nice")], user_id=44)
    await qq.group_message([reply(theirs["message_id"]), text("/judge")])
    *_, heard = [await bot.dispatcher.hears() for _ in range(3)]
    assert heard.links == ()
    assert sum(call.action == "get_msg" for call in qq.calls) == 2  # each reply's own message, as the adapter does
