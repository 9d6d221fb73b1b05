"""How often the bot may speak on QQ: one limit for all chats, since QQ's risk control punishes the account."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

LONGEST_WAIT = 60.0
"""Seconds after which an answer is not worth waiting for; who asked has given up by then."""


class Congested(Exception):
    """So much waits to be sent already that this would wait too long."""


class SendLimiter:
    """A token bucket, kept as the time when it will be full (the generic cell rate algorithm, ITU-T I.371).

    A third of a minute's messages may go at once, the rest in the order in which they were asked for, at gaps that
    vary a little: a message exactly every second is what a machine would do.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        longest_wait: float = LONGEST_WAIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._gap = 60.0 / per_minute  # seconds between messages in the long run
        self._burst = max(1, per_minute // 3) * self._gap
        self._longest_wait = longest_wait
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._full_at = float("-inf")

    @property
    def free(self) -> bool:
        """Whether a message could go at once: asked for what nobody misses."""
        return self._full_at - self._burst + self._gap <= self._clock()

    async def turn(self) -> None:
        """Wait for one's turn. Raises `Congested` where that would take too long; then it has cost nothing."""
        now = self._clock()
        full_at = max(self._full_at, now)
        wait = full_at - self._burst + self._gap - now
        if wait > self._longest_wait:
            raise Congested
        waits = wait > 0
        self._full_at = full_at + self._gap * (1.0 + 0.2 * self._jitter() if waits else 1.0)
        if waits:
            await self._sleep(wait)
