"""The jobs that nobody asks for: letting go every night of what nobody will ask for again, and training characters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from loguru import logger

from bot.characters.lineage import Character
from bot.characters.nightly import Nightly
from bot.characters.runs import Trainings
from bot.characters.scheduling import Scheduling
from bot.settings import Settings
from bot.store import Store, StoreUnavailable
from bot.store.file_uses import sweep

JOB = "clean-up"
TURN = 12 * 3600.0  # seconds: who begins has the whole night, and others find it done
CLAIMS = timedelta(days=1)  # more than they hold
REPLIES = timedelta(days=365)  # how long a reply to a message of the bot's still names its picture
USAGE = timedelta(days=7)  # how long a day's counts are kept
REFUSED = timedelta(days=365)  # how long a refused contribution is known again
UNNEEDED = timedelta(days=1)  # how long a file may wait for the row that needs it
HOUR = 4  # at night, in the bot's time zone
LOOK = 60.0  # seconds, by a clock that nobody sets, after which schedules and the machine's clock are looked at again


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
        self._nightly: Nightly | None = None
        self._looking: asyncio.Task[None] | None = None

    def train(
        self, trainings: Trainings, scheduling: Scheduling, characters: Callable[[], Awaitable[Sequence[Character]]]
    ) -> None:
        """Train the `characters` that there are, as their schedules say."""
        self._nightly = Nightly(self._scheduler, self._store, trainings, scheduling, characters, self._observe)

    def start(self) -> None:
        self._scheduler.start()
        self._looking = asyncio.get_running_loop().create_task(self._look(), name="schedule")

    def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._scheduler.shutdown(wait=False)

    async def look(self, now: datetime | None = None) -> None:
        """Follow the schedules, and the machine's clock (`now`, aware): where it was set back, a job would wait for a
        time that it had reached before."""
        if self._nightly is not None:
            await self._nightly.sync()
        now = now or datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            due = job.trigger.get_next_fire_time(None, now)
            if due is not None and job.next_run_time is not None and due < job.next_run_time:
                job.modify(next_run_time=due)

    async def _look(self) -> None:
        while True:
            try:
                await self.look()
            except StoreUnavailable as error:
                logger.debug("schedules are looked at later: {}", error)
            except Exception:
                logger.exception("schedules could not be looked at")
            await asyncio.sleep(LOOK)

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
            await self._store.leases.forget_over()
            await self._store.contributions.forget_refused_before(now - REFUSED)
            if self._nightly is not None:
                await self._nightly.sweep()
            files = await sweep(self._store.database, self._store.files, now - UNNEEDED)
        except Exception:
            logger.exception("the nightly clean-up failed")
            self._observe(JOB, False)
            return
        self._observe(JOB, True)
        logger.info("clean-up: let go of {} old messages, {} counts and {} files", sent, usage, files)
