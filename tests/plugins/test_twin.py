"""`/twin`: who looks like whom."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot.command import Reply
from bot.faces.twins import OWN, TRUNC
from bot.likeness.pictures import PictureFolder
from bot.surfaces.base import PictureLink
from data.pictures import Upload
from data.vision.framing import cut
from models.requests import Draw, Latent, seed_of
from tests.bot import toy_twins
from tests.bot.house import House, house, write_twin
from tests.bot.toy_models import SIDE, colour
from tests.bot.toy_twins import embedding
from tests.plugins.brought import RED, REFUSED, scene, upload
from tests.wire.picture_host import PictureHost

YELLOW = (255, 255, 0)
OTHER: dict[str, Any] = {"member": "qq:2"}
ELSEWHERE: dict[str, Any] = {"chat": "qq:8", "group": "qq:8"}
PRIVATE: dict[str, Any] = {"chat": "qq:@1", "group": None, "addressed": True}


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[House]:
    """A bot that has eyes for drawings, and no model that knows people."""
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES) as built:
        yield built


@pytest.fixture
async def twins(tmp_path: Path) -> AsyncIterator[House]:
    """A bot that knows people as well."""
    write_twin(tmp_path / "weights" / "twin", toy_twins.DOMAINS, toy_twins.LABELS)
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES) as built:
        yield built


def photo(colour: tuple[int, int, int] = YELLOW) -> Upload:
    image = Image.new("RGB", (440, 300), (90, 90, 90))
    image.paste(colour, (180, 120, 250, 190))
    return upload(image)


def picture(reply: Reply) -> str:
    assert not reply.failed, reply.text
    id = reply.pictures[0].id
    assert id is not None
    return id


async def entries(home: House, reply: Reply) -> list[Any]:
    recipe = await home.services.store.recipes.get(picture(reply))
    assert recipe is not None
    return recipe.body["faces"]


def flat(color: np.ndarray) -> np.ndarray:
    return np.broadcast_to(color, (SIDE, SIDE, 3))


def own_faces() -> dict[int, np.ndarray]:
    """Seed -> the toy's embedding of the face that it draws."""
    draw = Draw("waifu@starter", tuple(map(Latent, range(OWN))), TRUNC)
    return {seed: embedding(flat(colour(draw, seed))) for seed in range(OWN)}


def drawing_of(seed: int) -> Upload:
    """A drawing with a face that the toy finds; in its middle is what the toy draws of a seed."""
    image = Image.new("RGB", (300, 300), (240, 235, 220))
    image.paste(RED, (115, 110, 185, 180))
    # The frame of that face is 123 px wide from (88, 73); the toy looks at its middle ninth.
    color = colour(Draw("waifu@starter", (Latent(seed),), 1.0), 0)
    image.paste(tuple(int(c) for c in color), (126, 112, 174, 158))
    return upload(image)


def red_face() -> np.ndarray:
    """What is looked at of a scene with a red face."""
    return cut(np.asarray(scene(RED)), (60, 120, 70, 60))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_drawing_is_compared_with_the_bots_own_faces(town: House) -> None:
    reply = await town.ask("/twin", uploads=(upload(scene(RED)),), locale="en")
    query = embedding(red_face())
    known = own_faces()
    expected = sorted(known, key=lambda seed: -float(known[seed] @ query))[:5]
    found = await entries(town, reply)
    assert [one["latent"]["seed"] for one in found] == expected
    distances = [float(line.rpartition(": ")[2]) for line in reply.text.splitlines()[1:6]]
    assert np.allclose(distances, [1 - float(known[seed] @ query) for seed in expected], atol=0.011)
    assert len(reply.pictures[0].faces) == 5
    assert "0 is the same face" in reply.text
    pointed_at = await town.ask("/twin", uploads=(upload(scene(RED)),), clickable=True)
    assert _is_numbered(pointed_at)  # the text speaks of their numbers


