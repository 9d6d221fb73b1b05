"""The trainings of characters: asked for, in the queue, on a device, watched.

Every process of the bot may ask; on each device one of them trains, a run at a time, and holds the lease of the device
while it does. A process that dies loses the lease, and who takes it over goes on with what was cut off.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loguru import logger

from bot.characters import folders, following
from bot.characters.carrying_out import CarryingOut, Command
from bot.characters.lineage import Character, Lineage
from bot.characters.preparing import LEAST_NEW, Pictures, Preparing
from bot.command import UserError
from bot.store.errors import StoreUnavailable
from bot.store.files import StorageFull
from bot.store.leases import Lease
from bot.store.runs import Run, UnderWay
from models.registry import Registry

if TYPE_CHECKING:
    from bot.pool.base import Pool
    from bot.settings import Settings
    from bot.store import Store

LEASE = 30.0  # seconds that a device stays a dead process's
LOOK = 5.0  # seconds after which the queue is looked at though nobody said that there is something in it
SHORTEST, LONGEST = 1.0, 24 * 60.0  # minutes
GRACE = 5.0  # seconds that a trainer has to save when the bot stops

Listener = Callable[[Run], None]


class Trainings:
    """`character` finds one by her number, `command` is of the trainer, `lease` are the seconds of a device's."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        models: Registry,
        pool: Pool,
        character: Callable[[int], Awaitable[Character | None]],
        pictures: Pictures,
        command: Command | None = None,
        lease: float = LEASE,
    ) -> None:
        self._settings = settings
        self._store = store
        self._character = character
        self._lease = lease
        command = command or Command()
        self._check = command.check
        self.lineage = Lineage(store, models.models_dir)
        self.preparing = Preparing(settings, store, models, self.lineage, pictures)
        self._carrying_out = CarryingOut(
            settings.storage_dir,
            store,
            pool,
            self.lineage,
            self.preparing,
            pictures,
            command,
            self._changed,
        )
        self._listeners: list[Listener] = []
        self._telling: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._serving: list[asyncio.Task[None]] = []
        self._stopping = False

    async def ask(
        self,
        character: Character,
        *,
        member: str | None = None,
        group: str | None = None,
        minutes: float | None = None,
        least: int | None = None,
        follow: float = 0.0,
    ) -> Run:
        """Put a run into the queue, unless fewer than `least` pictures are new; whoever asks sees how far it is for the
        next `follow` seconds (`bot.characters.following`). Raises `UserError`."""
        minutes = self._settings.train_minutes if minutes is None else minutes
        if not SHORTEST <= minutes <= LONGEST:
            raise UserError("retrain.minutes", least=f"{SHORTEST:g}", most=f"{LONGEST:g}")
        await self.preparing.check(character, LEAST_NEW if least is None else least)
        try:
            run = await self._store.runs.ask(character.id, minutes, member=member, group=group)
        except UnderWay as there:
            raise UserError("retrain.under_way", run=there.run.id) from None
        if follow > 0:  # before it can begin
            await following.begin(self._store, run.id, follow)
        self._changed(run.id)
        self._wake.set()
        return run

    async def stop_run(self, run: int) -> bool:
        """Have a run end for good, wherever it is; says whether it was under way."""
        ended = await self._store.runs.end(run, "stopped", "asked")
        self._carrying_out.stop(run)
        self._changed(run)
        return ended

    async def get(self, run: int) -> Run | None:
        """As it stands now."""
        found = await self._store.runs.get(run)
        return None if found is None else self._as_it_stands(found)

    async def under_way(self) -> list[Run]:
        """All that run or wait, in their order."""
        return [self._as_it_stands(run) for run in await self._store.runs.under_way()]

    async def history(self, character: int, most: int = 20) -> list[Run]:
        """The last runs of a character, newest first."""
        return [self._as_it_stands(run) for run in await self._store.runs.list(character, most)]

    async def sheets(self, run: Run) -> dict[str, Path]:
        """The pictures of a run that are there: "strip", "animation", "losses", "sheet", "pairs"."""
        version = None if run.version is None else self.lineage.folder(run.version)
        return await asyncio.to_thread(folders.sheets, self._carrying_out.folder(run.id), version)

    async def curves(self, run: int) -> dict[str, list[dict[str, Any]]]:
        """What a run has measured so far, as `folders.curves` has it; of old runs nothing is kept."""
        return await asyncio.to_thread(folders.curves, self._carrying_out.folder(run))

    async def log(self, run: int, most: int = 100) -> list[str]:
        """The last lines of a run's log, oldest first."""
        return await asyncio.to_thread(folders.log, self._carrying_out.folder(run), most)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of every change of the runs that this process asks for or carries out. Call what this gives
        to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def watch(self, run: int) -> AsyncIterator[Run]:
        """A run now, and after every change until it is over, or this process ends."""
        changes: asyncio.Queue[Run] = asyncio.Queue()
        end = self.listen(lambda one: changes.put_nowait(one) if one.id == run else None)
        try:
            while (found := await self.get(run)) is not None:
                yield found
                if not found.under_way or self._stopping:
                    return
                with suppress(TimeoutError):  # it may be another process that trains
                    async with asyncio.timeout(self._check):
                        await changes.get()
                while not changes.empty():
                    changes.get_nowait()
        finally:
            end()

    async def forget(self, character: int) -> int:
        """Let go of all that was learnt of a character; gives how many versions there were."""
        for run in await self._store.runs.list(character, 1):
            if run.under_way:
                await self.stop_run(run.id)
        for number in await self._store.runs.forget(character):
            await asyncio.to_thread(folders.remove, self._carrying_out.folder(number))
        await self._store.schedules.forget(character)
        return await self.lineage.forget(character)

    async def sweep(self) -> int:
        """Let go of what was learnt of characters that are not there any more; gives how many they were."""
        known = await self._store.versions.characters() | await self._store.runs.characters()
        gone = [character for character in sorted(known) if await self._character(character) is None]
        for character in gone:
            await self.forget(character)
        return len(gone)

    async def start(self, devices: Sequence[str] = ("cpu",)) -> None:
        """Begin to carry out on these devices what waits, and what was cut off first of all."""
        try:
            await self.lineage.reconcile()
            under_way = {run.id for run in await self._store.runs.under_way()}
            await asyncio.to_thread(folders.tidy, self._settings.storage_dir / "runs", under_way)
            for device in devices:
                await self._store.leases.inherit(_lease(device))
        except (StoreUnavailable, OSError) as error:
            logger.warning("what a death may have left of trainings is put in order with the next start: {}", error)
        self._serving = [asyncio.create_task(self._serve(device), name=f"train on {device}") for device in devices]

    async def stop(self, grace: float = GRACE) -> None:
        """Have the trainers save and end; what they were at goes on with the next start."""
        self._stopping = True
        self._wake.set()
        self._carrying_out.stop_all()
        cut_off = [*self._carrying_out.progress]
        if self._serving:
            _, late = await asyncio.wait(self._serving, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)
            with suppress(StoreUnavailable):
                for run in cut_off if late else ():
                    await self._store.runs.back_to_the_queue(run)
        if self._telling:
            await asyncio.wait([*self._telling], timeout=grace)
        for task in [*self._telling]:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)

    async def _serve(self, device: str) -> None:
        while not self._stopping:
            try:
                async with self._store.leases.hold(_lease(device), self._lease) as lease:
                    if lease.held:
                        await self._serve_alone(device, lease)
            except (StoreUnavailable, StorageFull) as error:
                logger.warning("training on {} waits: {}", device, error)
            except Exception:
                logger.exception("training on {} was broken off, and goes on", device)
            await self._pause()

    async def _serve_alone(self, device: str, lease: Lease) -> None:
        """For as long as the device is ours."""
        for run in await self._store.runs.running_on(device):
            if lease.held and not self._stopping and await self._carrying_out.taken_up(run):
                await self._carry_out(run, lease)
            self._changed(run.id)
        while lease.held and not self._stopping:
            run = await self._store.runs.claim(device)
            if run is None:
                await self._pause()
            else:
                await self._carry_out(run, lease)

    async def _carry_out(self, run: Run, lease: Lease) -> None:
        character = await self._character(run.character)
        if character is None:
            await self._carrying_out.fail(run, "character_gone", "she is not there any more")
            self._changed(run.id)
            return
        await self._carrying_out.carry_out(run, character, lease)
        now = await self._store.runs.get(run.id)
        if now is not None and now.reason == "taken_back":  # of what is left another one may learn
            with suppress(UserError):
                await self.ask(character, member=now.member, group=now.group, minutes=now.minutes, least=0)

    async def _pause(self) -> None:
        if self._stopping:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await self._wake.wait()
        self._wake.clear()

    def _changed(self, run: int) -> None:
        """Tell those who listen, as soon as the database has said how the run stands."""
        if self._listeners:
            task = asyncio.get_running_loop().create_task(self._tell(run))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, run: int) -> None:
        try:
            found = await self.get(run)
        except StoreUnavailable:
            return
        if found is None:
            return
        for listener in [*self._listeners]:
            try:
                listener(found)
            except Exception:
                logger.exception("who listens to run {} failed", run)

    def _as_it_stands(self, run: Run) -> Run:
        live = self._carrying_out.progress.get(run.id)
        if live is None or run.state != "running":
            return run
        return replace(run, progress=live.to_json(time.monotonic()))


def _lease(device: str) -> str:
    return f"trainer {device}"
