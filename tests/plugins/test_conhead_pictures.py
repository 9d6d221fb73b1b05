"""`/conhead`: what comes from outside, good and bad."""

from pathlib import Path

import pytest

from bot.surfaces.base import PictureLink
from data.pictures import Upload
from tests.bot.house import House, house
from tests.plugins.brought import RED, REFUSED, five_thousand_frames, scene, upload, variants, webp_bomb
from tests.plugins.heading import ask, headed, shown
from tests.wire.picture_host import PictureHost


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_good_picture_ends_in_a_sentence(home: House, name: str) -> None:
    content, word = REFUSED[name]
    reply = await home.ask("/conhead", uploads=(Upload(content, "image/png", "test"),), locale="en")
    assert reply.failed
    assert word in reply.text
    assert headed(await ask(home), RED)  # and the next one is served


async def test_five_thousand_frames_are_bounded(home: House) -> None:
    content = five_thousand_frames()
    reply = await ask(home, uploads=(Upload(content, "image/gif", "test"),))
    assert 1 <= getattr(shown(reply), "n_frames", 1) <= 48
    assert len(reply.pictures[0].encoded.content) <= 4_000_000


async def test_a_bomb_of_an_animated_webp_is_answered_as_a_still(home: House) -> None:
    reply = await home.ask("/conhead", uploads=(Upload(webp_bomb(), "image/webp", "test"),), locale="en")
    assert reply.failed
    assert "can't find" in reply.text or "too large" in reply.text
    assert headed(await ask(home), RED)


@pytest.mark.parametrize("path", ["/redirected", "/endless", "/lying"])
async def test_an_address_that_is_up_to_no_good_ends_in_a_sentence(tmp_path: Path, path: str) -> None:
    async with PictureHost() as elsewhere, PictureHost() as host:
        elsewhere.files["/secret.png"] = upload(scene(RED)).content
        host.redirects["/redirected"] = elsewhere.url("/secret.png")
        host.raw["/lying"] = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9\r\n\r\n<html>abc"
        async with house(tmp_path, intake_allow=[host.address]) as home:
            link = PictureLink("attached", host.url(path))
            reply = await home.ask("/conhead", links=(link,), locale="en")
        assert reply.failed
        assert reply.text.endswith((".", "?"))
        assert elsewhere.asked == []


@pytest.mark.parametrize("name", ["CMYK", "EXIF", "alpha", "palette", "16 bits"])
async def test_every_kind_of_picture_gets_its_head(home: House, name: str) -> None:
    reply = await ask(home, uploads=(variants()[name],))
    assert shown(reply).size == (440, 300)
    assert headed(reply, RED)
