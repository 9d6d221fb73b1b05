"""The lineage of characters' models: what began with what, what it learnt from, which one is in use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.runs import finish
from bot.store.schema import VersionContributionRow, VersionRow, VoteRow

AT_ONCE = 500  # ids in one statement

State = Literal["candidate", "promoted", "retired"]


@dataclass(frozen=True, slots=True)
class Version:
    """A model that a character's pictures have taught; its files are truth, this says whence it comes."""

    id: str  # `c12@20260131T101500-1a2b3c`
    character: int
    parent: str  # the version that it began with: `moe@starter`, or another of hers
    run: int | None
    kimg: float
    data: str  # hash of the frozen set's manifest
    pictures: int  # in that set
    state: State = "candidate"
    reasons: tuple[str, ...] = ()  # why the gate has kept it a candidate, as `bot.characters.promotion` names them
    numbers: Mapping[str, Any] = field(default_factory=dict)
    tainted: bool = False  # it, or what it began with, has learnt from what has been taken back since
    pruned: bool = False  # its files are gone
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    promoted: datetime | None = None  # when it last came into use

    @property
    def was_used(self) -> bool:
        """Whether it is in use or has been."""
        return self.state != "candidate"


class NoSuchVersion(LookupError):
    """There is no version of this id, or its files are gone."""


class Versions:
    """One version a character is promoted at most, whatever happens at the same time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, version: Version, learnt: Collection[int], held_out: Collection[int] = (), *, promote: bool = False
    ) -> Version:
        """Keep a new version with the contributions that it learnt from, those of its parent among them, and end its
        run as done: all at once or nothing, and once however often it is asked for. Gives the row as it is then.

        With `promote` it is the one in use from now on, unless it has learnt from what is tainted.
        """
        async with self._database.write() as connection:
            await self._database.lock(connection, _lock(version.character))
            if await _get(connection, version.id) is None:
                tainted = await self._insert(connection, version, learnt, held_out)
                if promote and not tainted:
                    await _promote(connection, version.character, version.id, version.created)
            if version.run is not None:
                await finish(connection, version.run, version.id)
            kept = await _get(connection, version.id)
        assert kept is not None
        return kept

    async def get(self, id: str) -> Version | None:
        found = await self._read(select(VersionRow.__table__).where(VersionRow.id == id))
        return found[0] if found else None

    async def list(self, character: int) -> Sequence[Version]:
        """Newest first; those too whose files are gone."""
        return await self._read(_of(character))

    async def in_use(self, character: int) -> Version | None:
        """The promoted one."""
        found = await self._read(_of(character).where(VersionRow.state == "promoted"))
        return found[0] if found else None

    async def all_in_use(self) -> Sequence[Version]:
        """The promoted ones of all characters."""
        promoted = select(VersionRow.__table__).where(VersionRow.state == "promoted").order_by(VersionRow.character)
        return await self._read(promoted)

    async def promote(self, id: str, now: datetime) -> Version | None:
        """Bring a version into use; gives the one that was in use before. Raises `NoSuchVersion`."""
        async with self._database.write() as connection:
            found = await _get(connection, id)
            if found is None or found.pruned:
                raise NoSuchVersion(id)
            await self._database.lock(connection, _lock(found.character))
            before = _one(await connection.execute(_of(found.character).where(VersionRow.state == "promoted")))
            await _promote(connection, found.character, id, now)
        return None if before is None or before.id == id else before

    async def retire(self, id: str) -> None:
        """Take a version out of use, and bring none in."""
        used = (VersionRow.id == id) & (VersionRow.state == "promoted")
        async with self._database.write() as connection:
            await connection.execute(update(VersionRow).where(used).values(state="retired"))

    async def keep_back(self, id: str, reasons: Sequence[str], numbers: Mapping[str, Any]) -> None:
        """Say why a candidate is one."""
        values = {"reasons": [*reasons], "numbers": dict(numbers)}
        async with self._database.write() as connection:
            await connection.execute(update(VersionRow).where(VersionRow.id == id).values(**values))

    async def contributions(self, id: str) -> Mapping[int, bool]:
        """What a version and its parents have seen: contribution -> whether it was held out of all learning."""
        async with self._database.read() as connection:
            return await _seen(connection, id)

    async def taint(self, contributions: Collection[int]) -> Sequence[str]:
        """As `taint`, in a transaction of its own."""
        async with self._database.write() as connection:
            return await taint(connection, contributions)

    async def mark_pruned(self, ids: Collection[str]) -> None:
        """Their files go next; that they were stays known."""
        async with self._database.write() as connection:
            for some in _some(sorted({*ids})):
                await connection.execute(update(VersionRow).where(VersionRow.id.in_(some)).values(pruned=True))

    async def characters(self) -> frozenset[int]:
        """Those that have a version, whether they are still there or not."""
        async with self._database.read() as connection:
            return frozenset((await connection.execute(select(VersionRow.character).distinct())).scalars())

    async def forget(self, character: int) -> Sequence[str]:
        """Let go of a character's versions and votes; gives the ids, whose files are to be removed."""
        mine = select(VersionRow.id).where(VersionRow.character == character)
        async with self._database.write() as connection:
            await self._database.lock(connection, _lock(character))
            ids = (await connection.execute(mine)).scalars().all()
            for table in (VersionContributionRow, VoteRow):
                await connection.execute(delete(table).where(table.version.in_(mine)))
            await connection.execute(delete(VersionRow).where(VersionRow.character == character))
        return ids

    async def _insert(
        self, connection: AsyncConnection, version: Version, learnt: Collection[int], held_out: Collection[int]
    ) -> bool:
        """Says whether it is tainted."""
        before = await _seen(connection, version.parent)
        seen = before | {id: True for id in held_out if id not in before} | dict.fromkeys(learnt, False)
        parent = await _get(connection, version.parent)
        tainted = version.tainted or (parent is not None and parent.tainted)
        reasons = version.reasons if not tainted else (*dict.fromkeys((*version.reasons, "tainted")),)
        row = {
            "id": version.id, "character": version.character, "parent": version.parent, "run": version.run,
            "kimg": version.kimg, "data": version.data, "pictures": version.pictures, "state": "candidate",
            "reasons": [*reasons], "numbers": dict(version.numbers), "tainted": tainted, "pruned": False,
            "created": version.created, "promoted": None,
        }  # fmt: skip
        await connection.execute(insert(VersionRow).values(**row))
        rows = [{"version": version.id, "contribution": id, "held_out": held} for id, held in seen.items()]
        if rows:
            await connection.execute(insert(VersionContributionRow), rows)
        return tainted

    async def _read(self, query: Select[Any]) -> list[Version]:
        async with self._database.read() as connection:
            return [_version(row) for row in (await connection.execute(query)).all()]


