"""`/morph`: loops past several faces."""

import io
import json

import pytest
from PIL import Image, ImageSequence

from bot.command import PictureName, Reply
from bot.faces.walking import FRAME, MOST_FRAMES, REST, Walk
from data.pictures import Upload
from tests.bot.house import House


async def _body(home: House, reply: Reply) -> dict:
    assert not reply.failed, reply.text
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or "")
    assert recipe is not None
    return recipe.body


def _frames(reply: Reply) -> list[Image.Image]:
    image = Image.open(io.BytesIO(reply.pictures[0].encoded.content))
    return [frame.convert("RGB").copy() for frame in ImageSequence.Iterator(image)]


async def test_faces_that_are_named_are_gone_past_in_their_order(home: House) -> None:
    drawn = (await home.ask("/waifu 4 seed:7")).pictures[0].id
    body = await _body(home, await home.ask(f"/morph #{drawn}.2 9 #{drawn}.1 frames:30"))
    assert [face["seed"] for face in body["faces"]] == [8, 9, 7]
    assert body["words"] == [f"#{drawn}.2", "9", f"#{drawn}.1"]
    assert (body["frames"], body["space"], body["animated"]) == (30, "z", True)


@pytest.mark.parametrize(
    "line", ["/morph #{}.1,#{}.3", "/变脸 #{}.1 #{}.3", "变脸 #{}.1 #{}.3", "渐变 #{}.1 #{}.3", "/fade #{}.1 #{}.3"]
)
async def test_two_pictures_are_a_morph_by_whatever_name(home: House, line: str) -> None:
    drawn = (await home.ask("/waifu 4 seed:7")).pictures[0].id
    body = await _body(home, await home.ask(line.format(drawn, drawn)))
    assert (body["op"], [face["seed"] for face in body["faces"]]) == ("walk", [7, 9])


async def test_a_picture_without_a_number_is_all_of_its_faces(home: House) -> None:
    drawn = (await home.ask("/waifu 4 seed:7")).pictures[0].id
    body = await _body(home, await home.ask(f"/morph #{drawn}"))
    assert [face["seed"] for face in body["faces"]] == [7, 8, 9, 10]
    many = (await home.ask("/waifu 12 seed:7")).pictures[0].id
    reply = await home.ask(f"/morph #{many}")
    assert len((await _body(home, reply))["faces"]) == 8
    assert "8" in reply.text.split("\n")[-1]


async def test_in_reply_to_a_picture_bare_numbers_are_its_faces(home: House) -> None:
    await home.ask("/waifu 4 seed:7")
    (sent,) = [str(n) for n in range(1, 2)]
    picture = home.answers.last.pictures[0].id or ""
    for line, seeds in (("变脸 1 3", [7, 9]), ("变脸", [7, 8, 9, 10]), ("/morph seed", None)):
        reply = await home.ask(line, replied_to=sent)
        body = await _body(home, reply)
        if seeds is not None:
            assert [face["seed"] for face in body["faces"]] == seeds
        assert all(picture in word for word in body["words"][:1])


async def test_what_people_say_about_changing_faces_is_no_command(home: House) -> None:
    for talk in ("变脸 真快", "变脸大师来了", "融合 得不错", "变脸 #哈哈"):
        assert await home.say(talk) is None


async def test_without_a_word_new_faces_turn_into_one_another(home: House) -> None:
    first, second = [await _body(home, await home.ask("变脸")) for _ in range(2)]
    assert len(first["faces"]) == 3
    assert first["faces"] != second["faces"]


async def test_qq_gets_a_gif_and_the_page_a_webp_that_loop_and_rest_at_each_face(home: House) -> None:
    for surface, kind in (("qq", "image/gif"), ("web", "image/webp")):
        where = (
            {}
            if surface == "qq"
            else {"surface": "web", "chat": "web:v", "member": "web:v", "group": None, "addressed": True}
        )
        reply = await home.ask("/morph 1 2 3 frames:12", **where)
        encoded = reply.pictures[0].encoded
        assert encoded.media_type == kind
        image = Image.open(io.BytesIO(encoded.content))
        assert image.info["loop"] == 0
        durations = [(frame.load(), frame.info["duration"])[1] for frame in ImageSequence.Iterator(image)]
        assert sum(durations) == 12 * FRAME + 3 * REST
        recipe = image.info.get("comment") or image.getexif().get_ifd(0x8769)[0x9286]
        assert json.loads(recipe[recipe.index(b"{") :])["op"] == "walk"


async def test_between_two_it_goes_there_and_back_and_draws_half(home: House) -> None:
    walk = Walk.of(await _body(home, await home.ask("/morph 1 2 frames:20")))
    assert len(walk.points) == 11
    assert walk.order == (*range(11), *range(9, 0, -1))


async def test_a_frame_is_a_face_that_every_other_command_takes(gallery: House) -> None:
    morph = (await gallery.ask("/morph 1 2 model:moe frames:16")).pictures[0].id
    for line in (f"/bigger #{morph}.5", f"/more #{morph}.5 2", f"/morph #{morph}.5 9", f"/mix #{morph}.5 #{morph}.2"):
        reply = await gallery.ask(line)
        assert not reply.failed, (line, reply.text)
    more = await _body(gallery, await gallery.ask(f"/more #{morph}.5 2"))
    assert more["latents"][0]["from"]["steps"] == more["latents"][0]["to"]["steps"]
    assert not (await gallery.ask(f"/save #{morph}.5")).failed
    assert not (await gallery.ask("/saved")).failed


