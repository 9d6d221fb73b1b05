"""A part of a file, for browsers that ask for it: Safari plays no video that does not come in ranges (RFC 9110, 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.responses import Response

_ONE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def ranged(content: bytes, asked: str | None, media_type: str, headers: Mapping[str, str]) -> Response:
    """All of `content`, or the one range that the header `asked` names; several at once are answered with all of it."""
    found = _ONE.fullmatch(asked.strip()) if asked else None
    told = {**headers, "Accept-Ranges": "bytes"}
    if found is None or found[1] == found[2] == "":
        return Response(content, headers=told, media_type=media_type)
    size = len(content)
    if found[1] == "":  # the last so many bytes
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
    if first > last:
        return Response(status_code=416, headers={**told, "Content-Range": f"bytes */{size}"})
    told["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(content[first : last + 1], 206, told, media_type)
