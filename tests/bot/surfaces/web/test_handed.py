"""Files on the page are for who was answered; what nobody asked for stands in the log."""

import pytest

from bot.command import Attachment, Button, Reply
from bot.surfaces.base import Incoming, Responder, SendFailed
from tests.bot.surfaces.web.conftest import Serve, Site, sheet

DATA = Attachment("mine.json", "application/json", b'{"mine": 1}')
EVIL = Attachment('a"\r\nX: 1/../b.html', "application/json", b"<script>")


async def answers(incoming: Incoming, responder: Responder) -> None:
    await responder.send(Reply("here", (sheet(1),), files=(DATA, EVIL), private=True))


async def test_a_file_is_handed_over_as_a_download(site: Site) -> None:
    site.dispatcher.answer = answers
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/mydata")
        row = await tab.until("row", kind="answer")
    assert [f["name"] for f in row["body"]["files"]] == ["mine.json", EVIL.name]
    assert len(row["body"]["pictures"]) == 1
    async with site.get(f"/files/{row['seq']}/0") as answer:
        assert (answer.status, await answer.read()) == (200, DATA.content)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="mine.json"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    async with site.get(f"/files/{row['seq']}/1") as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="a---X--1-..-b.html"'


@pytest.mark.parametrize("path", ["1/2", "2/9", "99/0", "x/0", "2/x", "-1/0", "2/-1", "9" * 30 + "/0", "2/" + "9" * 30])
async def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    site.dispatcher.answer = answers
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/mydata")
        assert (await tab.until("row", kind="answer"))["seq"] == 2
    async with site.get(f"/files/{path}") as answer:
        assert answer.status == 404


async def test_a_reply_to_an_answer_brings_its_pictures_and_not_its_files(site: Site) -> None:
    site.dispatcher.answer = answers
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/mydata")
        seq = (await tab.until("row", kind="answer"))["seq"]
        await site.dispatcher.hears()
        await tab.say("/judge", reply_to=seq)
        assert len((await site.dispatcher.hears()).links) == 1


async def test_nobody_gets_the_files_of_another(serve: Serve) -> None:
    async with serve(web_password="open sesame") as site:
        entry = await site.services.store.web.append(
            "somebody",
            "answer",
            {"files": [{"name": "a", "media_type": "application/json", "file": 0}]},
            [(b"x", ".json")],
        )
        async with site.get(f"/files/{entry.seq}/0") as answer:
            assert answer.status == 401
        async with site.post("/login", data={"password": "open sesame"}) as answer:
            assert answer.status == 303
        async with site.get(f"/files/{entry.seq}/0") as answer:
            assert answer.status == 404
        async with site.get(f"/pictures/{entry.files[0]}") as answer:
            assert answer.status == 404


@pytest.mark.parametrize("chat", ["web:@local", "web:local"])
async def test_what_nobody_asked_for_comes_to_open_tabs_and_stays(site: Site, chat: str) -> None:
    async with site.tab() as tab:
        await tab.hello()
        told = await site.surface.tell(chat, Reply("the disk is full", buttons=(Button("next", "saved"),)))
        row = await tab.until("row", kind="answer")
        assert (row["body"]["text"], row["body"]["to"]) == ("the disk is full", None)
        assert str(row["seq"]) == told


async def test_what_was_said_while_nobody_looked_is_there_later(site: Site) -> None:
    await site.surface.tell("web:@local", Reply("the disk is full"))
    async with site.tab() as tab:
        assert [r["body"]["text"] for r in (await tab.hello())["rows"]] == ["the disk is full"]


async def test_strangers_are_not_told(site: Site, serve: Serve) -> None:
    with pytest.raises(SendFailed):
        await site.surface.tell("web:@nobody", Reply("hello"))
    await site.services.store.web.append("somebody", "own", {"text": "hi"})
    assert await site.surface.tell("web:@somebody", Reply("hello")) is not None
    assert await site.surface.groups() == ()


async def test_with_a_password_nobody_sits_at_the_machine(serve: Serve) -> None:
    async with serve(web_password="open sesame", superusers={"web:boss"}) as site:
        with pytest.raises(SendFailed):
            await site.surface.tell("web:@local", Reply("hello"))
        assert await site.surface.tell("web:@boss", Reply("hello")) is not None
