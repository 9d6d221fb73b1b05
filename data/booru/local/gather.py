"""Pictures of a source on this machine into the folder and the manifest, until there are enough.

A picture's number is made of its content: the same one is there once, from wherever it comes. Its file is whole before
its row says so, and its row and where the source goes on are written together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from data.booru import files
from data.booru.crawl import Tally
from data.booru.local.source import Found, Pictures, Place
from data.booru.manifest import Manifest, Search
from data.booru.post import Post
from data.booru.query import Query
from data.pictures.decode import decode
from data.pictures.opening import Unreadable, format_of
from data.pictures.types import Decoded, Pixels

SHOWN = 512  # px of the longer side that whoever looks at a picture is shown

Look = Callable[[Pixels], tuple[frozenset[str], str]]
"""The tags of a picture, uint8 (H, W, 3), and its rating: a key of `data.booru.post.RATINGS`."""

_WHY = {"not_a_picture": "not a picture", "damaged": "damaged", "too_many_pixels": "too many pixels"}
_COMMIT = 100  # pictures that are not wanted, before it is written down how far it went


class Gathering:
    """One query of one place into one folder. `show` is told how it stands, `say` what should be read.

    `look`, where it is given, sees what nothing is written of: its tags are added, and its rating holds where none is
    stated. Another one (`seen_by`) makes another search.
    """

    def __init__(
        self,
        place: Place,
        query: Query,
        manifest: Manifest,
        limit: int,
        max_pixels: int,
        look: Look | None = None,
        show: Callable[[Tally], None] = lambda tally: None,
        say: Callable[[str], None] = lambda line: None,
        seen_by: str = "",
    ) -> None:
        self.place, self.query, self._manifest = place, query, manifest
        self._limit, self._max_pixels, self._look = limit, max_pixels, look
        self._show, self._say = show, say
        self.key = f"{query.key}{seen_by}"  # what tells this search from others of the place
        self.search: Search = manifest.search(place, self.key)
        self._counts = manifest.counts(self.search)
        self._seen = self._fetched = 0

    @property
    def tally(self) -> Tally:
        """How it stands."""
        by = self._counts
        return Tally(by["kept"], self._fetched, seen=self._seen, refused=by["refused"], unfit=by["unfit"])

    def kept(self) -> list[Path]:
        """The files of this search that are here."""
        return self._manifest.files(self.search)

    def run(self, pictures: Pictures) -> Tally:
        """Until the limit or the end. Raises what `pictures` raises, and `OSError` where nothing can be written."""
        if self.search.cursor is None and self.place.grows and self.tally.kept < self._limit:
            self.search = self._manifest.again(self.search)
        if self.search.cursor is None or self.tally.kept >= self._limit:
            return self.tally
        with closing(pictures(self.search.cursor)) as found:
            for picture in found:
                self._seen += 1
                self._take(picture)
                tally = self.tally
                self._show(tally)
                if tally.kept >= self._limit:
                    return tally
        self._go_on(None)
        return self.tally

    def _take(self, picture: Found) -> None:
        if picture.trouble:
            self._say(f"{picture.where}: {picture.trouble}")
            self._pass(picture)
            return
        content = picture.content
        number = int(hashlib.sha256(content).hexdigest()[:15], 16)  # 60 bits: SQLite has 63
        post = Post(
            number, picture.said.tags, picture.said.score, picture.said.rating, picture.said.created,
            picture.said.source, None, picture.url, 0, 0, "",
        )  # fmt: skip
        try:
            post = replace(post, ext=format_of(content).lower().replace("jpeg", "jpg"))
            decoded = decode(content, self._max_pixels, SHOWN)
        except Unreadable as error:
            self._say(f"{picture.where}: {_WHY[error.reason]}")
            if post.ext:
                self._settle(post, None, picture.cursor, _WHY[error.reason])
            else:
                self._pass(picture)
            return
        post = self._seen_as(replace(post, width=decoded.width, height=decoded.height), decoded)
        if not self.query.accepts(post):
            self._pass(picture)
            return
        refused = self._manifest.met(self.search, self.place, number)[0] == "refused"
        self._settle(post, None if refused else self._write(picture, post), picture.cursor)

    def _settle(self, post: Post, written: files.Written | None, cursor: str, why: str = "") -> None:
        before, found = self._manifest.met(self.search, self.place, post.id)
        self.search = self._manifest.settle(
            self.search, self.place, post, written and (written.sha256, written.size), cursor, why
        )
        after, _ = self._manifest.met(self.search, self.place, post.id)
        if found and before is not None:
            self._counts[before] -= 1
        if after is not None:
            self._counts[after] += 1

    def _seen_as(self, post: Post, decoded: Decoded) -> Post:
        if self._look is None:
            return post
        tags, rating = self._look(decoded.pixels)
        return replace(post, tags=post.tags | tags, rating=post.rating or rating)

    def _write(self, picture: Found, post: Post) -> files.Written:
        path = self._manifest.folder / self._manifest.path(self.place, post)
        present = files.present(path, None)
        if present is not None and present.sha256 == hashlib.sha256(picture.content).hexdigest():
            return present
        self._fetched += 1
        if picture.file is not None:
            return files.adopt(path, picture.file)
        return files.write(path, picture.content, None)

    def _pass(self, picture: Found) -> None:
        if self._seen % _COMMIT == 0:
            self._go_on(picture.cursor)

    def _go_on(self, cursor: str | None) -> None:
        self.search = self._manifest.add(self.search, self.place, (), cursor, 0)
