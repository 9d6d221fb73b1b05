"""What a lane is made of: which runner, in how many processes, within which limits."""

import multiprocessing
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


def can_fork() -> bool:
    """Forking a process that has loaded the macOS frameworks is a gamble, and Windows cannot fork."""
    return sys.platform != "darwin" and "forkserver" in multiprocessing.get_all_start_methods()


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """Workers of one kind. `factory(**kwargs)` is called inside each worker and gives its `Runner`."""

    lane: str  # "model", "picture"
    factory: str  # importable: "models.runner:Runner"
    kwargs: Mapping[str, Any] = field(default_factory=dict)  # picklable; a node of a cluster has its own `…_dir`s
    devices: tuple[str, ...] = ()  # one worker each, passed to the factory as `device`; empty: `workers` of them
    workers: int = 1  # how many, where `devices` is empty
    threads: int | None = None  # passed to the factory as `threads`; workers x threads <= cores, or all crawl
    start_method: Literal["spawn", "forkserver"] = "spawn"  # forkserver preloads the factory's module
    warm_up: tuple[str, ...] = ()  # `runner.warm_up(name)` for each, before the first batch
    first_batch: int = 8  # pictures in a batch, until a worker has said what is best for that kind of request
    pieces: int = 1  # what must be cut runs in batches of best / pieces: it takes long anyhow, a request of 1 need not
    start_limit: float = 180.0  # seconds from process start to the first batch, warm-up included
    batch_limit: float = 60.0  # seconds for one batch, with loading its model; who takes longer is killed
    nice: int = 0  # how far the workers stand back behind the machine's other processes, where it knows that (0…19)
    memory_limit: int | None = None  # bytes a worker may map beyond what it maps when warm; None: no limit
    answer_limit: int = 1 << 29  # bytes of shared memory for the answers of one batch

    @property
    def seats(self) -> tuple[str, ...]:
        """The device of each worker; "cpu" where none is named."""
        return self.devices or ("cpu",) * self.workers

    @property
    def module(self) -> str:
        """The module of the factory, which a forkserver preloads."""
        return self.factory.partition(":")[0]

    @property
    def method(self) -> Literal["spawn", "forkserver"]:
        """How workers are really started here."""
        return self.start_method if can_fork() else "spawn"

    def worker_kwargs(self, device: str) -> dict[str, Any]:
        """What the factory is called with in the worker for `device`."""
        extra: dict[str, Any] = {"device": device} if self.devices else {}
        if self.threads is not None:
            extra["threads"] = self.threads
        return {**self.kwargs, **extra}
