"""Manners, towards a host that looks."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from yarl import URL

from data.booru.client import Client, Closed, Leave, Trouble
from data.intake import IntakeError
from tests.wire.fake_booru import FakeBooru, entries, http_date

PATH = "/data/1.png"


def url(booru: FakeBooru, path: str = PATH) -> URL:
    return URL(booru.base + path)


async def test_robots_txt_is_read_once_and_obeyed(manners: Callable[..., Any]) -> None:
    async with FakeBooru(entries(3)) as booru:
        booru.robots = "User-agent: *\nDisallow: /posts.json"
        client = Client(manners(booru))
        await asyncio.gather(*(client.get(url(booru, f"/data/{n}.png")) for n in (1, 2, 3)))
        with pytest.raises(Closed, match="closes /posts"):
            await client.get(url(booru, "/posts.json?tags=solo"))
        assert (booru.times("/robots.txt"), booru.times("/posts.json")) == (1, 0)
        assert (await client.get(url(booru, "/posts.json"), invited=True)).status == 200


@pytest.mark.parametrize(("status", "open_"), [(404, True), (403, True), (500, False), (503, False)])
async def test_where_robots_txt_cannot_be_had_nothing_is_open(
    status: int, open_: bool, manners: Callable[..., Any]
) -> None:
    """RFC 9309, 2.3.1.3 and 2.3.1.4: no file, no rules; no answer, no visit."""
    async with FakeBooru(entries(1)) as booru:
        booru.first["/robots.txt"] = [(status, {})] * 9
        client = Client(manners(booru))
        if open_:
            assert (await client.get(url(booru))).status == 200
        else:
            with pytest.raises((Closed, Trouble)):
                await client.get(url(booru))
            assert booru.times(PATH) == 0


async def test_a_robots_txt_that_never_ends_closes_everything(manners: Callable[..., Any]) -> None:
    async with FakeBooru(entries(1)) as booru:
        booru.robots = "# and so on\n" * 100_000
        with pytest.raises(Closed):
            await Client(manners(booru)).get(url(booru))


async def test_a_crawl_delay_slows_everything_down(manners: Callable[..., Any], clock: Any) -> None:
    async with FakeBooru(entries(3)) as booru:
        booru.robots = "User-agent: *\nCrawl-delay: 7"
        client = Client(manners(booru))
        for n in (1, 2, 3):
            await client.get(url(booru, f"/data/{n}.png"))
        assert clock.time == pytest.approx(14, abs=0.1)


async def test_requests_go_out_at_the_pace_that_was_asked_for(manners: Callable[..., Any], clock: Any) -> None:
    async with FakeBooru(entries(5)) as booru:
        client = Client(manners(booru, per_second=0.5))
        await asyncio.gather(*(client.get(url(booru, f"/data/{n}.png")) for n in range(1, 6)))
        assert clock.time == pytest.approx(10)  # robots.txt and five files


@pytest.mark.parametrize("connections", [1, 3])
async def test_there_are_never_more_connections(connections: int, manners: Callable[..., Any]) -> None:
    async with FakeBooru(entries(20)) as booru:
        client = Client(manners(booru, connections=connections))
        await asyncio.gather(*(client.get(url(booru, f"/data/{n}.png")) for n in range(1, 21)))
        assert booru.most_at_once == connections


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_obeyed_in_seconds(status: int, manners: Callable[..., Any], clock: Any) -> None:
    async with FakeBooru(entries(1)) as booru:
        booru.first[PATH] = [(status, {"Retry-After": "120"})]
        assert (await Client(manners(booru)).get(url(booru))).content == booru.posts[1].content
        assert 120 <= clock.time < 121
        assert booru.times(PATH) == 2


async def test_retry_after_is_obeyed_as_a_date(manners: Callable[..., Any], clock: Any) -> None:
    async with FakeBooru(entries(1)) as booru:
        booru.first[PATH] = [(429, {"Retry-After": http_date(300), "Date": http_date()})]
        assert (await Client(manners(booru)).get(url(booru))).status == 200
        assert 299 <= clock.time <= 302


async def test_a_busy_host_is_left_alone_by_all_that_ask_it(manners: Callable[..., Any], clock: Any) -> None:
    async with FakeBooru(entries(9)) as booru:
        client = Client(manners(booru, attempts=1))
        booru.first[PATH] = [(503, {"Retry-After": "60"})]
        with pytest.raises(Trouble):
            await client.get(url(booru))
        assert clock.time < 1
        await client.get(url(booru, "/data/2.png"))
        assert clock.time >= 60


async def test_who_asks_for_hours_is_left_for_another_day(manners: Callable[..., Any], clock: Any) -> None:
    async with FakeBooru(entries(1)) as booru:
        booru.first[PATH] = [(429, {"Retry-After": "86400"})]
        with pytest.raises(Leave, match="86,400 s"):
            await Client(manners(booru)).get(url(booru))
        assert clock.time < 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_failures_are_retried_ever_later(status: int, manners: Callable[..., Any], clock: Any) -> None:
    async with FakeBooru(entries(1)) as booru:
        client = Client(manners(booru, attempts=4))
        await client.get(url(booru, "/data/2.png"))
        booru.first[PATH] = [(status, {})] * 3
        assert (await client.get(url(booru))).status == 200
        long = [wait for wait in clock.waits if wait > 0.1]
        assert [round(wait / 2**n) for n, wait in enumerate(long)] == [1, 1, 1]


@pytest.mark.parametrize("odd", ["truncated", "slow", "silent"])
async def test_what_does_not_come_whole_is_trouble_after_some_attempts(odd: str, manners: Callable[..., Any]) -> None:
    async with FakeBooru(entries(1)) as booru:
        booru.odd[PATH] = odd
        seconds = 20.0 if odd == "truncated" else 0.2
        with pytest.raises(Trouble, match="did not answer"):
            await Client(manners(booru, seconds=seconds)).get(url(booru))
        assert booru.times(PATH) == 3


async def test_what_never_ends_is_not_asked_for_twice(manners: Callable[..., Any]) -> None:
    async with FakeBooru(entries(1)) as booru:
        booru.odd[PATH] = "endless"
        with pytest.raises(IntakeError) as caught:
            await Client(manners(booru)).get(url(booru))
        assert (caught.value.reason, booru.times(PATH)) == ("too_large", 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
async def test_an_answer_that_will_stay_the_same_is_an_answer(status: int, manners: Callable[..., Any]) -> None:
    async with FakeBooru(entries(1)) as booru:
        booru.first[PATH] = [(status, {})]
        assert (await Client(manners(booru)).get(url(booru))).status == status
        assert booru.times(PATH) == 1


async def test_everybody_is_told_who_asks(manners: Callable[..., Any]) -> None:
    async with FakeBooru(entries(1)) as booru:
        await Client(manners(booru, user_agent="tests/1")).get(url(booru), headers={"Authorization": "Basic x"})
        assert [headers["user-agent"] for _, headers in booru.asked] == ["tests/1", "tests/1"]
        assert [headers.get("authorization") for _, headers in booru.asked] == [None, "Basic x"]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "file:///etc/passwd", "https://10.0.0.1/a", "javascript:x"])
async def test_nothing_gets_past_the_door(address: str, manners: Callable[..., Any]) -> None:
    with pytest.raises(IntakeError) as caught:
        await Client(manners()).get(URL(address))
    assert caught.value.reason == "not_allowed"
