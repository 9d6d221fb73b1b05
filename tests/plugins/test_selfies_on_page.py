"""What visitors of the page meet: photos turned into drawings, and twins, in a real browser."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.bot import toy_twins
from tests.bot.house import house, write_twin
from tests.bot.surfaces.web.conftest import Site, served
from tests.bot.surfaces.web.test_page import CHROMIUM, Visit, type_line, visit
from tests.plugins.selfies import CYAN, DOMAINS, LABELS, YELLOW, people

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: set $CHROMIUM, or install the package")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    write_twin(tmp_path / "weights" / "twin", DOMAINS, LABELS)
    networks: dict[str, Any] = {"models": toy_twins.FACTORY, "pictures": toy_twins.PICTURES}
    async with house(tmp_path, **networks) as home, served(home.services) as running:
        yield running


async def _brings(page: Page, folder: Path, image: Image.Image, line: str) -> None:
    image.save(folder / "photo.png")
    await page.locator("#files").set_input_files(folder / "photo.png")
    await type_line(page, line)


def _files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


async def test_a_press_sends_the_photo_along_again(visit: Visit, site: Site, tmp_path: Path) -> None:
    page = await visit(site)
    await _brings(page, tmp_path, people(CYAN), "动漫化")
    await expect(page.locator(".answer .caption").last).to_contain_text("变成了动漫")
    await page.get_by_role("button", name="更强").click()
    await expect(page.locator(".answer .caption").nth(1)).to_contain_text("强度 1.25")
    await expect(page.locator(".own-thumbs img")).to_have_count(2)
    await page.locator(".answer").nth(1).get_by_role("button", name="更强").click()
    await expect(page.locator(".answer .caption").nth(2)).to_contain_text("强度 1.5")
    await page.locator(".answer").first.get_by_role("button", name="收藏").click()
    await expect(page.locator(".answer .speech").last).to_contain_text("归你啦")

    # A tab that does not have it any more says what to send.
    await page.reload()
    await page.locator(".answer").first.get_by_role("button", name="再变一张").click()
    await expect(page.locator(".answer .speech").last).to_contain_text("照片我不留")


async def test_what_shows_the_photo_is_seen_and_not_kept(visit: Visit, site: Site, tmp_path: Path) -> None:
    page = await visit(site)
    await _brings(page, tmp_path, people(CYAN, YELLOW), "动漫化 对比:是")
    await expect(page.locator(".answer .sheet.loaded")).to_have_count(1)
    await expect(page.locator(".face")).to_have_count(2)
    address = await page.locator(".answer .sheet img").get_attribute("src")
    assert address is not None
    assert address.startswith("/held/")
    async with site.get(address) as answer:
        shown = await answer.read()
    assert Image.open(io.BytesIO(shown)).width > 400
    assert not [content for content in _files(tmp_path / "var") if shown[-100:] in content]
    await page.locator(".answer .whole, .answer .face").first.hover()
    await page.locator(".answer .face").first.click()
    await expect(page.locator("dialog[open] img, dialog[open] canvas").first).to_be_visible()


async def test_where_no_face_is_found_the_middle_is_taken_by_a_press(visit: Visit, site: Site, tmp_path: Path) -> None:
    page = await visit(site)
    await _brings(page, tmp_path, people(), "动漫化")
    await expect(page.locator(".answer .caption").last).to_contain_text("没找到脸")
    await expect(page.locator(".answer .sheet.loaded")).to_have_count(1)
    await page.get_by_role("button", name="用中间").click()
    await expect(page.locator(".answer .caption").nth(1)).to_contain_text("变成了动漫")
    await page.reload()
    await page.locator(".answer").first.get_by_role("button", name="用中间").click()
    await expect(page.locator(".answer .caption").nth(2)).to_contain_text("变成了动漫")  # it is still shown


async def test_twins_are_shown_with_what_can_be_done_next(visit: Visit, site: Site, tmp_path: Path) -> None:
    page = await visit(site)
    await _brings(page, tmp_path, people(YELLOW), "撞脸")
    await expect(page.locator(".answer .caption").last).to_contain_text("最撞脸的 5 张")
    await expect(page.locator(".face")).to_have_count(5)
    await page.get_by_label("第 2 张脸").hover()
    await page.locator(".face-menu").get_by_text("放大").click()
    await expect(page.locator(".answer .caption").nth(1)).to_contain_text("特写")


async def test_completion_knows_what_can_be_asked_for(visit: Visit, site: Site) -> None:
    page = await visit(site)
    await page.locator("#line").fill("/selfie2anime 变成:")
    await expect(page.locator("#choices")).to_contain_text("照片")
    await page.locator("#line").fill("/selfie")
    await expect(page.locator("#choices")).to_contain_text("/selfie2anime")
