import asyncio

import pytest

from bot.surfaces.qq.limiter import Congested, SendLimiter


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.woken: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.woken.append(self.now)


def limiter(clock: Clock, per_minute: int = 60, longest_wait: float = 60.0, jitter: float = 0.0) -> SendLimiter:
    return SendLimiter(per_minute, longest_wait=longest_wait, clock=clock, sleep=clock.sleep, jitter=lambda: jitter)


async def test_a_third_of_a_minutes_messages_go_at_once_and_the_rest_at_the_pace() -> None:
    clock = Clock()
    sends = limiter(clock)
    for _ in range(20):
        await sends.turn()
    assert clock.woken == []
    for _ in range(3):
        await sends.turn()
    assert clock.woken == pytest.approx([1001.0, 1002.0, 1003.0])


async def test_gaps_vary_and_never_shrink_below_the_pace() -> None:
    clock = Clock()
    sends = limiter(clock, per_minute=1, jitter=1.0, longest_wait=1000)
    for _ in range(3):
        await sends.turn()
    assert clock.woken == pytest.approx([1060.0, 1132.0])


async def test_the_smallest_limit_still_sends() -> None:
    clock = Clock()
    await limiter(clock, per_minute=1).turn()
    assert clock.woken == []


async def test_a_wait_that_is_too_long_is_refused_and_costs_nothing() -> None:
    clock = Clock()
    sends = limiter(clock, longest_wait=0.5)
    for _ in range(20):
        await sends.turn()
    for _ in range(5):
        with pytest.raises(Congested):
            await sends.turn()
    assert not sends.free
    clock.now += 1.0
    assert sends.free
    await sends.turn()


async def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    order: list[int] = []
    gates: list[tuple[float, asyncio.Event]] = []

    async def sleep(seconds: float) -> None:
        gates.append((seconds, gate := asyncio.Event()))
        await gate.wait()

    sends = SendLimiter(6, clock=lambda: 0.0, sleep=sleep)

    async def member(number: int) -> None:
        await sends.turn()
        order.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(member(number))
        await asyncio.sleep(0)
        assert order == [0, 1]  # the burst
        for _, gate in sorted(gates, key=lambda g: g[0]):
            gate.set()
            await asyncio.sleep(0)
    assert order == [0, 1, 2, 3, 4, 5]
