"""All that is kept of one member: taken out for them, and forgotten. docs/privacy.md says it in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, cast, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.bans import Ban, ban_of
from bot.store.contribution import Contribution, Gone
from bot.store.schema import ContributionRow, FavouriteRow, MemberRow, RecipeRow, SentRow, UsageRow

if TYPE_CHECKING:
    from bot.store import Store
    from bot.store.web import Entry

AT_ONCE = 500  # ids in one statement: SQLite takes 32,766, PostgreSQL's driver 32,767
NOBODY = ""  # whose the pictures are that others still need


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What `forget` has done; `anonymous` pictures stay because others saved them or built upon them."""

    recipes: int
    anonymous: int
    favourites: int
    heads: int = 0
    contributions: int = 0
    versions: int = 0  # of models that were trained on any of those
    characters: int = 0  # of the member's own, in private
    encodings: int = 0  # of faces that were made of a picture of the member's own


async def export(store: Store, member: str) -> dict[str, Any]:
    """Everything that is kept of a member, as JSON; moments are UTC."""
    mine = {
        "recipes": select(RecipeRow.__table__).where(RecipeRow.member_id == member).order_by(RecipeRow.created),
        "favourites": select(FavouriteRow.picture, FavouriteRow.face, FavouriteRow.created)
        .where(FavouriteRow.member_id == member)
        .order_by(FavouriteRow.id),
        "commands_a_day": select(UsageRow.day, UsageRow.count)
        .where(UsageRow.member_id == member)
        .order_by(UsageRow.day),
        "answers": select(SentRow.surface, SentRow.chat, SentRow.message_id, SentRow.picture, SentRow.created)
        .where(SentRow.member_id == member)
        .order_by(SentRow.id),
    }
    async with store.database.read() as connection:
        rows = {name: (await connection.execute(query)).mappings().all() for name, query in mine.items()}
        settings = (await connection.execute(select(MemberRow.__table__).where(MemberRow.id == member))).one_or_none()
    banned = None if settings is None else ban_of(settings.banned, settings.banned_until, settings.ban_reason)
    default = await store.characters.default(member)
    bans = [{"where": "everywhere", **_ban(banned)}] if banned else []
    bans += [{"where": b.group, **_ban(b.ban)} for b in await store.group_bans.list(member=member)]
    return {
        "member": member,
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "language": None if settings is None else settings.locale,
        "bans": bans,
        **{name: [_plain(row) for row in found] for name, found in rows.items()},
        "heads": [
            {"where": h.owner, "name": h.name, "file": h.file, "created": h.created.isoformat()}
            for h in await store.heads.of_member(member)
        ],
        "encodings": [
            {"picture": e.picture, "face": e.face, "file": e.file, "created": e.created.isoformat()}
            for e in await store.encodings.of_member(member)
        ],
        "models": dict(await store.chosen_models.of(member)),
        "consents": [
            {
                "text": c.version,
                "given": c.given.isoformat(),
                "withdrawn": None if c.withdrawn is None else c.withdrawn.isoformat(),
            }
            for c in await store.consents.of(member)
        ],
        "contributions": [_contribution(c) for c in await store.contributions.of_member(member)],
        "characters": [
            {"id": c.id, "where": c.owner, "name": c.name, "created": c.created.isoformat()}
            for c in await store.characters.of_member(member)
        ],
        "default_character": None if default is None else default.id,
        "refused_pictures": [
            {"where": h.owner, "reason": h.reason, "created": h.created.isoformat()}
            for h in await store.refused_hashes.of_member(member)
        ],
        "trainings": [
            {
                "run": r.id,
                "character": r.character,
                "where": r.group,
                "state": r.state,
                "created": r.created.isoformat(),
            }
            for r in await store.runs.of_member(member)
        ],
        "votes": [
            {"version": v.version, "picture": v.picture, "good": v.good, "created": v.created.isoformat()}
            for v in await store.votes.of_member(member)
        ],
        "page": [
            {"seq": e.seq, "kind": e.kind, "body": e.body, "files": list(e.files), "created": e.created.isoformat()}
            for e in await page_log(store, member)
        ],
    }


def _contribution(one: Contribution) -> dict[str, Any]:
    return {
        "id": one.id,
        "character": one.character,
        "batch": one.batch,
        "through": one.origin,
        "state": one.state,
        "note": one.note,
        "file": one.file,
        "side": one.side,
        "sharpness": one.sharpness,
        "likeness": one.likeness,
        "nsfw": one.nsfw,
        "score": one.score,
        "created": one.created.isoformat(),
        "decided": None if one.decided is None else one.decided.isoformat(),
    }


async def page_log(store: Store, member: str) -> list[Entry]:
    """The conversation of a visitor of the page, oldest first; [] for members of other surfaces."""
    surface, _, visitor = member.partition(":")
    return await store.web.since(visitor) if surface == "web" else []


