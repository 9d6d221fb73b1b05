"""A small memory of rows that are asked for with every message."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Least recently used goes first. What was dropped is never served again, not even by a read under way."""

    def __init__(
        self,
        load: Callable[[K], Awaitable[V]],
        size: int = 1024,
        *,
        seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remembers for `seconds` by `clock` (monotonic); None: until it is dropped."""
        self._load = load
        self._size = size
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[K, tuple[V, float]] = OrderedDict()  # with when it was asked for
        self._drops = 0

    async def get(self, key: K) -> V:
        asked = self._clock()
        if key in self._kept:
            value, since = self._kept[key]
            if self._seconds is None or asked - since < self._seconds:
                self._kept.move_to_end(key)
                return value
        drops = self._drops
        value = await self._load(key)
        if drops == self._drops:  # else a write has passed the read, and `value` may be old
            self._kept[key] = value, asked
            self._kept.move_to_end(key)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value

    def drop(self, key: K) -> None:
        """Forget; to be called when a write has been committed."""
        self._drops += 1
        self._kept.pop(key, None)
