"""`/selfie2anime`: a photo becomes a drawing, and back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot.surfaces.base import PictureLink
from data.pictures import Upload
from tests.bot import toy_twins
from tests.bot.house import House, house, write_twin
from tests.plugins.brought import RED, REFUSED, five_thousand_frames, scene, upload, webp_bomb
from tests.plugins.selfies import (
    CYAN,
    DOMAINS,
    LABELS,
    MAGENTA,
    WALL,
    YELLOW,
    answered,
    ask,
    body,
    drawn,
    film,
    lasts,
    near,
    opposite,
    people,
    photo,
    pressed,
    refused,
    replied,
    shown,
)
from tests.wire.picture_host import PictureHost


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    write_twin(tmp_path / "weights" / "twin", DOMAINS, LABELS)
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES) as built:
        yield built


async def test_somebody_in_a_photo_becomes_a_drawing(home: House) -> None:
    for line in ("/selfie2anime", "动漫化", "二次元化", "/动漫化"):
        reply = await ask(home, line, CYAN)
        assert near(drawn(reply)[0], opposite(CYAN)), line
    assert "as anime" in reply.text
    assert await body(home, reply) == {
        "op": "translate", "model": "twin@starter", "source": "photo", "to": "anime", "seeds": [0], "strength": 1.0,
        "heads": 1,
    }  # fmt: skip


async def test_everybody_gets_one_and_one_can_be_chosen(home: House) -> None:
    reply = await ask(home, "/selfie2anime", YELLOW, CYAN, MAGENTA)
    for colour, got in zip((YELLOW, CYAN, MAGENTA), drawn(reply, 3), strict=True):
        assert near(got, opposite(colour))
    assert len(reply.pictures[0].faces) == 3
    assert "3 faces" in reply.text
    for line in ("/selfie2anime 2", "动漫化 2", "/selfie2anime face:2"):
        second = await ask(home, line, YELLOW, CYAN, MAGENTA)
        assert near(drawn(second)[0], opposite(CYAN)), line
    assert "3 faces in this picture" in await refused(home, "/selfie2anime 4", uploads=(photo(YELLOW, CYAN, MAGENTA),))


async def test_wishes_are_obeyed_in_words_as_waifu_takes_them(home: House) -> None:
    plain = await ask(home)
    for line in ("/selfie2anime hair:pink", "动漫化 粉发", "/selfie2anime pink hair"):
        wished = await ask(home, line)
        assert (await body(home, wished))["wishes"] == {"hair": "pink"}
        assert not near(drawn(wished)[0], drawn(plain)[0])
    assert "hair pink" in wished.text
    assert "does not understand" in await refused(home, "/selfie2anime ears:cat")
    assert (await body(home, await ask(home, "动漫化 粉发 戴眼镜")))["wishes"] == {"hair": "pink", "glasses": "yes"}


async def test_the_look_of_a_face_of_ours_or_of_a_second_picture_is_taken(home: House) -> None:
    ours = await home.ask("/waifu 2 seed:7 trunc:1")
    id = ours.pictures[0].id
    like = await ask(home, f"/selfie2anime like:#{id}.2")
    assert (await body(home, like))["like"] == f"#{id}.2"
    assert not near(drawn(like)[0], drawn(await ask(home))[0])
    recipe = await home.services.store.recipes.get(like.pictures[0].id or "")
    assert recipe is not None
    assert recipe.parents == (f"{id}.2",)
    second = await ask(home, "/selfie2anime", uploads=(photo(), upload(scene(RED))))
    assert near(drawn(second)[0], np.array(RED))
    assert (await body(home, second))["like"] == "picture"
    by_reply = await ask(home, "/selfie2anime", links=(replied(upload(scene(RED))),))
    assert near(drawn(by_reply)[0], np.array(RED))
    assert "names no picture" in await refused(home, "/selfie2anime like:初音")
    assert "2 faces" in await refused(home, f"/selfie2anime like:#{id}")
    assert "one at a time" in await refused(home, uploads=(photo(YELLOW), photo(CYAN)))
    # Who answers a picture of ours with a photo may only mean the bot; and a face to look at is no look.
    assert "like" not in await body(home, await ask(home, replied_to="1", links=(replied(upload(scene(RED))),)))
    avatar = PictureLink("avatar", replied(upload(scene(RED))).address)
    assert "like" not in await body(home, await ask(home, links=(avatar,)))


async def test_strength_and_variants_change_what_comes_of_it(home: House) -> None:
    weak, usual, strong = [await ask(home, f"/selfie2anime strength:{s}") for s in (0, 1, 1.5)]
    assert not near(drawn(weak)[0], drawn(usual)[0])
    assert "strength 1.5" in strong.text
    assert "strength" not in usual.text
    four = await ask(home, "/selfie2anime variants:4")
    colours = drawn(four, 4)
    assert len({tuple(colour) for colour in colours}) == 4
    assert near(colours[0], opposite(YELLOW))
    again = await ask(home, "/selfie2anime variants:4")
    assert all(near(a, b, 3) for a, b in zip(colours, drawn(again, 4), strict=True))
    third = await ask(home, "/selfie2anime seed:2")
    assert near(drawn(third)[0], colours[2])
    both = await ask(home, "/selfie2anime variants:2", YELLOW, CYAN)
    assert near(drawn(both, 4)[2], opposite(CYAN))
    for line in ("strength:2", "strength:-1", "variants:5", "variants:0", "to:dog", "seed:-1"):
        assert await refused(home, f"/selfie2anime {line}")


async def test_side_by_side_shows_what_was_and_what_became_of_it(home: House) -> None:
    reply = await ask(home, "动漫化 对比:是", CYAN, MAGENTA)
    for colour, got in zip((CYAN, MAGENTA), drawn(reply, 2, side=True), strict=True):
        assert near(got, opposite(colour))
    pixels = np.asarray(shown(reply).convert("RGB")).astype(int)
    assert any(near(pixel, np.array(CYAN)) for pixel in pixels[::4, ::4].reshape(-1, 3))
    assert reply.pictures[0].fleeting
    assert not (await ask(home)).pictures[0].fleeting
    assert "beside" not in {button.label for button in reply.buttons}


async def test_a_drawing_is_known_for_one_and_can_be_turned_back(home: House) -> None:
    reply = await ask(home, uploads=(upload(scene(RED)),))
    assert "drawn already" in reply.text
    assert (await body(home, reply))["source"] == "anime"
    back = await ask(home, "/selfie2anime to:photo", uploads=(upload(scene(RED)),))
    assert (await body(home, back))["to"] == "photo"
    assert "as photo" in back.text
    pressed_back = await ask(home, pressed(reply, "tophoto"), uploads=(upload(scene(RED)),))
    assert (await body(home, pressed_back))["to"] == "photo"
    assert (await body(home, await ask(home, "动漫化 变照片", uploads=(upload(scene(RED)),))))["to"] == "photo"


async def test_a_face_of_ours_can_be_named_or_replied_to(home: House) -> None:
    ours = await home.ask("/waifu 2 seed:7 trunc:1")
    id = ours.pictures[0].id
    for line, changes in ((f"/selfie2anime #{id}.2 to:photo", {}), ("动漫化 图:2 变照片", {"replied_to": "1"})):
        reply = await ask(home, line, uploads=(), **changes)
        assert (await body(home, reply))["source"] == "anime", line
    assert "2 faces" in await refused(home, f"/selfie2anime #{id} to:photo", uploads=())
    assert "remember" in await refused(home, "/selfie2anime #zzzz", uploads=())


async def test_cats_come_of_people_where_the_model_knows_cats(home: House, tmp_path: Path) -> None:
    assert (await body(home, await ask(home, "动漫化 变猫")))["to"] == "cat"
    write_twin(tmp_path / "weights" / "twin", ("photo", "anime"), LABELS)
    text = await refused(home, "/selfie2anime to:cat")
    assert "does not know this kind of picture: cat" in text
    assert "photo, anime" in text


async def test_what_a_model_has_not_learnt_well_is_not_offered(home: House, tmp_path: Path) -> None:
    folder = tmp_path / "weights" / "twin"
    write_twin(folder, DOMAINS, ["" for _ in LABELS], to=["anime", "cat"], like=False)
    drawing = await ask(home, uploads=(upload(scene(RED)),))
    assert [button.label for button in drawing.buttons if button.label == "tophoto"] == []
    text = await refused(home, "/selfie2anime to:photo", uploads=(upload(scene(RED)),))
    assert "does not know this kind of picture: photo" in text
    assert "anime, cat" in text
    ours = (await home.ask("/waifu 1 seed:7 trunc:1")).pictures[0].id
    assert "the look of another" in await refused(home, f"/selfie2anime like:#{ours}")
    assert "the look of another" in await refused(home, uploads=(photo(), upload(scene(RED))))
    await refused(home, "/selfie2anime pink hair")


async def test_where_there_is_no_face_the_middle_is_offered(home: House) -> None:
    wall = Image.new("RGB", (400, 300), WALL)
    wall.paste((10, 60, 200), (150, 100, 250, 200))  # a cat, say
    nobody = await home.ask("/selfie2anime to:cat hair:pink", uploads=(upload(wall),), locale="en")
    assert nobody.failed
    assert "can't find a face" in nobody.text
    assert nobody.pictures[0].fleeting
    assert [button.label for button in nobody.buttons] == ["middle"]
    for changes in ({"uploads": (upload(wall),)}, {"uploads": (), "links": (answered(nobody),)}):
        reply = await ask(home, pressed(nobody, "middle"), **changes)
        made = await body(home, reply)
        assert (made["middle"], made["to"], made["wishes"]) == (True, "cat", {"hair": "pink"})
    plain = await ask(home, "/selfie2anime middle:yes", uploads=(upload(wall),))
    assert near(drawn(plain)[0], 255 - np.array((10, 60, 200)))
    word = await ask(home, "用中间", uploads=(), links=(answered(nobody),), replied_to="1", addressed=True)
    assert (await body(home, word))["middle"]


async def test_without_a_model_it_says_kindly_what_is_missing(tmp_path: Path) -> None:
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES) as home:
        text = await refused(home)
        assert "not learnt yet" in text
        assert "python -m bot train twingan" in text
        assert (await home.ask("/forgetme")).buttons  # and the rest is well


async def test_without_eyes_it_says_that_it_cannot(tmp_path: Path) -> None:
    write_twin(tmp_path / "weights" / "twin", DOMAINS)
    eyeless = f"{toy_twins.__name__}:EyelessToyTwins"
    async with house(tmp_path, models=eyeless, pictures=toy_twins.PICTURES) as home:
        assert near(drawn(await ask(home))[0], opposite(YELLOW))  # people are found by other eyes


async def test_pictures_come_from_everywhere(tmp_path: Path) -> None:
    write_twin(tmp_path / "weights" / "twin", DOMAINS, LABELS)
    async with PictureHost() as host:
        host.files["/a.png"] = photo(CYAN).content
        settings: dict[str, Any] = {
            "models": toy_twins.FACTORY,
            "pictures": toy_twins.PICTURES,
            "intake_allow": [host.address],
        }
        async with house(tmp_path, **settings) as home:
            link = PictureLink("avatar", host.url("/a.png"))
            for line, changes in (
                ("/selfie2anime", {"links": (link,)}),
                ("动漫化 自己", {"avatar": link}),
                ("动漫化", {"links": (PictureLink("replied", host.url("/a.png")),)}),
                ("动漫化", {"links": (PictureLink("attached", host.url("/a.png")),)}),
            ):
                assert near(drawn(await ask(home, line, uploads=(), **changes))[0], opposite(CYAN)), line


async def test_a_bare_word_with_a_picture_is_meant_and_talk_is_not(home: House) -> None:
    assert await home.say("动漫化") is None
    assert await home.say("动漫化是什么", uploads=(photo(),)) is None
    assert await home.say("动漫化 他说的那个人", uploads=(photo(),)) is None
    assert not (await home.ask("动漫化", uploads=(photo(),))).failed


# --------------------------------------------------------------------------------------------------- what one does next


async def test_a_press_with_the_photo_does_the_same_in_another_way(home: House) -> None:
    first = await ask(home, "/selfie2anime 2 hair:pink variants:2", YELLOW, CYAN)
    two = {"uploads": (photo(YELLOW, CYAN),)}
    before = await body(home, first)
    other = await body(home, await ask(home, pressed(first, "another"), **two))
    assert (other["only"], other["wishes"], len(other["seeds"])) == (2, {"hair": "pink"}, 2)
    assert other["seeds"] != before["seeds"]
    assert (await body(home, await ask(home, pressed(first, "stronger"), **two)))["strength"] == 1.25
    assert (await body(home, await ask(home, pressed(first, "beside"), **two)))["side"] is True
    assert {button.label for button in first.buttons if button.brings} == {"another", "stronger", "beside", "save"}
    strongest = await ask(home, "/selfie2anime strength:1.5")
    assert "stronger" not in {button.label for button in strongest.buttons}
    assert "any stronger" in await refused(home, f"/stronger #{strongest.pictures[0].id}")


async def test_a_press_without_the_photo_says_what_to_send(home: House) -> None:
    first = await ask(home, "/selfie2anime 2 hair:pink strength:0.5", YELLOW, CYAN)
    for label, changed in (("another", "seeds"), ("stronger", "strength"), ("beside", "side")):
        for changes in ({"uploads": ()}, {"uploads": (), "links": (answered(first),), "replied_to": "1"}):
            text = await refused(home, pressed(first, label), **changes)
            line = text[text.index("/selfie2anime") :]
            made = await body(home, await ask(home, line, uploads=(photo(YELLOW, CYAN),)))
            same = {**(await body(home, first)), changed: None}
            assert {**made, changed: None} == same, line
    drawn_by_us = await home.ask("/waifu 1")
    assert "came from a photo" in await refused(home, f"/stronger #{drawn_by_us.pictures[0].id}")


async def test_a_press_under_a_picture_that_has_the_photo_in_it_needs_no_other(home: House) -> None:
    first = await ask(home, "/selfie2anime side:yes variants:2", YELLOW, CYAN)
    reply = await ask(home, pressed(first, "stronger"), uploads=(), links=(answered(first),), replied_to="1")
    made = await body(home, reply)
    assert (made["heads"], made["strength"], made["side"], made["source"]) == (2, 1.25, True, "photo")
    smaller = shown(first).convert("RGB").resize((shown(first).width // 2, shown(first).height // 2))
    reply = await ask(
        home, pressed(first, "another"), uploads=(), links=(replied(upload(smaller, "JPEG")),), replied_to="1"
    )
    assert (await body(home, reply))["heads"] == 2
    assert "keep photos" in await refused(
        home, pressed(first, "another"), uploads=(), links=(replied(photo(CYAN)),), replied_to="1"
    )


async def test_in_reply_to_the_photo_the_same_is_said_of_the_photo(home: House) -> None:
    first = await ask(home, "/selfie2anime")
    name = first.pictures[0].id
    reply = await ask(home, f"/stronger #{name}", uploads=(), links=(replied(photo()),), replied_to="99")
    assert (await body(home, reply))["strength"] == 1.25


async def test_with_the_look_of_a_picture_both_are_needed_again(home: House) -> None:
    first = await ask(home, uploads=(photo(), upload(scene(RED))))
    assert "both pictures again" in await refused(home, pressed(first, "stronger"))
    assert "both pictures again" in await refused(home, pressed(first, "stronger"), uploads=())
    again = await ask(home, pressed(first, "stronger"), uploads=(photo(), upload(scene(RED))))
    assert near(drawn(again)[0], np.array(RED))
    assert "save" not in {button.label for button in first.buttons}
    assert "has the look" in await refused(home, f"/save #{first.pictures[0].id}")


async def test_its_recipe_is_told_from_its_name_and_from_the_file(home: House) -> None:
    reply = await ask(home, "/selfie2anime 1 hair:pink strength:0.5 seed:7")
    told = (await home.ask(f"/recipe #{reply.pictures[0].id}", locale="en")).text
    assert "photo → anime" in told
    assert "/selfie2anime face:1 hair:pink strength:0.5 seed:7" in told
    file = Upload(reply.pictures[0].encoded.content, "image/jpeg", "test")
    assert (await home.ask("/recipe", uploads=(file,), locale="en")).text == told
    for line in ("/bigger", "/more", "/again", "/fade", "/conhead"):
        assert (await home.ask(f"{line} #{reply.pictures[0].id}")).failed, line


# ------------------------------------------------------------------------------------------------------------ in motion


@pytest.mark.parametrize(
    ("surface", "media_type"), [("qq", "image/gif"), ("web", "image/webp"), ("discord", "image/webp")]
)
async def test_an_animation_comes_back_moving(home: House, surface: str, media_type: str) -> None:
    for kind in ("GIF", "WEBP"):
        reply = await ask(home, uploads=(film(12, kind),), surface=surface)
        assert reply.pictures[0].encoded.media_type == media_type
        assert lasts(reply) == 12 * 80
        pixels = np.asarray(shown(reply).convert("RGB"))
        assert near(pixels[pixels.shape[0] // 2, pixels.shape[1] // 2], opposite(YELLOW), 20)
    assert (await body(home, reply))["animated"]
    assert "save" not in {button.label for button in reply.buttons}
    assert "moves" in await refused(home, f"/save #{reply.pictures[0].id}")


async def test_of_an_animation_one_is_chosen_and_shown_beside_what_they_were(home: House) -> None:
    second = await ask(home, "/selfie2anime 2", uploads=(film(9, "GIF", YELLOW, CYAN),))
    pixels = np.asarray(shown(second).convert("RGB"))
    assert near(pixels[pixels.shape[0] // 2, pixels.shape[1] // 2], opposite(CYAN), 20)
    largest = await ask(home, uploads=(film(9, "GIF", YELLOW, CYAN),))
    assert "2 faces in it" in largest.text
    assert "2 faces" in await refused(home, "/selfie2anime 3", uploads=(film(9, "GIF", YELLOW, CYAN),))
    side = await ask(home, "/selfie2anime side:yes", uploads=(film(9),))
    assert shown(side).width == 2 * shown(side).height
    assert side.pictures[0].fleeting
    nobody = upload(people(), "GIF", save_all=True, append_images=[people(YELLOW)] + [people()] * 9, duration=80)
    assert "can't find a face" in await refused(home, uploads=(nobody,))
    middle = await ask(home, "/selfie2anime middle:yes", uploads=(nobody,))
    assert (await body(home, middle))["middle"]


async def test_a_long_animation_is_shown_in_some_of_its_frames(home: House) -> None:
    reply = await ask(home, uploads=(film(60),))
    assert 1 < getattr(shown(reply), "n_frames", 1) <= 24
    assert lasts(reply) == pytest.approx(60 * 80, rel=0.05)


# ------------------------------------------------------------------------------------------------- what strangers send


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_good_picture_ends_in_a_sentence(home: House, name: str) -> None:
    content, word = REFUSED[name]
    assert word in await refused(home, uploads=(Upload(content, "image/png", "test"),))
    assert word in await refused(home, uploads=(photo(), Upload(content, "image/png", "test")))
    assert near(drawn(await ask(home))[0], opposite(YELLOW))  # and the next one is served


async def test_a_large_photo_that_lies_on_its_side_is_turned_upright(home: House) -> None:
    """6000 x 4000, as a phone writes it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = people(CYAN).resize((4400, 3000)).crop((0, 0, 4000, 3000)).resize((4000, 6000))
    lying = upload(upright.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=80, exif=exif)
    reply = await ask(home, "/selfie2anime side:yes", uploads=(lying,))
    assert near(drawn(reply, 1, side=True)[0], opposite(CYAN), 30)
    assert (await body(home, reply))["heads"] == 1


async def test_bombs_are_bounded(home: House) -> None:
    many = await home.ask("/selfie2anime", uploads=(Upload(five_thousand_frames(), "image/gif", "test"),), locale="en")
    assert many.failed or getattr(shown(many), "n_frames", 1) <= 24
    bomb = await home.ask("/selfie2anime", uploads=(Upload(webp_bomb(), "image/webp", "test"),), locale="en")
    assert bomb.failed
    assert near(drawn(await ask(home))[0], opposite(YELLOW))


@pytest.mark.parametrize("changes", [{}, {"locale": "zh-CN"}])
async def test_nobody_is_met_with_silence(home: House, changes: dict[str, Any]) -> None:
    reply = await home.ask("/selfie2anime", **changes)
    assert reply.failed
    assert reply.text
