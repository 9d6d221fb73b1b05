"""What visitors of the page meet: wishes, fades, judgements and heads, in a real browser."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from data.labels import NAMES
from tests.bot.house import house
from tests.bot.surfaces.web.conftest import Site, served
from tests.bot.surfaces.web.test_page import CHROMIUM, Visit, type_line, visit
from tests.models.stylegan import tiny
from tests.plugins.conftest import VERSION

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: set $CHROMIUM, or install the package")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A bot whose model obeys; only its networks are toys."""
    async with house(tmp_path, labels=NAMES) as home, served(home.services) as running:
        yield running


async def _format(page: Page, site: Site, n: int) -> str | None:
    address = await page.locator(".answer .sheet img").nth(n).get_attribute("src")
    async with site.get(address or "") as answer:
        return Image.open(io.BytesIO(await answer.read())).format


async def test_wishes_fades_and_judgements_are_answered_on_the_page(site: Site, visit: Visit, tmp_path: Path) -> None:
    page = await visit(site)
    await type_line(page, "/waifu hair:pink eyes:green glasses:yes count:16")
    await expect(page.locator(".answer .caption").last).to_contain_text("发色 粉、瞳色 绿、眼镜 有")
    await expect(page.locator(".face")).to_have_count(16)

    await page.get_by_label("第 2 张脸").hover()
    await page.locator(".face-menu").get_by_text("渐变").click()
    await expect(page.locator(".answer .caption").nth(1)).to_contain_text("发色：粉 →")
    await page.locator(".answer").nth(1).get_by_role("button", name="动起来").click()
    await expect(page.locator(".answer .sheet.loaded")).to_have_count(3)
    assert await _format(page, site, 1) == "JPEG"
    assert await _format(page, site, 2) == "WEBP"

    portrait = Image.new("RGB", (80, 60), (204, 204, 204))
    portrait.paste((255, 0, 0), (30, 20, 50, 40))  # what the toys take for a face
    portrait.save(tmp_path / "bright.png")
    await page.locator("#files").set_input_files(tmp_path / "bright.png")
    await type_line(page, "鉴定")
    await expect(page.locator(".answer .speech")).to_contain_text("80%")
    await page.get_by_role("button", name="照着画").click()
    await expect(page.locator(".answer .caption").last).to_contain_text("发色 粉")


