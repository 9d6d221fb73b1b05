"""A whole bot on Discord: what its members get. Only the networks are toys."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from bot import chat
from data.labels import NAMES
from tests.bot.house import House, house
from tests.bot.surfaces.discord.conftest import connected, on
from tests.wire.fake_discord import FakeDiscord, Interaction

MANAGE_GUILD = 1 << 5

MANAGE_GUILD = 1 << 5


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine "Drawing…" would be the first answer; how progress is shown, test_answering holds."""
    monkeypatch.setattr(chat, "PATIENCE", 600.0)


@pytest.fixture
async def home(tmp_path: Path, fake: FakeDiscord) -> AsyncIterator[House]:
    host = fake.base.removeprefix("http://")
    async with house(tmp_path, labels=NAMES, intake_allow=[host], **on(fake)) as built, connected(built.services):
        yield built


def opened(it: Interaction) -> Image.Image:
    return Image.open(io.BytesIO(next(iter(it.files.values()))))


def png(shade: int = 204) -> bytes:
    """A portrait of what the toys take for a face."""
    content = io.BytesIO()
    image = Image.new("RGB", (80, 60), (shade, shade, shade))
    image.paste((255, 0, 0), (30, 20, 50, 40))
    image.save(content, "PNG")
    return content.getvalue()


async def test_faces_with_buttons_and_again_after_a_restart(tmp_path: Path, fake: FakeDiscord) -> None:
    async with house(tmp_path, labels=NAMES, **on(fake)) as home, connected(home.services):
        it = await (await fake.slash("waifu", {"count": 4, "hair": "pink"}, locale="zh-CN")).answered()
        assert not it.late
        assert "发色 粉" in it.content
        assert opened(it).size[0] > 100
        assert "再来" in it.labels
    async with house(tmp_path, labels=NAMES, **on(fake)) as home, connected(home.services):
        again = await (await fake.click(it.message, it.labels["再来"], user_id=43, locale="en-US")).answered()
        assert "hair pink" in again.content
        assert again.files != it.files


async def test_one_face_is_shown_large_as_a_png(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu", {"count": 4})).answered()
    big = await (await fake.click(it.message, it.labels["big 3"])).answered()
    assert opened(big).format == "PNG"
    assert big.message["attachments"][0]["description"]


async def test_a_fade_moves(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("fade", {"hair": "black-white", "animate": True})).answered()
    assert "black → white" in it.content
    assert opened(it).format == "WEBP"


async def test_a_sheet_turns_into_a_loop_by_its_button_and_two_of_its_faces_by_the_command(
    home: House, fake: FakeDiscord
) -> None:
    it = await (await fake.slash("waifu", {"count": 4, "seed": "7"})).answered()
    loop = await (await fake.click(it.message, it.labels["Morph"])).answered()
    assert opened(loop).format == "WEBP"
    assert getattr(opened(loop), "n_frames", 1) > 10
    picture = loop.content.split(" ", 1)[0]
    steps = await (await fake.click(loop.message, loop.labels["Show the steps"])).answered()
    assert picture != steps.content.split(" ", 1)[0]
    two = await (await fake.slash("morph", {"faces": f"{picture}.1, 8", "frames": 8})).answered()
    assert "→ 8 →" in two.content
    await _known(home, two)


async def test_what_a_server_has_no_model_for_is_said_to_who_asked(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("railgun", {"count": 2})).answered()
    assert "python -m bot finetune" in it.content
    listed = await (await fake.slash("models list")).answered()
    assert "waifu" in listed.content


async def test_models_are_offered_by_their_names(home: House, fake: FakeDiscord, tmp_path: Path) -> None:
    folder = tmp_path / "var" / "models" / "waifu-twin" / "20260131T101500-1a2b3c"  # which draws nothing
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"family": "twingan"}')
    (folder / "model.safetensors").touch()
    for command, option in (("waifu", "model"), ("railgun", "character"), ("models use", "model")):
        it = await fake.autocomplete(command, {option: "wai"}, option)
        assert [c["value"] for c in it.choices] == ["waifu"]
        assert (await fake.autocomplete(command, {option: "moe"}, option)).choices == []


