"""Votes on what a version draws, and schedules."""

from bot.store import Store
from bot.store.schedules import KeptSchedule
from bot.store.votes import Tally
from tests.bot.store.test_versions import version


async def test_a_member_has_one_vote_on_a_picture_and_may_change_it(store: Store) -> None:
    one = (await store.versions.add(version(1), [1])).id
    assert await store.votes.cast(one, "k7f3", "qq:1", True) == Tally(1, 0, 1.0)
    assert await store.votes.cast(one, "k7f3", "qq:1", False) == Tally(0, 1, 0.0)
    assert await store.votes.cast(one, "k7f3", "qq:2", True) == Tally(1, 1, 0.5)
    assert await store.votes.take_back(one, "k7f3", "qq:1")
    assert not await store.votes.take_back(one, "k7f3", "qq:1")
    assert await store.votes.tallies([one, "moe@starter"]) == {one: Tally(1, 0, 1.0), "moe@starter": Tally()}
    assert await store.votes.cast("moe@starter", "k7f3", "qq:1", True) is None


async def test_nobody_decides_by_voting_more_often(store: Store) -> None:
    one = (await store.versions.add(version(1), [1])).id
    for number in range(18):
        await store.votes.cast(one, f"p{number}", "qq:1", False)
    await store.votes.cast(one, "p1", "qq:2", True)
    assert await store.votes.cast(one, "p2", "qq:3", True) == Tally(2, 18, 2 / 3)


async def test_a_members_votes_are_known_to_them_and_forgotten(store: Store) -> None:
    one = (await store.versions.add(version(1), [1])).id
    await store.votes.cast(one, "k7f3", "qq:1", True)
    await store.votes.cast(one, "k7f3", "qq:2", True)
    assert [(v.version, v.picture, v.good) for v in await store.votes.of_member("qq:1")] == [(one, "k7f3", True)]
    assert await store.votes.forget("qq:1") == 1
    assert (await store.votes.tallies([one]))[one].count == 1


async def test_a_schedule_is_kept_changed_and_forgotten(store: Store) -> None:
    assert await store.schedules.get(1) is None
    kept = KeptSchedule(1, "30 3 * * *", "Europe/Berlin", True, 20.0, 5)
    await store.schedules.put(KeptSchedule(1, "0 4 * * *"))
    await store.schedules.put(kept)
    await store.schedules.put(KeptSchedule(2, "0 4 * * 0", enabled=False))
    assert await store.schedules.get(1) == kept
    assert [s.character for s in await store.schedules.list()] == [1, 2]
    assert await store.schedules.forget(1)
    assert not await store.schedules.forget(1)
    assert await store.schedules.get(1) is None
