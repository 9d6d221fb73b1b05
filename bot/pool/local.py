"""The embedded pool: every worker a process on this machine."""

import multiprocessing
from collections.abc import Callable

from bot.pool.events import Event, Hand
from bot.pool.link import Link
from bot.pool.queued import QueuedPool
from bot.pool.slot import Slot


def preload(*modules: str) -> None:
    """Start the forkserver, where there is one, and have it load modules while the caller goes on.

    One serves the whole process: called once more, this changes nothing.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return
    from multiprocessing import forkserver

    multiprocessing.get_context("forkserver").set_forkserver_preload(["bot.pool.passive", *modules])
    forkserver.ensure_running()


class LocalPool(QueuedPool):
    """Supervised worker processes; answers through shared memory, control through a pipe.

    A forkserver (Linux) preloads the runner's module, so that the first worker is there as soon as torch is loaded,
    and the next ones, after a death too, a tenth of a second after they are wanted.
    """

    async def start(self) -> None:
        modules = dict.fromkeys(slot.spec.module for slot in self._crew.slots if slot.spec.method == "forkserver")
        if modules:
            preload(*modules)
        await super().start()

    def _hire(self, slot: Slot, tell: Callable[[Event], None]) -> Hand:
        # Forking may be what goes wrong: who could not be started in one way is started in the other.
        method = slot.spec.method if slot.false_starts % 2 == 0 else "spawn"
        return Link(slot.name, slot.spec, slot.device, method, tell)
