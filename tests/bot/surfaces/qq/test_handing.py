"""Files are for one member: in private, whatever the platform takes."""

import pytest

from bot.command import Attachment, Button, Reply
from bot.surfaces.base import Incoming, Responder
from bot.surfaces.qq.handing import MOST_CHARACTERS
from tests.bot.surfaces.qq.conftest import PNG, ToyBot, picture
from tests.wire.fake_onebot import FakeOneBot, text

DATA = Attachment("mine.json", "application/json", '{"id": "鉴定"}'.encode())
LARGE = Attachment("mine.json", "application/json", b" " * (MOST_CHARACTERS + 1))


def answers(bot: ToyBot, *files: Attachment) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        await responder.send(Reply("here", files=files, private=True, locale="en"))

    bot.dispatcher.answer = answer


async def test_in_private_a_file_follows_its_sentence(bot: ToyBot, qq: FakeOneBot) -> None:
    answers(bot, DATA)
    await qq.private_message([text("/mydata")], user_id=77)
    assert (await qq.delivered()).text == "here"
    assert await bot.dispatcher.outcome() is None
    assert qq.files == [(77, "mine.json", DATA.content)]
    assert qq.undelivered == 0


async def test_asked_for_in_a_group_it_goes_in_private_and_the_group_hears_only_that(
    bot: ToyBot, qq: FakeOneBot
) -> None:
    answers(bot, DATA)
    await qq.group_message([text("/mydata")], user_id=77, group_id=30003)
    whispered, said = await qq.delivered(), await qq.delivered()
    assert (whispered.params["message_type"], whispered.params["user_id"], whispered.text) == ("private", 77, "here")
    assert said.target == ("group", 30003)
    assert "private" in said.text
    assert "here" not in said.text
    assert qq.files == [(77, "mine.json", DATA.content)]


async def test_who_cannot_be_reached_in_private_hears_so_and_the_group_sees_no_data(
    bot: ToyBot, qq: FakeOneBot
) -> None:
    answers(bot, DATA)
    qq.fail("send_msg", wording="not a friend")
    await qq.group_message([text("/mydata")], user_id=77, group_id=30003)
    said = await qq.delivered()
    assert said.target == ("group", 30003)
    assert "friend" in said.text
    assert qq.files == []
    assert await bot.dispatcher.outcome() is None


@pytest.mark.parametrize("group", [None, 30003])
@pytest.mark.parametrize("file", [DATA, LARGE], ids=["short", "long"])
async def test_a_file_that_is_refused_goes_as_text_where_it_is_short(
    bot: ToyBot, qq: FakeOneBot, group: int | None, file: Attachment
) -> None:
    answers(bot, file)
    qq.fail("upload_private_file", retcode=1400)
    if group is None:
        await qq.private_message([text("/mydata")], user_id=77)
    else:
        await qq.group_message([text("/mydata")], user_id=77, group_id=group)
    assert (await qq.delivered()).text == "here"
    instead = await qq.delivered()
    assert instead.params["message_type"] == "private"
    assert (instead.text == file.content.decode()) is (file is DATA)
    assert file is DATA or "too long" in instead.text
    assert await bot.dispatcher.outcome() is None


def shows(bot: ToyBot, private: bool = True) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        button = Button("again", "waifu", {"count": 2})
        await responder.send(Reply("four wait", (picture(),), (button,), private=private, locale="en"))

    bot.dispatcher.answer = answer


async def test_pictures_for_one_member_go_in_private_and_what_to_answer_stays_in_the_group(
    bot: ToyBot, qq: FakeOneBot
) -> None:
    shows(bot)
    await qq.group_message([text("/review")], user_id=77, group_id=30003)
    whispered, said = await qq.delivered(), await qq.delivered()
    assert (whispered.params["message_type"], whispered.params["user_id"]) == ("private", 77)
    assert (whispered.text, whispered.images) == ("four wait", [PNG])
    assert said.target == ("group", 30003)
    assert said.images == []
    assert "/waifu count:2" in said.text
    assert "four wait" not in said.text
    await qq.private_message([text("/review")], user_id=77)
    alone = await qq.delivered()
    assert alone.images == [PNG]
    assert "four wait" in alone.text
    assert qq.undelivered == 0
    shows(bot, private=False)
    assert (await qq.ask([text("/waifu")])).images == [PNG]


async def test_pictures_for_a_member_who_cannot_be_reached_are_shown_to_nobody(bot: ToyBot, qq: FakeOneBot) -> None:
    shows(bot)
    qq.fail("send_msg", wording="not a friend")
    await qq.group_message([text("/review")], user_id=77, group_id=30003)
    said = await qq.delivered()
    assert said.target == ("group", 30003)
    assert "friend" in said.text
    assert said.images == []
    assert await bot.dispatcher.outcome() is None
