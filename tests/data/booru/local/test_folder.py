"""Folders, and what holds for all that is gathered."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from data.booru.local import folder
from data.booru.local.source import SourceError
from data.booru.query import Query
from tests.data.booru.local.gathering import ANY, Taken, drawing, gather, png
from tests.data.killing import killed
from tests.data.pictures.strangers import saved
from tests.wire.fake_booru import table

MOST = 1_000_000  # bytes


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Five pictures, one of them twice."""
    found = tmp_path / "in"
    (found / "deep" / "er").mkdir(parents=True)
    for seed, name in enumerate(["a.png", "deep/b.png", "deep/er/c", "d.png"]):
        (found / name).write_bytes(png(seed))
    (found / "e.jpeg").write_bytes(saved(drawing(4), "JPEG"))
    (found / "deep" / "copy.png").write_bytes(png(0))
    return found


def taken(source: Path, out: Path, query: Query = ANY, **more: Any) -> Taken:
    return gather(out, folder.place(source), lambda at: folder.pictures(source, at, MOST, [out]), query, **more)


def test_each_picture_is_there_once_under_its_number_whatever_it_was_called(pictures: Path, tmp_path: Path):
    assert taken(pictures, tmp_path / "out").tally.kept == 5
    rows = table(tmp_path / "out")
    assert len(rows) == 5
    contents = {(tmp_path / "out" / row["path"]).read_bytes() for row in rows}
    assert contents == {png(0), png(1), png(2), png(3), saved(drawing(4), "JPEG")}
    jpeg = next(row for row in rows if row["path"].endswith(".jpg"))
    assert (jpeg["host"], jpeg["site"], jpeg["state"]) == ("local", "folder", "kept")
    assert (jpeg["width"], jpeg["height"], jpeg["url"]) == (64, 48, (pictures / "e.jpeg").as_uri())


def test_the_same_again_takes_what_has_come_since_and_nothing_twice(pictures: Path, tmp_path: Path):
    taken(pictures, tmp_path / "out")
    (pictures / "0.png").write_bytes(png(9))  # before all others in the order of names
    again = taken(pictures, tmp_path / "out").tally
    assert (again.kept, again.fetched) == (6, 1)


def test_a_larger_limit_goes_on_behind_the_last_one(pictures: Path, tmp_path: Path):
    assert taken(pictures, tmp_path / "out", limit=2).tally.kept == 2
    more = taken(pictures, tmp_path / "out", limit=4).tally
    assert (more.kept, more.fetched) == (4, 2)
    assert taken(pictures, tmp_path / "out", limit=4).tally.seen == 0


def test_killed_anywhere_it_loses_nothing(pictures: Path, tmp_path: Path):
    script = """
from pathlib import Path
from data.booru.local import folder
from tests.data.booru.local.gathering import gather
source, out = Path(sys.argv[2]), Path(sys.argv[3])
read = lambda at: folder.pictures(source, at, 1_000_000)
gather(out, folder.place(source), read, show=lambda tally: report(tally.kept, 5))
"""
    for done in (1, 2, 4):
        killed(script, done, pictures, tmp_path / "out")
    last = taken(pictures, tmp_path / "out").tally
    assert (last.kept, last.fetched) == (5, 1)
    assert len(table(tmp_path / "out")) == len(list((tmp_path / "out" / "local").glob("*.*"))) == 5


def test_what_is_wrong_with_a_file_is_said_and_the_rest_goes_on(pictures: Path, tmp_path: Path):
    (pictures / "page.png").write_bytes(b"<html>")
    (pictures / "cut.png").write_bytes(png(7, width=400, height=400)[:-300])
    (pictures / "huge.png").write_bytes(saved(drawing(8).resize((2000, 1000)).convert("1")))
    (pictures / "heavy.png").write_bytes(png(8) + bytes(MOST))
    (pictures / "notes.txt").write_text("hello")
    (pictures / "link").symlink_to("/")
    if hasattr(os, "mkfifo"):
        os.mkfifo(pictures / "pipe.png")
    found = taken(pictures, tmp_path / "out")
    assert (found.tally.kept, found.tally.unfit) == (5, 2)
    assert sorted(found.lines) == [
        "cut.png: damaged",
        "heavy.png: more than 1,000,000 bytes",
        "huge.png: too many pixels",
        "page.png: not a picture",
        *(["pipe.png: not a file"] if hasattr(os, "mkfifo") else []),
    ]
    assert {row["detail"] for row in table(tmp_path / "out") if row["state"] == "unfit"} == {
        "damaged",
        "too many pixels",
    }