async def test_a_picture_in_a_message_is_judged_from_its_menu(home: House, fake: FakeDiscord) -> None:
    message = await fake.message("look", files={"a.png": png()})
    it = await (await fake.menu("Judge", message)).answered()
    assert "80%" in it.content
    drawn = await (await fake.click(it.message, it.labels["Draw one like this"])).answered()
    assert "hair pink" in drawn.content


def scene() -> bytes:
    """With what the toy that finds takes for a face."""
    content = io.BytesIO()
    image = Image.new("RGB", (300, 260), (240, 235, 220))
    image.paste((255, 0, 0), (110, 110, 190, 180))
    image.save(content, "PNG")
    return content.getvalue()


async def test_heads_are_put_on_an_attached_picture_and_from_a_messages_menu(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("conhead", {"picture": scene(), "mood": "laughing"})).answered()
    assert "Biri, laughing" in it.content
    assert opened(it).size == (300, 260)
    message = await fake.message("look", files={"a.png": scene()})
    it = await (await fake.menu("Conhead", message)).answered()
    assert "Biri" in it.content
    assert {"Another mood", "Another head"} <= set(it.labels)
    await _known(home, it)


async def test_a_servers_own_heads_are_added_used_and_removed(home: House, fake: FakeDiscord) -> None:
    ball = Image.new("RGBA", (160, 170), (0, 0, 0, 0))
    ball.paste((0, 140, 130, 255), (20, 20, 140, 150))
    content = io.BytesIO()
    ball.save(content, "PNG")
    it = await (await fake.slash("heads add", {"name": "Kumo", "picture": content.getvalue()})).answered()
    assert "admin" in it.content
    it = await (
        await fake.slash("heads add", {"name": "Kumo", "picture": content.getvalue()}, permissions=MANAGE_GUILD)
    ).answered()
    assert "Kumo is among" in it.content, it.content
    it = await (await fake.slash("heads list")).answered()
    assert "1 Kumo" in it.content
    for typed, offered in (("ku", ["Kumo"]), ("biri,", ["biri,Kumo"]), ("x", [])):
        it = await fake.autocomplete("conhead", {"who": typed}, "who")
        assert [choice["value"] for choice in it.choices or ()] == offered
    it = await (await fake.slash("conhead", {"picture": scene(), "who": "kumo"})).answered()
    assert "(Kumo," in it.content
    it = await (await fake.slash("heads remove", {"name": "Kumo"}, permissions=MANAGE_GUILD)).answered()
    assert "Kumo is gone" in it.content


async def test_a_head_is_forced_by_the_button_where_no_face_was_found(home: House, fake: FakeDiscord) -> None:
    wall = io.BytesIO()
    Image.new("RGB", (300, 260), (240, 235, 220)).save(wall, "PNG")
    it = await (await fake.slash("conhead", {"picture": wall.getvalue()})).answered()
    assert "can't find" in it.content
    forced = await (await fake.click(it.message, it.labels["Put a head on anyway"])).answered()
    assert "heads put on: 1" in forced.content
    it = await (await fake.slash("conhead", {"picture": wall.getvalue(), "at": "50%,50%,20%"})).answered()
    assert "heads put on: 1" in it.content
    await _known(home, it)


async def test_a_press_under_heads_takes_the_picture_above_it(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("conhead", {"picture": scene(), "who": "misaka"})).answered()
    again = await (await fake.click(it.message, it.labels["Another head"])).answered()
    assert "heads put on: 1" in again.content  # of the red rectangle enough is left for the toy
    assert opened(again).size == (300, 260)
    assert again.files != it.files
    await _known(home, again)


async def test_an_attached_picture_is_judged(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("judge", {"picture": png(51)})).answered()
    assert "20%" in it.content


