"""What members of a QQ group meet: photos turned into drawings, and twins, through a OneBot implementation."""

import base64
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from data.pictures import Upload
from tests.bot import toy_twins
from tests.bot.house import house, write_twin
from tests.bot.surfaces.qq.conftest import fresh_nonebot, qq_of
from tests.plugins.brought import RED, scene, upload
from tests.plugins.selfies import CYAN, DOMAINS, LABELS, MAGENTA, YELLOW, film, near, opposite, people, photo
from tests.plugins.test_on_qq import Member
from tests.wire.fake_onebot import Call, FakeOneBot, image, reply, text

__all__ = ["fresh_nonebot"]


@pytest.fixture
async def member(tmp_path: Path, fresh_nonebot: None) -> AsyncIterator[Member]:
    write_twin(tmp_path / "weights" / "twin", DOMAINS, LABELS)
    networks: dict[str, Any] = {"models": toy_twins.FACTORY, "pictures": toy_twins.PICTURES}
    async with house(tmp_path, qq_sends_per_minute=6000, **networks) as home, qq_of(home.services) as bot:
        account: FakeOneBot
        async with bot.qq() as account:
            await bot.until("up")
            yield Member(home, account)


def _segment(upload: Upload) -> dict:
    return image(file="base64://" + base64.b64encode(upload.content).decode())


def _opened(call: Call) -> Image.Image:
    return Image.open(io.BytesIO(call.images[0]))


def _middle(call: Call) -> np.ndarray:
    pixels = np.asarray(_opened(call).convert("RGB")).astype(int)
    return pixels[pixels.shape[0] // 2, pixels.shape[1] // 2]


async def test_a_photo_is_turned_and_more_of_it_asked_for_in_reply(member: Member) -> None:
    first = await member.asks(text("动漫化"), _segment(photo(CYAN)))
    assert "变成了动漫" in first.text
    assert "回复本图：再变一张 · 更强 · 对比 · 收藏" in first.text.replace("存 收藏", "收藏")
    assert near(_middle(first), opposite(CYAN))
    stronger = await member.replies("更强")  # the photo is found in the message that was answered
    assert "强度 1.25" in stronger.text
    beside = await member.asks(text("动漫化 对比:是"), _segment(photo(CYAN)))
    assert _opened(beside).width > 1.5 * _opened(beside).height
    kept = await member.replies("收藏")
    assert "归你啦" in kept.text


async def test_the_photo_that_a_message_replies_to_is_turned(member: Member) -> None:
    theirs = await member.sends(_segment(photo(YELLOW, MAGENTA)))
    both = await member.asks(reply(theirs), text("动漫化"))
    assert "2 张脸变成了动漫" in both.text
    second = await member.asks(reply(theirs), text("动漫化 2 粉发"))
    assert "发色 粉" in second.text


async def test_what_moves_comes_back_as_a_gif(member: Member) -> None:
    moving = await member.asks(text("动漫化"), _segment(film()))
    assert "会动的动漫" in moving.text
    assert _opened(moving).format == "GIF"
    assert getattr(_opened(moving), "n_frames", 1) > 3


async def test_no_face_a_cat_and_what_is_no_picture_are_answered_in_words(member: Member) -> None:
    nobody = await member.asks(text("动漫化"), _segment(upload(people())))
    assert "没找到脸" in nobody.text
    assert "用中间" in nobody.text
    assert _opened(nobody).size == (440, 300)
    middle = await member.replies("用中间")
    assert "变成了动漫" in middle.text
    drawn = await member.asks(text("动漫化"), _segment(upload(scene(RED))))
    assert "本来就是画的" in drawn.text
    odd = await member.asks(text("动漫化"), _segment(Upload(b"<html>", "image/png", "test")))
    assert "看懂" in odd.text


async def test_twins_are_found_of_a_photo_and_of_a_drawing(member: Member) -> None:
    for content in (photo(), upload(scene(RED))):
        twins = await member.asks(text("撞脸"), _segment(content))
        assert "最撞脸的 5 张" in twins.text
        assert "我画的" in twins.text
    big = await member.replies("2")
    assert "特写" in big.text


async def test_a_value_out_of_range_is_talk_in_a_bare_line_and_a_sentence_wherever_the_bot_is_addressed(
    member: Member,
) -> None:
    """A Chinese name without a slash counts only where the whole message is the command (docs/qq.md)."""
    line, picture = "动漫化 几版:99", _segment(photo(CYAN))
    await member.sends(text(line), picture)
    for words in ([text(f"/{line}")], [member.mention, text(f" {line}")]):
        call = await member.asks(*words, picture)
        assert "几版" in call.text
        assert "99" in call.text
        assert call.images == []
    assert member.unheard == 0
