"""How many commands that cost something a member has had on a day."""

from datetime import date

from sqlalchemy import delete, select

from bot.store.database import Database
from bot.store.schema import UsageRow


class Usage:
    """Days are those of the bot's time zone; who asks says which."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, member: str, day: date) -> int:
        query = select(UsageRow.count).where(UsageRow.member_id == member, UsageRow.day == day)
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalar_one_or_none() or 0

    async def spend(self, member: str, day: date, n: int = 1) -> int:
        """Count `n` more; gives the new count. Exact however many do it at once."""
        insert = (
            self._database.insert(UsageRow)
            .values(member_id=member, day=day, count=n)
            .on_conflict_do_update(index_elements=["member_id", "day"], set_={"count": UsageRow.count + n})
            .returning(UsageRow.count)
        )
        async with self._database.write() as connection:
            return (await connection.execute(insert)).scalar_one()

    async def forget_before(self, day: date) -> int:
        """Drop the counts of earlier days, which nobody asks for any more; gives how many."""
        async with self._database.write() as connection:
            return (await connection.execute(delete(UsageRow).where(UsageRow.day < day))).rowcount
