"""The quiet line at the top of the page: how busy the bot is, told when it changed and while somebody looks."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from bot.pool.base import PoolStatus
from bot.services import Services
from bot.store.characters import number_of
from bot.surfaces.web.conversation import Conversation

EVERY_SECONDS = 2.0


def status_of(services: Services) -> dict[str, Any]:
    """`queue` and `running` in pictures, `up` of `workers`, names of the models that are loaded."""
    return pool_status(services.pool.status())


def shown_status(services: Services) -> dict[str, Any]:
    """The same as members see it: what draws a group's characters has a number for a name, and is theirs."""
    status = status_of(services)
    return status | {"models": [name for name in status["models"] if number_of(name.partition("@")[0]) is None]}


def pool_status(status: PoolStatus) -> dict[str, Any]:
    return {
        "queue": status.waiting,
        "running": status.running,
        "workers": len(status.workers),
        "up": sum(w.state in ("idle", "busy") for w in status.workers),
        "ready": status.ready,
        "models": sorted({name for w in status.workers for name in w.models}),
    }


class StatusBoard:
    """Looks every two seconds while `conversations` has open tabs, and not at all otherwise."""

    def __init__(self, services: Services, conversations: Callable[[], Iterable[Conversation]]) -> None:
        self._services = services
        self._conversations = conversations
        self._task: asyncio.Task[None] | None = None

    def watch(self) -> None:
        """Somebody looks now."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        told: dict[str, Any] | None = None
        while any(c.tabs for c in self._conversations()):
            status = shown_status(self._services)
            if status != told:
                for conversation in self._conversations():
                    conversation.tell({"type": "status", **status})
                told = status
            await asyncio.sleep(EVERY_SECONDS)
