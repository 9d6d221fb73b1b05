"""What reaches Discord: acknowledged at once, one answer, as visible as it should be, whatever Discord says."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.command import Attachment, Reply
from bot.surfaces.base import Incoming, Responder, SendFailed
from bot.surfaces.discord import answering
from bot.surfaces.discord.answering import InteractionResponder
from tests.bot.surfaces.discord.conftest import PNG, ToyBot, picture, sheet
from tests.wire.fake_discord import CHANNEL, EPHEMERAL, FakeDiscord

Answer = Callable[[Incoming, Responder], Awaitable[None]]


async def test_it_is_acknowledged_before_anything_is_done(bot: ToyBot, fake: FakeDiscord) -> None:
    go = asyncio.Event()

    async def slow(incoming: Incoming, responder: Responder) -> None:
        await go.wait()
        await responder.send(sheet())

    bot.dispatcher.answer = slow
    it = await (await fake.slash("waifu")).wait(60)
    assert it.deferred
    assert it.callbacks[0].get("data") is None  # for all to see
    assert not it.messages
    go.set()
    await it.answered()
    assert list(it.files.values()) == [PNG]
    assert not it.ephemeral
    assert len(it.messages) == 1


async def test_a_picture_can_be_read_out(bot: ToyBot, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu")).answered()
    (attachment,) = it.message["attachments"]
    assert attachment["description"] == "two faces, drawn"
    assert attachment["filename"] == "k7f3.png"


async def test_nobody_is_pinged_by_an_answer(bot: ToyBot, fake: FakeDiscord) -> None:
    bot.dispatcher.answers(Reply("@everyone <@43>"))
    await (await fake.slash("waifu")).answered()
    sent = await fake.wait_request("PATCH", r"/messages/@original$")
    assert sent.json["allowed_mentions"]["parse"] == []


async def test_what_only_talks_is_for_who_asked(bot: ToyBot, fake: FakeDiscord) -> None:
    bot.dispatcher.answers(Reply("I can do this and that"))
    it = await (await fake.slash("help")).answered()
    assert it.callbacks[0]["data"]["flags"] == EPHEMERAL
    assert it.ephemeral


@pytest.mark.parametrize("reply", [Reply("not so fast", failed=True), Reply("your own", private=True)])
async def test_what_is_for_one_takes_the_place_of_what_all_saw(bot: ToyBot, fake: FakeDiscord, reply: Reply) -> None:
    bot.dispatcher.answers(reply)
    it = await (await fake.slash("waifu")).answered()
    assert (it.content, it.ephemeral, len(it.messages)) == (reply.text, True, 1)
    assert it.loading is None


async def test_files_go_to_who_asked(bot: ToyBot, fake: FakeDiscord) -> None:
    file = Attachment("mydata.json", "application/json", b"{}")
    bot.dispatcher.answers(Reply("all I keep", private=True, files=(file,)))
    it = await (await fake.slash("help")).answered()
    assert it.files == {"mydata.json": b"{}"}
    assert it.ephemeral


async def test_the_answers_id_is_that_of_the_message_unless_only_one_sees_it(bot: ToyBot, fake: FakeDiscord) -> None:
    ids: list[str | None] = []

    async def answer(incoming: Incoming, responder: Responder) -> None:
        ids.append(await responder.send(sheet()))

    bot.dispatcher.answer = answer
    it = await (await fake.slash("waifu")).answered()
    await bot.dispatcher.outcome()
    await (await fake.slash("help")).answered()
    await bot.dispatcher.outcome()
    assert ids == [it.message["id"], None]


async def test_what_nobody_answers_does_not_stay_thinking(bot: ToyBot, fake: FakeDiscord) -> None:
    bot.dispatcher.meant = False
    it = await fake.slash("waifu")
    await it.wait(60)
    await it.gone()


async def test_an_answer_that_could_not_be_sent_does_not_stay_thinking(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.fail("PATCH", r"/@original$", 403, {"code": 50013, "message": "Missing Permissions"})
    it = await fake.slash("waifu")
    await it.wait(60)
    await it.gone()


async def test_a_long_text_is_cut_between_lines(bot: ToyBot, fake: FakeDiscord) -> None:
    lines = [f"line {n} " + "x" * 90 for n in range(30)]
    bot.dispatcher.answers(Reply("\n".join(lines), (picture(),)))
    it = await (await fake.slash("waifu")).answered(messages=2)
    assert it.content.split("\n") == lines
    assert [len(m["attachments"]) for m in it.messages] == [0, 1]
    assert all(len(m["content"]) <= 2000 for m in it.messages)


# -- progress


async def test_progress_edits_the_message_and_never_follows_the_answer(
    bot: ToyBot, fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "PROGRESS_SECONDS", 0)

    async def answer(incoming: Incoming, responder: Responder) -> None:
        await responder.progress("half", 0.5)
        await fake.wait_request("PATCH", r"/messages/@original$")
        await responder.progress("nearly", 0.9)
        await responder.send(sheet())
        await responder.progress("too late", 1.0)

    bot.dispatcher.answer = answer
    it = await fake.slash("waifu")
    assert await bot.dispatcher.outcome() is None
    assert it.edits[0] == "half"
    assert it.edits[-1].startswith("#k7f3")
    assert "too late" not in it.edits


async def test_progress_is_said_once_a_second_at_most(bot: ToyBot, fake: FakeDiscord) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        assert isinstance(responder, InteractionResponder)
        now = 100.0
        responder._clock = lambda: now
        responder._asked_at = now
        for step in range(10):
            await responder.progress(f"{step}", step / 10)
            if responder._saying is not None:
                await responder._saying
            now += 0.3
        await responder.send(Reply("done"))

    bot.dispatcher.answer = answer
    it = await fake.slash("waifu")
    assert await bot.dispatcher.outcome() is None
    assert it.edits == ["0", "4", "8", "done"]


async def test_somebody_who_mentions_the_bot_sees_it_typing(bot: ToyBot, fake: FakeDiscord) -> None:
    async def answer(incoming: Incoming, responder: Responder) -> None:
        await responder.progress("half", 0.5)
        await responder.progress("more", 0.7)
        await responder.send(Reply("done"))

    bot.dispatcher.answer = answer
    message = await fake.message("waifu", mention_bot=True)
    assert (await fake.replied(message))["content"] == "done"
    assert len([r for r in fake.requests if r.path.endswith("/typing")]) == 1


# -- limits


async def test_a_picture_over_the_servers_limit_becomes_a_smaller_one(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.limit = 45_000
    it = await (await fake.slash("waifu")).answered()
    assert list(it.files) == ["k7f3.jpg"]
    assert [r.max_side for r in bot.pool.asked] == [1024]
    assert {r.content for r in bot.pool.asked} == {PNG}
    assert not [r for r in fake.requests if r.status == 413]


async def test_a_picture_that_is_refused_all_the_same_goes_smaller_still(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.real_limit = 15_000
    it = await (await fake.slash("waifu")).answered()
    assert len(it.files["k7f3.jpg"]) < 15_000
    assert it.content.startswith("#k7f3")


async def test_a_picture_that_cannot_be_sent_at_all_is_said_to_be_too_large(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.limit = 17_000
    it = await (await fake.slash("waifu")).answered()
    assert it.files == {}
    assert "larger than this server lets me send" in it.content


# -- Discord says no


async def test_a_rate_limit_is_waited_for(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.fail("PATCH", r"/@original$", 429, {"retry_after": 0.01, "global": False, "message": "slower"}, times=2)
    it = await (await fake.slash("waifu")).answered()
    assert len(it.files) == 1
    assert await bot.dispatcher.outcome() is None


async def test_a_fault_of_discords_is_tried_again(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.fail("PATCH", r"/@original$", 500)
    it = await (await fake.slash("waifu")).answered()
    assert len(it.files) == 1


async def test_a_refusal_is_said_to_the_dispatcher(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.fail("PATCH", r"/@original$", 403, {"code": 50013, "message": "Missing Permissions"})
    await fake.slash("waifu")
    failure = await bot.dispatcher.outcome()
    assert isinstance(failure, SendFailed)
    assert "50013" in str(failure)


async def test_a_connection_that_breaks_is_said_to_the_dispatcher(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.fail("PATCH", r"/@original$", 0)
    await fake.slash("waifu")
    assert isinstance(await bot.dispatcher.outcome(), SendFailed)
    await (await fake.slash("waifu")).answered()


async def test_an_interaction_that_another_process_has_taken_is_left_alone(bot: ToyBot, fake: FakeDiscord) -> None:
    code = {"code": 40060, "message": "Interaction has already been acknowledged."}
    fake.fail("POST", r"/callback$", 400, code)
    await fake.slash("waifu", {"count": 1})
    await fake.wait_request("POST", r"/callback$")
    fake.fail("POST", r"/callback$", 404, {"code": 10062, "message": "Unknown interaction"})
    await fake.slash("waifu", {"count": 2})
    await fake.slash("waifu", {"count": 3})
    assert "count:3" in (await bot.dispatcher.hears()).text
    assert bot.dispatcher.heard.empty()


# -- a late answer


async def test_after_the_token_is_over_the_answer_is_an_ordinary_message(bot: ToyBot, fake: FakeDiscord) -> None:
    async def late(incoming: Incoming, responder: Responder) -> None:
        it.expire()
        await responder.send(sheet())

    bot.dispatcher.answer = late
    it = await fake.slash("waifu", {"count": 1})
    assert await bot.dispatcher.outcome() is None
    sent = await fake.wait_request("POST", rf"/channels/{CHANNEL}/messages$")
    assert list(sent.files.values()) == [PNG]


async def test_after_15_minutes_the_token_is_not_even_tried(bot: ToyBot, fake: FakeDiscord) -> None:
    async def late(incoming: Incoming, responder: Responder) -> None:
        assert isinstance(responder, InteractionResponder)
        responder._asked_at -= 15 * 60
        await responder.progress("half", 0.5)
        await responder.send(sheet())

    bot.dispatcher.answer = late
    await fake.slash("waifu", guild=False)
    assert await bot.dispatcher.outcome() is None
    await fake.wait_request("POST", r"/channels/\d+/messages$")
    assert not [r for r in fake.requests if r.path.endswith("@original")]


async def test_what_was_for_one_is_not_said_to_all_because_it_is_late(bot: ToyBot, fake: FakeDiscord) -> None:
    async def late(incoming: Incoming, responder: Responder) -> None:
        it.expire()
        await responder.send(Reply("your own", private=True))

    bot.dispatcher.answer = late
    it = await fake.slash("waifu")
    assert isinstance(await bot.dispatcher.outcome(), SendFailed)
    assert not [r for r in fake.requests if r.path.endswith("/messages")]


# -- messages


async def test_where_the_bot_may_not_read_history_it_answers_without_a_quote(bot: ToyBot, fake: FakeDiscord) -> None:
    no_history = {"code": 160002, "message": "Cannot reply without permission to read message history"}
    fake.fail("POST", r"/channels/\d+/messages$", 400, no_history)
    await fake.message("waifu", mention_bot=True)
    assert await bot.dispatcher.outcome() is None
    sent = [r for r in fake.requests if r.method == "POST" and r.path.endswith("/messages")][-1]
    assert (sent.status, "message_reference" in sent.json) == (200, False)


async def test_a_channel_where_the_bot_may_not_write(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.fail("POST", r"/channels/\d+/messages$", 403, {"code": 50013, "message": "Missing Permissions"})
    await fake.message("waifu", mention_bot=True)
    assert isinstance(await bot.dispatcher.outcome(), SendFailed)


async def test_own_messages_can_be_taken_back(bot: ToyBot, fake: FakeDiscord) -> None:
    taken: list[bool] = []

    async def answer(incoming: Incoming, responder: Responder) -> None:
        taken.append(await responder.delete(it.message["id"]))
        taken.append(await responder.delete("1"))
        await responder.send(Reply("gone", private=True))

    it = await (await fake.slash("waifu")).answered()
    await bot.dispatcher.outcome()
    bot.dispatcher.answer = answer
    await fake.slash("delete")
    assert await bot.dispatcher.outcome() is None
    assert taken == [True, False]
    assert it.message["id"] not in fake.messages
