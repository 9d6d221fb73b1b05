"""Buttons: what they look like under an answer, and what comes of pressing them, whoever made them up."""

import pytest

from bot.command import Button, PictureName, Reply
from tests.bot.surfaces.discord.conftest import ToyBot, picture, sheet
from tests.wire.fake_discord import FakeDiscord


async def test_few_faces_have_buttons_of_their_own(bot: ToyBot, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu")).answered()
    rows = [[c["label"] for c in row["components"]] for row in it.message["components"]]
    assert rows == [
        ["more 1", "more 2", "more 3", "more 4"],
        ["big 1", "big 2", "big 3", "big 4"],
        ["Again", "Keep…", "Fade…"],
    ]
    assert it.labels["more 2"] == "nj1:more:k7f3.2"
    assert it.labels["Again"] == "nj1:again:k7f3"


async def test_one_face_needs_no_number(bot: ToyBot, fake: FakeDiscord) -> None:
    bot.dispatcher.answers(sheet(1))
    it = await (await fake.slash("bigger", {"picture": "#k7f3.1"})).answered()
    assert list(it.labels) == ["Again", "More like this", "Bigger", "Keep", "Fade"]
    assert it.labels["Bigger"] == "nj1:bigger:k7f3"


async def test_a_button_is_the_line_that_one_would_type(bot: ToyBot, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu")).answered()
    await bot.dispatcher.hears()
    pressed = await (await fake.click(it.message, "nj1:more:k7f3.2", user_id=43, locale="zh-CN")).answered()
    heard = await bot.dispatcher.hears()
    assert (heard.text, heard.member, heard.addressed) == ("/more #k7f3.2", "discord:43", True)
    assert (heard.locale, heard.message_id) == ("zh-CN", pressed.id)
    assert pressed.callbacks[0]["type"] == 5  # an answer of its own: the picture that it is about stays
    assert pressed.message["id"] != it.message["id"]


async def test_what_a_button_does_for_one_only_they_see(bot: ToyBot, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu")).answered()
    assert (await (await fake.click(it.message, "nj1:save:k7f3.1")).answered()).ephemeral


async def test_arguments_come_back_as_they_were(bot: ToyBot, fake: FakeDiscord) -> None:
    buttons = (
        Button("next", "saved", {"page": 2}),
        Button("like", "like", {"picture": PictureName("k7f3"), "x": "a:b c"}),
    )
    bot.dispatcher.answers(Reply("page 1", (picture(),), buttons, locale="en"))
    it = await (await fake.slash("saved")).answered()
    assert it.labels["Next page"] == "nj1:saved::page=2"
    await bot.dispatcher.hears()
    for custom_id, line in zip(it.labels.values(), ("/saved page:2", '/like #k7f3 x:"a:b c"'), strict=True):
        await fake.click(it.message, custom_id)
        assert (await bot.dispatcher.hears()).text == line


async def test_a_button_that_carries_too_much_does_not_cost_the_answer(bot: ToyBot, fake: FakeDiscord) -> None:
    buttons = (Button("next", "saved", {"page": "9" * 100}), Button("again", "again", {"picture": PictureName("k7f3")}))
    bot.dispatcher.answers(Reply("page 1", (picture(),), buttons, locale="en"))
    it = await (await fake.slash("saved")).answered()
    assert list(it.labels) == ["Again"]


# -- many faces


async def test_many_faces_are_asked_for_by_number(bot: ToyBot, fake: FakeDiscord) -> None:
    bot.dispatcher.answers(sheet(16))
    it = await (await fake.slash("waifu", {"count": 16})).answered()
    await bot.dispatcher.hears()
    assert list(it.labels) == ["Again", "More like this…", "Bigger…", "Keep…", "Fade…"]
    asking = await (await fake.click(it.message, it.labels["Bigger…"])).answered()
    assert asking.modal is not None
    assert "1 to 16" in asking.modal["components"][0]["label"]
    await fake.modal(asking, {"face": " 13 "})
    assert (await bot.dispatcher.hears()).text == "/bigger #k7f3.13"


@pytest.mark.parametrize("typed", ["", "0", "17", "-1", "two"])
async def test_a_number_that_no_face_has_is_asked_for_again(bot: ToyBot, fake: FakeDiscord, typed: str) -> None:
    bot.dispatcher.answers(sheet(16))
    it = await (await fake.slash("waifu")).answered()
    await bot.dispatcher.hears()
    answered = await (await fake.modal(await _asking(fake, it), {"face": typed})).answered()
    assert "from 1 to 16" in answered.content
    assert answered.ephemeral
    assert bot.dispatcher.heard.empty()


async def test_the_question_is_still_understood_after_a_restart(serve, fake: FakeDiscord) -> None:
    async with serve() as bot:
        bot.dispatcher.answers(sheet(16))
        it = await (await fake.slash("waifu")).answered()
        asking = await _asking(fake, it)
    async with serve() as bot:
        await fake.modal(asking, {"face": "5"})
        assert (await bot.dispatcher.hears()).text == "/more #k7f3.5"


# -- presses from elsewhere


async def test_a_button_works_after_a_restart(serve, fake: FakeDiscord) -> None:
    async with serve() as bot:
        it = await (await fake.slash("waifu")).answered()
    async with serve() as bot:
        pressed = await (await fake.click(it.message, "nj1:again:k7f3")).answered()
        assert (await bot.dispatcher.hears()).text == "/again #k7f3"
        assert bot.dispatcher.heard.empty()  # once, not once for each of discord.py's ways
        assert len(pressed.callbacks) == 1


@pytest.mark.parametrize(
    "custom_id",
    [
        "nj1:more",
        "nj1:more:K7F3.2",
        "nj1:more:k7f3.0",
        "nj1:more:k7f3.99",
        "nj1:more:.2",
        "nj1:more:k7f3:count=4\n/ban",
        "nj1:../etc:k7f3",
        "nj1:waifu::count=4 /ban x",
        "nj2:more:k7f3.2",
        "elsewhere",
        "nj1:waifu::seed=" + "x" * 100,
    ],
)
async def test_what_no_button_of_ours_says_is_answered_with_a_sentence(
    bot: ToyBot, fake: FakeDiscord, custom_id: str
) -> None:
    it = await (await fake.slash("waifu")).answered()
    await bot.dispatcher.hears()
    crafted = await (await fake.click(it.message, custom_id)).answered()
    assert "can't read that button" in crafted.content
    assert crafted.ephemeral
    assert bot.dispatcher.heard.empty()


async def test_a_made_up_button_that_could_be_ours_goes_the_way_of_a_line(bot: ToyBot, fake: FakeDiscord) -> None:
    """Gate and parser stand there: it can do what its presser may do by typing, and no more."""
    it = await (await fake.slash("waifu")).answered()
    await bot.dispatcher.hears()
    await fake.click(it.message, "nj1:ban:zzzz:member=discord%3A43%20%22x%22")
    assert (await bot.dispatcher.hears()).text == '/ban #zzzz member:"discord:43 x"'


async def _asking(fake: FakeDiscord, it):
    return await (await fake.click(it.message, it.labels["More like this…"])).answered()
