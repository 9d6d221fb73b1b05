import json
from dataclasses import replace
from pathlib import Path

import pytest

from data import origins
from data.booru.danbooru import Danbooru
from data.booru.manifest import Manifest, Wanted
from data.booru.post import Post
from data.crop import CropError, Options, Sight, crop
from data.crop.folder import CHUNK
from data.dataset import pack, resolve
from data.dataset.reading import pictures_of
from tests.data.dataset.pictures import zipped
from tests.data.killing import killed

pytest.importorskip("skia")
from tests.data.scenes import encoded, scene

OPTIONS = Options(size=64)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two heads in one, one in another, none in a third, and what is no picture."""
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    (folder / "a.png").write_bytes(encoded(scene(1, heads=2)[0]))
    (folder / "more" / "老婆.jpg").write_bytes(encoded(scene(2)[0], "JPEG"))
    (folder / "empty.webp").write_bytes(encoded(scene(3, heads=0)[0], "WEBP"))
    (folder / "page.png").write_bytes(b"<html>")
    return folder


def run(pictures: Path, out: Path, options: Options = OPTIONS, **more):
    return crop(pictures_of(str(pictures)), out, options, Sight(), out.parent / "cache", **more)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def entries(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / origins.FILE).read_text(encoding="utf-8").splitlines()]


def test_every_head_is_cut_and_every_picture_accounted_for(pictures: Path, tmp_path: Path):
    counts = run(pictures, tmp_path / "out")
    assert counts == {"pictures": 4, "cut": 3, "no head": 1, "unreadable": 1}
    assert [(e["file"], e["verdict"], e["source"]) for e in entries(tmp_path / "out")] == [
        ("a.png.0.png", "cut", "a.png"),
        ("a.png.1.png", "cut", "a.png"),
        (None, "no head", "empty.webp"),
        ("more/老婆.jpg.0.png", "cut", "more/老婆.jpg"),
        (None, "unreadable", "page.png"),
    ]
    first = entries(tmp_path / "out")[0]
    assert first["heads"] == 2
    assert first["size"] == [900, 640]
    assert {"box", "score", "eyes", "chin", "angle", "head_box", "frame", "sha256"} <= first.keys()
    assert set(tree(tmp_path / "out")) == {
        "a.png.0.png",
        "a.png.1.png",
        "more/老婆.jpg.0.png",
        "crop.json",
        "crops.jsonl",
    }


def test_a_zip_and_a_packed_folder_are_cut_like_a_folder(pictures: Path, tmp_path: Path):
    archive = zipped(tmp_path / "set.zip", {**tree(pictures), "../evil.png": (pictures / "a.png").read_bytes()})
    counts = run(archive, tmp_path / "out")
    assert counts == {"pictures": 5, "cut": 3, "no head": 1, "unreadable": 2}
    assert not (tmp_path / "evil.png.0.png").exists()
    run(pictures, tmp_path / "plain")
    assert tree(tmp_path / "out")["a.png.0.png"] == tree(tmp_path / "plain")["a.png.0.png"]
    packed = pack(resolve(str(pictures)), 256, tmp_path / "sets")
    assert run(packed.folder, tmp_path / "packed", replace(OPTIONS, min_score=0.3))["pictures"] == 3


def test_several_processes_write_what_one_does(tmp_path: Path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(4 * CHUNK):
        (folder / f"{number:02}.jpg").write_bytes(encoded(scene(number % 5, width=480, height=400)[0], "JPEG"))
    run(folder, tmp_path / "one", processes=1)
    run(folder, tmp_path / "two", processes=2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


KILLED = """
from pathlib import Path
from data.crop import Options, Sight, crop
from data.dataset import resolve
crop(resolve(sys.argv[2]), Path(sys.argv[3]), Options(size=64), Sight(), Path(sys.argv[4]), report, processes=1)
"""


def test_killed_anywhere_and_started_again_it_leaves_the_same_bytes(tmp_path: Path):
    folder, out, cache = tmp_path / "pictures", tmp_path / "out", tmp_path / "cache"
    folder.mkdir()
    for number in range(2 * CHUNK + 3):
        (folder / f"{number:02}.jpg").write_bytes(encoded(scene(number, width=480, height=400)[0], "JPEG"))
    run(folder, tmp_path / "whole", processes=1)
    (other,) = cache.glob("*.jsonl")
    killed(KILLED, 0, folder, out, cache)
    assert set(tree(out)) == {"crop.json"}
    killed(KILLED, CHUNK, folder, out, cache)
    assert not (out / origins.FILE).exists()
    (journal,) = set(cache.glob("*.jsonl")) - {other}
    with journal.open("ab") as file:
        file.write(b'["08.jpg", "12')  # as a kill in the midst of a line leaves it
    (out / ".07.jpg.0.png.0badcafe.part").write_bytes(b"torn")
    (out / "00.jpg.0.png").write_bytes(b"torn")
    killed(KILLED, 2 * CHUNK, folder, out, cache)
    reports: list[int] = []
    run(folder, out, processes=1, report=lambda done, total: reports.append(done))
    assert reports[0] >= 2 * CHUNK
    assert tree(out) == tree(tmp_path / "whole")


def test_a_second_run_looks_only_at_what_is_new_and_drops_what_is_gone(pictures: Path, tmp_path: Path):
    run(pictures, tmp_path / "out")
    (tmp_path / "out" / "mine.txt").write_text("a note")
    (pictures / "a.png").unlink()
    (pictures / "new.png").write_bytes(encoded(scene(5)[0]))
    reports: list[tuple[int, int]] = []
    run(pictures, tmp_path / "out", report=lambda done, total: reports.append((done, total)))
    assert reports[0] == (3, 4)
    run(pictures, tmp_path / "fresh")
    kept = tree(tmp_path / "out")
    assert kept.pop("mine.txt") == b"a note"
    assert kept == tree(tmp_path / "fresh")


def test_a_folder_that_is_no_place_for_crops_is_refused_and_stays(pictures: Path, tmp_path: Path):
    for out in (pictures, pictures / "out"):
        with pytest.raises(CropError, match="name another folder"):
            run(pictures, out)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(CropError, match="is not empty"):
        run(pictures, tmp_path / "full")
    run(pictures, tmp_path / "out")
    before = tree(tmp_path / "out")
    with pytest.raises(CropError, match="with other options"):
        run(pictures, tmp_path / "out", Options(size=128))
    assert tree(tmp_path / "out") == before


@pytest.fixture
def crawled(pictures: Path) -> Path:
    """The same folder as a crawl leaves it."""
    site = Danbooru("danbooru", "https://danbooru.donmai.us")

    def post(number: int, rating: str, ext: str = "png") -> Post:
        return Post(number, frozenset({"solo", "pink_hair"}), 5, rating, None, "", None, "https://x/1", 0, 0, ext)

    (pictures / site.host).mkdir()
    with Manifest(pictures) as manifest:
        search = manifest.search(site, "")
        manifest.add(search, site, [post(1, "g"), post(2, "q"), post(3, "g")], None, 3)
        for number in (1, 2, 3):
            path = f"{site.host}/{number}.png"
            (pictures / path).write_bytes(encoded(scene(number + 3)[0]))
            manifest.keep(Wanted(site.host, number, "", None, path), f"sha of {number}", 7)
        manifest.give_up(Wanted(site.host, 3, "", None, ""), "refused", "the artist asked")
    return pictures


def test_what_a_site_says_of_a_picture_comes_along(crawled: Path, tmp_path: Path):
    run(crawled, tmp_path / "out")
    found = origins.read(tmp_path / "out")["danbooru.donmai.us/1.png.0.png"]
    assert origins.tags(found) == {"solo", "pink_hair"}
    assert origins.rating(found) == "g"
    assert (found["post"]["id"], found["post"]["site"], found["post"]["sha256"]) == (1, "danbooru", "sha of 1")
    assert "post" not in origins.read(tmp_path / "out")["a.png.0.png"]


def test_a_picture_that_was_refused_later_is_not_cut_though_its_file_is_there(crawled: Path, tmp_path: Path):
    counts = run(crawled, tmp_path / "out")
    assert counts["refused"] == 1
    assert not (tmp_path / "out" / "danbooru.donmai.us" / "3.png.0.png").exists()
    with Manifest(crawled) as manifest:
        manifest.give_up(Wanted("danbooru.donmai.us", 1, "", None, ""), "refused", "she asked, too")
    run(crawled, tmp_path / "out")
    assert not (tmp_path / "out" / "danbooru.donmai.us" / "1.png.0.png").exists()


def test_only_pictures_of_the_wanted_ratings_are_cut(crawled: Path, tmp_path: Path):
    counts = run(crawled, tmp_path / "out", replace(OPTIONS, ratings="g,s"))
    assert counts["rating"] == 1
    assert not (tmp_path / "out" / "danbooru.donmai.us" / "2.png.0.png").exists()
