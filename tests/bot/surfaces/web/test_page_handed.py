"""In a real browser: what is kept of a visitor comes as a download, goes off the open page, and alerts are seen."""

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.command import Reply
from tests.bot.house import house
from tests.bot.surfaces.web.browser import CHROMIUM, NO_CHROMIUM, Visit, content_of, type_line, visit
from tests.bot.surfaces.web.conftest import served

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


async def test_my_data_is_a_download_and_forgetting_empties_the_page(visit: Visit, tmp_path: Path) -> None:
    async with house(tmp_path) as home, served(home.services) as site:
        page = await visit(site)
        await type_line(page, "老婆 1")
        await page.locator(".answer .sheet.loaded").wait_for()
        await type_line(page, "/mydata")
        link = page.locator("a[download]")
        await expect(link).to_contain_text(".json")
        async with page.expect_download() as coming:
            await link.click()
        data = json.loads(await content_of(await coming.value))
        assert (data["member"], len(data["recipes"])) == ("web:local", 1)

        await type_line(page, "/forgetme")
        await page.get_by_role("button", name="是，忘记我").click()
        await expect(page.locator(".answer").last).to_contain_text("我把你忘了")
        await expect(page.locator(".answer")).to_have_count(1)
        await expect(page.locator(".own")).to_have_count(0)
        assert len(await home.services.store.web.since("local")) == 1


async def test_what_nobody_asked_for_stands_on_the_page(visit: Visit, tmp_path: Path) -> None:
    async with house(tmp_path) as home, served(home.services) as site:
        page = await visit(site)
        await site.surface.tell("web:@local", Reply("磁盘快满了"))
        await expect(page.locator(".answer")).to_contain_text("磁盘快满了")
