"""What members of a QQ group meet: wishes, fades, judgements and heads through a OneBot implementation."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from data.labels import NAMES
from tests.bot.house import House, house
from tests.bot.surfaces.qq.conftest import fresh_nonebot, qq_of
from tests.wire.fake_onebot import Call, FakeOneBot, at, image, reply, text

__all__ = ["fresh_nonebot"]


class Member:
    """Somebody in a group with the bot."""

    def __init__(self, home: House, account: FakeOneBot) -> None:
        self._home, self._account = home, account

    async def asks(self, *message: dict, **changes: Any) -> Call:
        return await self._account.ask(list(message), **changes)

    async def hears(self) -> Call:
        """The next thing that the bot says without being asked again."""
        return await self._account.delivered()

    @property
    def unheard(self) -> int:
        """How many things the bot has said that nobody has listened to."""
        return self._account.undelivered

    @property
    def mention(self) -> dict:
        """Of the bot."""
        return at(self._account.self_id)

    async def replies_to_picture(self, answer: Call, words: str) -> Call:
        """To an answer of the bot's, whose picture QQ then brings along."""
        shown = image(file="base64://" + base64.b64encode(answer.images[0]).decode())
        latest = max(self._account.messages)
        self._account.messages[latest]["message"] = [shown]
        return await self.asks(reply(str(latest)), text(words))

    async def sends(self, *message: dict) -> str:
        """Something that is not for the bot; its id."""
        return str((await self._account.group_message(list(message)))["message_id"])

    async def replies(self, words: str) -> Call:
        """To the bot's latest answer, once the bot knows that it has sent it: that takes no member longer to read."""
        latest = str(max(self._account.messages))
        async with asyncio.timeout(20):
            while await self._home.services.store.sent.get("qq", "qq:1000", latest) is None:  # noqa: ASYNC110 - it does not tell
                await asyncio.sleep(0.01)
        return await self.asks(reply(latest), text(words))


@pytest.fixture
async def member(tmp_path: Path, fresh_nonebot: None) -> AsyncIterator[Member]:
    """The bot's model obeys; only its networks are toys."""
    settings = {"labels": NAMES, "qq_sends_per_minute": 6000}
    async with house(tmp_path, **settings) as home, qq_of(home.services) as bot, bot.qq() as account:
        await bot.until("up")
        yield Member(home, account)


def _picture(picture: Image.Image) -> dict:
    content = io.BytesIO()
    picture.save(content, "PNG")
    return image(file="base64://" + base64.b64encode(content.getvalue()).decode())


def _opened(call: Call) -> Image.Image:
    return Image.open(io.BytesIO(call.images[0]))


async def test_wishes_in_a_members_own_words_are_obeyed(member: Member) -> None:
    asked = await member.asks(text("老婆 粉发绿瞳 眼镜 16"))
    for said in ("发色 粉", "瞳色 绿", "眼镜 有", "变1–16 渐变"):
        assert said in asked.text
    assert _opened(asked).size == (798, 798)
    again = await member.replies("再来")
    assert "发色 粉" in again.text
    assert again.images != asked.images


async def test_a_fade_is_a_row_that_a_word_sets_in_motion(member: Member) -> None:
    row = await member.asks(text("渐变 发色 黑 白"))
    assert "发色：黑 → 白" in row.text
    assert _opened(row).format == "JPEG"
    moving = await member.replies("动")
    assert _opened(moving).format == "GIF"
    assert getattr(_opened(moving), "n_frames", 1) > 16
    assert len(moving.images[0]) < 1_000_000
    step = await member.replies("分步")
    assert _opened(step).format == "JPEG"


async def test_faces_of_a_sheet_turn_into_one_another_as_a_gif(member: Member) -> None:
    drawn = await member.asks(text("老婆 4 种子:7"))
    assert "变脸" in drawn.text
    loop = await member.replies("变脸 1 3")
    assert "→" in loop.text
    moving = _opened(loop)
    assert moving.format == "GIF"
    assert getattr(moving, "n_frames", 1) > 10
    steps = await member.replies("分步")
    assert _opened(steps).format == "JPEG"
    fading = await member.asks(text("渐变 #{0}.1 #{0}.2".format(drawn.text[1:5])))
    assert _opened(fading).format == "GIF"


