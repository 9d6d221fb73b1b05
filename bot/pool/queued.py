"""A pool around a queue and a crew: requests in, answers out. Where the workers live is left to `_hire`.

A batch whose worker died, or whose runner raised, is run once more in parts, each alone: so the guilty one is found
and the others are answered. Who kills two workers is quarantined.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.pool.base import (
    Asker,
    Job,
    Pool,
    PoolClosed,
    PoolError,
    PoolStatus,
    PoolTimeout,
    Priority,
    Request,
    RequestFailed,
    WorkerDied,
)
from bot.pool.crew import Crew
from bot.pool.events import Event, Failure, Hand
from bot.pool.lane import LaneSpec
from bot.pool.quarantine import Quarantine
from bot.pool.queue import Queue
from bot.pool.slot import Slot
from bot.pool.ticket import Part, Ticket
from bot.pool.wire import failure_text


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One batch that was answered, for the metrics."""

    lane: str
    worker: str
    device: str
    pictures: int
    requests: int
    seconds: float  # from the queue to the answer
    waited: float  # seconds in the queue, of the request that came first


class QueuedJob(Job):
    """A ticket and the future of its answer."""

    def __init__(self, pool: QueuedPool, ticket: Ticket, future: asyncio.Future[Any], submitted: float) -> None:
        self.ticket = ticket
        self.future = future
        self.submitted = submitted  # in the loop's time
        self.deadline: asyncio.TimerHandle | None = None
        self._pool = pool

    async def result(self) -> Any:
        return await self.future

    def place(self) -> int:
        return 0 if self.future.done() else self._pool.place(self.ticket)

    def cancel(self) -> None:
        self._pool.forget(self)
        self.future.cancel()


