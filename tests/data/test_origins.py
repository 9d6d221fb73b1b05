import json
from pathlib import Path

import pytest

from data import origins
from data.dataset import DatasetError

CROP = {"file": "a.png.0.png", "verdict": "cut", "post": {"tags": ["solo", 3, "smile"], "rating": "s"}}


def test_crops_are_known_by_their_files_and_an_excerpt_has_some_of_them(tmp_path: Path):
    left_out = {"file": None, "verdict": "small"}
    (tmp_path / origins.FILE).write_text(origins.lines([CROP, left_out, {"file": "b.png.0.png"}]))
    assert list(origins.read(tmp_path)) == ["a.png.0.png", "b.png.0.png"]
    part = origins.excerpt(tmp_path, {"a.png.0.png", "other.png"})
    assert [json.loads(line) for line in part[origins.FILE].splitlines()] == [CROP]
    assert origins.excerpt(tmp_path, set()) == {}


def test_tags_and_rating_are_read_off_whatever_stands_there():
    assert origins.tags(CROP) == {"solo", "smile"}
    assert origins.rating(CROP) == "s"
    for odd in ({}, {"post": 3}, {"post": {"tags": "solo", "rating": 4}}):
        assert origins.tags(odd) == frozenset()
        assert origins.rating(odd) == ""


def test_where_nothing_is_known_there_is_nothing(tmp_path: Path):
    assert origins.read(tmp_path) == {}
    (tmp_path / "set.zip").write_bytes(b"")
    assert origins.read(tmp_path / "set.zip") == {}


@pytest.mark.parametrize("line", ["{", "[]", "7"])
def test_a_line_that_means_nothing_is_named(line: str, tmp_path: Path):
    (tmp_path / origins.FILE).write_text(json.dumps(CROP) + "\n" + line + "\n")
    with pytest.raises(DatasetError, match="line 2"):
        origins.read(tmp_path)