async def test_a_video_stands_alone_in_its_message(member: Member) -> None:
    pytest.importorskip("av", reason="PyAV is not installed (pip install .[video])")
    words = await member.asks(text("/morph 1 2 frames:8 format:mp4"))
    assert "→" in words.text
    assert words.images == []
    film = await member.hears()
    (segment,) = film.segments
    assert segment["type"] == "video"
    assert base64.b64decode(segment["data"]["file"].removeprefix("base64://"))[4:8] == b"ftyp"


async def test_without_a_character_the_way_to_one_is_said(member: Member) -> None:
    answer = await member.asks(text("炮姐"))
    assert "python -m bot finetune" in answer.text


async def test_a_picture_is_judged_and_one_like_it_drawn_in_reply(member: Member) -> None:
    portrait = Image.new("RGB", (80, 60), (204, 204, 204))
    portrait.paste((255, 0, 0), (30, 20, 50, 40))  # what the toys take for a face
    card = await member.asks(text("鉴定"), _picture(portrait))
    assert "80%" in card.text
    assert card.images == []
    assert "回复本条：照着画" in card.text
    drawn = await member.replies("照着画")
    assert "发色 粉" in drawn.text
    assert len(drawn.images) == 1
    ours = await member.replies("鉴定 2")
    assert "我画的" in ours.text


async def test_heads_are_put_on_a_picture_and_others_in_reply(member: Member) -> None:
    scene = Image.new("RGB", (300, 260), (240, 235, 220))
    scene.paste((255, 0, 0), (110, 110, 190, 180))  # what the toy takes for a face
    first = await member.asks(text("接头 大笑"), _picture(scene))
    assert "比莉" in first.text
    assert "回复本图：换表情 · 换头" in first.text
    assert _opened(first).size == (300, 260)
    none = await member.asks(text("接头"), _picture(Image.new("RGB", (300, 260), (240, 235, 220))))
    assert "没找到" in none.text
    assert _opened(none).size == (300, 260)


async def test_where_no_face_is_found_a_word_in_reply_forces_a_head(member: Member) -> None:
    none = await member.asks(text("接头"), _picture(Image.new("RGB", (300, 260), (240, 235, 220))))
    assert "回复本图：强接" in none.text
    forced = await member.replies_to_picture(none, "强接")
    assert "接上了 1 个头" in forced.text
    placed = await member.asks(text("接头 at:50%,50%,30%"), _picture(Image.new("RGB", (300, 260), (240, 235, 220))))
    assert "接上了 1 个头" in placed.text


async def test_a_groups_own_head_is_added_by_an_admin_and_put_on_by_anybody(member: Member) -> None:
    ball = Image.new("RGBA", (160, 170), (0, 0, 0, 0))
    ball.paste((0, 140, 130, 255), (20, 20, 140, 150))
    scene = Image.new("RGB", (300, 260), (240, 235, 220))
    scene.paste((255, 0, 0), (110, 110, 190, 180))
    refused = await member.asks(text("/heads add 小云"), _picture(ball))
    assert "群管理" in refused.text
    added = await member.asks(text("头库 添加 小云"), _picture(ball), role="admin")
    assert "接头 谁:小云" in added.text
    assert "1 小云" in (await member.asks(text("头库 列表"))).text
    headed = await member.asks(text("接头霸王 谁:小云"), _picture(scene))
    assert "小云" in headed.text
    red, green, _blue = _opened(headed).convert("RGB").getpixel((150, 145))  # type: ignore[misc]
    assert red < 90 < green
    assert "删掉了" in (await member.asks(text("/头库 删除 小云"), role="owner")).text


async def test_the_picture_that_a_message_replies_to_gets_heads(member: Member) -> None:
    scene = Image.new("RGB", (300, 260), (240, 235, 220))
    scene.paste((255, 0, 0), (110, 110, 190, 180))
    theirs = await member.sends(_picture(scene))
    headed = await member.asks(reply(theirs), text("接头"))
    assert "1" in headed.text
    assert _opened(headed).size == (300, 260)
