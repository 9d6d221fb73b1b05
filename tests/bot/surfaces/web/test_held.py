"""Pictures that show what a visitor brought: seen on the page, and kept nowhere."""

import asyncio
import base64
from dataclasses import replace
from pathlib import Path

from bot.command import Attachment, Reply
from bot.surfaces.base import Incoming, Responder
from bot.surfaces.web.held import Held
from data.pictures import Encoded
from tests.bot.surfaces.web.conftest import Serve, Site, served, sheet

SHOWN = sheet(1).encoded
FLEETING = replace(sheet(1), fleeting=True)


def picture(size: int) -> Encoded:
    return Encoded(bytes(size), "image/png", 1, 1)


async def answers(incoming: Incoming, responder: Responder) -> None:
    file = Attachment("mine.json", "application/json", b"{}")
    await responder.send(Reply("look", (FLEETING, sheet(4, "k7f4")), files=(file,)))


async def test_one_is_held_for_the_visitor_to_whom_it_is_shown() -> None:
    held = Held()
    token = held.hold("a", picture(10))
    assert held.get("a", token) == picture(10)
    assert held.get("a", token) is not None  # to be looked at again
    assert held.get("b", token) is None
    assert held.get("a", "no such token") is None
    held.drop(token)
    held.drop(token)
    assert held.get("a", token) is None
    assert held.bytes == 0


async def test_the_oldest_go_where_there_are_many() -> None:
    held = Held(most=25)
    tokens = [held.hold("a", picture(10)) for _ in range(4)]
    assert [held.get("a", token) is not None for token in tokens] == [False, False, True, True]
    assert held.bytes == 20
    assert held.get("a", held.hold("a", picture(30))) is None  # that alone is too much
    assert held.bytes == 0


async def test_it_goes_of_itself() -> None:
    held = Held(keep=0.0)
    token = held.hold("a", picture(10))
    async with asyncio.timeout(20):
        while held.get("a", token) is not None:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0)
    assert held.bytes == 0


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_it_is_seen_and_not_stored(site: Site, tmp_path: Path) -> None:
    site.dispatcher.answer = answers
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/selfie2anime")
        row = await tab.until("row", kind="answer")
        first, second = row["body"]["pictures"]
        assert first["url"].endswith(".png")  # which the page takes for what it is, and saves it as
        async with site.get(first["url"]) as answer:
            assert (answer.status, await answer.read()) == (200, SHOWN.content)
            assert answer.headers["Content-Type"] == "image/png"
            assert answer.headers["Cache-Control"] == "no-store"
        async with site.get(second["url"]) as answer:
            assert answer.status == 200
        async with site.get(f"/files/{row['seq']}/0") as answer:
            assert await answer.read() == b"{}"
    assert not [path for path, content in _files(tmp_path).items() if SHOWN.content[-200:] in content]


async def test_a_reply_to_it_brings_it_along(site: Site) -> None:
    site.dispatcher.answer = answers
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/selfie2anime")
        row = await tab.until("row", kind="answer")
        await site.dispatcher.hears()
        await tab.say("/middle #k7f3", reply_to=row["seq"])
        held, stored = (await site.dispatcher.hears()).links
        assert (held.how, stored.how) == ("replied", "replied")
        assert base64.b64decode(held.address.removeprefix("base64://")) == SHOWN.content
        assert stored.file.endswith(".png")


async def test_what_is_taken_back_is_gone(site: Site) -> None:
    site.dispatcher.answer = answers
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/selfie2anime")
        row = await tab.until("row", kind="answer")
        address = row["body"]["pictures"][0]["url"]
        deleted = asyncio.Event()

        async def delete(incoming: Incoming, responder: Responder) -> None:
            await responder.delete(str(row["seq"]))
            deleted.set()

        site.dispatcher.answer = delete
        await tab.say("/delete")
        await tab.until("gone")
        await deleted.wait()
    async with site.get(address) as answer:
        assert answer.status == 404


async def test_after_a_restart_the_rest_of_the_answer_is_there(site: Site) -> None:
    site.dispatcher.answer = answers
    async with site.tab() as tab:
        await tab.hello()
        await tab.say("/selfie2anime")
        await tab.until("row", kind="answer")
    async with served(site.services) as again, again.tab() as tab:
        rows = (await tab.hello())["rows"]
        (answer,) = [row["body"] for row in rows if row["kind"] == "answer"]
        assert [p["id"] for p in answer["pictures"]] == ["k7f4"]
        assert answer["text"] == "look"
        again.dispatcher.answer = answers
        await tab.say("/middle #k7f3", reply_to=rows[-1]["seq"])
        while not (heard := await again.dispatcher.hears()).replied_to:
            pass
        assert len(heard.links) == 1


async def test_nobody_sees_what_another_visitor_brought(serve: Serve) -> None:
    async with serve(web_password="open sesame") as site:
        token = site.surface._held.hold("somebody", SHOWN)
        async with site.get(f"/held/{token}") as answer:
            assert answer.status == 401
        async with site.post("/login", data={"password": "open sesame"}):
            pass
        async with site.get(f"/held/{token}") as answer:
            assert answer.status == 404
