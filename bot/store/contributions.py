"""The pictures that members gave, for characters to be learnt from."""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.consents import has_consented
from bot.store.consents import lock_of as lock_of_member
from bot.store.contribution import (
    DIMENSIONS,
    Contribution,
    Counts,
    Draft,
    Gone,
    Known,
    Limits,
    NotKept,
    State,
    contribution_of,
)
from bot.store.database import Database
from bot.store.errors import StoreUnavailable
from bot.store.file_uses import let_go, lock_of, release, use
from bot.store.files import Files, StorageFull
from bot.store.refused_hashes import is_refused
from bot.store.schema import EVERYBODY, CharacterRow, ContributionRow
from data.hashes import joined

SUFFIX = ".webp"
AT_ONCE = 500  # ids in one statement: SQLite takes 32,766, PostgreSQL's driver 32,767

Taint = Callable[[AsyncConnection, Collection[int]], Awaitable[Sequence[str]]]
"""Told, in the transaction, which contributions are no longer learnt from (there may be any number of them); gives the
versions that were trained on any of them."""

_T = TypeVar("_T")
_EMPTY: dict[str, Any] = {"file": None, "embedding": None}  # of one that was refused


async def untrained(connection: AsyncConnection, contributions: Collection[int]) -> Sequence[str]:
    """A `Taint` where no version was trained on anything."""
    return ()


