"""From a face as a finder answers it to the anchors of its head."""

from __future__ import annotations

import cmath
import math

from data.pictures.compose.anchors import Anchors, Box, Point, roll_of, turn_of
from data.vision.faces import Face

EYES = 0.43  # of a face box's height, where the eyes are; all of these as the drawing program's labels have it
WIDE, HIGH = 2.5, 2.7  # a head box, in lengths from the eyes to the chin
TURN_IN_FACE, TURN_IN_HEAD = 0.33, 0.29  # how far the eyes move in face and head box for a yaw of 90 degrees
UPRIGHT = 10.0  # degrees up to which a face box ends at the chin
LOWER = 0.25  # of a face box: what it may move a chin
EDGE = 1.0  # px: a box that comes so near the picture's edge was cut there


def anchors_of(face: Face, width: int, height: int) -> Anchors:
    """The head of a face in a picture of `width` x `height` px. What the finder does not tell is as usual."""
    x, y, w, h = face.box
    if face.eyes is None or face.chin is None:
        roll = math.radians(face.angle)
        centre = (x + w / 2, y + h / 2)
        eyes, chin = _beyond(centre, roll, (0.5 - EYES) * h), _beyond(centre, roll, -0.5 * h)
        lean = face.angle
    else:
        (lx, ly), (rx, ry) = face.eyes
        eyes, chin = ((lx + rx) / 2, (ly + ry) / 2), face.chin
        lean = _between(roll_of(*face.eyes, chin), face.angle)
        if abs(lean) <= UPRIGHT:  # the box ends there too: whatever is lower, lest the old chin looks out
            above = (y + h - chin[1]) / math.cos(math.radians(lean))
            chin = _beyond(chin, math.radians(lean), -max(0.0, min(above, LOWER * h)))
    turn = turn_of(eyes, face.box, lean, TURN_IN_FACE)
    box = face.head_box
    if box is None or _cut(box, width, height):
        length = max(1.0, math.dist(eyes, chin))
        mx, my = _beyond(chin, math.radians(lean), HIGH / 2 * length)
        box = (mx - WIDE / 2 * length, my - HIGH / 2 * length, WIDE * length, HIGH * length)
    else:
        turn = (turn + turn_of(eyes, box, lean, TURN_IN_HEAD)) / 2
    return Anchors(eyes, chin, box, lean, turn)


def _beyond(point: Point, roll: float, up: float) -> Point:
    """A point `up` px above another, as the head leans (radians)."""
    return point[0] + up * math.sin(roll), point[1] - up * math.cos(roll)


def _between(one: float, other: float) -> float:
    """The angle half way, degrees."""
    return math.degrees(cmath.phase(cmath.rect(1, math.radians(one)) + cmath.rect(1, math.radians(other))))


def _cut(box: Box, width: int, height: int) -> bool:
    x, y, w, h = box
    return x <= EDGE or y <= EDGE or x + w >= width - EDGE or y + h >= height - EDGE
