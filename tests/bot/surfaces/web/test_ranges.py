"""Parts of files."""

import pytest

from bot.surfaces.web.ranges import ranged

CONTENT = bytes(range(100))


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        (None, 200, CONTENT, None),
        ("bytes=0-1", 206, CONTENT[:2], "bytes 0-1/100"),
        ("bytes=10-", 206, CONTENT[10:], "bytes 10-99/100"),
        ("bytes=-5", 206, CONTENT[95:], "bytes 95-99/100"),
        ("bytes=90-1000", 206, CONTENT[90:], "bytes 90-99/100"),
        ("bytes=-1000", 206, CONTENT, "bytes 0-99/100"),
        ("bytes=100-", 416, b"", "bytes */100"),
        ("bytes=5-2", 416, b"", "bytes */100"),
        ("bytes=-0", 416, b"", "bytes */100"),
        ("bytes=0-1,5-6", 200, CONTENT, None),
        ("bytes=-", 200, CONTENT, None),
        ("lines=1-2", 200, CONTENT, None),
        (f"bytes={'9' * 30}-", 200, CONTENT, None),
    ],
)
def test_a_range_is_answered_with_that_part(asked: str | None, status: int, part: bytes, told: str | None) -> None:
    answer = ranged(CONTENT, asked, "video/mp4", {"Cache-Control": "private"})
    assert (answer.status_code, answer.body) == (status, part)
    assert answer.headers.get("content-range") == told
    assert answer.headers["cache-control"] == "private"
    assert answer.headers["accept-ranges"] == "bytes"
