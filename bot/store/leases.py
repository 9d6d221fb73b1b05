"""Who of the bot's processes does a job that must not be done twice."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from loguru import logger
from sqlalchemy import delete, or_, select

from bot.store.database import Database
from bot.store.errors import StoreUnavailable
from bot.store.schema import LeaseRow


class Lease:
    """Says whether a job is this process's own. A long job asks again before each step that must not be done twice."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = -float("inf")  # by `clock`

    @property
    def held(self) -> bool:
        """Whether nobody else may do the job now."""
        return self._clock() < self._until

    def extend(self, until: float) -> None:
        """It is held until then, by the clock."""
        self._until = until

    def lose(self) -> None:
        """Somebody else has it."""
        self._until = -float("inf")


class Leases:
    """A lease runs out by the database's clock, so that who died with it keeps nobody waiting for longer.

    One that lies further ahead than it can have been given was given before the clock was set back, and is void.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self.holder = secrets.token_hex(8)  # this process

    async def take(self, name: str, seconds: float) -> bool:
        """Have a job to ourselves for so long, from now on if it was ours already. False where somebody else has it.

        A job is taken for the same `seconds` by everybody.
        """
        moment = self._database.moment
        insert = self._database.insert(LeaseRow).values(
            name=name, holder=self.holder, until=moment(timedelta(seconds=seconds))
        )
        taken = insert.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": insert.excluded.holder, "until": insert.excluded.until},
            where=or_(
                LeaseRow.holder == self.holder,
                LeaseRow.until <= moment(),
                # Twice: clocks are put right by a little all the time, and that makes no lease void.
                LeaseRow.until > moment(timedelta(seconds=2 * seconds)),
            ),
        ).returning(LeaseRow.name)
        async with self._database.write() as connection:
            return (await connection.execute(taken)).scalar_one_or_none() is not None

    async def taken(self, name: str) -> bool:
        """Whether somebody has a job now, this process or another."""
        query = select(LeaseRow.name).where(LeaseRow.name == name, LeaseRow.until > self._database.moment())
        async with self._database.read() as connection:
            return (await connection.execute(query)).one_or_none() is not None

    async def forget_over(self) -> int:
        """Drop the leases that have run out, which are nobody's. Gives how many."""
        over = delete(LeaseRow).where(LeaseRow.until <= self._database.moment())
        async with self._database.write() as connection:
            return (await connection.execute(over)).rowcount

    async def release(self, name: str) -> None:
        """Let somebody else have it now; nothing happens where it is not ours."""
        ours = (LeaseRow.name == name, LeaseRow.holder == self.holder)
        async with self._database.write() as connection:
            await connection.execute(delete(LeaseRow).where(*ours))

    async def inherit(self, name: str) -> None:
        """Take a job from a process that has died, without waiting until it runs out; nothing happens where others may
        serve from the same database, and be alive."""
        if self._database.alone:
            async with self._database.write() as connection:
                await connection.execute(delete(LeaseRow).where(LeaseRow.name == name))

    @asynccontextmanager
    async def hold(self, name: str, seconds: float) -> AsyncIterator[Lease]:
        """Have a job to ourselves until the block ends, if nobody else has it: ask `held`.

        It is renewed meanwhile, and runs out `seconds` after this process has died or lost the database.
        """
        lease = Lease(self._clock)
        await self._renew(lease, name, seconds)
        if not lease.held:
            yield lease
            return
        renewing = asyncio.create_task(self._keep(lease, name, seconds), name=f"lease {name}")
        try:
            yield lease
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            lease.lose()
            try:
                await self.release(name)
            except StoreUnavailable as error:
                logger.warning("{} was not given back, and runs out: {}", name, error)

    async def _keep(self, lease: Lease, name: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds / 3)
            try:
                await self._renew(lease, name, seconds)
            except StoreUnavailable as error:
                logger.warning("{} could not be renewed: {}", name, error)

    async def _renew(self, lease: Lease, name: str, seconds: float) -> None:
        asked = self._clock()  # the database's time begins later, so that ours is over first
        if await self.take(name, seconds):
            lease.extend(asked + seconds)
        else:
            lease.lose()