class Contributions:
    """A picture's file comes before its row and goes after it. One that is refused loses its file and keeps its row,
    so that it is not asked about twice."""

    def __init__(self, database: Database, files: Files, taint: Taint = untrained) -> None:
        self._database = database
        self._files = files
        self._taint = taint

    # -----------------------------------------------------------------------------------------------------------------
    # One more

    async def add(self, draft: Draft, limits: Limits) -> Contribution:
        """Keep a picture, unless the very same file was given to the character before. What only looks the same is for
        whoever asks to find out, with `known`.

        Raises `NotKept`, `StorageFull`, `StoreUnavailable`; then nothing is kept.
        """
        key = await self._files.put(draft.content, SUFFIX)
        try:
            async with self._database.write() as connection:
                await self._database.lock(
                    connection, _lock(draft.character), lock_of_member(draft.member), lock_of(key)
                )
                await _check(connection, draft, limits, key)
                await self._files.put(draft.content, SUFFIX)  # is there, unless somebody let go of the same just now
                insert = self._database.insert(ContributionRow).values(**draft.row(key)).returning(ContributionRow.id)
                id = (await connection.execute(insert)).scalar_one()
                await use(connection, _owner(id), [key])
                (made,) = await _rows(connection, ContributionRow.id == id)
        except (NotKept, StorageFull, StoreUnavailable):
            with contextlib.suppress(StoreUnavailable):
                await let_go(self._database, self._files, [key])
            raise
        return made

    # -----------------------------------------------------------------------------------------------------------------
    # To look at

    async def get(self, id: int) -> Contribution | None:
        found = await self._read(ContributionRow.id == id)
        return found[0] if found else None

    async def some(self, ids: Sequence[int]) -> builtins.list[Contribution]:
        """Those of these ids that are there."""
        found: builtins.list[Contribution] = []
        for part in _parts(ids):
            found += await self._read(ContributionRow.id.in_(part))
        return found

    async def list(
        self,
        character: int,
        state: State | None = None,
        *,
        member: str | None = None,
        batch: str | None = None,
        after: int = 0,
        limit: int | None = None,
        newest: bool = False,
    ) -> list[Contribution]:
        """Those of a character, oldest or newest first: of a state, a member, a batch. `after` is the last id of the
        page before."""
        which: list[ColumnElement[bool]] = [ContributionRow.character_id == character]
        which += [ContributionRow.state == state] if state is not None else []
        which += [ContributionRow.member_id == member] if member is not None else []
        which += [ContributionRow.batch == batch] if batch is not None else []
        if after:
            which.append(ContributionRow.id < after if newest else ContributionRow.id > after)
        return await self._read(*which, limit=limit, newest=newest)

    async def accepted(self, character: int) -> builtins.list[Contribution]:
        """What a character may be learnt from, oldest first."""
        return await self.list(character, "accepted")

    async def best(self, character: int, most: int) -> builtins.list[Contribution]:
        """Of what a character may be learnt from as many as `most`, those with the highest score first."""
        order = ContributionRow.score.desc(), ContributionRow.id
        which = ContributionRow.character_id == character, ContributionRow.state == "accepted"
        query = select(ContributionRow.__table__).where(*which).order_by(*order).limit(most)
        async with self._database.read() as connection:
            return [contribution_of(row) for row in (await connection.execute(query)).all()]

    async def ids(self, character: int, state: State) -> builtins.list[int]:
        """The numbers alone of those of a state, oldest first: thousands of whole ones would keep the loop busy."""
        which = ContributionRow.character_id == character, ContributionRow.state == state
        query = select(ContributionRow.id).where(*which).order_by(ContributionRow.id)
        async with self._database.read() as connection:
            return [*(await connection.execute(query)).scalars()]

    async def of_member(self, member: str) -> builtins.list[Contribution]:
        """What a member gave, wherever, oldest first."""
        return await self._read(ContributionRow.member_id == member)

    async def counts(self, character: int) -> Counts:
        here = ContributionRow.character_id == character
        states = select(ContributionRow.state, func.count()).where(here).group_by(ContributionRow.state)
        members = select(func.count(ContributionRow.member_id.distinct())).where(here, _kept())
        async with self._database.read() as connection:
            found = {row[0]: row[1] for row in await connection.execute(states)}
            contributors = (await connection.execute(members)).scalar_one()
        return Counts(**found, contributors=contributors)

    async def same(self, character: int, sha256: str) -> Contribution | None:
        """The one that is the very same file; it may have been refused."""
        found = await self._read(ContributionRow.character_id == character, ContributionRow.sha256 == sha256)
        return found[0] if found else None

    async def known(self, character: int, after: int = 0) -> Known:
        """What those that were accepted or wait look like, from the one after the id `after` on."""
        columns = ContributionRow.id, ContributionRow.state, ContributionRow.phash, ContributionRow.embedding
        which = ContributionRow.character_id == character, ContributionRow.id > after, _kept()
        async with self._database.read() as connection:
            rows = (await connection.execute(select(*columns).where(*which).order_by(ContributionRow.id))).all()
        return Known(
            np.array([row.id for row in rows], np.int64),
            np.array([row.state == "accepted" for row in rows], bool),
            joined([row.phash for row in rows]),
            np.frombuffer(b"".join([row.embedding for row in rows]), np.dtype("<f2")).reshape(-1, DIMENSIONS),
        )

    async def since(self, member: str, moment: datetime) -> int:
        """How many a member has given since a moment (aware), whatever became of them."""
        async with self._database.read() as connection:
            return await _since(connection, member, moment)

    # -----------------------------------------------------------------------------------------------------------------
    # To decide about

    async def decide(self, ids: Sequence[int], state: State, *, by: str) -> tuple[builtins.list[Contribution], Gone]:
        """Accept, refuse, or have somebody look again. Gives those that have changed, and what was let go of.

        What was refused once has no picture any more, and stays refused.
        """
        now = datetime.now(UTC)
        values: dict[str, Any] = {"state": state, "decided": now, "decided_by": by}
        values |= _EMPTY if state == "refused" else {}
        before: list[Contribution] = []
        released: list[str] = []
        async with self._database.write() as connection:
            for some in _parts(ids):
                open_ = ContributionRow.id.in_(some) & ContributionRow.state.not_in([state, "refused"])
                found = await _rows(connection, open_, lock=True)
                these = [one.id for one in found]
                await connection.execute(update(ContributionRow).where(ContributionRow.id.in_(these)).values(**values))
                released += await release(connection, [_owner(id) for id in these] if state == "refused" else [])
                before += found
            taken = [one.id for one in before if one.state == "accepted"]
            versions = len(await self._taint(connection, taken)) if taken else 0
        await let_go(self._database, self._files, released)
        return [replace(one, **values) for one in before], Gone(len(before) if state == "refused" else 0, versions)

    async def pardon(self, id: int) -> bool:
        """Forget that one was refused, so that it may be contributed again; says whether it was."""
        return await self._drop(ContributionRow.id == id) > 0

    async def forget_refused_before(self, moment: datetime) -> int:
        """Drop what is left of those that were refused before a moment (aware); gives how many."""
        return await self._drop(ContributionRow.decided < moment)

    async def take_back(self, member: str) -> Gone:
        """Let go of all that a member gave."""
        async with self.removing(member=member) as (_, gone):
            return gone

    async def forget(self, member: str) -> Gone:
        """Let go of all that a member gave; what they decided about others' was decided by nobody."""
        async with self.removing(member=member) as (connection, gone):
            mine = ContributionRow.decided_by == member
            await connection.execute(update(ContributionRow).where(mine).values(decided_by=""))
        return gone

    @asynccontextmanager
    async def removing(
        self, *, character: int | None = None, member: str | None = None
    ) -> AsyncIterator[tuple[AsyncConnection, Gone]]:
        """A transaction in which all of a character or of a member is let go of, and whatever else belongs to that; the
        files go after it."""
        lock, which = (
            (_lock(character), ContributionRow.character_id == character)
            if character is not None
            else (lock_of_member(member or ""), ContributionRow.member_id == member)
        )
        released: list[str] = []
        async with self._database.write() as connection:
            await self._database.lock(connection, lock)
            gone = delete(ContributionRow).where(which).returning(ContributionRow.id, ContributionRow.state)
            rows = (await connection.execute(gone)).all()
            for some in _parts([row.id for row in rows if row.state != "refused"]):
                released += await release(connection, [_owner(id) for id in some])
            taken = [row.id for row in rows if row.state == "accepted"]
            versions = len(await self._taint(connection, taken)) if taken else 0
            yield connection, Gone(sum(row.state != "refused" for row in rows), versions)
        for some in _parts(released):
            await let_go(self._database, self._files, some)

    # -----------------------------------------------------------------------------------------------------------------

    async def _read(
        self, *which: ColumnElement[bool], limit: int | None = None, newest: bool = False
    ) -> builtins.list[Contribution]:
        async with self._database.read() as connection:
            return await _rows(connection, *which, limit=limit, newest=newest)

    async def _drop(self, which: ColumnElement[bool]) -> int:
        """Of those that were refused, which have no files."""
        gone = delete(ContributionRow).where(ContributionRow.state == "refused", which)
        async with self._database.write() as connection:
            return (await connection.execute(gone)).rowcount


