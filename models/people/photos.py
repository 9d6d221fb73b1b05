"""Photographs whose faces are known: where they are, and what a person said of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.pictures import Pixels
from data.pictures.decode import decode
from data.pictures.opening import Unreadable
from data.vision.frame import Frame
from data.vision.people.reading import ATTRIBUTES

LABELS = Path(__file__).with_name("photos.json")
SIDE, MAX_PIXELS = 128, 50_000_000  # px that photographs are shrunk to, px that one may have


class NoPhotos(Exception):
    """There is nothing to fit; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One photograph."""

    name: str
    pixels: Pixels = field(repr=False)  # (H, W, 3)
    square: Frame  # of its face, as `data.vision.people.aligning` looks at it
    exact: bool  # whether that is where it is, or only near it
    said: Mapping[str, str]  # some of `reading.ATTRIBUTES`


def photographs(folder: Path, labels: Path = LABELS, but: frozenset[str] = frozenset()) -> list[Photo]:
    """Those of a folder in the subfolders that `labels` names, by name; without those in `but`. Raises NoPhotos."""
    try:
        told = json.loads(labels.read_text(encoding="utf-8"))
        said = {entry["file"]: entry for entry in told["photos"]}
        squares: dict[str, Any] = told["squares"]
        exact = tuple(told["exact"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoPhotos(f"{labels} cannot be read: {error!r}") from error
    found = []
    for part, (x, y, side) in squares.items():
        for path in sorted((folder / part).glob("*")):
            name = f"{part}{path.name}"
            if name in but or path.suffix.lower() not in (".jpg", ".jpeg", ".png", ".webp"):
                continue
            try:
                pixels = decode(path.read_bytes(), MAX_PIXELS, SIDE).pixels
            except (OSError, Unreadable):
                continue
            size = max(pixels.shape[:2])
            words = {key: str(word) for key, word in said.get(name, {}).items() if word in ATTRIBUTES.get(key, ())}
            found.append(Photo(name, pixels, Frame(x * size, y * size, side * size), name.startswith(exact), words))
    if not any(photo.exact for photo in found):
        raise NoPhotos(f"{folder} has no photographs in {', '.join(exact)}, of which the place of the face is known")
    return found
