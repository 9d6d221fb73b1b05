"""Alerts: superusers are told what is wrong, each thing once, again after hours, and when it is well again.

A storm of troubles is one message: what is found in one round is said together, and so many messages an hour at most.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC

from loguru import logger

from bot.monitoring.checks import Check, checks_of
from bot.monitoring.superusers import Superusers
from bot.monitoring.troubles import SHARED, Open, Trouble
from bot.monitoring.wording import news, sentence
from bot.services import Services

REPEAT = 6 * 3600.0  # seconds until what still lasts is said again
CALM = 120.0  # seconds that a trouble must be gone before it is over: some come and go
MOST_AN_HOUR = 6  # messages to each superuser
AGAIN = 300.0  # seconds until the next try where nobody could be told
ASKING = 5.0  # seconds that `may_speak` may take
REMEMBERED = 32  # troubles that are over and nobody could be told of yet

MaySpeak = Callable[[str], Awaitable[bool]]
"""Whether this bot, of several on one database, is to tell of a trouble: asked with its id in every round, so that
another one takes over from a bot that ends."""


class Alerts:
    """Looks at what is wrong and tells of it. `ALERTS=false`: it only looks, for the log, `/healthz` and `/metrics`."""

    def __init__(
        self,
        services: Services,
        *,
        clock: Callable[[], float] = time.monotonic,
        may_speak: MaySpeak | None = None,
        checks: Sequence[Check] | None = None,
    ) -> None:
        """`clock` gives seconds and never jumps. `may_speak` is asked for what others see too; None: alone."""
        self._services = services
        self._superusers = Superusers(services)
        self._board = services.metrics.troubles
        self._clock = clock
        self._may_speak = may_speak
        self._checks = checks_of(services) if checks is None else checks
        self._broken: set[int] = set()  # checks that fail themselves
        self._over: deque[Open] = deque(maxlen=REMEMBERED)  # well again, and nobody has been told
        self._told: deque[float] = deque()  # when superusers were written to, in the last hour
        self._silent_until = 0.0

    async def look(self) -> None:
        """One round: ask every check, note what is new and what is over, tell the superusers. Never raises."""
        now = self._clock()
        self._note(self._ask(now), now)
        if self._services.settings.alerts:
            await self._tell(now)
        else:
            self._over.clear()

    def _ask(self, now: float) -> dict[str, Trouble]:
        found: dict[str, Trouble] = {}
        for index, check in enumerate(self._checks):
            try:
                found |= {trouble.id: trouble for trouble in check(now)}
                self._broken.discard(index)
            except Exception:  # a surface's or the pool's fault, which must not keep the others from being looked at
                if index not in self._broken:
                    logger.exception("{} cannot be asked what is wrong", type(check).__name__)
                self._broken.add(index)
        return found

    def _note(self, found: dict[str, Trouble], now: float) -> None:
        for id, trouble in found.items():
            one = self._board.open.get(id)
            if one is None:
                self._board.open[id] = Open(trouble)
                logger.warning("alert: {}", sentence(self._services.catalogue, "en", trouble))
            else:
                one.trouble, one.calm = trouble, None
        for id, one in list(self._board.open.items()):
            if id in found:
                continue
            one.calm = now if one.calm is None else one.calm
            if now - one.calm >= CALM:
                del self._board.open[id]
                self._over.append(one)
                logger.info("alert over: {}", sentence(self._services.catalogue, "en", one.trouble, over=True))

    async def _tell(self, now: float) -> None:
        while self._told and now - self._told[0] >= 3600:
            self._told.popleft()
        if len(self._told) >= MOST_AN_HOUR or now < self._silent_until:
            return
        if self._superusers.members and not self._superusers.reachable:
            return  # later; or another bot on this database, which reaches them
        for one in self._board:
            one.ours = await self._is_ours(one.trouble)
        due = [o for o in self._board if o.ours and o.calm is None and (o.said is None or now - o.said >= REPEAT)]
        over = [one for one in self._over if one.ours]
        if due or over:
            catalogue, well = self._services.catalogue, not self._board.open
            reached = await self._superusers.tell(lambda locale: news(catalogue, locale, due, over, well))
            if reached == 0:
                self._silent_until = now + AGAIN
                return
            self._told.append(now)
        for one in due:
            one.said = now
        self._over.clear()

    async def _is_ours(self, trouble: Trouble) -> bool:
        if self._may_speak is None or trouble.kind not in SHARED:
            return True
        try:
            async with asyncio.timeout(ASKING):
                return await self._may_speak(trouble.id)
        except Exception as error:  # the database is away: better said twice than not at all
            logger.debug("nobody can say who tells of {}: {!r}", trouble.id, error)
            return True


def standing_alerts(services: Services) -> list[dict[str, str]]:
    """For `/healthz`: what is wrong now, since when (ISO 8601, UTC), in a sentence."""
    return [
        {
            "kind": one.trouble.kind,
            "subject": one.trouble.subject,
            "since": one.at.astimezone(UTC).isoformat(timespec="seconds"),
            "text": sentence(services.catalogue, "en", one.trouble),
        }
        for one in services.metrics.troubles
    ]
