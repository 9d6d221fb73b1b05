from pathlib import Path

import pytest

from data.curate import measure
from data.curate.measuring import CHUNK
from data.dataset import pack, resolve
from data.dataset.reading import pictures_of
from tests.data.dataset.pictures import fill, noise, zipped
from tests.data.killing import killed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = fill(tmp_path / "pictures", 5)
    (root / "00001.png").write_bytes(b"<html>")
    return root


def test_every_picture_is_measured_and_what_cannot_be_read_says_why(folder: Path, tmp_path: Path):
    found = measure(resolve(str(folder)), tmp_path / "cache")
    assert [entry.file for entry in found] == [f"{i:05d}.png" for i in range(5)]
    assert found[1].error == "it is no picture of a known format"
    assert all(entry.embedding and not entry.error for entry in found if entry.file != "00001.png")
    assert len({entry.pixels for entry in found if not entry.error}) == 4


def test_only_what_is_new_or_changed_is_measured_again(folder: Path, tmp_path: Path):
    first = measure(resolve(str(folder)), tmp_path / "cache")
    (folder / "00000.png").write_bytes(noise(77, 16))
    (folder / "new.png").write_bytes(noise(78))
    reports: list[tuple[int, int]] = []
    second = measure(resolve(str(folder)), tmp_path / "cache", lambda done, total: reports.append((done, total)))
    assert reports[0] == (4, 6)
    assert second[1:5] == first[1:]
    assert second[0].width == 16


def test_a_zip_and_a_packed_folder_are_measured_like_a_folder(folder: Path, tmp_path: Path):
    plain = measure(resolve(str(folder)), tmp_path / "cache")
    packed = pack(resolve(str(folder)), 8, tmp_path / "sets")
    archive = zipped(tmp_path / "set.zip", {path.name: path.read_bytes() for path in folder.iterdir()})
    from_zip = measure(resolve(str(archive)), tmp_path / "cache")
    from_packed = measure(pictures_of(str(packed.folder)), tmp_path / "cache")
    pixels = [entry.pixels for entry in plain]
    assert [entry.pixels for entry in from_zip] == pixels
    assert [entry.pixels for entry in from_packed] == [one for one in pixels if one]


KILLED = """
from pathlib import Path
from data.curate import measure
from data.dataset import resolve
measure(resolve(sys.argv[2]), Path(sys.argv[3]), report, processes=1)
"""


def test_a_kill_costs_no_more_than_a_chunk(tmp_path: Path):
    root = fill(tmp_path / "pictures", 3 * CHUNK)
    killed(KILLED, 2 * CHUNK, root, tmp_path / "killed")
    (journal,) = (tmp_path / "killed").glob("*.jsonl")
    with journal.open("ab") as file:
        file.write(b'{"file": "00040.png", "st')  # as a kill in the midst of a line leaves it
    reports: list[int] = []
    again = measure(resolve(str(root)), tmp_path / "killed", lambda done, total: reports.append(done), processes=1)
    assert reports == [2 * CHUNK, 3 * CHUNK]
    assert again == measure(resolve(str(root)), tmp_path / "whole", processes=1)
    assert len(journal.read_bytes().splitlines()) == 3 * CHUNK


def test_a_head_is_told_from_what_is_none_and_from_two(tmp_path: Path):
    pytest.importorskip("skia")
    from tests.data.scenes import encoded, scene

    root = tmp_path / "scenes"
    root.mkdir()
    for heads in (0, 1, 2):
        (root / f"{heads}.png").write_bytes(encoded(scene(1, heads=heads)[0]))
    none, one, two = measure(resolve(str(root)), tmp_path / "cache")
    assert none.head < 0.5 < min(one.head, two.head)
    assert one.second < 0.55 < two.second
    assert abs(sum(one.choices["hair"]) - 1) < 0.02
    assert one.hair is not None
    assert {"yaw", "hair_l", "smile"} <= one.numbers.keys()
