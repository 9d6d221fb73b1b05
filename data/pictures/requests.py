"""What can be asked of the picture lane: frozen dataclasses, numpy only.

A pool reads `lane`, `batch_key` and `cost`. Pixel work is quick and of one kind only by chance, so each request runs
alone and none is cut.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from data.pictures.types import Faces


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """What all requests of this lane have in common."""

    @property
    def lane(self) -> str:
        return "picture"

    @property
    def batch_key(self) -> Hashable:
        return None

    @property
    def cost(self) -> int:
        return 1

    def split(self, size: int) -> Sequence[Self]:
        return [self]

    def join(self, results: Sequence[Any]) -> Any:
        return results[0]


@dataclass(frozen=True, slots=True)
class Sheet(PictureRequest):
    """One picture of N faces in reading order, as `data.pictures.grid.layout` places them. Answer: `Encoded`.

    `recipe` is JSON text that is written into the picture's metadata, "" for none. A sheet is a JPEG, quick to make and
    to send; `big` is to keep: as large as it can decently be shown, and a PNG.
    """

    faces: Faces = field(repr=False)
    recipe: str = ""
    big: bool = False
    numbered: bool = True  # several faces carry their numbers, to be named by where they cannot be pointed at


@dataclass(frozen=True, slots=True)
class Reencode(PictureRequest):
    """A smaller JPEG of one of the bot's own pictures. Answer: `Encoded`, no side longer than `max_side`."""

    content: bytes = field(repr=False)
    media_type: str = "image/png"
    max_side: int = 1024
    quality: int = 80


@dataclass(frozen=True, slots=True)
class ReadRecipe(PictureRequest):
    """The recipe that a picture from outside carries in its metadata. Answer: JSON text, "" where there is none.

    Pixels are not decoded. Refused with `data.pictures.recipe.Unreadable` where it is not a picture that we know.
    """

    content: bytes = field(repr=False)
    max_pixels: int = 50_000_000
