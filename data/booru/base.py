"""What every family of sites is to the crawler: a query becomes the addresses of pages, a page becomes posts."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from yarl import URL

from data.booru.post import RATINGS, Post
from data.booru.query import Query


class SiteError(Exception):
    """A site does not answer as its family does; the message is a sentence without its end."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some posts, newest first."""

    posts: tuple[Post, ...]
    cursor: str | None  # of the page after it; None: this was the last


class Site(ABC):
    """One site: the family that it belongs to, at an address."""

    licence: str = "none stated; rights stay with the artist, see source"
    ratings: ClassVar[frozenset[str]] = frozenset(RATINGS)  # that it tells apart

    def __init__(self, name: str, base_url: str) -> None:
        self.name = name
        self.base = URL(base_url.rstrip("/") + "/")

    @property
    def host(self) -> str:
        """Host and, where it is not the usual one, port: posts are numbered by host."""
        return f"{self.base.host}" + ("" if self.base.is_default_port() else f":{self.base.port}")

    @property
    def headers(self) -> Mapping[str, str]:
        """What its API is asked with besides."""
        return {}

    @property
    def invited(self) -> bool:
        """Whether the site gave us a key for its API: then the terms of the key hold there, in place of robots.txt."""
        return False

    def absolute(self, address: object) -> str | None:
        """An address as sites write them: whole, without its scheme, or as a path; None for none."""
        try:
            return str(self.base.join(URL(str(address)))) if address else None
        except ValueError:
            return None

    @abstractmethod
    def address(self, query: Query, cursor: str) -> URL:
        """Of a page; the first one has the cursor "". The site is asked for as much of the query as it takes."""

    @abstractmethod
    def read(self, content: bytes, cursor: str) -> Page:
        """The page that was at the address of `cursor`. Raises `SiteError`."""


def json_list(content: bytes) -> list[dict[str, Any]]:
    """A JSON list of objects. Raises `SiteError`."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise SiteError("answered with something that is no JSON") from None
    if isinstance(found, dict) and found.get("success") is False:
        raise SiteError(f"says: {str(found.get('message') or found.get('reason'))[:200]}")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise SiteError("answered with JSON that is no list of posts")
    return found


def integer(value: object) -> int | None:
    """A number as sites write them: 20, "20", null, ""; None for none, and for one that SQLite cannot hold."""
    try:
        number = int(str(value).strip())
    except ValueError:
        return None
    return number if abs(number) < 2**63 else None


def text(value: object, most: int = 4000) -> str:
    """Characters that can be written down, at most so many; JSON may hold halves of some."""
    return str(value or "")[:most].encode("utf-8", "replace").decode()


def words(value: object) -> frozenset[str]:
    """Tags that stand in one text."""
    return frozenset(text(value, 100_000).lower().split())


def extension(text: object) -> str:
    """The ending of a name or address, as `Post.ext`."""
    name = str(text or "").partition("?")[0].rpartition("/")[2]
    ext = name.rpartition(".")[2].lower()
    return "jpg" if ext == "jpeg" else ext[:10] if ext.isalnum() and ext.isascii() else ""


def checksum(value: object) -> str | None:
    """An MD5 in hexadecimal; None for anything else."""
    text = str(value or "").lower()
    return text if len(text) == 32 and not set(text) - set("0123456789abcdef") else None
