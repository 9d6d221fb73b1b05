"""A bot that is nothing but the Discord surface, connected to a fake Discord, with a dispatcher that a test scripts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

import plugins
from bot.command import Button, Face, Picture, PictureName, Reply
from bot.commands import Commands
from bot.locale import Catalogue
from bot.pool.base import Asker
from bot.services import Services
from bot.settings import Settings
from bot.store import Store
from bot.surfaces.base import Incoming, Responder, SurfaceHealth
from bot.surfaces.discord import DiscordSurface
from data.pictures import Encoded
from data.pictures.requests import Reencode
from tests.wire.fake_discord import FakeDiscord

PNG = b"\x89PNG" + bytes(range(256)) * 200  # 51 kB
PATIENCE = 60


def picture(id: str | None = "k7f3", faces: int = 1, content: bytes = PNG) -> Picture:
    places = tuple(Face(n, 0, 0, 4, 4) for n in range(1, faces + 1))
    return Picture(id, Encoded(content, "image/png", 8, 8), places if faces > 1 else (), "two faces, drawn")


def sheet(faces: int = 4, id: str = "k7f3") -> Reply:
    """What `/waifu` answers."""
    name = {"picture": PictureName(id)}
    each = tuple(Button(label, label, name, per_face=faces > 1) for label in ("more", "bigger", "save", "fade"))
    return Reply(f"#{id} · seed 7", (picture(id, faces),), (Button("again", "again", name), *each), locale="en")


class ToyPool:
    """Makes a picture smaller by three quarters each time it is asked for a smaller side."""

    def __init__(self) -> None:
        self.asked: list[Reencode] = []

    async def run(self, request: Reencode, asker: Asker) -> Encoded:
        self.asked.append(request)
        return Encoded(b"\xff\xd8\xff\xe0" + b"x" * (request.max_side * 20), "image/jpeg", 4, 4)


class ToyDispatcher:
    """Does `answer` for every message, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Incoming] = asyncio.Queue()
        self.ended: asyncio.Queue[Exception | None] = asyncio.Queue()
        self.answer: Callable[[Incoming, Responder], Awaitable[object]] = self.sheet
        self.meant = True

    @staticmethod
    async def sheet(incoming: Incoming, responder: Responder) -> str | None:
        return await responder.send(sheet())

    async def handle(self, incoming: Incoming, responder: Responder) -> bool:
        self.heard.put_nowait(incoming)
        if self.meant:
            try:
                await self.answer(incoming, responder)
                self.ended.put_nowait(None)
            except Exception as error:
                self.ended.put_nowait(error)
        return self.meant

    def answers(self, reply: Reply) -> None:
        async def answer(incoming: Incoming, responder: Responder) -> None:
            await responder.send(reply)

        self.answer = answer

    async def hears(self) -> Incoming:
        async with asyncio.timeout(PATIENCE):
            return await self.heard.get()

    async def outcome(self) -> Exception | None:
        """How the next answer ended."""
        async with asyncio.timeout(PATIENCE):
            return await self.ended.get()


class ToyBot:
    def __init__(self, services: Services, surface: DiscordSurface) -> None:
        self.services, self.surface = services, surface
        self.dispatcher = cast(ToyDispatcher, services.dispatcher)
        self.pool = cast(ToyPool, services.pool)

    async def until(self, state: str, detail: str = "") -> SurfaceHealth:
        """The health once it is `state` and says `detail`."""
        async with asyncio.timeout(PATIENCE):
            while (health := self.surface.health()).state != state or detail not in health.detail:  # noqa: ASYNC110 - it does not tell
                await asyncio.sleep(0.005)
        return health


def on(fake: FakeDiscord, **more: Any) -> dict[str, Any]:
    """The settings that lead to a fake Discord."""
    return {"discord_token": fake.token, "discord_api_base": fake.api, "discord_gateway": fake.gateway, **more}


@asynccontextmanager
async def connected(services: Services, *, wait: bool = True) -> AsyncIterator[DiscordSurface]:
    """The surface of a bot, started, and connected unless it is not waited for."""
    surface = DiscordSurface(services, guild_ready_timeout=0.05, retry=0.05)
    await surface.start()
    try:
        if wait:
            await ToyBot(services, surface).until("up")
        yield surface
    finally:
        await surface.stop()


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running


Serve = Callable[..., Any]


@pytest.fixture
def serve(tmp_path: Path, fake: FakeDiscord) -> Serve:
    @asynccontextmanager
    async def running(*, wait: bool = True, **given: Any) -> AsyncIterator[ToyBot]:
        settings = Settings(_env_file=None, storage_dir=tmp_path / "var", **on(fake, **given))  # type: ignore[call-arg]
        absent = cast(Any, None)
        commands, store = Commands.discover(plugins), await Store.open(settings)
        pool = cast(Any, ToyPool())
        services = Services(settings, Catalogue.load(), commands, store, absent, pool, absent, absent)
        services.dispatcher = cast(Any, ToyDispatcher())
        try:
            async with connected(services, wait=wait) as surface:
                yield ToyBot(services, surface)
        finally:
            await store.close()

    return running


@pytest.fixture
async def bot(serve: Serve) -> AsyncIterator[ToyBot]:
    async with serve() as running:
        yield running
