"""What the doctor says about QQ; NapCat is a fake on this machine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.doctor import onebot
from bot.doctor.finding import Sign
from bot.doctor.onebot import check_onebot
from tests.bot.doctor.patients import settings, told
from tests.wire.fake_onebot import FakeOneBot


async def _look(tmp_path: Path, url: str, token: str | None = None) -> list[tuple[Sign, str]]:
    return told(await check_onebot(settings(tmp_path, onebot_ws_urls=[url], onebot_access_token=token)))


@asynccontextmanager
async def _peer(speak: Callable[[web.WebSocketResponse], Awaitable[object]]) -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await speak(socket)
        return socket

    app = web.Application()
    app.router.add_get("/", handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_without_an_address_it_says_where_to_connect_to(tmp_path: Path) -> None:
    findings = await check_onebot(settings(tmp_path, port=1))
    assert told(findings) == [(Sign.NOTE, "waiting")]
    assert findings[0].values["where"] == "ws://127.0.0.1:1/onebot/v11/ws"


async def test_open_to_others_it_asks_for_a_token(tmp_path: Path) -> None:
    assert told(await check_onebot(settings(tmp_path, port=1, host="0.0.0.0"))) == [(Sign.WARN, "closed")]


async def test_a_onebot_that_lets_us_in_is_named_with_its_account(tmp_path: Path) -> None:
    qq = FakeOneBot(self_id=31337, token="right-token")
    try:
        url = await qq.listen()
        findings = await check_onebot(settings(tmp_path, onebot_ws_urls=[url], onebot_access_token="right-token"))
        assert told(findings) == [(Sign.GOOD, "up")]
        assert findings[0].values["account"] == 31337
    finally:
        await qq.close()


@pytest.mark.parametrize(("token", "what"), [("wrong-token", "refused"), (None, "token_wanted")])
@pytest.mark.parametrize("politely", [False, True])
async def test_a_wrong_token_is_told_from_none(tmp_path: Path, token: str | None, what: str, politely: bool) -> None:
    qq = FakeOneBot(token="right-token")
    try:
        url = await qq.listen(refuse_politely=politely)
        assert await _look(tmp_path, url, token) == [(Sign.BAD, what)]
    finally:
        await qq.close()


async def test_where_nobody_listens_the_address_is_named_without_its_query(tmp_path: Path) -> None:
    findings = await check_onebot(settings(tmp_path, onebot_ws_urls=["ws://127.0.0.1:1/?access_token=secret"]))
    assert told(findings) == [(Sign.BAD, "unreachable")]
    assert findings[0].values["url"] == "ws://127.0.0.1:1/"


async def test_each_of_several_addresses_gets_its_line(tmp_path: Path) -> None:
    findings = await check_onebot(settings(tmp_path, onebot_ws_urls=["ws://127.0.0.1:1/", "http://127.0.0.1:1/"]))
    assert told(findings) == [(Sign.BAD, "address"), (Sign.BAD, "unreachable")]


async def test_a_page_where_a_websocket_should_be_is_told(tmp_path: Path) -> None:
    async with _peer(lambda socket: socket.close()) as url:
        assert await _look(tmp_path, url + "nowhere") == [(Sign.BAD, "no_websocket")]


@pytest.mark.parametrize("said", ["hello", '{"hello": 1}', "[]"])
async def test_what_speaks_something_else_is_told(tmp_path: Path, said: str) -> None:
    async with _peer(lambda socket: socket.send_str(said)) as url:
        assert await _look(tmp_path, url) == [(Sign.BAD, "no_onebot")]


async def test_a_onebot_that_says_nothing_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onebot, "FIRST_WORD", 0.2)
    gone = asyncio.Event()

    async def silent(socket: web.WebSocketResponse) -> None:
        await socket.receive()
        gone.set()

    async with _peer(silent) as url:
        assert await _look(tmp_path, url) == [(Sign.WARN, "silent")]
        async with asyncio.timeout(60):
            await gone.wait()  # the doctor does not stay connected
