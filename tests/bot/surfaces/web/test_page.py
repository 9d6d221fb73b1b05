"""The page in a real browser, from the door to the whole bot behind it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from bot.command import Reply
from bot.surfaces.base import Incoming, Responder
from tests.bot.house import house
from tests.bot.surfaces.web.browser import CHROMIUM, NO_CHROMIUM, Visit, content_of, type_line, visit
from tests.bot.surfaces.web.conftest import Serve, Site, running, served, waifus
from tests.bot.test_chat import with_commands

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


async def test_type_get_pictures_press_a_button_reload_and_they_are_still_there(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await expect(page.locator("#greeting")).to_be_visible()
    await type_line(page, "老婆 4")
    await expect(page.locator(".own .bubble")).to_have_text("老婆 4")
    await page.locator(".answer .sheet.loaded").wait_for()
    await expect(page.locator("#greeting")).to_be_hidden()
    await page.locator(".answer .next-button").click()
    await expect(page.locator(".answer")).to_have_count(2)
    await expect(page.locator(".pressed")).to_contain_text("再来")
    await site.dispatcher.hears()
    assert (await site.dispatcher.hears()).text == "/again #k7f3"
    await page.reload()
    await expect(page.locator(".answer .sheet.loaded")).to_have_count(2)
    await expect(page.locator(".own")).to_have_count(2)


async def test_the_greeting_says_what_one_could_say(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await page.locator(".ticket").first.click()
    await page.locator(".answer .sheet.loaded").wait_for()
    assert (await site.dispatcher.hears()).text == "老婆"


async def test_while_it_is_drawn_the_page_says_how_far_it_is(site: Site, visit: Visit) -> None:
    go_on = asyncio.Event()

    async def slow(incoming: Incoming, responder: Responder) -> None:
        await responder.progress("前面还有 3 位", 0.25)
        await go_on.wait()
        await responder.send(waifus())

    site.dispatcher.answer = slow
    page = await visit(site)
    await type_line(page, "/waifu")
    await expect(page.locator(".working")).to_contain_text("前面还有 3 位")
    await page.reload()
    await expect(page.locator(".working")).to_contain_text("前面还有 3 位")  # also for who comes back
    go_on.set()
    await page.locator(".answer").wait_for()
    await expect(page.locator(".working")).to_have_count(0)


async def test_what_somebody_types_is_never_markup(site: Site, visit: Visit) -> None:
    async def echo(incoming: Incoming, responder: Responder) -> None:
        await responder.send(Reply(incoming.text))

    site.dispatcher.answer = echo
    page = await visit(site)
    text = '<img src=x onerror="document.title=1"> #k7f3'
    await type_line(page, text)
    await expect(page.locator(".speech")).to_have_text(text)
    await expect(page.locator(".own .bubble")).to_have_text(text)
    await expect(page.locator("#log img:not([src='/static/biri.webp'])")).to_have_count(0)


async def test_a_message_that_was_refused_can_be_sent_again(site: Site, visit: Visit, monkeypatch: Any) -> None:
    monkeypatch.setattr("bot.surfaces.web.conversation.MOST_IN_FLIGHT", 0)
    page = await visit(site)
    await type_line(page, "/waifu")
    await expect(page.locator(".refusal")).to_contain_text("还没画完")
    monkeypatch.setattr("bot.surfaces.web.conversation.MOST_IN_FLIGHT", 8)
    await page.locator(".refusal-again").click()
    await page.locator(".answer").wait_for()
    await expect(page.locator(".refusal")).to_have_count(0)


async def test_whoever_reads_above_is_not_pulled_down(site: Site, visit: Visit) -> None:
    page = await visit(site, viewport={"width": 900, "height": 500})
    for n in range(1, 4):
        await type_line(page, "/waifu")
        await expect(page.locator(".answer .sheet.loaded")).to_have_count(n)
    log = page.locator("#log")
    await log.evaluate("(log) => { log.scrollTop = 0 }")
    other = await visit(site)
    await type_line(other, "/waifu")
    pill = page.locator("#newer")
    await pill.wait_for()
    assert await log.evaluate("(log) => log.scrollTop") == 0
    await pill.click()
    await expect(page.locator(".answer").last).to_be_in_viewport()


async def test_an_answer_that_is_deleted_leaves_the_page(site: Site, visit: Visit) -> None:
    async def answer_or_delete(incoming: Incoming, responder: Responder) -> None:
        if incoming.replied_to:
            await responder.delete(incoming.replied_to)
        else:
            await responder.send(waifus())

    site.dispatcher.answer = answer_or_delete
    page = await visit(site)
    await type_line(page, "/waifu")
    await page.get_by_label("撤回").click()
    await expect(page.locator(".answer")).to_have_count(0)
    await site.dispatcher.hears()
    assert (await site.dispatcher.hears()).text == "/delete"


async def test_the_page_comes_back_after_the_bot_does(visit: Visit, tmp_path: Path) -> None:
    async with running(tmp_path) as first:
        page = await visit(first)
        await type_line(page, "/waifu")
        await page.locator(".answer").wait_for()
        port = first.port
    await expect(page.locator("#status")).to_have_attribute("data-state", "offline")
    await type_line(page, "/waifu 2")
    await expect(page.locator(".pending")).to_have_attribute("data-waiting", "等连上就送出")
    async with running(tmp_path, port=port) as second:
        assert (await second.dispatcher.hears()).text == "/waifu 2"
        await expect(page.locator(".answer")).to_have_count(2)
        await expect(page.locator("#status")).to_have_attribute("data-state", "up")
    visit.complaints = [c for c in visit.complaints if "WebSocket connection" not in c]


async def test_the_password_is_asked_for_and_opens_the_page(serve: Serve, visit: Visit) -> None:
    async with serve(web_password="sesame") as site:
        page = await visit.open(site)
        await page.locator("#password").fill("wrong")
        await page.locator(".enter").click()
        await expect(page.locator("#wrong")).to_contain_text("不是这个")
        await page.locator("#password").fill("sesame")
        await page.locator(".enter").click()
        await page.locator("body[data-ready]").wait_for()
        await type_line(page, "/waifu")
        await page.locator(".answer .sheet.loaded").wait_for()
    visit.complaints = [c for c in visit.complaints if "401" not in c]


async def test_the_whole_bot_looks_at_pictures_that_are_brought_and_replied_to(visit: Visit, tmp_path: Path) -> None:
    """Picture lane and door are the real ones."""
    (tmp_path / "fake.png").write_text("<html>")
    async with house(tmp_path) as home, served(with_commands(home).services) as site:
        page = await visit(site)
        await type_line(page, "/waifu 1 seed:7")
        await page.locator(".answer .sheet.loaded").wait_for()
        await page.get_by_label("回复这张图").click()
        await type_line(page, "/look")
        await expect(page.locator(".answer").nth(1)).to_contain_text("image/jpeg:384x384")
        async with page.expect_download() as saving:
            await page.locator(".face, .sheet").first.click()
            await page.get_by_label("存到本机").click()
        saved = tmp_path / "saved.jpg"
        saved.write_bytes(await content_of(await saving.value))
        await page.keyboard.press("Escape")
        await page.locator("#files").set_input_files([saved, saved])
        await type_line(page, "/look")
        await expect(page.locator(".answer").nth(2)).to_contain_text("image/jpeg:384x384 image/jpeg:384x384")
        await page.locator("#files").set_input_files(tmp_path / "fake.png")
        await type_line(page, "瞧")
        await expect(page.locator(".answer.failed")).to_contain_text("PNG")
        await page.locator("#files").set_input_files(saved)
        await page.locator("#send").click()
        await expect(page.locator(".answer").nth(4).get_by_role("button", name="/look")).to_be_visible()


async def test_the_whole_bot_answers_on_the_page(visit: Visit, tmp_path: Path) -> None:
    """Dispatcher, gate, pool and its processes are the real ones; only the network is a toy."""
    async with house(tmp_path) as home, served(home.services) as site:
        page = await visit(site)
        await type_line(page, "老婆 4")
        await page.locator(".answer .sheet.loaded").wait_for()
        await expect(page.locator(".face")).to_have_count(4)
        await page.get_by_label("第 2 张脸").hover()
        await page.locator(".face-menu").get_by_text("放大").click()
        await expect(page.locator(".answer .sheet.loaded")).to_have_count(2)
        await type_line(page, "/waifu 65")
        await expect(page.locator(".answer.failed")).to_contain_text("64")
        await page.reload()
        await expect(page.locator(".answer")).to_have_count(3)
