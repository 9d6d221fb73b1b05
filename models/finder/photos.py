"""Photographs as distractors: in none of them is a drawn face."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data.pictures.decode import decode
from data.pictures.opening import Unreadable
from models.finder.heads import NoHeads

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
SIDE = 256  # px, at most
MOST = 20_000
MAX_PIXELS = 50_000_000


def photographs(folder: Path) -> list[np.ndarray]:
    """uint8 (H, W, 3) each, in the order of their names; what cannot be read is left out. Raises NoHeads."""
    found = []
    for path in sorted(folder.rglob("*"))[:MOST]:
        if path.suffix.lower() in SUFFIXES and path.is_file():
            try:
                found.append(decode(path.read_bytes(), MAX_PIXELS, SIDE).pixels)
            except (Unreadable, OSError):
                continue
    if not found:
        raise NoHeads(f"no photographs in {folder}")
    return found
