import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.monitoring.metrics import Metrics
from bot.monitoring.troubles import Open, Trouble
from bot.pool.base import PoolStatus, WorkerStatus
from bot.pool.queued import BatchRecord
from bot.surfaces.base import Surface
from tests.bot.monitoring.peers import StillPool, StillSurface


class Scrape:
    """What a Prometheus server reads."""

    def __init__(self, metrics: Metrics) -> None:
        families = text_string_to_metric_families(metrics.render().decode())
        self._samples = [sample for family in families for sample in family.samples]

    def __call__(self, name: str, *labels: str) -> float | None:
        """The sample with these label values, in any order."""
        found = [s.value for s in self._samples if s.name == name and sorted(s.labels.values()) == sorted(labels)]
        assert len(found) <= 1
        return found[0] if found else None


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [("ok", "ok"), ("error", "error"), ("cancelled", "cancelled"), ("gate.cooldown", "refused"), ("x.y", "refused")],
)
def test_a_command_is_counted_by_how_it_ended(outcome: str, shown: str) -> None:
    metrics = Metrics()
    metrics.command("waifu", outcome, 0.2, "qq")
    metrics.command("waifu", outcome, 0.6, "qq")
    scrape = Scrape(metrics)
    assert scrape("nijigen_command_seconds_count", "qq", "waifu", shown) == 2
    assert scrape("nijigen_command_seconds_sum", "qq", "waifu", shown) == pytest.approx(0.8)
    assert scrape("nijigen_command_seconds_bucket", "qq", "waifu", shown, "0.25") == 1


def test_refusals_are_counted_by_their_key() -> None:
    metrics = Metrics()
    for key in ("gate.cooldown", "gate.cooldown", "line.unknown"):
        metrics.refused(key)
    scrape = Scrape(metrics)
    assert scrape("nijigen_refusals_total", "gate.cooldown") == 2
    assert scrape("nijigen_refusals_total", "line.unknown") == 1


def test_batches_are_counted_by_their_lane() -> None:
    metrics = Metrics()
    for pictures in (64, 3):
        metrics.batch(BatchRecord("model", "model-0", "cpu", pictures, 2, 0.25, 0.125))
    scrape = Scrape(metrics)
    assert scrape("nijigen_batch_pictures_sum", "model") == 67
    assert scrape("nijigen_batch_pictures_bucket", "model", "4.0") == 1
    assert scrape("nijigen_batch_seconds_sum", "model") == 0.5
    assert scrape("nijigen_batch_waited_seconds_sum", "model") == 0.25


def test_the_pool_is_asked_when_somebody_looks() -> None:
    metrics, pool = Metrics(), StillPool()
    metrics.watch(pool, {})
    workers = (
        WorkerStatus("model-0", "model", "cpu", "busy", restarts=2, memory_bytes=512),
        WorkerStatus("picture-0", "picture", "cpu", "idle"),
    )
    pool.now = PoolStatus(7, 4, workers, served=100, refused=3, waiting_in={"model": 6, "picture": 1})
    scrape = Scrape(metrics)
    assert scrape("nijigen_pool_waiting", "model") == 6
    assert scrape("nijigen_pool_waiting", "picture") == 1
    assert scrape("nijigen_pool_running") == 4
    assert scrape("nijigen_pool_served_total") == 100
    assert scrape("nijigen_pool_refused_total") == 3
    assert scrape("nijigen_workers", "model", "busy") == 1
    assert scrape("nijigen_workers", "model", "idle") == 0
    assert scrape("nijigen_workers", "picture", "idle") == 1
    assert scrape("nijigen_worker_restarts_total", "model-0") == 2
    assert scrape("nijigen_worker_memory_bytes", "model-0") == 512

    pool.now = PoolStatus(0, 0, (), waiting_in={"model": 0})
    assert Scrape(metrics)("nijigen_pool_waiting", "model") == 0


def test_surfaces_that_come_later_are_shown_too() -> None:
    metrics, pool, surface = Metrics(), StillPool(), StillSurface("qq", "waiting")
    surfaces: dict[str, Surface] = {}
    metrics.watch(pool, surfaces)
    pool.now = PoolStatus(0, 0, ())
    surfaces["qq"] = surface
    assert Scrape(metrics)("nijigen_surface", "qq", "waiting") == 1
    surface.is_("up")
    scrape = Scrape(metrics)
    assert scrape("nijigen_surface", "qq", "up") == 1
    assert scrape("nijigen_surface", "qq", "waiting") == 0


def test_two_bots_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.refused("gate.cooldown")
    assert Scrape(one)("nijigen_refusals_total", "gate.cooldown") == 1
    assert Scrape(other)("nijigen_refusals_total", "gate.cooldown") is None


def test_messages_and_jobs_are_counted_by_how_they_ended() -> None:
    metrics = Metrics()
    for sent in (True, True, False):
        metrics.message("qq", sent)
    metrics.job("clean-up", False)
    metrics.job("clean-up", True)
    scrape = Scrape(metrics)
    assert scrape("nijigen_messages_total", "qq", "sent") == 2
    assert scrape("nijigen_messages_total", "qq", "failed") == 1
    assert scrape("nijigen_jobs_total", "clean-up", "failed") == 1
    assert metrics.jobs == {"clean-up": True}


def test_what_was_measured_is_shown() -> None:
    metrics, pool = Metrics(), StillPool()
    metrics.watch(pool, {}, lambda: (3, 2))
    pool.has()
    scrape = Scrape(metrics)
    assert scrape("nijigen_database_up") == 0
    assert scrape("nijigen_measured_timestamp_seconds") == 0
    assert scrape("nijigen_database_connections", "used") == 3
    assert scrape("nijigen_database_connections", "idle") == 2

    vitals = metrics.vitals
    vitals.disk_free, vitals.disk_bytes, vitals.storage_bytes, vitals.storage_cap = 10, 40, 5, 20
    vitals.database_seconds = 0.25
    scrape = Scrape(metrics)
    assert scrape("nijigen_database_up") == 1
    assert scrape("nijigen_database_seconds") == 0.25
    assert (scrape("nijigen_disk_free_bytes"), scrape("nijigen_disk_bytes")) == (10, 40)
    assert (scrape("nijigen_storage_bytes"), scrape("nijigen_storage_cap_bytes")) == (5, 20)


def test_open_alerts_are_shown_by_their_kind() -> None:
    metrics, pool = Metrics(), StillPool()
    metrics.watch(pool, {})
    pool.has()
    for subject in ("qq", "discord"):
        trouble = Trouble("surface_down", subject)
        metrics.troubles.open[trouble.id] = Open(trouble)
    scrape = Scrape(metrics)
    assert scrape("nijigen_alerts", "surface_down") == 2
    assert scrape("nijigen_alerts", "disk_full") == 0
