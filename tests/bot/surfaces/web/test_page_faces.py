"""Faces on the page: pointed at, by finger, by keyboard, and large."""

from dataclasses import replace

import pytest
from playwright.async_api import expect

from bot.command import Button, PictureName
from bot.surfaces.base import Incoming, Responder
from tests.bot.surfaces.web.browser import CHROMIUM, NO_CHROMIUM, PHONE, Visit, content_of, type_line, visit
from tests.bot.surfaces.web.conftest import Site, waifus

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


async def test_a_face_that_is_pointed_at_offers_what_can_be_done_with_it(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await type_line(page, "/waifu")
    await page.get_by_label("第 3 张脸").hover()
    await page.locator(".face-menu").get_by_text("更多相似").click()
    await expect(page.locator(".answer")).to_have_count(2)
    await site.dispatcher.hears()
    assert (await site.dispatcher.hears()).text == "/more #k7f3.3"
    await expect(page.locator(".pressed")).to_contain_text("#k7f3.3")


async def test_a_finger_points_first_and_opens_then(site: Site, visit: Visit) -> None:
    page = await visit(site, **PHONE)
    await type_line(page, "/waifu")
    face = page.locator(".face").nth(1)
    await face.tap()
    await page.locator(".face-menu").wait_for()
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await face.tap()
    await expect(page.locator("dialog[open] .name")).to_contain_text("#k7f3.2")


async def test_all_that_is_offered_lies_on_the_smallest_phones_sheet(site: Site, visit: Visit) -> None:
    async def four_buttons(incoming: Incoming, responder: Responder) -> None:
        name = {"picture": PictureName("k7f3")}
        buttons = tuple(Button(label, label, name, per_face=True) for label in ("more", "bigger", "save", "fade"))
        await responder.send(replace(waifus(), buttons=buttons))

    site.dispatcher.answer = four_buttons
    page = await visit(site, **PHONE | {"locale": "en", "viewport": {"width": 320, "height": 568}})
    await type_line(page, "/waifu")
    for n in (0, 3):
        await page.locator(".face").nth(n).tap()
        await expect(page.locator(".face-act")).to_have_count(5)
        (left, right), *acts = await page.locator(".sheet, .face-act").evaluate_all(
            "(nodes) => nodes.map((node) => node.getBoundingClientRect()).map((box) => [box.left, box.right])"
        )
        assert all(left <= begin and end <= right for begin, end in acts), acts


async def test_faces_can_be_reached_by_keyboard(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await type_line(page, "/waifu")
    await page.locator(".face").first.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".face").nth(3)).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".answer")).to_have_count(2)
    await site.dispatcher.hears()
    assert (await site.dispatcher.hears()).text == "/more #k7f3.4"


async def test_the_lightbox_is_worked_by_keyboard(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await type_line(page, "/waifu")
    await page.locator(".face").first.click()
    name = page.locator("dialog[open] .name")
    await expect(name).to_contain_text("#k7f3.1")
    await page.keyboard.press("ArrowRight")
    await expect(name).to_contain_text("#k7f3.2")
    async with page.expect_download() as download:
        await page.get_by_label("保存到本机").click()
    assert (await download.value).suggested_filename == "nijigen-k7f3.2.png"
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    await expect(name).to_have_text("#k7f3")  # the whole sheet
    async with page.expect_download() as download:
        await page.get_by_label("保存到本机").click()
    kept = await download.value
    assert kept.suggested_filename == "nijigen-k7f3.png"
    assert await content_of(kept) == waifus().pictures[0].encoded.content  # as it came, with the recipe inside
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)
