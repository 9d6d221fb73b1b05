"""The heads of one picture: found, judged, cut out."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np
from PIL import Image

from data.crop.framing import around
from data.curate.picture import sharpness
from data.dataset.reading import MAX_PIXELS
from data.pictures import Pixels
from data.pictures.decode import decode
from data.vision.faces import Face
from data.vision.frame import Frame, cut

if TYPE_CHECKING:
    from data.vision.people import Look

MAX_SIDE = 4096  # px of a picture that heads are cut out of; what is larger is made so large
FOUND_AT = 2048  # px of what a finder is shown
UNSURE = 0.5  # a second head is one from this score on: better one crop less than one with two heads
SHARED, GROWN = 0.35, 0.3  # of another face in the crop, and its size in parts of the crop's own, for it to count
AT_EDGE = 0.02  # faces: a box that comes so near to the picture's edge goes on beyond it
PACKED = 2  # of 9: half of the time that 6 takes, for a twentieth more bytes

Verdict = Literal["cut", "small", "blurred", "two heads", "cut off"]


@dataclass(frozen=True, slots=True)
class Options:
    """How heads are cut. Two runs with equal ones write equal crops."""

    size: int = 256  # px of a crop
    align: bool = False
    finder: Literal["own", "cascade", "people"] = "own"
    min_score: float = 0.6
    min_side: int = 64  # px of the picture that a crop shows
    max_upscale: float = 1.5
    min_sharpness: float = 0.25
    max_outside: float = 0.3  # share of a crop beyond the picture
    two_heads: bool = False  # whether crops with another head are cut too
    ratings: str = "any"  # of the posts that are looked at

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sight:
    """By what faces are found in a process."""

    dtype: Literal["float32", "bfloat16"] = "float32"
    cascade: Path | None = None  # the file, where nagadomi's is to find them
    people: bool = False  # whether those of people in photographs are looked for
    yunet: Path | None = None  # the file, where a YuNet is to find those

    @property
    def digest(self) -> str:
        """Of the network or the cascade. Raises OSError."""
        from data.vision.finder import WEIGHTS
        from data.vision.people.fitted import WEIGHTS as FITTED
        from data.vision.people.reading import READER
        from data.vision.stored import digest

        if self.people:
            return digest(FITTED) + digest(READER) + (digest(self.yunet) if self.yunet else "")
        return digest(self.cascade or WEIGHTS)

    def find(self, picture: Pixels, least: float) -> list[Face]:
        """The faces of a score of at least `least`, best first."""
        from data.vision import perprocess

        if self.people:
            return [face for face in perprocess.people(self.yunet).find(picture) if face.score >= least]
        if self.cascade is not None:
            return perprocess.cascade(self.cascade).find(picture)
        return perprocess.finder(self.dtype).find(picture, least)


@dataclass(frozen=True, slots=True)
class Head:
    """One head of a picture, and its crop where it is good enough."""

    verdict: Verdict
    face: Face
    frame: Frame
    sharpness: float
    content: bytes | None  # PNG; of a person see-through around the head
    look: Look | None = None  # of a person: what is seen

    def to_json(self) -> dict[str, Any]:
        """Its record, without names: pixels of the file, upright."""
        frame = self.frame
        corner = [round(frame.x, 1), round(frame.y, 1), round(frame.side, 1), round(frame.turn, 1)]
        told = {"verdict": self.verdict, **self.face.to_json(), "frame": corner, "sharpness": self.sharpness}
        return told if self.look is None else {**told, "look": self.look.line()}


def heads(content: bytes, sight: Sight, options: Options) -> tuple[tuple[int, int], list[Head]]:
    """Width and height of a picture, upright, and its heads, best first. Raises Unreadable."""
    picture = decode(content, MAX_PIXELS, MAX_SIDE)
    found = _found(picture.pixels, sight, options)
    scale = picture.width / picture.pixels.shape[1]
    return (picture.width, picture.height), [
        _scaled(head, scale) for head in _cut(picture.pixels, found, options, scale)
    ]


def _found(pixels: Pixels, sight: Sight, options: Options) -> list[Face]:
    """Every face that may be one, in tenths of a pixel: what is cut does not depend on the last digit of a float."""
    height, width = pixels.shape[:2]
    shrunk = max(height, width) / FOUND_AT
    small = pixels
    if shrunk > 1:
        to = max(1, round(width / shrunk)), max(1, round(height / shrunk))
        small = cv2.resize(pixels, to, interpolation=cv2.INTER_AREA).astype(np.uint8)
    faces = sight.find(small, min(options.min_score, UNSURE))
    return [_rounded(face.scaled(width / small.shape[1], height / small.shape[0])) for face in faces]


def _cut(pixels: Pixels, found: list[Face], options: Options, scale: float) -> Iterator[Head]:
    height, width = pixels.shape[:2]
    for face in found:
        if face.score < options.min_score:
            continue
        frame = _frame(face, options)
        if not options.align:
            frame = frame.moved(width, height)
        verdict: Verdict = "cut"
        if frame.side < max(options.min_side / scale, options.size / options.max_upscale):
            verdict = "small"
        elif is_cut_off(face, width, height) or frame.outside(width, height) > options.max_outside:
            verdict = "cut off"
        elif not options.two_heads and any(shares(frame, face, other) for other in found if other is not face):
            verdict = "two heads"
        sharp, content, seen = 0.0, None, None
        if verdict == "cut":
            crop = cut(pixels, frame, options.size)
            sharp = round(sharpness(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)), 4)
            if sharp < options.min_sharpness:
                verdict = "blurred"
            elif options.finder == "people":
                from data.vision.people import look

                seen = look(crop)
                content = _png(np.dstack([crop, seen.mask]))
            else:
                content = _png(crop)
        yield Head(verdict, face, frame, sharp, content, seen)


def _frame(face: Face, options: Options) -> Frame:
    if options.finder != "people":
        return around(face, options.align)
    from data.vision.people import frame

    return frame(face)


def is_cut_off(face: Face, width: int, height: int) -> bool:
    """Whether the picture's edge goes through the face itself; through the hair it may."""
    x, y, w, h = face.box
    near = AT_EDGE * math.sqrt(w * h)
    if min(x, y, width - x - w, height - y - h) < near:
        return True
    points = [*(face.eyes or ()), *([face.chin] if face.chin else [])]
    return any(not (0 <= a <= width and 0 <= b <= height) for a, b in points)


