"""Pictures of answers that are not kept, since they show what a visitor brought: in memory, for an hour."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from bot.surfaces.web.answer import SUFFIXES
from data.pictures import Encoded

KEEP_SECONDS = 3600.0  # to look at it, to press a button under it
MOST_BYTES = 64_000_000  # of all visitors together: the oldest go first


@dataclass(frozen=True, slots=True)
class _Held:
    visitor: str
    picture: Encoded
    forget: asyncio.TimerHandle


class Held:
    """At most `most` bytes, each for `keep` seconds."""

    def __init__(self, most: int = MOST_BYTES, keep: float = KEEP_SECONDS) -> None:
        self._most, self._keep = most, keep
        self._held: dict[str, _Held] = {}  # by name, oldest first
        self.bytes = 0

    def hold(self, visitor: str, picture: Encoded) -> str:
        """Gives its name, which nobody guesses."""
        name = secrets.token_urlsafe(16) + SUFFIXES.get(picture.media_type, ".bin")
        forget = asyncio.get_running_loop().call_later(self._keep, self.drop, name)
        self._held[name] = _Held(visitor, picture, forget)
        self.bytes += len(picture.content)
        while self.bytes > self._most:
            self.drop(next(iter(self._held)))
        return name

    def get(self, visitor: str, name: str) -> Encoded | None:
        """What a name means; None where it is gone or another visitor's."""
        held = self._held.get(name)
        return held.picture if held is not None and held.visitor == visitor else None

    def clear(self) -> None:
        for name in list(self._held):
            self.drop(name)

    def drop(self, name: str) -> None:
        """Let go of one, if it is still there."""
        held = self._held.pop(name, None)
        if held is not None:
            held.forget.cancel()
            self.bytes -= len(held.picture.content)
