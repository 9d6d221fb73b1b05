"""What is written beside pictures, by whichever program."""

import pytest

from data.booru.local import sidecar
from data.booru.local.source import Said


def said(**files: bytes) -> Said:
    """Of a.png; `json` and `txt` stand for a.png.json and a.txt."""
    beside = {"a.png.json": files.get("json"), "a.txt": files.get("txt")}
    return sidecar.said("a.png", beside.get)


@pytest.mark.parametrize(
    ("json", "tags"),
    [
        (b'{"tags": ["Long Hair", "solo"]}', {"long_hair", "solo"}),
        (b'{"tags": "long_hair solo"}', {"long_hair", "solo"}),
        (b'{"tags": [{"name": "solo", "translated_name": null}]}', {"solo"}),
        (b'{"tags": {"general": ["solo"], "artist": ["x"]}}', {"general", "artist", "solo", "x"}),
        (b'{"tag_string": "a b", "tags_general": "c"}', {"a", "b", "c"}),
        (b'{"tags": 3}', set()),
    ],
)
def test_tags_in_the_shapes_that_sites_have(json: bytes, tags: set[str]):
    assert said(json=json).tags == tags


@pytest.mark.parametrize(
    ("json", "rating"),
    [
        (b'{"rating": "R-18G"}', "e"),
        (b'{"rating": "safe"}', "g"),
        (b'{"rating": "q"}', "q"),
        (b'{"rating": "new"}', ""),
        (b'{"nsfw": true}', "e"),
        (b'{"nsfw": "no"}', ""),
    ],
)
def test_ratings_of_other_sites_are_danboorus(json: bytes, rating: str):
    assert said(json=json).rating == rating


def test_text_files_have_tags_with_commas_lines_or_blanks():
    assert said(txt=b"long hair, solo\n").tags == {"long_hair", "solo"}
    assert said(txt=b"long hair\nsolo\n").tags == {"long_hair", "solo"}
    assert said(txt=b"long_hair solo\n").tags == {"long_hair", "solo"}


@pytest.mark.parametrize(
    "json", [b"", b"[]", b"{", b"[" * 100_000, b'{"score": "many", "date": 5, "tags": [[1]], "source": "javascript:1"}']
)
def test_damaged_files_say_nothing(json: bytes):
    assert said(json=json) == Said()


def test_what_people_thought_of_it_goes_by_several_names():
    assert (said(json=b'{"total_bookmarks": 12}').score, said(json=b'{"score": 3, "likes": 9}').score) == (12, 3)
