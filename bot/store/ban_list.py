"""Who is banned everywhere, for whoever runs the bot."""

from sqlalchemy import select

from bot.store.bans import Ban
from bot.store.database import Database
from bot.store.schema import GroupRow, MemberRow


async def banned_members(database: Database) -> list[tuple[str, Ban]]:
    """Members with a ban that holds in all groups and in private. Some may be over: ask `ban.holds(now)`."""
    return await _banned(database, MemberRow)


async def banned_groups(database: Database) -> list[tuple[str, Ban]]:
    """As `banned_members`, of groups."""
    return await _banned(database, GroupRow)


async def _banned(database: Database, table: type[MemberRow] | type[GroupRow]) -> list[tuple[str, Ban]]:
    query = select(table.id, table.banned_until, table.ban_reason).where(table.banned).order_by(table.id)
    async with database.read() as connection:
        return [(id, Ban(until, reason)) for id, until, reason in (await connection.execute(query)).all()]
