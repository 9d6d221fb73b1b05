"""What has been found and fetched: one SQLite file beside the pictures.

A picture's file is whole before its row says that it is kept; the posts of a page and where the next page begins are
written together. So a crawl may be killed at any moment and goes on where it was.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Literal, Protocol, Self

from filelock import FileLock, Timeout

from data.booru.post import Post

NAME = "manifest.sqlite"

State = Literal["listed", "kept", "hidden", "gone", "refused", "unfit"]
"""To be fetched; here; not shown by the site; not there any more; at an address that is not let in; no picture, too
large, or not the one that the site says (MD5)."""

VERSION = 1
_SCHEMA = """
CREATE TABLE posts (
    host TEXT NOT NULL,       -- danbooru.donmai.us
    id INTEGER NOT NULL,      -- of the post, on that host
    site TEXT NOT NULL,       -- danbooru
    tags TEXT NOT NULL,       -- in alphabetical order, with spaces between them and at both ends
    score INTEGER,
    rating TEXT NOT NULL,     -- g, s, q, e
    date TEXT,                -- of the post, ISO 8601 in UTC
    source TEXT NOT NULL,     -- where the post says that the picture is from
    licence TEXT NOT NULL,    -- what the site says of rights
    url TEXT,                 -- of the file
    md5 TEXT,                 -- as the site says
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    path TEXT NOT NULL,       -- of the file, beside this manifest; it is there when state is 'kept'
    state TEXT NOT NULL,      -- listed, kept, hidden, gone, refused, unfit
    detail TEXT NOT NULL DEFAULT '',
    sha256 TEXT,
    bytes INTEGER,
    PRIMARY KEY (host, id)
);
CREATE TABLE searches (
    key TEXT PRIMARY KEY,     -- host and query
    number INTEGER NOT NULL UNIQUE,
    cursor TEXT,              -- of the page that comes next; NULL: the search is at its end
    floor INTEGER NOT NULL,   -- number of the newest post that the last whole search has seen
    top INTEGER NOT NULL      -- number of the newest post that this one has seen
);
CREATE TABLE found (
    search INTEGER NOT NULL,
    host TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (search, host, id)
) WITHOUT ROWID;
"""


class ManifestError(Exception):
    """The manifest cannot be used; the message is a sentence."""


class Origin(Protocol):
    """Where posts are from: a site, or a place on this machine."""

    @property
    def name(self) -> str: ...
    @property
    def host(self) -> str:
        """Posts are numbered by it, and their files lie in a folder of that name."""
        ...

    @property
    def base(self) -> object:
        """Its address: part of what tells one search from another."""
        ...

    @property
    def licence(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is to be fetched."""

    host: str
    id: int
    url: str
    md5: str | None
    path: str  # below the folder of the manifest


@dataclass(frozen=True, slots=True)
class Search:
    """How far a search has come."""

    number: int
    cursor: str | None
    floor: int
    top: int


