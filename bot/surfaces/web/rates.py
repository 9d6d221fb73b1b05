"""How fast somebody may go on: a bucket that refills."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

Clock = Callable[[], float]


class Bucket:
    """Holds `size` tokens and gains `per_second`; taking from an empty one is refused."""

    __slots__ = ("_clock", "_left", "_per_second", "_seen", "_size")

    def __init__(self, size: int, per_second: float, clock: Clock = time.monotonic) -> None:
        self._size = size
        self._per_second = per_second
        self._clock = clock
        self._left = float(size)
        self._seen = clock()

    def left(self) -> float:
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._seen) * self._per_second)
        self._seen = now
        return self._left

    def take(self) -> bool:
        if self.left() < 1:
            return False
        self._left -= 1
        return True

    def wait(self) -> float:
        """Seconds until the next one can be taken."""
        return max(0.0, (1 - self.left()) / self._per_second)


class Buckets:
    """A bucket for each of the keys seen last, at most `keys` of them."""

    def __init__(self, size: int, per_second: float, keys: int = 4096, clock: Clock = time.monotonic) -> None:
        self._new = lambda: Bucket(size, per_second, clock)
        self._keys = keys
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()

    def of(self, key: Hashable) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = self._new()
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        return bucket
