"""Zip archives as `torch.save` writes them: nothing is compressed, so every member is a piece of the file.

Nothing is extracted, and no name of a member is ever a path. APPNOTE.TXT of PKWARE, sections 4.3.7 to 4.3.16, has the
layout.
"""

from __future__ import annotations

import struct

from models.foreign.errors import Forbidden, Unreadable

MAX_MEMBERS = 20_000
MAX_DIRECTORY = 8_000_000  # bytes
LOCAL, CENTRAL, END, END64, LOCATOR64 = b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\6\7"
MOST_COMMENT = 65_535
UNKNOWN = 0xFFFFFFFF  # of a number of four bytes that stands in eight elsewhere


def members(data: memoryview) -> dict[str, memoryview]:
    """The members of an archive by name. Raises Unreadable, Forbidden."""
    try:
        return _members(data)
    except struct.error:
        raise Unreadable("is a damaged archive, or was not copied or downloaded whole") from None


def _members(data: memoryview) -> dict[str, memoryview]:
    tail = max(0, len(data) - MOST_COMMENT - 22)
    end = bytes(data[tail:]).rfind(END)
    if end < 0:
        raise Unreadable("ends in the middle: it was not copied or downloaded whole")
    end += tail
    if end + 22 > len(data):
        raise Unreadable("ends in the middle: it was not copied or downloaded whole")
    count, size, start = struct.unpack_from("<HII", data, end + 10)
    if end >= 20 and bytes(data[end - 20 : end - 16]) == LOCATOR64:
        (at,) = struct.unpack_from("<Q", data, end - 12)
        if bytes(data[at : at + 4]) != END64:
            raise Unreadable("is a damaged archive")
        count, size, start = struct.unpack_from("<QQQ", data, at + 32)
    if count > MAX_MEMBERS or size > MAX_DIRECTORY:
        raise Forbidden(f"is an archive of more than {MAX_MEMBERS:,} members")
    if start + size > len(data):
        raise Unreadable("is a damaged archive, or was not copied or downloaded whole")
    found: dict[str, memoryview] = {}
    at = start
    for _ in range(count):
        name, content, at = _member(data, at)
        if name in found:
            raise Forbidden("is an archive in which two members have one name")
        found[name] = content
    return found


def _member(data: memoryview, at: int) -> tuple[str, memoryview, int]:
    """One entry of the directory: its name, its content, and where the next one begins."""
    if bytes(data[at : at + 4]) != CENTRAL:
        raise Unreadable("is a damaged archive")
    flags, method = struct.unpack_from("<HH", data, at + 8)
    packed, size, name_size, extra_size, comment_size = struct.unpack_from("<IIHHH", data, at + 20)
    (header,) = struct.unpack_from("<I", data, at + 42)
    name = str(data[at + 46 : at + 46 + name_size], "utf-8", "replace")
    extra = data[at + 46 + name_size : at + 46 + name_size + extra_size]
    size, packed, header = _in_full(extra, size, packed, header)
    if method or flags & 1 or size != packed:
        raise Unreadable("is a compressed or encrypted archive, which torch.save never writes: save it anew")
    if bytes(data[header : header + 4]) != LOCAL:
        raise Unreadable("is a damaged archive")
    begin = header + 30 + sum(struct.unpack_from("<HH", data, header + 26))
    if begin + size > len(data):
        raise Unreadable("is a damaged archive, or was not copied or downloaded whole")
    return name, data[begin : begin + size], at + 46 + name_size + extra_size + comment_size


def _in_full(extra: memoryview, *numbers: int) -> tuple[int, ...]:
    """Numbers too large for four bytes, out of the zip64 field (4.5.3)."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{size // 8}Q", extra, at + 4))
            return tuple(next(wide, n) if n == UNKNOWN else n for n in numbers)
        at += 4 + size
    return numbers
