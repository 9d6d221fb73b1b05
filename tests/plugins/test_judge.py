"""`/judge`: what is made of a picture."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import save_file

from bot.command import Reply
from bot.faces.recipes import draw_of
from bot.surfaces.base import PictureLink
from data.labels import NAMES
from data.pictures import Upload
from models.checkpoint import save_model
from models.stylegan.discriminator import Discriminator
from models.stylegan.generator import Generator
from tests.bot import toy_models
from tests.bot.house import House, house
from tests.models.stylegan import tiny
from tests.plugins.conftest import VERSION
from tests.wire.picture_host import PictureHost

SEEN = {"hair": "pink", "eyes": "green", "lids": "open", "glasses": "yes"}  # in a bright picture


def _picture(brightness: int, width: int = 90, height: int = 60, border: int | None = None) -> Upload:
    """A PNG with a face in the middle of a square; `border` is the brightness of what lies outside that."""
    return _png(_pixels(brightness, width, height, border))


def _pixels(brightness: int, width: int = 90, height: int = 60, border: int | None = None) -> np.ndarray:
    pixels = np.full((height, width, 3), brightness if border is None else border, np.uint8)
    side = min(width, height)
    top, left = (height - side) // 2, (width - side) // 2
    pixels[top : top + side, left : left + side] = brightness
    face = round(0.3 * side)
    top, left = top + round(0.35 * side), left + round(0.35 * side)
    pixels[top : top + face, left : left + face] = (255, 0, 0)
    return pixels


def _png(pixels: np.ndarray) -> Upload:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return Upload(content.getvalue(), "image/png", "test")


async def _judged(home: House, upload: Upload, line: str = "/judge") -> Reply:
    reply = await home.ask(line, uploads=(upload,), locale="en")
    assert not reply.failed, reply.text
    return reply


def _plain(reply: Reply) -> str:
    return reply.text.replace("\u00a0", " ")


async def test_a_picture_gets_a_mark_and_what_is_seen_in_it(obedient: House) -> None:
    reply = await _judged(obedient, _picture(204))
    assert "80%" in reply.text
    assert "hair: pink 80%" in _plain(reply)
    assert "glasses 90%" in _plain(reply)
    assert "▰▰▰▰▰▰▰▰▱▱" in reply.text


async def test_a_face_and_what_is_around_it_is_judged_wherever_it_is(obedient: House) -> None:
    assert (await _judged(obedient, _picture(204, 200, 60, border=0))).text.count("80%") == 2
    pixels = np.concatenate([np.zeros((60, 140, 3), np.uint8), _pixels(204, 60, 60)], 1)
    assert (await _judged(obedient, _png(pixels))).text.count("80%") == 2


async def test_of_several_faces_the_largest_is_judged_unless_another_is_asked_for(obedient: House) -> None:
    large = _pixels(204, 120, 120)
    small = np.concatenate([_pixels(51, 60, 60)[..., ::-1], np.full((60, 60, 3), 51, np.uint8)], 0)  # of another colour
    picture = _png(np.concatenate([small, large], 1))
    reply = await _judged(obedient, picture)
    assert "80%" in reply.text
    assert "2 faces; this is number 2 from the left" in reply.text
    assert "20%" in (await _judged(obedient, picture, "/judge face:1")).text
    refused = await obedient.ask("/judge face:3", uploads=(picture,), locale="en")
    assert refused.failed
    assert "only 2 faces" in refused.text


@pytest.mark.parametrize("size", [(1, 1), (64, 64)])
async def test_what_has_no_face_gets_no_mark_and_is_shown(obedient: House, size: tuple[int, int]) -> None:
    flat = _png(np.full((*size, 3), 204, np.uint8))
    reply = await obedient.ask("/judge", uploads=(flat,), locale="en")
    assert reply.failed
    assert "no anime face" in reply.text
    assert "%" not in reply.text
    assert len(reply.pictures) == 1


async def test_where_it_is_not_clear_two_are_named(obedient: House) -> None:
    text = _plain(await _judged(obedient, _picture(102)))
    assert "hair: pink 40%" in text
    assert "age" not in text  # nobody can tell


async def test_the_colour_of_closed_eyes_is_not_told(tmp_path: Path) -> None:
    told = []
    for models in ("", "Sleepy"):
        async with house(tmp_path / models, labels=NAMES, models=f"{toy_models.__name__}:{models}ToyModels") as home:
            told.append(_plain(await _judged(home, _picture(204))))
    assert ["eyes:" in text for text in told] == [True, False]


async def test_a_bare_word_with_a_picture_is_meant_and_without_one_is_talk(obedient: House) -> None:
    assert not (await obedient.ask("鉴定", uploads=(_picture(204),))).failed
    assert await obedient.say("鉴定") is None
    assert await obedient.say("鉴定 一下") is None


async def test_faces_of_ours_are_judged_by_their_names_with_a_wink(obedient: House) -> None:
    drawn = (await obedient.ask("/waifu 2 seed:7")).pictures[0].id
    reply = await obedient.ask(f"/judge #{drawn}.2", locale="en")
    assert f"#{drawn}.2" in reply.text
    assert f"#{drawn}.1" in (await obedient.ask("鉴定 1", replied_to="1")).text
    whole = await obedient.ask("/judge", replied_to="1")
    assert whole.failed
    assert f"#{drawn}.1" in whole.text


async def test_a_file_of_ours_is_recognised_and_a_forged_one_is_not(obedient: House) -> None:
    drawn = (await obedient.ask("/waifu 1 seed:7")).pictures[0]
    ours = Upload(drawn.encoded.content, "image/jpeg", "test")
    assert f"#{drawn.id}" in (await _judged(obedient, ours)).text
    forged = Upload(drawn.encoded.content.replace(b'"seed":7', b'"seed":8'), "image/jpeg", "test")
    taken = await obedient.ask("/judge", uploads=(forged,), locale="en")
    assert f"#{drawn.id}" not in taken.text
    assert "no anime face" in taken.text  # looked at like anybody's picture
    sheet = (await obedient.ask("/waifu 4")).pictures[0]
    refused = await obedient.ask("/judge", uploads=(Upload(sheet.encoded.content, "image/jpeg", "test"),))
    assert refused.failed
    assert f"#{sheet.id}.4" in refused.text


async def test_what_the_message_brings_goes_before_what_it_replies_to(obedient: House) -> None:
    drawn = await obedient.ask("/waifu 1")
    reply = await obedient.ask("/judge", replied_to="1", uploads=(_picture(204),), locale="en")
    assert "80%" in reply.text
    assert f"#{drawn.pictures[0].id}" not in reply.text


async def test_a_mentioned_members_avatar_can_be_judged(tmp_path: Path) -> None:
    async with PictureHost() as host, house(tmp_path, labels=NAMES, intake_allow=[host.address]) as home:
        host.files["/a.png"] = _picture(204).content
        link = PictureLink("avatar", host.url("/a.png"))
        assert "80%" in (await home.ask("/judge", links=(link,))).text
        assert "80%" in (await home.ask("鉴定 自己", avatar=link)).text


async def test_one_press_draws_faces_like_it(obedient: House) -> None:
    judged = await _judged(obedient, _picture(204))
    (button,) = judged.buttons
    assert len(button.line()) < 40
    for reply in (await obedient.ask(button.line()), await obedient.ask("照着画", replied_to="1")):
        recipe = await obedient.services.store.recipes.get(reply.pictures[0].id or "")
        assert recipe is not None
        assert recipe.body["wishes"] == SEEN
        assert len(draw_of(recipe.body).latents) == 4


async def test_nothing_of_the_picture_is_kept(obedient: House) -> None:
    judged = await _judged(obedient, _picture(204))
    recipe = await obedient.services.store.recipes.get(judged.recipe or "")
    assert recipe is not None
    assert recipe.body == {"op": "judge", "model": "waifu@starter", "wishes": SEEN}
    for line in ("/bigger", "/more", "/again", "/recipe", "/judge", "/fade", "/save"):
        assert (await obedient.ask(f"{line} #{recipe.id}")).failed


async def test_a_model_that_obeys_nothing_offers_nothing_to_press(home: House) -> None:
    judged = await _judged(home, _picture(204))
    assert judged.buttons == ()
    assert "hair: pink" in _plain(judged)


async def test_a_model_that_is_named_judges_where_it_keeps_its_discriminator(obedient: House, tmp_path: Path) -> None:
    _keep(tmp_path / "var" / "models" / "moe", "G_ema", "D")
    _keep(tmp_path / "var" / "models" / "mute", "G_ema")
    assert "moe is the judge" in (await _judged(obedient, _picture(204), "/judge model:moe")).text
    assert "judge" not in (await _judged(obedient, _picture(204))).text
    for name, words in (("mute", "came without a judge"), ("nobody", "no brush called")):
        refused = await obedient.ask(f"/judge model:{name}", uploads=(_picture(204),), locale="en")
        assert refused.failed
        assert words in refused.text


async def test_unless_one_is_named_what_draws_here_judges_if_it_can(obedient: House, tmp_path: Path) -> None:
    _keep(tmp_path / "var" / "models" / "moe", "G_ema", "D")
    _keep(tmp_path / "var" / "models" / "mute", "G_ema")
    chosen = obedient.services.store.chosen_models
    for name, judge in (("moe", "moe is the judge"), ("mute", "by the book"), ("gone", "by the book")):
        await chosen.choose("qq:7", "waifu", name)
        text = (await _judged(obedient, _picture(204))).text
        assert judge in text
        assert ("is the judge" in text) == (name == "moe")
    # It is what draws here that is asked to draw one like it, and these obey nothing.
    await chosen.choose("qq:7", "waifu", "moe")
    assert (await _judged(obedient, _picture(204))).buttons == ()
    await chosen.forget("qq:7", None)
    assert (await _judged(obedient, _picture(204), "/judge model:moe")).buttons


async def test_a_stylegan_judges_with_the_discriminator_that_it_keeps(gallery: House, tmp_path: Path) -> None:
    torch.manual_seed(0)
    networks = {"G_ema": Generator(tiny.config()), "D": Discriminator(tiny.config())}
    tensors = {f"{name}.{key}": value for name, one in networks.items() for key, value in one.state_dict().items()}
    config = {"family": "stylegan", "network": tiny.config().to_json(), "labels": [], "parent": None}
    save_model(tmp_path / "var" / "models" / "rei" / VERSION, tensors, config)
    drawn = (await gallery.ask("/waifu 2 model:moe")).pictures[0].id
    reply = await gallery.ask(f"/judge #{drawn}.2 model:rei", locale="en")
    assert "by the book" in reply.text
    assert "rei is the judge" in reply.text
    assert (await gallery.ask(f"/judge #{drawn}.2 model:moe", locale="en")).failed


def _keep(folder: Path, *networks: str) -> None:
    """What the bot's own process reads of a model that keeps these networks."""
    (folder / VERSION).mkdir(parents=True)
    (folder / VERSION / "config.json").write_text("{}")
    save_file({f"{name}.weight": np.zeros(1, np.float32) for name in networks}, folder / VERSION / "model.safetensors")


async def test_without_judge_and_eyes_it_says_that_it_cannot(tmp_path: Path) -> None:
    async with house(tmp_path, models=toy_models.BLIND) as home:
        reply = await home.ask("/judge", uploads=(_picture(204),))
        assert reply.failed
        assert "鉴定" in reply.text


@pytest.mark.parametrize(
    ("models", "kept", "lost"), [("Eyeless", "by the book: 80%", "hair:"), ("Judgeless", "hair: pink", "by the book:")]
)
async def test_a_judgement_may_be_partial(tmp_path: Path, models: str, kept: str, lost: str) -> None:
    async with house(tmp_path, labels=NAMES, models=f"{toy_models.__name__}:{models}ToyModels") as home:
        text = _plain(await _judged(home, _picture(204)))
        assert kept in text
        assert lost not in text


async def test_what_is_no_picture_is_said_to_be_none(obedient: House) -> None:
    for locale, word in (("zh-CN", "图"), ("en", "picture")):
        for changes in ({"uploads": (Upload(b"<html>", "image/png", "test"),)}, {}):
            reply = await obedient.ask("/judge", locale=locale, **changes)
            assert reply.failed
            assert word in reply.text
