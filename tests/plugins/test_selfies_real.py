"""`/selfie2anime` and `/twin` with real networks, small ones that have learnt nothing, and real eyes."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.pool.lane import LaneSpec
from data.drawn.spec import Spec
from data.pictures import Upload
from data.pictures.layout import pair_layout
from tests.bot.house import House, house
from tests.data.people import BLOND, person
from tests.models import tiny
from tests.models.twingan import tiny as tiny_twins
from tests.plugins.brought import upload
from tests.plugins.selfies import ask, body, film, pressed, refused, shown

VERSION = "20260131T101500-1a2b3c"


@asynccontextmanager
async def _house(tmp_path: Path, **eyes: Path) -> AsyncIterator[House]:
    folder = tmp_path / "var" / "models"
    tiny_twins.store(folder / "twin" / VERSION)
    tiny.store(folder / "waifu" / VERSION)
    lanes = [
        LaneSpec(
            lane="model",
            factory="models.runner:Runner",
            kwargs={"models_dir": folder, "cache_dir": tmp_path / "var" / "cache", **eyes},
            devices=("cpu",),
            threads=1,
            start_method="forkserver",
        ),
        LaneSpec(lane="picture", factory="data.pictures.lane:PictureRunner", first_batch=1, start_method="forkserver"),
    ]
    async with house(tmp_path, lanes) as built:
        yield built


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with _house(tmp_path) as built:
        yield built


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[House]:
    """A house without eyes for drawings, to which people who are painted for a test would be drawn."""
    async with _house(tmp_path, finder_dir=tmp_path / "none") as built:
        yield built


def portrait(index: int = 0) -> Upload:
    """A drawn face with some room about it."""
    picture, _ = Spec(9, seed=5, kind="portrait").draw(index, 192)
    sheet = Image.new("RGB", (320, 260), (230, 228, 220))
    sheet.paste(Image.fromarray(picture[..., :3]), (60, 40))
    return upload(sheet)


def wall() -> Upload:
    image = Image.fromarray(np.random.RandomState(0).randint(90, 130, (120, 160, 3), np.uint8))
    return upload(image)


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


async def test_drawn_faces_and_the_middle_are_turned_and_saved_ones_drawn_again(home: House) -> None:
    first = await ask(home, "/selfie2anime to:photo", uploads=(portrait(),))
    assert await body(home, first) == {
        "op": "translate", "model": f"twin@{VERSION}", "source": "anime", "to": "photo", "seeds": [0],
        "strength": 1.0, "heads": 1,
    }  # fmt: skip
    assert shown(first).size == (384, 384)
    name = first.pictures[0].id
    kept = await home.ask(f"/save #{name}", uploads=(portrait(),), locale="en")
    assert not kept.failed, kept.text
    big = await home.ask(f"/bigger #{name}", locale="en")
    assert not big.failed, big.text
    large = Image.open(io.BytesIO(big.pictures[0].encoded.content)).convert("RGB").resize((384, 384))
    assert np.abs(np.asarray(large).astype(int) - pixels(first.pictures[0].encoded.content)).mean() < 12

    nobody = await home.ask("/selfie2anime", uploads=(wall(),), locale="en")
    assert nobody.failed
    middle = await ask(home, pressed(nobody, "middle"), uploads=(wall(),))
    assert (await body(home, middle))["middle"]


async def test_people_in_a_large_photo_that_lies_on_its_side_are_found_and_turned(studio: House) -> None:
    """6000 x 4000, as a phone writes it, with two people in it."""
    canvas = Image.new("RGB", (6000, 4000), (120, 128, 140))
    for at, painted in ((300, person()), (3300, person(hair=BLOND, long=True))):
        lying = Image.fromarray(painted).resize((2200, 2200)).transpose(Image.Transpose.ROTATE_90)
        canvas.paste(lying, (at, 900))
    exif = Image.Exif()
    exif[0x0112] = 6
    both = await ask(studio, "/selfie2anime side:yes", uploads=(upload(canvas, "JPEG", exif=exif, quality=60),))
    assert "2 faces as anime" in both.text
    assert (await body(studio, both))["source"] == "photo"
    plan = pair_layout(2)
    before = [pixels(both.pictures[0].encoded.content)[y : y + plan.side, x : x + plan.side] for x, y in plan.befores]
    painted = np.asarray(Image.fromarray(person()).resize((plan.side, plan.side))).astype(int)
    assert min(np.abs(head - painted).mean() for head in before) < 25  # upright, and nothing but the head
    one = await ask(studio, uploads=(upload(Image.fromarray(person())),))
    name = one.pictures[0].id
    assert not (await studio.ask(f"/save #{name}", uploads=(upload(Image.fromarray(person())),))).failed
    twins = await studio.ask("/twin", uploads=(upload(Image.fromarray(person())),), locale="en")
    assert not twins.failed, twins.text
    data = json.loads((await studio.ask("/mydata")).files[0].content)
    assert [one["face"] for one in data["embeddings"]] == [f"{name}.1"]


async def test_wishes_references_variants_and_motion_reach_the_network(home: House) -> None:
    plain = await ask(home, uploads=(portrait(),))
    results = [pixels(plain.pictures[0].encoded.content)]
    for line, uploads in (
        ("/selfie2anime glasses:yes", (portrait(),)),
        ("/selfie2anime strength:1.5", (portrait(),)),
        ("/selfie2anime", (portrait(), portrait(1))),
        ("/selfie2anime seed:3", (portrait(),)),
    ):
        results.append(pixels((await ask(home, line, uploads=uploads)).pictures[0].encoded.content))
    for i, one in enumerate(results):
        assert all(np.abs(one - other).max() > 8 for other in results[:i]), i
    assert "does not understand" in await refused(home, "/selfie2anime hair:pink", uploads=(portrait(),))
    assert "cat" in await refused(home, "/selfie2anime to:cat", uploads=(portrait(),))
    moving = await ask(home, "/selfie2anime middle:yes", uploads=(film(6),))
    assert getattr(shown(moving), "n_frames", 1) > 2


async def test_twins_are_told_apart_by_the_network_that_translates(home: House, tmp_path: Path) -> None:
    drawn = await home.ask("/waifu 4 seed:7", locale="en")
    name = drawn.pictures[0].id
    for n in (1, 2, 3):
        await home.ask(f"/save #{name}.{n}")
    twins = await home.ask("/twin", uploads=(portrait(),), locale="en")
    assert not twins.failed, twins.text
    assert len(twins.pictures[0].faces) == 5
    other = await home.ask(f"/twin #{name}.2", locale="en")
    assert not other.failed, other.text
    (kept,) = (tmp_path / "var" / "embeddings").glob("*/saved.npz")
    with np.load(kept) as rows:
        assert rows["vectors"].shape == (3, tiny_twins.SIZES["embed_dim"])
        assert rows["vectors"].dtype == np.float16
