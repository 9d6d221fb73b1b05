"""`/railgun`, `/strip` and `/models`: whose face is drawn, by which network."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from bot.command import Reply, Role
from models.training import card, strips
from tests.bot.house import House
from tests.models.stylegan import tiny
from tests.models.twingan import tiny as tiny_twingan
from tests.plugins.conftest import VERSION

ADMIN = {"role": Role.ADMIN}


async def _model(home: House, reply: Reply) -> str:
    assert not reply.failed, reply.text
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or "")
    assert recipe is not None
    return recipe.model.partition("@")[0]


@pytest.mark.parametrize(("locale", "words"), [("zh-CN", "我还没学会"), ("en", "not learnt to draw a character")])
async def test_a_bot_without_a_character_says_so_and_how_it_gets_one(home: House, locale: str, words: str) -> None:
    for line in ("/railgun", "/strip", "/strip animate:yes"):
        reply = await home.ask(line, locale=locale)
        assert reply.failed
        assert words in reply.text
        assert "python -m bot finetune" in reply.text
        assert "python -m bot import" in reply.text
    unknown = await home.ask("/waifu model:moe", locale=locale)
    assert unknown.failed
    assert "moe" in unknown.text
    assert "python -m bot import" in unknown.text


async def test_a_character_is_drawn_as_soon_as_her_model_is_there(home: House, gallery: House, tmp_path: Path) -> None:
    assert (await gallery.ask("炮姐")).failed
    tiny.store(tmp_path / "var" / "models" / "railgun" / VERSION, 2, parent=f"moe@{VERSION}")
    reply = await gallery.ask("炮姐 3 种子:御坂")
    assert await _model(gallery, reply) == "railgun"
    assert len(reply.pictures[0].faces) == 3
    assert "railgun" in reply.text


async def test_any_model_can_be_asked_for_by_its_name(gallery: House) -> None:
    assert await _model(gallery, await gallery.ask("/railgun character:misaka")) == "misaka"
    assert await _model(gallery, await gallery.ask("/waifu 2 model:moe")) == "moe"
    assert await _model(gallery, await gallery.ask(f"/waifu 2 model:moe@{VERSION}")) == "moe"
    for wrong in ("../moe", "moe@starter", "MOE/..", "nobody"):
        assert (await gallery.ask(f'/waifu model:"{wrong}"')).failed


async def test_a_group_chooses_what_draws_there_and_only_there(gallery: House) -> None:
    for line, use in (("/models use moe", "/waifu"), ("/模型 换 misaka", "/railgun")):
        reply = await gallery.ask(line, **ADMIN)
        assert not reply.failed, reply.text
        assert use in reply.text
    assert await _model(gallery, await gallery.ask("老婆 2")) == "moe"
    assert await _model(gallery, await gallery.ask("炮姐 2")) == "misaka"
    assert await _model(gallery, await gallery.ask("/morph frames:8")) == "moe"
    elsewhere = {"chat": "qq:8", "group": "qq:8"}
    assert (await gallery.ask("炮姐 2", **elsewhere)).failed
    listed = (await gallery.ask("模型 列表")).text
    assert "misaka" in next(line for line in listed.splitlines() if "/railgun" in line)
    assert "moe" in next(line for line in listed.splitlines() if "/waifu" in line)
    await gallery.ask("/models use default", **ADMIN)
    assert (await gallery.ask("炮姐 2")).failed


async def test_what_a_model_is_for_can_be_said(gallery: House) -> None:
    await gallery.ask("/models use moe purpose:railgun", **ADMIN)
    assert await _model(gallery, await gallery.ask("/railgun 2")) == "moe"
    await gallery.ask("/models use default purpose:炮姐", **ADMIN)
    assert (await gallery.ask("/railgun 2")).failed


async def test_only_admins_choose_for_a_group_and_everybody_for_themselves(gallery: House) -> None:
    assert (await gallery.ask("/models use moe")).failed
    alone = {"chat": "qq:@1", "group": None, "addressed": True}
    assert not (await gallery.ask("/models use moe", **alone)).failed
    assert await _model(gallery, await gallery.ask("/waifu 1", **alone)) == "moe"
    exported = await gallery.ask("/mydata", **alone)
    assert b'"waifu": "moe"' in exported.files[0].content


async def test_a_name_means_its_newest_version_and_a_version_itself(gallery: House, tmp_path: Path) -> None:
    newer = "20270131T101500-1a2b3c"
    await gallery.ask("/models use moe", **ADMIN)
    await gallery.ask(f"/models use moe@{VERSION} purpose:railgun", **ADMIN)
    tiny.store(tmp_path / "var" / "models" / "moe" / newer, 3)
    for line, version in (("/waifu 1", newer), ("/railgun 1", VERSION)):
        recipe = await gallery.services.store.recipes.get((await gallery.ask(line)).pictures[0].id or "")
        assert recipe is not None
        assert recipe.model == f"moe@{version}"
    assert VERSION in (await gallery.ask("/models list")).text


@pytest.mark.parametrize(("locale", "words"), [("zh-CN", "照着图片改画"), ("en", "makes pictures of pictures")])
async def test_a_model_that_translates_is_listed_and_draws_nothing(
    gallery: House, tmp_path: Path, locale: str, words: str
) -> None:
    tiny_twingan.store(tmp_path / "var" / "models" / "twin" / VERSION)
    listed = await gallery.ask("/models list", locale=locale)
    assert "32 px" in next(line for line in listed.text.splitlines() if "twin" in line and "TwinGAN" in line)
    for line in ("/models use twin", "/waifu model:twin", "/railgun character:twin", f"/waifu model:twin@{VERSION}"):
        reply = await gallery.ask(line, locale=locale, **ADMIN)
        assert reply.failed
        assert words in reply.text
    await gallery.services.store.chosen_models.choose("qq:7", "waifu", "twin")
    assert words in (await gallery.ask("/waifu", locale=locale)).text
    unknown = await gallery.ask("/waifu model:nobody", locale=locale)
    assert "misaka" in unknown.text
    assert "twin" not in unknown.text


async def test_a_chosen_model_that_is_gone_is_said_to_be(gallery: House) -> None:
    await gallery.services.store.chosen_models.choose("qq:7", "waifu", "gone")
    reply = await gallery.ask("/waifu")
    assert reply.failed
    assert "gone" in reply.text
    assert "/models list" in reply.text
    assert not (await gallery.ask("/models list")).failed


def _trained(folder: Path, run: Path) -> None:
    """The strip of a run with three snapshots of 16 faces, beside the model."""
    (run / "sheets").mkdir(parents=True)
    for kimg in (0, 10, 20):
        face = np.full((128, 128, 3), 40 + 10 * kimg, np.uint8)
        Image.fromarray(face).save(run / "sheets" / f"{kimg:06d}.png")
    strips.save_strip(run / "strip.png", run / "sheets", 32)
    strips.save_animation(run / "strip.webp", run / "sheets", 32)
    card.illustrate(folder, run)


async def test_the_film_strip_of_her_training_is_shown_as_a_sheet_and_moving(gallery: House, tmp_path: Path) -> None:
    _trained(tmp_path / "var" / "models" / "misaka" / VERSION, tmp_path / "run")
    await gallery.ask("/models use misaka", **ADMIN)
    sheet = await gallery.ask("训练过程")
    assert not sheet.failed, sheet.text
    picture = sheet.pictures[0].encoded
    assert (picture.width, picture.height) == (3 * 32, strips.HEAD + 8 * 32)
    assert "moe" in sheet.text
    assert "20,000" in sheet.text
    film = await gallery.ask(sheet.buttons[0].line())
    encoded = film.pictures[0].encoded
    assert encoded.media_type == "image/gif"
    image = Image.open(io.BytesIO(encoded.content))
    frames = [float(np.asarray(frame.convert("L")).mean()) for frame in ImageSequence.Iterator(image)]
    assert len(frames) == 3
    assert frames == sorted(frames)


@pytest.mark.parametrize("content", [None, b"", b"<html>", b"RIFF\x00\x00\x00\x00WEBPVP8 "])
async def test_a_model_without_a_strip_or_with_a_broken_one_says_so(
    gallery: House, tmp_path: Path, content: bytes | None
) -> None:
    folder = tmp_path / "var" / "models" / "misaka" / VERSION
    if content is not None:
        for name in ("strip.jpg", "strip.webp"):
            (folder / name).write_bytes(content)
    for line in ("/strip misaka", "/strip misaka animate:yes"):
        reply = await gallery.ask(line)
        assert reply.failed
        assert "misaka" in reply.text or "动画" in reply.text


async def test_labels_are_obeyed_by_a_model_that_knows_them(gallery: House) -> None:
    assert not (await gallery.ask("/waifu 1 model:moe age:child")).failed
    assert (await gallery.ask("/waifu 1 model:dots age:child")).failed
