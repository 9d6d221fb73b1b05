"""What is kept of somebody's photo: nothing, until they save a face; then the network's encoding, and only it."""

import contextlib
import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from bot.store.schema import Base
from tests.bot import toy_twins
from tests.bot.house import House, house, write_twin
from tests.plugins.brought import RED, scene, upload
from tests.plugins.selfies import (
    CYAN,
    DOMAINS,
    LABELS,
    MAGENTA,
    YELLOW,
    answered,
    ask,
    drawn,
    film,
    near,
    opposite,
    photo,
    pressed,
    refused,
)

OTHER: dict[str, Any] = {"member": "qq:2"}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    write_twin(tmp_path / "weights" / "twin", DOMAINS, LABELS)
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES) as built:
        yield built


def _files(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in folder.rglob("*") if folder.is_dir() else ():
        with contextlib.suppress(OSError):  # another program's, gone meanwhile
            if path.is_file():
                found[str(path.relative_to(folder))] = path.read_bytes()
    return found


async def _rows(home: House) -> dict[str, str]:
    """All rows of all tables, as text."""
    async with home.services.store.database.read() as connection:
        return {
            table.name: repr([tuple(row) for row in (await connection.execute(select(table))).all()])
            for table in Base.metadata.sorted_tables
        }


def _traces(selfie: bytes, colour: tuple[int, int, int]) -> Iterator[tuple[str, bytes]]:
    """What a selfie could have left behind: pieces of its file, its pixels in some sizes, what networks made of it."""
    for start in range(0, len(selfie) - 64, max(64, len(selfie) // 8)):
        yield "the file", selfie[start : start + 48]
    picture = Image.open(io.BytesIO(selfie)).convert("RGB")
    for side in (picture.width, 256, 128, 64, 32, 16):
        pixels = np.asarray(picture.resize((side, side * picture.height // picture.width)))
        row = pixels[pixels.shape[0] // 2]
        yield f"pixels at {side} px", row.tobytes()[:24]
    yield "its colour", bytes(colour) * 4
    vector = toy_twins.embedding(np.full((9, 9, 3), colour, np.uint8), 16)
    code = toy_twins.mean(np.full((9, 9, 3), colour, np.uint8))
    for name, numbers in (("embedding", vector), ("encoding", code)):
        for kind in (np.float16, np.float32, np.float64):
            yield f"the {name} as {kind.__name__}", numbers.astype(kind).tobytes()[: 3 * kind().itemsize]


COLOUR = (250, 243, 17)  # whom the toy knows for a person, and nothing else has


def _selfie() -> Image.Image:
    image = Image.new("RGB", (440, 300), (91, 93, 97))
    image.paste(COLOUR, (180, 120, 250, 200))
    return image


async def test_nothing_of_a_selfie_is_on_the_disk_after_the_answer(home: House, tmp_path: Path) -> None:
    image = _selfie()
    selfie = upload(image)
    wall = upload(Image.new("RGB", (440, 300), (91, 93, 97)))
    moving = upload(image, "GIF", save_all=True, append_images=[image.rotate(1), image.rotate(2)], duration=80)
    first = await ask(home, uploads=(selfie,))
    await ask(home, "/selfie2anime side:yes variants:2 hair:pink", uploads=(selfie,))
    await ask(home, pressed(first, "stronger"), uploads=(selfie,))
    await ask(home, uploads=(moving,))
    await refused(home, uploads=(wall,))
    await home.ask("/twin", uploads=(selfie,))
    await home.ask("/judge", uploads=(selfie,))
    files, rows = _files(tmp_path / "var"), await _rows(home)
    assert any(content.startswith(b"SQLite") for content in files.values())
    for what, trace in _traces(selfie.content, COLOUR):
        for name, content in files.items():
            assert trace not in content, f"{what} in {name}"
    for table, text in rows.items():
        assert ", ".join(map(str, COLOUR)) not in text, table
        for number in toy_twins.embedding(np.full((9, 9, 3), COLOUR, np.uint8), 16)[:3]:
            assert f"{abs(number):.3f}" not in text, table
    assert not any(name.endswith((".png", ".jpg", ".webp", ".gif", ".enc", ".npy")) for name in files)
    assert rows["encodings"] == "[]"


async def test_no_shared_memory_with_a_selfie_outlives_the_bot(tmp_path: Path) -> None:
    write_twin(tmp_path / "weights" / "twin", DOMAINS, LABELS)
    selfie = upload(_selfie())
    async with house(tmp_path, models=toy_twins.FACTORY, pictures=toy_twins.PICTURES) as home:
        await ask(home, "/selfie2anime side:yes", uploads=(selfie,))
    left = _files(Path("/dev/shm"))
    for what, trace in _traces(selfie.content, COLOUR):
        assert not [name for name, content in left.items() if trace in content], what


async def test_who_saves_a_face_can_draw_it_again(home: House) -> None:
    first = await ask(home, "/selfie2anime hair:pink variants:2", YELLOW, CYAN)
    name = first.pictures[0].id
    two = (photo(YELLOW, CYAN),)
    assert (await home.ask(f"/bigger #{name}.4")).failed
    for n in (1, 4):
        kept = await home.ask(f"/save #{name}.{n}", uploads=two, locale="en")
        assert not kept.failed, kept.text
    big = await home.ask(f"/bigger #{name}.4", locale="en")
    assert near(drawn(big)[0], drawn(first, 4)[3])
    sheet = await home.ask("/saved", locale="en")
    assert "2 faces" in sheet.text
    colours = np.asarray(Image.open(io.BytesIO(sheet.pictures[0].encoded.content)).convert("RGB")).astype(int)
    faces = [colours[f.y + f.height // 2, f.x + f.width // 2] for f in sheet.pictures[0].faces]
    assert near(faces[0], drawn(first, 4)[3])
    assert near(faces[1], drawn(first, 4)[0])
    assert "among your favourites already" in (await home.ask(f"/save #{name}.4", locale="en")).text
    for line in (f"/more #{name}.4", f"/morph #{name}.4", f"/fade #{name}.4"):
        assert (await home.ask(line)).failed, line
    assert not (await home.ask(f"/selfie2anime #{name}.4 to:photo", locale="en")).failed
    twin = await home.ask(f"/twin #{name}.1", locale="en")
    assert not twin.failed, twin.text


async def test_the_look_of_one_of_ours_is_kept_by_its_name(home: House) -> None:
    ours = (await home.ask("/waifu 1 seed:7 trunc:1")).pictures[0].id
    first = await ask(home, f"/selfie2anime like:#{ours}")
    name = first.pictures[0].id
    assert not (await home.ask(f"/save #{name}", uploads=(photo(),))).failed
    assert near(drawn(await home.ask(f"/bigger #{name}"))[0], drawn(first)[0])


async def test_to_save_a_face_its_photo_is_needed_once_more(home: House) -> None:
    first = await ask(home, "/selfie2anime", CYAN)
    name = first.pictures[0].id
    (button,) = [button for button in first.buttons if button.label == "save"]
    text = await refused(home, button.line(), uploads=())
    assert f"/save #{name}" in text
    assert f"/save #{name}" in await refused(home, button.line(), uploads=(), links=(answered(first),), replied_to="1")
    assert "other faces" in await refused(home, button.line(), uploads=(photo(CYAN, YELLOW),))
    assert "other faces" in await refused(home, button.line(), uploads=(upload(scene(RED)),))
    assert not (await home.ask(button.line(), uploads=(photo(CYAN),))).failed
    beside = await ask(home, "/selfie2anime side:yes", CYAN)
    it = str(len(home.answers.replies))
    (button,) = [button for button in beside.buttons if button.label == "save"]
    kept = await home.ask(button.line(), links=(answered(beside),), replied_to=it, locale="en")
    assert "is yours now" in kept.text  # the photo stands in the picture
    big = await home.ask(f"/bigger #{beside.pictures[0].id}")
    assert near(drawn(big)[0], opposite(CYAN))


async def test_what_was_saved_is_told_and_goes_when_it_is_let_go(home: House, tmp_path: Path) -> None:
    first = await ask(home, "/selfie2anime", YELLOW, CYAN, **OTHER)
    name = first.pictures[0].id
    for n in (1, 2):
        await home.ask(f"/save #{name}.{n}", uploads=(photo(YELLOW, CYAN),), **OTHER)
    await home.ask(f"/twin #{name}.1", **OTHER)
    (file,) = (await home.ask("/mydata", **OTHER)).files
    data = json.loads(file.content)
    assert [(e["picture"], e["face"]) for e in data["encodings"]] == [(name, 1), (name, 2)]
    assert {e["face"] for e in data["embeddings"]} == {f"{name}.1", f"{name}.2"}
    encodings = [path for path in _files(tmp_path / "var") if path.endswith(".enc")]
    assert len(encodings) == 2
    await home.ask(f"/unsave #{name}.1", **OTHER)
    assert len([path for path in _files(tmp_path / "var") if path.endswith(".enc")]) == 1
    assert "keep photos" in (await home.ask(f"/bigger #{name}.1", locale="en")).text
    gone = await home.ask("/forgetme yes", locale="en", **OTHER)
    assert "1 saved faces of your own pictures" in gone.text
    assert not [path for path in _files(tmp_path / "var") if path.endswith(".enc")]
    for path, content in _files(tmp_path / "var").items():
        if path.endswith(".npz"):
            assert f"{name}.".encode() not in content, path


async def test_there_is_room_for_so_many(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.faces.saving.MOST", 1)
    first = await ask(home, "/selfie2anime", YELLOW, CYAN)
    name = first.pictures[0].id
    assert not (await home.ask(f"/save #{name}.1", uploads=(photo(YELLOW, CYAN),))).failed
    assert "room for no more" in await refused(home, f"/save #{name}.2", uploads=(photo(YELLOW, CYAN),))
    moving = await ask(home, uploads=(film(),))
    assert "moves" in await refused(home, f"/save #{moving.pictures[0].id}")


async def test_a_model_that_is_gone_says_so(home: House, tmp_path: Path) -> None:
    first = await ask(home, "/selfie2anime", MAGENTA)
    name = first.pictures[0].id
    await home.ask(f"/save #{name}", uploads=(photo(MAGENTA),))
    assert near(drawn(await home.ask(f"/bigger #{name}"))[0], opposite(MAGENTA))
    (tmp_path / "weights" / "twin" / "config.json").unlink()
    assert "not here any more" in (await home.ask(f"/bigger #{name}", locale="en")).text
