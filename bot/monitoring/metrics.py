"""What `/metrics` shows, as far as it is counted while it happens. How things stand is asked for: `standing.py`.

Labels come from bounded sets: names of commands, surfaces, lanes, keys of the catalogue. Never a member, a group or
what somebody typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest

from bot.monitoring.standing import Connections, Standing
from bot.monitoring.troubles import Troubles
from bot.monitoring.vitals import Vitals

if TYPE_CHECKING:
    from bot.pool.base import Pool
    from bot.pool.queued import BatchRecord
    from bot.surfaces.base import Surface

OUTCOMES = ("ok", "error", "send_failed", "cancelled")  # any other is the key of a refusal: "refused"

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_LAG = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_PICTURES = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """One a bot, with a registry of its own; touches nothing global.

    Holds besides what is looked at every half minute (`bot.monitoring.watch`): the bot's `vitals`, and its `troubles`.
    """

    def __init__(self) -> None:
        self.vitals = Vitals()
        self.troubles = Troubles()
        self.jobs: dict[str, bool] = {}  # job -> whether it was done when it ran last
        self._registry = CollectorRegistry()
        registry = self._registry
        self._commands = Histogram(
            "nijigen_command_seconds",
            "From a message heard to its answer sent",
            ["surface", "command", "outcome"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._refusals = Counter(
            "nijigen_refusals", "Sentences that said no, by their key in the catalogue", ["key"], registry=registry
        )
        self._messages = Counter(
            "nijigen_messages",
            "Messages of the bot, by whether they were sent",
            ["surface", "outcome"],
            registry=registry,
        )
        self._jobs = Counter(
            "nijigen_jobs", "Jobs of the night, by how they ended", ["name", "outcome"], registry=registry
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
        self._lag = Histogram(
            "nijigen_loop_lag_seconds", "How late the event loop wakes who slept", buckets=_LAG, registry=registry
        )
        ProcessCollector(registry=registry)

    def command(self, name: str, outcome: str, seconds: float, surface: str = "") -> None:
        """A command is over: "ok", "error", "send_failed", "cancelled", or the key of the `UserError` that ended it."""
        self._commands.labels(surface, name, outcome if outcome in OUTCOMES else "refused").observe(seconds)

    def refused(self, key: str) -> None:
        """Somebody was told, by the catalogue's text `key`, that it cannot be done."""
        self._refusals.labels(key).inc()

    def message(self, surface: str, sent: bool) -> None:
        """The platform took a message of the bot's, or did not."""
        self._messages.labels(surface, "sent" if sent else "failed").inc()

    def job(self, name: str, done: bool) -> None:
        """A job of the night ("clean-up") has run, and got to its end or failed."""
        self.jobs[name] = done
        self._jobs.labels(name, "done" if done else "failed").inc()

    def lag(self, seconds: float) -> None:
        """So much later than it wanted somebody was woken by the event loop."""
        self._lag.observe(seconds)

    def batch(self, record: BatchRecord) -> None:
        """The pool's `observe`."""
        self._batch_pictures.labels(record.lane).observe(record.pictures)
        self._batch_seconds.labels(record.lane).observe(record.seconds)
        self._batch_waited.labels(record.lane).observe(record.waited)

    def watch(self, pool: Pool, surfaces: Mapping[str, Surface], connections: Connections | None = None) -> None:
        """Show how these stand from now on; surfaces that join the mapping later too. Once a bot.

        `connections` gives the connections to the database: (in use, idle).
        """
        self._registry.register(Standing(pool, surfaces, connections, self.vitals, self.troubles))

    def render(self) -> bytes:
        """Everything, in the Prometheus text format 0.0.4."""
        return generate_latest(self._registry)