def _is_numbered(reply: Reply) -> bool:
    """Whether the first face, which is of one colour, has something in its lower right corner."""
    image = np.asarray(Image.open(io.BytesIO(reply.pictures[0].encoded.content)).convert("RGB")).astype(int)
    face = reply.pictures[0].faces[0]
    corner = image[face.y + face.height - 14, face.x + face.width - 14]
    return int(np.abs(corner - image[face.y + face.height // 2, face.x + face.width // 2]).max()) > 30


async def test_the_groups_saved_faces_are_among_them_as_soon_as_they_are_saved(town: House) -> None:
    drawn = picture(await town.ask("/waifu 4 seed:misaka trunc:1"))
    before = await entries(town, await town.ask(f"/twin #{drawn}.3"))
    assert not any(isinstance(one, str) for one in before)
    await town.ask(f"/save #{drawn}.3", **OTHER)
    await town.ask(f"/save #{drawn}.1")
    reply = await town.ask("撞脸", uploads=(drawing_of(seed_of("misaka") + 2),), locale="en")
    assert (await entries(town, reply))[0] == f"{drawn}.3"
    assert f"1. #{drawn}.3, saved here: 0.0" in reply.text
    other = await entries(town, await town.ask(f"/twin #{drawn}.3"))
    assert f"{drawn}.3" not in other  # nobody is her own twin


async def test_what_was_saved_elsewhere_is_nobodys_here(town: House) -> None:
    there = picture(await town.ask("/waifu 2 seed:7 trunc:1", **ELSEWHERE))
    await town.ask(f"/save #{there}.1", **ELSEWHERE)
    like = {"uploads": (drawing_of(7),)}
    assert f"{there}.1" in await entries(town, await town.ask("/twin", **like, **ELSEWHERE))
    assert f"{there}.1" not in await entries(town, await town.ask("/twin", **like))
    mine = await entries(town, await town.ask("/twin", **like, **PRIVATE))
    assert f"{there}.1" in mine  # in private, of the member's own
    others = await entries(town, await town.ask("/twin", **like, **{**PRIVATE, "chat": "qq:@2"}, **OTHER))
    assert f"{there}.1" not in others


async def test_its_faces_are_shown_saved_and_drawn_after(town: House) -> None:
    drawn = picture(await town.ask("/waifu 1 seed:7 trunc:1"))
    await town.ask(f"/save #{drawn}")
    sheet = picture(await town.ask(f"/twin #{drawn}"))
    for line in (f"/bigger #{sheet}.2", f"/more #{sheet}.5", f"/morph #{sheet}", f"/fade #{sheet}.1 #{sheet}.2"):
        assert not (await town.ask(line)).failed, line
    assert not (await town.ask(f"/save #{sheet}.2")).failed
    assert len((await town.ask("/saved")).pictures[0].faces) == 2
    told = await town.ask(f"/recipe #{sheet}", locale="en")
    assert "looks like somebody" in told.text
    assert "seed" in told.text


async def test_a_photograph_needs_a_model_that_knows_people(town: House) -> None:
    refused = await town.ask("/twin", uploads=(photo(),), locale="en")
    assert refused.failed
    assert "not photographs yet" in refused.text


async def test_people_are_compared_with_drawings(twins: House) -> None:
    reply = await twins.ask("/twin", uploads=(photo((255, 0, 255)),), locale="en")
    known = own_faces()
    query = embedding(cut(np.asarray(Image.open(io.BytesIO(photo((255, 0, 255)).content))), (180, 120, 70, 70)))
    expected = sorted(known, key=lambda seed: -float(known[seed] @ query))[:5]
    assert [one["latent"]["seed"] for one in await entries(twins, reply)] == expected


async def test_the_bots_own_faces_are_looked_at_once(town: House) -> None:
    await town.ask("/twin", uploads=(upload(scene(RED)),))
    assert any(f"{OWN}" in text for text in town.answers.progressed)
    town.answers.progressed.clear()
    await town.ask("/twin", uploads=(upload(scene(RED)),))
    assert not any(f"{OWN}" in text for text in town.answers.progressed)


async def test_they_are_kept_across_restarts_and_made_anew_for_another_model(tmp_path: Path) -> None:
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES) as home:
        await home.ask("/twin", uploads=(upload(scene(RED)),))
    (kept,) = (tmp_path / "var" / "embeddings").iterdir()
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES) as home:
        await home.ask("/twin", uploads=(upload(scene(RED)),))
        assert home.answers.progressed == []
    write_twin(tmp_path / "weights" / "twin", toy_twins.DOMAINS)
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES) as home:
        await home.ask("/twin", uploads=(photo(),))
        assert home.answers.progressed != []
    (other,) = (tmp_path / "var" / "embeddings").iterdir()
    assert other.name.startswith("twin@starter-")
    assert other != kept


async def test_several_faces_are_told_apart_and_none_is_said(town: House) -> None:
    two = (upload(scene(RED, (0, 255, 0))),)
    first, second = [await town.ask(f"/twin face:{n}", uploads=two, locale="en") for n in (1, 2)]
    assert await entries(town, first) != await entries(town, second)
    assert "number 2 from the left" in second.text
    assert (await town.ask("/twin 3", uploads=two)).failed
    none = await town.ask("/twin", uploads=(upload(scene()),), locale="en")
    assert none.failed
    assert "I see no face" in none.text
    assert none.pictures[0].fleeting


