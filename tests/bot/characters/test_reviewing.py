from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.characters import reviewing
from bot.characters.acting import Actor
from bot.characters.characters import create
from bot.command import Role
from bot.store import Store
from bot.store.characters import Character
from bot.store.contribution import Contribution
from tests.bot.characters.given import ADMIN, ALONE, GROUP, MEMBER, STRANGER, SUPERUSER
from tests.bot.characters.test_characters import refusal
from tests.bot.store.contributed import draft, give, hash_of


@pytest.fixture
async def her(store: Store) -> Character:
    return await create(store, ADMIN, "Mikoto")


async def _given(store: Store, her: Character, count: int, member: str = "qq:1", **more) -> list[Contribution]:
    more = {"state": "waiting", "batch": "b", **more}
    return [await give(store, draft(her, f"{member} {more['batch']} {n}", member, **more)) for n in range(count)]


async def test_what_waits_is_looked_at_in_turn_and_decided(store: Store, her: Character) -> None:
    given = await _given(store, her, 4)
    assert await reviewing.waiting(store, ADMIN, her, limit=2) == given[:2]
    assert await reviewing.waiting(store, ADMIN, her, after=given[1].id) == given[2:]
    accepted = await reviewing.accept(store, ADMIN, [one.id for one in given[:3]])
    assert [(one.id, one.state, one.decided_by) for one in accepted.changed] == [
        (one.id, "accepted", ADMIN.member) for one in given[:3]
    ]
    refused = await reviewing.refuse(store, ADMIN, [given[0].id, given[3].id, given[3].id])
    assert len(refused.changed) == refused.gone.pictures == 2
    assert [one.id for one in await store.contributions.accepted(her.id)] == [given[1].id, given[2].id]
    assert (await reviewing.accept(store, ADMIN, [given[3].id])).changed == ()  # its picture is gone
    assert await reviewing.waiting(store, ADMIN, her) == []


async def test_a_refused_one_may_come_again_when_it_was_pardoned(store: Store, her: Character) -> None:
    (one,) = await _given(store, her, 1)
    assert await refusal(reviewing.pardon(store, ADMIN, one.id)) == "review.not_refused"
    await reviewing.refuse(store, ADMIN, [one.id])
    await reviewing.pardon(store, ADMIN, one.id)
    assert await refusal(reviewing.pardon(store, ADMIN, one.id)) == "review.unknown"
    assert len(await _given(store, her, 1)) == 1


async def test_a_banned_picture_is_gone_and_named_in_the_groups_list(store: Store, her: Character) -> None:
    (one,) = await _given(store, her, 1, state="accepted")
    decided = await reviewing.ban_picture(store, ADMIN, one.id, "x" * 500)
    assert [c.state for c in decided.changed] == ["refused"]
    banned = await store.refused_hashes.list(GROUP)
    assert {b.phash for b in banned} == {one.phash, one.whole} != {hash_of(0)}
    assert {(len(b.reason), b.member) for b in banned} == {(reviewing.LONGEST_REASON, ADMIN.member)}
    await reviewing.ban_picture(store, ADMIN, one.id)  # twice is once
    assert await store.refused_hashes.list(GROUP) == banned
    assert await refusal(reviewing.pardon(store, STRANGER, one.id)) == "review.unknown"
    assert await store.refused_hashes.list(GROUP) == banned
    await reviewing.pardon(store, ADMIN, one.id)
    assert await store.refused_hashes.list(GROUP) == []
    assert len(await _given(store, her, 1)) == 1


async def test_a_poisoned_batch_is_undone_at_once(store: Store, her: Character) -> None:
    fine, poison = await _given(store, her, 2), await _given(store, her, 3, "qq:3", batch="poison", state="accepted")
    undone = await reviewing.undo(store, ADMIN, her, batch="poison")
    assert {one.id for one in undone.changed} == {one.id for one in poison}
    assert undone.gone.pictures == 3
    assert (await reviewing.undo(store, ADMIN, her, batch="poison")).changed == ()
    assert await reviewing.waiting(store, ADMIN, her) == fine
    assert await refusal(reviewing.undo(store, ADMIN, her, batch="nothing")) == "review.no_batch"
    other = await create(store, ADMIN, "Kuroko")
    assert await refusal(reviewing.undo(store, ADMIN, other, batch="b")) == "review.no_batch"


