"""What can be asked of the picture lane about pictures to learn from: frozen dataclasses, numpy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

import numpy as np

from data.hashes import BYTES
from data.pictures.requests import PictureRequest
from data.pictures.types import Pixels
from data.vision.faces import Face

LARGEST = 512  # px of a portrait's side
SEEN = 80  # px of the square that the features network is shown
MOST_BYTES = 4_000_000  # of a portrait; one of noise has 800 kB

Flaw = Literal["small", "cut_off", "two_heads", "blurred", "grey"]
"""Why a head is not good enough: the picture has too few pixels of it, its edge goes through the face or too near by,
another head is in the frame, it has no outlines, it has no colours."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A head to learn from."""

    content: bytes = field(repr=False)  # a lossless WebP, square, of LARGEST px at most
    size: int  # px of its side
    side: int  # px of the file that it shows
    sharpness: float  # as `data.curate.picture` measures it
    colour: float
    phash: bytes = field(repr=False)  # 256 bits
    mirrored: bytes = field(repr=False)  # of its mirror image
    whole: bytes = field(repr=False)  # of the picture that it was cut out of
    whole_mirrored: bytes = field(repr=False)
    seen: Pixels = field(repr=False)  # (SEEN, SEEN, 3), framed as `data.vision.requests.See` wants it


@dataclass(frozen=True, slots=True)
class Flawed:
    """In place of a `Portrait`."""

    flaw: Flaw


@dataclass(frozen=True, slots=True)
class CutPortrait(PictureRequest):
    """The head of one face of a picture (H, W, 3). Answer: `Portrait`, or `Flawed`.

    `others` are the picture's other faces; `scale` is how many px of the file are one px of `pixels`. What is a
    portrait already stays as it is.
    """

    pixels: Pixels = field(repr=False)
    face: Face
    others: tuple[Face, ...] = ()
    scale: float = 1.0

    def join(self, results: Sequence[Any]) -> Portrait | Flawed:
        """The answer from what travels. Raises `ValueError` for what is none."""
        match results:
            case [{"flaw": str(flaw)}] if flaw in get_args(Flaw):
                return Flawed(cast(Flaw, flaw))
            case [
                {
                    "content": bytes(content),
                    "size": int(size),
                    "side": int(side),
                    "sharpness": float(sharpness),
                    "colour": float(colour),
                    "hashes": [bytes(phash), bytes(mirrored), bytes(whole), bytes(whole_mirrored)],
                    "seen": np.ndarray() as seen,
                }
            ] if 0 < size <= LARGEST and side > 0 and 0 < len(content) <= MOST_BYTES:
                hashes = phash, mirrored, whole, whole_mirrored
                if {*map(len, hashes)} == {BYTES} and seen.dtype == np.uint8 and seen.shape == (SEEN, SEEN, 3):
                    return Portrait(content, size, side, sharpness, colour, *hashes, seen)
        raise ValueError("not the answer to a CutPortrait")


@dataclass(frozen=True, slots=True)
class Compare(PictureRequest):
    """Whether portraits are copies of one: files each, as `Portrait.content` is, and whether to be seen in a mirror.

    Answer: a bool for each of the others.
    """

    content: bytes = field(repr=False)
    others: tuple[tuple[bytes, bool], ...] = field(repr=False)

    def join(self, results: Sequence[Any]) -> tuple[bool, ...]:
        """The answer from what travels. Raises `ValueError` for what is none."""
        match results:
            case [[*copies]] if len(copies) == len(self.others) and all(type(one) is bool for one in copies):
                return tuple(copies)
        raise ValueError("not the answer to a Compare")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Pictures out of an archive."""

    contents: tuple[bytes, ...] = field(repr=False)  # in the order of their names
    left_out: int = 0  # too large, too many, damaged, behind a password


@dataclass(frozen=True, slots=True)
class Unpack(PictureRequest):
    """What is called a picture in a zip. Answer: `Unpacked`, or None where `content` is no zip that can be read.

    No more than `most` files, `most_bytes` of each, `most_total` of all; none of them is looked into.
    """

    content: bytes = field(repr=False)
    most: int = 200
    most_bytes: int = 20_000_000
    most_total: int = 80_000_000

    def join(self, results: Sequence[Any]) -> Unpacked | None:
        """The answer from what travels. Raises `ValueError` for what is none."""
        match results:
            case [None]:
                return None
            case [{"contents": [*contents], "left_out": int(left_out)}] if len(contents) <= self.most:
                if all(isinstance(one, bytes) and len(one) <= self.most_bytes for one in contents):
                    return Unpacked(tuple(contents), max(0, left_out))
        raise ValueError("not the answer to an Unpack")


Mark = Literal["", "accepted", "waiting", "refused"]
"""What became of a picture: a card carries its sign."""

MOST_CARDS = 64


@dataclass(frozen=True, slots=True)
class Card:
    """One picture of a sheet of contributions. Without `content` it is a blank one."""

    content: bytes | None = field(repr=False)  # a file as `Portrait.content` is
    number: int = 0  # by which it can be named; 0 for none
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Cards(PictureRequest):
    """A sheet of portraits in reading order, each with its number and the sign of what became of it. Answer: `Encoded`,
    a JPEG. What was refused is pale."""

    cards: tuple[Card, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.cards) <= MOST_CARDS:
            raise ValueError(f"1 to {MOST_CARDS} cards make a sheet, not {len(self.cards)}")


def is_zip(content: bytes) -> bool:
    """By its first bytes (APPNOTE.TXT, 4.3.7 and 4.3.16: a file in it, or an empty one's end)."""
    return content[:4] in (b"PK\x03\x04", b"PK\x05\x06")
