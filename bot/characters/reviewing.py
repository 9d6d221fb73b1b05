"""What a group's admins decide about contributions. Every function takes the `Actor` and refuses with `UserError`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.characters.acting import Actor, must_manage, sees
from bot.command import Role, UserError
from bot.line.values import quoted
from bot.store import Store
from bot.store.bans import Ban
from bot.store.characters import Character
from bot.store.contribution import Contribution, Gone, State
from bot.store.schema import EVERYBODY

LONGEST_REASON = 200  # characters
NOTHING = Gone()


@dataclass(frozen=True, slots=True)
class Decided:
    """What has come of a decision."""

    changed: tuple[Contribution, ...] = ()  # as they are now; what was decided so already is not among them
    gone: Gone = NOTHING


async def waiting(
    store: Store, actor: Actor, character: Character, *, after: int = 0, limit: int | None = None
) -> list[Contribution]:
    """What waits for a decision, oldest first; `after` is the last id of the page before. Raises `UserError`."""
    must_manage(actor, character)
    return await store.contributions.list(character.id, "waiting", after=after, limit=limit)


async def numbers(store: Store, actor: Actor, character: Character) -> list[int]:
    """Those of the contributions that wait, oldest first. Raises `UserError`."""
    must_manage(actor, character)
    return await store.contributions.ids(character.id, "waiting")


async def check(store: Store, actor: Actor, ids: Sequence[int]) -> None:
    """Raises `UserError` where one of these is not there or not for the actor to decide about: before several decisions
    are made of which all are meant or none."""
    await _mine(store, actor, ids)


async def accept(store: Store, actor: Actor, ids: Sequence[int]) -> Decided:
    """Let the character be learnt from these. Raises `UserError`."""
    return await _decide(store, actor, ids, "accepted")


async def refuse(store: Store, actor: Actor, ids: Sequence[int]) -> Decided:
    """Let go of these pictures, accepted ones too; they are not taken again (`pardon`). Raises `UserError`."""
    return await _decide(store, actor, ids, "refused")


async def ban_picture(store: Store, actor: Actor, id: int, reason: str = "") -> Decided:
    """Refuse a picture and whatever looks the same, of any member, for any character of the owner's. Raises
    `UserError`."""
    ((contribution, character),) = await _mine(store, actor, [id])
    await store.refused_hashes.add(
        character.owner, (contribution.phash, contribution.whole), reason=reason[:LONGEST_REASON], member=actor.member
    )
    return await _decide(store, actor, [id], "refused")


async def ban_member(
    store: Store, actor: Actor, character: Character, member: str, *, until: datetime | None = None, reason: str = ""
) -> Decided:
    """Keep a member out of the group's commands (`until` is aware; None: for good), and refuse all that they gave to
    the character. Where she is no group's the ban holds everywhere, and is for superusers. Raises `UserError`."""
    must_manage(actor, character)
    if member == actor.member:
        raise UserError("review.yourself")
    if character.owner == EVERYBODY or character.private:
        if actor.role < Role.SUPERUSER:
            raise UserError("character.superuser")
        await store.members.ban(member, until, reason[:LONGEST_REASON])
    else:
        await store.group_bans.ban(character.owner, member, Ban(until, reason[:LONGEST_REASON]))
    return await undo(store, actor, character, member=member)


async def undo(
    store: Store, actor: Actor, character: Character, *, batch: str | None = None, member: str | None = None
) -> Decided:
    """Refuse all that was sent together, or all that a member gave to the character. Raises `UserError`, also where
    there is none of it."""
    must_manage(actor, character)
    if (batch is None) == (member is None):
        raise ValueError("either a batch or a member")
    found = await store.contributions.list(character.id, batch=batch, member=member)
    if not found and batch is not None:
        raise UserError("review.no_batch", batch=quoted(batch))
    changed, gone = await store.contributions.decide([one.id for one in found], "refused", by=actor.member)
    return Decided(tuple(changed), gone)


async def pardon(store: Store, actor: Actor, id: int) -> None:
    """Forget that a picture was refused or banned, so that it may be contributed again. Raises `UserError`."""
    ((contribution, character),) = await _mine(store, actor, [id])
    if not await store.contributions.pardon(id):
        raise UserError("review.not_refused", number=id)
    await store.refused_hashes.remove(character.owner, (contribution.phash, contribution.whole))


async def _decide(store: Store, actor: Actor, ids: Sequence[int], state: State) -> Decided:
    await _mine(store, actor, ids)
    changed, gone = await store.contributions.decide(list(dict.fromkeys(ids)), state, by=actor.member)
    return Decided(tuple(changed), gone)


async def _mine(store: Store, actor: Actor, ids: Sequence[int]) -> list[tuple[Contribution, Character]]:
    """Contributions that the actor decides about, each with its character. Raises `UserError`; of another group's it
    says what it says of those that are not there."""
    found = {one.id: one for one in await store.contributions.some(ids)}
    characters = {id: await store.characters.get(id) for id in {one.character for one in found.values()}}
    mine = []
    for id in ids:
        character = characters.get(found[id].character) if id in found else None
        if character is None or not sees(actor, character):
            raise UserError("review.unknown", number=id)
        must_manage(actor, character)
        mine.append((found[id], character))
    return mine
