"""From where a face may be to where it is: cascaded linear regression (supervised descent, Xiong and De la Torre 2013).

The place of a face is the square that photographs aligned as FFHQ's are show of it, of which `DRAWN_IN` is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from data.vision.faces import Face
from data.vision.frame import Frame
from data.vision.people.fitted import Linear
from data.vision.people.patches import Pyramid, gradients

# In parts of FFHQ's square (medians of 515 synthetic photographs that are aligned so): what is looked at; the face from
# cheek to cheek and mid-forehead to chin; the eyes and the chin.
LOOKED_AT = (0.5, 0.52, 0.84)  # its middle and its side
BOX = (0.25, 0.30, 0.50, 0.58)
EYES = ((0.37, 0.463), (0.63, 0.463))
CHIN = (0.5, 0.88)

TURN = 20.0  # degrees that are one in what the regressors answer
MOST_GROWN, MOST_MOVED, MOST_TURNED = 0.4, 0.3, 30.0  # of one step: log of the side, sides, degrees


def moved(frame: Frame, step: Sequence[float] | np.ndarray) -> Frame:
    """A frame moved by (across, down) in its own sides and axes, grown by a logarithm, turned by TURN degrees."""
    across, down = (min(max(float(v), -MOST_MOVED), MOST_MOVED) * frame.side for v in step[:2])
    cos, sin = math.cos(math.radians(frame.turn)), math.sin(math.radians(frame.turn))
    grown = min(max(float(step[2]), -MOST_GROWN), MOST_GROWN)
    turned = min(max(float(step[3]) * TURN, -MOST_TURNED), MOST_TURNED)
    return Frame(
        frame.x + cos * across - sin * down,
        frame.y + sin * across + cos * down,
        frame.side * math.exp(grown),
        frame.turn + turned,
    )


def step_to(frame: Frame, true: Frame) -> tuple[float, float, float, float]:
    """The step that `moved` would have to make: what the regressors learn."""
    dx, dy = (true.x - frame.x) / frame.side, (true.y - frame.y) / frame.side
    cos, sin = math.cos(math.radians(frame.turn)), math.sin(math.radians(frame.turn))
    return (
        cos * dx + sin * dy, cos * dy - sin * dx, math.log(true.side / frame.side), (true.turn - frame.turn) / TURN
    )  # fmt: skip


def align(grey: Pyramid, frame: Frame, stages: Sequence[Linear]) -> Frame:
    """The place of the face that a frame is near to."""
    for stage in stages:
        frame = moved(frame, stage(gradients(grey.square(frame))))
    return frame


def face_of(frame: Frame, score: float) -> Face:
    """What an aligned frame says of a face."""

    def at(point: tuple[float, float]) -> tuple[float, float]:
        whole = Frame(frame.x, frame.y, frame.side / LOOKED_AT[2], frame.turn)
        x, y = whole.matrix(1) @ [0.5 + point[0] - LOOKED_AT[0], 0.5 + point[1] - LOOKED_AT[1], 1]
        return float(x), float(y)

    side = frame.side / LOOKED_AT[2]
    w, h = BOX[2] * side, BOX[3] * side
    x, y = at((BOX[0] + BOX[2] / 2, BOX[1] + BOX[3] / 2))
    return Face((x - w / 2, y - h / 2, w, h), score, None, frame.turn, (at(EYES[0]), at(EYES[1])), at(CHIN))


def frame_of(face: Face) -> Frame:
    """The inverse of `face_of`, of a face of any finder: what is looked at of it."""
    x, y, w, h = face.box
    side = math.sqrt(w * h / (BOX[2] * BOX[3]))
    cos, sin = math.cos(math.radians(face.angle)), math.sin(math.radians(face.angle))
    across = (LOOKED_AT[0] - BOX[0] - BOX[2] / 2) * side
    down = (LOOKED_AT[1] - BOX[1] - BOX[3] / 2) * side
    return Frame(
        x + w / 2 + cos * across - sin * down, y + h / 2 + sin * across + cos * down, side * LOOKED_AT[2], face.angle
    )
