"""Trainings in the queue and out of it."""

import asyncio

import pytest

from bot.settings import Settings
from bot.store import Store
from bot.store.runs import UnderWay


async def test_runs_wait_in_the_order_in_which_they_came(store: Store) -> None:
    one = await store.runs.ask(1, 30, member="qq:1", group="qq:7")
    two = await store.runs.ask(2, 10, member=None, group=None)
    assert (one.state, one.member, one.group, one.minutes, one.began) == ("queued", "qq:1", "qq:7", 30, None)
    first = await store.runs.claim("cpu")
    assert first is not None
    assert (first.id, first.state, first.device) == (one.id, "running", "cpu")
    assert first.began is not None
    assert [run.id for run in await store.runs.under_way()] == [one.id, two.id]
    second = await store.runs.claim("cuda:0")
    assert second is not None
    assert second.id == two.id
    assert await store.runs.claim("cpu") is None
    assert [run.id for run in await store.runs.running_on("cpu")] == [one.id]


async def test_a_character_has_one_run_under_way(settings: Settings) -> None:
    stores = [await Store.open(settings) for _ in range(5)]
    asked = await asyncio.gather(*(s.runs.ask(1, 30, member=None, group=None) for s in stores), return_exceptions=True)
    (run,) = [one for one in asked if not isinstance(one, BaseException)]
    assert sorted(one.run.id for one in asked if isinstance(one, UnderWay)) == [run.id] * 4
    claimed = await asyncio.gather(*(s.runs.claim("cpu") for s in stores))
    assert [c.id for c in claimed if c is not None] == [run.id]
    with pytest.raises(UnderWay):
        await stores[0].runs.ask(1, 30, member=None, group=None)
    assert await stores[0].runs.end(run.id, "stopped", "asked")
    assert not await stores[0].runs.end(run.id, "failed", "died")  # it is over already
    again = await stores[0].runs.ask(1, 30, member=None, group=None)
    assert [r.id for r in await stores[0].runs.list(1)] == [again.id, run.id]
    for one in stores:
        await one.close()


async def test_what_a_run_is_at_is_kept_while_it_runs(store: Store) -> None:
    run = await store.runs.ask(1, 30, member=None, group=None)
    await store.runs.note(run.id, {"kimg": 1})
    await store.runs.claim("cpu")
    await store.runs.begin(run.id, base="moe@starter", data="f" * 64, pictures=60)
    await store.runs.note(run.id, {"kimg": 2.5})
    assert [await store.runs.died(run.id) for _ in range(2)] == [1, 2]
    await store.runs.back_to_the_queue(run.id)
    again = await store.runs.claim("cpu")
    assert again is not None
    assert (again.progress, again.base, again.pictures, again.deaths) == ({"kimg": 2.5}, "moe@starter", 60, 2)
    await store.runs.end(run.id, "failed", "died", "a sentence")
    await store.runs.note(run.id, {"kimg": 9})
    over = await store.runs.get(run.id)
    assert over is not None
    assert (over.state, over.reason, over.detail, over.progress) == ("failed", "died", "a sentence", {"kimg": 2.5})
    assert over.ended is not None


async def test_members_and_characters_are_forgotten(store: Store) -> None:
    run = await store.runs.ask(1, 30, member="qq:1", group="qq:7")
    await store.runs.ask(2, 30, member="qq:2", group="qq:7")
    assert [r.id for r in await store.runs.of_member("qq:1")] == [run.id]
    assert await store.runs.forget_member("qq:1") == 1
    assert await store.runs.of_member("qq:1") == []
    assert await store.runs.forget(1) == [run.id]
    assert await store.runs.get(run.id) is None
    assert (await store.runs.ask(1, 30, member=None, group=None)).id > run.id + 1  # numbers name folders
