"""What goes along with a line: pictures that are brought, and the one that is replied to."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.bot.surfaces.web.browser import CHROMIUM, NO_CHROMIUM, PHONE, Visit, type_line, visit
from tests.bot.surfaces.web.conftest import Site, waifus

__all__ = ["visit"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


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


@pytest.mark.parametrize("told", ["application/zip", "application/x-zip-compressed", ""])
async def test_a_zip_goes_along_whatever_the_browser_calls_it(site: Site, visit: Visit, told: str) -> None:
    page = await visit(site)
    content = b"PK\x05\x06" + bytes(18)
    await page.locator("#line").evaluate(
        """(line, [type, content]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([Uint8Array.from(content)], "mikoto.zip", { type }));
            line.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
        }""",
        [told, list(content)],
    )
    await expect(page.locator(".thumb .no-preview")).to_contain_text("mikoto.zip")
    await type_line(page, "/contribute")
    (upload,) = (await site.dispatcher.hears()).uploads
    assert (upload.content, upload.media_type) == (content, "application/zip")
    await expect(page.locator(".own-thumbs .no-preview")).to_contain_text("mikoto.zip")


async def test_the_chooser_shows_zips(site: Site, visit: Visit) -> None:
    page = await visit(site)
    accepted = (await page.locator("#files").get_attribute("accept") or "").split(",")
    assert {"image/*", ".zip", "application/zip"} <= {*accepted}


@pytest.mark.parametrize("name", ["page.png", "loop.mp4"])
async def test_what_the_browser_cannot_show_small_is_a_tile(
    site: Site, visit: Visit, tmp_path: Path, name: str
) -> None:
    picture = tmp_path / name
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
