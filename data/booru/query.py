"""What is looked for: tags and bounds. What a site cannot be asked for is judged here, post by post."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from data.booru.post import Post

TYPES = frozenset({"jpg", "png", "webp", "gif", "avif"})
"""File types that the house can open."""

# Sites answer to these in place of a tag. They sort, or say what an option says, and cannot be judged here.
_METATAG = re.compile(
    r"(age|approver|date|fav|favcount|filesize|filetype|height|id|limit|md5|mpixels|order|ordfav|ordpool|parent|pool|"
    r"random|ratio|rating|score|sort|source|status|user|vote|width):."
)


@dataclass(frozen=True, slots=True)
class Query:
    """Posts that have all of `tags`, none of `without`, and lie within the bounds."""

    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    min_score: int | None = None
    since: date | None = None  # posted on this day or later, UTC
    ratings: frozenset[str] = frozenset()  # keys of RATINGS; empty: any
    min_side: int = 0  # pixels of the shorter side
    types: frozenset[str] = frozenset({"jpg", "png", "webp"})

    def accepts(self, post: Post) -> bool:
        """Whether a post is one of these. What a site does not say of it counts as out of bounds."""
        return (
            post.tags.issuperset(self.tags)
            and post.tags.isdisjoint(self.without)
            and (self.min_score is None or (post.score is not None and post.score >= self.min_score))
            and (self.since is None or (post.created is not None and self.is_recent(post.created)))
            and (not self.ratings or post.rating in self.ratings)
            and min(post.width, post.height) >= self.min_side
            and post.ext in self.types
        )

    def is_recent(self, created: datetime) -> bool:
        """Whether something of this time is not older than `since`."""
        return self.since is None or created.astimezone(UTC).date() >= self.since

    @property
    def key(self) -> str:
        """The same text for the same query, whatever the order of its tags."""
        plain = {
            name: sorted(value) if isinstance(value, (tuple, frozenset)) else value
            for name, value in asdict(self).items()
        }
        return json.dumps(plain, default=str, sort_keys=True)


def split_tags(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags, and tags after a minus, in lower case. Raises `ValueError` with a sentence."""
    wanted, without = [], []
    for word in dict.fromkeys(text.lower().split()):
        tag = word.removeprefix("-")
        if not tag or "*" in tag or tag.startswith("~"):
            raise ValueError(f"{word!r} is no tag; tags are whole words like long_hair, or -long_hair")
        if _METATAG.match(tag):
            raise ValueError(f"{word!r} is no tag; --min-score, --since, --rating and --min-side say such things")
        (without if word != tag else wanted).append(tag)
    if both := set(wanted) & set(without):
        raise ValueError(f"{min(both)!r} cannot be both wanted and not wanted")
    return tuple(wanted), tuple(without)


def day(text: str) -> date:
    """A year, a month or a day: 2019, 2019-05, 2019-05-31. Raises `ValueError` with a sentence."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", text.strip(), re.ASCII)
    try:
        if match is None:
            raise ValueError
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise ValueError(f"{text!r} is no date; write 2019, 2019-05 or 2019-05-31") from None


def subset(text: str, known: Iterable[str], what: str) -> frozenset[str]:
    """Words between commas, each one of `known`. Raises `ValueError` with a sentence."""
    words = frozenset(word.strip().lower() for word in text.split(",")) - {""}
    if wrong := sorted(words - set(known)) or ([] if words else [text]):
        raise ValueError(f"{wrong[0]!r} is no {what}; there is {', '.join(sorted(known))}")
    return words
