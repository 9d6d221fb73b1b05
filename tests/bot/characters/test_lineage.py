"""Which version draws, the way back, and which files stay."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.characters.lineage import KEPT, Lineage
from bot.command import UserError
from bot.store import Store
from bot.store.versions import Version
from models.registry import Registry, UnknownModel
from tests.bot.characters import tiny
from tests.bot.characters.house import Her, settings_of

HER = Her()
GOOD = {"old": {"distance": 1.0, "diversity": 0.9}, "new": {"distance": 0.5, "diversity": 0.9}}
WORSE = {"old": {"distance": 1.0, "diversity": 0.9}, "new": {"distance": 1.15, "diversity": 0.9}}
BAD = {"old": {"distance": 1.0, "diversity": 0.9}, "new": {"distance": 9.0, "diversity": 0.9}}


class Family:
    """Versions of one character, a day apart."""

    def __init__(self, store: Store, models: Path, base: Path) -> None:
        self.store, self.base = store, base
        self.lineage = Lineage(store, models)
        self.registry = Registry(models)

    async def add(self, day: int, numbers: Any = GOOD, learnt: tuple[int, ...] = (1,), **more: Any) -> Version:
        created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        id = f"c12@{created:%Y%m%dT%H%M%S}-0000{day:02d}"
        version = Version(id, 12, tiny.BASE, None, 8.0, "f", 1, numbers=numbers, created=created, **more)
        return await self.lineage.adopt(HER, version, self.base, learnt, ())

    @property
    def meant(self) -> str | None:
        """What her name means."""
        try:
            return self.registry.resolve("c12").id
        except UnknownModel:
            return None


@pytest.fixture
async def family(tmp_path: Path) -> AsyncIterator[Family]:
    settings = settings_of(tmp_path)
    models = settings.storage_dir / "models"
    base = tiny.store_base(models)
    store = await Store.open(settings)
    yield Family(store, models, base)
    await store.close()


async def back(family: Family) -> str | None:
    found = await family.lineage.rollback(HER)
    return None if found is None else found.id


async def test_back_and_back_again_to_before_she_was_learnt(family: Family):
    one, two, three = [(await family.add(day)).id for day in (1, 2, 3)]
    assert family.meant == three
    assert await back(family) == two
    assert family.meant == two
    assert await back(family) == one
    assert await back(family) is None
    assert family.meant is None
    assert await family.lineage.in_use(HER) is None
    with pytest.raises(UserError) as refused:
        await family.lineage.rollback(HER)
    assert refused.value.key == "retrain.none_in_use"
    assert await family.lineage.promote(HER, three) is None
    assert family.meant == three


async def test_a_death_on_the_way_back_from_the_first_leaves_nobody_drawing(family: Family):
    one = await family.add(1)
    await family.store.versions.retire(one.id)
    assert family.meant == one.id  # so far the file says so
    await family.lineage.reconcile()
    assert family.meant is None


async def test_the_way_back_leads_past_what_must_not_draw_any_more(family: Family):
    one, two = (await family.add(1, learnt=(1,))).id, (await family.add(2, learnt=(2,))).id
    await family.add(3, learnt=(1,))
    await family.store.versions.taint([2])
    assert await back(family) == one
    with pytest.raises(UserError) as refused:
        await family.lineage.promote(HER, two)
    assert refused.value.key == "retrain.tainted"


async def test_what_cannot_be_used_is_refused(family: Family):
    with pytest.raises(UserError) as refused:
        await family.lineage.rollback(HER)
    assert refused.value.key == "retrain.none_in_use"
    one = await family.add(1)
    for id in ("c12@20200101T000000-abcdef", tiny.BASE, "c12", "", "../../x"):
        with pytest.raises(UserError) as refused:
            await family.lineage.promote(HER, id)
        assert refused.value.key == "retrain.no_such_version"
    with pytest.raises(UserError) as refused:
        await family.lineage.promote(Her(13), one.id)  # of another character
    assert refused.value.key == "retrain.no_such_version"
    candidate = await family.add(2, BAD)
    for file in family.lineage.folder(candidate.id).iterdir():
        file.unlink()
    family.lineage.folder(candidate.id).rmdir()
    with pytest.raises(UserError) as refused:
        await family.lineage.promote(HER, candidate.id)
    assert refused.value.key == "retrain.version_gone"
    assert family.meant == one.id


async def test_old_candidates_go_and_what_was_ever_in_use_stays(family: Family):
    used = (await family.add(1)).id
    candidates = [(await family.add(day, BAD)).id for day in range(2, 3 + KEPT)]
    assert not family.lineage.folder(candidates[0]).exists()
    assert all(family.lineage.folder(id).is_dir() for id in (used, *candidates[1:]))
    gone = await family.store.versions.get(candidates[0])
    assert gone is not None
    assert gone.pruned
    assert family.meant == used


async def test_votes_bring_a_candidate_into_use_from_thirty_on(family: Family):
    await family.add(1)
    used = await family.lineage.in_use(HER)
    assert used is not None
    new = await family.add(2, {**WORSE, "against": used.id})
    assert (new.state, new.reasons) == ("candidate", ("worse",))
    for member in range(29):
        await family.store.votes.cast(new.id, "k7f3", f"qq:{member}", True)
    assert not await family.lineage.reconsider(HER, new.id)
    await family.store.votes.cast(new.id, "k7f3", "qq:29", True)
    assert await family.lineage.reconsider(HER, new.id)
    assert family.meant == new.id
    assert not await family.lineage.reconsider(HER, new.id)  # once


async def test_a_candidate_that_was_measured_against_another_one_is_not_reconsidered(family: Family):
    first = await family.add(1)
    new = await family.add(3, {**WORSE, "against": first.id})
    await family.lineage.promote(HER, (await family.add(2, BAD)).id)
    for member in range(40):
        await family.store.votes.cast(new.id, "k7f3", f"qq:{member}", True)
    assert not await family.lineage.reconsider(HER, new.id)


async def test_a_version_that_learnt_from_what_is_gone_waits(family: Family):
    one = await family.add(1, tainted=True)
    assert (one.state, one.reasons) == ("candidate", ("tainted",))
    assert family.meant is None


async def test_a_file_that_a_death_left_behind_follows_the_database(family: Family):
    one = (await family.add(1)).id
    current = family.lineage.folder(one).parent / "current"
    for left in ("", "20200101T000000-abcdef\n"):
        current.write_text(left)
        await family.lineage.reconcile()
        assert family.meant == one
    current.unlink()
    await family.lineage.reconcile()
    assert current.read_text().strip() == one.partition("@")[2]
