"""One run, from its order to the version that comes of it.

What must survive stands in the database and in the run's folder: the order, the state of the learning, and last of all
the result. So a death of the bot, of the trainer or of the machine at any moment costs the time since the last state. A
run whose process died is taken up once, and fails the second time; its log is kept.
"""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loguru import logger

from bot.characters import folders
from bot.characters.lineage import Character, Lineage
from bot.characters.order import LOG, MODULE, Order, Result
from bot.characters.preparing import Pictures, Preparing
from bot.characters.progress import Progress
from bot.command import UserError
from bot.pool.trainer import DONE, REFUSED, Trainer
from bot.store.errors import StoreUnavailable
from bot.store.files import StorageFull
from bot.store.leases import Lease
from bot.store.runs import Run
from bot.store.versions import Version

if TYPE_CHECKING:
    from bot.pool.base import Pool
    from bot.store import Store

DEATHS = 2  # of its process, with which a run fails
CHECK = 20.0  # seconds between two looks whether a run is still wanted
AGAIN = 5.0  # seconds until a database that was away is asked again
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(slots=True)
class Command:
    """How a trainer is started."""

    words: Sequence[str] = ("-m", MODULE)  # after Python's own; the run's folder comes last
    options: Mapping[str, Any] = field(default_factory=dict)  # of `finetune`, where they are not left to the machine
    check: float = CHECK


