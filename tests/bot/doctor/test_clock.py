"""What the doctor says about the clock."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.doctor import clock
from bot.doctor.clock import check_clock
from bot.doctor.finding import Sign
from tests.bot.doctor.patients import settings, told

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ELSEWHERE", ())


@asynccontextmanager
async def _discord(handler: Handler) -> AsyncIterator[str]:
    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("theirs", "found"), [(0, (Sign.GOOD, "right")), (-600, (Sign.WARN, "ahead")), (600, (Sign.WARN, "behind"))]
)
async def test_it_is_compared_with_discords(tmp_path: Path, theirs: int, found: tuple[Sign, str]) -> None:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        date = datetime.now(UTC) + timedelta(seconds=theirs)
        return web.Response(status=404, headers={"Date": format_datetime(date, usegmt=True)})

    async with _discord(handle) as base:
        assert told(await check_clock(settings(tmp_path, discord_api_base=base))) == [found]


@pytest.mark.parametrize("date", ["yesterday", ""])
async def test_a_date_that_is_none_is_as_nobody(tmp_path: Path, date: str) -> None:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(headers={"Date": date})

    async with _discord(handle) as base:
        assert told(await check_clock(settings(tmp_path, discord_api_base=base))) == [(Sign.NOTE, "unknown")]


async def test_with_nobody_to_ask_it_says_the_time_all_the_same(tmp_path: Path) -> None:
    findings = await check_clock(settings(tmp_path, discord_api_base="http://127.0.0.1:1", timezone="Asia/Tokyo"))
    assert told(findings) == [(Sign.NOTE, "unknown")]
    assert findings[0].values["zone"] == "Asia/Tokyo"
