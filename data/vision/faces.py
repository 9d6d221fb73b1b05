"""A face that was found in a picture: what every finder answers with. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]  # x, y, w, h
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Face:
    """One face, in pixels of the picture: x to the right, y down, from the upper left corner.

    A finder that does not see heads, eyes or chins has None there.
    """

    box: Box  # cheek to cheek, mid-forehead to chin
    score: float  # 0 … 1
    head_box: Box | None = None  # with the round of the hair, without what hangs or stands off it
    angle: float = 0.0  # degrees, -180 … 180: how far the head leans clockwise, as it is seen; 0 is upright
    eyes: tuple[Point, Point] | None = None  # the one at the viewer's left of an upright face, and the other
    chin: Point | None = None

    def scaled(self, across: float, down: float) -> Face:
        """The same in a picture that is so many times as wide and as high; the angle is that of equal factors."""

        def point(p: Point) -> Point:
            return p[0] * across, p[1] * down

        def box(b: Box) -> Box:
            return b[0] * across, b[1] * down, b[2] * across, b[3] * down

        return Face(
            box(self.box),
            self.score,
            None if self.head_box is None else box(self.head_box),
            self.angle,
            None if self.eyes is None else (point(self.eyes[0]), point(self.eyes[1])),
            None if self.chin is None else point(self.chin),
        )

    def to_json(self) -> dict[str, Any]:
        """As `python -m bot faces --json` prints it: tenths of a pixel and of a degree."""
        return {
            "box": _rounded(self.box),
            "head_box": None if self.head_box is None else _rounded(self.head_box),
            "score": round(self.score, 4),
            "angle": round(self.angle, 1),
            "eyes": None if self.eyes is None else [_rounded(eye) for eye in self.eyes],
            "chin": None if self.chin is None else _rounded(self.chin),
        }


def _rounded(values: tuple[float, ...]) -> list[float]:
    return [round(float(value), 1) for value in values]


def in_reading_order(faces: Sequence[Face]) -> list[Face]:
    """Row by row from the top, in a row from left to right. Faces whose middles are less than half a face apart are in
    one row."""
    rows: list[list[Face]] = []
    for face in sorted(faces, key=_level):
        if rows and _level(face) - _level(rows[-1][0]) < max(face.box[3], rows[-1][0].box[3]) / 2:
            rows[-1].append(face)
        else:
            rows.append([face])
    return [face for row in rows for face in sorted(row, key=lambda face: face.box[0] + face.box[2] / 2)]


def _level(face: Face) -> float:
    return face.box[1] + face.box[3] / 2