async def test_the_recipe_of_one_of_our_pictures_is_in_its_menu(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu", {"count": 4, "seed": "misaka"})).answered()
    await _known(home, it)
    recipe = await (await fake.menu("Recipe", it.message)).answered()
    assert "waifu@starter" in recipe.content
    assert recipe.ephemeral


async def test_a_reply_with_a_word_is_a_button_too(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu", {"count": 4})).answered()
    await _known(home, it)
    answer = await fake.replied(await fake.message("再来", reply_to=it.message))
    assert answer["attachments"]
    answer = await fake.replied(await fake.message("2", reply_to=it.message))
    assert answer["attachments"][0]["filename"].endswith(".png")


async def test_mentions_work_in_private_and_in_public(home: House, fake: FakeDiscord) -> None:
    for guild in (True, False):
        message = await fake.message("/waifu 1", guild=guild, mention_bot=guild)
        assert (await fake.replied(message))["attachments"]


async def test_a_button_of_a_forgotten_picture_ends_in_a_sentence(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu")).answered()
    gone = await (await fake.click(it.message, "nj1:again:zzzz")).answered()
    assert "don't remember a picture #zzzz" in gone.content
    assert gone.ephemeral
    unknown = await (await fake.click(it.message, "nj1:frobnicate:zzzz")).answered()
    assert "no command called" in unknown.content


async def test_a_crafted_press_gets_no_further_than_its_presser(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu")).answered()
    too_many = await (await fake.click(it.message, "nj1:waifu::count=640")).answered()
    assert "1 to 64" in too_many.content
    assert too_many.ephemeral


async def test_an_error_is_seen_by_who_made_it(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("more", {"picture": "nonsense!"})).answered()
    assert it.ephemeral
    assert it.loading is None


async def test_an_answer_can_be_taken_back_by_who_asked_for_it(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu", {"count": 1})).answered()
    await _known(home, it)
    id = it.content.split(" ")[0]
    refused = await (await fake.slash("delete", {"picture": id}, user_id=43)).answered()
    assert "Only who asked for it" in refused.content
    assert it.message["id"] in fake.messages
    done = await (await fake.slash("delete", {"picture": id})).answered()
    assert done.content == "Gone."
    assert it.message["id"] not in fake.messages


async def test_an_admin_of_the_server_can_take_back_anybodys(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu", {"count": 1})).answered()
    await _known(home, it)
    id = it.content.split(" ")[0]
    done = await (await fake.slash("delete", {"picture": id}, user_id=43, permissions=MANAGE_GUILD)).answered()
    assert done.content == "Gone."


async def test_a_server_that_is_not_served_is_told_so(tmp_path: Path, fake: FakeDiscord) -> None:
    async with house(tmp_path, groups_allow=["discord:1"], **on(fake)) as home, connected(home.services):
        it = await (await fake.slash("waifu")).answered()
        assert "not open to this group" in it.content
        assert it.ephemeral


async def test_favourites_follow_the_member_into_private(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu", {"count": 4})).answered()
    kept = await (await fake.slash("save", {"id": it.content.split(" ")[0] + ".2"})).answered()
    assert "is yours now" in kept.content
    saved = await (await fake.slash("saved", guild=False)).answered()
    assert "1 faces you kept" in saved.content


async def test_choosing_the_best_shows_how_far_it_is(home: House, fake: FakeDiscord) -> None:
    it = await fake.slash("waifu", {"best": "4of128"})
    async with asyncio.timeout(60):
        while not it.files:
            it._ev.clear()
            await it._ev.wait()
    assert "Choosing" in it.edits[0]
    assert "the best 4 of 128" in it.content


async def _known(home: House, it: Interaction) -> None:
    """Until the bot has written down that it has sent an answer."""
    where = f"discord:{it.data['guild_id']}/{it.data['channel_id']}"
    async with asyncio.timeout(60):
        while await home.services.store.sent.get("discord", where, it.message["id"]) is None:  # noqa: ASYNC110 - it does not tell
            await asyncio.sleep(0.01)
