"""What a plugin gets of the pictures that a message brings."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.chat import Chat
from bot.command import Reply, UserError, command
from bot.commands import Commands
from bot.dispatch import Dispatcher
from bot.surfaces.base import PictureLink
from data.pictures import Upload
from tests.bot.house import House, house
from tests.wire.picture_host import PictureHost

AVATAR = "/avatar?nk=1"


@command("look", zh="瞧", pictures=9)
async def look(chat: Chat, most: int = 9) -> Reply:
    return Reply(" ".join(f"{d.media_type}:{d.width}x{d.height}" for d in await chat.decoded(most)))


@command("take", zh="拿", pictures=9)
async def take(chat: Chat) -> Reply:
    found = " ".join(f"{u.origin}:{len(u.content)}" for u in await chat.pictures(9))
    return Reply(f"{chat.brought} {chat.attached} {found}")


@command("each", zh="逐个", pictures=9)
async def each(chat: Chat) -> Reply:
    found = [one.key if isinstance(one, UserError) else f"{len(one.content)}" async for one in chat.each_picture(9)]
    return Reply(" ".join(found))


def with_commands(home: House) -> House:
    """A bot that has the commands above as well."""
    own = [handler.__nijigen_command__ for handler in (look, take, each)]  # type: ignore[attr-defined]
    home.services.commands = Commands([*home.services.commands.all(), *own])
    home.services.dispatcher = Dispatcher(home.services)
    return home


def picture(width: int, height: int = 10, kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(content, kind)
    return content.getvalue()


@pytest.fixture
async def host() -> AsyncIterator[PictureHost]:
    async with PictureHost() as one:
        one.files |= {"/a.png": picture(11), "/b.png": picture(12), "/avatar": picture(40, 40, "JPEG")}
        yield one


@pytest.fixture
async def home(tmp_path: Path, host: PictureHost) -> AsyncIterator[House]:
    async with house(tmp_path, intake_allow=[host.address]) as built:
        yield with_commands(built)


def upload(content: bytes) -> Upload:
    return Upload(content, "image/png", "web")


async def test_attached_comes_before_replied_to_before_mentioned(home: House, host: PictureHost) -> None:
    links = (
        PictureLink("avatar", host.url(AVATAR)),
        PictureLink("replied", host.url("/b.png")),
        PictureLink("attached", host.url("/a.png")),
    )
    brought = {"links": links, "uploads": (upload(picture(10)),)}
    reply = await home.ask("/look", **brought)
    assert reply.text == "image/png:10x10 image/png:11x10 image/png:12x10 image/jpeg:40x40"
    assert (await home.ask("/look 2", **brought)).text == "image/png:10x10 image/png:11x10"
    assert (await home.ask("/take", **brought)).text.startswith("4 True web:")


async def test_nothing_is_fetched_that_no_command_wants(home: House, host: PictureHost) -> None:
    links = (PictureLink("attached", host.url("/a.png")), PictureLink("avatar", host.url(AVATAR)))
    await home.say("看这张图", links=links)
    await home.ask("/help", links=links)
    assert host.asked == []
    await home.ask("/look 1", links=links)
    assert [path for path, _ in host.asked] == ["/a.png"]


async def test_the_bots_own_picture_is_taken_from_the_store(home: House) -> None:
    key = await home.services.store.files.put(picture(20), ".png")
    assert (await home.ask("/look", links=(PictureLink("replied", file=key),))).text == "image/png:20x10"
    gone = await home.ask("/look", links=(PictureLink("replied", file="0" * 64 + ".png"),), locale="en")
    assert gone.failed
    assert "expired" in gone.text


async def test_where_one_cannot_be_had_the_others_are(home: House, host: PictureHost) -> None:
    links = [PictureLink("attached", host.url(path)) for path in ("/a.png", "/nowhere.png", "/b.png")]
    gone = PictureLink("attached", file="0" * 64 + ".png")
    first, nowhere, second, last = (await home.ask("/each", links=(*links, gone))).text.split()
    assert first.isdecimal()
    assert second.isdecimal()
    assert nowhere.startswith("intake.")
    assert last == "intake.gone"
    assert (await home.ask("/take", links=(*links, gone))).failed


@pytest.mark.parametrize("word", ["me", "自己", "我", "ME"])
async def test_who_says_me_means_their_own_avatar(home: House, host: PictureHost, word: str) -> None:
    own = PictureLink("avatar", host.url(AVATAR))
    assert (await home.ask(f"/look {word}", avatar=own)).text == "image/jpeg:40x40"
    assert (await home.ask(f"瞧 {word}", avatar=own)).text == "image/jpeg:40x40"
    assert (await home.ask(f"/look 1 {word}", avatar=own)).text == "image/jpeg:40x40"
    nobody = await home.ask(f"/look {word}", locale="en")
    assert nobody.failed
    assert "avatar" in nobody.text


async def test_other_commands_keep_the_word(home: House, host: PictureHost) -> None:
    reply = await home.ask("/waifu seed:me 1", avatar=PictureLink("avatar", host.url(AVATAR)))
    assert not reply.failed
    assert (await home.ask("/waifu me", avatar=PictureLink("avatar", host.url(AVATAR)))).failed
    assert host.asked == []


async def test_without_a_picture_the_member_is_asked_for_one(home: House) -> None:
    assert "Attach" in (await home.ask("/look", locale="en")).text
    with_avatars = await home.ask("/look", locale="en", avatar=PictureLink("avatar", "https://x"))
    assert "mention" in with_avatars.text
    assert with_avatars.failed


async def test_a_picture_without_a_word_is_asked_what_it_is_for(home: House, host: PictureHost) -> None:
    link = PictureLink("attached", host.url("/a.png"))
    reply = await home.ask("", addressed=True, links=(link,))
    assert "/look（瞧）" in reply.text
    assert "/recipe" in reply.text
    assert (await home.ask("", addressed=True, uploads=(upload(picture(1)),), locale="en")).text.startswith("A picture")
    assert "/look" not in (await home.ask("", addressed=True, links=(PictureLink("avatar", "https://x"),))).text
    assert await home.say("", links=(link,)) is None
    assert host.asked == []


async def test_a_bare_chinese_name_needs_a_picture_to_be_a_command(home: House, host: PictureHost) -> None:
    assert await home.say("瞧") is None
    assert await home.say("瞧 这个", links=(PictureLink("attached", host.url("/a.png")),)) is None
    assert (await home.ask("瞧", links=(PictureLink("attached", host.url("/a.png")),))).text == "image/png:11x10"
    assert (await home.ask("瞧", addressed=True)).failed


SENTENCES = {
    "/gone.png": "expired",
    "/html.png": "no picture I can read",
    "/half.png": "damaged",
    "/bomb.png": "pixels at most",
    "/large.png": "MB at most",
    "/inside": "address",
}


@pytest.mark.parametrize("path", SENTENCES)
async def test_whatever_is_wrong_with_a_picture_is_a_sentence(tmp_path: Path, host: PictureHost, path: str) -> None:
    host.files["/html.png"] = b"<!DOCTYPE html><title>not here</title>"
    host.files["/half.png"] = picture(190, 190)[:100]
    host.files["/bomb.png"] = picture(200, 200)
    host.files["/large.png"] = picture(10) + bytes(100_000)
    host.redirects["/inside"] = "http://127.0.0.1:1/"
    limits = {"intake_allow": [host.address], "intake_max_bytes": 50_000, "intake_max_pixels": 39_999}
    async with house(tmp_path, **limits) as home:
        links = (PictureLink("attached", host.url(path)),)
        reply = await with_commands(home).ask("/look", links=links, locale="en")
        assert reply.failed
        assert SENTENCES[path] in reply.text
        assert (await home.ask("/look", links=links)).text != reply.text  # in Chinese


async def test_an_upload_that_is_no_picture_is_a_sentence_too(home: House) -> None:
    assert "no picture" in (await home.ask("/look", uploads=(upload(b"<svg/>"),), locale="en")).text


async def test_a_picture_that_never_comes_is_given_up(
    home: House, host: PictureHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = home.services.door
    monkeypatch.setattr(door, "_limits", replace(door._limits, seconds=0.2))
    for path in ("/drip", "/silent"):
        reply = await home.ask("/look", links=(PictureLink("attached", host.url(path)),), locale="en")
        assert "too slowly" in reply.text


async def test_a_picture_whose_address_the_platform_forgot_has_expired(home: House) -> None:
    assert "expired" in (await home.ask("/look", links=(PictureLink("attached"),), locale="en")).text


async def test_the_recipe_of_a_picture_comes_through_the_same_door(home: House, host: PictureHost) -> None:
    drawn = await home.ask("/waifu 1 seed:77")
    host.files["/ours.jpg"] = drawn.pictures[0].encoded.content
    link = PictureLink("attached", host.url("/ours.jpg?rkey=x"))
    assert "77" in (await home.ask("/recipe", links=(link,))).text
    assert "77" in (await home.ask("配方", links=(link,))).text
    # one of the bot's own needs no file
    count = len(host.asked)
    assert "77" in (await home.ask("/recipe", replied_to="1", links=(PictureLink("replied", host.url("/gone")),))).text
    assert len(host.asked) == count
