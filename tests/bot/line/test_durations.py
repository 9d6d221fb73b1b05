from datetime import timedelta

import pytest

from bot.line.durations import duration


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("10m", 10),
        ("2h", 120),
        ("3d", 3 * 24 * 60),
        ("1w", 7 * 24 * 60),
        ("1h30m", 90),
        ("1h 30m", 90),
        ("90 Minutes", 90),
        ("30分钟", 30),
        ("半小时", 30),
        ("两天", 2 * 24 * 60),
        ("2个小时", 120),
        ("一周", 7 * 24 * 60),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, minutes: int) -> None:
    assert duration(typed) == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["forever", "Permanent", "永久", "永远"])
def test_for_good(typed: str) -> None:
    assert duration(typed) == "forever"


@pytest.mark.parametrize("typed", ["", "10", "m", "0m", "00h", "10x", "-5m", "10m spam", "spam", "1.5h", "99999d"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert duration(typed) is None
