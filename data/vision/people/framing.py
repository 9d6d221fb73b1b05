"""How people's heads are framed for the networks that draw them: upright, as the drawn portraits are.

A drawn portrait (`data.drawn.sampling.sample_portrait`) has its chin at 0.865 of its height and the top of its hair at
0.045. A person's eyes lie half way between; so face, hair and a little neck come to the same place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from data.pictures import Pixels
from data.vision.faces import Face
from data.vision.frame import Frame, cut
from data.vision.people.aligning import BOX, LOOKED_AT

SIDE = 1.9  # faces wide
DRAWN_SIDE = 1.71  # likewise of drawn faces, which are wider than people's
DRAWN_BOX = (0.19, 0.316, 0.626, 0.546)  # x, y, w, h of the face in a drawn portrait, in its sides
CHIN = 0.865  # of the frame's height: where the chin is
EDGE = BOX[1] + BOX[3]  # of FFHQ's square: where the box of a face ends, at the chin


def frame(face: Face, side: float = SIDE) -> Frame:
    """The square of a face: `side` times as wide as its box, turned so that the head is upright in it."""
    x, y, w, h = face.box
    side *= math.sqrt(w * h)
    # The box is that of an upright head, turned about its middle with it.
    up = (CHIN - 0.5) * side - h / 2
    lean = math.radians(face.angle)
    return Frame(x + w / 2 + up * math.sin(lean), y + h / 2 - up * math.cos(lean), side, face.angle)


def middle(width: int, height: int) -> Frame:
    """The square in the middle of a picture in which no face was found, px."""
    return Frame(width / 2, height / 2, min(width, height))


def framed(picture: Pixels, faces: Sequence[Face], size: int, side: float = SIDE) -> Pixels:
    """uint8 (N, size, size, 3): the heads of faces in uint8 (H, W, 3), one each, `side` faces wide; without any the
    picture's middle."""
    height, width = picture.shape[:2]
    frames = [frame(face, side) for face in faces] or [middle(width, height)]
    return np.stack([cut(picture, square, size) for square in frames])


def whole(width: int, height: int) -> Frame:
    """What `aligning` looks at of the face in a picture that `frame` has framed."""
    side = min(width, height)
    square = side / (SIDE * math.sqrt(BOX[2] * BOX[3]))  # FFHQ's
    down = CHIN * side - (EDGE - LOOKED_AT[1]) * square
    return Frame(width / 2, (height - side) / 2 + down, LOOKED_AT[2] * square)
