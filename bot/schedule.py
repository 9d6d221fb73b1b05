"""The jobs that nobody asks for. Today: letting go, every night, of what nobody will ask for again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from loguru import logger

from bot.settings import Settings
from bot.store import Store
from bot.store.file_uses import sweep

JOB = "clean-up"
TURN = 12 * 3600.0  # seconds: who begins has the whole night, and others find it done
CLAIMS = timedelta(days=1)  # more than they hold
REPLIES = timedelta(days=365)  # how long a reply to a message of the bot's still names its picture
USAGE = timedelta(days=7)  # how long a day's counts are kept
REFUSED = timedelta(days=365)  # how long a refused contribution is known again
UNNEEDED = timedelta(days=1)  # how long a file may wait for the row that needs it
HOUR = 4  # at night, in the bot's time zone


class Schedule:
    """Runs on the bot's event loop."""

    def __init__(
        self, settings: Settings, store: Store, observe: Callable[[str, bool], None] = lambda job, done: None
    ) -> None:
        """`observe` is told of each job that has run, and whether it got to its end."""
        self._store = store
        self._observe = observe
        self._zone = ZoneInfo(settings.timezone)
        self._scheduler = AsyncIOScheduler(timezone=self._zone)
        # A machine that slept through the night cleans up when it wakes, once.
        self._scheduler.add_job(
            self.clean_up,
            CronTrigger(hour=HOUR, timezone=self._zone),
            id=JOB,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)

    async def clean_up(self, now: datetime | None = None) -> None:
        """One of the processes does it. `now` is aware. A failure is logged and the next night tries again."""
        now = now or datetime.now(UTC)
        try:
            if not await self._store.leases.take(JOB, TURN):
                logger.debug("clean-up: another process does it")
                return
            sent = await self._store.sent.forget_before(now - REPLIES)
            usage = await self._store.usage.forget_before((now - USAGE).astimezone(self._zone).date())
            await self._store.claims.forget_before(now - CLAIMS)
            await self._store.contributions.forget_refused_before(now - REFUSED)
            files = await sweep(self._store.database, self._store.files, now - UNNEEDED)
        except Exception:
            logger.exception("the nightly clean-up failed")
            self._observe(JOB, False)
            return
        self._observe(JOB, True)
        logger.info("clean-up: let go of {} old messages, {} counts and {} files", sent, usage, files)
