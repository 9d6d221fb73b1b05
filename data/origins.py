"""`crops.jsonl`: of which head of which picture each crop of a folder is, and what is said of that picture.

`python -m bot crop` writes it, one object a line: what became of every picture and every head, those that were left out
too (`file` is null).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from data.dataset import DatasetError

FILE = "crops.jsonl"
MAX_LINE = 1_000_000  # bytes; a post with a thousand tags has a tenth of it


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """What is known of every crop of a folder, by its file; {} where nothing is. Raises DatasetError."""
    found: dict[str, dict[str, Any]] = {}
    number = 0
    try:
        with (folder / FILE).open("rb") as lines:
            while line := lines.readline(MAX_LINE):
                number += 1
                value = json.loads(line)
                if not isinstance(value, dict):
                    raise ValueError("it is no object")
                if isinstance(value.get("file"), str):
                    found[value["file"]] = value
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetError(f"{folder / FILE} cannot be used, line {number}: {error}") from error
    return found


def lines(entries: Iterable[Mapping[str, Any]]) -> str:
    """The file's content."""
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def excerpt(folder: Path, names: Collection[str]) -> dict[str, bytes]:
    """File name -> content of what is known of those crops alone; {} where nothing is. Raises DatasetError."""
    kept = [entry for name, entry in read(folder).items() if name in names]
    return {FILE: lines(kept).encode()} if kept else {}


def tags(origin: Mapping[str, Any]) -> frozenset[str]:
    """What the site says of the picture that a crop is of."""
    post = origin.get("post")
    said = post.get("tags") if isinstance(post, dict) else None
    return frozenset(tag for tag in said if isinstance(tag, str)) if isinstance(said, list) else frozenset()


def rating(origin: Mapping[str, Any]) -> str:
    """g, s, q or e; "" where nothing is said."""
    post = origin.get("post")
    said = post.get("rating") if isinstance(post, dict) else None
    return said if isinstance(said, str) else ""