async def forget(store: Store, member: str, now: datetime) -> Forgotten:
    """Delete what is kept of a member, but for bans that hold at `now` (aware).

    Pictures that others saved, built upon or were answered with stay, and are nobody's then; so do the characters that
    they created in groups, and what they decided about others' contributions. All of the database or nothing; what has
    files goes before it: the page's log, an entry at a time, the heads that they added, what faces of
    their own were drawn from, and what they contributed.
    """
    for entry in await page_log(store, member):
        await store.web.remove(member.partition(":")[2], entry.seq)
    heads = await store.heads.forget(member)
    characters, given = await _forget_contributions(store, member)
    encodings = await store.encodings.forget(member)
    await store.votes.forget(member)
    await store.runs.forget_member(member)
    await store.chosen_models.forget(member)
    if (await store.members.get(member)).locale is not None:
        await store.members.set_locale(member, None)
    for ban in await store.group_bans.list(member=member):
        if not ban.ban.holds(now):
            await store.group_bans.unban(ban.group, member)
    async with store.database.write() as connection:
        # Locked, so that nobody saves one of them while it goes; SQLite has one writer anyway.
        own = select(RecipeRow.id, RecipeRow.parents).where(RecipeRow.member_id == member).with_for_update()
        mine = {row.id: row.parents for row in (await connection.execute(own)).all()}
        needed = _with_parents(await _needed(connection, member), mine)
        favourites = (await connection.execute(delete(FavouriteRow).where(FavouriteRow.member_id == member))).rowcount
        await connection.execute(delete(UsageRow).where(UsageRow.member_id == member))
        await connection.execute(delete(SentRow).where(SentRow.member_id == member))
        await connection.execute(update(RecipeRow).where(RecipeRow.member_id == member).values(member_id=NOBODY))
        gone = sorted(mine.keys() - needed)
        for i in range(0, len(gone), AT_ONCE):
            await connection.execute(delete(RecipeRow).where(RecipeRow.id.in_(gone[i : i + AT_ONCE])))
        over = ~MemberRow.banned | (MemberRow.banned_until <= now)
        await connection.execute(delete(MemberRow).where(MemberRow.id == member, over))
    return Forgotten(
        recipes=len(gone),
        anonymous=len(mine) - len(gone),
        favourites=favourites,
        heads=heads,
        contributions=given.pictures,
        versions=given.versions,
        characters=characters,
        encodings=encodings,
    )


async def _forget_contributions(store: Store, member: str) -> tuple[int, Gone]:
    """How many characters of the member's own went, and what of their contributions."""
    await store.consents.forget(member)  # first: nothing more is taken from them while the rest goes
    given = await store.contributions.forget(member)
    own = await store.characters.list(member)
    for character in own:
        await store.characters.delete(character.id)
    await store.characters.forget(member)
    await store.refused_hashes.forget(member)
    return len(own), given


async def kept(store: Store, member: str) -> tuple[int, int, int]:
    """How many pictures a member has asked for, how many faces they saved, and how many pictures they contributed."""
    contributed = ContributionRow.member_id == member, ContributionRow.state != "refused"
    counts = (
        select(func.count()).select_from(RecipeRow).where(RecipeRow.member_id == member),
        select(func.count()).select_from(FavouriteRow).where(FavouriteRow.member_id == member),
        select(func.count()).select_from(ContributionRow).where(*contributed),
    )
    async with store.database.read() as connection:
        recipes, favourites, contributions = [(await connection.execute(query)).scalar_one() for query in counts]
    return recipes, favourites, contributions


async def _needed(connection: AsyncConnection, member: str) -> set[str]:
    """Ids of pictures that others have saved, were answered with, or built upon; not only the member's."""
    saved = (
        select(FavouriteRow.picture)
        .join(RecipeRow, RecipeRow.id == FavouriteRow.picture)
        .where(RecipeRow.member_id == member, FavouriteRow.member_id != member)
    )
    sent = (
        select(SentRow.picture)
        .join(RecipeRow, RecipeRow.id == SentRow.picture)
        .where(RecipeRow.member_id == member, SentRow.member_id != member)
    )
    found: set[str | None] = set((await connection.execute(saved.distinct())).scalars())
    found |= set((await connection.execute(sent.distinct())).scalars())
    # Lists in JSON cannot be looked into alike on both databases: all that have a parent are looked through.
    others = select(RecipeRow.parents).where(RecipeRow.member_id != member, cast(RecipeRow.parents, String) != "[]")
    async for parents in await connection.stream_scalars(others):
        found.update(_picture(parent) for parent in parents)
    return {id for id in found if id is not None}


def _with_parents(needed: set[str], mine: dict[str, list[str]]) -> set[str]:
    """Those of `mine` that are needed, and what they were made from themselves."""
    keep: set[str] = set()
    waiting = [id for id in needed if id in mine]
    while waiting:
        id = waiting.pop()
        if id not in keep:
            keep.add(id)
            waiting += [parent for p in mine[id] if (parent := _picture(p)) in mine]
    return keep


def _picture(name: str) -> str:
    """`k7f3` of `#k7f3.2`."""
    return name.removeprefix("#").partition(".")[0]


def _ban(ban: Ban) -> dict[str, Any]:
    return {"until": ban.until.isoformat() if ban.until else None, "reason": ban.reason}


def _plain(row: Any) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
