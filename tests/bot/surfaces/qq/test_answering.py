"""What reaches the chat: one message an answer, once, whatever the platform and the connection do."""

import asyncio
from typing import Any

import pytest

from bot.command import Button, Face, Picture, PictureName, Reply
from bot.surfaces.base import Incoming, Responder, SendFailed
from bot.surfaces.qq import answering, outbox
from bot.surfaces.qq.answering import QUIET_SECONDS, QQResponder
from data.pictures import Encoded
from tests.bot.surfaces.qq.conftest import PNG, SMALLER, ToyBot, picture
from tests.wire.fake_onebot import FakeOneBot, text


async def test_a_command_gets_one_message_with_a_picture(bot: ToyBot, qq: FakeOneBot) -> None:
    event = await qq.group_message([text("/waifu 4")], group_id=30003)
    call = await qq.delivered()
    assert call.target == ("group", 30003)
    assert call.kinds == ["reply", "text", "image"]
    assert call.quote == str(event["message_id"])
    assert (call.text, call.images) == ("faces", [PNG])
    assert await bot.dispatcher.outcome() is None
    assert qq.undelivered == 0


async def test_the_answer_knows_its_message_id(bot: ToyBot, qq: FakeOneBot) -> None:
    ids: list[str | None] = []

    async def answer(incoming: Incoming, responder: Responder) -> None:
        ids.append(await responder.send(Reply("hello")))

    bot.dispatcher.answer = answer
    await qq.ask([text("/waifu")])
    await bot.dispatcher.outcome()
    assert ids == [str(max(qq.messages))]


async def test_several_pictures_go_in_one_message(bot: ToyBot, qq: FakeOneBot) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        await responder.send(Reply("", (picture(b"one"), picture(b"two"))))

    bot.dispatcher.answer = answer
    assert (await qq.ask([text("/waifu")])).images == [b"one", b"two"]


async def test_buttons_become_a_line_to_answer_with(bot: ToyBot, qq: FakeOneBot) -> None:
    sheet = Picture("k7f3", Encoded(PNG, "image/png", 8, 8), tuple(Face(n, 0, 0, 4, 4) for n in range(1, 5)))

    async def answer(incoming: Incoming, responder: Responder) -> None:
        buttons = (Button("again", "again"), Button("more", "more", per_face=True))
        await responder.send(Reply("faces", (sheet,), buttons))

    bot.dispatcher.answer = answer
    call = await qq.ask([text("/waifu 4")])
    assert call.kinds == ["reply", "text", "image", "text"]
    assert "像1–4" in call.text
    assert "再来" in call.text


async def test_a_button_that_is_about_no_picture_is_a_line_to_send(bot: ToyBot, qq: FakeOneBot) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        buttons = (Button("again", "again", {"picture": PictureName("k7f3")}), Button("next", "saved", {"page": 2}))
        await responder.send(Reply("faces", (picture(),), buttons))
        await responder.send(Reply("sure?", buttons=(Button("forgetme", "forgetme", {"confirm": "yes"}),)))

    bot.dispatcher.answer = answer
    both = (await qq.ask([text("/saved")])).text.splitlines()
    assert both[0].endswith("再来")
    assert both[1].endswith("/saved page:2")
    assert (await qq.delivered()).text.splitlines()[1].endswith("/forgetme confirm:yes")


async def test_private_chats_are_answered_in_private(bot: ToyBot, qq: FakeOneBot) -> None:
    await qq.private_message([text("/waifu")], user_id=77)
    assert (await qq.delivered()).target == ("private", 77)


# -- the platform says no


async def test_a_refused_answer_goes_once_more_as_a_smaller_jpeg(bot: ToyBot, qq: FakeOneBot) -> None:
    qq.fail("send_msg", retcode=1200, wording="risk control")
    call = await qq.ask([text("/waifu")])
    assert call.images == [SMALLER]
    assert [r.content for r in bot.pool.asked] == [PNG]
    assert call.quote is None  # what was quoted may have been recalled: that is refused as well
    assert await bot.dispatcher.outcome() is None


async def test_twice_refused_is_said_to_the_dispatcher(bot: ToyBot, qq: FakeOneBot) -> None:
    qq.fail("send_msg", times=2)
    await qq.group_message([text("/waifu")])
    assert isinstance(await bot.dispatcher.outcome(), SendFailed)
    assert len([c for c in qq.calls if c.action == "send_msg"]) == 2
    assert qq.undelivered == 0


async def test_a_pool_that_cannot_make_it_smaller_does_not_stop_the_second_try(bot: ToyBot, qq: FakeOneBot) -> None:
    bot.pool.broken = True
    qq.fail("send_msg")
    assert (await qq.ask([text("/waifu")])).images == [PNG]


async def test_pictures_too_large_for_a_frame_are_made_smaller_first(
    bot: ToyBot, qq: FakeOneBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "LARGEST_BYTES", 3)
    assert (await qq.ask([text("/waifu")])).images == [SMALLER]


# -- the platform says nothing


async def test_an_answer_that_arrived_without_a_word_is_not_sent_again(bot: ToyBot, qq: FakeOneBot) -> None:
    bot.impatient()
    qq.swallow("send_msg")
    await qq.ask([text("/waifu")])
    assert await bot.dispatcher.outcome() is None  # found in the chat's history
    assert qq.undelivered == 0


async def test_an_answer_that_may_have_arrived_is_not_sent_again(bot: ToyBot, qq: FakeOneBot) -> None:
    qq.history = False
    bot.impatient()
    qq.swallow("send_msg")
    await qq.ask([text("/waifu")])
    assert isinstance(await bot.dispatcher.outcome(), SendFailed)
    assert qq.undelivered == 0


