"""From when on something is wrong, and until when."""

from typing import cast

import pytest

from bot.monitoring.checks import (
    AGAIN,
    DATABASE_DOWN,
    DEATHS_WITHIN,
    DOWN,
    FULL,
    DatabaseAway,
    DisksFull,
    JobsFailed,
    LanesDown,
    SurfacesDown,
    WorkersDying,
)
from bot.monitoring.metrics import Metrics
from bot.monitoring.troubles import Trouble
from bot.services import Services
from tests.bot.monitoring.conftest import Build
from tests.bot.monitoring.peers import StillPool, StillSurface


def surface(services: Services, name: str) -> StillSurface:
    return cast(StillSurface, services.surfaces[name])


def test_a_surface_that_was_up_is_missed_after_five_minutes(services: Services) -> None:
    check = SurfacesDown(services)
    assert list(check(0)) == []
    surface(services, "qq").is_("waiting", "no account is connected")
    assert list(check(10)) == []
    assert list(check(10 + DOWN - 1)) == []
    (trouble,) = check(10 + DOWN)
    assert trouble == Trouble("surface_down", "qq")
    assert (trouble.lasting, trouble.values["detail"]) == (DOWN, "no account is connected")
    surface(services, "qq").is_("up")
    assert list(check(10 + DOWN + 1)) == []


def test_the_five_minutes_begin_anew_when_it_was_up_in_between(services: Services) -> None:
    check = SurfacesDown(services)
    qq = surface(services, "qq")
    for second, state in ((0, "up"), (10, "failed"), (200, "up"), (210, "failed"), (10 + DOWN, "failed")):
        qq.is_(state)
        assert list(check(second)) == []
    assert [t.subject for t in check(210 + DOWN)] == ["qq"]


@pytest.mark.parametrize("state", ["off", "waiting"])
def test_where_nobody_ever_connected_nobody_is_missed(services: Services, state: str) -> None:
    surface(services, "qq").is_(state)
    check = SurfacesDown(services)
    assert list(check(0)) + list(check(10 * DOWN)) == []


@pytest.mark.parametrize("state", ["failed", "starting"])
def test_a_surface_that_never_came_up_though_it_is_configured_is_missed(services: Services, state: str) -> None:
    surface(services, "discord").is_(state)
    check = SurfacesDown(services)
    assert list(check(0)) == []
    assert [t.subject for t in check(DOWN)] == ["discord"]


async def test_what_a_surface_says_of_itself_is_told_without_its_token(build: Build) -> None:
    async with build(onebot_access_token="a-secret-token") as services:
        surface(services, "qq").is_("failed", "ws://x/?access_token=a-secret-token: refused " + "x" * 500)
        check = SurfacesDown(services)
        list(check(0))
        (trouble,) = check(DOWN)
    detail = str(trouble.values["detail"])
    assert "a-secret-token" not in detail
    assert "refused" in detail
    assert len(detail) <= 200


def test_a_lane_is_down_when_none_of_its_workers_is_ready_for_five_minutes() -> None:
    pool = StillPool()
    check = LanesDown(pool)
    pool.has(("model-0", "starting", 0), ("model-1", "dead", 0), ("picture-0", "busy", 0))
    assert list(check(0)) == []
    assert [t.subject for t in check(DOWN)] == ["model"]
    pool.has(("model-0", "starting", 0), ("model-1", "busy", 0), ("picture-0", "busy", 0))
    assert list(check(DOWN + 1)) == []


def test_a_worker_keeps_dying_when_it_dies_three_times_in_ten_minutes() -> None:
    pool = StillPool()
    check = WorkersDying(pool)
    for second, restarts in ((0, 1), (100, 2)):
        pool.has(("model-0", "busy", restarts), ("model-1", "idle", 0))
        assert list(check(second)) == []
    pool.has(("model-0", "busy", 3), ("model-1", "idle", 0))
    (trouble,) = check(200)
    assert (trouble.subject, trouble.values["times"]) == ("model-0", 3)
    assert list(check(200 + DEATHS_WITHIN)) == []


def test_a_worker_that_dies_now_and_then_does_not_keep_dying() -> None:
    pool = StillPool()
    check = WorkersDying(pool)
    for hour in range(10):
        pool.has(("model-0", "idle", hour))
        assert list(check(hour * 3600)) == []


def test_a_worker_that_was_replaced_by_one_of_its_name_begins_anew() -> None:
    pool = StillPool()
    check = WorkersDying(pool)
    pool.has(("model-0", "idle", 2))
    list(check(0))
    pool.has(("model-0", "idle", 0))
    assert list(check(1)) == []
    pool.has(("model-0", "idle", 2))
    assert list(check(2)) == []


def test_the_database_is_away_after_a_minute_without_an_answer() -> None:
    metrics = Metrics()
    check = DatabaseAway(metrics)
    assert list(check(0)) == []  # not asked yet
    metrics.vitals.taken = 1.0
    assert list(check(10)) == []
    (trouble,) = check(10 + DATABASE_DOWN)
    assert trouble.kind == "database_away"
    metrics.vitals.database_seconds = 0.001
    assert list(check(20 + DATABASE_DOWN)) == []


def test_a_disk_is_full_at_90_percent_and_well_again_a_little_below() -> None:
    metrics = Metrics()
    vitals, check = metrics.vitals, DisksFull(metrics)
    vitals.storage_cap, vitals.disk_bytes = 10_000_000_000, 10_000_000_000

    def used(share: float) -> dict[str, str | int]:
        vitals.storage_bytes, vitals.disk_free = int(share * 1e10), int((1 - share) * 1e10)
        return {t.kind: t.values["percent"] for t in check(0)}

    assert used(FULL - 0.01) == {}
    assert used(FULL + 0.011) == {"disk_full": 91, "storage_full": 91}
    assert used((FULL + AGAIN) / 2) == {"disk_full": 89, "storage_full": 89}
    assert used(AGAIN - 0.01) == {}
    assert used((FULL + AGAIN) / 2) == {}


def test_a_disk_that_nobody_measured_is_not_full() -> None:
    assert list(DisksFull(Metrics())(0)) == []


def test_a_job_has_failed_until_it_goes_well() -> None:
    metrics = Metrics()
    check = JobsFailed(metrics)
    metrics.job("clean-up", False)
    assert [t.subject for t in check(0)] == ["clean-up"]
    metrics.job("clean-up", True)
    assert list(check(0)) == []
