"""Dumps: a line a post, pictures in folders."""

import json
from pathlib import Path
from typing import Any

import pytest

from data.booru import dump as dumps
from data.booru.dump import Dump, DumpError, take
from data.booru.manifest import Manifest
from data.booru.query import Query
from tests.wire.fake_booru import table

PNG = b"\x89PNG\r\n\x1a\n picture "


def line(number: int, **given: Any) -> dict[str, Any]:
    """As Danbooru2018 has it: numbers as text, tags as objects."""
    tags = given.pop("tags", "solo misaka_mikoto")
    return {
        "id": str(number),
        "created_at": "2015-05-24 03:35:31.12 UTC",
        "score": "12",
        "source": "http://example.org",
        "md5": f"{number:032x}",
        "rating": "s",
        "image_width": "489",
        "image_height": "504",
        "file_ext": "png",
        "tags": [{"id": "1", "name": tag, "category": "0"} for tag in tags.split()],
        **given,
    }


@pytest.fixture
def dump(tmp_path: Path) -> Dump:
    """Twelve posts, of which nine fit the query `solo`; their pictures in the folders of the dumps."""
    found = Dump(tmp_path / "posts.json", tmp_path / "original")
    lines = [line(1000 + n, tags="solo cat" if n % 4 else "cat") for n in range(1, 13)]
    found.metadata.write_text("".join(json.dumps(one) + "\n" for one in lines))
    for one in lines:
        number = int(one["id"])
        file = found.pictures / f"{number % 1000:04d}" / f"{number}.png"
        file.parent.mkdir(parents=True)
        file.write_bytes(PNG + str(number).encode())
    return found


SOLO = Query(tags=("solo",))


def taken(dump: Dump, out: Path, query: Query = SOLO, limit: int = 100) -> Any:
    with Manifest(out) as manifest:
        return take(dump, query, manifest, limit)


def test_what_fits_is_in_the_folder_and_in_the_manifest(dump: Dump, tmp_path: Path) -> None:
    tally = taken(dump, tmp_path / "out")
    assert (tally.kept, tally.fetched, tally.seen, tally.later) == (9, 9, 12, 0)
    rows = table(tmp_path / "out")
    assert [row["id"] for row in rows] == [1011, 1010, 1009, 1007, 1006, 1005, 1003, 1002, 1001]
    for row in rows:
        assert (tmp_path / "out" / row["path"]).read_bytes() == PNG + str(row["id"]).encode()
    assert (rows[0]["tags"], rows[0]["score"], rows[0]["date"]) == (
        " cat solo ",
        12,
        "2015-05-24T03:35:31.120000+00:00",
    )
    assert (rows[0]["site"], rows[0]["state"], rows[0]["md5"]) == ("danbooru", "kept", f"{1011:032x}")


def test_a_second_time_there_is_nothing_to_do_and_what_was_added_is_taken(dump: Dump, tmp_path: Path) -> None:
    taken(dump, tmp_path / "out")
    again = taken(dump, tmp_path / "out")
    assert (again.kept, again.fetched, again.seen) == (9, 0, 0)
    with dump.metadata.open("a") as file:
        file.write(json.dumps(line(1001)) + "\n" + json.dumps(line(2001)) + "\n")
    (dump.pictures / "2001.jpg").write_bytes(b"\xff\xd8\xff\xe0")  # a smaller version, beside the folders
    again = taken(dump, tmp_path / "out")
    assert (again.kept, again.fetched, again.seen) == (10, 1, 2)


def test_the_limit_holds_and_may_grow(dump: Dump, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "LINES", 5)
    assert (taken(dump, tmp_path / "out", limit=2).kept, len(table(tmp_path / "out"))) == (2, 4)
    assert taken(dump, tmp_path / "out", limit=7).fetched == 5
    tally = taken(dump, tmp_path / "out")
    assert (tally.kept, tally.fetched) == (9, 2)


def test_a_picture_that_is_not_there_is_looked_for_again(dump: Dump, tmp_path: Path) -> None:
    file = dump.pictures / "0003" / "1003.png"
    content = file.read_bytes()
    file.unlink()
    assert (taken(dump, tmp_path / "out").kept, taken(dump, tmp_path / "out").later) == (8, 1)
    file.write_bytes(content)
    assert taken(dump, tmp_path / "out").kept == 9


def test_pictures_may_lie_by_their_md5(dump: Dump, tmp_path: Path) -> None:
    named = f"{1003:032x}"
    (dump.pictures / named[:2]).mkdir()
    (dump.pictures / "0003" / "1003.png").rename(dump.pictures / named[:2] / f"{named}.png")
    assert taken(dump, tmp_path / "out").kept == 9


def test_what_is_no_picture_is_not_taken(dump: Dump, tmp_path: Path) -> None:
    (dump.pictures / "0003" / "1003.png").write_bytes(b"<html>")
    tally = taken(dump, tmp_path / "out")
    assert (tally.kept, tally.unfit) == (8, 1)


def test_pictures_take_no_more_room_where_they_need_not(dump: Dump, tmp_path: Path) -> None:
    taken(dump, tmp_path / "out")
    row = table(tmp_path / "out")[0]
    assert (tmp_path / "out" / row["path"]).samefile(dump.pictures / "0011" / "1011.png")


def test_a_cut_off_line_costs_its_post_only(dump: Dump, tmp_path: Path) -> None:
    text = dump.metadata.read_text()
    dump.metadata.write_text("\n[1]\n{'\n" + "[" * 100_000 + "\n" + text + text[:40])
    assert taken(dump, tmp_path / "out").kept == 9


def test_newer_dumps_write_as_the_api_does(dump: Dump, tmp_path: Path) -> None:
    new = {"id": 1003, "tag_string": "solo", "created_at": "2021-01-01T00:00:00.000-05:00", "score": 1, "rating": "g",
           "image_width": 5, "image_height": 5, "file_ext": "png"}  # fmt: skip
    dump.metadata.write_text(json.dumps(new))
    taken(dump, tmp_path / "out")
    (row,) = table(tmp_path / "out")
    assert (row["date"], row["rating"], row["state"]) == ("2021-01-01T05:00:00+00:00", "g", "kept")


def test_what_is_no_dump_is_a_sentence(dump: Dump, tmp_path: Path) -> None:
    for metadata, pictures, words in (
        (tmp_path / "none", dump.pictures, "cannot be read"),
        (dump.metadata, tmp_path / "none", "is no folder"),
        (dump.pictures / "0003" / "1003.png", dump.pictures, "has no posts"),
    ):
        with pytest.raises(DumpError, match=words):
            taken(Dump(metadata, pictures), tmp_path / "out")
