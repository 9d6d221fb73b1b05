"""The crew: starts the workers, hands them batches, watches over them, replaces the dead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

from loguru import logger

from bot.pool.base import Request
from bot.pool.events import Answered, Died, Event, Failed, Hand, Idle, Note
from bot.pool.lane import LaneSpec
from bot.pool.slot import Slot
from bot.pool.ticket import Part
from bot.pool.wire import failure_text

_FALSE_STARTS = 3  # so many in a row on every worker of a lane, and the lane is given up for now
_KINDS = 512  # kinds of requests whose best batch is remembered

Hire = Callable[[Slot, Callable[[Event], None]], Hand]
"""Makes a worker for a slot, not yet started. It tells its events from any thread, `Died` last."""


class Desk(Protocol):
    """Where the crew gets its work and brings its answers."""

    def next_batch(self, lane: str) -> list[Part]:
        """Parts to run together; none where nothing waits."""
        ...

    def answered(self, slot: Slot, batch: list[Part], answers: list[Any]) -> None:
        """The batch has been run."""
        ...

    def failed(self, batch: list[Part], text: str) -> None:
        """The batch cannot be run; its worker is well."""
        ...

    def lost(self, batch: list[Part], reason: str) -> None:
        """A worker died of this batch, or while it happened to run it."""
        ...

    def given_up(self, lane: str, reason: str) -> None:
        """No worker of the lane starts."""
        ...


class Crew:
    """The workers of all lanes. Lives in one event loop."""

    def __init__(self, specs: Sequence[LaneSpec], hire: Hire, desk: Desk) -> None:
        self.slots = [
            Slot(f"{spec.lane}-{index}", device, spec) for spec in specs for index, device in enumerate(spec.seats)
        ]
        self._first_batch = {spec.lane: spec.first_batch for spec in specs}
        self._hire = hire
        self._desk = desk
        self._best: dict[Hashable, int] = {}  # kind of request -> pictures
        self._alive = 0  # workers that have not said `Died`
        self._all_dead = asyncio.Event()
        self._ending = False
        self._dispatch_due = False
        self._loop: asyncio.AbstractEventLoop

    def start(self) -> None:
        """Begin to start all workers."""
        self._loop = asyncio.get_running_loop()
        for slot in self.slots:
            self._start(slot)

    def seat(self, lane: str, devices: Sequence[str]) -> None:
        """Have at least so many workers in a lane; the next to start in each place is for the device named."""
        there = [slot for slot in self.slots if slot.lane == lane]
        for slot, device in zip(there, devices, strict=False):
            slot.device = device
        for index in range(len(there), 0 if self._ending else len(devices)):
            slot = Slot(f"{lane}-{index}", devices[index], there[0].spec)
            self.slots.append(slot)
            self._start(slot)

    def dispatch(self) -> None:
        """See to it that idle workers get what waits.

        Not at once: what is submitted in the same turn of the loop may share the batch.
        """
        if not self._dispatch_due:
            self._dispatch_due = True
            self._loop.call_soon(self._dispatch)

    def best_batch(self, request: Request) -> int:
        """How many pictures to run at once: what a worker said last, or a first guess."""
        return self._best.get(_kind(request)) or self._first_batch[request.lane]

    async def end(self) -> None:
        """Stop the idle, kill the others, wait until all are gone."""
        self._ending = True
        for slot in self.slots:
            slot.set_alarm(None)
            if slot.hand is None:
                slot.state = "stopped"
            elif slot.state == "idle":
                slot.hand.stop()
            else:
                slot.hand.kill("the pool is shutting down")
        if self._alive and not await self._dead_within(1.0):
            for slot in self.slots:
                if slot.hand is not None:
                    slot.hand.kill("it did not stop")
            if not await self._dead_within(5.0):
                logger.error("{} workers cannot be killed; they end with the bot, if at all", self._alive)

    async def _dead_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._all_dead.wait()
        except TimeoutError:
            return False
        return True

    def _dispatch(self) -> None:
        self._dispatch_due = False
        for slot in self.slots:
            while slot.state == "idle" and not self._ending and (batch := self._desk.next_batch(slot.lane)):
                self._run(slot, batch)

    def _run(self, slot: Slot, batch: list[Part]) -> None:
        assert slot.hand is not None
        try:
            slot.hand.ask([part.request for part in batch])
        except Exception as error:  # a request that cannot be pickled
            self._desk.failed(batch, failure_text(error))
            return
        slot.state, slot.batch, slot.kind, slot.began = "busy", batch, _kind(batch[0].request), self._loop.time()
        limit = slot.spec.batch_limit
        slot.set_alarm(self._loop.call_later(limit, slot.hand.kill, f"a batch took longer than {limit:g} s"))

    def _start(self, slot: Slot) -> None:
        def tell(event: Event) -> None:
            self._loop.call_soon_threadsafe(self._hear, slot, event)

        slot.hand, slot.state = self._hire(slot, tell), "starting"
        limit = slot.spec.start_limit
        slot.set_alarm(self._loop.call_later(limit, slot.hand.kill, f"not ready after {limit:g} s"))
        self._alive += 1
        self._all_dead.clear()
        slot.hand.start()

    def _hear(self, slot: Slot, event: Event) -> None:
        # A slot hires the next worker only after the last has said `Died`, so this is the present one's word.
        assert slot.hand is not None
        match event:
            case Died(reason):
                self._died(slot, reason)
            case Note(text):
                logger.warning("worker {}: {}", slot.name, text)
            case Idle() if slot.state in ("starting", "busy") and not slot.batch:
                self._idle(slot, event)
            case Answered(answers) if len(answers) == len(slot.batch) > 0:
                batch, slot.batch, slot.deaths = slot.batch, [], 0
                self._desk.answered(slot, batch, answers)
            case Failed(text) if slot.batch:
                logger.warning("worker {}: a batch of {} failed: {}", slot.name, len(slot.batch), text)
                batch, slot.batch = slot.batch, []
                self._desk.failed(batch, text)
            case _:
                slot.hand.kill("it spoke out of turn")

    def _idle(self, slot: Slot, idle: Idle) -> None:
        slot.set_alarm(None)
        slot.state, slot.false_starts = "idle", 0
        slot.memory, slot.models = idle.memory, dict(idle.models)
        if idle.best is not None and slot.kind is not None:
            if len(self._best) >= _KINDS:
                self._best.clear()
            self._best[slot.kind] = idle.best
        if idle.note is not None:
            logger.warning("worker {}: {}", slot.name, idle.note)
        self.dispatch()

    def _died(self, slot: Slot, reason: str) -> None:
        self._alive -= 1
        if self._alive == 0:
            self._all_dead.set()
        started = slot.state != "starting"
        batch, slot.batch, slot.kind, slot.hand, slot.state = slot.batch, [], None, None, "dead"
        slot.set_alarm(None)
        if self._ending:
            slot.state = "stopped"
            return
        logger.warning("worker {} died with a batch of {}: {}", slot.name, len(batch), reason)
        slot.restarts += 1
        slot.deaths += 1
        slot.false_starts = 0 if started else slot.false_starts + 1
        if batch:
            self._desk.lost(batch, reason)
        if all(other.false_starts >= _FALSE_STARTS for other in self.slots if other.lane == slot.lane):
            self._desk.given_up(slot.lane, reason)
        slot.set_alarm(self._loop.call_later(slot.pause(), self._start, slot))
        self.dispatch()


def _kind(request: Request) -> Hashable:
    """Requests of one kind are tuned together."""
    return request.lane, type(request), request.batch_key
