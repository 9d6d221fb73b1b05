"""All families against one suite: what they are asked, and what is read from their answers."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from data.booru.base import Site, SiteError
from data.booru.query import Query
from data.booru.sites import SITES, site
from tests.wire.fake_booru import DAY, Entry, FakeBooru, entries, table

ALL = sorted(SITES)


@pytest.mark.parametrize("name", ALL)
async def test_every_page_is_read_and_every_picture_fetched(name: str, crawl: Callable[..., Any], tmp_path) -> None:
    async with FakeBooru(entries(23), page=5) as booru:
        tally = await crawl(booru, name=name)
        assert (tally.kept, tally.fetched, tally.seen) == (23, 23, 23)
        assert len(booru.searches) == 6
        rows = table(tmp_path / "out")
        assert [row["id"] for row in rows] == list(range(23, 0, -1))
        for row in rows:
            assert (tmp_path / "out" / row["path"]).read_bytes() == booru.posts[row["id"]].content


@pytest.mark.parametrize("name", ALL)
async def test_the_manifest_knows_what_the_site_says(name: str, crawl: Callable[..., Any], tmp_path) -> None:
    content = b"\xff\xd8\xff\xe0 a picture"
    post = Entry(7, "solo c a", -3, "q", DAY + timedelta(hours=1), "jpg", width=3, height=4, content=content)
    async with FakeBooru([post]) as booru:
        await crawl(booru, name=name)
        (row,) = table(tmp_path / "out")
        host = booru.address
    assert {key: row[key] for key in ("site", "host", "id", "tags", "score", "rating", "date", "source", "state")} == {
        "site": name,
        "host": host,
        "id": 7,
        "tags": " a c solo ",
        "score": -3,
        "rating": "q",
        "date": "2020-01-01T13:00:00+00:00",
        "source": "https://www.pixiv.net/artworks/1",
        "state": "kept",
    }
    assert (row["md5"], row["width"], row["height"], row["bytes"]) == (post.md5, 3, 4, len(post.content))
    assert row["path"] == f"{host.replace(':', '_')}/7.jpg"
    assert len(row["sha256"]) == 64
    assert "artist" in row["licence"]


FILTERS: list[tuple[Query, set[int]]] = [
    (Query(tags=("solo", "hat", "cat")), {1, 2}),
    (Query(tags=("solo",), without=("cat",)), {3, 4}),
    (Query(min_score=20), {2, 4}),
    (Query(since=date(2020, 2, 1)), {3, 4}),
    (Query(ratings=frozenset("qe")), {3, 4}),
    (Query(ratings=frozenset("g")), {1, 2}),
    (Query(min_side=500), {4}),
    (Query(types=frozenset({"png"})), {1, 2, 4}),
    (Query(tags=("hat", "cat"), without=("dog",), min_score=20, since=date(2019, 1, 1), ratings=frozenset("g")), {2}),
]


def various() -> list[Entry]:
    return [
        Entry(1, "solo hat cat", score=10, created=datetime(2020, 1, 1, tzinfo=UTC)),
        Entry(2, "solo hat cat", score=20, created=datetime(2020, 1, 31, 23, tzinfo=UTC)),
        Entry(3, "solo", score=19, rating="q", created=datetime(2020, 2, 1, tzinfo=UTC), ext="jpg"),
        Entry(4, "solo hat", score=30, rating="e", created=datetime(2020, 3, 1, tzinfo=UTC), width=500, height=500),
    ]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("query", "wanted"), FILTERS)
async def test_what_the_site_cannot_filter_is_filtered_here(
    name: str, query: Query, wanted: set[int], crawl: Callable[..., Any], tmp_path
) -> None:
    async with FakeBooru(various()) as booru:
        await crawl(booru, query, name=name)
        assert {row["id"] for row in table(tmp_path / "out")} == wanted
        assert sum(booru.served.values()) == len(wanted)


@pytest.mark.parametrize("name", ALL)
async def test_the_site_is_asked_for_as_much_as_it_takes(name: str, crawl: Callable[..., Any]) -> None:
    async with FakeBooru(various()) as booru:
        tally = await crawl(booru, Query(tags=("cat",), min_score=20), name=name)
    assert (tally.seen, tally.kept) == (1, 1)


@pytest.mark.parametrize("name", ALL)
async def test_a_page_that_is_all_too_old_is_the_last(name: str, crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(50), page=5) as booru:  # one a day
        tally = await crawl(
            booru, Query(tags=("solo", "misaka_mikoto"), since=DAY.date() + timedelta(days=44)), name=name
        )
        assert tally.kept == 7
        assert len(booru.searches) == 3


def searched(known: Site, query: Query, cursor: str = "") -> dict[str, str]:
    return dict(known.address(query, cursor).query)


EVERYTHING = Query(("a", "b", "c"), ("d",), 5, date(2019, 5, 1), frozenset("gs"))


def test_danbooru_is_asked_for_two_tags_and_pages_before_a_post() -> None:
    danbooru = site("danbooru")
    assert str(danbooru.address(Query(), "")) == "https://danbooru.donmai.us/posts.json?tags=&limit=200"
    assert searched(danbooru, EVERYTHING)["tags"] == "a b"
    assert searched(danbooru, Query(("a",), min_score=5, ratings=frozenset("g")))["tags"] == "a score:>=5"
    assert searched(danbooru, Query(ratings=frozenset("gs")), "b77") == {
        "tags": "rating:g,s",
        "limit": "200",
        "page": "b77",
    }
    gold = site("danbooru", tag_limit=6)
    assert searched(gold, EVERYTHING)["tags"] == "a b c score:>=5 date:>=2019-05-01 rating:g,s"


def test_a_key_opens_donmai_us_and_is_shown_to_nobody_else() -> None:
    given: dict[str, Any] = {"login": "misaka", "api_key": "railgun"}
    told = "Basic " + base64.b64encode(b"misaka:railgun").decode()
    for name in ("danbooru", "safebooru-donmai"):
        assert site(name, **given).headers == {"Authorization": told}
        assert site(name, **given).invited
        assert "railgun" not in str(site(name, **given).address(EVERYTHING, ""))
    for base in ("https://example.org", "http://danbooru.donmai.us", "https://donmai.us.example.org"):
        assert not site("danbooru", base, **given).headers
        assert not site("danbooru", base, **given).invited
    assert not site("konachan", **given).headers
    assert not site("danbooru", login="misaka").invited


def test_moebooru_is_asked_for_six_tags_and_its_own_ratings() -> None:
    konachan = site("konachan")
    assert searched(konachan, EVERYTHING)["tags"] == "a b c -d score:>=5 date:>=2019-05-01"
    assert searched(konachan, Query(ratings=frozenset("g")), "3") == {"tags": "rating:s", "limit": "100", "page": "3"}
    assert searched(konachan, Query(tuple("abcdefgh")))["tags"] == "a b c d e f"
    assert konachan.ratings == set("gqe")


def test_gelbooru_is_asked_for_xml_and_counts_from_nought() -> None:
    asked = searched(site("safebooru"), EVERYTHING)
    assert (asked["tags"], asked["pid"], asked.get("json")) == ("a b c -d score:>=5", "0", None)
    assert searched(site("safebooru"), EVERYTHING, "json:4")["json"] == "1"


async def test_gelbooru_is_asked_for_json_where_its_xml_cannot_be_read(crawl: Callable[..., Any], tmp_path) -> None:
    async with FakeBooru(entries(7), page=3) as booru:
        booru.broken_xml = True
        for post in booru.posts.values():  # where old versions keep them: JSON has no address
            booru.bodies[post.path] = post.content
        tally = await crawl(booru, name="safebooru")
        assert tally.kept == 7
        rows = table(tmp_path / "out")
        assert {row["url"] for row in rows} == {f"{booru.base}/images/12/{n}.png" for n in range(1, 8)}
        assert all(row["md5"] == booru.posts[row["id"]].md5 for row in rows)  # it is called `hash` there


def test_gelbooru_reads_what_its_versions_write() -> None:
    known = site("safebooru")
    inside = json.dumps({"@attributes": {"count": 1}, "post": [{"id": 1, "rating": "general", "tags": "a"}]})
    elements = "<posts><post><id>1</id><rating>general</rating><tags>a</tags></post></posts>"
    attributes = '\ufeff<posts><post id="1" rating="safe" tags=" a "/></posts>'
    for answer in (inside, elements, attributes):
        (post,) = known.read(answer.encode(), "").posts
        assert (post.id, post.rating, post.tags, post.url) == (1, "g", {"a"}, None)
    for nothing in (b"", b"<posts/>", b"[]", b'{"@attributes": {"count": 0}, "post": []}'):
        assert known.read(nothing, "json:2").cursor is None


def test_an_xml_that_would_unpack_is_not_read() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><posts><post id="1" tags="&b;"/></posts>'
    with pytest.raises(SiteError):
        site("safebooru").read(bomb.encode(), "json:0")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "answer",
    [
        b"<html>busy</html>",
        b"not json",
        b'{"posts": 3}',
        b"[1, 2]",
        b'[{"tags": "no number"}]',
        b"[" * 100_000,
        b'{"success": false, "message": "search is down"}',
    ],
)
def test_an_answer_that_is_no_list_of_posts_is_a_sentence(name: str, answer: bytes) -> None:
    with pytest.raises(SiteError, match=r"^(answered with|says: search is down)"):
        site(name).read(answer, "json:0" if name == "safebooru" else "")


@pytest.mark.parametrize("name", ALL)
def test_nonsense_in_a_post_is_left_out(name: str) -> None:
    entry = {"id": 5, "rating": 9, "score": "many", "md5": "../x", "file_url": "https://[::1", "file_ext": "p/../g!",
             "created_at": "once", "source": "\ud800", "image_width": None, "width": 10**400, "tags": None}  # fmt: skip
    (post,) = site(name).read(json.dumps([entry]).encode(), "json:0" if name == "safebooru" else "").posts
    assert (post.score, post.rating, post.md5, post.url, post.width, post.ext) == (None, "", None, None, 0, "")
    assert (post.created, post.source, post.tags) == (None, "?", frozenset())


@pytest.mark.parametrize("base", ["ftp://example.org", "example.org", "https://a:b@example.org", "https://x/?y=1", ""])
def test_what_is_no_address_of_a_site_is_a_sentence(base: str) -> None:
    if base == "":
        assert site("konachan", base).host == "konachan.com"
        return
    with pytest.raises(ValueError, match="is no address of a site"):
        site("konachan", base)


def test_a_site_may_be_below_a_path() -> None:
    assert str(site("konachan", "https://example.org/booru/").address(Query(), "")).startswith(
        "https://example.org/booru/post.json?"
    )
