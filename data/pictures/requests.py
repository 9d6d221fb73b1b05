"""What can be asked of the picture lane: frozen dataclasses, numpy only.

A pool reads `lane`, `batch_key` and `cost`. Pixel work is quick and of one kind only by chance, so each request runs
alone and none is cut.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, cast, get_args

import numpy as np

from data.pictures.types import Decoded, Encoded, Faces, Form, HeadFile, Motion, Pixels, Refusal, Refused
from data.vision.faces import Face

MOST_HEADS = 20  # that are put onto one picture
MOST_FRAMED = 1024  # px of a head that is cut out of a photograph
PLACE = 10  # numbers in `data.pictures.types.Place`


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
    to send, or `lossless` a PNG; `big` is to keep: as large as it can decently be shown, and a PNG.
    """

    faces: Faces = field(repr=False)
    recipe: str = ""
    big: bool = False
    numbered: bool = True  # several faces carry their numbers, to be named by where they cannot be pointed at
    columns: int = 0  # how many stand side by side, 0: as square as it gets
    lossless: bool = False


@dataclass(frozen=True, slots=True)
class Animate(PictureRequest):
    """A loop through N >= 2 faces and back again. Answer: `Encoded`, a WebP or a GIF.

    `recipe` is as in `Sheet`. GIF is for platforms that show nothing else as moving.
    """

    faces: Faces = field(repr=False)
    recipe: str = ""
    gif: bool = False


@dataclass(frozen=True, slots=True)
class Loop(PictureRequest):
    """An animation of faces: the numbers of those that are shown, each for its duration in ms. Answer: `Encoded`.

    `recipe` is as in `Sheet`; no larger than `most_bytes`, as far as that can be had. MP4 takes PyAV, the extra
    `[video]`.
    """

    faces: Faces = field(repr=False)
    order: tuple[int, ...]
    durations: tuple[int, ...]
    recipe: str = ""
    form: Form = "webp"
    most_bytes: int = 4_000_000

    def __post_init__(self) -> None:
        n = len(self.order)
        if n < 2 or len(self.durations) != n or not 0 <= min(self.order) <= max(self.order) < len(self.faces):
            raise ValueError(f"no loop: {n} frames of {len(self.faces)} pictures, {len(self.durations)} durations")


@dataclass(frozen=True, slots=True)
class Reencode(PictureRequest):
    """A smaller JPEG of one of the bot's own pictures. Answer: `Encoded`, no side longer than `max_side`."""

    content: bytes = field(repr=False)
    media_type: str = "image/png"
    max_side: int = 1024
    quality: int = 80


@dataclass(frozen=True, slots=True)
class Thumbnail(PictureRequest):
    """Pixels (H, W, 3) as a JPEG without a recipe. Answer: `Encoded`, no side longer than `max_side`."""

    pixels: Pixels = field(repr=False)
    max_side: int = 512


@dataclass(frozen=True, slots=True)
class ReadRecipe(PictureRequest):
    """The recipe that a picture from outside carries in its metadata. Answer: JSON text, "" where there is none.

    Pixels are not decoded. Refused with `data.pictures.opening.Unreadable` where it is not a picture that we know.
    """

    content: bytes = field(repr=False)
    max_pixels: int = 50_000_000


@dataclass(frozen=True, slots=True)
class Decode(PictureRequest):
    """A picture from outside as pixels. Answer: `Decoded`, no side of its pixels longer than `max_side`, or `Refused`.

    `content` may be anything. The picture is recognised by its content (PNG, JPEG, WebP, GIF, AVIF, BMP), and one of
    more than `max_pixels` is refused before it takes any memory.
    """

    content: bytes = field(repr=False)
    max_pixels: int = 50_000_000
    max_side: int = 1024
    frames: int = 0  # of an animation: how many at most; 0: the first one only
    frame_side: int = 480  # px, of those
    alpha: bool = False  # pixels (H, W, 4) where it has any; else all is opaque, on white

    def join(self, results: Sequence[Any]) -> Decoded | Refused:
        """The answer from what travels. Raises `ValueError` for what no worker in its right mind would answer."""
        match results:
            case [{"refused": str(reason)}] if reason in get_args(Refusal):
                return Refused(cast(Refusal, reason))
            case [
                {
                    "pixels": np.ndarray() as pixels,
                    "size": [int(width), int(height)],
                    "media_type": str(media_type),
                    "frames": int(frames),
                    "recipe": str(recipe),
                    **more,
                }
            ] if pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] in ((3, 4) if self.alpha else (3,)):
                if 0 < max(pixels.shape[:2]) <= self.max_side and min(pixels.shape) > 0:
                    return Decoded(pixels, width, height, media_type, frames, recipe, self._motion(more))
        raise ValueError("not the answer to a Decode")

    def _motion(self, more: dict[str, Any]) -> Motion | None:
        match more:
            case {"motion": np.ndarray() as frames, "durations": [*durations]} if frames.dtype == np.uint8:
                n, *sides = frames.shape
                fits = len(sides) == 3 and sides[2] == 3 and 0 < min(sides) <= max(sides) <= self.frame_side
                if fits and 1 < n == len(durations) <= self.frames and all(type(d) is int for d in durations):
                    return Motion(frames, tuple(durations))
            case _ if not more:
                return None
        raise ValueError("not the answer to a Decode")


