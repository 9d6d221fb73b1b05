"""What `/metrics` shows: counted as it happens, or asked of the pool and the surfaces when somebody looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from bot.pool.base import Pool
    from bot.pool.queued import BatchRecord
    from bot.surfaces.base import Surface

OUTCOMES = ("ok", "error", "send_failed", "cancelled")  # any other is the key of a refusal: "refused"
WORKER_STATES = ("starting", "idle", "busy", "dead", "stopped")
SURFACE_STATES = ("off", "starting", "waiting", "up", "failed")

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_PICTURES = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """One a bot, with a registry of its own; touches nothing global."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self._commands = Histogram(
            "nijigen_command_seconds",
            "From a message heard to its answer sent",
            ["command", "outcome"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._refusals = Counter(
            "nijigen_refusals", "Sentences that said no, by their key in the catalogue", ["key"], registry=registry
        )
        self._batch_pictures = Histogram(
            "nijigen_batch_pictures", "Pictures in a batch", ["lane"], buckets=_PICTURES, registry=registry
        )
        self._batch_seconds = Histogram(
            "nijigen_batch_seconds", "How long a batch took", ["lane"], buckets=_SECONDS, registry=registry
        )
        self._batch_waited = Histogram(
            "nijigen_batch_waited_seconds",
            "How long the oldest request of a batch had waited",
            ["lane"],
            buckets=_SECONDS,
            registry=registry,
        )
        ProcessCollector(registry=registry)

    def command(self, name: str, outcome: str, seconds: float) -> None:
        """A command is over: "ok", "error", "send_failed", "cancelled", or the key of the `UserError` that ended it."""
        self._commands.labels(name, outcome if outcome in OUTCOMES else "refused").observe(seconds)

    def refused(self, key: str) -> None:
        """Somebody was told, by the catalogue's text `key`, that it cannot be done."""
        self._refusals.labels(key).inc()

    def batch(self, record: BatchRecord) -> None:
        """The pool's `observe`."""
        self._batch_pictures.labels(record.lane).observe(record.pictures)
        self._batch_seconds.labels(record.lane).observe(record.seconds)
        self._batch_waited.labels(record.lane).observe(record.waited)

    def watch(self, pool: Pool, surfaces: Mapping[str, Surface]) -> None:
        """Show how these stand from now on; surfaces that join the mapping later too. Once a bot."""
        self._registry.register(_Standing(pool, surfaces))

    def render(self) -> bytes:
        """Everything, in the Prometheus text format 0.0.4."""
        return generate_latest(self._registry)


class _Standing(Collector):
    """How pool and surfaces stand, asked for at each scrape."""

    def __init__(self, pool: Pool, surfaces: Mapping[str, Surface]) -> None:
        self._pool = pool
        self._surfaces = surfaces

    def describe(self) -> Iterable[Metric]:
        return []  # unknown until asked; without this, registering would ask a pool that has not started

    def collect(self) -> Iterable[Metric]:
        status = self._pool.status()
        yield GaugeMetricFamily("nijigen_pool_waiting", "Pictures in the queue", status.waiting)
        yield GaugeMetricFamily("nijigen_pool_running", "Pictures in workers now", status.running)
        yield CounterMetricFamily("nijigen_pool_served", "Pictures since start", status.served)
        yield CounterMetricFamily("nijigen_pool_refused", "Requests turned away since start", status.refused)

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

        surfaces = GaugeMetricFamily("nijigen_surface", "1 for the state a surface is in", labels=["surface", "state"])
        for name, surface in self._surfaces.items():
            now = surface.health().state
            for state in SURFACE_STATES:
                surfaces.add_metric([name, state], float(state == now))
        yield surfaces
