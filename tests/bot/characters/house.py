"""Characters without a chat: a store, a pool that nobody works in, pictures in a folder, and trainers of both kinds."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.characters.carrying_out import Command
from bot.characters.runs import Trainings
from bot.settings import Settings
from bot.store import Store
from bot.store.runs import Run
from models.registry import Registry
from tests.bot.characters import tiny
from tests.bot.monitoring.peers import StillPool

TOY = ("-m", "tests.bot.characters.toy_trainer")


@dataclass(frozen=True)
class Her:
    id: int = 12
    owner: str = "qq:7"

    @property
    def model(self) -> str:
        return f"c{self.id}"


@dataclass(frozen=True)
class Picture:
    file: str
    contribution: int
    sha256: str


@dataclass(frozen=True)
class Frozen:
    sha256: str
    pictures: list[Picture]


@dataclass
class Folder:
    """Pictures that were accepted: contribution -> file."""

    folder: Path
    kept: dict[int, Path] = field(default_factory=dict)

    def add(self, count: int, noise: bool = False) -> None:
        first = max(self.kept, default=0) + 1
        names = tiny.pictures(self.folder / f"from-{first}", count, noise)
        self.kept |= {first + i: self.folder / f"from-{first}" / name for i, name in enumerate(names)}

    async def accepted(self, character: int) -> Collection[int]:
        return [*self.kept]

    async def freeze(self, character: Any, folder: Path) -> Frozen:
        return await asyncio.to_thread(self._freeze, folder)

    def _freeze(self, folder: Path) -> Frozen:
        folder.mkdir()
        found = []
        for id, path in self.kept.items():
            content = path.read_bytes()
            sha256 = hashlib.sha256(content).hexdigest()
            shutil.copy(path, folder / f"{sha256}.png")
            found.append(Picture(f"{sha256}.png", id, sha256))
        named = hashlib.sha256("".join(one.sha256 for one in found).encode()).hexdigest()
        (folder / "manifest.json").write_text(named)
        return Frozen(named, found)


class QuietPool(StillPool):
    """Nobody waits for it, until a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.listeners: list[Callable[[bool], None]] = []

    def listen(self, listener: Callable[[bool], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        listener(False)
        return lambda: self.listeners.remove(listener)


@dataclass
class House:
    """One process of the bot, as far as training goes."""

    settings: Settings
    store: Store
    pictures: Folder
    pool: QuietPool
    trainings: Trainings
    models: Registry
    her: Any = field(default_factory=Her)  # the one character that there is

    async def until(self, run: int, state: str, seconds: float = 900) -> Run:
        async with asyncio.timeout(seconds):
            async for now in self.trainings.watch(run):
                if now.state == state:
                    return now
        raise AssertionError(f"run {run} is never {state}: {await self.trainings.get(run)}")

    async def lives(self, run: int, count: int = 1) -> None:
        """Wait until the toy trainer of a run has begun so many lives, and listens."""
        path = self.run_folder(run) / "lives"
        async with asyncio.timeout(900):
            while not (path.exists() and len(path.read_text()) == count and self.pool.listeners):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # nothing tells us but the file

    def run_folder(self, run: int) -> Path:
        return self.settings.storage_dir / "runs" / f"c-{run}"


def settings_of(folder: Path) -> Settings:
    return Settings(_env_file=None, storage_dir=folder / "var")  # type: ignore[call-arg]


@asynccontextmanager
async def house(
    folder: Path, pictures: Folder, *, toy: bool = True, lease: float = 30.0, check: float = 0.2, **options: Any
) -> AsyncIterator[House]:
    """A process of the bot on the storage in `folder`; a second one there comes after the first. With `toy` what is
    trained is nothing, at once."""
    settings = settings_of(folder)
    store = await Store.open(settings)
    pool = QuietPool()
    words = TOY if toy else Command().words
    command = Command(words, options, check)

    async def character(id: int) -> Any:
        return made.her if made.her is not None and made.her.id == id else None

    registry = Registry(settings.storage_dir / "models", folder / "no-starters")
    trainings = Trainings(
        settings, store, registry, pool, character, pictures, command=command,
        lease=lease,
    )  # fmt: skip
    made = House(settings, store, pictures, pool, trainings, registry)
    try:
        yield made
    finally:
        await trainings.stop()
        await store.close()
