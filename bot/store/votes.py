"""What members think of the pictures that a version of a character draws."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Integer, case, cast, delete, func, select

from bot.store.database import Database
from bot.store.schema import VersionRow, VoteRow


@dataclass(frozen=True, slots=True)
class Vote:
    version: str
    picture: str  # `k7f3`, or one face of it: `k7f3.2`
    member: str
    good: bool
    created: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on one version."""

    good: int = 0
    bad: int = 0
    approval: float = 0.5  # 0…1: the mean of each member's own share of good ones, so that nobody decides by diligence

    @property
    def count(self) -> int:
        return self.good + self.bad


NO_VOTES = Tally()


class Votes:
    """A member has one vote on a picture, and may change it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cast(self, version: str, picture: str, member: str, good: bool) -> Tally | None:
        """Vote, or vote otherwise; the tally after it. None where there is no such version."""
        row = {"good": good, "created": datetime.now(UTC)}
        new = self._database.insert(VoteRow).values(version=version, picture=picture, member_id=member, **row)
        async with self._database.write() as connection:
            there = select(VersionRow.id).where(VersionRow.id == version)
            if (await connection.execute(there)).first() is None:
                return None
            await connection.execute(
                new.on_conflict_do_update(index_elements=["version", "picture", "member_id"], set_=row)
            )
        return (await self.tallies([version]))[version]

    async def take_back(self, version: str, picture: str, member: str) -> bool:
        """Says whether there was a vote."""
        which = (VoteRow.version == version, VoteRow.picture == picture, VoteRow.member_id == member)
        async with self._database.write() as connection:
            return (await connection.execute(delete(VoteRow).where(*which))).rowcount > 0

    async def tallies(self, versions: Collection[str]) -> Mapping[str, Tally]:
        """One for each version that is asked for."""
        good = func.sum(case((VoteRow.good, 1), else_=0))
        query = (
            select(VoteRow.version, cast(good, Integer), func.count())
            .where(VoteRow.version.in_([*versions]))
            .group_by(VoteRow.version, VoteRow.member_id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        found = {}
        for version in versions:
            mine = [(good, count) for name, good, count in rows if name == version]
            if mine:
                up, total = sum(good for good, _ in mine), sum(count for _, count in mine)
                found[version] = Tally(up, total - up, sum(good / count for good, count in mine) / len(mine))
        return {version: found.get(version, NO_VOTES) for version in versions}

    async def of_member(self, member: str) -> Sequence[Vote]:
        """All that a member has cast, oldest first."""
        query = select(VoteRow.__table__).where(VoteRow.member_id == member).order_by(VoteRow.created)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Vote(row.version, row.picture, row.member_id, row.good, row.created) for row in rows]

    async def forget(self, member: str) -> int:
        """Let go of all that a member has cast; gives how many."""
        async with self._database.write() as connection:
            return (await connection.execute(delete(VoteRow).where(VoteRow.member_id == member))).rowcount
