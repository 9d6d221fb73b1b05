"""The trainings of characters: asked for, waiting, running, over. One of a character at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.schema import RunRow

State = Literal["queued", "running", "done", "failed", "stopped"]
UNDER_WAY: tuple[State, ...] = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    character: int
    state: State
    member: str | None  # who asked for it; None: the schedule, or somebody who was forgotten
    group: str | None  # where
    minutes: float  # that it may learn for
    device: str | None = None
    base: str | None = None  # the version that it begins with
    data: str | None = None  # hash of the frozen set's manifest
    pictures: int = 0  # in that set
    deaths: int = 0  # how often its process has died
    progress: Mapping[str, Any] = field(default_factory=dict)  # as `bot.characters.runs.Progress` has it
    reason: str = ""  # a word for why it ended early
    detail: str = ""  # the same in a sentence, for who runs the bot
    version: str | None = None  # what came of it
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: datetime | None = None
    ended: datetime | None = None

    @property
    def under_way(self) -> bool:
        """Whether it waits or runs."""
        return self.state in UNDER_WAY


class UnderWay(Exception):
    """A run of this character waits or runs already; `run` is that one."""

    def __init__(self, run: Run) -> None:
        super().__init__(run.id)
        self.run = run


class Runs:
    """Whatever happens at the same time, no character has two runs under way and no run two processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, character: int, minutes: float, *, member: str | None, group: str | None) -> Run:
        """A new run at the end of the queue. Raises `UnderWay`."""
        columns = {
            "character": character, "state": "queued", "member_id": member, "group_id": group, "minutes": minutes,
            "pictures": 0, "deaths": 0, "progress": {}, "reason": "", "detail": "", "created": datetime.now(UTC),
        }  # fmt: skip
        async with self._database.write() as connection:
            await self._database.lock(connection, "runs")
            same = _all().where(RunRow.character == character, RunRow.state.in_(UNDER_WAY))
            if (row := (await connection.execute(same)).first()) is not None:
                raise UnderWay(_run(row))
            new = self._database.insert(RunRow).values(**columns).returning(RunRow.id)
            id = (await connection.execute(new)).scalar_one()
            return _run((await connection.execute(_all().where(RunRow.id == id))).one())

    async def claim(self, device: str) -> Run | None:
        """The run that waits longest, as running on a device from now on; None where none waits."""
        async with self._database.write() as connection:
            await self._database.lock(connection, "runs")
            first = (await connection.execute(_all().where(RunRow.state == "queued").limit(1))).first()
            if first is None:
                return None
            columns = {"state": "running", "device": device, "began": first.began or datetime.now(UTC)}
            await connection.execute(update(RunRow).where(RunRow.id == first.id).values(**columns))
            return _run((await connection.execute(_all().where(RunRow.id == first.id))).one())

    async def get(self, id: int) -> Run | None:
        found = await self._read(_all().where(RunRow.id == id))
        return found[0] if found else None

    async def running_on(self, device: str) -> Sequence[Run]:
        """Those that are said to run on a device; of one whose process has died nobody has said otherwise."""
        return await self._read(_all().where(RunRow.state == "running", RunRow.device == device))

    async def under_way(self) -> Sequence[Run]:
        """All that run or wait, in the order in which they came."""
        return await self._read(_all().where(RunRow.state.in_(UNDER_WAY)))

    async def list(self, character: int, most: int = 20) -> Sequence[Run]:
        """The last runs of a character, newest first."""
        query = select(RunRow.__table__).where(RunRow.character == character)
        return await self._read(query.order_by(RunRow.id.desc()).limit(most))

    async def of_member(self, member: str) -> Sequence[Run]:
        """Those that a member has asked for."""
        return await self._read(_all().where(RunRow.member_id == member))

    async def begin(self, id: int, *, base: str, data: str, pictures: int) -> None:
        """Note what a run begins with and learns from."""
        await self._change(RunRow.id == id, base=base, data=data, pictures=pictures)

    async def note(self, id: int, progress: Mapping[str, Any]) -> None:
        """Note how far a running one is."""
        await self._change((RunRow.id == id) & (RunRow.state == "running"), progress=dict(progress))

    async def died(self, id: int) -> int:
        """Count a death of its process; gives how many there were."""
        more = update(RunRow).where(RunRow.id == id).values(deaths=RunRow.deaths + 1).returning(RunRow.deaths)
        async with self._database.write() as connection:
            return (await connection.execute(more)).scalar_one()

    async def back_to_the_queue(self, id: int) -> None:
        """It stopped because the bot did, and goes on where it was."""
        await self._change((RunRow.id == id) & (RunRow.state == "running"), state="queued")

    async def end(self, id: int, state: Literal["failed", "stopped"], reason: str, detail: str = "") -> bool:
        """It comes to nothing; says whether it was under way until now."""
        which = (RunRow.id == id) & RunRow.state.in_(UNDER_WAY)
        return await self._change(which, state=state, reason=reason, detail=detail, ended=datetime.now(UTC)) > 0

    async def forget_member(self, member: str) -> int:
        """Take a member's name off the runs that they asked for; gives how many."""
        return await self._change(RunRow.member_id == member, member_id=None)

    async def characters(self) -> frozenset[int]:
        """Those that have a run, whether they are still there or not."""
        async with self._database.read() as connection:
            return frozenset((await connection.execute(select(RunRow.character).distinct())).scalars())

    async def forget(self, character: int) -> Sequence[int]:
        """Let go of a character's runs; gives their numbers, whose folders are to be removed."""
        gone = delete(RunRow).where(RunRow.character == character).returning(RunRow.id)
        async with self._database.write() as connection:
            return (await connection.execute(gone)).scalars().all()

    async def _change(self, which: ColumnElement[bool], **columns: Any) -> int:
        async with self._database.write() as connection:
            return (await connection.execute(update(RunRow).where(which).values(**columns))).rowcount

    async def _read(self, query: Select[Any]) -> list[Run]:
        async with self._database.read() as connection:
            return [_run(row) for row in (await connection.execute(query)).all()]


async def finish(connection: AsyncConnection, id: int, version: str) -> None:
    """In the transaction that keeps its version: a run is done."""
    columns = {"state": "done", "version": version, "reason": "", "detail": "", "ended": datetime.now(UTC)}
    which = (RunRow.id == id) & RunRow.state.in_(UNDER_WAY)
    await connection.execute(update(RunRow).where(which).values(**columns))


def _all() -> Select[Any]:
    return select(RunRow.__table__).order_by(RunRow.id)


def _run(row: Row[Any]) -> Run:
    columns = dict(row._mapping)
    return Run(member=columns.pop("member_id"), group=columns.pop("group_id"), **columns)
