"""A picture on a site, and what is said there of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

RATINGS = {"g": "general", "s": "sensitive", "q": "questionable", "e": "explicit"}
"""Danbooru's four. Sites with three call `safe` what it divides into g and s; here their safe is g."""


@dataclass(frozen=True, slots=True)
class Post:
    """A picture on a site, and what is said there of it."""

    id: int
    tags: frozenset[str] = field(repr=False)
    score: int | None
    rating: str  # a key of RATINGS; "" where the site says something else
    created: datetime | None  # with a time zone
    source: str  # where whoever posted it says that it is from
    md5: str | None  # lower case
    url: str | None  # of the file; None: the site does not show it to us
    width: int  # pixels; 0: unknown
    height: int
    ext: str  # lower case; "jpg" for JPEG
