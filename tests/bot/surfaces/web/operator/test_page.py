"""The operator's page in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.bot.surfaces.web.browser import CHROMIUM, NO_CHROMIUM, PHONE, Visit, visit
from tests.bot.surfaces.web.operator.conftest import Desk

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


async def opened(desk: Desk, visit: Visit, path: str, **options: Any) -> Page:
    page = await visit.open(desk.site, **options)
    await page.goto(desk.site.url + path)
    return page


def focused(page: Page) -> Any:
    return page.evaluate("Number(document.activeElement.dataset.id)")


async def test_contributions_are_reviewed_by_the_keyboard_alone(desk: Desk, visit: Visit) -> None:
    ids = await desk.given(12)
    page = await opened(desk, visit, "/operator/characters/1/review", viewport={"width": 1100, "height": 800})
    await expect(page.locator(".tile")).to_have_count(12)
    await expect(page.locator(f'.tile[data-id="{ids[0]}"]')).to_be_focused()
    tops = await page.locator(".tile").evaluate_all("(tiles) => tiles.map((tile) => tile.offsetTop)")
    columns = tops.count(tops[0])
    for key, at in (("ArrowRight", 1), ("ArrowDown", 1 + columns), ("ArrowUp", 1), ("ArrowLeft", 0), ("ArrowLeft", 0)):
        await page.keyboard.press(key)
        assert await focused(page) == ids[at], key
    outline = await page.locator(f'.tile[data-id="{ids[0]}"]').evaluate("(tile) => getComputedStyle(tile).outlineStyle")
    assert outline == "solid"

    for key in ("a", "r", "b", "a"):  # each goes on to the next one
        await page.keyboard.press(key)
    assert await focused(page) == ids[4]
    await page.keyboard.press("u")
    assert await focused(page) == ids[3]
    await expect(page.locator("[data-mark]")).to_have_count(3)
    assert (await desk.store.contributions.counts(1)).waiting == 12  # nothing brings back what was refused
    await page.keyboard.press("Enter")
    await expect(page.locator(".tile")).to_have_count(9)
    found = {one.id: one.state for one in await desk.store.contributions.list(1)}
    assert [found[id] for id in ids[:4]] == ["accepted", "refused", "refused", "waiting"]
    await expect(page.locator(".tabs [aria-current]")).to_contain_text("9")
    assert await focused(page) == ids[3]  # the keyboard goes on where it was


async def test_what_was_decided_goes_along_when_the_page_is_left(desk: Desk, visit: Visit) -> None:
    ids = await desk.given(2)
    page = await opened(desk, visit, "/operator/characters/1/review")
    await expect(page.locator(f'.tile[data-id="{ids[0]}"]')).to_be_focused()
    await page.keyboard.press("a")
    await expect(page.locator("[data-mark]")).to_have_count(1)
    await page.goto(desk.site.url + "/operator/characters/1")
    await expect(page.locator(".given")).to_contain_text("收下 1 张")


async def test_from_no_character_to_one_that_is_learnt_and_back(desk: Desk, visit: Visit) -> None:
    await desk.does("delete", character=1, name="Mikoto")
    page = await opened(desk, visit, "/operator")
    await page.locator("[name=name]").fill("<b>Biri</b>")
    await page.locator("[type=submit]").click()
    await expect(page.locator("#toast")).to_contain_text("<b>Biri</b>")  # no name: refused, with what was typed
    assert [complaint for complaint in visit.complaints if "409" not in complaint] == []
    visit.complaints.clear()  # Chromium's own, of every refusal
    await page.locator("[name=name]").fill("Biri")
    await page.locator("[name=description]").fill("<img src=x onerror=alert(1)>")
    await page.locator("[type=submit]").click()
    await expect(page.locator("h1")).to_have_text("Biri")
    await expect(page.locator("img[src=x]")).to_have_count(0)
    (desk.her,) = await desk.store.characters.all()
    await desk.given(12, "accepted")
    for number in (1, 2):
        await page.locator("[name=anyway]").check()
        await page.locator(".learning .form [type=submit]").click()
        await expect(page.locator("[data-version]")).to_have_count(number)
    in_use = page.locator("[data-version]", has=page.locator(".chip.good"))
    newest = await page.locator("[data-version]").first.get_attribute("data-version")
    assert newest is not None
    await expect(in_use).to_have_attribute("data-version", newest)
    await page.locator(".versions .head2 .act").click()
    await page.locator("#sure .act-first").click()
    await expect(in_use).not_to_have_attribute("data-version", newest)
    await page.locator(f'[data-version="{newest}"] .act').click()
    await page.locator("#sure .act-first").click()
    await expect(in_use).to_have_attribute("data-version", newest)


@pytest.mark.parametrize("options", [PHONE, {"viewport": {"width": 1100, "height": 800}}], ids=["phone", "desktop"])
async def test_nothing_sticks_out_and_both_languages_are_spoken(
    desk: Desk, visit: Visit, options: dict[str, Any]
) -> None:
    await desk.given(5)
    page = await opened(desk, visit, "/operator", **options)
    paths = ["", "/bot", "/groups", "/characters/1", "/characters/1/review"]
    for path in paths:
        await page.goto(f"{desk.site.url}/operator{path}")
        await page.locator(".page .card").first.wait_for()
        inside, room = await page.locator("html").evaluate("(node) => [node.scrollWidth, node.clientWidth]")
        assert inside <= room, path
    await expect(page.locator(".tabs [aria-current]")).to_have_text("待审 5")
    await page.locator("#language").click()
    await expect(page.locator(".tabs [aria-current]")).to_have_text("Waiting 5")


async def test_the_chat_page_shows_who_runs_it_the_way(desk: Desk, visit: Visit) -> None:
    page = await visit(desk.site)
    await page.locator("#operator").click()
    await expect(page.locator(".girl h2")).to_have_text("Mikoto")
