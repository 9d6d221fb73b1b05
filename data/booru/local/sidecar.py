"""What is written of a picture in a file beside it: `a.png.json` as gallery-dl writes it, `a.txt` with its tags."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from data.booru.base import integer, text
from data.booru.local.source import Said

MOST = 1_000_000  # bytes of such a file
MOST_TAGS = 2000

Read = Callable[[str], bytes | None]
"""At most `MOST` bytes of the file of that name in the source; None where there is none."""

_SCORES = ("score", "total_bookmarks", "favorite_count", "favourites", "likes")
_SOURCES = ("source", "post_url", "webpage_url", "file_url", "url")
_RATINGS = {
    "g": "g", "general": "g", "safe": "g", "sfw": "g", "all ages": "g",
    "s": "s", "sensitive": "s",
    "q": "q", "questionable": "q", "mature": "q", "r-15": "q",
    "e": "e", "explicit": "e", "adult": "e", "nsfw": "e", "r-18": "e", "r-18g": "e",
}  # fmt: skip
"""What sites call Danbooru's four."""

_OLD = frozenset({"konachan", "yandere", "lolibooru", "sakugabooru"})
"""gallery-dl's names of the sites whose `s` is safe; elsewhere it is sensitive."""


def said(name: str, read: Read) -> Said:
    """What is written of the picture of this name. Damaged files say nothing."""
    stem = str(PurePosixPath(name).with_suffix(""))
    about: Mapping[str, Any] = {}
    for beside in (f"{name}.json", f"{stem}.json"):
        if (content := read(beside)) is not None:
            about = json_of(content)
            break
    tags: frozenset[str] = frozenset()
    for beside in (f"{name}.txt", f"{stem}.txt"):
        if (content := read(beside)) is not None:
            tags = _words(content.decode("utf-8", "replace"))
            break
    return of(about, tags)


def of(about: Mapping[str, Any], tags: frozenset[str] = frozenset()) -> Said:
    """The same of a JSON object as gallery-dl writes it, whichever of its sites it is from."""
    for key, value in about.items():
        if str(key).startswith("tag"):  # tags, tag_string, tags_general, tag_string_character, …
            tags |= _tags(value)
    rating = str(about.get("rating") or "").strip().lower()
    if rating == "s" and about.get("category") in _OLD:
        rating = "safe"
    adult = any(about.get(key) is True for key in ("nsfw", "is_nsfw", "is_mature", "adult"))
    score = next((number for key in _SCORES if (number := integer(about.get(key))) is not None), None)
    source = next((str(value) for key in _SOURCES if _is_address(value := about.get(key))), "")
    return Said(
        frozenset(sorted(tags)[:MOST_TAGS]),
        score,
        _RATINGS.get(rating, "e" if adult else ""),
        _date(about.get("date") or about.get("created_at") or about.get("create_date")),
        text(source),
    )


def json_of(content: bytes) -> dict[str, Any]:
    """The JSON object that a file holds; {} where it holds none."""
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(content)
        if isinstance(found, dict):
            return found
    return {}


def _tags(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return _words(value)
    if isinstance(value, Mapping):  # category -> tags, or tag -> translation
        value = [*value, *(one for many in value.values() if isinstance(many, list) for one in many)]
    if not isinstance(value, list):
        return frozenset()
    names = (one.get("name") if isinstance(one, Mapping) else one for one in value[:MOST_TAGS])
    return frozenset(tag for name in names if isinstance(name, str) and (tag := _tag(name)))


def _words(content: str) -> frozenset[str]:
    """Tags with commas or lines between them, which may have blanks in them, or with blanks."""
    separator = r"[,\n]" if re.search(r"[,\n]", content.strip()) else r"\s"
    return frozenset(tag for word in re.split(separator, content) if (tag := _tag(word)))


def _tag(word: str) -> str:
    return text("_".join(word.lower().split()), 200)


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


def _date(value: object) -> datetime | None:
    try:
        date = datetime.fromisoformat(str(value))
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
