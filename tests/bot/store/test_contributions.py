import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settings import Settings
from bot.store import StorageFull, Store
from bot.store.contribution import Counts, Draft, Gone, Limits, NotKept
from bot.store.contributions import Contributions
from bot.store.schema import EVERYBODY
from data.hashes import MOST_BITS
from tests.bot.store.conftest import on_sqlite
from tests.bot.store.contributed import (
    GROUP,
    LIMITS,
    ME,
    TEXT,
    YOU,
    character,
    draft,
    embedding,
    give,
    hash_of,
    near,
)


async def _refusal(store: Store, one: Draft, limits: Limits = LIMITS) -> NotKept:
    with pytest.raises(NotKept) as caught:
        await store.contributions.add(one, limits)
    return caught.value


async def _files(store: Store, settings: Settings) -> int:
    return sum(path.is_file() for path in (settings.storage_dir / "files").rglob("*"))


async def test_what_was_given_is_there_with_its_picture_after_a_restart(store: Store, settings: Settings) -> None:
    her = await character(store)
    kept = await give(store, draft(her, 1, likeness=0.25, nsfw=0.125, note="unlike", state="waiting"))
    assert await store.files.get(str(kept.file)) == b"picture 1"
    assert kept.sha256 == str(kept.file).removesuffix(".webp")
    assert (kept.phash, kept.embedding, kept.likeness, kept.nsfw) == (hash_of(1), embedding(), 0.25, 0.125)
    assert kept.created.tzinfo is UTC
    again = await Store.open(settings)
    assert await again.contributions.list(her.id) == [kept]
    assert await again.contributions.get(kept.id) == kept
    await again.close()


async def test_those_of_a_state_a_member_or_a_batch_come_page_by_page(store: Store) -> None:
    her, other = await character(store), await character(store, "Kuroko")
    for n in range(5):
        await give(store, draft(her, n, state="accepted" if n % 2 else "waiting", batch=f"b{n // 3}"))
    await give(store, draft(her, "theirs", YOU))
    await give(store, draft(other, 0))
    ids = [one.id for one in await store.contributions.list(her.id)]
    assert len(ids) == 6
    assert [one.id for one in await store.contributions.accepted(her.id)] == [ids[1], ids[3], ids[5]]
    assert [one.id for one in await store.contributions.list(her.id, member=YOU)] == ids[5:]
    assert [one.id for one in await store.contributions.list(her.id, batch="b1")] == ids[3:5]
    assert [one.id for one in await store.contributions.list(her.id, "waiting", after=ids[0], limit=1)] == [ids[2]]
    assert [one.id for one in await store.contributions.list(her.id, newest=True, after=ids[4], limit=2)] == [
        ids[3], ids[2],
    ]  # fmt: skip
    assert await store.contributions.ids(her.id, "waiting") == [ids[0], ids[2], ids[4]]
    assert await store.contributions.counts(her.id) == Counts(accepted=3, waiting=3, contributors=2)
    assert len(await store.contributions.of_member(ME)) == 6


async def test_the_best_of_what_was_accepted_are_those_with_the_highest_score(store: Store) -> None:
    her = await character(store)
    for n, (score, state) in enumerate([(0.3, "accepted"), (0.9, "waiting"), (0.7, "accepted"), (0.7, "accepted")]):
        await give(store, draft(her, n, score=score, state=state))
    first, _, third, fourth = await store.contributions.list(her.id)
    assert await store.contributions.best(her.id, 2) == [third, fourth]
    assert await store.contributions.best(her.id, 9) == [third, fourth, first]


async def test_nothing_is_kept_without_a_yes_to_the_text_as_it_is(store: Store, settings: Settings) -> None:
    her = await character(store)
    assert (await _refusal(store, draft(her, 1))).reason == "no_consent"
    await store.consents.give(ME, TEXT)
    newer = replace(LIMITS, consent=TEXT + 1)
    assert (await _refusal(store, draft(her, 1), newer)).reason == "no_consent"
    await store.contributions.add(draft(her, 1), LIMITS)
    await store.consents.withdraw(ME)
    assert (await _refusal(store, draft(her, 2))).reason == "no_consent"
    assert await _files(store, settings) == 1


