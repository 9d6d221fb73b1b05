"""The embedded pool: every worker a process on this machine."""

import multiprocessing
from collections.abc import Callable

from bot.pool.events import Event
from bot.pool.link import Link
from bot.pool.queued import QueuedPool
from bot.pool.slot import Slot


class LocalPool(QueuedPool):
    """Supervised worker processes; answers through shared memory, control through a pipe.

    A forkserver (Linux) preloads the runner's module, so that the first worker is there as soon as torch is loaded,
    and the next ones, after a death too, a tenth of a second after they are wanted.
    """

    async def start(self) -> None:
        preload = [slot.spec.module for slot in self._crew.slots if slot.spec.method == "forkserver"]
        if preload:
            # One forkserver serves the whole process; once it runs, this changes nothing.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["bot.pool.passive", *dict.fromkeys(preload)])
        await super().start()

    def _hire(self, slot: Slot, tell: Callable[[Event], None]) -> Link:
        # Forking may be what goes wrong: who could not be started in one way is started in the other.
        method = slot.spec.method if slot.false_starts % 2 == 0 else "spawn"
        return Link(slot.name, slot.spec, slot.device, method, tell)
