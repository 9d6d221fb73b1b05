"""Pictures on their way in."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.surfaces.web.uploads import UploadRefused, Uploads


async def body(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def bring(
    uploads: Uploads, content: bytes = b"picture", visitor: str = "a", media_type: str = "image/png"
) -> str:
    return await uploads.receive(visitor, media_type, None, body(content))


async def test_what_was_brought_is_given_out_once() -> None:
    uploads = Uploads(100)
    token = await uploads.receive("a", "image/png", 6, body(b"pic", b"", b"ture"))
    (upload,) = uploads.take("a", [token])
    assert (upload.content, upload.media_type, upload.origin) == (b"picture", "image/png", "web")
    assert uploads.bytes == 0
    with pytest.raises(UploadRefused, match="gone"):
        uploads.take("a", [token])


async def test_a_video_is_taken_for_its_recipe() -> None:
    uploads = Uploads(100)
    (upload,) = uploads.take("a", [await bring(uploads, media_type="video/mp4")])
    assert upload.media_type == "video/mp4"
    with pytest.raises(UploadRefused, match="kind"):
        await bring(uploads, media_type="video/quicktime")


@pytest.mark.parametrize("media_type", ["application/zip", "application/x-zip-compressed"])
async def test_a_zip_of_pictures_is_taken(media_type: str) -> None:
    uploads = Uploads(100)
    (upload,) = uploads.take("a", [await bring(uploads, media_type=media_type)])
    assert upload.content == b"picture"
    with pytest.raises(UploadRefused, match="large"):
        await bring(uploads, b"x" * 101, media_type=media_type)


async def test_nobody_takes_what_somebody_else_brought() -> None:
    uploads = Uploads(100)
    token = await bring(uploads)
    with pytest.raises(UploadRefused, match="gone"):
        uploads.take("b", [token])
    with pytest.raises(UploadRefused, match="gone"):
        uploads.take("a", [token, token])
    assert len(uploads.take("a", [token])) == 1


async def test_too_much_is_refused_while_it_comes_and_holds_nothing() -> None:
    uploads = Uploads(10)
    read: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield b"12345"

    with pytest.raises(UploadRefused, match="large") as refused:
        await uploads.receive("a", "image/png", None, endless())
    assert refused.value.status == 413
    assert len(read) == 3
    assert uploads.bytes == 0


async def test_a_length_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(UploadRefused, match="large"):
        await Uploads(10).receive("a", "image/png", 11, body())


async def test_all_together_are_bounded() -> None:
    uploads = Uploads(10, total=15)
    first = await bring(uploads, b"1234567890")
    with pytest.raises(UploadRefused, match="busy"):
        await bring(uploads, b"1234567890", visitor="b")
    uploads.take("a", [first])
    await bring(uploads, b"1234567890", visitor="b")


@pytest.mark.parametrize(("content", "media_type", "key"), [(b"", "image/png", "empty"), (b"x", "text/html", "kind")])
async def test_what_is_no_picture_is_refused(content: bytes, media_type: str, key: str) -> None:
    with pytest.raises(UploadRefused, match=key):
        await bring(Uploads(10), content, media_type=media_type)


async def test_what_nobody_names_is_forgotten() -> None:
    uploads = Uploads(100, keep=0)
    token = await bring(uploads)
    forgotten = asyncio.Event()
    asyncio.get_running_loop().call_later(0, forgotten.set)  # timers run in order
    await forgotten.wait()
    assert uploads.bytes == 0
    with pytest.raises(UploadRefused, match="gone"):
        uploads.take("a", [token])


async def test_one_visitor_pushes_out_only_their_own() -> None:
    uploads = Uploads(100, total=10_000)
    theirs = await bring(uploads, visitor="b")
    mine = [await bring(uploads) for _ in range(25)]
    assert len(uploads.take("b", [theirs])) == 1
    assert len(uploads.take("a", mine[-9:])) == 9
    with pytest.raises(UploadRefused, match="gone"):
        uploads.take("a", mine[:1])


async def test_a_visitor_who_goes_away_half_way_leaves_nothing_behind() -> None:
    uploads = Uploads(100)

    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await uploads.receive("a", "image/png", None, broken())
    assert uploads.bytes == 0