async def taint(connection: AsyncConnection, contributions: Collection[int]) -> Sequence[str]:
    """In the transaction that takes contributions back: mark the versions that have learnt from them, and forget that
    they did. Gives their ids, but for those whose files are gone.

    A version that only measured itself by them, which were held out, is none of these.
    """
    marked: set[str] = set()
    for some in _some(sorted({*contributions})):
        which = VersionContributionRow.contribution.in_(some)
        learnt = select(VersionContributionRow.version).where(which, ~VersionContributionRow.held_out)
        marked |= {*(await connection.execute(learnt.distinct())).scalars()}
        await connection.execute(delete(VersionContributionRow).where(which))
    there: set[str] = set()
    for some in _some(sorted(marked)):
        which = VersionRow.id.in_(some)
        await connection.execute(update(VersionRow).where(which).values(tainted=True))
        there |= {*(await connection.execute(select(VersionRow.id).where(which, ~VersionRow.pruned))).scalars()}
    return sorted(there)


def _lock(character: int) -> str:
    return f"character:{character}"


def _of(character: int) -> Select[Any]:
    newest = (VersionRow.created.desc(), VersionRow.id.desc())
    return select(VersionRow.__table__).where(VersionRow.character == character).order_by(*newest)


async def _get(connection: AsyncConnection, id: str) -> Version | None:
    return _one(await connection.execute(select(VersionRow.__table__).where(VersionRow.id == id)))


def _one(result: Any) -> Version | None:
    row = result.first()
    return None if row is None else _version(row)


async def _promote(connection: AsyncConnection, character: int, id: str, now: datetime) -> None:
    used: ColumnElement[bool] = (VersionRow.character == character) & (VersionRow.state == "promoted")
    await connection.execute(update(VersionRow).where(used, VersionRow.id != id).values(state="retired"))
    new = update(VersionRow).where(VersionRow.id == id).values(state="promoted", promoted=now, reasons=[])
    await connection.execute(new)


async def _seen(connection: AsyncConnection, id: str) -> dict[int, bool]:
    query = select(VersionContributionRow.contribution, VersionContributionRow.held_out)
    rows = await connection.execute(query.where(VersionContributionRow.version == id))
    return {row.contribution: row.held_out for row in rows.all()}


def _some(ids: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (ids[i : i + AT_ONCE] for i in range(0, len(ids), AT_ONCE))


def _version(row: Row[Any]) -> Version:
    return Version(**{**row._mapping, "reasons": tuple(row.reasons)})
