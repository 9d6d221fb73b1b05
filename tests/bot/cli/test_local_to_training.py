"""From what lies on this machine to a network: a folder, a zip, a video and gallery-dl fill one crawl."""

import asyncio
import json
import zipfile
from pathlib import Path

import pytest

from bot.cli.pictures.crawl import SiteName, crawl
from bot.cli.pictures.crop import crop
from bot.cli.pictures.curate import curate
from bot.cli.pictures.dataset import pack
from bot.cli.training.dcgan import train_dcgan
from data import origins
from data.labels import NAMES
from models.checkpoint import load_model
from tests.wire.picture_host import PictureHost

pytest.importorskip("skia")
from tests.data.scenes import encoded, scene


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def taken(site: SiteName, where: str | Path) -> None:
    crawl(site, Path("crawl"), str(where))


def posts() -> dict[str, dict]:
    """Crop -> what is known of the picture that it is of."""
    return {name: entry["post"] for name, entry in origins.read(Path("heads")).items()}


def test_a_folder_and_a_zip_become_a_conditional_set_by_what_is_written_beside_them(here: Path):
    folder = here / "pictures"
    folder.mkdir()
    for number in (1, 2, 3):
        pixels, tags = scene(number)
        (folder / f"{number}.png").write_bytes(encoded(pixels))
        (folder / f"{number}.txt").write_text(tags)
    (folder / "3.png.json").write_text('{"rating": "explicit"}')
    with zipfile.ZipFile(here / "more.zip", "w") as archive:
        for number in (2, 4, 5):  # the second of which is there already
            pixels, tags = scene(number)
            archive.writestr(f"{number}.png", encoded(pixels))
            archive.writestr(f"{number}.txt", f"{tags} glasses")
    taken(SiteName.folder, folder)
    taken(SiteName.zip, here / "more.zip")
    (here / "crawl" / ".gallery-dl" / "0123").mkdir(parents=True)  # as a crawl by it that was killed leaves it
    (here / "crawl" / ".gallery-dl" / "0123" / "x.png").write_bytes(encoded(scene(8)[0]))

    crop("crawl", Path("heads"))
    assert sorted(post["site"] for post in posts().values()) == ["folder", "folder", "zip", "zip"]
    curate("heads", Path("chosen"), max_lettering=1.0)
    pack("chosen", Path("set.zip"), resolution=64)
    lines = [json.loads(line) for line in Path("chosen/labels.jsonl").read_text().splitlines()]
    assert len(lines) == 4
    for line in lines:
        post = posts()[line["file"]]
        assert (line["glasses"] == "yes") == ("glasses" in post["tags"])
        assert line["by"]["hair"][1].startswith("tags")
    train_dcgan(Path("run"), "set.zip", 0.016, resolution=64, cfg="small", batch=4)
    assert load_model(Path("run/model"), ("G_ema",)).config["network"]["c_dim"] == len(NAMES)


def test_a_videos_shots_have_heads_too(here: Path):
    pytest.importorskip("av")
    from tests.data.booru.local.videos import write

    write(here / "a.mp4", [scene(number)[0] for number in (1, 3, 4)])
    taken(SiteName.video, here / "a.mp4")
    crop("crawl", Path("heads"), max_upscale=2.0)
    assert len(posts()) == 3
    assert {(post["site"], post["rating"], tuple(post["tags"])) for post in posts().values()} == {("video", "", ())}
    assert all("a.mp4" in post["source"] for post in posts().values())


async def test_what_gallery_dl_brings_has_heads_too(here: Path):
    pytest.importorskip("gallery_dl")
    async with PictureHost() as host:
        host.files["/a.png"] = encoded(scene(2)[0])
        await asyncio.to_thread(taken, SiteName.gallery_dl, host.url("/a.png"))
    crop("crawl", Path("heads"))
    (post,) = posts().values()
    assert (post["site"], post["host"]) == ("gallery-dl", host.address)


def test_what_was_refused_in_the_manifest_has_its_heads_taken_out(here: Path):
    import sqlite3

    (here / "pictures").mkdir()
    for number in (1, 2):
        (here / "pictures" / f"{number}.png").write_bytes(encoded(scene(number)[0]))
    taken(SiteName.folder, here / "pictures")
    crop("crawl", Path("heads"))
    with sqlite3.connect("crawl/manifest.sqlite") as manifest:
        manifest.execute("UPDATE posts SET state = 'refused' WHERE id = (SELECT min(id) FROM posts)")
    taken(SiteName.folder, here / "pictures")
    crop("crawl", Path("heads"))
    assert len(posts()) == len(list(Path("heads").rglob("*.png"))) == 1