async def test_faces_turn_into_one_another_on_the_page(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await type_line(page, "老婆 4 种子:7")
    await page.locator(".answer").first.get_by_role("button", name="变脸").click()
    await expect(page.locator(".answer .sheet.loaded")).to_have_count(2)
    assert await _format(page, site, 1) == "WEBP"
    await page.locator(".answer").nth(1).get_by_role("button", name="分步看").click()
    await expect(page.locator(".answer").nth(2).locator(".face")).to_have_count(14)
    await page.locator("#line").fill("/morph #")
    await expect(page.locator("[role=listbox]")).to_contain_text("#")


async def test_a_film_plays_by_itself_again_and_again(site: Site, visit: Visit) -> None:
    pytest.importorskip("av", reason="PyAV is not installed (pip install .[video])")
    page = await visit(site)
    await type_line(page, "/morph 1 2 frames:8 format:mp4")
    film = page.locator(".answer .sheet video")
    await expect(film).to_have_count(1)
    assert await film.evaluate("(video) => video.muted && video.loop && video.autoplay")
    await page.locator(".answer .whole").click()
    await expect(page.locator("dialog[open] video")).to_have_count(1)


async def test_heads_are_put_on_a_picture_and_a_press_brings_it_along(site: Site, visit: Visit, tmp_path: Path) -> None:
    page = await visit(site)
    scene = Image.new("RGB", (300, 260), (240, 235, 220))
    scene.paste((255, 0, 0), (110, 110, 190, 180))  # what the toy takes for a face
    scene.save(tmp_path / "scene.png")
    await page.locator("#files").set_input_files(tmp_path / "scene.png")
    await type_line(page, "接头 大笑")
    await expect(page.locator(".answer .caption").last).to_contain_text("比莉，大笑")
    assert await _format(page, site, 0) == "JPEG"
    await page.get_by_role("button", name="换头").click()
    await expect(page.locator(".answer .caption").nth(1)).to_contain_text("路人")
    await expect(page.locator(".answer .sheet.loaded")).to_have_count(2)


async def test_completion_knows_what_can_be_asked_for(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await page.locator("#line").fill("/waifu 发色:")
    await expect(page.locator("#choices")).to_contain_text("粉")
    await page.locator("#line").fill("/fade ")
    await expect(page.locator("#choices")).to_contain_text("属性")


async def test_completion_knows_what_the_bot_has_as_discords_does(site: Site, visit: Visit, tmp_path: Path) -> None:
    page = await visit(site)
    line, choices = page.locator("#line"), page.locator("#choices")
    await line.fill("/waifu model:")
    await expect(choices.locator(".choice-name")).to_have_text(["waifu"])
    tiny.store(tmp_path / "var" / "models" / "moe" / VERSION)  # comes while the bot runs and the page is open
    await line.fill("")
    for typed in ("/waifu model:", "/waifu 模型:", "/railgun character:", "/models use "):
        await line.fill(typed)
        await expect(choices).to_contain_text("moe")
        await line.press_sequentially("m")
        await expect(choices.locator(".choice-name").first).to_have_text("moe")
        await expect(choices).not_to_contain_text("waifu")
    await line.press("Tab")
    await expect(line).to_have_value("/models use moe ")
    await line.fill("/fade 属性:嘴 从:")
    await expect(choices.locator(".choice-name").first).to_have_text("闭着")
    await line.fill("/help wai")
    await expect(choices.locator(".choice-name").first).to_have_text("waifu · 老婆")
    await line.fill("/waifu 精选:16")
    await expect(choices.locator(".choice-name")).to_have_text(["16of256"])


async def test_where_no_face_is_found_the_place_is_pointed_at(site: Site, visit: Visit, tmp_path: Path) -> None:
    page = await visit(site)
    Image.new("RGB", (400, 300), (240, 235, 220)).save(tmp_path / "wall.png")
    await page.locator("#files").set_input_files(tmp_path / "wall.png")
    await type_line(page, "接头 大笑 谁:比莉")
    await expect(page.locator(".answer .caption").last).to_contain_text("没找到")
    await page.get_by_role("button", name="强接").click()
    box = await page.locator(".pointing").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    await page.mouse.down()
    await page.mouse.move(box["x"] + 0.35 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
    await page.mouse.up()
    await expect(page.locator(".answer .caption").nth(1)).to_contain_text("比莉，大笑")
    await expect(page.locator(".pressed").last).to_contain_text("at:100,150,80")
    await expect(page.locator(".pointing")).to_have_count(0)

    await page.get_by_role("button", name="强接").click()
    await page.keyboard.press("Escape")
    await expect(page.locator(".pointing")).to_have_count(0)
    await page.get_by_role("button", name="强接").click()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await expect(page.locator(".pressed").last).to_contain_text("at:191,135,135")


async def test_commands_in_a_group_are_completed_word_by_word(site: Site, visit: Visit, tmp_path: Path) -> None:
    page = await visit(site)
    for typed in ("/hea", "/heads", "/heads ", "/heads l", "头库"):
        await page.locator("#line").fill(typed)
        await expect(page.locator("#choices")).to_contain_text("/heads list")
    await page.locator("#line").fill("/heads 添加 ")
    await expect(page.locator("#choices")).to_contain_text("名字")
    ball = Image.new("RGBA", (160, 170), (0, 0, 0, 0))
    ball.paste((0, 140, 130, 255), (20, 20, 140, 150))
    ball.save(tmp_path / "ball.png")
    await page.locator("#files").set_input_files(tmp_path / "ball.png")
    await type_line(page, "头库 添加 小云")
    await expect(page.locator(".answer .caption").last).to_contain_text("小云 放进头库")
    await type_line(page, "/heads list")
    await expect(page.locator(".answer .caption").last).to_contain_text("1 小云")
