"""Crawls of the fake booru that wait for nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.addresses import Allowance
from data.booru.client import Client, Manners
from data.booru.crawl import Crawl, Tally
from data.booru.manifest import Manifest
from data.booru.pace import Clock
from data.booru.query import Query
from data.booru.sites import site
from data.intake import Limits
from tests.wire.fake_booru import FakeBooru


class Quick(Clock):
    """Goes when somebody waits."""

    def __init__(self) -> None:
        self.time = 0.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


@pytest.fixture
def clock() -> Quick:
    return Quick()


@pytest.fixture
def manners(clock: Quick) -> Callable[..., Manners]:
    """Manners towards some fake boorus: `manners(booru, attempts=2, max_bytes=1000)`."""

    def make(*boorus: FakeBooru, max_bytes: int = 1_000_000, seconds: float = 20.0, **more: Any) -> Manners:
        allowance = Allowance.parse(booru.address for booru in boorus)
        limits = Limits(max_bytes=max_bytes, seconds=seconds, allowance=allowance)
        return Manners(limits=limits, clock=clock, **({"per_second": 1e6, "attempts": 3} | more))

    return make


@pytest.fixture
def crawl(tmp_path: Path, manners: Callable[..., Manners]) -> Callable[..., Any]:
    """`await crawl(booru, Query(), name="konachan", limit=10)`: into `tmp_path / "out"`."""

    async def go(
        booru: FakeBooru, query: Query | None = None, name: str = "danbooru", limit: int = 100, **more: Any
    ) -> Tally:
        with Manifest(tmp_path / "out") as manifest:
            client = Client(manners(booru, **more))
            return await Crawl(site(name, booru.base), query or Query(), manifest, client, limit).run()

    return go
