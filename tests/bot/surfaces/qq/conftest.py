"""A bot that is nothing but the QQ surface, served by uvicorn on a free port, with a dispatcher that a test scripts."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, cast

import nonebot
import pytest
import uvicorn
from nonebot.adapters.onebot.v11 import adapter as onebot_adapter
from nonebot.drivers import Driver
from nonebot.matcher import matchers

from bot.command import Picture, Reply
from bot.locale import Catalogue
from bot.pool.base import Asker, RequestFailed
from bot.services import Services
from bot.settings import Settings
from bot.surfaces.base import Incoming, Responder, SurfaceHealth
from bot.surfaces.qq import QQSurface
from data.pictures import Encoded
from data.pictures.requests import Reencode
from tests.wire.fake_onebot import FakeOneBot

PNG = b"\x89PNG toy picture"
SMALLER = b"\xff\xd8 toy JPEG"


def picture(content: bytes = PNG) -> Picture:
    return Picture("k7f3", Encoded(content, "image/png", 4, 4))


class ToyPool:
    """Answers `Reencode` with a fixed JPEG; `broken` refuses it."""

    def __init__(self) -> None:
        self.asked: list[Reencode] = []
        self.broken = False

    async def run(self, request: Reencode, asker: Asker) -> Encoded:
        self.asked.append(request)
        if self.broken:
            raise RequestFailed("toy")
        return Encoded(SMALLER, "image/jpeg", 4, 4)


class ToyDispatcher:
    """Does `answer` for every message, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Incoming] = asyncio.Queue()
        self.ended: asyncio.Queue[Exception | None] = asyncio.Queue()
        self.answer: Callable[[Incoming, Responder], Awaitable[object]] = self.waifu

    @staticmethod
    async def waifu(incoming: Incoming, responder: Responder) -> str | None:
        return await responder.send(Reply("faces", (picture(),)))

    async def handle(self, incoming: Incoming, responder: Responder) -> bool:
        self.heard.put_nowait(incoming)
        try:
            await self.answer(incoming, responder)
            self.ended.put_nowait(None)
        except Exception as error:
            self.ended.put_nowait(error)
        return True

    async def hears(self) -> Incoming:
        async with asyncio.timeout(20):
            return await self.heard.get()

    async def outcome(self) -> Exception | None:
        """How the next answer ended."""
        async with asyncio.timeout(20):
            return await self.ended.get()


class ToyBot:
    def __init__(self, port: int, services: Services, surface: QQSurface) -> None:
        self.url = f"ws://127.0.0.1:{port}/onebot/v11/ws"
        self.port, self.services, self.surface = port, services, surface
        self.dispatcher = cast(ToyDispatcher, services.dispatcher)
        self.pool = cast(ToyPool, services.pool)

    def qq(self, **options: Any) -> FakeOneBot:
        return FakeOneBot(self.url, **options)

    def impatient(self) -> None:
        """Let API calls time out at once, for a platform that never answers."""
        nonebot.get_driver().config.api_timeout = 0.05

    async def until(self, state: str, detail: str = "") -> SurfaceHealth:
        """The health once it is `state` and says `detail`: connections come and go in the server's own time."""
        async with asyncio.timeout(20):
            while (health := self.surface.health()).state != state or detail not in health.detail:  # noqa: ASYNC110 - it does not tell
                await asyncio.sleep(0.005)
        return health


@asynccontextmanager
async def qq_of(services: Services, *, start: bool = True) -> AsyncIterator[ToyBot]:
    """The QQ surface of a bot, served on a free port. Needs `fresh_nonebot`."""
    settings = services.settings
    token = settings.onebot_access_token
    nonebot.init(
        _env_file=(),
        driver="~fastapi+~aiohttp",
        log_level="ERROR",
        onebot_access_token=token.get_secret_value() if token else None,
        onebot_ws_urls=set(settings.onebot_ws_urls),
    )
    surface = QQSurface(services)
    surface.register(nonebot.get_driver())
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(nonebot.get_app(), log_config=None, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve([listener]))
    if start:
        await surface.start()
    try:
        yield ToyBot(listener.getsockname()[1], services, surface)
    finally:
        await surface.stop()
        server.should_exit = True
        await serving


@pytest.fixture
def fresh_nonebot() -> Iterator[None]:
    """nonebot2 keeps one driver a process; a test wants its own, and leaves what was there before."""
    tables: list[Any] = [Driver._adapters, Driver._bot_connection_hook, Driver._bot_disconnection_hook, matchers]
    kept: list[Any] = [set(table) if isinstance(table, set) else dict(table) for table in tables]
    before, nonebot._driver = nonebot._driver, None
    for table in tables:
        table.clear()
    yield
    nonebot._driver = before
    for table, content in zip(tables, kept, strict=True):
        table.clear()
        table.update(content)


Serve = Callable[..., Any]


@pytest.fixture
def serve(fresh_nonebot: None, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """`async with serve(onebot_access_token="…") as bot`: a `ToyBot` with these settings."""
    monkeypatch.setattr(onebot_adapter, "RECONNECT_INTERVAL", 0.02)

    @asynccontextmanager
    async def running(*, start: bool = True, **given: Any) -> AsyncIterator[ToyBot]:
        settings = Settings(_env_file=None, **given)  # type: ignore[call-arg]
        absent = cast(Any, None)
        services = Services(settings, Catalogue.load(), absent, absent, absent, cast(Any, ToyPool()), absent, absent)
        services.dispatcher = cast(Any, ToyDispatcher())
        async with qq_of(services, start=start) as bot:
            yield bot

    return running


@pytest.fixture
async def bot(serve: Serve) -> AsyncIterator[ToyBot]:
    async with serve() as running:
        yield running


@pytest.fixture
async def qq(bot: ToyBot) -> AsyncIterator[FakeOneBot]:
    """An account that is connected to `bot`."""
    async with bot.qq() as account:
        await bot.until("up")
        yield account
