"""What tabs and bot say to each other over `/ws`."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.command import Reply, Role
from bot.surfaces.base import Incoming, Responder
from tests.bot.surfaces.web.conftest import Serve, Site, running, waifus


async def test_a_message_is_heard_as_from_the_page_and_answered(site: Site) -> None:
    async with site.tab() as tab:
        assert (await tab.hello())["rows"] == []
        id = await tab.say(" /waifu 4 ")
        own = await tab.until("row", kind="own")
        answer = await tab.until("row", kind="answer")
        await tab.until("done", to=own["seq"])
    heard = await site.dispatcher.hears()
    assert (heard.surface, heard.chat, heard.member, heard.text) == ("web", "web:@local", "web:local", "/waifu 4")
    assert (heard.addressed, heard.role, heard.locale, heard.group) == (True, Role.SUPERUSER, "en", None)
    assert heard.message_id == str(own["seq"])
    assert (own["body"]["id"], own["body"]["text"]) == (id, "/waifu 4")
    body = answer["body"]
    assert body["to"] == own["seq"]
    (picture,) = body["pictures"]
    assert [f["n"] for f in picture["faces"]] == [1, 2, 3, 4]
    async with site.get(picture["url"]) as response:
        assert await response.read() == waifus().pictures[0].encoded.content
    again, more = body["buttons"]
    assert (again["line"], again["picture"]) == ("/again #k7f3", None)
    assert (more["picture"], more["lines"]["3"]) == ("k7f3", "/more #k7f3.3")


async def test_a_button_of_a_single_face_acts_on_the_picture(site: Site) -> None:
    async def one(incoming: Incoming, responder: Responder) -> None:
        await responder.send(waifus(1))

    site.dispatcher.answer = one
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/waifu 1")
        more = (await tab.until("row", kind="answer"))["body"]["buttons"][1]
    assert (more["line"], more["picture"], more["lines"]) == ("/more #k7f3", None, {})


async def test_both_tabs_of_a_visitor_see_everything(site: Site) -> None:
    async with site.tab() as one, site.tab() as other:
        await one.hello()
        await other.hello()
        await one.say("/waifu")
        for tab in (one, other):
            assert (await tab.until("row", kind="own"))["body"]["text"] == "/waifu"
            assert (await tab.until("row", kind="answer"))["body"]["pictures"]


async def test_an_answer_that_came_while_nobody_looked_is_there_afterwards(site: Site) -> None:
    may_answer = asyncio.Event()
    answered = asyncio.Event()

    async def late(incoming: Incoming, responder: Responder) -> None:
        await may_answer.wait()
        await responder.send(Reply("here you are"))
        answered.set()

    site.dispatcher.answer = late
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/waifu")
        own = await tab.until("row", kind="own")
    async with site.tab() as back:
        assert (await back.hello(own["seq"]))["working"] == [{"to": own["seq"], "text": "", "fraction": None}]
    may_answer.set()
    await asyncio.wait_for(answered.wait(), 20)
    async with site.tab() as tab:
        welcome = await tab.hello(own["seq"])
        assert [r["body"]["text"] for r in welcome["rows"]] == ["here you are"]
        assert (await _hello_again(site, 0))["rows"][0]["body"]["text"] == "/waifu"


async def _hello_again(site: Site, since: int) -> dict[str, Any]:
    async with site.tab() as tab:
        return await tab.hello(since)


async def test_the_conversation_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.tab() as tab:
        await tab.hello()
        await tab.say("/waifu")
        url = (await tab.until("row", kind="answer"))["body"]["pictures"][0]["url"]
    async with running(tmp_path) as site, site.tab() as tab:
        rows = (await tab.hello())["rows"]
        assert [r["kind"] for r in rows] == ["own", "answer"]
        assert rows[1]["body"]["pictures"][0]["url"] == url
        async with site.get(url) as response:
            assert response.status == 200


async def test_the_picture_of_an_answer_that_is_replied_to_comes_along(site: Site) -> None:
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/waifu")
        answer = await tab.until("row", kind="answer")
        assert (await site.dispatcher.hears()).links == ()
        for reply_to, count in ((answer["seq"], 1), (answer["body"]["to"], 0), (999_999, 0)):
            await tab.say("/judge", reply_to=reply_to)
            await tab.until("done")
            links = (await site.dispatcher.hears()).links
            assert [link.how for link in links] == ["replied"] * count
            for link in links:
                assert answer["body"]["pictures"][0]["url"] == f"/pictures/{link.file}"


async def test_saying_it_twice_after_a_lost_connection_is_saying_it_once(site: Site) -> None:
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/waifu", id="the-same-one")
        await tab.until("row", kind="answer")
        await tab.say("/waifu", id="the-same-one")
        await tab.send(type="ping")
        await tab.until("pong")
    assert site.dispatcher.heard.qsize() == 1


async def test_a_deleted_answer_goes_from_every_tab_and_from_those_that_were_away(site: Site) -> None:
    async def answer_or_delete(incoming: Incoming, responder: Responder) -> None:
        if incoming.replied_to is None:
            await responder.send(waifus())
        else:
            assert await responder.delete(incoming.replied_to)
            assert not await responder.delete(incoming.replied_to)
            assert not await responder.delete("no number")

    site.dispatcher.answer = answer_or_delete
    async with site.tab() as one, site.tab() as other:
        await one.hello()
        await other.hello()
        await one.say("/waifu")
        answer = await one.until("row", kind="answer")
        await one.say("/delete", reply_to=answer["seq"])
        for tab in (one, other):
            assert (await tab.until("gone"))["seq"] == answer["seq"]
    assert answer["seq"] not in (await _hello_again(site, answer["seq"]))["kept"]
    async with site.get(answer["body"]["pictures"][0]["url"]) as response:
        assert response.status == 404


async def test_a_reply_names_the_message_that_it_replies_to(site: Site) -> None:
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/bigger 2", reply_to=41)
        heard = await site.dispatcher.hears()
        own = await tab.until("row", kind="own")
    assert heard.replied_to == "41"
    assert own["body"]["reply_to"] == "41"


async def test_progress_is_told_and_not_kept(site: Site) -> None:
    async def slow(incoming: Incoming, responder: Responder) -> None:
        await responder.progress("half way", 0.5)
        await responder.send(Reply("done"))

    site.dispatcher.answer = slow
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/waifu")
        told = await tab.until("progress", text="half way")
        assert told["fraction"] == 0.5
        await tab.until("done")
    assert [r["kind"] for r in (await _hello_again(site, 0))["rows"]] == ["own", "answer"]


@pytest.mark.parametrize(
    ("text", "more", "sentence"),
    [
        ("  ", {}, "Say something"),
        ("x" * 1001, {}, "too long"),
        ("/recipe", {"uploads": ["no-such-token"]}, "forgotten"),
    ],
)
async def test_what_is_refused_gets_a_sentence(site: Site, text: str, more: dict[str, Any], sentence: str) -> None:
    async with site.tab() as tab:
        await tab.hello()
        id = await tab.say(text, **more)
        assert sentence in (await tab.until("refused", id=id))["text"]
    assert site.dispatcher.heard.empty()
    assert (await _hello_again(site, 0))["rows"] == []


async def test_a_refused_message_can_be_said_again(site: Site) -> None:
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/recipe", id="once-more", uploads=["no-such-token"])
        await tab.until("refused")
        await tab.say("/recipe", id="once-more")
        await tab.until("row", kind="own")


async def test_only_so_many_wait_at_once(site: Site) -> None:
    hold = asyncio.Event()

    async def held(incoming: Incoming, responder: Responder) -> None:
        await hold.wait()
        await responder.send(Reply("at last"))

    site.dispatcher.answer = held
    async with site.tab() as tab:
        await tab.hello()
        for _ in range(9):
            await tab.say("/waifu")
        assert "still drawing" in (await tab.until("refused"))["text"]
        hold.set()
        for _ in range(8):
            await tab.until("row", kind="answer")


async def test_talking_too_fast_is_refused_kindly(site: Site) -> None:
    async def quick(incoming: Incoming, responder: Responder) -> None:
        await responder.send(Reply("ok"))

    site.dispatcher.answer = quick
    async with site.tab() as tab:
        await tab.hello()
        for _ in range(40):
            await tab.say("hi")
            message = await tab.socket.receive_json()
            while message["type"] not in ("done", "refused"):
                message = await tab.socket.receive_json()
            if message["type"] == "refused":
                assert "Slower" in message["text"]
                return
    pytest.fail("forty messages in a row were all taken")


@pytest.mark.parametrize(
    "message",
    [
        "[]",
        "no JSON",
        '{"type": "shout"}',
        '{"type":"say","id":"../","text":"x"}',
        '{"type":"say","id":"12345678"}',
        '{"type":"complete","id":"1","command":"help","option":"topic","typed":"","given":{}}',
        '{"type":"complete","id":1,"command":"help","option":"topic","given":{}}',
        '{"type":"complete","id":1,"command":"help","option":"topic","typed":"","given":{"a":1}}',
        "x" * 20_000,
    ],
)
async def test_what_the_page_would_not_send_ends_the_connection(site: Site, message: str) -> None:
    async with site.tab() as tab:
        await tab.hello()
        await tab.socket.send_str(message)
        assert await tab.closed() == 4400
    async with site.tab() as tab:  # and nothing else
        await tab.hello()


async def test_what_the_bot_knows_is_offered_while_somebody_types(site: Site) -> None:
    async with site.tab() as tab:
        await tab.hello()

        async def offers(command: str, option: str, typed: str = "", **given: str) -> list[list[str]]:
            await tab.send(type="complete", id=7, command=command, option=option, typed=typed, given=given, locale="en")
            return (await tab.until("offers", id=7))["offers"]

        assert ["waifu", "waifu"] in await offers("help", "topic", "wai")
        assert await offers("fade", "to", "s", attribute="mouth") == [["smile", "smile"]]
        assert await offers("waifu", "best", "16") == [["16of256", "16of256"]]
        assert len(await offers("help", "topic")) == 25
        for command, option in (("nothing", "topic"), ("help", "nothing"), ("waifu", "count"), ("waifu", "hair")):
            assert await offers(command, option) == []
        assert await offers("waifu", "model") == []  # this bot has no models to ask; it goes on
        await tab.say("hi")
        await tab.until("row", kind="own")


async def test_bytes_end_the_connection(site: Site) -> None:
    async with site.tab() as tab:
        await tab.hello()
        await tab.socket.send_bytes(b"\0")
        assert await tab.closed() == 4400


async def test_a_dozen_tabs_are_enough(site: Site) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(12):
            tab = await stack.enter_async_context(site.tab())
            await tab.hello()
        one_more = await stack.enter_async_context(site.tab())
        assert await one_more.closed() == 1013


async def test_status_is_pushed_when_it_changes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.surfaces.web.status.EVERY_SECONDS", 0.01)
    async with site.tab() as tab:
        assert (await tab.hello())["status"]["models"] == ["waifu@starter"]
        site.pool.waiting = 5
        assert (await tab.until("status", queue=5))["up"] == 2


async def test_a_store_that_is_full_is_told_as_a_send_that_failed(serve: Serve) -> None:
    failed: asyncio.Queue[Exception] = asyncio.Queue()

    async def answer(incoming: Incoming, responder: Responder) -> None:
        try:
            await responder.send(waifus())
        except Exception as error:
            failed.put_nowait(error)
            await responder.send(Reply("no room for pictures", failed=True))

    async with serve(storage_cap_gb=1e-9) as site:
        site.dispatcher.answer = answer
        async with site.tab() as tab:
            await tab.hello()
            await tab.say("/waifu")
            told = await tab.until("row", kind="answer")
    assert type(failed.get_nowait()).__name__ == "SendFailed"
    assert told["body"] | {"to": 0} == {
        "to": 0,
        "text": "no room for pictures",
        "failed": True,
        "pictures": [],
        "buttons": [],
        "files": [],
    }
