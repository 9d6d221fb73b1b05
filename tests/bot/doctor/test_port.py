"""What the doctor says about the bot's port."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.doctor.finding import Sign
from bot.doctor.port import check_port
from tests.bot.doctor.patients import settings, told


@asynccontextmanager
async def _serving(body: Any) -> AsyncIterator[int]:
    """Somebody on a port, who answers `/healthz` with `body`."""

    async def healthz(request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers
        return web.json_response(body)

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("host", "what"), [("127.0.0.1", "free_here"), ("0.0.0.0", "free")])
async def test_a_free_port_is_told_with_who_can_reach_it(tmp_path: Path, host: str, what: str) -> None:
    assert told(await check_port(settings(tmp_path, host=host, port=0))) == [(Sign.GOOD, what)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"status": "ok"}, (Sign.GOOD, "running")),
        ({"status": "ok", "surfaces": {"qq": {"state": "waiting"}}}, (Sign.GOOD, "running")),
        ({"status": "ok", "surfaces": {"qq": {"state": "failed", "detail": "x"}}}, (Sign.WARN, "running_troubled")),
        ({"status": "starting"}, (Sign.WARN, "starting")),
        ({"hello": "world"}, (Sign.BAD, "taken")),
        ([], (Sign.BAD, "taken")),
    ],
)
async def test_the_running_bot_is_told_from_another_program(tmp_path: Path, body: Any, found: tuple[Sign, str]) -> None:
    async with _serving(body) as port:
        given = settings(tmp_path, port=port, web_password="never-to-be-sent")
        assert told(await check_port(given)) == [found]


async def test_a_program_that_speaks_no_http_has_the_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert told(await check_port(settings(tmp_path, port=other.getsockname()[1]))) == [(Sign.BAD, "taken")]


async def test_an_address_that_is_not_this_machines_is_told(tmp_path: Path) -> None:
    assert told(await check_port(settings(tmp_path, host="192.0.2.1", port=0))) == [(Sign.BAD, "host")]
