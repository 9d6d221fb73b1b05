"""The watch over a bot of real parts: workers that are killed, a database that goes, a surface that is cut off."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.monitoring.watch import Watch
from bot.pool.base import WorkerStatus
from bot.services import Services
from tests.bot.house import House, house
from tests.bot.monitoring.peers import StillSurface

SECONDS = 60  # that anything may take before a test gives up


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110 - processes and tables send no events
            await asyncio.sleep(0.02)


def with_surface(home: House) -> StillSurface:
    home.services.surfaces["qq"] = surface = StillSurface("qq")
    return surface


def worker(services: Services) -> WorkerStatus:
    return next(w for w in services.pool.status().workers if w.lane == "picture")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL of a POSIX system")
async def test_superusers_hear_of_a_worker_that_is_killed_again_and_again(tmp_path: Path) -> None:
    async with house(tmp_path, superusers={"qq:1"}, web_password="sesame") as home:
        qq, services = with_surface(home), home.services
        watch = Watch(services, every=0.05)
        watch.start()
        try:
            for death in range(1, 4):
                assert not qq.told
                await until(lambda: worker(services).state == "idle")
                pid = worker(services).pid
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                await until(lambda death=death: worker(services).restarts == death)
            await until(lambda: qq.told)
        finally:
            await watch.stop()
        assert "picture-0" in qq.texts[0]
        assert qq.told[0][0] == "qq:@1"


async def test_what_the_watch_measures_is_shown(home: House) -> None:
    metrics = home.services.metrics
    metrics.watch(home.services.pool, home.services.surfaces)
    watch = Watch(home.services, every=0.05)
    watch.start()
    try:
        await until(lambda: b"nijigen_database_up 1.0" in metrics.render())
        await until(lambda: b"nijigen_loop_lag_seconds_count 0.0" not in metrics.render())
        async with home.services.store.database.write() as connection:
            await connection.exec_driver_sql("DROP TABLE members")
        await until(lambda: b"nijigen_database_up 0.0" in metrics.render())
    finally:
        await watch.stop()


async def test_a_watch_that_stumbles_goes_on_watching(home: House) -> None:
    class Breaks(StillSurface):
        asked = 0

        def health(self):
            self.asked += 1
            raise RuntimeError("a surface's bug")

    surface = Breaks("qq")
    home.services.surfaces["qq"] = surface
    watch = Watch(home.services, every=0.01)
    watch.start()
    try:
        await until(lambda: surface.asked > 3)
    finally:
        await watch.stop()


async def test_it_can_be_stopped_before_it_was_started_and_leaves_nothing_behind(home: House) -> None:
    before = asyncio.all_tasks()
    watch = Watch(home.services)
    await watch.stop()
    watch.start()
    await asyncio.sleep(0)
    await watch.stop()
    await until(lambda: asyncio.all_tasks() <= before)