class Manifest:
    """The manifest of a folder; a context manager. Raises `ManifestError` when it cannot be opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / f".{NAME}.lock")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
            self._db = sqlite3.connect(folder / NAME, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                self._db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        except Timeout:
            raise ManifestError(f"another crawl is at work in {folder}") from None
        except (OSError, sqlite3.Error) as error:
            self._lock.release()
            raise ManifestError(f"{folder / NAME} cannot be opened: {error}") from error
        if version not in (0, VERSION):
            self.__exit__()
            raise ManifestError(f"{folder / NAME} is of another version of nijigen ({version})")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._lock.release()

    def search(self, origin: Origin, key: str) -> Search:
        """How far a search has come; a new one is at its beginning."""
        name = f"{origin.base} {key}"
        self._db.execute(
            "INSERT OR IGNORE INTO searches SELECT ?, coalesce(max(number), 0) + 1, '', 0, 0 FROM searches", (name,)
        )
        row = self._db.execute("SELECT number, cursor, floor, top FROM searches WHERE key = ?", (name,)).fetchone()
        return Search(*row)

    def again(self, search: Search) -> Search:
        """A search that was at its end, begun once more for what has been posted since."""
        self._db.execute("UPDATE searches SET cursor = '', floor = top WHERE number = ?", (search.number,))
        return Search(search.number, "", search.top, search.top)

    def add(self, search: Search, origin: Origin, posts: Iterable[Post], cursor: str | None, top: int) -> Search:
        """A page's posts and where the next page begins. What is decided about a post already stays so."""
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:
            for post in posts:
                self._put(origin, post)
                self._db.execute("INSERT OR IGNORE INTO found VALUES (?, ?, ?)", (search.number, origin.host, post.id))
            self._db.execute(
                "UPDATE searches SET cursor = ?, top = max(top, ?) WHERE number = ?", (cursor, top, search.number)
            )
        return Search(search.number, cursor, search.floor, max(top, search.top))

    def settle(
        self, search: Search, origin: Origin, post: Post, written: tuple[str, int] | None, cursor: str, why: str = ""
    ) -> Search:
        """A post whose file is in its place (`written`: sha256 and bytes) or is no good (`why`), and where its source
        goes on, at once. What a person refused stays so, and what is kept."""
        state, sha256, size = ("kept", *written) if written else ("unfit", None, None)
        settled = ("kept", "refused") if written else ("kept", "refused", "unfit", "gone")
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:
            self._put(origin, post)
            self._db.execute(
                "UPDATE posts SET state = ?, detail = ?, sha256 = ?, bytes = ? WHERE host = ? AND id = ? "
                f"AND state NOT IN {settled}",
                (state, why, sha256, size, origin.host, post.id),
            )
            self._db.execute("INSERT OR IGNORE INTO found VALUES (?, ?, ?)", (search.number, origin.host, post.id))
            self._db.execute("UPDATE searches SET cursor = ? WHERE number = ?", (cursor, search.number))
        return Search(search.number, cursor, search.floor, search.top)

    def met(self, search: Search, origin: Origin, number: int) -> tuple[State | None, bool]:
        """What has become of a post, None where it was never met; and whether this search has found it before."""
        row = self._db.execute("SELECT state FROM posts WHERE host = ? AND id = ?", (origin.host, number)).fetchone()
        found = self._db.execute(
            "SELECT 1 FROM found WHERE search = ? AND host = ? AND id = ?", (search.number, origin.host, number)
        ).fetchone()
        return (row[0] if row else None), found is not None

    def files(self, search: Search) -> list[Path]:
        """Of the pictures of a search that are here."""
        rows = self._db.execute(
            "SELECT path FROM posts JOIN found USING (host, id) WHERE search = ? AND state = 'kept' ORDER BY id",
            (search.number,),
        )
        return [self.folder / path for (path,) in rows]

    @staticmethod
    def path(origin: Origin, post: Post) -> str:
        """Where a post's file goes, below the folder."""
        return f"{origin.host.replace(':', '_').lstrip('.')}/{post.id}.{post.ext}"

    def _put(self, origin: Origin, post: Post) -> None:
        state: State = "listed" if post.url else "hidden"
        created = post.created.astimezone(UTC).isoformat() if post.created else None
        self._db.execute(
            """
            INSERT INTO posts
                (host, id, site, tags, score, rating, date, source, licence, url, md5, width, height, path, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET tags = excluded.tags, score = excluded.score, rating = excluded.rating,
                source = excluded.source, url = excluded.url, md5 = excluded.md5, path = excluded.path,
                state = excluded.state
            WHERE state IN ('listed', 'hidden')
            """,
            (
                origin.host, post.id, origin.name, f" {' '.join(sorted(post.tags))} ", post.score, post.rating, created,
                post.source, origin.licence, post.url, post.md5, post.width, post.height,
                self.path(origin, post), state,
            ),
        )  # fmt: skip

    def wanted(self, search: Search, most: int, without: Iterable[int] = ()) -> list[Wanted]:
        """The newest posts of a search that are to be fetched, but for those numbers."""
        left_out = set(without)
        rows = self._db.execute(
            """
            SELECT host, id, url, md5, path FROM posts JOIN found USING (host, id)
            WHERE search = ? AND state = 'listed' ORDER BY id DESC
            """,
            (search.number,),
        )
        found: list[Wanted] = []
        with closing(rows):
            for row in rows:
                if len(found) >= most:
                    break
                if row[1] not in left_out:
                    found.append(Wanted(*row))
        return found

    def keep(self, post: Wanted, sha256: str, size: int) -> None:
        """The post's file is whole and in its place."""
        self._db.execute(
            "UPDATE posts SET state = 'kept', detail = '', sha256 = ?, bytes = ? WHERE host = ? AND id = ?",
            (sha256, size, post.host, post.id),
        )

    def give_up(self, post: Wanted, state: State, detail: str) -> None:
        """The post's file will not come; `detail` says why."""
        self._db.execute(
            "UPDATE posts SET state = ?, detail = ? WHERE host = ? AND id = ?", (state, detail, post.host, post.id)
        )

    def counts(self, search: Search) -> Counter[str]:
        """How many posts of a search are in which state."""
        rows = self._db.execute(
            "SELECT state, count(*) FROM posts JOIN found USING (host, id) WHERE search = ? GROUP BY state",
            (search.number,),
        )
        return Counter(dict(rows))
