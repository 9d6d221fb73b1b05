"""What is judged here, where a site cannot be asked."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from data.booru.post import Post
from data.booru.query import TYPES, Query, day, split_tags, subset

POST = Post(
    id=7,
    tags=frozenset({"solo", "misaka_mikoto", "short_hair"}),
    score=20,
    rating="g",
    created=datetime(2019, 5, 31, 23, tzinfo=UTC),
    source="",
    md5=None,
    url="https://example.org/7.png",
    width=800,
    height=600,
    ext="png",
)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        (Query(), True),
        (Query(tags=("solo", "short_hair")), True),
        (Query(tags=("solo", "long_hair")), False),
        (Query(tags=("short",)), False),  # a part of a tag is none
        (Query(without=("comic",)), True),
        (Query(without=("solo",)), False),
        (Query(min_score=20), True),
        (Query(min_score=21), False),
        (Query(since=date(2019, 5, 31)), True),
        (Query(since=date(2019, 6, 1)), False),
        (Query(ratings=frozenset("gs")), True),
        (Query(ratings=frozenset("qe")), False),
        (Query(min_side=600), True),
        (Query(min_side=601), False),
        (Query(types=frozenset({"jpg"})), False),
    ],
)
def test_a_post_fits_or_not(query: Query, fits: bool) -> None:
    assert query.accepts(POST) is fits


def test_what_a_site_does_not_say_is_out_of_bounds() -> None:
    assert not Query(min_score=-100).accepts(replace(POST, score=None))
    assert not Query(since=date(1990, 1, 1)).accepts(replace(POST, created=None))
    assert not Query(ratings=frozenset("gsqe")).accepts(replace(POST, rating=""))
    assert not Query(min_side=1).accepts(replace(POST, width=0, height=0))
    assert Query().accepts(replace(POST, score=None, created=None, rating="", width=0, height=0))


def test_a_query_has_one_key_in_whatever_order_it_is_said() -> None:
    assert Query(tags=("a", "b"), ratings=frozenset("gs")).key == Query(tags=("b", "a"), ratings=frozenset("sg")).key
    keys = {Query().key, Query(tags=("a",)).key, Query(without=("a",)).key, Query(since=date(2019, 1, 1)).key}
    assert len(keys) == 4


def test_tags_are_words_with_or_without_a_minus() -> None:
    assert split_tags("Misaka_Mikoto solo -comic  solo") == (("misaka_mikoto", "solo"), ("comic",))
    assert split_tags("") == ((), ())
    assert split_tags("re:zero fate/stay_night :d") == (("re:zero", "fate/stay_night", ":d"), ())


@pytest.mark.parametrize("text", ["order:score", "-rating:e", "score:>5", "long_*", "~solo", "-", "solo -solo"])
def test_what_is_no_tag_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no tag|cannot be both"):
        split_tags(text)


def test_a_day_may_be_a_year_or_a_month() -> None:
    assert [day("2019"), day("2019-05"), day("2019-05-31")] == [date(2019, 1, 1), date(2019, 5, 1), date(2019, 5, 31)]
    for wrong in ("19", "2019-13", "2019-02-30", "yesterday", ""):
        with pytest.raises(ValueError, match="is no date"):
            day(wrong)


def test_words_between_commas_are_known_ones() -> None:
    assert subset("PNG, jpg", TYPES, "file type") == {"png", "jpg"}
    for wrong in ("mp4", "png,exe", "", ","):
        with pytest.raises(ValueError, match="is no file type; there is avif, gif"):
            subset(wrong, TYPES, "file type")
