"""Speaking to those who run the bot, in private, wherever they can be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from loguru import logger

from bot.command import Reply
from bot.locale import Catalogue
from bot.services import Services
from bot.surfaces.base import SendFailed, Surface

LOCAL = "web:local"  # who sits at the machine itself: a superuser as long as the page has no password
PATIENCE = 60.0  # seconds that one message may take
ASKING = 5.0  # seconds that the database may take to say which language somebody likes


class Superusers:
    """`SUPERUSERS`, and the visitor at the machine itself."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @property
    def members(self) -> list[str]:
        settings = self._services.settings
        return sorted(settings.superusers | ({LOCAL} if settings.web_password is None else set()))

    @property
    def reachable(self) -> bool:
        """Whether any of them is on a surface that is up."""
        return any(self._surface(member) is not None for member in self.members)

    async def tell(self, compose: Callable[[str], str]) -> int | None:
        """Say what `compose(locale)` gives to each of them; gives how many have it, None where there are none.

        Who is on a surface that is down is left out. Never raises but for cancellation.
        """
        if not self.members:
            return None
        return sum(await asyncio.gather(*(self._tell(member, compose) for member in self.members)))

    async def _tell(self, member: str, compose: Callable[[str], str]) -> bool:
        name, _, id = member.partition(":")
        surface = self._surface(member)
        if surface is None:
            return False
        sent = False
        try:
            locale = await self._locale(member)
            async with asyncio.timeout(PATIENCE):
                await surface.tell(f"{name}:@{id}", Reply(compose(locale), locale=locale))
            sent = True
        except (SendFailed, TimeoutError) as error:
            logger.warning("a superuser on {} could not be told: {}", name, error or "it took too long")
        except Exception:
            logger.exception("{} failed while a superuser was told", name)
        self._services.metrics.message(name, sent)
        return sent

    def _surface(self, member: str) -> Surface | None:
        """Theirs, where it is up."""
        surface = self._services.surfaces.get(member.partition(":")[0])
        return surface if surface is not None and surface.health().state == "up" else None

    async def _locale(self, member: str) -> str:
        chosen = None
        try:
            async with asyncio.timeout(ASKING):
                chosen = (await self._services.store.members.get(member)).locale
        except Exception as error:  # the database may be what is wrong
            logger.debug("the language of a superuser is not known: {!r}", error)
        return Catalogue.nearest(chosen or self._services.settings.language)
