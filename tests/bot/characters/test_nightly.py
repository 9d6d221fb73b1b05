"""Runs that nobody asks for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.characters.scheduling import Scheduling
from bot.schedule import Schedule
from tests.bot.characters import tiny
from tests.bot.characters.house import Folder, Her, House, house, settings_of

HER, OTHER = Her(12), Her(13)


@pytest.fixture
def pictures(tmp_path: Path) -> Folder:
    tiny.store_base(settings_of(tmp_path).storage_dir / "models")
    folder = Folder(tmp_path / "pictures")
    folder.add(12)
    return folder


def schedule_of(bot: House, *characters: Her) -> tuple[Schedule, Scheduling]:
    schedule = Schedule(bot.settings, bot.store)
    scheduling = Scheduling(bot.store, "Asia/Shanghai")

    async def all_() -> list[Her]:
        return [*characters]

    schedule.train(bot.trainings, scheduling, all_)
    return schedule, scheduling


def due(schedule: Schedule) -> dict[str, datetime]:
    return {job.id: job.next_run_time for job in schedule._scheduler.get_jobs()}


async def test_there_is_a_job_for_each_character_and_it_follows_her_schedule(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures) as bot:
        schedule, scheduling = schedule_of(bot, HER, OTHER)
        schedule._scheduler.start(paused=True)
        await schedule.look()
        assert due(schedule).keys() == {"clean-up", "retrain 12", "retrain 13"}
        shanghai = due(schedule)["retrain 12"].astimezone(ZoneInfo("Asia/Shanghai"))
        assert (shanghai.hour, shanghai.minute) == (3, 30)
        await scheduling.set(12, when="5:15", zone="Europe/Berlin")
        await scheduling.set(13, enabled=False)
        await schedule.look()
        assert due(schedule).keys() == {"clean-up", "retrain 12"}
        berlin = due(schedule)["retrain 12"].astimezone(ZoneInfo("Europe/Berlin"))
        assert (berlin.hour, berlin.minute) == (5, 15)
        schedule.stop()


async def test_a_clock_that_was_set_back_makes_nobody_wait_for_the_time_it_had(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures) as bot:
        schedule, _ = schedule_of(bot, HER)
        schedule._scheduler.start(paused=True)
        await schedule.look()
        before = due(schedule)
        past = datetime.now(UTC) - timedelta(days=400)
        await schedule.look(past)
        for job, moment in due(schedule).items():
            assert past < moment <= past + timedelta(days=1), job
        await schedule.look()
        assert due(schedule).keys() == before.keys()
        schedule.stop()


async def test_of_two_processes_one_starts_the_run(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures) as one, house(tmp_path, pictures) as two:
        nights = [schedule_of(bot, HER)[0]._nightly for bot in (one, two)]
        for night in nights:
            assert night is not None
            await night.train(HER)
        (run,) = await one.trainings.history(12)
        assert (run.member, run.group, run.minutes) == (None, None, 30.0)


async def test_her_schedule_says_how_long_and_from_how_many_pictures_on(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures) as bot:
        schedule, scheduling = schedule_of(bot, HER)
        assert schedule._nightly is not None
        await scheduling.set(12, minutes=5.0, least=13)
        await schedule._nightly.train(HER)
        assert await bot.trainings.history(12) == []  # there are 12
        await scheduling.set(12, least=12)
        await schedule._nightly.train(HER)
        (run,) = await bot.trainings.history(12)
        assert run.minutes == 5.0
        await schedule._nightly.train(HER)  # it waits already: nothing new
        assert len(await bot.trainings.history(12)) == 1


async def test_a_night_that_fails_is_logged_and_the_next_one_comes(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures) as bot:
        schedule, _ = schedule_of(bot, HER)
        night = schedule._nightly
        assert night is not None
        seen = []
        night._observe = lambda job, done: seen.append((job, done))

        async def broken(character: int) -> list[int]:
            raise RuntimeError("the disk went away")

        accepted, bot.pictures.accepted = bot.pictures.accepted, broken  # type: ignore[method-assign]
        await night.train(HER)
        bot.pictures.accepted = accepted  # type: ignore[method-assign]
        await night.train(HER)
        assert seen == [("retraining", False), ("retraining", True)]
        assert len(await bot.trainings.history(12)) == 1
