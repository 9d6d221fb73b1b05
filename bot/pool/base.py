"""The contract of a worker pool: what may be asked of it, what it answers, how it refuses.

The pool knows nothing of GANs. It reads a request's `lane`, `batch_key` and `cost`, cuts with `split` and puts
together with `join`. Queue, batching and retries are the same for every pool; where the workers live differs.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal, Protocol, runtime_checkable

Lane = Literal["model", "picture"]


class Priority(IntEnum):
    """Who goes first; fairness holds within one priority."""

    INTERACTIVE = 0
    ANIMATION = 1
    PROJECTION = 2
    TRAINING = 3


@runtime_checkable
class Request(Protocol):
    """A frozen, picklable dataclass that names an operation."""

    @property
    def lane(self) -> str:
        """Which workers can run it: "model" (networks), "picture" (pixel work, all that hostile bytes could hurt)."""
        ...

    @property
    def batch_key(self) -> Hashable:
        """Requests with one key may share a batch; None: runs alone."""
        ...

    @property
    def cost(self) -> int:
        """How many pictures it amounts to, at least 1."""
        ...

    def split(self, size: int) -> "Sequence[Request]":
        """Pieces of at most `size` pictures each, in order; `[self]` where it cannot be cut."""
        ...

    def join(self, results: Sequence[Any]) -> Any:
        """The answer to the whole from the answers to the pieces of `split`, or from its own alone.

        What comes is what a worker said (plain values and arrays, not to be believed), or what `join` made of it.
        """
        ...


class Runner(Protocol):
    """The inside of a worker process: `models.runner.Runner`, `data.pictures.lane.PictureRunner`."""

    def run(self, requests: "Sequence[Request]") -> Sequence[Any]:
        """One answer a request, in order: a numpy array, an `Encoded`, JSON-able values, or dicts and lists of these.

        All requests have one `batch_key`. An exception instance in place of an answer refuses that request alone;
        raising fails the whole batch.
        """
        ...

    def best_batch(self, request: "Request") -> int:
        """How many pictures of this kind of request to run at once (measured, then remembered)."""
        ...


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf a request runs: the pool is fair between members, then between groups."""

    member: str
    group: str | None = None


class PoolError(Exception):
    """The pool could not answer."""


class PoolBusy(PoolError):
    """The queue is full; nothing was queued."""


class PoolTimeout(PoolError):
    """The deadline passed before the answer was there."""


class PoolClosed(PoolError):
    """The pool is shutting down or was never started."""


class WorkerDied(PoolError):
    """The request was being run by a worker that died, twice; it is quarantined and will be refused from now on."""


class RequestFailed(PoolError):
    """The runner refused this request, or failed on it; the message says why, for the log."""


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    name: str  # "model-0", "picture-0"
    lane: str
    device: str  # "cpu", "cuda:0"
    state: Literal["starting", "idle", "busy", "dead", "stopped"]
    pid: int | None = None
    restarts: int = 0
    memory_bytes: int = 0  # resident, 0 where unknown
    models: Mapping[str, int] = field(default_factory=dict)  # loaded model -> its best batch


@dataclass(frozen=True, slots=True)
class PoolStatus:
    waiting: int  # pictures in the queue
    running: int  # pictures in workers now
    workers: tuple[WorkerStatus, ...]
    served: int = 0  # pictures since start
    refused: int = 0  # requests turned away: busy, timed out, quarantined
    waiting_in: Mapping[str, int] = field(default_factory=dict)  # pictures in the queue of each lane

    @property
    def ready(self) -> bool:
        """Whether every lane has a worker that runs or waits."""
        lanes = {w.lane for w in self.workers}
        return bool(lanes) and lanes == {w.lane for w in self.workers if w.state in ("idle", "busy")}


class Job(ABC):
    """One request on its way through the pool."""

    @abstractmethod
    async def result(self) -> Any:
        """The answer. Raises `PoolError`. Cancelling the waiting task cancels the job."""

    @abstractmethod
    def place(self) -> int:
        """How many requests would be served before this one as things stand; 0 when it runs."""

    @abstractmethod
    def cancel(self) -> None:
        """Take it out of the queue; what a worker runs already is finished and thrown away."""


class Pool(ABC):
    """Start, ask, stop. One event loop uses it."""

    @abstractmethod
    async def start(self) -> None:
        """Begin to start the workers and return at once: requests queue until a worker is there."""

    @abstractmethod
    async def stop(self, grace: float = 5.0) -> None:
        """Refuse what is new, finish what is queued within `grace` seconds, then end the workers."""

    @abstractmethod
    def submit(
        self,
        request: Request,
        asker: Asker,
        *,
        priority: Priority = Priority.INTERACTIVE,
        timeout: float | None = 120.0,
    ) -> Job:
        """Queue a request. Raises `PoolBusy`, `PoolClosed`, `WorkerDied` (quarantined); `result` raises the rest."""

    @abstractmethod
    def listen(self, listener: Callable[[bool], None]) -> Callable[[], None]:
        """Tell `listener` now and from now on whether anybody waits for an answer: True when the first one begins to,
        False when nobody does any more. What has the priority of training is nobody's waiting. Call what this gives to
        end it."""

    @abstractmethod
    def status(self) -> PoolStatus:
        """How things stand, for `/status`, `/healthz` and `/metrics`."""

    async def run(
        self,
        request: Request,
        asker: Asker,
        *,
        priority: Priority = Priority.INTERACTIVE,
        timeout: float | None = 120.0,  # noqa: ASYNC109 - it bounds the time in the queue, which only the pool sees
    ) -> Any:
        """`submit` and wait."""
        return await self.submit(request, asker, priority=priority, timeout=timeout).result()
