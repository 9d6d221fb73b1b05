"""A bot that is nothing but its page: a real store, real commands, a dispatcher that a test scripts, uvicorn on a free
port, and visitors over real sockets."""

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
import uvicorn
from fastapi import FastAPI
from PIL import Image, ImageDraw

import plugins
from bot.command import Button, Face, Picture, PictureName, Reply
from bot.commands import Commands
from bot.locale import Catalogue
from bot.monitoring.metrics import Metrics
from bot.pool.base import PoolStatus, WorkerStatus
from bot.services import Services
from bot.settings import Settings
from bot.store import Store
from bot.surfaces.base import Incoming, Responder
from bot.surfaces.web import WebSurface, guard_onebot
from data.pictures import Encoded

SIDE, GAP = 96, 8
SECONDS = 20  # that anything may take before a test gives up


def sheet(count: int = 4, id: str = "k7f3") -> Picture:
    """A picture of `count` faces in two columns."""
    rows = -(-count // 2)
    size = (GAP + 2 * (SIDE + GAP), GAP + rows * (SIDE + GAP))
    image = Image.new("RGB", size, "#faf7f4")
    draw = ImageDraw.Draw(image)
    faces = []
    for i in range(count):
        x, y = GAP + i % 2 * (SIDE + GAP), GAP + i // 2 * (SIDE + GAP)
        draw.ellipse((x, y, x + SIDE, y + SIDE), fill=f"hsl({90 * i},60%,70%)")
        faces.append(Face(i + 1, x, y, SIDE, SIDE))
    content = io.BytesIO()
    image.save(content, "PNG")
    return Picture(id, Encoded(content.getvalue(), "image/png", *size), tuple(faces) if count > 1 else (), "faces")


def waifus(count: int = 4, id: str = "k7f3") -> Reply:
    """What the bot answers to `/waifu`."""
    name = {"picture": PictureName(id)}
    buttons = (Button("again", "again", name), Button("more", "more", name, per_face=count > 1))
    return Reply(f"#{id} · seed 7", (sheet(count, id),), buttons)


class ToyDispatcher:
    """Does `answer` for every message, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Incoming] = asyncio.Queue()
        self.answer: Callable[[Incoming, Responder], Awaitable[object]] = self.faces

    @staticmethod
    async def faces(incoming: Incoming, responder: Responder) -> str | None:
        return await responder.send(waifus())

    async def handle(self, incoming: Incoming, responder: Responder) -> bool:
        self.heard.put_nowait(incoming)
        await self.answer(incoming, responder)
        return True

    async def hears(self) -> Incoming:
        async with asyncio.timeout(SECONDS):
            return await self.heard.get()


class ToyPool:
    """Two workers, nothing to do."""

    def __init__(self) -> None:
        self.waiting = 0

    def status(self) -> PoolStatus:
        model = WorkerStatus("model-0", "model", "cpu", "idle", models={"waifu@starter": 16})
        return PoolStatus(self.waiting, 0, (model, WorkerStatus("picture-0", "picture", "cpu", "idle")))


class Tab:
    """An open tab, as the page's own script would be one."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._ids = 0

    async def send(self, **message: Any) -> None:
        await self.socket.send_str(json.dumps(message))

    async def hello(self, since: int = 0) -> dict[str, Any]:
        await self.send(type="hello", since=since, locale="en")
        return await self.until("welcome")

    async def say(self, text: str, **more: Any) -> str:
        self._ids += 1
        id = more.pop("id", f"message-{self._ids:04}")
        await self.send(**{"type": "say", "id": id, "text": text, "locale": "en", **more})
        return id

    async def until(self, type: str, **fields: Any) -> dict[str, Any]:
        """The next message of this type with these fields; what else comes before it is passed over."""
        async with asyncio.timeout(SECONDS):
            while True:
                message = await self.socket.receive_json()
                if message["type"] == type and all(message.get(k) == v for k, v in fields.items()):
                    return message

    async def closed(self) -> int | None:
        """The code that the bot closed with."""
        async with asyncio.timeout(SECONDS):
            while not self.socket.closed:
                await self.socket.receive()
        return self.socket.close_code


class Site:
    """The running bot and its address."""

    def __init__(self, services: Services, surface: WebSurface, port: int, http: aiohttp.ClientSession) -> None:
        self.services, self.surface, self.port, self.http = services, surface, port, http
        self.url = f"http://127.0.0.1:{port}"
        self.dispatcher = cast(ToyDispatcher, services.dispatcher)
        self.pool = cast(ToyPool, services.pool)

    @asynccontextmanager
    async def tab(self, **headers: str) -> AsyncIterator[Tab]:
        headers = {"Origin": self.url} | headers
        async with self.http.ws_connect(f"{self.url}/ws", headers=headers) as connected:
            yield Tab(connected)

    def get(self, path: str, **options: Any) -> Any:
        return self.http.get(self.url + path, allow_redirects=False, **options)

    def post(self, path: str, **options: Any) -> Any:
        headers = {"Origin": self.url} | options.pop("headers", {})
        return self.http.post(self.url + path, headers=headers, allow_redirects=False, **options)


@asynccontextmanager
async def toy_services(tmp_path: Path, **given: Any) -> AsyncIterator[Services]:
    """All that the page needs of a bot, without what draws."""
    settings = Settings(_env_file=None, storage_dir=tmp_path / "var", **given)  # type: ignore[call-arg]
    store = await Store.open(settings)
    absent, pool = cast(Any, None), cast(Any, ToyPool())
    commands = Commands.discover(plugins)
    services = Services(settings, Catalogue.load(), commands, store, absent, pool, absent, Metrics())
    services.dispatcher = cast(Any, ToyDispatcher())
    yield services
    await store.close()


@asynccontextmanager
async def served(services: Services, *, start: bool = True, port: int = 0) -> AsyncIterator[Site]:
    """The page of a bot on a free port."""
    app = FastAPI(openapi_url=None)
    surface = WebSurface(services, app)
    services.surfaces = {"web": surface}
    surface.attach()
    guard_onebot(app, services.settings)
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, proxy_headers=False, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve([listener]))
    if start:
        await surface.start()
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            yield Site(services, surface, listener.getsockname()[1], http)
    finally:
        await surface.stop()
        server.should_exit = True
        await serving


@asynccontextmanager
async def running(tmp_path: Path, *, start: bool = True, port: int = 0, **given: Any) -> AsyncIterator[Site]:
    """A toy bot with these settings, served; its store is in `tmp_path`."""
    async with toy_services(tmp_path, **given) as services, served(services, start=start, port=port) as site:
        yield site


Serve = Callable[..., Any]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """`async with serve(web_password="…") as site`."""
    return lambda **given: running(tmp_path, **given)


@pytest.fixture
async def site(serve: Serve) -> AsyncIterator[Site]:
    async with serve() as one:
        yield one
