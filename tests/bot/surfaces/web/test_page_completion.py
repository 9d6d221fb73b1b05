"""What the page offers while somebody types."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.bot.surfaces.web.browser import CHROMIUM, NO_CHROMIUM, Visit, type_line, visit
from tests.bot.surfaces.web.conftest import Site, waifus

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


async def test_commands_and_options_are_completed_by_keyboard(site: Site, visit: Visit) -> None:
    page = await visit(site)
    line = page.locator("#line")
    await line.press_sequentially("/wai")
    await expect(page.locator(".choice")).to_have_count(1)
    await expect(line).to_have_attribute("aria-expanded", "true")
    await line.press("Enter")  # not a command yet: completes
    await expect(line).to_have_value("/waifu ")
    await expect(page.locator(".choice").first).to_contain_text("1–64")
    await line.press("ArrowDown")
    await line.press("Tab")
    await expect(line).to_have_value("/waifu 数量:")
    await expect(page.locator(".signature")).to_contain_text("画几张脸")
    await line.press_sequentially("9")
    await line.press("Enter")
    assert (await site.dispatcher.hears()).text == "/waifu 数量:9"
    await expect(page.locator(".own .bubble")).to_have_text("/waifu 数量:9")  # the bot may hear it first
    await line.press("ArrowUp")
    await expect(line).to_have_value("/waifu 数量:9")
    await line.press("ArrowDown")
    await expect(line).to_have_value("")


async def test_a_whole_command_is_sent_by_one_enter(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await page.locator("#line").press_sequentially("/help")
    await expect(page.locator(".choice")).to_have_count(1)
    await page.locator("#line").press("Enter")
    assert (await site.dispatcher.hears()).text == "/help"


async def test_a_slash_alone_is_sent_unless_somebody_goes_to_an_item(site: Site, visit: Visit) -> None:
    page = await visit(site)
    line = page.locator("#line")
    await line.press_sequentially("/")
    await page.locator(".choice").first.wait_for()
    await line.press("Enter")
    assert (await site.dispatcher.hears()).text == "/"
    await line.press_sequentially("/")
    first = await page.locator(".choice-name").first.inner_text()
    await line.press("ArrowDown")
    await line.press("Enter")
    await expect(line).to_have_value(f"{first} ")


async def test_escape_closes_the_list_and_names_of_pictures_are_completed(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await type_line(page, "/waifu")
    await page.locator(".answer").wait_for()
    await page.locator("#line").press_sequentially("/more #")
    await expect(page.locator(".choice")).to_have_text("#k7f34 张脸")
    await page.locator("#line").press("Escape")
    await expect(page.locator("#completion")).to_be_hidden()


async def test_what_can_be_done_with_a_picture_is_offered_before_anything_is_typed(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    picture = tmp_path / "photo.png"
    picture.write_bytes(waifus(1).pictures[0].encoded.content)
    page = await visit(site)
    await page.locator("#files").set_input_files(picture)
    await expect(page.locator("#line")).to_have_attribute("placeholder", "拿它做什么呢？")
    offered = await page.locator(".choice-name").all_inner_texts()
    assert "/recipe" in offered
    assert "/waifu" not in offered
    await page.locator(".choice", has_text="/recipe").click()
    await expect(page.locator("#line")).to_have_value("/recipe ")
    await page.locator("#line").press("Enter")
    heard = await site.dispatcher.hears()
    assert (heard.text, len(heard.uploads)) == ("/recipe", 1)
    await page.locator("#files").set_input_files(picture)
    await page.get_by_label("去掉 photo.png").click()
    await expect(page.locator("#completion")).to_be_hidden()
    assert await page.locator("#line").get_attribute("placeholder") != "拿它做什么呢？"
