"""`/contribute`: the consent, the sheet of what became of the pictures, and what is refused."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.command import Role
from bot.surfaces.base import PictureLink
from data.pictures import Upload
from tests.bot.characters import given
from tests.bot.characters.given import BLUE, GREEN, RED, zipped
from tests.bot.house import House, house
from tests.plugins.brought import REFUSED
from tests.plugins.teaching import (
    ADMIN,
    ALONE,
    ELSEWHERE,
    MEMBER,
    PAGE,
    agreed,
    button,
    contribute,
    create,
    labels,
    pictures,
    sheet,
    shows_a_head,
    signs,
)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """A bot in whose group there is Mikoto."""
    async with house(tmp_path, models=given.FACTORY) as built:
        await create(built)
        yield built


async def states(home: House) -> list[str]:
    return [one.state for one in await home.services.store.contributions.list(1)]


async def test_the_first_picture_is_not_taken_before_the_member_has_said_yes(home: House) -> None:
    asked = await home.ask("/contribute", uploads=pictures(1), **MEMBER)
    assert "may I learn" in asked.text
    assert "/contribute agree:yes" in asked.text
    assert asked.private
    assert await states(home) == []
    agree = button(asked, "agree")
    assert agree.brings
    taken = await home.ask(agree.line(), uploads=pictures(1), **MEMBER)
    assert await states(home) == ["waiting"]
    assert "an admin looks" in taken.text
    again = await home.ask("投稿", uploads=pictures(2), **MEMBER)
    assert "may I learn" not in again.text
    other = await home.ask("/contribute", uploads=pictures(3), **{**MEMBER, "member": "qq:5"})
    assert "may I learn" in other.text


async def test_a_yes_alone_is_thanked_for_and_names_the_character(home: House) -> None:
    thanks = await home.ask("投稿 同意:是", **MEMBER)
    assert "Mikoto" in thanks.text
    assert await home.services.store.consents.holds("qq:1", 1)
    nothing = await home.ask("/contribute", **MEMBER)
    assert nothing.failed
    assert "Which pictures" in nothing.text


async def test_one_sheet_says_what_became_of_each(home: House) -> None:
    await agreed(home)
    await agreed(home, ADMIN)
    await contribute(home, 1, who=ADMIN)
    given_again = (*pictures(1, 2), Upload(REFUSED["truncated"][0], "image/png", "test"), *pictures(3))
    reply = await home.ask("/contribute", uploads=given_again, **MEMBER)
    assert "2 waiting" in reply.text
    assert "2 not taken" in reply.text
    assert "picture 1): I have it already: no. 1" in reply.text
    assert "picture 3): it is damaged" in reply.text
    assert signs(reply) == {"waiting", "refused"}
    assert len(reply.pictures) == 1
    assert reply.pictures[0].fleeting
    assert await states(home) == ["accepted", "waiting", "waiting"]


async def test_what_waits_is_shown_to_the_member_alone_and_not_to_the_group(home: House) -> None:
    await agreed(home)
    group = await contribute(home, 1)
    assert signs(group) == {"waiting"}
    assert not shows_a_head(group)
    await agreed(home, ADMIN)
    accepted = await contribute(home, 2, who=ADMIN)
    assert signs(accepted) == {"accepted"}
    assert shows_a_head(accepted)


async def test_of_several_faces_the_member_names_one_or_presses_its_button(home: House) -> None:
    await create(home, "Kuroko", **PAGE)
    await agreed(home, PAGE)
    three = pictures(1, faces=(RED, GREEN, BLUE))
    asked = await home.ask("/contribute", uploads=three, **PAGE)
    assert labels(asked) == ["face1", "face2", "face3"]
    assert sheet(asked).shape[1] > 500  # the faces, to choose from
    taken = await home.ask(button(asked, "face2").line(), uploads=three, **PAGE)
    assert signs(taken) == {"accepted"}
    in_group = await home.ask("/contribute agree:yes", uploads=(*pictures(5), *three), **MEMBER)
    assert in_group.buttons == ()
    assert "which:2 face:2" in in_group.text
    assert len(in_group.pictures) == 2
    typed = await home.ask("投稿 第:2 脸:3", uploads=(*pictures(5), *three), **MEMBER)
    assert "it waits" in typed.text
    far = await home.ask("/contribute face:7", uploads=three, **MEMBER)
    assert "no number 7" in far.text
    assert (await home.ask("/contribute which:3", uploads=pictures(9), **MEMBER)).failed


async def test_a_zip_is_unpacked(home: House) -> None:
    await agreed(home)
    archive = zipped(*(given.file(given.picture(n)) for n in (1, 2, 3)))
    reply = await home.ask("/contribute", uploads=(Upload(archive, "application/zip", "test"),), **MEMBER)
    assert "3 waiting" in reply.text
    assert await states(home) == ["waiting"] * 3
    told = [text for text in home.answers.progressed if "looked at" in text]
    assert [text.split(" looked")[0] for text in told] == ["1 of 3", "2 of 3"]


async def test_of_a_zip_that_was_cut_short_that_is_said(tmp_path: Path) -> None:
    async with house(tmp_path, models=given.FACTORY, contributions_per_day=1) as home:
        await create(home)
        await agreed(home)
        archive = zipped(*(given.file(given.picture(n)) for n in (1, 2, 3)))
        reply = await home.ask("/contribute", uploads=(Upload(archive, "application/zip", "test"),), **MEMBER)
        assert "1 pictures a day" in reply.text
        assert "not looked at the rest" in reply.text
        last = zipped(given.file(given.picture(4)))
        reply = await home.ask("/contribute", uploads=(Upload(last, "application/zip", "test"),), **MEMBER)
        assert "1 pictures a day" in reply.text
        assert "not looked at the rest" not in reply.text


async def test_of_a_zip_of_many_the_sheet_shows_the_first(home: House) -> None:
    await agreed(home)
    archive = zipped(*[b"no picture"] * 64)
    reply = await home.ask("/contribute", uploads=(Upload(archive, "application/zip", "test"),), **MEMBER)
    assert "first 64" not in reply.text
    reply = await home.ask("/contribute", uploads=(Upload(archive, "application/zip", "test"), *pictures(1)), **MEMBER)
    assert "64 not taken" in reply.text
    assert "shows the first 64" in reply.text
    assert await states(home) == ["waiting"]


async def test_a_reply_to_anothers_pictures_contributes_them_on_qq_and_to_the_bots_own_does_not(home: House) -> None:
    await agreed(home)
    link = PictureLink("replied", "base64://" + _base64(pictures(1)[0].content))
    taken = await home.ask("投稿", links=(link,), replied_to="77", **MEMBER)
    assert "it waits" in taken.text
    await home.services.store.sent.add("qq", "qq:7", "78", picture=None, member="qq:1")
    ours = await home.ask("/contribute", links=(link,), replied_to="78", **MEMBER)
    assert ours.failed
    asked = PictureLink("asked", "base64://" + _base64(pictures(2)[0].content))
    answered = await home.ask("/contribute face:1", links=(link, asked), replied_to="78", **MEMBER)
    assert "it waits" in answered.text
    assert await states(home) == ["waiting"] * 2


async def test_on_discord_nothing_is_taken_unless_the_operator_says_so(tmp_path: Path, home: House) -> None:
    discord = {"surface": "discord", "member": "discord:1", "locale": "en", "addressed": True}
    where = {"chat": "discord:7/1", "group": "discord:7"}
    await home.ask("/character create Mikoto", **{**discord, **where, "role": Role.ADMIN})
    for line in ("/contribute", "/contribute agree:yes", "投稿 同意:是"):
        reply = await home.ask(line, uploads=pictures(1), **discord, **where)
        assert reply.failed
        assert "Discord" in reply.text
    assert not await home.services.store.consents.holds("discord:1", 1)
    async with house(tmp_path / "open", models=given.FACTORY, discord_contributions=True) as allowed:
        await allowed.ask("/character create Mikoto", **{**discord, **where, "role": Role.ADMIN})
        await allowed.ask("/contribute agree:yes", **discord, **where)
        link = PictureLink("replied", "base64://" + _base64(pictures(1)[0].content))
        message = await allowed.ask("/contribute", links=(link,), replied_to="77", **discord, **where)
        assert message.failed  # of others' messages nothing is taken there
        assert "it waits" in (await allowed.ask("/contribute", uploads=pictures(1), **discord, **where)).text


async def test_what_was_given_is_taken_back_in_one_word(home: House) -> None:
    await agreed(home)
    await contribute(home, 1, 2)
    gone = await home.ask("投稿 撤回:是", **MEMBER)  # as docs/privacy says, without a slash
    assert "the 2 that you gave are deleted" in gone.text
    assert gone.private
    assert given.kept_files(home) == []
    assert "may I learn" in (await home.ask("/contribute", uploads=pictures(1), **MEMBER)).text
    assert "agreed to nothing" in (await home.ask("/contribute withdraw:yes", **{**MEMBER, "member": "qq:6"})).text


async def test_who_may_contribute_is_the_admins_to_say(home: House) -> None:
    await home.ask("/character edit contributors:admins", **ADMIN)
    refused = await home.ask("/contribute agree:yes", uploads=pictures(1), **MEMBER)
    assert refused.failed
    assert not await home.services.store.consents.holds("qq:1", 1)
    assert "taken" in (await home.ask("/contribute agree:yes", uploads=pictures(1), **ADMIN)).text


async def test_a_character_of_another_group_takes_nothing(home: House) -> None:
    for line in ("/contribute", "/contribute Mikoto", "/contribute c1", "/contribute character:c1 agree:yes"):
        for who in (ELSEWHERE, ALONE):
            reply = await home.ask(line, uploads=pictures(1), **who)
            assert reply.failed, line
    assert await states(home) == []


async def test_talk_about_contributions_is_none(home: House) -> None:
    for words in ("投稿 了吗", "投稿", "投稿 http://example.com/a"):
        assert await home.say(words) is None, words


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
