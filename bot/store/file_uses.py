"""Which rows need which files: a file goes when the last row that needs it has gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.files import Files
from bot.store.schema import FileUseRow

AT_ONCE = 500  # keys in one statement


def lock_of(key: str) -> str:
    """What `Database.lock` is to hold while somebody begins or ends to need a file."""
    return f"file:{key}"


async def use(connection: AsyncConnection, owner: str, keys: Iterable[str]) -> None:
    """An owner (`web:41`) needs files from now on. Their locks are held."""
    uses = [{"key": key, "owner": owner} for key in dict.fromkeys(keys)]
    if uses:
        await connection.execute(insert(FileUseRow), uses)


async def release(connection: AsyncConnection, owners: Sequence[str]) -> Sequence[str]:
    """Owners need their files no more; gives the keys, to be handed to `let_go` after the transaction."""
    if not owners:
        return []
    released = delete(FileUseRow).where(FileUseRow.owner.in_(owners)).returning(FileUseRow.key)
    return (await connection.execute(released)).scalars().all()


async def sweep(database: Database, files: Files, moment: datetime) -> int:
    """Remove what was put before a moment (aware) and is needed by no row: a kill comes between a file and its row.
    Gives how many there were."""
    swept = 0
    keys = await files.older(moment)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        async with database.read() as connection:
            used = select(FileUseRow.key).where(FileUseRow.key.in_(some))
            unneeded = sorted({*some} - {*(await connection.execute(used)).scalars()})
        await let_go(database, files, unneeded)
        swept += len(unneeded)
    return swept


async def let_go(database: Database, files: Files, keys: Sequence[str]) -> None:
    """Remove the files that no row needs. In a transaction after the one that deleted the rows, and with the files
    locked: whoever begins to need one waits, and then finds it gone and keeps it again."""
    if not keys:
        return
    async with database.write() as connection:
        await database.lock(connection, *(lock_of(key) for key in keys))
        used = select(FileUseRow.key).where(FileUseRow.key.in_(keys))
        needed = set((await connection.execute(used)).scalars())
        for key in sorted({*keys} - needed):
            await files.remove(key)