class QueuedPool(Pool):
    """Everything about a pool but the workers.

    `limit` is how many pictures may wait in one lane; `observe` is called with every batch that was answered.
    """

    def __init__(
        self,
        lanes: Sequence[LaneSpec],
        *,
        limit: int = 1024,
        observe: Callable[[BatchRecord], None] | None = None,
    ) -> None:
        self._lanes = frozenset(spec.lane for spec in lanes)
        self._queue = Queue(limit, {spec.lane: spec.pieces for spec in lanes})
        self._quarantine = Quarantine()
        self._crew = Crew(lanes, self._hire, self)
        self._observe = observe
        self._jobs: dict[Ticket, QueuedJob] = {}  # all that have no answer yet
        self._listeners: list[Callable[[bool], None]] = []
        self._people = 0  # of the jobs, those that somebody waits for
        self._served = 0
        self._refused = 0
        self._state = "new"  # then "open", then "closed"
        self._loop: asyncio.AbstractEventLoop

    @abstractmethod
    def _hire(self, slot: Slot, tell: Callable[[Event], None]) -> Hand:
        """A worker for the slot, not yet started; `tell` may be called from any thread."""

    async def start(self) -> None:
        if self._state == "new":
            self._state = "open"
            self._loop = asyncio.get_running_loop()
            self._crew.start()

    async def stop(self, grace: float = 5.0) -> None:
        state, self._state = self._state, "closed"
        if state == "new":
            return
        try:
            if waiting := [job.future for job in self._jobs.values()]:
                await asyncio.wait(waiting, timeout=grace)
        finally:
            for ticket in list(self._jobs):
                self._refuse(ticket, PoolClosed("the pool is shutting down"))
            await self._crew.end()

    def submit(
        self,
        request: Request,
        asker: Asker,
        *,
        priority: Priority = Priority.INTERACTIVE,
        timeout: float | None = 120.0,
    ) -> QueuedJob:
        if self._state != "open":
            raise PoolClosed("the pool is shutting down, or was never started")
        if request.lane not in self._lanes:
            raise PoolClosed(f"the pool has no lane {request.lane}")
        ticket = Ticket(request, asker, priority)
        try:
            if request in self._quarantine:
                raise WorkerDied("this request has killed two workers before")
            self._queue.put(ticket)
        except PoolError:
            self._refused += 1
            raise
        job = self._jobs[ticket] = QueuedJob(self, ticket, self._loop.create_future(), self._loop.time())
        job.future.add_done_callback(lambda _: self.forget(job))  # the waiting task was cancelled
        if timeout is not None:
            late = partial(self._refuse, ticket, PoolTimeout(f"no answer within {timeout:g} s"))
            job.deadline = self._loop.call_later(timeout, late)
        self._crew.dispatch()
        self._count(ticket, 1)
        return job

    def listen(self, listener: Callable[[bool], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        listener(self._people > 0)
        return lambda: self._listeners.remove(listener)

    def status(self) -> PoolStatus:
        running = sum(part.cost for slot in self._crew.slots for part in slot.batch)
        workers = tuple(slot.status() for slot in self._crew.slots)
        queue = dict.fromkeys(self._lanes, 0) | self._queue.waiting_in()
        return PoolStatus(self._queue.waiting, running, workers, self._served, self._refused, queue)

    def place(self, ticket: Ticket) -> int:
        """As `Job.place`."""
        if ticket.started:
            return 0
        lane = [slot for slot in self._crew.slots if slot.lane == ticket.lane]
        finishing = {part.ticket for slot in lane for part in slot.batch if not part.ticket.rest}
        return len(finishing) + self._queue.place(ticket, self._crew.best_batch)

    def forget(self, job: QueuedJob) -> None:
        """Nobody wants this job's answer any more, or it has one."""
        if self._jobs.pop(job.ticket, None) is not None:
            self._queue.cancel(job.ticket)
            self._count(job.ticket, -1)
        if job.deadline is not None:
            job.deadline.cancel()

    def _count(self, ticket: Ticket, more: int) -> None:
        """Of those who wait, one more or less."""
        if ticket.priority >= Priority.TRAINING:
            return
        before, self._people = self._people, self._people + more
        if (before > 0) != (self._people > 0):
            for listener in [*self._listeners]:
                listener(self._people > 0)

    def _refuse(self, ticket: Ticket, error: PoolError) -> None:
        job = self._jobs.get(ticket)
        if job is None or job.future.done():
            return
        self.forget(job)
        self._refused += 1
        job.future.set_exception(error)
        job.future.exception()  # seen: nobody may be waiting, and that is no cause for a traceback

    # What the crew asks for and brings.

    def next_batch(self, lane: str) -> list[Part]:
        return self._queue.take(lane, self._crew.best_batch)

    def answered(self, slot: Slot, batch: list[Part], answers: list[Any]) -> None:
        now = self._loop.time()
        since = [job.submitted for part in batch if (job := self._jobs.get(part.ticket))]
        for part, answer in zip(batch, answers, strict=True):
            self._settle(part, answer)
        if self._observe is not None:
            pictures = sum(part.cost for part in batch)
            requests = len({part.ticket for part in batch})
            waited = slot.began - min(since, default=slot.began)
            self._observe(BatchRecord(slot.lane, slot.name, slot.device, pictures, requests, now - slot.began, waited))

    def failed(self, batch: list[Part], text: str) -> None:
        for part in batch:
            if len(batch) == 1:
                self._refuse(part.ticket, RequestFailed(text))
            else:
                self._run_alone(part)

    def lost(self, batch: list[Part], reason: str) -> None:
        for part in batch:
            part.deaths += 1
            if part.deaths < 2:
                self._run_alone(part)
                continue
            # The second time it ran alone: it did it, or somebody happens to kill workers from outside.
            if part.ticket in self._jobs:
                self._quarantine.add(part.ticket.request)
            self._refuse(part.ticket, WorkerDied(f"two workers died of it; the last: {reason}"))

    def given_up(self, lane: str, reason: str) -> None:
        for ticket in self._queue.tickets(lane):
            self._refuse(ticket, RequestFailed(f"no worker of lane {lane} starts: {reason}"))

    def _run_alone(self, part: Part) -> None:
        if part.ticket in self._jobs:
            self._queue.put_back(part)
            self._crew.dispatch()

    def _settle(self, part: Part, answer: Any) -> None:
        job = self._jobs.get(part.ticket)
        if job is None or job.future.done():  # cancelled, late, or refused for another part of it
            return
        if isinstance(answer, Failure):
            self._refuse(part.ticket, RequestFailed(answer.text))
            return
        try:
            part.settle(answer)
        except Exception as error:  # a worker's answers need not fit together
            self._refuse(part.ticket, RequestFailed(failure_text(error)))
            return
        self._served += part.cost
        if part.ticket.answered:
            self.forget(job)
            job.future.set_result(part.ticket.answer)
