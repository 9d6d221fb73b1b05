"""What a crawl has kept, as whoever works on its pictures sees it; a crawl may be at work meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from data.booru.manifest import NAME, VERSION, ManifestError

_COLUMNS = ("site", "host", "id", "tags", "score", "rating", "date", "source", "licence", "sha256")


def is_crawl(folder: Path) -> bool:
    """Whether a crawl has written to this folder."""
    return (folder / NAME).is_file()


def posts(folder: Path) -> dict[str, dict[str, Any] | None]:
    """Of every file of a crawl's folder, by its path below, what its site says of it; None for one that is not `kept`.

    Whoever asks that a picture be taken out has its row's state set to `refused`, and its file may still be there.
    Raises ManifestError.
    """
    path = folder / NAME
    if not path.is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version != VERSION:
                raise ManifestError(f"{path} is of another version of nijigen ({version})")
            rows = db.execute(f"SELECT path, state, {', '.join(_COLUMNS)} FROM posts ORDER BY host, id")
            found: dict[str, dict[str, Any] | None] = {}
            for name, state, *values in rows:
                post = dict(zip(_COLUMNS, values, strict=True))
                found[name] = {**post, "tags": post["tags"].split()} if state == "kept" else None
            return found
    except sqlite3.Error as error:
        raise ManifestError(f"{path} cannot be read: {error}") from error
