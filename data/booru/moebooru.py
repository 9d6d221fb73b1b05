"""Moebooru: konachan.com, yande.re. `post.json`, https://konachan.com/help/api."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from yarl import URL

from data.booru.base import Page, Site, SiteError, checksum, extension, integer, json_list, text, words
from data.booru.post import Post
from data.booru.query import Query

PAGE = 100  # posts; the most that it gives at once
TAGS = 6  # that a search may name; the rest is judged here

_RATINGS = {"s": "g", "q": "q", "e": "e"}  # `s` is safe here, and sensitive on Danbooru


class Moebooru(Site):
    """Pages are numbered: what is posted meanwhile moves posts to the page after, where they are met once more."""

    ratings = frozenset(_RATINGS.values())

    def address(self, query: Query, cursor: str) -> URL:
        terms = [*query.tags, *(f"-{tag}" for tag in query.without)][:TAGS]
        if query.min_score is not None:
            terms.append(f"score:>={query.min_score}")
        if query.since is not None:
            terms.append(f"date:>={query.since}")
        if len(query.ratings) == 1:  # it takes one; of several the posts are judged here
            terms += [f"rating:{theirs}" for theirs, ours in _RATINGS.items() if ours in query.ratings]
        return (self.base / "post.json").with_query(
            {"tags": " ".join(terms), "limit": str(PAGE), "page": cursor or "1"}
        )

    def read(self, content: bytes, cursor: str) -> Page:
        posts = tuple(self._post(entry) for entry in json_list(content))
        return Page(posts, str(int(cursor or "1") + 1) if posts else None)

    def _post(self, entry: dict[str, Any]) -> Post:
        number = integer(entry.get("id"))
        if number is None:
            raise SiteError("answered with a post that has no number")
        seconds = integer(entry.get("created_at"))
        return Post(
            id=number,
            tags=words(entry.get("tags")),
            score=integer(entry.get("score")),
            rating=_RATINGS.get(str(entry.get("rating") or "")[:1], ""),
            created=datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < 2**33 else None,
            source=text(entry.get("source")),
            md5=checksum(entry.get("md5")),
            url=self.absolute(entry.get("file_url")),
            width=integer(entry.get("width")) or 0,
            height=integer(entry.get("height")) or 0,
            ext=extension(f".{entry['file_ext']}" if entry.get("file_ext") else entry.get("file_url")),
        )