async def test_napcats_own_timeout_is_no_refusal(bot: ToyBot, qq: FakeOneBot) -> None:
    qq.history = False
    qq.fail("send_msg", retcode=1200, wording="Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg")
    await qq.group_message([text("/waifu")])
    assert isinstance(await bot.dispatcher.outcome(), SendFailed)
    assert qq.undelivered == 0


async def test_an_answer_that_certainly_did_not_arrive_is_sent_smaller(bot: ToyBot, qq: FakeOneBot) -> None:
    qq.fail("send_msg", retcode=1200, wording="timeout")
    assert (await qq.ask([text("/waifu")])).images == [SMALLER]


# -- the connection goes


async def test_an_answer_that_is_being_made_waits_for_the_account_to_come_back(bot: ToyBot, qq: FakeOneBot) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        await qq.drop()
        await bot.until("waiting")
        sending.set()
        await responder.send(Reply("faces", (picture(),)))

    sending = asyncio.Event()
    bot.dispatcher.answer = answer
    await qq.group_message([text("/waifu")], group_id=30003)
    await sending.wait()
    await qq.connect()
    call = await qq.delivered()
    assert (call.target, call.images) == (("group", 30003), [PNG])
    assert await bot.dispatcher.outcome() is None
    assert qq.undelivered == 0


async def test_a_connection_that_breaks_before_the_answer_is_out_loses_nothing(bot: ToyBot, qq: FakeOneBot) -> None:
    await _break_while_sending(bot, qq)
    await qq.connect()
    assert (await qq.delivered()).images == [PNG]
    assert await bot.dispatcher.outcome() is None
    assert qq.undelivered == 0


async def test_a_connection_that_breaks_after_the_answer_is_out_sends_nothing_twice(
    bot: ToyBot, qq: FakeOneBot
) -> None:
    await _break_while_sending(bot, qq, deliver=True)
    await qq.connect()
    assert (await qq.delivered()).images == [PNG]
    assert await bot.dispatcher.outcome() is None
    assert qq.undelivered == 0


async def test_an_account_that_does_not_come_back(bot: ToyBot, qq: FakeOneBot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        await qq.drop()
        await bot.until("waiting")
        await bot.surface.stop()  # as when its time is over: nobody waits any longer
        await responder.send(Reply("faces"))

    bot.dispatcher.answer = answer
    await qq.group_message([text("/waifu")])
    assert isinstance(await bot.dispatcher.outcome(), SendFailed)


async def _break_while_sending(bot: ToyBot, qq: FakeOneBot, deliver: bool = False) -> None:
    qq.hold("send_msg")
    await qq.group_message([text("/waifu")])
    call = await qq.called("send_msg")
    await qq.drop()
    await bot.until("waiting")
    if deliver:
        qq.perform(call)
    qq.unhold("send_msg")


# -- what else a responder does


async def test_own_messages_can_be_taken_back(bot: ToyBot, qq: FakeOneBot) -> None:
    taken: list[bool] = []

    async def answer(incoming: Incoming, responder: Responder) -> None:
        taken.append(await responder.delete("12"))
        qq.fail("delete_msg")
        taken.append(await responder.delete("13"))

    bot.dispatcher.answer = answer
    await qq.group_message([text("/delete")])
    await bot.dispatcher.outcome()
    assert taken == [True, False]
    assert [c.params["message_id"] for c in qq.calls if c.action == "delete_msg"] == [12, 13]


async def test_progress_is_said_once_and_only_after_a_while(bot: ToyBot, qq: FakeOneBot) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        assert isinstance(responder, QQResponder)
        now = 0.0
        waiting = QQResponder(bot.services, responder._outbox, responder._accounts, responder._place, clock=lambda: now)
        await waiting.progress("第 3 位", None)
        now = QUIET_SECONDS
        await waiting.progress("第 2 位", None)
        now = 2 * QUIET_SECONDS
        await waiting.progress("第 1 位", None)
        await responder.send(Reply("done"))

    bot.dispatcher.answer = answer
    await qq.group_message([text("/waifu")])
    assert [(await qq.delivered()).text, (await qq.delivered()).text] == ["第 2 位", "done"]


async def test_progress_that_cannot_be_said_is_left_unsaid(bot: ToyBot, qq: FakeOneBot) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        assert isinstance(responder, QQResponder)
        responder._asked_at -= 60
        qq.fail("send_msg", times=1)
        await responder.progress("第 3 位", None)
        await responder.send(Reply("done"))

    bot.dispatcher.answer = answer
    assert (await qq.ask([text("/waifu")])).text == "done"


async def test_too_many_answers_at_once_are_refused_rather_than_sent(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(qq_sends_per_minute=1) as bot, bot.qq() as qq:
        bot.surface._outbox.limiter._longest_wait = 0
        await qq.ask([text("/waifu")])
        assert await bot.dispatcher.outcome() is None
        await qq.group_message([text("/waifu")])
        assert isinstance(await bot.dispatcher.outcome(), SendFailed)


def test_quotes_are_recognised_in_cq_codes() -> None:
    place: Any = outbox.Place("1", None, "12")  # type: ignore[arg-type]
    sender = {"user_id": 1}
    assert outbox._answers({"sender": sender, "message": "[CQ:reply,id=12]hi"}, place)
    assert not outbox._answers({"sender": sender, "message": "[CQ:reply,id=123]hi"}, place)
    assert not outbox._answers({"sender": {"user_id": 2}, "message": "[CQ:reply,id=12]hi"}, place)
