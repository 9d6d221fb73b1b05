"""A bot that has characters, and its operator at the page."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.characters.acting import Actor
from bot.characters.carrying_out import Command
from bot.characters.characters import create
from bot.characters.runs import Trainings
from bot.characters.sets import Pictures
from bot.command import Role
from bot.gate import Gate
from bot.pool.base import PoolStatus
from bot.services import Services
from bot.store.characters import Character
from models.registry import Registry
from tests.bot.characters import tiny
from tests.bot.characters.house import TOY, QuietPool
from tests.bot.store.contributed import draft, give
from tests.bot.surfaces.web.conftest import Site, ToyPool, served, toy_services

GROUP = "qq:30003"
ADMIN = Actor("qq:2", GROUP, Role.ADMIN, "qq")
ONE, TWO = "qq:10001", "qq:10002"


class Pool(QuietPool):
    """It has workers, too."""

    def status(self) -> PoolStatus:
        return ToyPool().status()


class Desk:
    """The page of a bot with one character, Mikoto, and who runs it."""

    def __init__(self, site: Site, her: Character) -> None:
        self.site, self.her = site, her
        self.services = site.services
        self.store = site.services.store

    async def asks(self, path: str, status: int = 200, **headers: str) -> dict[str, Any]:
        async with self.site.get(f"/operator/data/{path}", headers={"Accept-Language": "en", **headers}) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def does(self, change: str, status: int = 200, /, **fields: Any) -> dict[str, Any]:
        headers = {"Accept-Language": "en"}
        async with self.site.post(f"/operator/do/{change}", json=fields, headers=headers) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def given(self, count: int, state: Any = "waiting", member: str = ONE, first: int = 0) -> Sequence[int]:
        """Pictures of her; gives their numbers."""
        return [
            (await give(self.store, draft(self.her, n, member, state=state, content=picture(n)))).id
            for n in range(first, first + count)
        ]

    async def learnt(self) -> str:
        """A version that the toy trainer has made; what follows the @ in its name."""
        started = await self.does("start", character=self.her.id, anyway=True)
        over = [run async for run in self.services.trainings.watch(started["run"])][-1]
        assert over.version is not None, over
        return over.version.partition("@")[2]


def picture(number: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (32, 32), f"hsl({37 * number % 360},60%,70%)").save(content, "WEBP", lossless=True)
    return content.getvalue()


@asynccontextmanager
async def running_desk(tmp_path: Path, options: dict[str, Any] | None = None, **given: Any) -> AsyncIterator[Desk]:
    """`options` are the toy trainer's."""
    async with toy_services(tmp_path, **given) as services:
        await _teaching(services, options or {})
        her = await create(services.store, ADMIN, "Mikoto", aliases=["炮姐"])
        async with served(services) as site:
            yield Desk(site, her)
        await services.trainings.stop()


async def _teaching(services: Services, options: dict[str, Any]) -> None:
    settings, store = services.settings, services.store
    tiny.store_base(settings.storage_dir / "models")
    services.gate, services.pool = Gate(settings, store), Pool()
    services.models = Registry(settings.storage_dir / "models", settings.storage_dir / "no-starters")
    services.trainings = Trainings(
        settings, store, services.models, services.pool, store.characters.get, Pictures(store),
        Command(TOY, options, 0.2),
    )  # fmt: skip
    await services.trainings.start()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with running_desk(tmp_path) as one:
        yield one
