"""Who has said yes to being learnt from: to which text, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.schema import ConsentRow


@dataclass(frozen=True, slots=True)
class Consent:
    version: int  # of the text that was said yes to
    given: datetime  # UTC
    withdrawn: datetime | None  # UTC; None: it holds


class Consents:
    """One row each time that somebody says yes. A yes to an older text holds for nothing that comes after a new one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def holds(self, member: str, version: int) -> bool:
        """Whether a member has said yes to this text, and not taken it back."""
        async with self._database.read() as connection:
            return await has_consented(connection, member, version)

    async def give(self, member: str, version: int) -> bool:
        """Keep a yes; False where it held already."""
        async with self._database.write() as connection:
            await self._database.lock(connection, lock_of(member))
            if await has_consented(connection, member, version):
                return False
            row = {"member_id": member, "version": version, "given": datetime.now(UTC), "withdrawn": None}
            await connection.execute(insert(ConsentRow).values(**row))
        return True

    async def withdraw(self, member: str) -> bool:
        """Take back all that holds; False where nothing did."""
        held = (ConsentRow.member_id == member, ConsentRow.withdrawn.is_(None))
        async with self._database.write() as connection:
            await self._database.lock(connection, lock_of(member))
            taken = update(ConsentRow).where(*held).values(withdrawn=datetime.now(UTC))
            return (await connection.execute(taken)).rowcount > 0

    async def of(self, member: str) -> list[Consent]:
        """In the order in which they were given."""
        query = select(ConsentRow.__table__).where(ConsentRow.member_id == member).order_by(ConsentRow.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Consent(row.version, row.given, row.withdrawn) for row in rows]

    async def forget(self, member: str) -> None:
        async with self._database.write() as connection:
            await self._database.lock(connection, lock_of(member))
            await connection.execute(delete(ConsentRow).where(ConsentRow.member_id == member))


def lock_of(member: str) -> str:
    """What `Database.lock` is to hold while something is kept that a member must have agreed to."""
    return f"contributor:{member}"


async def has_consented(connection: AsyncConnection, member: str, version: int) -> bool:
    query = select(ConsentRow.id).where(
        ConsentRow.member_id == member, ConsentRow.version == version, ConsentRow.withdrawn.is_(None)
    )
    return (await connection.execute(query.limit(1))).first() is not None
