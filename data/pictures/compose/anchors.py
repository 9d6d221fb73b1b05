"""Where a head is and how it is held, and what moves one head to where another is.

All in pixels: x to the right, y down; angles in degrees, positive clockwise as one sees it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from data.pictures.types import Place

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # x, y, width, height

TURNED = 0.12  # sine of a yaw from which a head has a direction
COVER = 1.1  # how much larger than the old head the new one is, so that none of its hair looks out
LEAST, MOST = 0.85, 1.4  # what the head box may make of the size that the face alone asks for


@dataclass(frozen=True, slots=True)
class Anchors:
    """A head in a picture."""

    eyes: Point  # the middle between them
    chin: Point
    head_box: Box  # face and hair
    roll: float = 0.0  # degrees, positive leans clockwise
    turn: float = 0.0  # sine of the yaw: positive looks to the viewer's right

    @property
    def length(self) -> float:
        """From the eyes to the chin."""
        return math.dist(self.eyes, self.chin)

    @property
    def middle(self) -> Point:
        """Of the head box."""
        x, y, w, h = self.head_box
        return x + w / 2, y + h / 2

    @property
    def numbers(self) -> Place:
        """As they travel and are kept."""
        return (*self.eyes, *self.chin, *self.head_box, self.roll, self.turn)

    @classmethod
    def of(cls, numbers: Place) -> Anchors:
        """The inverse of `numbers`. Raises ValueError for what it did not make."""
        ex, ey, cx, cy, x, y, w, h, roll, turn = map(float, numbers)
        if not all(map(math.isfinite, numbers)):
            raise ValueError("a head is nowhere")
        return cls((ex, ey), (cx, cy), (x, y, w, h), roll, turn)

    def turned(self, turn: float) -> Anchors:
        """The same with another yaw."""
        return replace(self, turn=turn)

    def moved(self, x: float, y: float, scale: float = 1.0) -> Anchors:
        """In a picture whose corner is at (x, y) of this one, and that is `scale` times as large."""
        (ex, ey), (cx, cy), (bx, by, w, h) = self.eyes, self.chin, self.head_box
        return replace(
            self,
            eyes=((ex - x) * scale, (ey - y) * scale),
            chin=((cx - x) * scale, (cy - y) * scale),
            head_box=((bx - x) * scale, (by - y) * scale, w * scale, h * scale),
        )

    @property
    def reach(self) -> float:
        """The side of a square as large as the head box."""
        return math.sqrt(self.head_box[2] * self.head_box[3])


def roll_of(left: Point, right: Point, chin: Point) -> float:
    """How a face leans by its eyes and its chin, degrees.

    The line from the eyes to the chin is the longer one and counts for more; that between the eyes is short where a
    head is turned away.
    """
    middle = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    along, down = complex(right[0] - left[0], right[1] - left[1]), complex(chin[0] - middle[0], chin[1] - middle[1])
    direction = along + 2 * down / 1j  # down turned a quarter back: both point to the right of an upright face
    return math.degrees(math.atan2(direction.imag, direction.real)) if abs(direction) > 1e-6 else 0.0


def turn_of(eyes: Point, box: Box, roll: float, share: float) -> float:
    """The sine of a head's yaw, by how far its eyes are from the middle of a box around it: -0.6…0.6.

    `share` of the box's side is how far they move when the head is turned by 90 degrees.
    """
    x, y, w, h = box
    along = math.cos(math.radians(roll)), math.sin(math.radians(roll))
    aside = (eyes[0] - x - w / 2) * along[0] + (eyes[1] - y - h / 2) * along[1]
    return max(-0.6, min(0.6, aside / max(1e-6, share * math.sqrt(w * h))))


def mirrors(head: Anchors, face: Anchors) -> bool:
    """Whether the head looks the other way."""
    return head.turn * face.turn < 0 and min(abs(head.turn), abs(face.turn)) >= TURNED


def scale_for(head: Anchors, face: Anchors) -> float:
    """How much larger the head is to become: that of the faces, as far as the old head is covered."""
    by_face = face.length / max(head.length, 1e-6)
    by_box = COVER * face.reach / max(head.reach, 1e-6)
    return min(max(by_box, LEAST * by_face), MOST * by_face)


def similarity(head: Anchors, face: Anchors, mirror: bool = False) -> np.ndarray:
    """float64 (2, 3): from pixels of the head to those of the picture. Chin comes to lie on chin, roll on roll."""
    scale = scale_for(head, face)
    turn = math.radians(face.roll + head.roll if mirror else face.roll - head.roll)
    c, s = scale * math.cos(turn), scale * math.sin(turn)
    linear = np.array([[c, -s], [s, c]])
    if mirror:
        linear = linear @ np.diag([-1.0, 1.0])
    return np.column_stack([linear, np.subtract(face.chin, linear @ head.chin)])
