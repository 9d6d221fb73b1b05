"""Journals: what is known of each picture, a line of JSON as soon as it is known, so that a kill costs little."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def place(cache: Path, *key: Any) -> Path:
    """The journal in `cache` of what `key` says: another key, as of another version, is another journal."""
    cache.mkdir(parents=True, exist_ok=True)
    return cache / f"{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]}.jsonl"


def entries(journal: Path) -> Iterator[Any]:
    """What it holds; a line that a kill cut short is cut off."""
    if not journal.exists():
        return
    whole = 0
    with journal.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            yield json.loads(line)
    if whole < journal.stat().st_size:
        os.truncate(journal, whole)
