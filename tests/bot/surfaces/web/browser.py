"""A real browser for the tests of the page: Debian's Chromium, headless, through playwright."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Download, Page, async_playwright, expect

from tests.bot.surfaces.web.conftest import Site


def _chromium() -> str | None:
    """Where a Chromium is: the distribution's, or what $CHROMIUM names."""
    named = os.environ.get("CHROMIUM", "")
    found = (shutil.which(name) for name in (named, "chromium", "chromium-browser", "google-chrome") if name)
    return next((path for path in found if path), None)


CHROMIUM = _chromium()
NO_CHROMIUM = "no Chromium here: set $CHROMIUM, or install the package"
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
MOST_MS = 60_000  # that anything may take on a busy machine before a test gives up
expect.set_options(timeout=MOST_MS)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


class Visit:
    """A browser that opens pages of a site and notes what goes wrong in them, and what they ask of anybody else."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.complaints: list[str] = []
        self.strangers: list[str] = []

    async def __call__(self, site: Site, **options: Any) -> Page:
        """A page that is connected."""
        page = await self.open(site, **options)
        await page.locator("body[data-ready]").wait_for()
        return page

    async def open(self, site: Site, **options: Any) -> Page:
        context = await self._browser.new_context(**{"locale": "zh-CN", "reduced_motion": "reduce", **options})
        page = await context.new_page()
        page.set_default_timeout(MOST_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("request", lambda r: self.strangers.append(r.url) if not self._ours(site, r.url) else None)
        await page.goto(site.url)
        return page

    @staticmethod
    def _ours(site: Site, url: str) -> bool:
        return url.startswith((site.url, site.url.replace("http", "ws"), "blob:", "data:"))


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened = Visit(browser)
        yield opened
        await browser.close()
    assert opened.complaints == []
    assert opened.strangers == []


async def type_line(page: Page, line: str) -> None:
    await page.locator("#line").fill(line)
    await page.locator("#line").press("Enter")


async def content_of(download: Download) -> bytes:
    return await asyncio.to_thread((await download.path()).read_bytes)
