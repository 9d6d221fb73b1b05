"""Training on what members contributed: the store of pictures, the trainings and what is known of members together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.characters.carrying_out import Command
from bot.characters.runs import Trainings
from bot.characters.sets import Pictures
from bot.settings import Settings
from bot.store import Store
from bot.store.characters import Character
from bot.store.privacy import export, forget
from bot.store.runs import Run
from models.registry import Registry
from tests.bot.characters import tiny
from tests.bot.characters.house import TOY, QuietPool, settings_of
from tests.bot.store.contributed import ME, YOU, character, draft, give


@asynccontextmanager
async def bot(root: Path) -> AsyncIterator[tuple[Store, Trainings, Settings]]:
    settings = settings_of(root)
    models = settings.storage_dir / "models"
    if not models.exists():
        tiny.store_base(models)
    store = await Store.open(settings)
    trainings = Trainings(
        settings, store, Registry(models, root / "no-starters"), QuietPool(), store.characters.get, Pictures(store),
        Command(TOY, {}, 0.2),
    )  # fmt: skip
    await trainings.start()
    try:
        yield store, trainings, settings
    finally:
        await trainings.stop()
        await store.close()


async def trained(trainings: Trainings, her: Character, **how) -> Run:
    asked = await trainings.ask(her, **how)
    return [run async for run in trainings.watch(asked.id)][-1]


async def test_a_version_is_marked_by_who_takes_a_picture_back_and_the_next_one_does_without(tmp_path: Path) -> None:
    async with bot(tmp_path) as (store, trainings, _):
        her = await character(store)
        for number in range(12):
            await give(store, draft(her, number, YOU if number < 3 else ME))
        first = await trained(trainings, her, member=YOU, group=her.owner)
        assert (first.state, first.pictures) == ("done", 12)
        version = await trainings.lineage.in_use(her)
        assert version is not None

        data = await export(store, YOU)
        assert [(t["run"], t["where"]) for t in data["trainings"]] == [(first.id, her.owner)]
        await store.votes.cast(version.id, "k7f3", YOU, True)
        assert [vote["version"] for vote in (await export(store, YOU))["votes"]] == [version.id]
        forgotten = await forget(store, YOU, datetime.now(UTC))
        assert (forgotten.contributions, forgotten.versions) == (3, 1)
        after = await export(store, YOU)
        assert (after["trainings"], after["votes"]) == ([], [])

        tainted = await store.versions.get(version.id)
        assert tainted is not None
        assert tainted.tainted
        for number in range(20, 30):
            await give(store, draft(her, number))
        second = await trained(trainings, her)
        assert second.base == tiny.BASE  # not what has learnt from pictures that were taken back
        new = await trainings.lineage.in_use(her)
        assert new is not None
        assert (new.id, new.tainted) == (second.version, False)
        assert len(await store.versions.contributions(new.id)) == 19


async def test_what_was_learnt_of_a_character_goes_with_her(tmp_path: Path) -> None:
    async with bot(tmp_path) as (store, trainings, settings):
        mine = await store.characters.add(ME, member=ME, most=3, name="mine")
        for number in range(10):
            await give(store, draft(mine, number))
        await trained(trainings, mine)
        assert (settings.storage_dir / "models" / mine.model / "current").exists()
        await forget(store, ME, datetime.now(UTC))
        assert await trainings.sweep() == 1
        assert not (settings.storage_dir / "models" / mine.model).exists()
        assert await store.versions.list(mine.id) == []
        assert await trainings.history(mine.id) == []
