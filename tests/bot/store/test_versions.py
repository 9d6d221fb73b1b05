"""Which model of a character is in use, and what each has learnt from."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.settings import Settings
from bot.store import Store
from bot.store.versions import NoSuchVersion, Version

BASE, HER, NOW = "moe@starter", 12, datetime(2026, 1, 31, tzinfo=UTC)


def version(number: int, parent: str = BASE, character: int = HER, **more: Any) -> Version:
    created = NOW + timedelta(days=number)
    id = f"c{character}@{created:%Y%m%dT%H%M%S}-00000{number}"
    return Version(id, character, parent, None, 8.0, "f" * 64, 60, created=created, **more)


async def test_one_of_a_character_is_in_use_and_the_one_before_is_retired(store: Store) -> None:
    one, two = version(1), version(2)
    assert (await store.versions.add(one, [1, 2], promote=True)).state == "promoted"
    assert (await store.versions.add(two, [1, 2, 3])).state == "candidate"
    before = await store.versions.promote(two.id, NOW)
    assert before is not None
    assert before.id == one.id
    assert [v.state for v in await store.versions.list(HER)] == ["promoted", "retired"]
    used = await store.versions.in_use(HER)
    assert used is not None
    assert (used.id, used.promoted) == (two.id, NOW)
    assert await store.versions.promote(two.id, NOW) is None
    assert await store.versions.in_use(HER + 1) is None


async def test_promoted_at_the_same_moment_one_is_in_use(settings: Settings) -> None:
    stores = [await Store.open(settings) for _ in range(4)]
    versions = [await stores[0].versions.add(version(n), [n]) for n in range(4)]
    await asyncio.gather(*(s.versions.promote(v.id, NOW) for s, v in zip(stores, versions, strict=True)))
    states = [v.state for v in await stores[0].versions.list(HER)]
    assert sorted(states) == ["promoted", "retired", "retired", "retired"]
    for one in stores:
        await one.close()


async def test_a_version_is_added_once_and_ends_its_run_once(store: Store) -> None:
    run = await store.runs.ask(HER, 30, member=None, group=None)
    await store.runs.claim("cpu")
    one = replace(version(1), run=run.id)
    for _ in range(2):
        await store.versions.add(one, [1], promote=True)
        await store.versions.promote((await store.versions.add(version(2), [1])).id, NOW)
    done = await store.runs.get(run.id)
    assert done is not None
    assert (done.state, done.version) == ("done", one.id)
    used = await store.versions.in_use(HER)  # added again it does not come back into use
    assert used is not None
    assert used.id == version(2).id


async def test_what_is_taken_back_taints_what_learnt_from_it_and_whatever_began_with_that(store: Store) -> None:
    first, other = version(1), version(2)
    child = version(3, parent=first.id)
    await store.versions.add(first, [1, 2], [9])
    await store.versions.add(other, [2], [1])
    await store.versions.add(child, [2, 3], [9])
    assert await store.versions.contributions(child.id) == {1: False, 2: False, 3: False, 9: True}

    assert await store.versions.taint([9]) == []  # held out: nothing has learnt from it
    assert await store.versions.taint([1, 77]) == [first.id, child.id]
    assert [v.tainted for v in await store.versions.list(HER)] == [True, False, True]
    assert await store.versions.contributions(first.id) == {2: False}
    late = await store.versions.add(version(4, parent=child.id), [5])
    assert late.tainted


async def test_once_learnt_is_never_held_out_again(store: Store) -> None:
    await store.versions.add(version(1), [1], [2, 3])
    await store.versions.add(version(2, parent=version(1).id), [2], [1, 3])
    assert await store.versions.contributions(version(2).id) == {1: False, 2: False, 3: True}


async def test_many_contributions_are_taken_back_at_once(store: Store) -> None:
    await store.versions.add(version(1), range(2000))
    assert await store.versions.taint(range(1200, 3000)) == [version(1).id]
    assert len(await store.versions.contributions(version(1).id)) == 1200


async def test_one_whose_files_are_gone_cannot_come_into_use(store: Store) -> None:
    await store.versions.add(version(1), [1])
    await store.versions.mark_pruned([version(1).id])
    for id in (version(1).id, "c12@starter"):
        with pytest.raises(NoSuchVersion):
            await store.versions.promote(id, NOW)
    assert await store.versions.taint([1]) == []  # nobody draws with it


async def test_a_character_is_forgotten_with_its_votes(store: Store) -> None:
    await store.versions.add(version(1), [1], promote=True)
    await store.versions.add(version(1, character=13), [4], promote=True)
    await store.votes.cast(version(1).id, "k7f3", "qq:1", True)
    assert await store.versions.forget(HER) == [version(1).id]
    assert await store.versions.list(HER) == []
    assert len(await store.versions.list(13)) == 1
    assert await store.votes.of_member("qq:1") == []
