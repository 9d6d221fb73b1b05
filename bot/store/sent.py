"""Which message of the bot's shows which picture, and who had asked: for replies that name a picture, and `/delete`."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, delete, select

from bot.store.database import Database
from bot.store.schema import SentRow


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot's."""

    surface: str
    chat: str
    message_id: str  # the platform's
    picture: str | None  # None: an answer without a picture of the bot's
    member: str  # who asked for it
    created: datetime  # UTC


class SentMessages:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, surface: str, chat: str, message_id: str, *, picture: str | None, member: str) -> Sent:
        """Remember an answer. `picture` is the id of a kept recipe."""
        sent = Sent(surface, chat, message_id, picture, member, datetime.now(UTC))
        insert = self._database.insert(SentRow).values(
            surface=surface,
            chat=chat,
            message_id=message_id,
            picture=picture,
            member_id=member,
            created=sent.created,
        )
        # OneBot's ids are hashes, which come again: then the new message is meant, and by its number is the latest.
        changes = {name: insert.excluded[name] for name in ("id", "picture", "member_id", "created")}
        insert = insert.on_conflict_do_update(index_elements=["surface", "chat", "message_id"], set_=changes)
        async with self._database.write() as connection:
            await connection.execute(insert)
        return sent

    async def get(self, surface: str, chat: str, message_id: str) -> Sent | None:
        return await self._first(_is(surface, chat, message_id))

    async def latest(self, surface: str, chat: str, member: str) -> Sent | None:
        """The newest answer to a member in a chat that has not been forgotten."""
        return await self._first(and_(SentRow.surface == surface, SentRow.chat == chat, SentRow.member_id == member))

    async def of_picture(self, surface: str, chat: str, picture: str) -> Sent | None:
        """The newest message in a chat that shows a picture."""
        return await self._first(and_(SentRow.surface == surface, SentRow.chat == chat, SentRow.picture == picture))

    async def forget(self, surface: str, chat: str, message_id: str) -> bool:
        """The message is gone; says whether it was known."""
        async with self._database.write() as connection:
            return (await connection.execute(delete(SentRow).where(_is(surface, chat, message_id)))).rowcount > 0

    async def forget_before(self, moment: datetime) -> int:
        """Drop what was sent before `moment` (aware): replies to it name no picture any more. Gives how many."""
        async with self._database.write() as connection:
            return (await connection.execute(delete(SentRow).where(SentRow.created < moment))).rowcount

    async def _first(self, condition: ColumnElement[bool]) -> Sent | None:
        query = select(SentRow.__table__).where(condition).order_by(SentRow.id.desc()).limit(1)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Sent(row.surface, row.chat, row.message_id, row.picture, row.member_id, row.created)


def _is(surface: str, chat: str, message_id: str) -> ColumnElement[bool]:
    return and_(SentRow.surface == surface, SentRow.chat == chat, SentRow.message_id == message_id)
