"""What the tests of this room watch: surfaces and a pool that stand as they are told to, and a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.command import Reply
from bot.pool.base import Asker, Job, Pool, PoolStatus, Priority, Request, WorkerStatus
from bot.surfaces.base import SendFailed, Surface, SurfaceHealth


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class StillSurface(Surface):
    """Is as it is told to be, and keeps what it is given to say."""

    def __init__(self, name: str = "qq", state: str = "up") -> None:
        self.name = name
        self.now = SurfaceHealth(state)  # type: ignore[arg-type]
        self.refuses = False
        self.told: list[tuple[str, Reply]] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> SurfaceHealth:
        return self.now

    def is_(self, state: str, detail: str = "") -> None:
        self.now = SurfaceHealth(state, detail)  # type: ignore[arg-type]

    async def tell(self, chat: str, reply: Reply) -> str | None:
        if self.refuses:
            raise SendFailed("no friend of mine")
        self.told.append((chat, reply))
        return str(len(self.told))

    @property
    def texts(self) -> list[str]:
        return [reply.text for _, reply in self.told]


@dataclass
class StillPool(Pool):
    """Stands as it is told to."""

    now: PoolStatus | None = field(default=None)

    async def start(self) -> None: ...

    async def stop(self, grace: float = 5.0) -> None: ...

    def submit(
        self,
        request: Request,
        asker: Asker,
        *,
        priority: Priority = Priority.INTERACTIVE,
        timeout: float | None = 120.0,
    ) -> Job:
        raise NotImplementedError

    def listen(self, listener: Callable[[bool], None]) -> Callable[[], None]:
        raise NotImplementedError

    def status(self) -> PoolStatus:
        assert self.now is not None, "asked before anybody looked"
        return self.now

    def has(self, *workers: tuple[str, str, int]) -> None:
        """Workers by name, state and restarts."""
        self.now = PoolStatus(
            0,
            0,
            tuple(WorkerStatus(name, name.partition("-")[0], "cpu", state, None, n) for name, state, n in workers),  # type: ignore[arg-type]
        )
