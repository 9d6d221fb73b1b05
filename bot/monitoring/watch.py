"""Looks after the bot while it runs: measures, and tells superusers what is wrong. `app.py` starts it and stops it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from loguru import logger

from bot.monitoring.alerts import Alerts, MaySpeak
from bot.services import Services
from bot.store.leases import Leases

TURN = 300.0  # seconds until another bot tells of what this one saw, and sees no more
LAG_EVERY = 0.5  # seconds between two looks at how late the event loop is


def in_turn(leases: Leases) -> MaySpeak:
    """Of several bots on one database, who sees a trouble first tells of it."""

    async def may_speak(id: str) -> bool:
        return await leases.take(f"alert {id}", TURN)

    return may_speak


class Watch:
    """Runs on the bot's event loop, beside everything else."""

    def __init__(
        self,
        services: Services,
        *,
        clock: Callable[[], float] = time.monotonic,
        every: float = 30.0,
    ) -> None:
        """Looks every so many seconds; `clock` as for `Alerts`."""
        self._services = services
        store = services.store
        may_speak = in_turn(store.leases) if store.database.shared else None
        self._alerts = Alerts(services, clock=clock, may_speak=may_speak)
        self._every = every
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, when the surfaces have been started."""
        self._tasks = [
            asyncio.create_task(self._look(), name="watch"),
            asyncio.create_task(self._listen_for_lag(), name="lag"),
        ]

    async def stop(self) -> None:
        """End, before the surfaces are stopped: they are not down, then."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            try:
                await self._services.metrics.vitals.take(self._services.settings, self._services.store)
                await self._alerts.look()
            except Exception:  # whatever it is: who watches must go on watching
                logger.exception("the watch stumbled")
            await asyncio.sleep(self._every)

    async def _listen_for_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_EVERY
            await asyncio.sleep(LAG_EVERY)
            self._services.metrics.lag(max(0.0, loop.time() - due))
