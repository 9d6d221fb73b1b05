"""`/review`: what waits, what is decided about it, and that nobody else decides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.command import Reply, Role
from bot.teaching.numbers import named, told
from plugins.review import PAGE
from tests.bot.characters import given
from tests.bot.house import House, house
from tests.bot.store.contributed import draft, give
from tests.plugins.teaching import (
    ADMIN,
    ALONE,
    ELSEWHERE,
    MEMBER,
    agreed,
    button,
    contribute,
    create,
    labels,
    pictures,
    shows_a_head,
    signs,
    states,
)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """A bot in whose group a member has given four pictures of Mikoto."""
    async with house(tmp_path, models=given.FACTORY) as built:
        await create(built)
        await agreed(built)
        await contribute(built, 1, 2, 3, 4)
        yield built


async def review(home: House, line: str = "") -> Reply:
    reply = await home.ask(f"/review {line}".strip(), **ADMIN)
    assert not reply.failed, reply.text
    assert reply.private  # nobody else is to see it
    return reply


async def test_what_waits_is_a_sheet_and_a_button_accepts_it(home: House) -> None:
    reply = await review(home)
    assert "4 waiting" in reply.text
    assert "qq:1" in reply.text
    assert signs(reply) == {"waiting"}
    assert shows_a_head(reply)
    assert reply.pictures[0].fleeting
    assert labels(reply) == ["accept_all", "refuse_all", "one_by_one"]
    done = await home.ask(button(reply, "accept_all").line(), **ADMIN)
    assert "4 accepted (no. 1–4)" in done.text
    assert "Nothing of Mikoto waits" in done.text
    assert await states(home) == ["accepted"] * 4


async def test_some_are_named_by_their_numbers(home: House) -> None:
    reply = await home.ask("/审核 收:1,3-4 拒:2", **ADMIN)
    assert "3 accepted (no. 1, 3, 4)" in reply.text
    assert "1 refused (no. 2)" in reply.text
    assert await states(home) == ["accepted", "refused", "accepted", "accepted"]
    assert "decided already" in (await review(home, "accept:1")).text
    refused = await review(home, "refuse:1")  # what was accepted, too
    assert "1 refused" in refused.text
    for line in ("accept:x", "accept:1.5", "refuse:-", "ban:1,,x"):
        assert (await home.ask(f"/review {line}", **ADMIN)).failed, line
    assert (await home.ask("/review accept:99", **ADMIN)).failed


async def test_with_one_number_that_is_none_nothing_is_decided(home: House) -> None:
    for line in ("accept:1 refuse:99", "refuse:1 ban:2,99", "accept:1 ban:x"):
        assert (await home.ask(f"/review {line}", **ADMIN)).failed, line
    assert await states(home) == ["waiting"] * 4
    assert await home.services.store.refused_hashes.list("qq:7") == []


async def test_one_by_one_each_decision_leads_to_the_next(home: House) -> None:
    one = await home.ask(button(await review(home), "one_by_one").line(), **ADMIN)
    assert labels(one) == ["accept_it", "refuse_it", "skip_it", "ban_it", "ban_giver"]
    two = await home.ask(button(one, "skip_it").line(), **ADMIN)
    assert "No. 2:" in two.text
    three = await home.ask(button(two, "refuse_it").line(), **ADMIN)
    assert "No. 3:" in three.text
    four = await home.ask(button(three, "ban_it").line(), **ADMIN)
    assert "banned" in four.text
    first = await home.ask(button(four, "accept_it").line(), **ADMIN)
    assert "No. 1:" in first.text  # the one that was skipped
    assert await states(home) == ["waiting", "refused", "refused", "accepted"]
    assert await home.services.store.refused_hashes.list("qq:7")
    assert "not taken" in (await home.ask("/contribute", uploads=pictures(3), **MEMBER)).text


async def test_more_than_a_sheet_has_pages(home: House) -> None:
    her = await home.services.store.characters.get(1)
    assert her is not None
    for number in range(PAGE):
        content = given.file(given.picture(50 + number)[60:360, 100:400], "WEBP", lossless=True)
        await give(home.services.store, draft(her, number, "qq:1", state="waiting", note="unrated", content=content))
    first = await review(home)
    assert f"{PAGE + 4} waiting" in first.text
    second = await home.ask(button(first, "next").line(), **ADMIN)
    assert button(second, "accept_all").args["accept"] == f"{PAGE + 1}-{PAGE + 4}"
    await home.ask(button(first, "accept_all").line(), **ADMIN)
    assert (await states(home)).count("accepted") == PAGE


async def test_who_gave_it_is_banned_once_that_was_meant(home: House) -> None:
    one = await review(home, "one:yes")
    asked = await home.ask(button(one, "ban_giver").line(), **ADMIN)
    assert "Ban qq:1? " in asked.text
    assert "4 pictures" in asked.text
    assert await states(home) == ["waiting"] * 4
    done = await home.ask(button(asked, "ban_sure").line(), **ADMIN)
    assert "the 4 pictures" in done.text
    assert await states(home) == ["refused"] * 4
    assert (await home.ask("/contribute", uploads=pictures(9), **MEMBER)).failed


async def test_a_batch_is_undone_in_one_command_and_a_picture_pardoned(home: House) -> None:
    await review(home, "accept:all")
    (batch,) = {one.batch for one in await home.services.store.contributions.list(1)}
    undone = await home.ask(f"/审核 撤销:{batch}", **ADMIN)
    assert "4 refused" in undone.text
    assert given.kept_files(home) == []
    assert (await home.ask("/review undo:nothing", **ADMIN)).failed
    assert "refused this one before" in (await home.ask("/contribute", uploads=pictures(1), **MEMBER)).text
    assert "may be contributed again" in (await review(home, "pardon:1")).text
    assert "it waits" in (await home.ask("/contribute", uploads=pictures(1), **MEMBER)).text


async def test_nobody_else_sees_or_decides(home: House) -> None:
    (batch,) = {one.batch for one in await home.services.store.contributions.list(1)}
    others = (MEMBER, ELSEWHERE, ALONE, {**ADMIN, "role": Role.MEMBER})
    for line in (
        "/review",
        "审核",
        "/审核 c1",
        "/review c1 accept:all",
        "/review accept:1 character:Mikoto",
        "审核 收:全部",
        "/review character:c1 refuse:1-4",
        "/review character:c1 ban:1",
        "/review character:c1 ban_member:1",
        "/review character:c1 ban_member:1 sure:yes",
        f"/review character:c1 undo:{batch}",
        "/review character:c1 pardon:1",
        "/review character:c1 one:yes",
    ):
        for who in others:
            reply = await home.ask(line, **{**who, "addressed": True})
            assert reply.failed, (line, who)
            assert reply.pictures == ()
    assert await states(home) == ["waiting"] * 4
    assert await home.services.store.group_bans.get("qq:7", "qq:1") is None


async def test_an_admin_elsewhere_cannot_name_pictures_by_way_of_a_character_of_their_own(home: House) -> None:
    await create(home, "Theirs", **ELSEWHERE)
    for line in ("accept:1", "refuse:1", "ban:1", "ban_member:1", "ban_member:1 sure:yes", "pardon:1"):
        reply = await home.ask(f"/review Theirs {line}", **ELSEWHERE)
        assert reply.failed, line
        assert "There is no picture no. 1" in reply.text
    assert await states(home) == ["waiting"] * 4


async def test_talk_about_reviews_is_none(home: House) -> None:
    assert await home.say("审核 通过了吗", **MEMBER) is None


def test_numbers_are_read_and_told() -> None:
    assert named("12, 14-16；#20").among([14, 15, 30]) == [12, 20, 14, 15]
    assert named("12, 14 - 16").among([15, 30]) == [12, 15]
    assert named("１２").among([]) == [12]
    assert named("18-14").among([13, 14, 18, 19]) == [14, 18]
    assert named("全部").among([3, 5]) == [3, 5]
    assert told([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7, 8"
