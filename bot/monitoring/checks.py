"""What superusers are told of, and from when on. Each check is asked every half minute, and gives what is wrong then.

`now` is the time of any clock that does not jump, in seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from bot.monitoring.redaction import Redaction, secrets_of
from bot.monitoring.troubles import Trouble

if TYPE_CHECKING:
    from bot.monitoring.metrics import Metrics
    from bot.pool.base import Pool
    from bot.services import Services

DOWN = 300.0  # seconds that a surface, or the workers of a lane, may be away
DATABASE_DOWN = 60.0
DEATHS, DEATHS_WITHIN = 3, 600.0  # of one worker, in so many seconds
FULL, AGAIN = 0.90, 0.88  # of a disk: what is full, and below what it no longer is
MOST_DETAIL = 200  # characters of what a surface says of itself


class Check(Protocol):
    """Remembers what it needs from one call to the next."""

    def __call__(self, now: float) -> Iterable[Trouble]: ...


def checks_of(services: Services) -> list[Check]:
    """All that is looked at, for one bot."""
    return [
        SurfacesDown(services),
        LanesDown(services.pool),
        WorkersDying(services.pool),
        DatabaseAway(services.metrics),
        DisksFull(services.metrics),
        JobsFailed(services.metrics),
    ]


class SurfacesDown:
    """A surface that was up, or that somebody has configured, is down for `DOWN` seconds.

    Where nobody ever connected, nobody is missed: many a bot has a page and nothing else.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._hide = Redaction(secrets_of(services.settings))  # what a surface says of itself may hold an address
        self._was_up: set[str] = set()
        self._down = _Since()

    def __call__(self, now: float) -> Iterator[Trouble]:
        details: dict[str, str] = {}
        for name, surface in self._services.surfaces.items():
            health = surface.health()
            if health.state == "up":
                self._was_up.add(name)
            elif health.state in ("starting", "failed") or (health.state == "waiting" and name in self._was_up):
                details[name] = self._hide(health.detail)[:MOST_DETAIL]
        for name, lasting in self._down.lasting(details, now, DOWN):
            yield Trouble("surface_down", name, lasting, {"detail": details[name]})


class LanesDown:
    """No worker of a lane runs or waits, for `DOWN` seconds: its requests wait in vain."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._down = _Since()

    def __call__(self, now: float) -> Iterator[Trouble]:
        workers = self._pool.status().workers
        down = {w.lane for w in workers} - {w.lane for w in workers if w.state in ("idle", "busy")}
        for lane, lasting in self._down.lasting(sorted(down), now, DOWN):
            yield Trouble("lane_down", lane, lasting)


class WorkersDying:
    """A worker was restarted `DEATHS` times within `DEATHS_WITHIN` seconds."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._seen: dict[str, deque[tuple[float, int]]] = {}  # worker -> when it had been restarted how often

    def __call__(self, now: float) -> Iterator[Trouble]:
        for worker in self._pool.status().workers:
            seen = self._seen.setdefault(worker.name, deque([(now, 0)]))
            if worker.restarts < seen[-1][1]:  # another worker of this name
                seen.clear()
            seen.append((now, worker.restarts))
            while len(seen) > 1 and seen[1][0] <= now - DEATHS_WITHIN:
                seen.popleft()
            deaths = worker.restarts - seen[0][1]
            if deaths >= DEATHS:
                yield Trouble("worker_dying", worker.name, values={"times": deaths})


class DatabaseAway:
    """The database has not answered for `DATABASE_DOWN` seconds."""

    def __init__(self, metrics: Metrics) -> None:
        self._vitals = metrics.vitals
        self._away = _Since()

    def __call__(self, now: float) -> Iterator[Trouble]:
        away = [""] if self._vitals.taken and self._vitals.database_seconds is None else []
        for _, lasting in self._away.lasting(away, now, DATABASE_DOWN):
            yield Trouble("database_away", lasting=lasting)


class DisksFull:
    """The disk, or what the bot may keep of it, is at 90 %."""

    def __init__(self, metrics: Metrics) -> None:
        self._vitals = metrics.vitals
        self._full: set[str] = set()

    def __call__(self, now: float) -> Iterator[Trouble]:
        vitals = self._vitals
        free = {"disk_full": vitals.disk_free, "storage_full": max(0, vitals.storage_cap - vitals.storage_bytes)}
        for kind, share in (("disk_full", vitals.disk_share), ("storage_full", vitals.storage_share)):
            if share < (AGAIN if kind in self._full else FULL):
                self._full.discard(kind)
                continue
            self._full.add(kind)
            yield Trouble(kind, values={"percent": int(share * 100), "free": f"{free[kind] / 1e9:.1f} GB"})


class JobsFailed:
    """A job of the night failed when it ran last."""

    def __init__(self, metrics: Metrics) -> None:
        self._jobs = metrics.jobs

    def __call__(self, now: float) -> Iterator[Trouble]:
        yield from (Trouble("job_failed", job) for job, done in self._jobs.items() if not done)


class _Since:
    """Since when what is wrong has been wrong."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def lasting(self, wrong: Iterable[str], now: float, least: float) -> list[tuple[str, float]]:
        """Of what is wrong now: what has been so for `least` seconds, and for how many."""
        self._since = {name: self._since.get(name, now) for name in wrong}
        return [(name, now - since) for name, since in self._since.items() if now - since >= least]
