"""Danbooru and what runs its software (safebooru.donmai.us): `posts.json`.

https://danbooru.donmai.us/wiki_pages/help:api and help:common_url_parameters: `page=b<id>` gives the posts before an
id, so that what is posted meanwhile moves nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from yarl import URL

from data.booru.base import Page, Site, SiteError, checksum, extension, integer, json_list, text, words
from data.booru.post import RATINGS, Post
from data.booru.query import Query

PAGE = 200  # posts; the most that it gives at once


class Danbooru(Site):
    """Who has no account, or a plain one, may name two tags in a search; the rest is judged here."""

    def __init__(self, name: str, base_url: str, login: str = "", api_key: str = "", tag_limit: int = 2) -> None:
        super().__init__(name, base_url)
        self._tag_limit = tag_limit
        self._key = base64.b64encode(f"{login}:{api_key}".encode()).decode() if login and api_key else ""

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Basic {self._key}"} if self._key else {}

    @property
    def invited(self) -> bool:
        return bool(self._key)

    def address(self, query: Query, cursor: str) -> URL:
        terms = [*query.tags]
        if query.min_score is not None:
            terms.append(f"score:>={query.min_score}")
        if query.since is not None:
            terms.append(f"date:>={query.since}")
        if query.ratings and query.ratings != set(RATINGS):
            terms.append(f"rating:{','.join(sorted(query.ratings))}")
        terms += [f"-{tag}" for tag in query.without]
        asked = {"tags": " ".join(terms[: self._tag_limit]), "limit": str(PAGE)}
        return (self.base / "posts.json").with_query(asked | ({"page": cursor} if cursor else {}))

    def read(self, content: bytes, cursor: str) -> Page:
        posts = tuple(self.post(entry) for entry in json_list(content))
        return Page(posts, f"b{min(post.id for post in posts)}" if posts else None)

    def post(self, entry: dict[str, Any]) -> Post:
        """A post as the API writes it, or one of the old dumps. Raises `SiteError`."""
        number = integer(entry.get("id"))
        if number is None:
            raise SiteError("answered with a post that has no number")
        rating = str(entry.get("rating") or "")[:1]
        return Post(
            id=number,
            tags=_tags(entry),
            score=integer(entry.get("score")),
            rating=rating if rating in RATINGS else "",
            created=_time(entry.get("created_at")),
            source=text(entry.get("source")),
            md5=checksum(entry.get("md5")),
            url=self.absolute(entry.get("file_url")),
            width=integer(entry.get("image_width")) or 0,
            height=integer(entry.get("image_height")) or 0,
            ext=extension(f".{entry.get('file_ext') or ''}"),
        )


def _tags(entry: dict[str, Any]) -> frozenset[str]:
    if isinstance(listed := entry.get("tags"), list):  # the dumps up to 2020: [{"id": "1", "name": "solo"}, ...]
        return words(" ".join(str(tag.get("name") or "") for tag in listed if isinstance(tag, dict)))
    return words(entry.get("tag_string"))


def _time(text: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(text).replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
