"""How the page looks: narrow, dark, in either language."""

from typing import Any

import pytest
from playwright.async_api import expect

from bot.command import Reply
from bot.surfaces.base import Incoming, Responder
from tests.bot.surfaces.web.browser import CHROMIUM, NO_CHROMIUM, PHONE, Visit, type_line, visit
from tests.bot.surfaces.web.conftest import Site, waifus

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


@pytest.mark.parametrize("options", [PHONE, {"viewport": {"width": 390, "height": 700}}], ids=["phone", "narrow"])
async def test_nothing_sticks_out_at_phone_width(site: Site, visit: Visit, options: dict[str, Any]) -> None:
    async def wide(incoming: Incoming, responder: Responder) -> None:
        await responder.send(waifus(16))
        await responder.send(Reply("长" * 90 + "w" * 200))

    site.dispatcher.answer = wide
    page = await visit(site, **options)
    await type_line(page, "/waifu 16")
    await expect(page.locator(".answer")).to_have_count(2)
    await page.locator("#line").fill("/waifu ")
    await page.locator(".choice").first.wait_for()
    for node in ("html", "#log", "#composer"):
        inside, room = await page.locator(node).evaluate("(node) => [node.scrollWidth, node.clientWidth]")
        assert inside <= room, node
    await page.locator("#line").press("Escape")
    boxes = [await page.locator(s).bounding_box() for s in ("#send", "#attach", "#language", "#theme")]
    assert all(box and box["width"] >= 40 and box["height"] >= 40 for box in boxes)


async def test_the_night_is_dark_and_the_choice_is_kept(site: Site, visit: Visit) -> None:
    page = await visit(site, color_scheme="dark")
    root = page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await expect(page.locator("body")).to_have_css("background-color", "rgb(26, 20, 31)")
    await page.locator("#theme").click()  # auto -> light
    await expect(root).to_have_attribute("data-theme", "light")
    await page.reload()
    await expect(root).to_have_attribute("data-theme", "light")


async def test_the_language_changes_labels_old_answers_and_what_is_said(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await type_line(page, "/waifu")
    await expect(page.locator(".next-button")).to_have_text("再来")
    await page.locator("#language").click()
    await expect(page.locator(".next-button")).to_have_text("Again")
    await expect(page).to_have_title("nijigen")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await type_line(page, "/waifu")
    assert (await site.dispatcher.hears()).locale == "zh-CN"
    assert (await site.dispatcher.hears()).locale == "en"
    await page.reload()
    await expect(page.locator(".next-button").first).to_have_text("Again")


async def test_a_browser_speaks_its_own_language_at_first(site: Site, visit: Visit) -> None:
    page = await visit(site, locale="en-GB")
    await expect(page.locator(".greeting h2")).to_have_text("Whom shall we meet?")
