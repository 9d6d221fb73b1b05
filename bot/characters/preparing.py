"""What a run begins with: enough pictures, a model, room on the disk, a frozen set, and pictures held out of it."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.characters.lineage import Character, Lineage
from bot.characters.order import SET, Order
from bot.command import UserError
from bot.store.characters import number_of
from models.registry import ModelVersion, Registry, UnknownModel

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store import Store
    from bot.store.runs import Run

FEWEST = 10  # pictures that a run needs
LEAST_NEW = 10  # new ones since the last version, where nobody has said otherwise
HELD_FROM = 20  # pictures: of fewer none can be spared
FIRST_BASE = "moe"
ROOM, SOME_ROOM = 40, 50_000_000  # bytes that a run needs on the disk for each of its base's, and besides
MAX_HEADER = 10_000_000  # bytes


class FrozenPicture(Protocol):
    @property
    def file(self) -> str:
        """Its name in the folder."""
        ...

    @property
    def contribution(self) -> int: ...

    @property
    def sha256(self) -> str: ...


class FrozenSet(Protocol):
    @property
    def sha256(self) -> str:
        """Of its manifest."""
        ...

    @property
    def pictures(self) -> Sequence[FrozenPicture]: ...


class Pictures(Protocol):
    """What members gave, as far as training is concerned."""

    async def accepted(self, character: int) -> Collection[int]:
        """Ids of the contributions that a character may be learnt from."""
        ...

    async def freeze(self, character: Any, folder: Path) -> FrozenSet:
        """Put these pictures into a folder that is not there yet. Raises OSError, `StorageFull`, `StoreUnavailable`."""
        ...


class Preparing:
    """Makes a run's order. Whatever is in the way is a `UserError`, and a word for it in `retrain.…`."""

    def __init__(
        self, settings: Settings, store: Store, models: Registry, lineage: Lineage, pictures: Pictures
    ) -> None:
        self._settings = settings
        self._store = store
        self._models = models
        self._lineage = lineage
        self._pictures = pictures

    async def new_pictures(self, character: int) -> tuple[int, int]:
        """How many pictures there are to learn from, and how many of them no version has seen yet."""
        accepted = {*await self._pictures.accepted(character)}
        versions = await self._store.versions.list(character)
        seen = await self._store.versions.contributions(versions[0].id) if versions else {}
        return len(accepted), len(accepted - seen.keys())

    async def check(self, character: Character, least: int) -> None:
        """Raises `UserError` where a run could not begin now, or has fewer than `least` new pictures to learn from."""
        total, new = await self.new_pictures(character.id)
        if total < FEWEST:
            raise UserError("retrain.too_few", have=total, need=FEWEST)
        if new < least:
            raise UserError("retrain.too_few_new", have=new, need=least)
        await self._room(await self.base(character))

    async def base(self, character: Character) -> ModelVersion:
        """What to begin with: her version in use, where that may not be one that was, else a model that knows faces; so
        too where somebody went back to before she was learnt. Raises `UserError`."""
        versions = await self._store.versions.list(character.id)
        if all(one.state != "promoted" for one in versions):
            versions = []
        hers = [one for one in versions if one.was_used and not one.tainted and not one.pruned]
        hers.sort(key=lambda one: one.state != "promoted")
        found = await asyncio.to_thread(self._first, [*(one.id for one in hers)])
        if found is None:
            raise UserError("retrain.no_base")
        return found

    async def order(self, run: Run, character: Character, folder: Path, options: Mapping[str, Any]) -> Order:
        """Freeze her pictures into `folder`, and write the order there. Raises `UserError`, `StorageFull`, OSError."""
        base = await self.base(character)
        await self._room(base)
        await asyncio.to_thread(_emptied, folder)
        frozen = await self._pictures.freeze(character, folder / SET)
        if len(frozen.pictures) < FEWEST:
            raise UserError("retrain.too_few", have=len(frozen.pictures), need=FEWEST)
        held = held_out(frozen.pictures, await self._store.versions.contributions(base.id))
        used = await self._lineage.in_use(character)
        there = used is not None and not used.tainted and await asyncio.to_thread(self._lineage.folder(used.id).is_dir)
        order = Order(
            base.id,
            used.id if used is not None and there else base.id,
            tuple(one.file for one in held),
            run.minutes,
            seed=run.id,
            data=frozen.sha256,
            learnt=tuple(sorted({one.contribution for one in frozen.pictures} - {one.contribution for one in held})),
            held_out=tuple(sorted(one.contribution for one in held)),
            options=options,
        )
        await asyncio.to_thread(order.save, folder)
        return order

    def _first(self, hers: Sequence[str]) -> ModelVersion | None:
        """Of versions, and then of all models, the first that can be taught. Reads files."""
        names = [name for name in self._models.names() if number_of(name) is None]
        for name in (*hers, *sorted(names, key=lambda name: name != FIRST_BASE)):
            try:
                found = self._models.resolve(name)
            except UnknownModel:
                continue
            if found.config.get("family") != "stylegan" or "D" not in networks_in(found.folder):
                continue
            if name in hers or found.config.get("parent") is None:
                return found
        return None

    async def _room(self, base: ModelVersion) -> None:
        """Raises `UserError` where the disk, or STORAGE_CAP_GB, leaves too little for a run."""
        size = (await asyncio.to_thread((base.folder / "model.safetensors").stat)).st_size
        need, cap = ROOM * size + SOME_ROOM, int(self._settings.storage_cap_gb * 1e9)
        free = (await asyncio.to_thread(shutil.disk_usage, self._settings.storage_dir)).free
        if free < need:
            raise UserError("retrain.disk_full", need=f"{need / 1e9:.1f}", free=f"{free / 1e9:.1f}")
        used = await self._store.files.size_bytes()
        if used + need > cap:
            raise UserError("retrain.no_room", need=f"{need / 1e9:.1f}", used=f"{used / 1e9:.1f}", cap=f"{cap / 1e9:g}")


def held_out(pictures: Sequence[FrozenPicture], seen: Mapping[int, bool]) -> list[FrozenPicture]:
    """Which pictures of a set not to learn from: a tenth, at least 8 and at most 64; none of a set too small for it.

    `seen` are the contributions that the base and what it began with have seen, and whether they were held out. What
    was held out stays so, and what was learnt from is never taken: a distance to what is known already tells nothing.
    """
    if len(pictures) < HELD_FROM:
        return []
    wanted = min(64, max(8, len(pictures) // 10))
    in_order = sorted(pictures, key=lambda one: one.sha256)  # by content: as good as by chance, and always the same
    before = [one for one in in_order if seen.get(one.contribution)]
    new = [one for one in in_order if one.contribution not in seen]
    spared = new if not seen else new[: max(2, len(new) // 5)]  # of the new ones most are to be learnt from
    found = [*before, *spared][:wanted]
    return found if len(found) > 1 else []


def networks_in(folder: Path) -> frozenset[str]:
    """The networks that a model folder holds ("G_ema", "D"), by its weights' header; none where it is damaged."""
    try:
        with (folder / "model.safetensors").open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(size)) if size <= MAX_HEADER else {}
        return frozenset(key.partition(".")[0] for key in header if key != "__metadata__")
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return frozenset()


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
