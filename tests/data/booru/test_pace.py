"""Waiting, on a clock that goes when somebody waits."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from data.booru.pace import Clock, Pace, retry_after


class Quick(Clock):
    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds


async def test_turns_are_as_far_apart_as_they_should_be() -> None:
    clock = Quick()
    pace = Pace(0.5, clock)
    times = []
    for _ in range(4):
        await pace.turn()
        times.append(clock.time)
    assert times == [100.0, 100.5, 101.0, 101.5]


async def test_a_host_that_wants_to_be_left_alone_is_left_alone() -> None:
    clock = Quick()
    pace = Pace(0.5, clock)
    pace.hold(30)
    pace.hold(10)  # a shorter wish does not take a longer one back
    await pace.turn()
    assert clock.time == 130


def test_retry_after_is_a_number_of_seconds_or_a_date() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    told = {"date": format_datetime(now, usegmt=True)}
    assert retry_after({"retry-after": "120"}) == 120
    assert retry_after(told | {"retry-after": format_datetime(now + timedelta(seconds=90), usegmt=True)}) == 90
    assert retry_after(told | {"retry-after": format_datetime(now - timedelta(seconds=90), usegmt=True)}) == 0


def test_a_date_without_the_time_of_who_wrote_it_is_read_by_our_clock() -> None:
    assert retry_after({"retry-after": "Fri, 01 Jan 2100 00:00:00 GMT"}) > 1e9  # type: ignore[operator]
    assert retry_after({"retry-after": "Fri, 01 Jan 2010 00:00:00 GMT"}) == 0


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "٣", "Fri, 99 Jan 2100"])
def test_what_is_neither_is_nothing(text: str) -> None:
    assert retry_after({"retry-after": text}) is None
