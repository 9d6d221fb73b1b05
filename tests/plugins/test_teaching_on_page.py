"""The page: pictures of a character that come in a zip."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.bot.characters import given
from tests.bot.house import House, house
from tests.bot.surfaces.web.browser import CHROMIUM, NO_CHROMIUM, Visit, type_line, visit
from tests.bot.surfaces.web.conftest import Site, served

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, models=given.FACTORY) as built:
        yield built


@pytest.fixture
async def site(home: House) -> AsyncIterator[Site]:
    async with served(home.services) as running:
        yield running


async def test_a_zip_is_contributed_picture_by_picture_after_a_yes(
    home: House, site: Site, visit: Visit, tmp_path: Path
) -> None:
    pictures = [given.file(given.picture(number)) for number in (1, 2)]
    (tmp_path / "mikoto.zip").write_bytes(given.zipped(*pictures, b"no picture"))
    page = await visit(site)
    await type_line(page, "角色 创建 御坂")
    await expect(page.locator(".answer").last).to_contain_text("御坂 建好啦")
    await page.locator("#files").set_input_files(tmp_path / "mikoto.zip")
    await expect(page.locator(".thumb")).to_contain_text("mikoto.zip")
    await type_line(page, "投稿")
    await expect(page.locator(".answer").last).to_contain_text("可以拿来学画吗")
    await page.locator(".answer").last.get_by_role("button", name="同意").click()  # which sends the zip along again
    await expect(page.locator(".answer").last).to_contain_text("收下 2 张（1, 2 号），没收下 1 张")
    await expect(page.locator(".answer").last).to_contain_text("第 3 张")
    await expect(page.locator(".answer").last.locator("img")).not_to_have_count(0)
    kept = await home.services.store.contributions.list(1)
    assert [one.state for one in kept] == ["accepted"] * 2