async def test_a_banned_member_is_kept_out_and_what_they_gave_goes(store: Store, her: Character) -> None:
    mine = await _given(store, her, 2)
    theirs = await _given(store, her, 2, "qq:3", batch="c", state="accepted")
    until = datetime.now(UTC) + timedelta(days=7)
    decided = await reviewing.ban_member(store, ADMIN, her, "qq:3", until=until, reason="poison")
    assert {one.id for one in decided.changed} == {one.id for one in theirs}
    ban = await store.group_bans.get(GROUP, "qq:3")
    assert ban is not None
    assert (ban.until, ban.reason) == (until, "poison")
    assert await reviewing.waiting(store, ADMIN, her) == mine
    assert await refusal(reviewing.ban_member(store, ADMIN, her, ADMIN.member)) == "review.yourself"
    assert await store.group_bans.get(GROUP, ADMIN.member) is None


async def test_from_everybodys_characters_superusers_ban_everywhere(store: Store) -> None:
    biri = await create(store, SUPERUSER, "Biri", everywhere=True)
    (one,) = await _given(store, biri, 1, "qq:3")
    assert await refusal(reviewing.ban_member(store, ADMIN, biri, "qq:3")) == "character.not_yours"
    await reviewing.ban_member(store, SUPERUSER, biri, "qq:3", reason="poison")
    assert (await store.members.get("qq:3")).ban is not None
    assert (await store.contributions.some([one.id]))[0].state == "refused"


async def test_from_a_members_own_character_superusers_ban_everywhere(store: Store) -> None:
    own = await create(store, ALONE, "Mine")
    (one,) = await _given(store, own, 1, ALONE.member, state="accepted")
    await reviewing.ban_member(store, SUPERUSER, own, ALONE.member)
    assert (await store.members.get(ALONE.member)).ban is not None
    assert await store.group_bans.list() == []  # there is no group
    assert (await store.contributions.some([one.id]))[0].state == "refused"


OUTSIDERS: list[Actor] = [
    MEMBER,
    STRANGER,
    replace(STRANGER, group=None),
    replace(ADMIN, group=None),
    replace(ADMIN, role=Role.MEMBER),
]


@pytest.mark.parametrize("actor", OUTSIDERS)
async def test_nobody_else_looks_decides_bans_or_undoes(store: Store, her: Character, actor: Actor) -> None:
    (one,) = await _given(store, her, 1)
    for attempt in (
        reviewing.waiting(store, actor, her),
        reviewing.accept(store, actor, [one.id]),
        reviewing.refuse(store, actor, [one.id]),
        reviewing.ban_picture(store, actor, one.id),
        reviewing.ban_member(store, actor, her, "qq:1"),
        reviewing.undo(store, actor, her, batch="b"),
        reviewing.undo(store, actor, her, member="qq:1"),
        reviewing.pardon(store, actor, one.id),
    ):
        assert await refusal(attempt) in ("character.not_yours", "character.not_here", "review.unknown")
    assert await store.contributions.list(her.id) == [one]
    assert await store.refused_hashes.list(GROUP) == []
    assert await store.group_bans.list() == []


async def test_with_one_that_is_not_theirs_none_of_them_is_decided(store: Store, her: Character) -> None:
    (one,) = await _given(store, her, 1)
    (other,) = await _given(store, await create(store, STRANGER, "Elsewhere"), 1)
    for ids in ([one.id, other.id], [one.id, 999]):
        assert await refusal(reviewing.accept(store, ADMIN, ids)) == "review.unknown"
    assert [c.state for c in await store.contributions.some([one.id, other.id])] == ["waiting", "waiting"]
    with pytest.raises(ValueError, match="either"):
        await reviewing.undo(store, ADMIN, her)