async def test_the_very_same_file_is_kept_once_a_character(store: Store, settings: Settings) -> None:
    her, other = await character(store), await character(store, "Kuroko")
    first = await give(store, draft(her, 1))
    await store.consents.give(YOU, TEXT)
    refusal = await _refusal(store, draft(her, 1, YOU, phash=hash_of("whatever it looks like")))
    assert (refusal.reason, refusal.first) == ("duplicate", first)
    assert await store.contributions.same(her.id, first.sha256) == first
    assert await store.contributions.same(other.id, first.sha256) is None
    await store.contributions.add(draft(other, 1), LIMITS)
    await store.contributions.add(draft(her, 1, content=b"packed anew"), LIMITS)
    assert await _files(store, settings) == 2


async def test_of_the_same_picture_from_many_at_once_one_is_kept(store: Store, settings: Settings) -> None:
    her = await character(store)
    await store.consents.give(ME, TEXT)
    results = await asyncio.gather(
        *(store.contributions.add(draft(her, 1), LIMITS) for _ in range(6)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Contribution", *["NotKept"] * 5]
    (kept,) = await store.contributions.list(her.id)
    assert await store.files.has(str(kept.file))  # and those who came too late have not taken it away


async def test_a_refused_picture_goes_and_is_not_asked_about_twice(store: Store, settings: Settings) -> None:
    her = await character(store)
    kept = await give(store, draft(her, 1, state="waiting"))
    (refused,), gone = await store.contributions.decide([kept.id], "refused", by=YOU)
    assert (refused.state, refused.file, refused.embedding, refused.decided_by) == ("refused", None, None, YOU)
    assert gone == Gone(pictures=1)
    assert await store.contributions.get(kept.id) == refused
    assert await _files(store, settings) == 0
    refusal = await _refusal(store, draft(her, 1))
    assert (refusal.reason, refusal.first) == ("refused_before", refused)
    assert (await store.contributions.decide([kept.id], "accepted", by=YOU))[0] == []  # its picture is gone
    assert await store.contributions.pardon(kept.id)
    assert not await store.contributions.pardon(kept.id)
    assert (await store.contributions.add(draft(her, 1), LIMITS)).id > kept.id  # no number is given twice


async def test_only_what_was_refused_can_be_pardoned_or_dropped_when_it_is_old(store: Store) -> None:
    her = await character(store)
    kept, other = await give(store, draft(her, 1)), await give(store, draft(her, 2))
    assert not await store.contributions.pardon(kept.id)
    await store.contributions.decide([other.id], "refused", by=ME)
    now = datetime.now(UTC)
    assert await store.contributions.forget_refused_before(now - timedelta(days=1)) == 0
    assert await store.contributions.forget_refused_before(now + timedelta(days=1)) == 1
    assert await store.contributions.list(her.id) == [kept]


async def test_a_decision_is_made_once_and_says_what_it_changed(store: Store) -> None:
    her = await character(store)
    one = await give(store, draft(her, 1, state="waiting"))
    two = await give(store, draft(her, 2))
    changed, gone = await store.contributions.decide([one.id, two.id, 999], "accepted", by=YOU)
    assert [c.id for c in changed] == [one.id]
    assert gone == Gone()
    assert (changed[0].state, changed[0].decided_by, changed[0].file) == ("accepted", YOU, one.file)
    assert await store.contributions.get(one.id) == changed[0]
    assert (await store.contributions.decide([one.id], "accepted", by=ME))[0] == []
    assert {c.id for c in await store.contributions.accepted(her.id)} == {one.id, two.id}


async def test_of_many_at_once_all_are_decided(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.contributions.AT_ONCE", 3)
    her = await character(store)
    ids = [(await give(store, draft(her, n))).id for n in range(8)]
    assert [one.id for one in await store.contributions.some([*ids, 999])] == ids
    changed, gone = await store.contributions.decide(ids[:7], "refused", by=ME)
    assert ([c.id for c in changed], gone.pictures) == (ids[:7], 7)
    assert await store.contributions.take_back(ME) == Gone(pictures=1)


# ---------------------------------------------------------------------------------------------- what is too many


async def test_a_day_of_a_member_has_an_end(store: Store) -> None:
    her, other = await character(store), await character(store, "Kuroko")
    limits = replace(LIMITS, per_day=2)
    await give(store, draft(her, 1), limits)
    kept = await give(store, draft(other, 2), limits)
    await store.contributions.decide([kept.id], "refused", by=YOU)  # whatever became of it
    refusal = await _refusal(store, draft(her, 3), limits)
    assert (refusal.reason, refusal.values) == ("quota_day", {"most": 2})
    await give(store, draft(her, 4, YOU), limits)
    tomorrow = replace(limits, day_began=datetime.now(UTC) + timedelta(seconds=1))
    await store.contributions.add(draft(her, 3), tomorrow)
    assert await store.contributions.since(ME, LIMITS.day_began) == 3


async def test_once_four_have_contributed_nobody_has_more_than_a_third(store: Store) -> None:
    her = await character(store)
    for n in range(4):
        await give(store, draft(her, n))  # who begins is alone, and may
    for member in ("qq:2", "qq:3"):
        await give(store, draft(her, member, member))
    await give(store, draft(her, "before the fourth"))
    await give(store, draft(her, "qq:4", "qq:4"))
    refusal = await _refusal(store, draft(her, "after the fourth"))
    assert (refusal.reason, refusal.values) == ("quota_share", {"percent": 30, "mine": 5, "total": 8})
    for n in range(11):  # the others catch up
        await give(store, draft(her, f"other {n}", f"qq:{2 + n % 3}"))
    await give(store, draft(her, "after all"))  # 6 of 20
    assert (await _refusal(store, draft(her, "one more"))).reason == "quota_share"


async def test_of_few_pictures_everybody_may_have_some(store: Store) -> None:
    her = await character(store)
    for n in range(4):
        for member in ("qq:1", "qq:2", "qq:3", "qq:4"):
            await give(store, draft(her, f"{member} {n}", member))
    refusal = await _refusal(store, draft(her, "one more", "qq:1"), replace(LIMITS, share=0.25))
    assert refusal.reason == "quota_share"


async def test_refused_pictures_do_not_count_towards_a_share(store: Store) -> None:
    her = await character(store)
    mine = [(await give(store, draft(her, n))).id for n in range(6)]
    for member in ("qq:2", "qq:3", "qq:4"):
        await give(store, draft(her, member, member))
    assert (await _refusal(store, draft(her, "more"))).reason == "quota_share"
    await store.contributions.decide(mine, "refused", by=YOU)
    await give(store, draft(her, "more"))


async def test_a_character_holds_so_many(store: Store) -> None:
    her = await character(store)
    limits = replace(LIMITS, most=2)
    for n in range(2):
        await give(store, draft(her, n), limits)
    refusal = await _refusal(store, draft(her, 3), limits)
    assert (refusal.reason, refusal.values) == ("full", {"most": 2})


@on_sqlite
async def test_a_full_storage_keeps_nothing_of_it(settings: Settings) -> None:
    small = settings.model_copy(update={"storage_cap_gb": 0.001})
    store = await Store.open(small)
    her = await character(store)
    with pytest.raises(StorageFull):
        await give(store, draft(her, 1, content=bytes(2_000_000)))
    assert await store.contributions.list(her.id) == []
    assert await _files(store, settings) == 0
    await give(store, draft(her, 1))
    await store.close()


# ------------------------------------------------------------------------------------------------- banned pictures


async def test_a_banned_picture_is_refused_where_it_is_banned(store: Store) -> None:
    her, elsewhere = await character(store), await character(store, owner="qq:30004")
    looks = near(hash_of(1), MOST_BITS)
    assert await store.refused_hashes.add(GROUP, [looks, looks], reason="not ours", member=YOU)
    assert not await store.refused_hashes.add(GROUP, [looks], reason="again", member=YOU)
    await store.consents.give(ME, TEXT)
    assert (await _refusal(store, draft(her, 1))).reason == "banned_picture"
    ways: list[dict[str, Any]] = [{"whole": hash_of(1)}, {"turned": (hash_of(3), hash_of(1))}]
    for way in ways:
        assert (await _refusal(store, draft(her, 3, **way))).reason == "banned_picture"
    await store.contributions.add(draft(her, 3, phash=near(looks, MOST_BITS + 1 + MOST_BITS)), LIMITS)
    await store.contributions.add(draft(elsewhere, 1), LIMITS)
    await store.refused_hashes.add(EVERYBODY, [hash_of(2)], reason="", member=YOU)
    assert (await _refusal(store, draft(elsewhere, 2))).reason == "banned_picture"
    (banned,) = await store.refused_hashes.list(GROUP)
    assert (banned.reason, banned.member) == ("not ours", YOU)
    assert await store.refused_hashes.of_member(YOU) == [banned, *await store.refused_hashes.list(EVERYBODY)]
    assert not await store.refused_hashes.remove("qq:30004", [banned.phash])  # not another group's to lift
    assert await store.refused_hashes.remove(GROUP, [banned.phash])
    await store.contributions.add(draft(her, 1), LIMITS)


# ------------------------------------------------------------------------------------------- what was trained on it


def _told(store: Store, told: list[list[int]], versions: Sequence[str]) -> Contributions:
    async def taint(connection: AsyncConnection, contributions: Collection[int]) -> Sequence[str]:
        told.append(sorted(contributions))
        return versions

    return Contributions(store.database, store.files, taint)


async def test_who_keeps_versions_is_told_what_is_no_longer_learnt_from(store: Store) -> None:
    her = await character(store)
    ids = [(await give(store, draft(her, n))).id for n in range(4)]
    waits = await give(store, draft(her, "waits", state="waiting"))
    told: list[list[int]] = []
    contributions = _told(store, told, ("c1@1", "c1@2"))
    assert (await contributions.decide([waits.id], "accepted", by=ME))[1] == Gone()
    assert (await contributions.decide([ids[0]], "waiting", by=ME))[1] == Gone(0, 2)
    assert (await contributions.decide([ids[0], ids[1]], "refused", by=ME))[1] == Gone(2, 2)
    assert told == [[ids[0]], [ids[1]]]
    assert await contributions.take_back(ME) == Gone(3, 2)
    assert told[2] == [ids[2], ids[3], waits.id]
    assert await contributions.take_back(ME) == Gone()
    assert len(told) == 3


async def test_where_marking_fails_nothing_is_let_go_of(store: Store) -> None:
    her = await character(store)
    kept = await give(store, draft(her, 1))

    async def fails(connection: AsyncConnection, contributions: Collection[int]) -> Sequence[str]:
        raise RuntimeError

    contributions = Contributions(store.database, store.files, fails)
    for attempt in (contributions.decide([kept.id], "refused", by=ME), contributions.take_back(ME)):
        with pytest.raises(RuntimeError):
            await attempt
    assert await store.contributions.list(her.id) == [kept]
    assert await store.files.has(str(kept.file))


async def test_taking_back_keeps_what_others_gave_though_it_is_the_same_file(store: Store) -> None:
    her, other = await character(store), await character(store, "Kuroko")
    mine = await give(store, draft(her, 1))
    theirs = await give(store, draft(other, 1, YOU))
    assert mine.file == theirs.file
    assert await store.contributions.take_back(ME) == Gone(1)
    assert await store.files.has(str(theirs.file))
    assert await store.contributions.list(her.id) == []
    assert await store.contributions.take_back(YOU) == Gone(1)
    assert not await store.files.has(str(theirs.file))


async def test_what_pictures_look_like_comes_in_the_order_of_their_numbers(store: Store) -> None:
    her = await character(store)
    empty = await store.contributions.known(her.id)
    assert (len(empty.ids), empty.hashes.shape, empty.embeddings.shape, empty.last) == (0, (0, 4), (0, 128), 0)
    kept = [await give(store, draft(her, n, state="waiting" if n == 1 else "accepted")) for n in range(4)]
    await store.contributions.decide([kept[0].id], "refused", by=ME)
    known = await store.contributions.known(her.id)
    assert known.ids.tolist() == [one.id for one in kept[1:]]
    assert known.accepted.tolist() == [False, True, True]
    assert [row.tobytes() for row in known.hashes] == [hash_of(n) for n in range(1, 4)]
    np.testing.assert_allclose(np.linalg.norm(known.embeddings.astype(np.float32), axis=1), 1, atol=1e-2)
    assert known.last == kept[-1].id
    newer = await store.contributions.known(her.id, kept[1].id)
    assert newer.ids.tolist() == [one.id for one in kept[2:]]
    assert (empty + newer).hashes.tolist() == newer.hashes.tolist()
    assert (newer + newer).ids.tolist() == newer.ids.tolist() * 2
