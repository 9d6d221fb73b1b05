"""`/retrain` and the votes: who starts, stops and chooses, what everybody sees of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.characters import following
from bot.characters.characters import create
from bot.characters.runs import Trainings
from bot.command import Role
from bot.surfaces.completion import Typing, known
from bot.surfaces.offers import offer_line
from tests.bot.characters.given import ADMIN as ACTOR
from tests.bot.house import House
from tests.plugins.learning import LEARNT, contribute, drawn_by, learn, teaching
from tests.plugins.teaching import ADMIN, ALONE, ELSEWHERE, MEMBER, button, labels

VERSION = LEARNT.rpartition("-")[2]
WEB: dict[str, Any] = {"surface": "web", "clickable": True, **ADMIN}


@pytest.fixture
async def untaught(home: House, tmp_path: Path) -> House:
    """A house whose group has given pictures of Kumo; nobody carries out what is asked for yet."""
    teaching(home, tmp_path)
    her = await create(home.services.store, ACTOR, "Kumo")
    await contribute(home, her, tmp_path, 12)
    return home


@pytest.fixture
async def taught(untaught: House) -> AsyncIterator[House]:
    """One who was learnt."""
    her = await untaught.services.store.characters.get(1)
    assert her is not None
    await untaught.services.trainings.start()
    await learn(untaught, her)
    yield untaught
    await untaught.services.trainings.stop()


async def over(home: House, run: int) -> str:
    return [now async for now in home.services.trainings.watch(run)][-1].state


async def test_an_admin_starts_and_stops_and_everybody_sees_how_it_stands(untaught: House) -> None:
    started = await untaught.ask("训练 开始 kumo", **ADMIN)
    assert "run 1 is in the queue, at place 1" in started.text
    assert labels(started) == ["stop_it"]
    assert (await untaught.ask("/retrain start", **ADMIN)).failed  # one at a time
    status = await untaught.ask("/retrain status", **MEMBER)
    assert "12 pictures accepted" in status.text
    assert "run 1 waits" in status.text
    assert labels(status) == ["look_again", "history"]
    assert "stop_it" in labels(await untaught.ask("/retrain status", **ADMIN))
    stopped = await untaught.ask(button(started, "stop_it").line(), **ADMIN)
    assert "run 1 is stopped" in stopped.text
    assert (await untaught.ask("/retrain stop", **ADMIN)).failed
    assert "somebody stopped it" in (await untaught.ask("/retrain history", **MEMBER)).text


async def test_where_messages_can_be_edited_one_says_how_far_it_is_until_it_is_over(untaught: House) -> None:
    await untaught.services.trainings.start()
    try:
        reply = await untaught.ask("/retrain start", **WEB)
    finally:
        await untaught.services.trainings.stop()
    assert "run 1: done" in reply.text
    said = untaught.answers.progressed
    assert any("Kumo · run 1" in text for text in said)
    assert await following.followed(untaught.services.store, 1)
    assert len(said) == len(set(said)) > 1


async def test_who_follows_a_run_does_not_hold_up_the_bots_end(untaught: House) -> None:
    services = untaught.services
    kept: Trainings = services.trainings
    await kept.start()
    await kept.stop()
    reply = await untaught.ask("/retrain start", **WEB)  # which nobody carries out any more
    assert "run 1 waits" in reply.text
    assert not await following.followed(services.store, 1)  # the group hears of it when it begins


async def test_versions_are_listed_taken_and_gone_back_from(taught: House) -> None:
    listed = await taught.ask("训练 历史", **MEMBER)
    assert f"{VERSION} (in use)" in listed.text
    assert listed.buttons == ()
    unlearnt = await taught.ask("/retrain rollback", **ADMIN)
    assert not unlearnt.failed
    assert "as before I learnt her" in unlearnt.text
    assert labels(unlearnt) == ["promote_again"]
    assert labels(await taught.ask("/retrain history", **ADMIN)) == ["promote_again"]
    assert (await taught.ask("炮姐 2")).failed
    assert (await taught.ask("训练 回退", **ADMIN)).failed  # from what?
    assert not (await taught.ask(button(unlearnt, "promote_again").line(), **ADMIN)).failed
    her = await taught.services.store.characters.get(1)
    assert her is not None
    second = await learn(taught, her, anyway=True)
    shown = await taught.ask("/retrain history", **ADMIN)
    assert labels(shown) == ["rollback"]
    back = await taught.ask(button(shown, "rollback").line(), **ADMIN)
    assert VERSION in back.text
    assert await drawn_by(taught, await taught.ask("炮姐 2")) == f"c1{LEARNT}"
    forward = await taught.ask(button(back, "promote_again").line(), **ADMIN)
    assert not forward.failed
    assert await drawn_by(taught, await taught.ask("炮姐 2")) == second
    assert not (await taught.ask(f"训练 采用 {VERSION}", **ADMIN)).failed
    assert (await taught.ask("/retrain promote 123abc", **ADMIN)).failed
    drawing = await taught.ask(button(forward, "draw_her").line(), **ADMIN)
    assert not drawing.failed


async def test_before_the_first_version_the_history_says_what_is_under_way(untaught: House) -> None:
    assert "never learnt" in (await untaught.ask("/retrain history", **MEMBER)).text
    await untaught.ask("/retrain start", **ADMIN)
    found = await untaught.ask("/retrain history", **MEMBER)
    assert "No version of Kumo is done yet." in found.text
    assert "run 1 waits" in found.text


async def test_when_she_is_learnt_by_herself_is_the_admins_to_say(untaught: House) -> None:
    assert "03:30" in (await untaught.ask("/retrain schedule", **MEMBER)).text
    for line in ("训练 定时 4:30 时区:Europe/Berlin", '/retrain schedule "30 4 * * *" zone:Europe/Berlin'):
        reply = await untaught.ask(line, **ADMIN)
        assert "04:30 (Europe/Berlin)" in reply.text, line
    tokyo = await untaught.ask("/retrain schedule zone:asia/tokyo", **ADMIN)  # which keeps the time
    assert "04:30 (Asia/Tokyo)" in tokyo.text
    assert "04:30 (Asia/Tokyo)" in (await untaught.ask("/retrain status", **MEMBER)).text
    unknown = await untaught.ask("/retrain schedule zone:Mars", **ADMIN)
    assert unknown.failed
    assert "“Mars”" in unknown.text
    assert "20 minutes" in (await untaught.ask("/retrain schedule minutes:20 least:5", **ADMIN)).text
    assert "only when an admin" in (await untaught.ask("训练 定时 开:否", **ADMIN)).text
    assert (await untaught.ask("/retrain schedule soon", **ADMIN)).failed
    assert "03:30" in (await untaught.ask("训练 取消定时", **ADMIN)).text


async def test_time_zones_are_offered_to_who_types(untaught: House) -> None:
    command = untaught.services.commands.get("retrain schedule")
    assert command is not None
    option = command.option("zone")
    assert option is not None
    for typed, first in (("asia/tok", "Asia/Tokyo"), ("tokyo", "Asia/Tokyo"), ("new y", "America/New_York")):
        offers = await known(untaught.services, command, option, Typing("qq:7", "qq:2", "en", typed, {}))
        assert next(offers) == (first, first)


async def test_nobody_else_starts_stops_or_chooses(taught: House) -> None:
    store, before = taught.services.store, await taught.services.trainings.history(1)
    for line in (
        "/retrain start",
        "训练 开始 硬学:是",
        "/训练 start c1 anyway:yes",
        "/retrain start character:c1 minutes:5 anyway:yes",
        "/retrain stop c1",
        "训练 停止",
        f"/retrain promote {VERSION} character:c1",
        f"训练 采用 {VERSION} 角色:c1",
        "/retrain rollback character:c1",
        "训练 退回 c1",
        "/retrain schedule 4:30 character:c1",
        "训练 定时 角色:c1 开:否",
        "/retrain unschedule c1",
    ):
        for who in (MEMBER, ELSEWHERE, ALONE, {**ADMIN, "role": Role.MEMBER}):
            assert (await taught.ask(line, **{**who, "addressed": True})).failed, (line, who)
    assert await taught.services.trainings.history(1) == before
    assert await store.schedules.get(1) is None
    for line in ("/retrain status c1", "/retrain history c1", "/retrain schedule character:c1"):
        assert (await taught.ask(line, **ELSEWHERE)).failed, line


async def test_drawings_of_her_are_voted_on(taught: House) -> None:
    drawing = await taught.ask("炮姐 4", **MEMBER)
    assert {"upvote", "downvote"} <= set(labels(drawing))
    up = await taught.ask(button(drawing, "upvote").line(), **MEMBER)
    assert "now 👍 1 👎 0" in up.text
    assert up.private
    down = await taught.ask(button(drawing, "downvote").line(), **{**MEMBER, "member": "qq:3"})
    assert "now 👍 1 👎 1" in down.text
    listed = await taught.ask("/retrain history", **MEMBER)
    assert "👍 1 👎 1" in listed.text
    assert "👍" in offer_line(taught.services.catalogue, "zh-CN", drawing.buttons, 4)
    assert "upvote" not in labels(await taught.ask("老婆 2", **MEMBER))
    assert (await taught.ask(button(drawing, "upvote").line(), **ELSEWHERE)).failed


async def test_on_qq_a_thumb_in_reply_to_a_drawing_is_a_vote_on_it_or_on_one_face(taught: House) -> None:
    await taught.ask("炮姐 4", **MEMBER)
    number = str(len(taught.answers.replies))
    assert await taught.services.store.sent.get("qq", "qq:7", number) is not None
    for words, tally in (("👍", "👍 1 👎 0"), ("👎 2", "👍 1 👎 1"), ("👍2", "👍 2 👎 0")):
        voted = await taught.ask(words, replied_to=number, **MEMBER)
        assert tally in voted.text, words
