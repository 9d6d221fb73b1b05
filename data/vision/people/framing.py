"""How people's heads are framed for the networks that draw them: upright, as the drawn portraits are.

A drawn portrait (`data.drawn.sampling.sample_portrait`) has its chin at 0.865 of its height and the top of its hair at
0.045. A person's eyes lie half way between; so face, hair and a little neck come to the same place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from data.vision.faces import Face
from data.vision.frame import Frame

SIDE = 1.9  # faces wide
CHIN = 0.865  # of the frame's height: where the chin is


def frame(face: Face) -> Frame:
    """The square of a face: SIDE times as wide as its box, turned so that the head is upright in it."""
    x, y, w, h = face.box
    side = SIDE * math.sqrt(w * h)
    # The box is that of an upright head, turned about its middle with it.
    up = (CHIN - 0.5) * side - h / 2
    lean = math.radians(face.angle)
    return Frame(x + w / 2 + up * math.sin(lean), y + h / 2 - up * math.cos(lean), side, face.angle)


def middle(width: int, height: int) -> Frame:
    """The square in the middle of a picture in which no face was found, px."""
    return Frame(width / 2, height / 2, min(width, height))


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
