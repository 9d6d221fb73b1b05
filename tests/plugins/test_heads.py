"""`/heads`: a group's own heads, and what `/conhead` does with them."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from bot.command import Reply, Role
from bot.store import Store
from bot.surfaces.base import PictureLink
from data.pictures import Upload
from plugins.heads import MOST_OF_MEMBER
from tests.bot.house import House, house
from tests.plugins.brought import RED, REFUSED, five_thousand_frames, scene, upload, variants, webp_bomb
from tests.wire.picture_host import PictureHost

ADMIN = {"role": Role.ADMIN, "locale": "en"}
PRIVATE = {"chat": "qq:@1", "group": None, "locale": "en"}
TEAL = (0, 140, 130)


def ball(colour: tuple[int, int, int] = TEAL) -> Upload:
    """A head that no finder knows for one, with nothing around it."""
    image = Image.new("RGBA", (300, 320), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((30, 20, 270, 300), (*colour, 255))
    return upload(image)


async def add(home: House, name: str = "Kumo", **changes) -> Reply:
    reply = await home.ask(f'/heads add "{name}"', **{"uploads": (ball(),), **ADMIN, **changes})
    assert not reply.failed, reply.text
    return reply


def shown(reply: Reply) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(reply.pictures[0].encoded.content)).convert("RGB")).astype(int)


def is_teal(reply: Reply) -> bool:
    """Whether there is a teal head where the red face was."""
    pixel = shown(reply)[150, 95]
    return bool(pixel[0] < 80 and pixel[1] > pixel[0] + 40)


def files(home: House) -> list[Path]:
    return [path for path in (home.services.settings.storage_dir / "files").rglob("*.png") if path.is_file()]


async def test_a_head_with_nothing_around_it_is_kept_as_it_is_and_put_on(home: House) -> None:
    added = await add(home)
    assert "who:Kumo" in added.text
    assert (shown(added)[128, 128] == TEAL).all() or np.abs(shown(added)[128, 128] - TEAL).max() < 12
    assert shown(added)[4, 4].min() > 245
    for line in ("/conhead who:kumo", "接头 谁:Kumo"):
        reply = await home.ask(line, uploads=(upload(scene(RED)),), locale="en")
        assert not reply.failed, reply.text
        assert is_teal(reply)
        assert "Kumo" in reply.text


async def test_a_drawing_has_its_head_cut_out(home: House) -> None:
    await add(home, "Rosso", uploads=(upload(scene(RED).crop((0, 60, 200, 300))),))
    (kept,) = await home.services.store.heads.list("qq:7")
    content = await home.services.store.files.get(kept.file)
    assert content is not None
    head = Image.open(io.BytesIO(content))
    assert head.mode == "RGBA"
    ex, ey, cx, cy = kept.place[:4]
    assert np.asarray(head)[round((ey + cy) / 2), round((ex + cx) / 2), 3] > 240  # the face
    assert np.asarray(head)[0, 0, 3] == 0  # and not the paper around it


async def test_heads_are_listed_with_their_pictures_and_removed(home: House) -> None:
    empty = await home.ask("/heads list", **ADMIN)
    assert empty.failed
    assert "/heads add" in empty.text
    await add(home, "Kumo")
    await add(home, "Two Words", uploads=(ball((200, 60, 60)),))
    listed = await home.ask("头库 列表", locale="en")
    assert "1 Kumo, 2 Two Words" in listed.text
    assert 'who:"Two Words"' in listed.text
    assert shown(listed).shape[1] > 1.5 * shown(listed).shape[0]
    assert len(files(home)) == 2
    assert not (await home.ask('/heads remove "two words"', **ADMIN)).failed
    assert "1 Kumo" in (await home.ask("/heads list", locale="en")).text
    assert len(files(home)) == 1
    assert (await home.ask("/heads remove Kumi", **ADMIN)).failed


async def test_a_name_means_one_head_only(home: House) -> None:
    await add(home)
    for line, word in (
        ("/heads add KUMO", "already"),
        ("/heads add biri", "somebody else"),
        ("/heads add 比莉", "somebody else"),
        ("/heads add 7", "somebody else"),
        ("/heads add random", "somebody else"),
        ('/heads add "a,b"', "can't be"),
        ("/heads add #k7f3x", "name"),
        (f"/heads add {'x' * 21}", "can't be"),
    ):
        reply = await home.ask(line, uploads=(ball(),), **ADMIN)
        assert reply.failed, line
        assert word in reply.text, reply.text
    assert len(files(home)) == 1


async def test_only_admins_change_a_groups_heads_and_everybody_uses_them(home: House) -> None:
    refused = await home.ask("/heads add Kumo", uploads=(ball(),), locale="en")
    assert refused.failed
    assert "admin" in refused.text
    await add(home, member="qq:2")
    assert (await home.ask("/heads remove Kumo", locale="en")).failed
    assert is_teal(await home.ask("/conhead who:Kumo", uploads=(upload(scene(RED)),)))
    assert not (await home.ask("/heads remove Kumo", member="qq:2", locale="en")).failed  # who added it may


async def test_a_group_does_not_see_another_groups_heads(home: House) -> None:
    await add(home)
    elsewhere = await home.ask("/heads list", chat="qq:8", group="qq:8", locale="en")
    assert elsewhere.failed
    assert "/heads add" in elsewhere.text
    reply = await home.ask("/conhead who:Kumo", uploads=(upload(scene(RED)),), chat="qq:8", group="qq:8")
    assert not is_teal(reply)  # there it is a word as any other


async def test_in_private_everybody_has_a_few_heads_of_their_own(home: House) -> None:
    for number in range(MOST_OF_MEMBER):
        await add(home, f"Kumo {number}", role=Role.MEMBER, **PRIVATE)
    full = await home.ask("/heads add Kumo", uploads=(ball(),), **PRIVATE)
    assert full.failed
    assert str(MOST_OF_MEMBER) in full.text
    assert len(files(home)) == 1  # ten times the same ball


async def test_own_heads_are_among_those_that_are_dealt_by_chance(home: House) -> None:
    await add(home)
    reply = await home.ask("/conhead", uploads=(upload(scene(RED, (0, 255, 0), (0, 0, 255))),))
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or "")
    assert recipe is not None
    assert {"biri", "head:Kumo"} <= set(recipe.body["who"])


async def test_a_head_that_is_gone_is_told_to_whoever_wants_it_again(home: House) -> None:
    await add(home)
    made = await home.ask("/conhead who:Kumo", uploads=(upload(scene(RED)),), locale="en")
    await home.ask("/heads remove Kumo", **ADMIN)
    again = await home.ask(made.buttons[0].line(), uploads=(upload(scene(RED)),), locale="en")
    assert again.failed
    assert "no head called Kumo" in again.text


async def test_forgetting_a_member_takes_the_heads_along_that_they_added(home: House) -> None:
    await add(home)
    data = await home.ask("/mydata", **ADMIN)
    assert b'"Kumo"' in data.files[0].content
    gone = await home.ask("/forgetme yes", **ADMIN)
    assert "1 heads" in gone.text
    assert files(home) == []
    assert await home.services.store.heads.list("qq:7") == []


async def test_heads_survive_a_restart(home: House) -> None:
    await add(home)
    again = await Store.open(home.services.settings)
    (kept,) = await again.heads.list("qq:7")
    assert await again.files.get(kept.file) is not None
    await again.close()


async def test_what_to_do_with_heads_is_said_to_who_does_not_say_it(home: House) -> None:
    for line in ("/heads", "/heads what", "头库", "/头库"):
        reply = await home.say(line, addressed=line == "头库", locale="en")
        assert reply is not None, line
        assert reply.failed
        for name in ("heads add", "heads list", "heads remove"):
            assert f"/{name}" in reply.text, line
    usage = await home.ask("/help heads", locale="en")
    assert "/heads add" in usage.text
    for line in ("/heads 列表", "/头库 list", "/HEADS   List"):
        assert "/heads add" in (await home.ask(line, locale="en")).text


async def test_admins_switch_all_of_it_off_at_once(home: House) -> None:
    await home.ask("/settings off:heads", **ADMIN)
    assert "switched off" in (await home.ask("/heads list", locale="en")).text
    await home.ask("/settings on:heads", **ADMIN)
    assert "switched off" not in (await home.ask("/heads list", locale="en")).text


# -------------------------------------------------------------------------------------------- what strangers send


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_good_picture_ends_in_a_sentence(home: House, name: str) -> None:
    content, word = REFUSED[name]
    reply = await home.ask("/heads add Kumo", uploads=(Upload(content, "image/png", "test"),), **ADMIN)
    assert reply.failed
    assert word in reply.text
    await add(home)  # and the next one is served


async def test_a_picture_without_a_head_ends_in_a_sentence(home: House) -> None:
    clear = upload(Image.new("RGBA", (64, 64), (0, 0, 0, 0)))
    for nothing in (upload(scene()), clear, upload(Image.new("RGB", (1, 1)))):
        reply = await home.ask("/heads add Kumo", uploads=(nothing,), **ADMIN)
        assert reply.failed
        assert "can't find a head" in reply.text
    assert "picture" in (await home.ask("/heads add Kumo", **ADMIN)).text
    assert files(home) == []


async def test_of_what_moves_the_first_frame_counts_and_bombs_are_bounded(home: House) -> None:
    await add(home, "Five", uploads=(Upload(five_thousand_frames(), "image/gif", "test"),))
    reply = await home.ask("/heads add Bomb", uploads=(Upload(webp_bomb(), "image/webp", "test"),), **ADMIN)
    assert reply.failed
    assert "can't find" in reply.text or "too large" in reply.text


@pytest.mark.parametrize("path", ["/redirected", "/endless"])
async def test_an_address_that_is_up_to_no_good_ends_in_a_sentence(tmp_path: Path, path: str) -> None:
    async with PictureHost() as elsewhere, PictureHost() as host:
        elsewhere.files["/secret.png"] = ball().content
        host.redirects["/redirected"] = elsewhere.url("/secret.png")
        async with house(tmp_path, intake_allow=[host.address]) as home:
            link = PictureLink("attached", host.url(path))
            reply = await home.ask("/heads add Kumo", links=(link,), **ADMIN)
        assert reply.failed
        assert elsewhere.asked == []


@pytest.mark.parametrize("name", ["CMYK", "EXIF", "alpha", "palette", "16 bits"])
async def test_every_kind_of_picture_gives_its_head(home: House, name: str) -> None:
    await add(home, uploads=(variants()[name],))
    (kept,) = await home.services.store.heads.list("qq:7")
    content = await home.services.store.files.get(kept.file)
    assert content is not None
    head = np.asarray(Image.open(io.BytesIO(content)))
    assert head.shape[2] == 4
    ex, ey, cx, cy = kept.place[:4]
    red = head[round((ey + cy) / 2), round((ex + cx) / 2)]
    assert red[0] > 180
    assert red[1:3].max() < 80
    assert red[3] > 240