def shares(frame: Frame, face: Face, other: Face) -> bool:
    """Whether `other` is a second head in the frame of `face`."""
    own, size = math.sqrt(face.box[2] * face.box[3]), math.sqrt(other.box[2] * other.box[3])
    if size < GROWN * own:
        return False
    x, y, w, h = other.box
    steps = (np.arange(8) + 0.5) / 8
    seen = [frame.seen((x + a * w, y + b * h), 1) for a in steps for b in steps]
    inside = sum(0 <= u <= 1 and 0 <= v <= 1 for u, v in seen) / len(seen)
    return inside >= SHARED


def _scaled(head: Head, scale: float) -> Head:
    """In pixels of the file."""
    if scale == 1:
        return head
    frame = Frame(head.frame.x * scale, head.frame.y * scale, head.frame.side * scale, head.frame.turn)
    return replace(head, face=head.face.scaled(scale, scale), frame=frame)


def _rounded(face: Face) -> Face:
    told = face.to_json()
    return Face(
        tuple(told["box"]),
        told["score"],
        None if told["head_box"] is None else tuple(told["head_box"]),
        told["angle"],
        None if told["eyes"] is None else (tuple(told["eyes"][0]), tuple(told["eyes"][1])),
        None if told["chin"] is None else tuple(told["chin"]),
    )


def _png(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=PACKED)
    return buffer.getvalue()
