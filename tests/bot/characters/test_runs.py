"""From asking for a run to a version that is in use, and all that may go wrong on the way; the trainer is a toy."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.characters.order import LOG, SET
from bot.command import UserError
from bot.store import Store
from tests.bot.characters import tiny
from tests.bot.characters.house import Folder, Her, house, settings_of


@pytest.fixture
def pictures(tmp_path: Path) -> Folder:
    tiny.store_base(settings_of(tmp_path).storage_dir / "models")
    folder = Folder(tmp_path / "pictures")
    folder.add(30)
    return folder


async def test_a_run_becomes_the_version_that_her_name_means(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures) as bot:
        seen = []
        bot.trainings.listen(lambda run: seen.append((run.state, run.progress.get("stage"))))
        await bot.trainings.start()
        asked = await bot.trainings.ask(bot.her, member="qq:1", group="qq:7", minutes=2)
        done = await bot.until(asked.id, "done")
        version = await bot.trainings.lineage.in_use(bot.her)
        assert version is not None
        assert (done.version, done.base, done.pictures) == (version.id, tiny.BASE, 30)
        assert (version.parent, version.run, version.reasons) == (tiny.BASE, asked.id, ())
        assert version.numbers["against"] == tiny.BASE
        assert bot.models.resolve("c12").id == version.id
        learnt = await bot.store.versions.contributions(version.id)
        assert (len(learnt), sum(learnt.values())) == (30, 8)
        # Who listens is told how things stand: a run that begins at once may never have been seen waiting.
        assert [*dict.fromkeys(state for state, _ in seen)][-2:] == ["running", "done"]
        assert ("running", "learning") in seen
        left = {path.name for path in bot.run_folder(asked.id).rglob("*") if path.is_file()}
        assert left == {LOG, "lives", "manifest.json"}  # and no picture of anybody's


async def test_the_next_run_begins_with_the_version_in_use_and_holds_out_what_was_held_out(
    tmp_path: Path, pictures: Folder
):
    async with house(tmp_path, pictures) as bot:
        await bot.trainings.start()
        first = await bot.until((await bot.trainings.ask(bot.her)).id, "done")
        with pytest.raises(UserError) as refused:
            await bot.trainings.ask(bot.her)
        assert (refused.value.key, refused.value.values) == ("retrain.too_few_new", {"have": 0, "need": 10})
        pictures.add(10)
        second = await bot.until((await bot.trainings.ask(bot.her)).id, "done")
        assert first.version is not None
        assert second.version is not None
        assert second.base == first.version
        before = await bot.store.versions.contributions(first.version)
        after = await bot.store.versions.contributions(second.version)
        assert {id for id, held in before.items() if held} <= {id for id, held in after.items() if held}
        assert await bot.trainings.preparing.new_pictures(bot.her.id) == (40, 0)
        assert bot.models.resolve("c12").id == second.version


async def test_what_cannot_begin_is_refused_with_a_word(tmp_path: Path):
    pictures = Folder(tmp_path / "pictures")
    pictures.add(9)
    async with house(tmp_path, pictures) as bot:

        async def refusal(**how) -> tuple[str, dict]:
            with pytest.raises(UserError) as refused:
                await bot.trainings.ask(bot.her, **how)
            return refused.value.key, refused.value.values

        assert await refusal() == ("retrain.too_few", {"have": 9, "need": 10})
        pictures.add(5)
        assert (await refusal())[0] == "retrain.no_base"
        tiny.store_base(bot.settings.storage_dir / "models", keep_d=False)
        assert (await refusal())[0] == "retrain.no_base"
        tiny.store_base(bot.settings.storage_dir / "models", "other@20260101T000000-abcdef")
        assert (await bot.trainings.preparing.base(bot.her)).name == "other"
        for minutes in (0.5, 1441, float("nan")):
            assert (await refusal(minutes=minutes))[0] == "retrain.minutes"
        small = bot.settings.model_copy(update={"storage_cap_gb": 0.01})
        bot.trainings.preparing._settings = small
        assert (await refusal())[0] == "retrain.no_room"
        bot.trainings.preparing._settings = bot.settings
        run = await bot.trainings.ask(bot.her)
        assert await refusal() == ("retrain.under_way", {"run": run.id})


async def test_a_run_whose_process_dies_is_taken_up_once(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures, die=1) as bot:
        await bot.trainings.start()
        run = await bot.until((await bot.trainings.ask(bot.her)).id, "done")
        assert run.deaths == 1
        assert (bot.run_folder(run.id) / "lives").read_text() == "xx"


async def test_the_second_time_it_fails_with_its_log(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures, die=5) as bot:
        await bot.trainings.start()
        run = await bot.until((await bot.trainings.ask(bot.her)).id, "failed")
        assert (run.reason, run.detail, run.deaths) == ("died", "life 2", 2)
        assert (bot.run_folder(run.id) / LOG).read_text() == "life 1\nlife 2\n"
        assert not [*(bot.run_folder(run.id) / SET).glob("*.png")]
        assert await bot.trainings.lineage.in_use(bot.her) is None
        again = await bot.trainings.ask(bot.her)  # nobody has seen these pictures yet
        await bot.until(again.id, "failed")


async def test_what_a_trainer_refuses_is_not_tried_again(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures, refuse="the losses are no numbers") as bot:
        await bot.trainings.start()
        run = await bot.until((await bot.trainings.ask(bot.her)).id, "failed")
        assert (run.reason, run.detail, run.deaths) == ("refused", "the losses are no numbers", 0)


async def test_one_run_at_a_time_and_stopped_ones_make_way(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures, hold=True) as bot:
        other = Her(13)
        await bot.trainings.start()
        first = await bot.trainings.ask(bot.her)
        await bot.until(first.id, "running")
        second = await bot.trainings.ask(other)
        assert [(r.id, r.state) for r in await bot.trainings.under_way()] == [
            (first.id, "running"), (second.id, "queued"),
        ]  # fmt: skip
        assert await bot.trainings.stop_run(first.id)
        assert not await bot.trainings.stop_run(first.id)
        await bot.until(second.id, "failed")  # nobody is called 13
        stopped = await bot.trainings.get(first.id)
        assert stopped is not None
        assert (stopped.state, stopped.reason) == ("stopped", "asked")
        assert not (bot.run_folder(first.id) / "order.json").exists()


async def test_a_bot_that_stops_goes_on_with_the_run_when_it_starts(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures, hold=True) as bot:
        await bot.trainings.start()
        run = await bot.trainings.ask(bot.her)
        await bot.until(run.id, "running")
        await bot.lives(run.id)
    (tmp_path / "var" / "runs" / f"c-{run.id}" / "let-go").touch()
    async with house(tmp_path, pictures) as bot:
        waiting = await bot.trainings.get(run.id)
        assert waiting is not None
        assert (waiting.state, waiting.deaths) == ("queued", 0)
        await bot.trainings.start()
        assert (await bot.until(run.id, "done")).deaths == 0
        assert (bot.run_folder(run.id) / "lives").read_text() == "xx"


async def test_pictures_that_are_taken_back_end_the_run_and_another_one_learns_from_the_rest(
    tmp_path: Path, pictures: Folder
):
    async with house(tmp_path, pictures, hold=True) as bot:
        await bot.trainings.start()
        run = await bot.trainings.ask(bot.her, member="qq:1")
        await bot.until(run.id, "running")
        await bot.lives(run.id)
        del pictures.kept[3]
        stopped = await bot.until(run.id, "stopped")
        assert stopped.reason == "taken_back"
        while not (next_ := await bot.trainings.under_way()) or next_[0].pictures == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert (next_[0].id, next_[0].pictures, next_[0].member) == (run.id + 1, 29, "qq:1")
        assert not [*(bot.run_folder(run.id) / SET).glob("*.png")]


async def test_what_is_no_better_waits_with_the_reason(tmp_path: Path, pictures: Folder):
    old = {"distance": 1.0, "diversity": 0.9}
    worse = {"old": old, "new": {"distance": 1.2, "diversity": 0.1, "copies": 0.5}}
    async with house(tmp_path, pictures, numbers=worse) as bot:
        await bot.trainings.start()
        run = await bot.until((await bot.trainings.ask(bot.her)).id, "done")
        assert run.version is not None
        version = await bot.store.versions.get(run.version)
        assert version is not None
        assert (version.state, version.reasons) == ("candidate", ("worse", "collapsed", "copies"))
        assert await bot.trainings.lineage.in_use(bot.her) is None
        assert "c12" not in bot.models.names()  # a candidate is not what her name means
        assert bot.models.resolve(version.id).folder.is_dir()
        assert await bot.trainings.lineage.promote(bot.her, version.id) is None
        assert bot.models.resolve("c12").id == version.id


async def test_it_stands_back_while_somebody_waits(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures, hold=True) as bot:
        await bot.trainings.start()
        run = await bot.trainings.ask(bot.her)
        await bot.until(run.id, "running")
        await bot.lives(run.id)
        (tell,) = bot.pool.listeners
        beats = bot.run_folder(run.id) / "beats"

        async def moves() -> bool:
            before = beats.read_text() if beats.exists() else ""
            await asyncio.sleep(0.3)
            return beats.exists() and beats.read_text() != before

        for somebody_waits in (True, False, True, False):
            tell(somebody_waits)
            async with asyncio.timeout(300):
                while await moves() == somebody_waits:
                    pass
        (bot.run_folder(run.id) / "let-go").touch()
        await bot.until(run.id, "done")


async def test_a_forgotten_character_leaves_nothing(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures) as bot:
        await bot.trainings.start()
        run = await bot.until((await bot.trainings.ask(bot.her)).id, "done")
        assert await bot.trainings.sweep() == 0
        bot.her = None
        assert await bot.trainings.sweep() == 1
        assert await bot.trainings.get(run.id) is None
        assert await bot.store.versions.list(12) == []
        assert not (bot.settings.storage_dir / "models" / "c12").exists()
        assert not bot.run_folder(run.id).exists()


async def test_a_killed_trainer_is_a_death_and_nothing_else(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures, hold=True) as bot:
        await bot.trainings.start()
        run = await bot.trainings.ask(bot.her)
        await bot.until(run.id, "running")
        for life in (1, 2):
            await bot.lives(run.id, life)
            (trainer,) = bot.trainings._carrying_out._trainers.values()
            assert trainer.pid is not None
            os.kill(trainer.pid, signal.SIGKILL)
        assert (await bot.until(run.id, "failed")).reason == "died"


async def test_of_two_processes_one_trains(tmp_path: Path, pictures: Folder):
    async with house(tmp_path, pictures, hold=True) as one, house(tmp_path, pictures, hold=True) as two:
        await one.trainings.start()
        run = await one.trainings.ask(one.her)
        await one.until(run.id, "running")
        await two.trainings.start()
        (one.run_folder(run.id) / "let-go").touch()
        done = await two.until(run.id, "done")  # as the other one says
        assert done.deaths == 0
        assert (one.run_folder(run.id) / "lives").read_text() == "x"


async def test_a_store_that_was_restored_goes_on_without_its_folder(tmp_path: Path, pictures: Folder):
    store = await Store.open(settings_of(tmp_path))
    run = await store.runs.ask(12, 2, member=None, group=None)
    await store.runs.claim("cpu")
    await store.close()
    async with house(tmp_path, pictures) as bot:
        await bot.trainings.start()
        done = await bot.until(run.id, "done")
        assert (done.deaths, done.pictures) == (1, 30)