def test_names_that_are_no_text_and_would_write_to_a_terminal_are_taken_and_shown_plainly(tmp_path: Path):
    source = tmp_path / "in"
    source.mkdir()
    try:
        Path(os.fsdecode(os.fsencode(source) + b"/\xff\xfe.png")).write_bytes(png(1))
    except OSError:
        pytest.skip("this file system has names in UTF-8 only")
    (source / "\x1b[31m.png").write_bytes(b"none")
    found = taken(source, tmp_path / "out")
    assert (found.tally.kept, found.lines) == (1, [r"\x1b[31m.png: not a picture"])


def test_what_is_written_beside_a_picture_is_what_it_is_chosen_by(pictures: Path, tmp_path: Path):
    about = {"tags": ["Long Hair", "solo"], "rating": "General", "score": 30, "date": "2021-05-01 10:00:00"}
    (pictures / "a.png.json").write_text(json.dumps(about | {"source": "https://example.org/1"}))
    (pictures / "d.txt").write_text("long hair, solo, 1girl")
    (pictures / "deep" / "b.json").write_text(json.dumps(about | {"rating": "R-18", "score": 50}))
    assert taken(pictures, tmp_path / "1", Query(tags=("long_hair",))).tally.kept == 3
    assert taken(pictures, tmp_path / "2", Query(tags=("long_hair",), min_score=20)).tally.kept == 2
    assert taken(pictures, tmp_path / "3", Query(ratings=frozenset("g"))).tally.kept == 1
    assert taken(pictures, tmp_path / "4", Query(ratings=frozenset({"g", ""}))).tally.kept == 4
    row = table(tmp_path / "3")[0]
    assert (row["tags"], row["score"], row["rating"]) == (" long_hair solo ", 30, "g")
    assert (row["source"], row["date"]) == ("https://example.org/1", "2021-05-01T10:00:00+00:00")


def test_whoever_looks_at_pictures_adds_tags_and_rates_what_nobody_has(pictures: Path, tmp_path: Path):
    (pictures / "a.png.json").write_text('{"rating": "e"}')
    shown: list[tuple[int, ...]] = []

    def look(pixels: Any) -> tuple[frozenset[str], str]:
        shown.append(pixels.shape)
        return frozenset({"cat"}), "g"

    found = taken(pictures, tmp_path / "out", Query(tags=("cat",), ratings=frozenset("g")), look=look)
    assert found.tally.kept == 5  # the copy of a.png has nothing beside it
    (pictures / "deep" / "copy.png").unlink()
    assert taken(pictures, tmp_path / "2", Query(tags=("cat",), ratings=frozenset("g")), look=look).tally.kept == 4
    assert set(shown) == {(48, 64, 3)}


def test_sides_and_types_are_those_of_the_picture_itself(pictures: Path, tmp_path: Path):
    (pictures / "large.png").write_bytes(png(20, width=300, height=200))
    assert taken(pictures, tmp_path / "1", Query(min_side=100)).tally.kept == 1
    assert taken(pictures, tmp_path / "2", Query(types=frozenset({"jpg"}))).tally.kept == 1


def test_what_a_person_refused_does_not_come_back(pictures: Path, tmp_path: Path):
    import sqlite3

    taken(pictures, tmp_path / "out")
    row = table(tmp_path / "out")[0]
    (tmp_path / "out" / row["path"]).unlink()
    with sqlite3.connect(tmp_path / "out" / "manifest.sqlite") as db:
        db.execute("UPDATE posts SET state = 'refused' WHERE id = ?", (row["id"],))
    found = taken(pictures, tmp_path / "out").tally
    assert (found.kept, found.refused, found.fetched) == (4, 1, 0)
    assert not (tmp_path / "out" / row["path"]).exists()


def test_a_picture_that_was_deleted_here_is_taken_once_more(pictures: Path, tmp_path: Path):
    taken(pictures, tmp_path / "out")
    row = table(tmp_path / "out")[0]
    (tmp_path / "out" / row["path"]).unlink()
    found = taken(pictures, tmp_path / "out").tally
    assert (found.kept, found.fetched) == (5, 1)
    assert (tmp_path / "out" / row["path"]).is_file()


def test_it_does_not_take_its_own_pictures(pictures: Path):
    out = pictures / "out"
    for _ in range(2):
        assert taken(pictures, out).tally.kept == 5
    with pytest.raises(SourceError, match="is where the pictures are to go"):
        taken(pictures, pictures)


def test_no_folder_is_a_sentence(tmp_path: Path):
    with pytest.raises(SourceError, match="none is no folder"):
        folder.place(tmp_path / "none")
