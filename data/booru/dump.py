"""Metadata in a file and pictures in a folder, as the dumps of Danbooru have them, behind the same manifest.

https://gwern.net/danbooru2021: a JSON object a line, as the API writes posts; pictures by the last three digits of
their number. Posts are those of danbooru.donmai.us, so that a crawl of that site does not fetch them once more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from data.booru import files
from data.booru.base import SiteError
from data.booru.crawl import Tally
from data.booru.danbooru import Danbooru
from data.booru.manifest import Manifest, Search, Wanted
from data.booru.post import Post
from data.booru.query import TYPES, Query

LINES = 2000
"""That are read between two visits to the manifest."""

MOST_LINE = 1_000_000
"""Bytes of a line; a post with a thousand tags has a tenth of it."""

_SITE = Danbooru("danbooru", "https://danbooru.donmai.us")


class DumpError(Exception):
    """A dump cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Dump:
    """Where a dump is."""

    metadata: Path
    pictures: Path

    def picture(self, post: Wanted) -> Path | None:
        """The file of a post: by its number or MD5, below folders or not; None where it is not there."""
        number = post.id % 1000
        names = [f"{number:04d}/{post.id}", f"{number:03d}/{post.id}", f"{post.id}"]
        if post.md5:
            names += [f"{post.md5[:2]}/{post.md5}", f"{post.md5[:2]}/{post.md5[2:4]}/{post.md5}", post.md5]
        own = post.path.rpartition(".")[2]
        for name in names:
            for ext in (own, *sorted(TYPES | {"jpeg"})):  # smaller versions are JPEGs, whatever the original is
                if (path := self.pictures / f"{name}.{ext}").is_file():
                    return path
        return None


def take(
    dump: Dump, query: Query, manifest: Manifest, limit: int, show: Callable[[Tally], None] = lambda tally: None
) -> Tally:
    """Up to `limit` pictures of a dump into the manifest's folder. Killed anywhere, it goes on where it was.

    Raises `DumpError`, and `OSError` where nothing can be written.
    """
    if not dump.pictures.is_dir():
        raise DumpError(f"{dump.pictures} is no folder")
    search = manifest.search(_SITE, f"{dump.metadata.resolve()} {query.key}")
    tally = Tally(kept=manifest.counts(search)["kept"])
    missing: set[int] = set()
    while tally.kept < limit:
        if wanted := manifest.wanted(search, limit - tally.kept, missing):
            for post in wanted:
                tally = _take(dump, post, manifest, tally, missing)
                show(tally)
            continue
        posts, read, end = _read(dump.metadata, int(search.cursor or 0))
        if not read:
            break
        search = _list(dump, query, manifest, search, posts, end)
        tally = replace(tally, pages=tally.pages + 1, seen=tally.seen + read, kept=manifest.counts(search)["kept"])
        show(tally)
    counts = manifest.counts(search)
    return replace(tally, unfit=counts["unfit"])


def _take(dump: Dump, post: Wanted, manifest: Manifest, tally: Tally, missing: set[int]) -> Tally:
    source = dump.picture(post)
    if source is None:
        missing.add(post.id)
        return replace(tally, later=len(missing))
    try:
        written = files.adopt(manifest.folder / post.path, source)
    except files.Unfit as unfit:
        manifest.give_up(post, "unfit", str(unfit))
        return tally
    manifest.keep(post, written.sha256, written.size)
    return replace(tally, kept=tally.kept + 1, fetched=tally.fetched + 1)


def _list(dump: Dump, query: Query, manifest: Manifest, search: Search, posts: list[Post], end: int) -> Search:
    place = dump.pictures.resolve().as_uri()
    accepted = [replace(post, url=place) for post in posts if query.accepts(post)]
    return manifest.add(search, _SITE, accepted, str(end), max((post.id for post in accepted), default=0))


def _read(metadata: Path, start: int) -> tuple[list[Post], int, int]:
    """The posts of some lines from a place in the file, how many lines that were, and where they end."""
    posts: list[Post] = []
    read, end = 0, start
    try:
        for line in _lines(metadata, start):
            read += 1
            end += len(line)
            try:
                posts.append(_SITE.post(dict(json.loads(line))))
            except (ValueError, TypeError, RecursionError, SiteError):
                continue  # a blank line, or one that a broken download cut off
    except OSError as error:
        raise DumpError(f"{metadata} cannot be read: {error.strerror or error}") from error
    if read and not posts:
        raise DumpError(f"{metadata} has no posts, a JSON object a line, from byte {start:,} on")
    return posts, read, end


def _lines(metadata: Path, start: int) -> Iterator[bytes]:
    with metadata.open("rb") as file:
        file.seek(start)
        for _ in range(LINES):
            line = file.readline(MOST_LINE)
            if not line:
                return
            yield line
