"""Which model a group draws with, and a member in private."""

import time
from collections.abc import Callable, Mapping

from sqlalchemy import delete, select

from bot.store.cache import Cache
from bot.store.database import Database
from bot.store.schema import ChosenModelRow


class ChosenModels:
    """Rows are of the choices that differ from the bot's own. Reads come from memory."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._cache: Cache[str, Mapping[str, str]] = Cache(self._load, seconds=database.memory_seconds, clock=clock)

    async def of(self, owner: str) -> Mapping[str, str]:
        """What for -> the model that `owner` (`qq:30003`, in private the member) has chosen for it."""
        return await self._cache.get(owner)

    async def choose(self, owner: str, use: str, model: str) -> None:
        insert = self._database.insert(ChosenModelRow).values(owner=owner, use=use, model=model)
        async with self._database.write() as connection:
            await connection.execute(
                insert.on_conflict_do_update(index_elements=["owner", "use"], set_={"model": model})
            )
        self._cache.drop(owner)

    async def forget(self, owner: str, use: str | None = None) -> None:
        """Back to the bot's own choice, for one use or for all."""
        which = ChosenModelRow.owner == owner
        gone = delete(ChosenModelRow).where(which if use is None else which & (ChosenModelRow.use == use))
        async with self._database.write() as connection:
            await connection.execute(gone)
        self._cache.drop(owner)

    async def _load(self, owner: str) -> Mapping[str, str]:
        query = select(ChosenModelRow.__table__).where(ChosenModelRow.owner == owner)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return {row.use: row.model for row in rows}
