"""Which QQ accounts are connected now, and waiting for one to come back.

nonebot2 makes a new `Bot` for each connection, so whoever wants to send later keeps the account's number and asks
here for the `Bot` of the moment.
"""

import asyncio

from nonebot.adapters import Bot
from nonebot.drivers import Driver


class Accounts:
    """nonebot2's driver holds the truth; its hooks only wake those who wait (`notice`)."""

    def __init__(self) -> None:
        self._driver: Driver | None = None
        self._change = asyncio.Event()
        self._closed = False

    def watch(self, driver: Driver) -> None:
        self._driver = driver

    @property
    def connected(self) -> frozenset[str]:
        """The numbers (`self_id`) of the accounts that are connected."""
        return frozenset(self._driver.bots) if self._driver else frozenset()

    def holds(self, bot: Bot) -> bool:
        """Whether this very connection still stands."""
        return self._driver is not None and self._driver.bots.get(bot.self_id) is bot

    def notice(self) -> None:
        """Something connected or went."""
        change, self._change = self._change, asyncio.Event()
        change.set()

    def close(self) -> None:
        """Nobody will come back: those who wait are told at once."""
        self._closed = True
        self.notice()

    async def get(self, self_id: str, patience: float) -> Bot:
        """The account's connection, waiting up to `patience` seconds for it. Raises `TimeoutError`."""
        async with asyncio.timeout(patience):
            while True:
                if self._driver is not None and (bot := self._driver.bots.get(self_id)) is not None:
                    return bot
                if self._closed:
                    raise TimeoutError("the surface has stopped")
                await self._change.wait()

    async def gone(self, bot: Bot) -> None:
        """Return when this connection has ended."""
        while self.holds(bot):
            await self._change.wait()
