"""What is kept of a member is theirs to have and to end."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.store.bans import Ban
from bot.store.schema import Base
from tests.bot.house import House, heard

OTHER: dict[str, Any] = {"member": "qq:2"}
WEB: dict[str, Any] = {"surface": "web", "chat": "web:@v1", "member": "web:v1", "group": None, "addressed": True}


async def _rows_with(home: House, word: str) -> list[str]:
    """Where in the database a word still stands."""
    found = []
    async with home.services.store.database.read() as connection:
        for table in Base.metadata.sorted_tables:
            for row in (await connection.execute(select(table))).all():
                if word in repr(tuple(row)):
                    found.append(table.name)
    return found


async def _data(home: House, **who: Any) -> dict[str, Any]:
    (file,) = (await home.ask("/mydata", **who)).files
    assert file.media_type == "application/json"
    return json.loads(file.content)


async def test_everything_that_is_kept_comes_as_one_file_in_private(home: House) -> None:
    drawn = await home.ask("/waifu 2 seed:7")
    await home.ask(f"/save #{drawn.pictures[0].id}.2")
    await home.ask("/language en")
    await home.services.store.group_bans.ban("qq:8", "qq:1", Ban(None, "loud"))
    reply = await home.ask("/mydata")
    assert reply.private
    data = json.loads(reply.files[0].content)
    assert (data["member"], data["language"]) == ("qq:1", "en")
    assert [r["id"] for r in data["recipes"]] == [drawn.pictures[0].id]
    assert data["recipes"][0]["body"]["latents"][0]["seed"] == 7
    assert [(f["picture"], f["face"]) for f in data["favourites"]] == [(drawn.pictures[0].id, 2)]
    assert [u["count"] for u in data["commands_a_day"]] == [1]
    assert data["bans"] == [{"where": "qq:8", "until": None, "reason": "loud"}]
    assert {a["picture"] for a in data["answers"]} == {drawn.pictures[0].id, None}


async def test_nobody_gets_what_is_kept_of_another(home: House) -> None:
    await home.ask("/waifu 1 seed:7")
    data = await _data(home, **OTHER)
    assert data["recipes"] == data["favourites"] == data["commands_a_day"] == []


async def test_the_files_name_can_be_saved_anywhere(home: House) -> None:
    (file,) = (await home.ask("/mydata", member="qq:../../x")).files
    assert file.name.startswith("nijigen-qq-")
    assert not set(file.name) & set("/\\:")


async def test_a_large_file_is_packed(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.privacy.LARGE", 10)
    (file,) = (await home.ask("/mydata")).files
    assert (file.media_type, file.name[-8:]) == ("application/gzip", ".json.gz")
    assert json.loads(gzip.decompress(file.content))["member"] == "qq:1"


async def test_to_forget_is_asked_back(home: House) -> None:
    await home.ask("/waifu 1")
    asked = await home.ask("/forgetme", locale="en")
    assert "1 pictures" in asked.text
    assert asked.buttons[0].line() == "/forgetme confirm:yes"
    assert await _rows_with(home, "qq:1")


async def test_nothing_of_the_member_is_left(home: House) -> None:
    drawn = await home.ask("/waifu 2 seed:7", **OTHER)
    await home.ask(f"/save #{drawn.pictures[0].id}.1", **OTHER)
    await home.ask("/language en", **OTHER)
    assert {"recipes", "sent", "members", "usage", "favourites"} <= set(await _rows_with(home, "qq:2"))
    gone = await home.ask("/forgetme yes", **OTHER)
    assert gone.unrecorded
    await home.services.store.sent.forget("qq", "qq:7", str(len(home.answers.replies)))
    assert await _rows_with(home, "'qq:2'") == []
    assert (await home.ask(f"/recipe #{drawn.pictures[0].id}")).failed
    assert await home.services.gate.locale(heard("", member="qq:2")) == "zh-CN"


async def test_pictures_that_others_need_stay_and_are_nobodys(home: House) -> None:
    saved = (await home.ask("/waifu 2 seed:7", **OTHER)).pictures[0].id
    grown = (await home.ask("/waifu 1 seed:8", **OTHER)).pictures[0].id
    alone = (await home.ask("/waifu 1 seed:9", **OTHER)).pictures[0].id
    mine = (await home.ask(f"/more #{alone}", **OTHER)).pictures[0].id
    await home.ask(f"/save #{saved}.2")
    child = (await home.ask(f"/more #{grown}")).pictures[0].id

    reply = await home.ask("/forgetme yes", locale="en", **OTHER)
    assert "2 more pictures stay" in reply.text
    for id in (saved, grown):
        kept = await home.services.store.recipes.get(id or "")
        assert kept is not None
        assert kept.member == ""
    for id in (alone, mine):
        assert await home.services.store.recipes.get(id or "") is None
    assert len((await home.ask("/saved")).pictures) == 1
    assert not (await home.ask(f"/bigger #{child}.1")).failed
    assert not (await home.ask(f"/bigger #{grown}")).failed


async def test_what_a_needed_picture_was_made_of_stays_too(home: House) -> None:
    face = (await home.ask("/waifu 1 seed:7", **OTHER)).pictures[0].id
    await home.ask(f"/save #{face}", **OTHER)
    sheet = (await home.ask("/saved", **OTHER)).pictures[0].id
    await home.ask(f"/more #{sheet}")
    await home.ask("/forgetme yes", **OTHER)
    assert not (await home.ask(f"/bigger #{sheet}")).failed
    assert await home.services.store.recipes.get(face or "") is not None


async def test_bans_that_hold_are_not_forgotten(home: House) -> None:
    now = datetime.now(UTC)
    await home.services.store.members.ban("qq:2", now + timedelta(days=1), "spam")
    await home.services.store.members.set_locale("qq:2", "en")
    await home.services.store.group_bans.ban("qq:7", "qq:2", Ban(now - timedelta(days=1)))
    await home.services.store.group_bans.ban("qq:8", "qq:2", Ban())
    reply = await home.ask("/forgetme yes", **OTHER)  # who is banned may ask
    assert not reply.failed
    member = await home.services.store.members.get("qq:2")
    assert (member.locale, member.ban) == (None, Ban(now + timedelta(days=1), "spam"))
    assert [b.group for b in await home.services.store.group_bans.list(member="qq:2")] == ["qq:8"]
    assert (await home.ask("/waifu", **OTHER)).failed


async def test_a_ban_that_is_over_goes_with_the_rest(home: House) -> None:
    await home.services.store.members.ban("qq:2", datetime.now(UTC) - timedelta(days=1), "spam")
    await home.ask("/forgetme yes", **OTHER)
    assert "members" not in await _rows_with(home, "qq:2")
    assert not (await home.ask("/waifu 1", **OTHER)).failed


async def test_the_pages_log_and_its_pictures_go(home: House) -> None:
    store = home.services.store
    entry = await store.web.append("v1", "own", {"text": "/waifu"})
    answer = await store.web.append("v1", "answer", {"text": "here"}, [(b"picture", ".png")])
    await store.web.append("v2", "own", {"text": "hello"})
    assert [e["body"]["text"] for e in (await _data(home, **WEB))["page"]] == ["/waifu", "here"]
    await home.ask("/forgetme yes", **WEB)
    assert home.answers.deleted == [str(entry.seq), str(answer.seq)]
    assert await store.web.since("v1") == []
    assert await store.files.get(answer.files[0]) is None
    assert len(await store.web.since("v2")) == 1


async def test_who_is_new_has_nothing_and_hears_so(home: House) -> None:
    assert "0 pictures" in (await home.ask("/forgetme yes", locale="en", member="qq:3")).text
