"""`/conhead`: heads on everybody in a picture. The toy that finds takes rectangles of red, green and blue for faces."""

import base64
import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot.command import Reply
from bot.surfaces.base import PictureLink
from data.drawn.moods import MOODS
from data.pictures import Upload
from tests.bot import toy_models
from tests.bot.house import House, house
from tests.data.pictures.strangers import png
from tests.wire.picture_host import PictureHost

PAPER = (240, 235, 220)
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
WHERE = {RED: 60, GREEN: 190, BLUE: 320}  # left edges of the faces


def scene(*faces: tuple[int, int, int], shift: int = 0) -> Image.Image:
    image = Image.new("RGB", (440, 300), PAPER)
    for colour in faces:
        left = WHERE[colour] + shift
        image.paste(colour, (left, 120, left + 70, 180))
    return image


def upload(image: Image.Image, kind: str = "PNG", **options: Any) -> Upload:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return Upload(content.getvalue(), "image/png", "test")


# What a platform brings along of the message that a button stands under: here with a face that the toy knows.
REPLIED = PictureLink("replied", "base64://" + base64.b64encode(upload(scene(RED)).content).decode())


def moving(kind: str = "GIF", frames: int = 8) -> Upload:
    made = [scene(RED, shift=3 * i) for i in range(frames)]
    return upload(made[0], kind, save_all=True, append_images=made[1:], duration=80, loop=0)


def shown(reply: Reply) -> Image.Image:
    (picture,) = reply.pictures
    return Image.open(io.BytesIO(picture.encoded.content))


def headed(reply: Reply, colour: tuple[int, int, int]) -> bool:
    """Whether there is something where the hair above a face would be."""
    left = WHERE[colour]
    hair = np.asarray(shown(reply).convert("RGB")).astype(int)[95:110, left + 20 : left + 50]
    return bool(np.abs(hair - PAPER).mean() > 30)


async def ask(home: House, line: str = "/conhead", *faces: tuple[int, int, int], **changes: Any) -> Reply:
    reply = await home.ask(line, **{"uploads": (upload(scene(*(faces or (RED, GREEN)))),), "locale": "en", **changes})
    assert not reply.failed, reply.text
    return reply


async def body(home: House, reply: Reply) -> dict:
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or "")
    assert recipe is not None
    return recipe.body


async def test_everybody_in_a_picture_gets_a_head(home: House) -> None:
    reply = await ask(home, "/conhead", RED, BLUE)
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


async def test_heads_are_not_cut_out_of_pictures_and_it_says_so(home: House) -> None:
    reply = await home.ask("/conhead who:#k7f3", uploads=(upload(scene(RED)),), locale="en")
    assert reply.failed
    assert "cut heads" in reply.text


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
        assert reply.buttons == ()
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


# -------------------------------------------------------------------------------------------- what strangers send


def _webp_bomb() -> bytes:
    """49 million pixels a frame, which may come in, and a hundred frames of it, which may not be unpacked."""
    frames = [Image.new("RGB", (7000, 7000), (40 * i, 0, 0)) for i in range(3)]
    return upload(
        frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, method=0, quality=0
    ).content


REFUSED = {
    "html": (b"<!doctype html><html><body>404</body></html>", "no picture"),
    "empty": (b"", "no picture"),
    "truncated": (upload(scene(RED)).content[:300], "damaged"),
    "30000 x 30000": (png(30_000, 30_000, 8, 2, b"\0" * 90_001 * 100), "too large"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_good_picture_ends_in_a_sentence(home: House, name: str) -> None:
    content, word = REFUSED[name]
    reply = await home.ask("/conhead", uploads=(Upload(content, "image/png", "test"),), locale="en")
    assert reply.failed
    assert word in reply.text
    assert headed(await ask(home), RED)  # and the next one is served


async def test_five_thousand_frames_are_bounded(home: House) -> None:
    """The face is in all of them: each frame changes one pixel."""
    first = upload(scene(RED), "GIF").content
    frame = (
        b"\x21\xf9\x04\x00\x02\x00\x00\x00" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    )
    content = first.removesuffix(b"\x3b") + frame * 5000 + b"\x3b"
    reply = await ask(home, uploads=(Upload(content, "image/gif", "test"),))
    assert 1 <= getattr(shown(reply), "n_frames", 1) <= 48
    assert len(reply.pictures[0].encoded.content) <= 4_000_000


async def test_a_bomb_of_an_animated_webp_is_answered_as_a_still(home: House) -> None:
    reply = await home.ask("/conhead", uploads=(Upload(_webp_bomb(), "image/webp", "test"),), locale="en")
    assert reply.failed
    assert "can't find" in reply.text or "too large" in reply.text
    assert headed(await ask(home), RED)


@pytest.mark.parametrize("path", ["/redirected", "/endless", "/lying"])
async def test_an_address_that_is_up_to_no_good_ends_in_a_sentence(tmp_path: Path, path: str) -> None:
    async with PictureHost() as elsewhere, PictureHost() as host:
        elsewhere.files["/secret.png"] = upload(scene(RED)).content
        host.redirects["/redirected"] = elsewhere.url("/secret.png")
        host.raw["/lying"] = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9\r\n\r\n<html>abc"
        async with house(tmp_path, intake_allow=[host.address]) as home:
            link = PictureLink("attached", host.url(path))
            reply = await home.ask("/conhead", links=(link,), locale="en")
        assert reply.failed
        assert reply.text.endswith((".", "?"))
        assert elsewhere.asked == []


def _variants() -> dict[str, Upload]:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its left side
    clear = scene(RED).convert("RGBA")
    clear.putalpha(Image.fromarray(np.where(np.asarray(clear)[..., 1] == PAPER[1], 0, 255).astype(np.uint8)))
    return {
        "CMYK": upload(scene(RED).convert("CMYK"), "JPEG", quality=95, subsampling=0),
        "EXIF": upload(scene(RED).transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, subsampling=0, exif=exif),
        "alpha": upload(clear),
        "palette": upload(scene(RED).quantize(16)),
        "16 bits": Upload(_sixteen_bits(scene(RED)), "image/png", "test"),
    }


def _sixteen_bits(image: Image.Image) -> bytes:
    """Pillow writes no PNG of 16 bits a channel."""
    rows = np.asarray(image).astype(np.uint16) * 257
    return png(image.width, image.height, 16, 2, b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows))


@pytest.mark.parametrize("name", ["CMYK", "EXIF", "alpha", "palette", "16 bits"])
async def test_every_kind_of_picture_gets_its_head(home: House, name: str) -> None:
    reply = await ask(home, uploads=(_variants()[name],))
    assert shown(reply).size == (440, 300)
    assert headed(reply, RED)