async def _check(connection: AsyncConnection, draft: Draft, limits: Limits, key: str) -> None:
    """Raises `NotKept`."""
    owner = select(CharacterRow.owner).where(CharacterRow.id == draft.character)
    where = (await connection.execute(owner)).scalar_one_or_none()
    if where is None:
        raise NotKept("character_gone")
    if not await has_consented(connection, draft.member, limits.consent):
        raise NotKept("no_consent")
    if await is_refused(connection, (where, EVERYBODY), draft.phash, draft.whole, *draft.turned):
        raise NotKept("banned_picture")
    same = ContributionRow.character_id == draft.character, ContributionRow.sha256 == key.partition(".")[0]
    for first in await _rows(connection, *same):
        raise NotKept("refused_before" if first.state == "refused" else "duplicate", first)
    await _refuse_too_many(connection, draft, limits)


async def _refuse_too_many(connection: AsyncConnection, draft: Draft, limits: Limits) -> None:
    if await _since(connection, draft.member, limits.day_began) >= limits.per_day:
        raise NotKept("quota_day", most=limits.per_day)
    shares = select(ContributionRow.member_id, func.count()).where(
        ContributionRow.character_id == draft.character, _kept()
    )
    each = await connection.execute(shares.group_by(ContributionRow.member_id))
    found = {row[0]: row[1] for row in each}
    total, mine = sum(found.values()), found.get(draft.member, 0)
    if total >= limits.most:
        raise NotKept("full", most=limits.most)
    contributors = len(found | {draft.member: mine})
    if contributors >= limits.sharing and mine + 1 > max(limits.free, limits.share * (total + 1)):
        raise NotKept("quota_share", percent=round(100 * limits.share), mine=mine, total=total)


async def _since(connection: AsyncConnection, member: str, moment: datetime) -> int:
    mine = ContributionRow.member_id == member, ContributionRow.created >= moment
    query = select(func.count()).select_from(ContributionRow).where(*mine)
    return (await connection.execute(query)).scalar_one()


async def _rows(
    connection: AsyncConnection,
    *which: ColumnElement[bool],
    limit: int | None = None,
    newest: bool = False,
    lock: bool = False,
) -> list[Contribution]:
    order = ContributionRow.id.desc() if newest else ContributionRow.id
    query = select(ContributionRow.__table__).where(*which).order_by(order).limit(limit)
    rows = (await connection.execute(query.with_for_update() if lock else query)).all()
    return [contribution_of(row) for row in rows]


def _kept() -> ColumnElement[bool]:
    return ContributionRow.state != "refused"


def _lock(character: int) -> str:
    return f"character:{character}"


def _owner(id: int) -> str:
    return f"contribution:{id}"


def _parts(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