@dataclass(frozen=True, slots=True)
class CutHead(PictureRequest):
    """The head of a face in a picture (H, W, 3 or 4). Answer: a `HeadFile`, or None where there is none to be cut out.

    A picture of a head alone, see-through around it, stays as it is, and takes no `face`.
    """

    pixels: Pixels = field(repr=False)
    face: Face | None = None

    def join(self, results: Sequence[Any]) -> HeadFile | None:
        """The answer from what travels. Raises `ValueError` for what is none."""
        match results:
            case [None]:
                return None
            case [{"content": bytes(content), "place": [*place]}] if len(place) == PLACE:
                if all(isinstance(value, int | float) and math.isfinite(value) for value in place):
                    return HeadFile(content, tuple(map(float, place)))
        raise ValueError("not the answer to a CutHead")


@dataclass(frozen=True, slots=True)
class FramePeople(PictureRequest):
    """The heads of people in a photograph (H, W, 3), cut out upright, `size` px each. Answer: `Framed`.

    `faces` are those that `data.vision.requests.FindReal` finds; without any, it is the middle of the picture.
    """

    pixels: Pixels = field(repr=False)
    faces: tuple[Face, ...] = ()
    size: int = 256

    def __post_init__(self) -> None:
        if not 1 <= self.size <= MOST_FRAMED or len(self.faces) > MOST_HEADS:
            raise ValueError(f"at most {MOST_HEADS} heads of {MOST_FRAMED} px are cut out")

    def join(self, results: Sequence[Any]) -> Framed:
        """The answer from what travels. Raises `ValueError` for what is none."""
        match results:
            case [{"pixels": np.ndarray() as pixels, "numbers": [*numbers]}] if pixels.dtype == np.uint8:
                shape = (max(1, len(self.faces)), self.size, self.size, 3)
                if pixels.shape == shape and len(numbers) == len(pixels) and all(map(_are_numbers, numbers)):
                    return Framed(pixels, tuple(dict(some) for some in numbers))
        raise ValueError("not the answer to a FramePeople")


def _are_numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(number, float) and math.isfinite(number) for name, number in value.items()
    )


@dataclass(frozen=True, slots=True)
class Framed:
    """The answer to `FramePeople`."""

    pixels: Pixels = field(repr=False)  # (N, size, size, 3), in the order of the faces
    numbers: tuple[Mapping[str, float], ...]  # of each what is clear of it: label values, see `data.labels.NAMES`


@dataclass(frozen=True, slots=True)
class ShowHeads(PictureRequest):
    """One picture of heads that were cut out, PNGs each, side by side. Answer: `Encoded`."""

    heads: tuple[bytes, ...] = field(repr=False)
    numbered: bool = False


Who = str | int | HeadFile
"""Whose head: a name or a seed as in `data.pictures.compose.Sitter`, or one that was cut out."""


@dataclass(frozen=True, slots=True)
class PutHeads(PictureRequest):
    """A head on the faces of a picture (H, W, 3), or of each frame of an animation. Answer: `Headed`.

    `faces` are those of each picture, as `data.vision.finder` finds them. `who` are the heads, of which the faces get
    one each from left to right, and then over again; those that are drawn look as `mood` says. `only` is the number of
    the face that is meant, from 1, counted from left to right; 0 means all, of more than `MOST_HEADS` the largest.
    `durations` (ms) make an animation of the pictures, a WebP or a GIF. `recipe` is as in `Sheet`.
    """

    pictures: tuple[Pixels, ...] = field(repr=False)
    faces: tuple[tuple[Face, ...], ...] = field(repr=False)
    who: tuple[Who, ...]
    mood: str
    only: int = 0
    durations: tuple[int, ...] = ()
    recipe: str = ""
    gif: bool = False
    forced: bool = False  # `faces` are none, but places where somebody wants heads

    def __post_init__(self) -> None:
        n = len(self.pictures)
        if not self.who:
            raise ValueError("nobody's heads")
        if not n or len(self.faces) != n or len(self.durations) != (0 if n == 1 else n):
            raise ValueError(f"{n} pictures, {len(self.faces)} lists of faces, {len(self.durations)} durations")

    def join(self, results: Sequence[Any]) -> Headed:
        """The answer from what travels. Raises `ValueError` for what is none."""
        match results:
            case [{"found": int(found), "picture": Encoded() | None as picture}] if found >= 0:
                return Headed(found, picture)
        raise ValueError("not the answer to a PutHeads")


@dataclass(frozen=True, slots=True)
class Headed:
    """The answer to `PutHeads`."""

    found: int  # faces that could have got a head: of an animation, those that stay long enough
    picture: Encoded | None  # None: there is no face with the number that was asked for
