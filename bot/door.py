"""The bot's side of the one door for pictures from outside: few at a time, and every refusal a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from loguru import logger

from bot.command import UserError
from bot.settings import Settings
from data.addresses import Allowance
from data.intake import IntakeError, Limits, fetch
from data.pictures import Upload

MOST_AT_ONCE = 8
"""Pictures that are fetched or wait to be decoded; each may take INTAKE_MAX_BYTES of memory."""

MOST_OF_ONE = 2
"""Of one member, so that nobody keeps the door from the others."""

WAIT_SECONDS = 20.0


class Door:
    """Lets pictures in. One a bot."""

    def __init__(self, settings: Settings) -> None:
        self.max_bytes, self.max_pixels = settings.intake_max_bytes, settings.intake_max_pixels
        allowance = Allowance.parse(settings.intake_allow)
        self._limits = Limits(max_bytes=self.max_bytes, allowance=allowance)
        self._all = asyncio.Semaphore(MOST_AT_ONCE)
        self._members: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, member: str) -> AsyncIterator[None]:
        """Hold a place at the door. Raises `UserError` where none is free for long."""
        own = self._members.setdefault(member, asyncio.Semaphore(MOST_OF_ONE))
        async with AsyncExitStack() as places:
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    await places.enter_async_context(own)
                    await places.enter_async_context(self._all)
            except TimeoutError:
                raise UserError("intake.busy") from None
            yield

    async def fetch(self, address: str, origin: str) -> Upload:
        """What is at an address. Raises `UserError`."""
        try:
            return await fetch(address, self._limits, origin=origin)
        except IntakeError as error:
            logger.info("a picture from {} was not let in: {}", origin, error)
            raise self.refusal(error.reason) from None

    def refusal(self, reason: str) -> UserError:
        """The sentence for a reason of `data.intake` or of `data.pictures`."""
        return UserError(f"intake.{reason}", megabytes=f"{self.max_bytes / 1e6:g}", pixels=f"{self.max_pixels:,}")
