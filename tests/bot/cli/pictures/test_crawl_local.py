"""`python -m bot crawl` of what is on this machine, in a process of its own."""

import asyncio
import os
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.data.booru.local.gathering import png
from tests.wire.fake_booru import table
from tests.wire.picture_host import PictureHost

ROOT = Path(__file__).parents[4]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three, one of which somebody has rated as explicit."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(png(number))
    (folder / "2.png.json").write_text('{"rating": "explicit", "tags": ["cat"]}')
    return folder


async def run(folder: Path, *arguments: str | Path, **settings: str) -> tuple[int, str, str]:
    """Exit status, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "crawl", *map(str, arguments), "--outdir", "out"),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_what_nobody_has_rated_is_taken_unless_somebody_asks_for_a_rating(pictures: Path, tmp_path: Path):
    assert await run(tmp_path, "folder", "in") == (0, "2 pictures, 2 of them fetched now: out\n", "")
    assert await run(tmp_path, "folder", "in", "--rating", "e") == (0, "1 picture, 1 of them fetched now: out\n", "")
    assert (await run(tmp_path, "folder", "in", "--rating", "g"))[1] == "0 pictures, 0 of them fetched now: out\n"
    assert (await run(tmp_path, "folder", "in", "--rating", "any"))[1] == "3 pictures, 0 of them fetched now: out\n"
    assert len(table(tmp_path / "out")) == 3


async def test_a_zip_with_the_same_pictures_adds_none(pictures: Path, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in (0, 1, 7):
            archive.writestr(f"x{number}.png", png(number))
        archive.writestr("y.png", "<html>")
    await run(tmp_path, "folder", "in")
    status, out, err = await run(tmp_path, "zip", "a.zip")
    assert (status, out) == (0, "3 pictures, 1 of them fetched now: out\n")
    assert err == "y.png: not a picture\n"
    assert len(table(tmp_path / "out")) == 3


async def test_a_video_becomes_its_shots(tmp_path: Path):
    pytest.importorskip("av")
    from tests.data.booru.local.videos import shot, write

    write(tmp_path / "a.mp4", [shot(1), shot(2), shot(1)])
    assert await run(tmp_path, "video", "a.mp4") == (0, "2 pictures, 2 of them fetched now: out\n", "")
    content = (tmp_path / "a.mp4").read_bytes()
    (tmp_path / "b.mp4").write_bytes(content[:500])
    assert await run(tmp_path, "video", "b.mp4") == (1, "", "b.mp4 is no video that FFmpeg can read\n")


async def test_gallery_dl_brings_what_is_at_an_address(tmp_path: Path):
    pytest.importorskip("gallery_dl")
    async with PictureHost() as host:
        host.files["/a.png"] = png(1)
        home = {"HOME": str(tmp_path)}
        for fetched in (1, 0):
            done = await run(tmp_path, "gallery-dl", host.url("/a.png"), **home)
            assert done == (0, f"1 picture, {fetched} of them fetched now: out\n", "")
        status, _, err = await run(tmp_path, "gallery-dl", host.url("/none.png"), **home)
        assert (status, err.startswith("gallery-dl gave up ("), err.count("\n")) == (1, True, 1)


async def test_a_tagger_chooses_by_tags_and_ratings_that_nobody_wrote(pictures: Path, tmp_path: Path):
    pytest.importorskip("onnxruntime")
    from tests.data.vision.onnx.networks import constant

    tagger = tmp_path / "tagger"
    constant(tagger / "model.onnx", np.array([[0.1, 0.8, 0.9]]), [1, 16, 16, 3])
    (tagger / "selected_tags.csv").write_text("tag_id,name,category\n1,general,9\n2,explicit,9\n3,solo,0\n")
    settings = {"TAGGER_ONNX": str(tagger)}
    assert (await run(tmp_path, "folder", "in", **settings))[1] == "0 pictures, 0 of them fetched now: out\n"
    found = await run(tmp_path, "folder", "in", "--rating", "e", "--tags", "solo -dog", **settings)
    assert found == (0, "3 pictures, 3 of them fetched now: out\n", "")
    assert {row["tags"] for row in table(tmp_path / "out")} == {" solo ", " cat solo "}
    (tagger / "selected_tags.csv").write_text("tag_id,name,category\n1,general,9\n")
    status, _, err = await run(tmp_path, "folder", "in", "--min-side", "2", **settings)
    assert (status, err.endswith("answers (1, 3), and selected_tags.csv has 1 tags\n"), err.count("\n")) == (1, True, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("folder", "none"), "none is no folder\n"),
        (("folder", "out"), "out is where the pictures are to go\n"),
        (("zip", "in"), "in is no zip file\n"),
        (("video", "none"), "none cannot be read: No such file or directory\n"),
        (("gallery-dl", "file:///etc/passwd"), "'file:///etc/passwd' is no http or https address\n"),
    ],
)
async def test_a_refusal_is_one_sentence(arguments: tuple[str, ...], words: str, pictures: Path, tmp_path: Path):
    (tmp_path / "out").mkdir()
    assert await run(tmp_path, *arguments) == (1, "", words)


@pytest.mark.parametrize(
    "arguments",
    [("folder",), ("danbooru", "in"), ("folder", "in", "--base-url", "https://example.org"), ("dump", "in")],
)
async def test_where_belongs_to_places_only(arguments: tuple[str, ...], tmp_path: Path):
    status, _, err = await run(tmp_path, *arguments)
    assert (status, "Traceback" in err) == (2, False)
    assert not (tmp_path / "out").exists()
