"""A bot that has a character to learn, pictures of her, and a trainer that learns nothing, at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.characters.acting import Actor
from bot.characters.carrying_out import Command
from bot.characters.characters import create
from bot.characters.runs import Trainings
from bot.characters.sets import Pictures
from bot.services import Services
from bot.store import Store
from bot.store.characters import Character
from bot.store.runs import Run
from tests.bot.characters import tiny
from tests.bot.characters.given import ADMIN, services_of
from tests.bot.characters.house import TOY, QuietPool, settings_of
from tests.bot.monitoring.peers import StillSurface
from tests.bot.store.contributed import ME, draft, give


@dataclass
class School:
    services: Services
    her: Character
    qq: StillSurface

    @property
    def store(self) -> Store:
        return self.services.store

    async def more(self, count: int = 12, member: str = ME, first: int = 0) -> None:
        """Pictures of her."""
        for number in range(first, first + count):
            await give(self.store, draft(self.her, number, member))

    async def over(self, run: Run) -> Run:
        """When it is."""
        return [now async for now in self.services.trainings.watch(run.id)][-1]


@asynccontextmanager
async def school(root: Path, actor: Actor = ADMIN, work: bool = True, **options: Any) -> AsyncIterator[School]:
    """`options` are the toy trainer's; without `work` nobody carries out what waits."""
    settings = settings_of(root)
    tiny.store_base(settings.storage_dir / "models")
    store = await Store.open(settings)
    services = services_of(settings, store)
    services.pool = QuietPool()
    services.trainings = Trainings(
        settings, store, services.models, services.pool, store.characters.get, Pictures(store),
        Command(TOY, options, 0.2),
    )  # fmt: skip
    qq = StillSurface("qq")
    services.surfaces = {"qq": qq}
    her = await create(store, actor, "Mikoto")
    if work:
        await services.trainings.start()
    try:
        yield School(services, her, qq)
    finally:
        await services.trainings.stop()
        await store.close()
