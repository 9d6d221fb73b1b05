"""The page in a real browser: Debian's Chromium, headless, through playwright."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Download, Page, async_playwright, expect

from bot.command import Reply
from bot.surfaces.base import Incoming, Responder
from tests.bot.house import house
from tests.bot.surfaces.web.conftest import Serve, Site, chromium, running, served, waifus
from tests.bot.test_chat import with_commands

CHROMIUM = chromium()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: set $CHROMIUM, or install the package")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
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
        page.set_default_timeout(15_000)
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


async def _content(download: Download) -> bytes:
    return await asyncio.to_thread((await download.path()).read_bytes)


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
    assert await _content(kept) == waifus().pictures[0].encoded.content  # as it came, with the recipe inside
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)


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


async def test_escape_closes_the_list_and_names_of_pictures_are_completed(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await type_line(page, "/waifu")
    await page.locator(".answer").wait_for()
    await page.locator("#line").press_sequentially("/more #")
    await expect(page.locator(".choice")).to_have_text("#k7f34 张脸")
    await page.locator("#line").press("Escape")
    await expect(page.locator("#completion")).to_be_hidden()


async def test_pictures_are_chosen_pasted_and_dropped(site: Site, visit: Visit, tmp_path: Path) -> None:
    picture = tmp_path / "photo.png"
    picture.write_bytes(waifus(1).pictures[0].encoded.content)
    page = await visit(site)
    await page.locator("#files").set_input_files(picture)
    for event in ("paste", "drop"):
        await page.locator("#line").evaluate(
            """(line, [kind, content]) => {
                const transfer = new DataTransfer();
                const bytes = Uint8Array.from(content);
                transfer.items.add(new File([bytes], `${kind}.png`, { type: "image/png" }));
                const about = { bubbles: true, cancelable: true };
                line.dispatchEvent(kind === "paste"
                    ? new ClipboardEvent("paste", { ...about, clipboardData: transfer })
                    : new DragEvent("drop", { ...about, dataTransfer: transfer }));
            }""",
            [event, list(picture.read_bytes())],
        )
    await expect(page.locator(".thumb")).to_have_count(3)
    await page.get_by_label("去掉 drop.png").click()
    await expect(page.locator(".thumb")).to_have_count(2)
    await type_line(page, "/recipe")
    heard = await site.dispatcher.hears()
    assert [u.content for u in heard.uploads] == [picture.read_bytes()] * 2
    await expect(page.locator(".own-thumbs img")).to_have_count(2)
    await page.reload()
    await expect(page.locator(".own-note")).to_contain_text("2")  # that there were some; they are not kept


async def test_a_file_that_is_no_picture_is_refused_in_passing(site: Site, visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    page = await visit(site)
    await page.locator("#files").set_input_files(tmp_path / "notes.txt")
    await expect(page.locator("#toast")).to_contain_text("notes.txt")
    await expect(page.locator(".thumb")).to_have_count(0)


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


async def test_a_picture_that_the_browser_cannot_show_is_a_tile(site: Site, visit: Visit, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    picture.write_text("<html>")
    page = await visit(site)
    await page.locator("#files").set_input_files(picture)
    await page.locator(".thumb .no-preview").wait_for()
    await type_line(page, "/recipe")
    await page.locator(".own-thumbs .no-preview").wait_for()
    await expect(page.locator("img[src^=blob]")).to_have_count(0)


async def test_a_message_takes_nine_pictures(site: Site, visit: Visit, tmp_path: Path) -> None:
    pictures = [tmp_path / f"{i}.png" for i in range(11)]
    for one in pictures:
        one.write_bytes(waifus(1).pictures[0].encoded.content)
    page = await visit(site, **PHONE)
    await page.locator("#files").set_input_files(pictures)
    await expect(page.locator(".thumb")).to_have_count(9)
    await expect(page.locator("#toast")).to_contain_text("9")
    inside, room = await page.locator("#composer").evaluate("(node) => [node.scrollWidth, node.clientWidth]")
    assert inside <= room
    await type_line(page, "/recipe")
    assert len((await site.dispatcher.hears()).uploads) == 9


async def test_a_reply_to_a_picture_says_so(site: Site, visit: Visit) -> None:
    page = await visit(site)
    await type_line(page, "/waifu")
    await page.get_by_label("回复这张图").click()
    await expect(page.locator(".reply-chip")).to_contain_text("#k7f3")
    seq = await page.locator(".answer").get_attribute("data-seq")
    await type_line(page, "放大 2")
    await site.dispatcher.hears()
    assert (await site.dispatcher.hears()).replied_to == seq
    await expect(page.locator(".reply-chip")).to_have_count(0)
    await expect(page.locator(".own-quote")).to_contain_text("#k7f3")


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
        saved.write_bytes(await _content(await saving.value))
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
