"""The runs that nobody asks for: each character's by her schedule, started by one of the bot's processes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from apscheduler.schedulers.base import BaseScheduler
from loguru import logger

from bot.characters.lineage import Character
from bot.characters.runs import Trainings
from bot.characters.scheduling import LocalCron, Scheduling
from bot.command import UserError
from bot.store import Store

TURN = 3600.0  # seconds: clocks of processes differ by less, and nobody is trained more often


class Nightly:
    """Keeps a job for every character in `scheduler`, as her schedule says."""

    def __init__(
        self,
        scheduler: BaseScheduler,
        store: Store,
        trainings: Trainings,
        scheduling: Scheduling,
        characters: Callable[[], Awaitable[Sequence[Character]]],
        observe: Callable[[str, bool], None] = lambda job, done: None,
    ) -> None:
        """`characters` gives all that there are."""
        self._scheduler = scheduler
        self._store = store
        self._trainings = trainings
        self._scheduling = scheduling
        self._characters = characters
        self._observe = observe
        self._jobs: dict[str, tuple[str, str]] = {}  # what each is due by

    async def sync(self) -> None:
        """Bring the jobs in line with the database, which other processes change too."""
        characters = await self._characters()
        kept = {one.character: one for one in await self._store.schedules.list()}
        wanted: dict[str, tuple[str, str]] = {}
        for character in characters:
            schedule = self._scheduling.resolved(kept.get(character.id))
            if not schedule.enabled:
                continue
            job, due = _job(character.id), (schedule.cron, schedule.zone.key)
            wanted[job] = due
            if self._jobs.get(job) != due:
                self._scheduler.add_job(
                    self.train,
                    LocalCron(schedule.cron, schedule.zone),
                    args=[character],
                    id=job,
                    replace_existing=True,
                    coalesce=True,
                    max_instances=1,
                    misfire_grace_time=None,  # a machine that slept through the night trains when it wakes, once
                )
        for job in self._jobs.keys() - wanted.keys():
            self._scheduler.remove_job(job)
        self._jobs = wanted

    async def sweep(self) -> int:
        """As `Trainings.sweep`."""
        return await self._trainings.sweep()

    async def train(self, character: Character) -> None:
        """Ask for a run of hers, unless another process does. A failure is logged and the next night tries again."""
        try:
            if not await self._store.leases.take(_job(character.id), TURN):
                return
            schedule = await self._scheduling.get(character.id)
            run = await self._trainings.ask(character, minutes=schedule.minutes, least=schedule.least)
        except UserError as error:
            logger.info("{} is not trained tonight: {} {}", character.model, error.key, error.values)
        except Exception:
            logger.exception("{} could not be trained by her schedule", character.model)
            self._observe("retraining", False)
            return
        else:
            logger.info("{} is trained by her schedule: run {}", character.model, run.id)
        self._observe("retraining", True)


def _job(character: int) -> str:
    return f"retrain {character}"