class CarryingOut:
    """Carries runs out. `tell` hears of every run that has changed; `again` asks for another one in the place of one
    that may not go on."""

    def __init__(
        self,
        storage: Path,
        store: Store,
        pool: Pool,
        lineage: Lineage,
        preparing: Preparing,
        pictures: Pictures,
        command: Command,
        tell: Callable[[int], Any],
    ) -> None:
        self._storage = storage.resolve()
        self._store = store
        self._pool = pool
        self._lineage = lineage
        self._preparing = preparing
        self._pictures = pictures
        self._command = command
        self._tell = tell
        self.progress: dict[int, Progress] = {}  # of those that are carried out here
        self._trainers: dict[int, Trainer] = {}
        self._unwanted: set[int] = set()
        self._lost: set[int] = set()  # another process may have taken over
        self._stopping = False

    def folder(self, run: int) -> Path:
        return self._storage / "runs" / f"c-{run}"

    def stop(self, run: int) -> None:
        """It is not wanted any more, as the database says already."""
        if run in self.progress:
            self._unwanted.add(run)
        if run in self._trainers:
            self._trainers[run].stop()

    def stop_all(self) -> None:
        """The bot stops: have all save and end, to be gone on with."""
        self._stopping = True
        for trainer in self._trainers.values():
            trainer.stop()

    async def taken_up(self, run: Run) -> bool:
        """Of a run whose process has died: whether it is to go on."""
        if await self._store.runs.died(run.id) < DEATHS:
            logger.warning("run {} was cut off; it is taken up where it was", run.id)
            return True
        words = await asyncio.to_thread(folders.last_words, self.folder(run.id) / LOG)
        await self.fail(run, "died", words)
        await asyncio.to_thread(folders.clear, self.folder(run.id))
        return False

    async def carry_out(self, run: Run, character: Character, lease: Lease) -> None:
        """To its end, or until the bot stops or has lost the lease. Raises `StoreUnavailable`."""
        self.progress[run.id] = Progress(run.minutes)
        try:
            order = await self._order(run, character)
            if await self._wanted(run, order) and await self._trained(run, order, lease):
                await self._adopt(run, order, character)
        except UserError as error:
            said = ", ".join(f"{name} {value}" for name, value in error.values.items())
            await self.fail(run, error.key.removeprefix("retrain."), said)
        except StorageFull as error:
            await self.fail(run, "disk_full", str(error))
        except OSError as error:
            await self.fail(run, "disk_full" if error.errno in FULL else "failed", str(error))
        finally:
            self.progress.pop(run.id, None)
            self._unwanted.discard(run.id)
        now = await self._store.runs.get(run.id)
        if now is None or not now.under_way:
            await asyncio.to_thread(folders.clear, self.folder(run.id))
        self._tell(run.id)

    async def fail(self, run: Run, reason: str, detail: str) -> None:
        """It comes to nothing, unless it is over already."""
        if await self._store.runs.end(run.id, "failed", reason, detail[:500]):
            logger.warning("run {} has failed ({}): {}", run.id, reason, detail)

    async def _order(self, run: Run, character: Character) -> Order:
        """What it was told before where it was cut off, else made now. Raises `UserError`, `StorageFull`, OSError."""
        folder = self.folder(run.id)
        try:
            order = await asyncio.to_thread(Order.load, folder)
        except (ValueError, TypeError, KeyError):
            order = None
        if order is None:
            order = await self._preparing.order(run, character, folder, self._command.options)
        pictures = len(order.learnt) + len(order.held_out)
        await self._store.runs.begin(run.id, base=order.base, data=order.data, pictures=pictures)
        self._tell(run.id)
        return order

    async def _trained(self, run: Run, order: Order, lease: Lease) -> bool:
        """Have it learn, once more where its process dies the first time; whether there is a result to keep."""
        folder = self.folder(run.id)
        while await asyncio.to_thread(Result.load, folder) is None:
            status, refusal = await self._attempt(run, order, lease)
            if self._stopping or run.id in self._lost or not lease.held:
                self._lost.discard(run.id)
                if lease.held:
                    await self._store.runs.back_to_the_queue(run.id)
                return False
            if run.id in self._unwanted:
                return False
            if status == REFUSED:
                await self.fail(run, str(refusal.get("reason", "refused")), str(refusal.get("sentence", "")))
                return False
            if status != DONE and not await self.taken_up(run):
                return False
        return True

    async def _attempt(self, run: Run, order: Order, lease: Lease) -> tuple[int, Mapping[str, Any]]:
        """One life of its process: its exit status, and what it said where it refused."""
        folder, refusal = self.folder(run.id), {}

        def heard(said: Mapping[str, Any]) -> None:
            if said["kind"] == "refused":
                refusal.update(said)
            elif self.progress[run.id].hear(said, time.monotonic()):
                self._tell(run.id)

        env = {"STORAGE_DIR": str(self._storage), "CUDA_VISIBLE_DEVICES": (run.device or "cpu").removeprefix("cuda:")}
        if not env["CUDA_VISIBLE_DEVICES"].isdigit():
            env["CUDA_VISIBLE_DEVICES"] = ""
        trainer = Trainer([*self._command.words, str(folder)], folder / LOG, heard, env=env)
        self._trainers[run.id] = trainer
        deaf = self._pool.listen(trainer.stand_back)
        try:
            async with self._minded(run, order, lease, trainer):
                return await trainer.run(), refusal
        finally:
            deaf()
            del self._trainers[run.id]

    @asynccontextmanager
    async def _minded(self, run: Run, order: Order, lease: Lease, trainer: Trainer) -> AsyncIterator[None]:
        """While it learns, keep how far it is, and look whether it is still wanted, and ours."""

        async def mind() -> None:
            while True:
                await asyncio.sleep(self._command.check)
                try:
                    await self._store.runs.note(run.id, self.progress[run.id].to_json(time.monotonic()))
                    if not await self._wanted(run, order):
                        self._unwanted.add(run.id)
                except StoreUnavailable as error:
                    logger.warning("run {} goes on without the database: {}", run.id, error)
                if not lease.held:
                    self._lost.add(run.id)
                if {run.id} & (self._unwanted | self._lost):
                    trainer.stop()

        task = asyncio.create_task(mind(), name=f"mind run {run.id}")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _wanted(self, run: Run, order: Order) -> bool:
        """Whether nobody has stopped it, and nothing that it learns from was taken back."""
        now = await self._store.runs.get(run.id)
        if now is None or not now.under_way:
            return False
        if not {*order.learnt, *order.held_out} - {*await self._pictures.accepted(run.character)}:
            return True
        await self._store.runs.end(run.id, "stopped", "taken_back", "pictures of its set were taken back")
        return False

    async def _adopt(self, run: Run, order: Order, character: Character) -> None:
        """Keep what came of it."""
        folder = self.folder(run.id)
        result = await asyncio.to_thread(Result.load, folder)
        assert result is not None
        if not await self._wanted(run, order):
            return
        created = datetime.strptime(result.version.partition("-")[0], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        version = Version(
            f"{character.model}@{result.version}", character.id, order.base, run.id, result.kimg, order.data,
            len(order.learnt) + len(order.held_out), numbers={**result.numbers, "against": order.against},
            created=created,
        )  # fmt: skip
        model = folder / folders.LEARNING / "model"
        while True:
            try:
                await self._lineage.adopt(character, version, model, order.learnt, order.held_out)
                # What was taken back just before the version was known has tainted nothing yet.
                gone = {*order.learnt} - {*await self._pictures.accepted(run.character)}
                if gone:
                    await self._store.versions.taint(gone)
                break
            except StoreUnavailable:
                if self._stopping:
                    raise
                await asyncio.sleep(AGAIN)
        for old in (await self._store.runs.list(character.id, 10 * folders.KEPT))[folders.KEPT :]:
            await asyncio.to_thread(folders.remove, self.folder(old.id))
