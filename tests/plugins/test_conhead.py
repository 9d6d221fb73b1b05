"""`/conhead`: heads on everybody in a picture."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.command import Reply
from bot.surfaces.base import PictureLink
from bot.surfaces.discord.presses import Press
from data.drawn.moods import MOODS
from data.pictures import Upload
from tests.bot import toy_models
from tests.bot.house import House, house
from tests.plugins.brought import (
    BLUE,
    GREEN,
    PAPER,
    RED,
    WHERE,
    moving,
    scene,
    upload,
)
from tests.plugins.heading import ask, headed, shown
from tests.wire.picture_host import PictureHost

# What a platform brings along of the message that a button stands under: here with a face that the toy knows.
REPLIED = PictureLink("replied", "base64://" + base64.b64encode(upload(scene(RED)).content).decode())


def middle(reply: Reply) -> tuple[int, int]:
    """Of what has changed in an empty scene."""
    ys, xs = np.nonzero(
        np.abs(np.asarray(shown(reply).convert("RGB").resize((440, 300))).astype(int) - PAPER).sum(2) > 60
    )
    return round(float(xs.mean())), round(float(ys.mean()))


async def body(home: House, reply: Reply) -> dict:
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or "")
    assert recipe is not None
    return recipe.body


async def test_everybody_in_a_picture_gets_a_head(home: House) -> None:
    reply = await ask(home, "/conhead who:biri", RED, BLUE)
    assert [headed(reply, colour) for colour in WHERE] == [True, False, True]
    assert "2" in reply.text
    assert "Biri" in reply.text
    assert shown(reply).size == (440, 300)


async def test_one_face_is_chosen_by_its_number_from_the_left(home: House) -> None:
    for line in ("/conhead 2", "/conhead face:2", "接头 2", "接头 脸:2"):
        reply = await ask(home, line, RED, GREEN, BLUE)
        assert [headed(reply, colour) for colour in WHERE] == [False, True, False], line
    refused = await home.ask("/conhead 4", uploads=(upload(scene(*WHERE)),), locale="en")
    assert refused.failed
    assert "3 faces" in refused.text


async def test_mood_and_head_are_chosen_in_words(home: House) -> None:
    for line, mood in (("/conhead laughing", "laughing"), ("接头 大笑", "laughing"), ("接头 2 表情:害羞", "shy")):
        assert (await body(home, await ask(home, line)))["mood"] == mood
    for line in ("/conhead who:biri", "接头 谁:比莉", "/conhead who:Biri"):
        assert (await body(home, await ask(home, line)))["who"] == "biri"


async def test_a_word_stands_for_somebody_and_always_for_the_same(home: House) -> None:
    misaka, again, other, biri = [
        await ask(home, f"/conhead calm who:{who}") for who in ("御坂", "御坂", "hatsune", "biri")
    ]
    assert misaka.pictures[0].encoded.content != other.pictures[0].encoded.content
    assert np.array_equal(np.asarray(shown(misaka)), np.asarray(shown(again)))
    assert len({(await body(home, reply))["who"] for reply in (misaka, other, biri)}) == 3
    number = (await body(home, misaka))["who"]
    assert (await body(home, await ask(home, f"/conhead who:{number}")))["who"] == number


async def test_without_a_word_for_it_the_mood_is_left_to_chance(home: House) -> None:
    assert len({(await body(home, await ask(home)))["mood"] for _ in range(12)}) > 2


async def test_a_bare_word_with_a_picture_is_meant_and_talk_is_not(home: House) -> None:
    picture = (upload(scene(RED)),)
    assert not (await home.ask("接头", uploads=picture)).failed
    assert await home.say("接头") is None
    assert await home.say("接头暗号是什么", uploads=picture) is None
    assert await home.say("接头 他说的那个人", uploads=picture) is None


async def test_no_face_is_said_kindly_and_what_was_looked_at_is_shown(home: House) -> None:
    for locale, word in (("zh-CN", "没找到"), ("en", "can't find")):
        reply = await home.ask("/conhead", uploads=(upload(scene()),), locale=locale)
        assert reply.failed  # and costs nothing
        assert word in reply.text
        assert [button.command for button in reply.buttons] == ["force"]
        assert reply.pictures[0].id is None
        assert np.abs(np.asarray(shown(reply).convert("RGB")).astype(int) - PAPER).max() < 8


async def test_an_avatar_gets_a_head(home: House, tmp_path: Path) -> None:
    async with PictureHost() as host, house(tmp_path / "b", intake_allow=[host.address]) as built:
        host.files["/a.png"] = upload(scene(RED)).content
        link = PictureLink("avatar", host.url("/a.png"))
        assert headed(await ask(built, "/conhead", uploads=(), links=(link,)), RED)
        assert headed(await ask(built, "接头 自己", uploads=(), avatar=link), RED)


async def test_a_face_of_ours_can_be_named(obedient: House) -> None:
    """The toy draws faces of one colour, in which the toy that finds sees none; it shows what it looked at."""
    drawn = await obedient.ask("/waifu 2 粉发")
    name = drawn.pictures[0].id
    for line, changes in ((f"/conhead #{name}.2", {}), ("接头 图:2", {"replied_to": "1"})):
        reply = await obedient.ask(line, **changes)
        assert reply.pictures[0].id is None, reply.text
        assert shown(reply).size == (32, 32)
    assert (await obedient.ask(f"/conhead #{name}")).failed  # which one?
    assert (await obedient.ask("/conhead #zzzz")).failed


async def test_nothing_of_the_picture_is_kept(home: House) -> None:
    reply = await ask(home, "/conhead calm who:7")
    assert await body(home, reply) == {"op": "conhead", "model": "", "who": 7, "mood": "calm", "only": 0}
    files = [f for f in (home.services.settings.storage_dir).rglob("*") if f.is_file() and f.suffix in (".png", ".jpg")]
    assert files == []
    for line in ("/bigger", "/more", "/again", "/save", "/fade"):
        assert (await home.ask(f"{line} #{reply.pictures[0].id}")).failed


async def test_its_recipe_is_told_from_its_name_and_from_the_file(home: House) -> None:
    reply = await ask(home, "/conhead 1 shy who:7")
    by_name = await home.ask(f"/recipe #{reply.pictures[0].id}", locale="en")
    assert "/conhead mood:shy who:7 face:1" in by_name.text
    file = Upload(reply.pictures[0].encoded.content, "image/jpeg", "test")
    assert (await home.ask("/recipe", uploads=(file,), locale="en")).text == by_name.text
    forged = Upload(file.content.replace(b'"who":7', b'"who":8'), "image/jpeg", "test")
    assert (await home.ask("/recipe", uploads=(forged,), locale="en")).failed


async def test_a_press_works_on_the_picture_under_which_it_stands(home: House) -> None:
    first = await ask(home, "/conhead 1 calm who:7")
    mood, head = first.buttons
    other_mood = await ask(home, mood.line(), uploads=(), links=(REPLIED,))
    other_head = await ask(home, head.line(), uploads=(), links=(REPLIED,))
    bodies = [await body(home, reply) for reply in (first, other_mood, other_head)]
    assert bodies[1]["who"] == 7
    assert bodies[1]["mood"] in MOODS
    assert bodies[1]["mood"] != "calm"
    assert bodies[2]["who"] != 7
    assert bodies[2]["mood"] == "calm"
    assert [b["only"] for b in bodies] == [1, 1, 1]


async def test_a_press_without_its_picture_says_what_to_send(home: House) -> None:
    first = await ask(home, "/conhead 1 who:7")
    for button in first.buttons:
        reply = await home.ask(button.line(), locale="en")
        assert reply.failed
        line = reply.text[reply.text.index("/conhead") :]
        assert (await body(home, await ask(home, line)))["only"] == 1
    drawn = await home.ask("/waifu 1")
    assert (await home.ask(f"/rehead #{drawn.pictures[0].id}")).failed


async def test_in_reply_to_such_a_picture_a_word_is_enough(home: House) -> None:
    await ask(home, "/conhead calm who:7")
    reply = await home.ask("换头", replied_to="1", links=(REPLIED,), locale="en")
    assert (await body(home, reply))["who"] != 7
    reply = await home.ask("换表情", replied_to="1", links=(REPLIED,), locale="en")
    assert (await body(home, reply))["who"] == 7


@pytest.mark.parametrize(
    ("surface", "media_type"), [("qq", "image/gif"), ("web", "image/webp"), ("discord", "image/webp")]
)
async def test_an_animation_comes_back_moving_as_the_platform_shows_it(
    home: House, surface: str, media_type: str
) -> None:
    for kind in ("GIF", "WEBP"):
        reply = await ask(home, uploads=(moving(kind),), surface=surface)
        assert reply.pictures[0].encoded.media_type == media_type
        assert getattr(shown(reply), "n_frames", 1) == 8
        assert headed(reply, RED) or surface == "qq"  # a GIF is made smaller


async def test_without_eyes_it_says_that_it_cannot(tmp_path: Path) -> None:
    async with house(tmp_path, models=toy_models.BLIND) as home:
        reply = await home.ask("/conhead", uploads=(upload(scene(RED)),), locale="en")
        assert reply.failed
        assert "can't find faces yet" in reply.text


async def test_the_champion_goes_by_the_name_that_groups_know(home: House) -> None:
    assert headed(await ask(home, "接头霸王", RED), RED)
    assert not (await home.ask("接头霸王 2", uploads=(upload(scene(RED, GREEN)),))).failed
    assert await home.say("接头霸王是谁啊", uploads=(upload(scene(RED)),)) is None


async def test_several_faces_get_several_heads_and_one_the_mascots(home: House) -> None:
    three = await body(home, await ask(home, "/conhead", *WHERE))
    assert len(set(three["who"])) == 3
    assert "biri" in three["who"]
    assert (await body(home, await ask(home, "/conhead", RED)))["who"] == "biri"
    assert (await body(home, await ask(home, "/conhead 2", *WHERE)))["who"] == "biri"
    assert len(set((await body(home, await ask(home, "/conhead who:random", *WHERE)))["who"])) == 3


async def test_several_heads_are_named_and_dealt_from_left_to_right(home: House) -> None:
    reply = await ask(home, "/conhead calm who:biri,7", *WHERE)
    assert (await body(home, reply))["who"] == ["biri", 7]
    same, other = [await ask(home, f"/conhead calm who:{who}", *WHERE) for who in ("biri", "7")]

    def face(of: Reply, colour: tuple[int, int, int]) -> np.ndarray:
        left = WHERE[colour]
        return np.asarray(shown(of).convert("RGB")).astype(int)[100:180, left + 20 : left + 50]

    for colour, like in ((RED, same), (GREEN, other), (BLUE, same)):
        assert np.abs(face(reply, colour) - face(like, colour)).mean() < 4
        assert np.abs(face(same, colour) - face(other, colour)).mean() > 8


async def test_another_head_and_another_mood_keep_everybody_apart(home: House) -> None:
    first = await ask(home, "/conhead calm", *WHERE)
    mood, head = first.buttons
    before = (await body(home, first))["who"]
    again = await ask(home, mood.line(), uploads=(upload(scene(*WHERE)),))
    assert (await body(home, again))["who"] == before
    others = (await body(home, await ask(home, head.line(), uploads=(upload(scene(*WHERE)),))))["who"]
    assert len(set(others)) == 3
    assert not set(others) & set(before)


async def test_the_head_of_one_of_our_pictures_can_be_put_on(obedient: House) -> None:
    """The toy draws faces of one colour. In pure red the toy that finds sees one; in others it sees none."""
    drawn = await obedient.ask("/waifu 2 粉发")
    refused = await obedient.ask(f"/conhead who:#{drawn.pictures[0].id}.2", uploads=(upload(scene(RED)),), locale="en")
    assert refused.failed
    assert "can't find a head" in refused.text
    made = await ask(obedient, "/conhead", RED)
    kept = await obedient.ask(f"/conhead who:#{made.pictures[0].id}", uploads=(upload(scene(RED)),), locale="en")
    assert kept.failed
    assert "/heads add" in kept.text
    assert "remember" in (await obedient.ask("/conhead who:#zzzz", uploads=(upload(scene(RED)),), locale="en")).text


async def test_the_line_for_twenty_different_heads_is_one_that_can_be_typed(home: House) -> None:
    spots = ";".join(f"{5 * i + 2}%,50%,4.25%" for i in range(20))
    first = await ask(home, f"/conhead at:{spots}", uploads=(upload(scene()),))
    made = await body(home, first)
    assert len(set(map(str, made["who"]))) == 20
    told = (await home.ask(f"/recipe #{first.pictures[0].id}", locale="en")).text
    again = await body(home, await ask(home, told[told.index("/conhead") :], uploads=(upload(scene()),)))
    assert again["who"] == made["who"]
    assert np.allclose(again["at"], made["at"], atol=0.001)


# ------------------------------------------------------------------------------------------- where there is no face


async def test_a_head_is_forced_where_somebody_says(home: House) -> None:
    for place in ("95,134,92", "95,150", "21.6%,44.7%,20.9%", "（95，134，92）"):
        reply = await ask(home, f"/conhead who:biri at:{place}", uploads=(upload(scene()),))
        assert [headed(reply, colour) for colour in WHERE] == [True, False, False], place
    two = await ask(home, "/conhead who:biri at:95,134,92;355,134,92", uploads=(upload(scene()),))
    assert [headed(two, colour) for colour in WHERE] == [True, False, True]
    at = (await body(home, two))["at"]
    assert [round(value, 2) for value in at[0]] == [0.22, 0.45, 0.21]


async def test_a_place_is_meant_in_the_picture_as_it_came(home: House) -> None:
    large = scene().resize((4400, 3000))
    reply = await ask(home, "/conhead who:biri at:950,1340,920", uploads=(upload(large),))
    assert shown(reply).size[0] == 1280
    small = Image.fromarray(np.asarray(shown(reply).convert("RGB"))).resize((440, 300))
    assert np.abs(np.asarray(small).astype(int)[95:110, 80:110] - PAPER).mean() > 30


@pytest.mark.parametrize(
    "place", ["here", "1", "1,2,3,4", ";", "9000,1", "1,9000", "101%,5%", "1e3,2", ";".join(["1,1"] * 21)]
)
async def test_a_place_that_is_none_ends_in_a_sentence(home: House, place: str) -> None:
    reply = await home.ask(f"/conhead at:{place}", uploads=(upload(scene()),), locale="en")
    assert reply.failed
    assert "at:120,80,60" in reply.text or "beside the picture" in reply.text or "too many" in reply.text


async def test_force_puts_it_in_the_middle_only_where_no_face_is_found(home: House) -> None:
    reply = await ask(home, "/conhead who:biri force:yes", uploads=(upload(scene()),))
    x, y = middle(reply)
    assert abs(x - 220) < 20
    assert abs(y - 135) < 40
    assert "at" in await body(home, reply)
    reply = await ask(home, "接头 谁:比莉 强接:是", uploads=(upload(scene(RED)),))
    assert [headed(reply, colour) for colour in WHERE] == [True, False, False]


async def test_the_button_under_a_picture_without_a_face_forces_it(home: House) -> None:
    asked = await home.ask("/conhead shy who:biri", uploads=(upload(scene()),), locale="en")
    (button,) = asked.buttons
    assert button.spot
    seen = PictureLink("replied", "base64://" + base64.b64encode(asked.pictures[0].encoded.content).decode())
    forced = await ask(home, button.line(), uploads=(), links=(seen,))
    assert abs(middle(forced)[0] - 220) < 20
    assert (await body(home, forced))["mood"] == "shy"
    pointed = await ask(home, f"{button.line()} at:95,134,92", uploads=(), links=(seen,))
    assert [headed(pointed, colour) for colour in WHERE] == [True, False, False]
    assert abs(middle(await ask(home, "强接", uploads=(), links=(seen,)))[0] - 220) < 40


@pytest.mark.parametrize("who", ["biri", "比莉", "御坂美琴是谁", "字" * 40, '"two words"'])
async def test_a_button_that_forces_it_fits_into_every_platforms_button(home: House, who: str) -> None:
    asked = await home.ask(f"/conhead surprised who:{who}", uploads=(upload(scene()),), locale="en")
    (button,) = asked.buttons
    press = Press.read(Press.of(button).custom_id)
    assert press is not None
    for line in (press.line("/"), button.line()):
        seen = await ask(home, line, uploads=(upload(scene()),))
        assert (await body(home, seen))["mood"] == "surprised"


async def test_the_same_place_is_found_again_by_a_button_and_by_the_line(home: House) -> None:
    first = await ask(home, "/conhead calm who:biri at:95,134,92", uploads=(upload(scene()),))
    again = await ask(home, first.buttons[0].line(), uploads=(upload(scene()),))
    assert [headed(again, colour) for colour in WHERE] == [True, False, False]
    told = (await home.ask(f"/recipe #{first.pictures[0].id}", locale="en")).text
    line = told[told.index("/conhead") :]
    assert headed(await ask(home, line, uploads=(upload(scene()),)), RED)


async def test_photographs_are_looked_at_with_other_eyes(home: House) -> None:
    """The toy would find red; OpenCV's cascade does not."""
    reply = await home.ask("/conhead real:yes", uploads=(upload(scene(RED)),), locale="en")
    assert reply.failed
    assert "photograph" in reply.text
    assert [button.command for button in reply.buttons] == ["force"]


# -------------------------------------------------------------------------------------------- what strangers send
