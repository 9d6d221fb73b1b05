"""When characters are trained, where somebody has said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, delete, select

from bot.store.database import Database
from bot.store.schema import ScheduleRow


@dataclass(frozen=True, slots=True)
class KeptSchedule:
    character: int
    cron: str  # five fields, as `bot.characters.scheduling` reads them
    timezone: str | None = None  # None: the bot's
    enabled: bool = True
    minutes: float | None = None  # that a run may learn for; None: the bot's
    least: int | None = None  # new pictures since the last run; None: the default


class Schedules:
    """Rows are of the characters that differ from the default."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, character: int) -> KeptSchedule | None:
        query = select(ScheduleRow.__table__).where(ScheduleRow.character == character)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _kept(row)

    async def list(self) -> Sequence[KeptSchedule]:
        async with self._database.read() as connection:
            rows = (await connection.execute(select(ScheduleRow.__table__).order_by(ScheduleRow.character))).all()
        return [_kept(row) for row in rows]

    async def put(self, schedule: KeptSchedule) -> None:
        columns = {
            "cron": schedule.cron, "timezone": schedule.timezone, "enabled": schedule.enabled,
            "minutes": schedule.minutes, "least": schedule.least,
        }  # fmt: skip
        insert = self._database.insert(ScheduleRow).values(character=schedule.character, **columns)
        async with self._database.write() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["character"], set_=columns))

    async def forget(self, character: int) -> bool:
        """Back to the default; says whether it was another."""
        async with self._database.write() as connection:
            gone = delete(ScheduleRow).where(ScheduleRow.character == character)
            return (await connection.execute(gone)).rowcount > 0


def _kept(row: Row) -> KeptSchedule:
    return KeptSchedule(row.character, row.cron, row.timezone, row.enabled, row.minutes, row.least)
