"""Hours of the night: what admins may type, and when they hold."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.quiet import QuietHours

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("23:00-07:00", "23:00-07:00"),
        ("23-7", "23:00-07:00"),
        (" 9:30 ~ 12 ", "09:30-12:00"),
        ("23点到7点", "23:00-07:00"),
        ("23：30至6：00", "23:30-06:00"),
        ("22 to 24", "22:00-00:00"),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, meant: str) -> None:
    assert str(QuietHours.parse(typed)) == meant
    assert QuietHours.parse(meant) == QuietHours.parse(typed)


@pytest.mark.parametrize("typed", ["", "night", "23", "7-7", "0-24", "25-7", "23:60-7", "24:30-7", "23-7-8", "-1-7"])
def test_what_is_no_part_of_a_day_is_none(typed: str) -> None:
    assert QuietHours.parse(typed) is None


@pytest.mark.parametrize(
    ("hours", "clock", "expected"),
    [
        ("23-7", "23:00", True),
        ("23-7", "00:00", True),
        ("23-7", "06:59", True),
        ("23-7", "07:00", False),
        ("23-7", "22:59", False),
        ("12-14", "12:00", True),
        ("12-14", "14:00", False),
        ("12-14", "03:00", False),
    ],
)
def test_they_hold_from_their_first_minute_to_before_their_last(hours: str, clock: str, expected: bool) -> None:
    quiet = QuietHours.parse(hours)
    assert quiet is not None
    now = datetime.fromisoformat(f"2026-05-01T{clock}").replace(tzinfo=SHANGHAI)
    assert quiet.hold(now) is expected


@pytest.mark.parametrize(("clock", "day"), [(23, 2), (3, 1)])
def test_they_are_over_on_the_next_morning(clock: int, day: int) -> None:
    quiet = QuietHours.parse("23-7")
    assert quiet is not None
    now = datetime(2026, 5, 1, clock, 30, tzinfo=SHANGHAI)
    assert quiet.over_at(now) == datetime(2026, 5, day, 7, tzinfo=SHANGHAI).astimezone(UTC)