async def test_the_same_recipe_gives_the_same_frames(gallery: House) -> None:
    first, second = [await gallery.ask("/morph 1 2 3 model:moe frames:12 trunc:0.6") for _ in range(2)]
    assert [f.tobytes() for f in _frames(first)] == [f.tobytes() for f in _frames(second)]
    told = await gallery.ask(f"/recipe #{first.pictures[0].id}")
    line = told.text.split("：")[-1]
    assert line == "/morph 1 2 3 frames:12 space:w model:moe trunc:0.6"
    again = await gallery.ask(line)
    assert [f.tobytes() for f in _frames(again)] == [f.tobytes() for f in _frames(first)]


async def test_a_network_with_styles_is_walked_through_in_w_and_in_z_where_that_is_asked_for(gallery: House) -> None:
    for line, space in (
        ("/morph 1 2 model:moe", "w"),
        ("/morph 1 2 model:moe space:z", "z"),
        ("/morph 1 2 model:dots", "z"),
    ):
        assert (await _body(gallery, await gallery.ask(f"{line} frames:8")))["space"] == space
    assert "dots" in (await gallery.ask("/morph 1 2 model:dots space:w")).text


async def test_faces_of_two_models_have_no_way_between_them(gallery: House) -> None:
    one, other = [(await gallery.ask(f"/waifu 1 model:{m}")).pictures[0].id for m in ("moe", "dots")]
    reply = await gallery.ask(f"/morph #{one} #{other}")
    assert reply.failed
    assert "moe@" in reply.text
    assert "dots@" in reply.text
    assert (await gallery.ask(f"/morph #{one} 7 model:dots")).failed
    assert not (await gallery.ask(f"/morph #{one} 7 frames:8")).failed  # the seed is the picture's model's


async def test_it_can_be_laid_out_set_in_motion_and_done_again(home: House) -> None:
    moving = await home.ask("/morph 1 2 3")
    steps = await home.ask(f"/steps #{moving.pictures[0].id}")
    assert len(steps.pictures[0].faces) == 14
    assert {b.label for b in steps.buttons} >= {"again", "animate", "bigger"}
    back = await home.ask(f"/animate #{steps.pictures[0].id}")
    assert back.pictures[0].faces == ()
    assert (await _body(home, back))["faces"] == (await _body(home, moving))["faces"]
    again = await _body(home, await home.ask(f"/again #{moving.pictures[0].id}"))
    assert len(again["faces"]) == 3
    assert again["faces"] != (await _body(home, moving))["faces"]


async def test_a_sheet_of_several_offers_it(home: House) -> None:
    reply = await home.ask("/waifu 4")
    button = next(b for b in reply.buttons if b.label == "morph")
    body = await _body(home, await home.ask(button.line()))
    assert len(body["faces"]) == 4
    assert all(b.label != "morph" for b in (await home.ask("/waifu 1")).buttons)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("/morph 1 2 3 4 5 6 7 8 9", "8"),
        (f"/morph 1 2 frames:{MOST_FRAMES + 1}", str(MOST_FRAMES)),
        ("/morph #zzzz 2", "zzzz"),
        ("/morph 1 2 model:nobody", "nobody"),
        ("/morph 1 2 format:avi", "avi"),
        ("/morph 99999999999 2", "4294967295"),
    ],
)
async def test_what_cannot_be_is_one_sentence(home: House, line: str, hint: str) -> None:
    reply = await home.ask(line)
    assert reply.failed
    assert hint in reply.text


async def test_without_pyav_an_mp4_is_declined_kindly(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.morph.can_film", lambda: False)
    reply = await home.ask("/morph 1 2 format:mp4")
    assert reply.failed
    assert "nijigen[video]" in reply.text


async def test_an_mp4_plays_the_loop_twice(home: House) -> None:
    av = pytest.importorskip("av", reason="PyAV is not installed (pip install .[video])")
    reply = await home.ask("/morph 1 2 3 frames:12 format:mp4")
    encoded = reply.pictures[0].encoded
    assert encoded.media_type == "video/mp4"
    with av.open(io.BytesIO(encoded.content)) as film:
        assert film.streams.video[0].codec_context.name == "h264"
        assert sum(1 for _ in film.decode(video=0)) == 24
    # Brought back as a file, it says how it was made.
    told = await home.ask("/recipe", uploads=(Upload(encoded.content, "video/mp4", "test"),), locale="en")
    assert "1, 2, 3" in told.text
    assert f"#{reply.pictures[0].id}" in told.text
    other = await home.ask("/judge", uploads=(Upload(encoded.content, "video/mp4", "test"),), locale="en")
    assert "no picture I can read" in other.text


async def test_a_kept_recipe_of_a_model_that_is_gone_says_so(home: House) -> None:
    body = {"op": "walk", "model": "gone@starter", "faces": [{"seed": 1}, {"seed": 2}], "space": "z", "frames": 8,
            "eased": True, "trunc": 0.7, "animated": True}  # fmt: skip
    recipe = await home.services.store.recipes.add(body, member="qq:1", group=None)
    reply = await home.ask(f"/bigger {PictureName(recipe.id, 2)}")
    assert reply.failed
    assert "gone" in reply.text
