"""safebooru.org and other sites on Gelbooru's software: `index.php?page=dapi&s=post&q=index`.

https://safebooru.org/index.php?page=help&topic=dapi. XML says when a post was made and JSON does not, so XML is asked
for, and JSON only where the XML cannot be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from yarl import URL

from data.booru.base import Page, Site, SiteError, checksum, extension, integer, json_list, text, words
from data.booru.post import Post
from data.booru.query import Query

PAGE = 100  # posts; the most that it gives at once

# Old versions have three, the first of them `safe`; new ones have four.
_RATINGS = {
    "general": "g",
    "safe": "g",
    "sensitive": "s",
    "questionable": "q",
    "explicit": "e",
}


class Gelbooru(Site):
    """Pages are numbered: what is posted meanwhile moves posts to the page after, where they are met once more.

    A cursor is the format and the page, like `xml:2`.
    """

    def address(self, query: Query, cursor: str) -> URL:
        form, _, page = (cursor or "xml:0").partition(":")
        terms = [*query.tags, *(f"-{tag}" for tag in query.without)]
        if query.min_score is not None:
            terms.append(f"score:>={query.min_score}")
        # The rating is judged here: the versions of the software have different names for the same one.
        asked = {"page": "dapi", "s": "post", "q": "index", "tags": " ".join(terms), "limit": str(PAGE), "pid": page}
        return (self.base / "index.php").with_query(asked | ({"json": "1"} if form == "json" else {}))

    def read(self, content: bytes, cursor: str) -> Page:
        form, _, page = (cursor or "xml:0").partition(":")
        try:
            entries = _entries(content)
        except SiteError:
            if form == "xml":
                return Page((), f"json:{page}")
            raise
        posts = tuple(self._post(entry) for entry in entries)
        return Page(posts, f"{form}:{int(page) + 1}" if posts else None)

    def _post(self, entry: Mapping[str, Any]) -> Post:
        number = integer(entry.get("id"))
        if number is None:
            raise SiteError("answered with a post that has no number")
        url = self._url(entry)
        return Post(
            id=number,
            tags=words(entry.get("tags")),
            score=integer(entry.get("score")),
            rating=_RATINGS.get(str(entry.get("rating") or "").lower(), ""),
            created=_time(entry.get("created_at")),
            source=text(entry.get("source")),
            md5=checksum(entry.get("md5") or entry.get("hash")),
            url=url,
            width=integer(entry.get("width")) or 0,
            height=integer(entry.get("height")) or 0,
            ext=extension(entry.get("image") or url),
        )

    def _url(self, entry: Mapping[str, Any]) -> str | None:
        """Of the file; old versions leave it to the reader to put it together."""
        if entry.get("file_url"):
            return self.absolute(entry["file_url"])
        if (folder := entry.get("directory")) in (None, "") or not (name := entry.get("image")):
            return None
        return self.absolute(f"images/{folder}/{name}")


def _entries(content: bytes) -> list[Mapping[str, Any]]:
    """The posts of a page in either format, whichever was asked for. Raises `SiteError`."""
    body = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body:  # how JSON says that there is nothing
        return []
    if not body.startswith(b"<"):
        if body.startswith(b"{") and b'"post"' in body:  # newer versions put the list into an object
            try:
                body = json.dumps(json.loads(body)["post"]).encode()
            except (ValueError, KeyError, TypeError):
                raise SiteError("answered with JSON that is no list of posts") from None
        return [*json_list(body)]
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:  # entities that unpack to gigabytes; no page needs them
        raise SiteError("answered with a web page in place of posts")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        raise SiteError("answered with XML that cannot be read") from None
    if root.tag == "response":
        raise SiteError(f"says: {(root.get('reason') or root.text or '')[:200]}")
    if root.tag != "posts":
        raise SiteError("answered with XML that has no posts")
    # One version writes attributes, another elements.
    return [dict(post.attrib) or {child.tag: child.text or "" for child in post} for post in root.iter("post")]


def _time(value: object) -> datetime | None:
    try:
        return datetime.strptime(str(value), "%a %b %d %H:%M:%S %z %Y")
    except ValueError:
        seconds = integer(value)
        return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < 2**33 else None
