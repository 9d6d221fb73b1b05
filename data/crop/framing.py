"""Where a head lies in its crop: face, hair and a little neck, as the portraits of the field have them."""

from __future__ import annotations

import math

import numpy as np

from data.vision.faces import Face, Point
from data.vision.frame import Frame

SIDE = 2.1  # faces wide: room for the hair above and beside, and for a little neck
MIDDLE = 0.67  # faces above the chin: the middle of an upright crop, and of the head box
EYES_AT = (0.5, 0.57)  # of an aligned crop: where the middle between the eyes lies, across and down
# Of a face that looks at us, medians of 43 real drawings: from eye to eye, and from between the eyes to the chin.
EYE_TO_EYE, EYES_TO_CHIN = 0.48, 0.51
DOUBT = 1.25  # eyes and chin that say a face is so many times larger or smaller than its box does are not believed
TURN = 25.0  # degrees, likewise of the eyes' line against the lean of the head


def around(face: Face, align: bool = False) -> Frame:
    """The frame of a face. `align` levels the eyes and puts them at EYES_AT; it needs a face with eyes (ValueError)."""
    x, y, w, h = face.box
    if not align:
        if face.head_box is None:
            return Frame(x + w / 2, y + h - MIDDLE * math.sqrt(w * h), SIDE * math.sqrt(w * h))
        a, b, c, d = face.head_box
        return Frame(a + c / 2, b + d / 2, SIDE * math.sqrt(w * h))
    if face.eyes is None:
        raise ValueError("a face without eyes cannot be aligned")
    left, right = face.eyes
    between = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    turn = math.degrees(math.atan2(right[1] - left[1], right[0] - left[0]))
    if (
        abs((turn - face.angle + 180) % 360 - 180) > TURN
    ):  # in profile two eyes are nearly one, and their line is chance
        turn = face.angle
    side = _size(face, between) * SIDE
    level = Frame(0.0, 0.0, side, turn)
    dx, dy = level.matrix(1)[:, :2] @ (0.5 - np.array(EYES_AT))
    return Frame(between[0] + float(dx), between[1] + float(dy), side, turn)


def _size(face: Face, between: Point) -> float:
    """How large a face is, px: by its eyes and chin, of which a turned or a nodding head foreshortens but one."""
    box = math.sqrt(face.box[2] * face.box[3])
    if face.eyes is None or face.chin is None:
        return box
    points = max(math.dist(*face.eyes) / EYE_TO_EYE, math.dist(between, face.chin) / EYES_TO_CHIN)
    return min(max(points, box / DOUBT), box * DOUBT)
