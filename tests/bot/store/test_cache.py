import asyncio

from bot.store.cache import Cache


class Shelf:
    """A slow source: reads wait until they are let go."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.reads = 0
        self.go = asyncio.Event()
        self.go.set()
        self.asked = asyncio.Event()

    async def load(self, key: str) -> int:
        self.reads += 1
        value = self.values[key]
        self.asked.set()
        await self.go.wait()
        return value


async def test_a_value_is_read_once() -> None:
    shelf = Shelf()
    shelf.values["a"] = 1
    cache = Cache(shelf.load)
    assert [await cache.get("a") for _ in range(3)] == [1, 1, 1]
    assert shelf.reads == 1


async def test_a_value_that_others_may_change_is_read_again_after_a_while() -> None:
    shelf, now = Shelf(), [100.0]
    shelf.values["a"] = 1
    cache = Cache(shelf.load, seconds=3.0, clock=lambda: now[0])
    assert await cache.get("a") == 1
    shelf.values["a"] = 2
    now[0] = 102.9
    assert await cache.get("a") == 1
    now[0] = 103.0
    assert await cache.get("a") == 2
    now[0] = 105.9
    assert await cache.get("a") == 2
    assert shelf.reads == 2


async def test_a_value_is_as_old_as_the_moment_when_it_was_asked_for() -> None:
    shelf, now = Shelf(), [100.0]
    shelf.values["a"] = 1
    shelf.go.clear()
    cache = Cache(shelf.load, seconds=3.0, clock=lambda: now[0])
    reading = asyncio.create_task(cache.get("a"))
    await shelf.asked.wait()
    now[0] = 103.0  # the answer was long on its way
    shelf.values["a"] = 2
    shelf.go.set()
    await reading
    assert await cache.get("a") == 2


async def test_a_read_that_a_write_has_passed_is_not_remembered() -> None:
    shelf = Shelf()
    shelf.values["a"] = 1
    shelf.go.clear()
    cache = Cache(shelf.load)
    reading = asyncio.create_task(cache.get("a"))
    await shelf.asked.wait()

    shelf.values["a"] = 2
    cache.drop("a")
    shelf.go.set()
    await reading
    assert await cache.get("a") == 2


async def test_what_was_used_longest_ago_goes_first() -> None:
    shelf = Shelf()
    shelf.values |= {"a": 1, "b": 2, "c": 3}
    cache = Cache(shelf.load, size=2)
    for key in ("a", "b", "a", "c"):
        await cache.get(key)
    reads = shelf.reads
    await cache.get("a")
    assert shelf.reads == reads
    await cache.get("b")
    assert shelf.reads == reads + 1
