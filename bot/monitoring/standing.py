"""What `/metrics` shows of how things stand: asked of pool, surfaces and database at each scrape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.monitoring.troubles import KINDS, Troubles
from bot.monitoring.vitals import Vitals

if TYPE_CHECKING:
    from bot.pool.base import Pool, PoolStatus
    from bot.surfaces.base import Surface

WORKER_STATES = ("starting", "idle", "busy", "dead", "stopped")
SURFACE_STATES = ("off", "starting", "waiting", "up", "failed")

Connections = Callable[[], tuple[int, int]]
"""Gives how many connections to the database are in use, and how many wait to be."""


class Standing(Collector):
    """Asks, and adds what was measured last. Waits for nothing: the event loop waits for it."""

    def __init__(
        self,
        pool: Pool,
        surfaces: Mapping[str, Surface],
        connections: Connections | None,
        vitals: Vitals,
        troubles: Troubles,
    ) -> None:
        self._pool = pool
        self._surfaces = surfaces
        self._connections = connections
        self._vitals = vitals
        self._troubles = troubles

    def describe(self) -> Iterable[Metric]:
        return []  # unknown until asked; without this, registering would ask a pool that has not started

    def collect(self) -> Iterable[Metric]:
        status = self._pool.status()
        yield from _queue(status)
        yield from _workers(status)
        yield self._surface_states()
        yield from self._database()
        yield from self._disk()
        yield GaugeMetricFamily(
            "nijigen_measured_timestamp_seconds",
            "When disk and database were looked at last, in seconds since 1970; 0 never",
            self._vitals.taken,
        )
        alerts = GaugeMetricFamily("nijigen_alerts", "What superusers are told of and still lasts", labels=["kind"])
        for kind in KINDS:
            alerts.add_metric([kind], self._troubles.count(kind))
        yield alerts

    def _surface_states(self) -> Metric:
        surfaces = GaugeMetricFamily("nijigen_surface", "1 for the state a surface is in", labels=["surface", "state"])
        for name, surface in self._surfaces.items():
            now = surface.health().state
            for state in SURFACE_STATES:
                surfaces.add_metric([name, state], float(state == now))
        return surfaces

    def _database(self) -> Iterator[Metric]:
        seconds = self._vitals.database_seconds
        yield GaugeMetricFamily("nijigen_database_up", "1 where the database answers", float(seconds is not None))
        yield GaugeMetricFamily(
            "nijigen_database_seconds", "How long it took to get a connection and an answer, last time", seconds or 0.0
        )
        if self._connections is not None:
            used, idle = self._connections()
            connections = GaugeMetricFamily(
                "nijigen_database_connections", "Connections to the database", labels=["state"]
            )
            connections.add_metric(["used"], used)
            connections.add_metric(["idle"], idle)
            yield connections

    def _disk(self) -> Iterator[Metric]:
        vitals = self._vitals
        yield GaugeMetricFamily("nijigen_disk_free_bytes", "Free on the disk of STORAGE_DIR", vitals.disk_free)
        yield GaugeMetricFamily("nijigen_disk_bytes", "Free and used on the disk of STORAGE_DIR", vitals.disk_bytes)
        yield GaugeMetricFamily("nijigen_storage_bytes", "What the bot keeps", vitals.storage_bytes)
        yield GaugeMetricFamily("nijigen_storage_cap_bytes", "STORAGE_CAP_GB", vitals.storage_cap)


def _queue(status: PoolStatus) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("nijigen_pool_waiting", "Pictures in the queue", labels=["lane"])
    for lane, pictures in sorted(status.waiting_in.items()):
        waiting.add_metric([lane], pictures)
    yield waiting
    yield GaugeMetricFamily("nijigen_pool_running", "Pictures in workers now", status.running)
    yield CounterMetricFamily("nijigen_pool_served", "Pictures since start", status.served)
    yield CounterMetricFamily("nijigen_pool_refused", "Requests turned away since start", status.refused)


def _workers(status: PoolStatus) -> Iterator[Metric]:
    states = GaugeMetricFamily("nijigen_workers", "Workers in a state", labels=["lane", "state"])
    for lane in sorted({w.lane for w in status.workers}):
        for state in WORKER_STATES:
            states.add_metric([lane, state], sum(w.lane == lane and w.state == state for w in status.workers))
    yield states
    restarts = CounterMetricFamily("nijigen_worker_restarts", "Restarts of a worker", labels=["worker"])
    memory = GaugeMetricFamily("nijigen_worker_memory_bytes", "Resident memory of a worker", labels=["worker"])
    for worker in status.workers:
        restarts.add_metric([worker.name], worker.restarts)
        memory.add_metric([worker.name], worker.memory_bytes)
    yield restarts
    yield memory
