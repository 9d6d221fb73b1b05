"""A crawl from page to picture, and what goes wrong on the way."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from data.booru.base import SiteError
from data.booru.client import Client, Closed, Leave, Trouble
from data.booru.crawl import MOST_TROUBLE, Crawl
from data.booru.danbooru import Danbooru
from data.booru.manifest import Manifest
from data.booru.query import Query
from data.booru.sites import site
from data.intake import IntakeError
from tests.wire.fake_booru import DAY, Entry, FakeBooru, entries, table


def states(out: Path) -> dict[int, str]:
    return {row["id"]: row["state"] for row in table(out)}


def details(out: Path) -> dict[int, str]:
    return {row["id"]: row["detail"] for row in table(out)}


def fetched_once(booru: FakeBooru) -> bool:
    return set(booru.served.values()) == {1}


async def test_a_second_crawl_fetches_nothing(crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(12), page=5) as booru:
        assert (await crawl(booru)).fetched == 12
        before = len(booru.searches)
        again = await crawl(booru)
        assert (again.kept, again.fetched) == (12, 0)
        assert len(booru.searches) - before == 1  # for what may be new
        assert fetched_once(booru)


@pytest.mark.parametrize("name", ["danbooru", "safebooru", "konachan"])
async def test_a_later_crawl_fetches_what_was_posted_since(name: str, crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(12), page=5) as booru:
        await crawl(booru, name=name)
        before = len(booru.searches)
        for number in range(13, 20):
            booru.posts[number] = Entry(number, created=DAY + timedelta(days=number))
        tally = await crawl(booru, name=name)
        assert (tally.kept, tally.fetched) == (19, 7)
        assert len(booru.searches) - before == 3  # the third has nothing but what is known
        assert fetched_once(booru)


async def test_the_limit_holds_and_may_grow(crawl: Callable[..., Any], tmp_path: Path) -> None:
    async with FakeBooru(entries(20), page=8) as booru:
        assert (await crawl(booru, limit=3)).kept == 3
        assert sorted(booru.served) == ["/data/18.png", "/data/19.png", "/data/20.png"]
        asked = len(booru.asked)
        assert (await crawl(booru, limit=3)).fetched == 0
        assert len(booru.asked) == asked  # enough is enough
        assert (await crawl(booru, limit=11)).fetched == 8
        assert len(booru.searches) == 2  # the first page is known
        assert (await crawl(booru, limit=100)).kept == 20
        assert fetched_once(booru)


async def test_another_search_shares_what_is_there(crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(6)) as booru:
        await crawl(booru, Query(tags=("solo",)))
        tally = await crawl(booru, Query(tags=("misaka_mikoto",)))
        assert (tally.kept, tally.fetched) == (6, 0)
        assert fetched_once(booru)


@pytest.mark.parametrize("name", ["danbooru", "safebooru", "konachan"])
async def test_what_is_posted_while_pages_are_read_loses_nothing(name: str, crawl: Callable[..., Any]) -> None:
    """On sites whose pages are numbered it moves posts to the next page."""
    async with FakeBooru(entries(20), page=5) as booru:
        booru.growing = 3
        await crawl(booru, name=name)
        assert {f"/data/{number}.png" for number in range(1, 21)} <= set(booru.served)
        assert max(booru.posts) == 23
        assert fetched_once(booru)


async def test_hidden_posts_are_known_and_not_asked_for(crawl: Callable[..., Any], tmp_path: Path) -> None:
    posts = [*entries(3), Entry(4, hidden=True)]
    async with FakeBooru(posts) as booru:
        tally = await crawl(booru)
        assert (tally.kept, tally.hidden) == (3, 1)
        assert states(tmp_path / "out")[4] == "hidden"
        assert booru.times("/data/4.png") == 0


async def test_a_post_without_an_md5_is_fetched_all_the_same(crawl: Callable[..., Any], tmp_path: Path) -> None:
    async with FakeBooru([Entry(1, more={"md5": None})]) as booru:
        assert (await crawl(booru)).kept == 1
        assert table(tmp_path / "out")[0]["md5"] is None


async def test_what_is_no_picture_or_another_one_is_not_kept(crawl: Callable[..., Any], tmp_path: Path) -> None:
    async with FakeBooru(entries(6)) as booru:
        booru.bodies["/data/1.png"] = b"\x89PNG\r\n\x1a\n another one"
        booru.posts[2] = Entry(2, content=b"<html>no picture</html>")
        booru.odd["/data/3.png"] = "endless"
        booru.odd["/data/4.png"] = "http://10.0.0.1/secret"
        tally = await crawl(booru)
        assert (tally.kept, tally.unfit, tally.refused, tally.later) == (2, 3, 1, 0)
        assert states(tmp_path / "out") == {
            6: "kept", 5: "kept", 4: "refused", 3: "unfit", 2: "unfit", 1: "unfit"
        }  # fmt: skip
        said = details(tmp_path / "out")
        assert "MD5" in said[1]
        assert "begin as a picture" in said[2]
        assert "too_large" in said[3]
        assert "not_allowed" in said[4]
        assert booru.times("/data/1.png") == 2  # it may have been damaged on its way
        assert {file.name for file in (tmp_path / "out").rglob("*.p*")} == {"5.png", "6.png"}
        asked = len(booru.asked)
        await crawl(booru)
        assert all(not path.startswith("/data") for path, _ in booru.asked[asked:])


async def test_a_picture_damaged_on_its_way_comes_whole_the_second_time(crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(1)) as booru:
        booru.once["/data/1.png"] = booru.posts[1].content[:-1] + b"?"
        assert (await crawl(booru)).kept == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_a_picture_that_is_gone_is_not_asked_for_again(
    status: int, crawl: Callable[..., Any], tmp_path: Path
) -> None:
    async with FakeBooru(entries(2)) as booru:
        booru.first["/data/1.png"] = [(status, {})]
        tally = await crawl(booru)
        assert (tally.kept, tally.gone) == (1, 1)
        await crawl(booru)
        assert booru.times("/data/1.png") == 1
        assert details(tmp_path / "out")[1] == f"HTTP {status}"


async def test_a_picture_that_does_not_come_is_asked_for_by_the_next_crawl(crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(3)) as booru:
        booru.odd["/data/1.png"] = "truncated"
        booru.first["/data/2.png"] = [(403, {})]
        tally = await crawl(booru)
        assert (tally.kept, tally.later) == (1, 2)
        assert booru.times("/data/1.png") == 3
        del booru.odd["/data/1.png"]
        tally = await crawl(booru)
        assert (tally.kept, tally.later) == (3, 0)
        assert fetched_once(booru)


async def test_others_come_in_the_place_of_those_that_do_not(crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(10), page=3) as booru:
        booru.first["/data/10.png"] = [(404, {})]
        booru.bodies["/data/9.png"] = b"no"
        assert (await crawl(booru, limit=4)).kept == 4
        assert sorted(booru.served) == [f"/data/{n}.png" for n in (5, 6, 7, 8, 9)]


async def test_a_host_of_files_in_trouble_ends_the_crawl(crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(50)) as booru:
        for number in range(1, 51):
            booru.first[f"/data/{number}.png"] = [(500, {})] * 99
        with pytest.raises(Trouble):
            await crawl(booru, connections=1, attempts=2)
        assert sum(booru.times(f"/data/{n}.png") for n in range(1, 51)) == MOST_TROUBLE * 2
        booru.first.clear()
        assert (await crawl(booru)).kept == 50
        assert len(booru.searches) == 2  # the page was known


async def test_a_site_in_trouble_ends_the_crawl_and_loses_nothing(crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(9), page=3) as booru:
        await crawl(booru, limit=3)
        for answers, error in (
            ([(502, {})] * 3, Trouble),
            ([(429, {"Retry-After": "99999"})], Leave),
            ([(403, {})], SiteError),
            ([(422, {})], SiteError),
        ):
            booru.first["/posts.json"] = list(answers)
            with pytest.raises(error):
                await crawl(booru)
        assert (await crawl(booru)).kept == 9
        assert fetched_once(booru)


async def test_robots_txt_closes_a_site_unless_it_gave_us_a_key(
    manners: Callable[..., Any], crawl: Callable[..., Any], tmp_path: Path
) -> None:
    async with FakeBooru(entries(3)) as booru:
        booru.robots = "User-agent: *\nDisallow: /*.json"
        with pytest.raises(Closed):
            await crawl(booru)
        assert booru.searches == []

        class Invited(Danbooru):
            @property
            def invited(self) -> bool:
                return True

        with Manifest(tmp_path / "invited") as manifest:
            known = Invited("danbooru", booru.base)
            tally = await Crawl(known, Query(), manifest, Client(manners(booru)), 100).run()
        assert tally.kept == 3
        booru.robots = "User-agent: *\nDisallow: /"  # the key is for the API, not for the files
        with Manifest(tmp_path / "files") as manifest:
            tally = await Crawl(known, Query(), manifest, Client(manners(booru)), 100).run()
        assert (tally.kept, tally.refused) == (0, 3)


@pytest.mark.parametrize("name", ["danbooru", "safebooru", "konachan"])
async def test_a_site_that_gives_one_page_for_ever_is_not_read_for_ever(name: str, crawl: Callable[..., Any]) -> None:
    async with FakeBooru(entries(12), page=5) as booru:
        booru.stuck = True
        with pytest.raises(SiteError, match="the same page twice"):
            await crawl(booru, name=name)
        assert len(booru.searches) == 2


async def test_a_site_that_is_not_allowed_is_not_asked(manners: Callable[..., Any], tmp_path: Path) -> None:
    async with FakeBooru([]) as allowed, FakeBooru(entries(3)) as booru:
        with Manifest(tmp_path) as manifest, pytest.raises(IntakeError):
            await Crawl(site("danbooru", booru.base), Query(), manifest, Client(manners(allowed)), 9).run()
        assert booru.asked == []


async def test_a_file_written_before_its_row_is_adopted(crawl: Callable[..., Any], tmp_path: Path) -> None:
    """What a kill between the two leaves."""
    async with FakeBooru(entries(3)) as booru:
        folder = tmp_path / "out" / booru.address.replace(":", "_")
        folder.mkdir(parents=True)
        (folder / "2.png").write_bytes(booru.posts[2].content)
        (folder / "1.png").write_bytes(booru.posts[1].content[:-1])  # not ours: ours are whole
        tally = await crawl(booru)
        assert (tally.kept, tally.fetched) == (3, 2)
        assert booru.times("/data/2.png") == 0
        assert (folder / "1.png").read_bytes() == booru.posts[1].content


async def test_a_cancelled_crawl_goes_on(
    manners: Callable[..., Any], crawl: Callable[..., Any], tmp_path: Path
) -> None:
    async with FakeBooru(entries(12)) as booru:
        booru.hold_after = 5
        five = asyncio.Event()
        with Manifest(tmp_path / "out") as manifest:
            client = Client(manners(booru))
            known = site("danbooru", booru.base)
            work = Crawl(known, Query(), manifest, client, 100, lambda tally: five.set() if tally.kept == 5 else None)
            task = asyncio.create_task(work.run())
            await five.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        booru.hold_after = None
        tally = await crawl(booru)
        assert (tally.kept, tally.fetched) == (12, 7)
        assert fetched_once(booru)