async def test_without_eyes_it_says_that_it_cannot(tmp_path: Path) -> None:
    async with house(tmp_path, models=f"{toy_twins.__name__}:BlindToyTwins", pictures=toy_twins.PICTURES) as home:
        reply = await home.ask("/twin", uploads=(photo(),), locale="en")
        assert reply.failed
        drawn = picture(await home.ask("/waifu 1"))
        assert "not fitted" in (await home.ask(f"/twin #{drawn}", locale="en")).text


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_good_picture_ends_in_a_sentence(town: House, name: str) -> None:
    content, word = REFUSED[name]
    reply = await town.ask("/twin", uploads=(Upload(content, "image/png", "test"),), locale="en")
    assert reply.failed
    assert word in reply.text


async def test_an_avatar_has_a_twin(tmp_path: Path) -> None:
    async with (
        PictureHost() as host,
        house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES, intake_allow=[host.address]) as home,
    ):
        host.files["/a.png"] = upload(scene(RED)).content
        link = PictureLink("avatar", host.url("/a.png"))
        assert not (await home.ask("/twin", links=(link,))).failed
        assert not (await home.ask("撞脸 自己", avatar=link)).failed


# ------------------------------------------------------------------------------------------ what the operator brings


async def test_the_operators_pictures_are_among_them(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    (folder / "photo").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    for name, color in (("a.png", (250, 5, 5)), ("b.JPG", (5, 250, 5)), ("photo/me.png", (5, 5, 250))):
        Image.new("RGB", (90, 60), color).save(folder / name, "PNG")
    (folder / "broken.png").write_bytes(b"<html>")
    (folder / "notes.txt").write_text("hello")
    Image.new("RGB", (60, 60)).save(folder / ".hidden" / "c.png")
    write_twin(tmp_path / "weights" / "twin", toy_twins.DOMAINS)
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES, twin_data=folder) as home:
        pictures = PictureFolder(home.services, folder)
        assert await pictures.look() == 3
        image = Image.new("RGB", (300, 300), (240, 235, 220))
        image.paste((255, 0, 0), (90, 90, 210, 210))
        reply = await home.ask("/twin", uploads=(upload(image),), locale="en")
        first, *_ = await entries(home, reply)
        assert first == {"file": "a.png"}
        assert "1. a.png from the archive" in reply.text
        sheet = picture(reply)
        refused = await home.ask(f"/bigger #{sheet}.1", locale="en")
        assert "did not draw it" in refused.text
        assert (await home.ask(f"/save #{sheet}.1")).failed
        assert not (await home.ask(f"/bigger #{sheet}.2")).failed
        assert "a.png" in (await home.ask(f"/recipe #{sheet}")).text

        (folder / "a.png").unlink()
        assert not (await home.ask("/twin", uploads=(upload(image),))).failed  # though it was there a moment ago
        assert await pictures.look() == 2
        pictures.start()
        await pictures.stop()


# ------------------------------------------------------------------------------------------------------- what is kept


async def _data(home: House, **who: Any) -> dict[str, Any]:
    (file,) = (await home.ask("/mydata", **who)).files
    return json.loads(file.content)


async def test_members_are_told_what_is_kept_of_their_faces_and_have_it_forgotten(town: House, tmp_path: Path) -> None:
    drawn = picture(await town.ask("/waifu 3 seed:7 trunc:1", **OTHER))
    for face in (1, 2):
        await town.ask(f"/save #{drawn}.{face}", **OTHER)
    await town.ask(f"/save #{drawn}.2")
    assert (await _data(town, **OTHER))["embeddings"] == []
    await town.ask(f"/twin #{drawn}.3")
    told = (await _data(town, **OTHER))["embeddings"]
    assert [one["face"] for one in told] == [f"{drawn}.2", f"{drawn}.1"]
    assert len(told[0]["numbers"]) == 128
    assert (await _data(town, member="qq:3"))["embeddings"] == []

    def kept() -> set[str]:
        (file,) = (tmp_path / "var" / "embeddings").glob("*/saved.npz")
        with np.load(file) as rows:
            return set(rows["names"].tobytes().decode().split("\n"))

    assert kept() == {f"{drawn}.1", f"{drawn}.2"}
    await town.ask("/forgetme yes", **OTHER)
    assert kept() == {f"{drawn}.2"}  # whom somebody else has saved as well
    await town.ask(f"/unsave #{drawn}.2")
    assert kept() == {""}


async def test_nothing_of_who_was_looked_at_is_kept(twins: House, tmp_path: Path) -> None:
    await twins.ask("/twin", uploads=(photo((0, 255, 255)),))
    query = embedding(cut(np.asarray(Image.open(io.BytesIO(photo((0, 255, 255)).content))), (180, 120, 70, 70)), 16)
    for name, content in files(tmp_path / "var").items():
        for form in (query.astype(np.float16), query.astype(np.float32), query.astype(np.float64)):
            assert form[:4].tobytes() not in content, name
        assert bytes((0, 255, 255)) * 8 not in content, name
