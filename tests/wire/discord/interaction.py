"""One interaction as whoever pressed the button sees it: what the bot has answered, and when."""

from __future__ import annotations
import asyncio, time
from typing import TYPE_CHECKING
from tests.wire.discord.payloads import EPHEMERAL

if TYPE_CHECKING:
    from tests.wire.discord.world import World


class Interaction:
    def __init__(self, d: World, data: dict):
        self.d, self.data, self.id, self.token = d, data, data["id"], data["token"]
        self.t0 = time.perf_counter()
        self.callbacks: list[dict] = []  # {"type":..,"data":..}
        self.messages: list[dict] = []  # visible messages, newest state
        self.files: dict[str, bytes] = {}
        self.latency = self.latency_full = None
        self._ev = asyncio.Event()
        self.late = False
        self.loading: dict | None = None
        self.edits: list[str] = []  # contents that the first message has had
        self.source: dict | None = None

    @property
    def message(self) -> dict:
        """The newest visible message."""
        return self.messages[-1]

    @property
    def ephemeral(self) -> bool:
        return bool(self.message["flags"] & EPHEMERAL)

    @property
    def labels(self) -> dict[str, str]:
        """The buttons under the answer: label -> custom_id."""
        return {c["label"]: c["custom_id"] for row in self.message["components"] for c in row["components"]}

    @property
    def modal(self) -> dict | None:
        return next((c["data"] for c in self.callbacks if c["type"] == 9), None)

    def expire(self) -> None:
        """The token's 15 minutes are over."""
        self.d.inter.pop(self.token, None)

    async def answered(self, messages: int = 1, timeout: float = 60) -> Interaction:
        return await self.wait(timeout, deferred=False, messages=messages)

    async def gone(self, timeout: float = 60) -> None:
        """The bot has stopped thinking and says nothing."""
        async with asyncio.timeout(timeout):
            while self.loading is not None or self.messages:
                self._ev.clear()
                await self._ev.wait()

    def _touch(self):
        self._ev.set()

    @property
    def deferred(self) -> bool:
        return bool(self.callbacks) and self.callbacks[0]["type"] in (5, 6)

    @property
    def content(self) -> str:
        return "\n".join(m.get("content") or "" for m in self.messages)

    @property
    def choices(self) -> list[dict]:
        return next((c["data"]["choices"] for c in self.callbacks if c["type"] == 8), [])

    async def wait(self, timeout: float = 10, deferred: bool = True, messages: int = 1) -> Interaction:
        """deferred=True: return at the callback. False: when `messages` visible messages exist (or an autocomplete/modal answer)."""
        end = time.perf_counter() + timeout
        while True:
            if self.callbacks and (deferred or len(self.messages) >= messages or self.callbacks[0]["type"] in (8, 9)):
                return self
            self._ev.clear()
            left = end - time.perf_counter()
            if left <= 0:
                raise asyncio.TimeoutError(f"interaction {self.data['data']} got {self.callbacks}")
            try:
                await asyncio.wait_for(self._ev.wait(), left)
            except asyncio.TimeoutError:
                continue
