"""The comment in an MP4 file: found by the sizes that its boxes say, nothing is decoded and nothing is needed for it.

ISO/IEC 14496-12, section 4.2: a box is its size, its name and what is in it. The comment lies where players look for
it, in iTunes' list of items.
"""

from __future__ import annotations

from collections.abc import Iterator

_WAY = ((b"moov", 0), (b"udta", 0), (b"meta", 4), (b"ilst", 0), (b"\xa9cmt", 0), (b"data", 8))
"""From the file to the comment's text: a box in each box, and how many bytes there are before what is in it."""

_MOST_BOXES = 10_000  # that are looked at on one level


def is_mp4(content: bytes) -> bool:
    """Whether the first bytes are those of an MP4; an AVIF begins likewise."""
    return content[4:8] == b"ftyp" and content[8:12].startswith((b"iso", b"mp4", b"avc1", b"M4V", b"dash"))


def comment_in(content: bytes) -> bytes:
    """b"" where there is none, whatever else is wrong with the file."""
    begin, end = 0, len(content)
    for name, before in _WAY:
        found = next((span for one, span in _boxes(content, begin, end) if one == name), None)
        if found is None:
            return b""
        begin, end = found[0] + before, found[1]
    return content[begin:end]


def _boxes(content: bytes, begin: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Name, and first and last place of what is in it, of each box between two places."""
    for _ in range(_MOST_BOXES):
        size, head = int.from_bytes(content[begin : begin + 4], "big"), 8
        if size == 1:  # more than four bytes can say
            size, head = int.from_bytes(content[begin + 8 : begin + 16], "big"), 16
        elif size == 0:  # as far as it goes
            size = end - begin
        if size < head or begin + size > end:
            return
        yield content[begin + 4 : begin + 8], (begin + head, begin + size)
        begin += size
