"""Which message is answered already, where several processes of the bot hear the same."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from bot.store.database import Database
from bot.store.schema import ClaimRow

HOLDS = timedelta(minutes=10)  # OneBot's ids are hashes, which come again; two processes hear a message within seconds


class Claims:
    """Kept on the database's clock: two machines whose clocks differ agree on what is old."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, surface: str, chat: str, message_id: str) -> bool:
        """Claim a message; True for the first who does within ten minutes, and for nobody else."""
        insert = self._database.insert(ClaimRow).values(
            surface=surface, chat=chat, message_id=message_id, created=self._database.moment()
        )
        first = insert.on_conflict_do_update(
            index_elements=["surface", "chat", "message_id"],
            set_={"created": insert.excluded.created},
            where=ClaimRow.created < self._database.moment(-HOLDS),
        ).returning(ClaimRow.message_id)
        async with self._database.write() as connection:
            return (await connection.execute(first)).scalar_one_or_none() is not None

    async def forget_before(self, moment: datetime) -> int:
        """Drop the claims from before `moment` (aware), which hold nobody back any more. Gives how many."""
        async with self._database.write() as connection:
            return (await connection.execute(delete(ClaimRow).where(ClaimRow.created < moment))).rowcount
