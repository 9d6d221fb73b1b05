"""A stranger's zip, unpacked in memory and within bounds: the inside of the picture lane."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from typing import Any

from data.portrait.requests import Unpack

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".bmp")
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # the others may ask for any amount of memory
MOST_ENTRIES = 10_000  # of the list of contents, which is read whole
_ENTRY = b"PK\x01\x02"  # begins each (APPNOTE.TXT, 4.3.12)


def unpack(request: Unpack) -> dict[str, Any] | None:
    """What `Unpack.join` reads."""
    if request.content.count(_ENTRY) > MOST_ENTRIES:
        return None
    try:
        archive = zipfile.ZipFile(io.BytesIO(request.content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError):
        return None
    contents: list[bytes] = []
    left_out, room = 0, request.most_total
    with archive:
        for entry in sorted(filter(_is_picture, archive.infolist()), key=lambda entry: entry.filename):
            content = None
            if len(contents) < request.most:
                content = _content(archive, entry, min(room, request.most_bytes))
            if content is None:
                left_out += 1
                continue
            room -= len(content)
            contents.append(content)
    return {"contents": contents, "left_out": left_out}


def _is_picture(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith(".") for part in path.parts) or "__MACOSX" in path.parts  # macOS's, not pictures
    return not entry.is_dir() and not hidden and entry.filename.lower().endswith(ENDINGS)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | None:
    """None for what is larger than it may be, whatever it says of itself, or cannot be read."""
    if entry.compress_type not in METHODS or entry.file_size > most:
        return None
    try:
        with archive.open(entry) as file:
            content = file.read(most + 1)
    except Exception:  # zlib's errors, a password, an entry that is somewhere else: hostile files fail in many ways
        return None
    return content if 0 < len(content) <= most else None
