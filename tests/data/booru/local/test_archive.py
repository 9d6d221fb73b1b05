"""Zips."""

import zipfile
from pathlib import Path

import pytest

from data.booru.local import archive
from data.booru.local.source import SourceError
from data.booru.query import Query
from tests.data.booru.local.gathering import ANY, Taken, gather, png
from tests.wire.fake_booru import table


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three pictures, one with tags, and others that are none."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("1.png", png(1))
        made.writestr("1.txt", "cat, solo")
        made.writestr("deep/2 #.png", png(2))
        made.writestr("../../3.png", png(3))
        made.writestr("bomb.png", bytes(50_000_000))
        made.writestr("readme.md", "hello")
        made.writestr("page.png", "<html>")
        made.writestr("4.png", png(4))
    return path


def taken(file: Path, out: Path, query: Query = ANY, limit: int = 100) -> Taken:
    return gather(out, archive.place(file), lambda at: archive.pictures(file, at, 1_000_000), query, limit)


def test_pictures_are_taken_out_and_what_is_hostile_is_said(file: Path, tmp_path: Path):
    found = taken(file, tmp_path / "out")
    assert found.tally.kept == 3
    assert sorted(found.lines) == [
        "../../3.png: its path leads out of the archive",
        "bomb.png: more than 1,000,000 bytes",
        "page.png: not a picture",
    ]
    urls = {row["url"] for row in table(tmp_path / "out")}
    assert f"{file.as_uri()}#deep/2%20%23.png" in urls
    assert taken(file, tmp_path / "2", Query(tags=("cat",))).tally.kept == 1


def test_one_that_was_read_to_its_end_is_not_read_again_unless_it_changed(file: Path, tmp_path: Path):
    taken(file, tmp_path / "out")
    assert taken(file, tmp_path / "out").tally.seen == 0
    with zipfile.ZipFile(file, "a") as made:
        made.writestr("5.png", png(5))
    again = taken(file, tmp_path / "out").tally
    assert (again.kept, again.fetched) == (4, 1)


def test_a_limit_stops_it_and_a_larger_one_goes_on(file: Path, tmp_path: Path):
    assert taken(file, tmp_path / "out", limit=1).tally.kept == 1
    more = taken(file, tmp_path / "out", limit=50).tally
    assert (more.kept, more.fetched) == (3, 2)


def test_what_is_no_zip_or_a_torn_one_is_a_sentence(file: Path, tmp_path: Path):
    (tmp_path / "b.zip").write_bytes(png(1))
    with pytest.raises(SourceError, match=r"b\.zip is no zip file"):
        archive.place(tmp_path / "b.zip")
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        archive.place(tmp_path / "none.zip")
    content = file.read_bytes()
    (tmp_path / "c.zip").write_bytes(content[:200] + bytes(len(content) - 500) + content[-300:])
    with pytest.raises(SourceError, match="is a damaged zip file"):
        taken(tmp_path / "c.zip", tmp_path / "out")
