"""What the linear readers look at to say something of a head: squares of an aligned face, by gradients and colours."""

from __future__ import annotations

import cv2
import numpy as np

from data.pictures import Pixels
from data.vision.frame import Frame
from data.vision.people.aligning import LOOKED_AT
from data.vision.people.colouring import oklab
from data.vision.people.patches import Pyramid, gradients

# What is read -> the middle and the side of what is looked at for it, in parts of FFHQ's square (see `aligning`).
FACE, EYES, HEAD = (0.5, 0.52, 0.84), (0.5, 0.47, 0.56), (0.5, 0.47, 1.1)
MOUTH, MOUTH_AND_CHEEKS = (0.5, 0.745, 0.34), (0.5, 0.7, 0.46)
SQUARES: dict[str, tuple[float, float, float]] = {
    "yaw": FACE,
    "glasses": EYES,
    "mouth_opening": MOUTH,
    "smile": MOUTH_AND_CHEEKS,
    "masculine": HEAD,
    "child": HEAD,
    "skin": FACE,
}
TINTED = ("skin",)  # what is read of colours themselves, and not of what differs from the rest
TURNED_BY_A_MIRROR = ("yaw",)
_GRID = 16  # px of a side, of colours
_WEIGHT = 0.25  # of a colour against a gradient
_TINTS, _TINT = 12, 4.0  # px of a side, of colours themselves, and their weight


def square_of(name: str, aligned: Frame) -> Frame:
    """Where to look, for one of SQUARES, on a face whose aligned frame is known."""
    x, y, side = SQUARES[name]
    whole = Frame(aligned.x, aligned.y, aligned.side / LOOKED_AT[2], aligned.turn)
    across, down = whole.matrix(1) @ [0.5 + x - LOOKED_AT[0], 0.5 + y - LOOKED_AT[1], 1]
    return Frame(float(across), float(down), whole.side * side, aligned.turn)


def described(square: Pixels, tinted: bool = False) -> np.ndarray:
    """uint8 (64, 64, 3) -> float32: its gradients, and how light and how red it is where, against the rest of it; or
    `tinted` the gradients and its colours."""
    grey = cv2.cvtColor(np.ascontiguousarray(square), cv2.COLOR_RGB2GRAY)
    if tinted:
        tinted_square = cv2.resize(square, (_TINTS, _TINTS), interpolation=cv2.INTER_AREA)
        tints = oklab(np.asarray(tinted_square, np.uint8)).ravel()
        return np.concatenate([gradients(grey), _TINT * tints, _TINT * tints**2]).astype(np.float32)
    small = cv2.resize(square, (_GRID, _GRID), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2Lab)
    light = (lab[..., 0] - np.median(lab[..., 0])) / (lab[..., 0].std() + 4)
    red = (lab[..., 1] - np.median(lab[..., 1])) / 20
    return np.concatenate([gradients(grey), _WEIGHT * light.ravel(), _WEIGHT * red.ravel()]).astype(np.float32)


def seen(name: str, picture: Pyramid, aligned: Frame) -> np.ndarray:
    """What the reader of `name` is shown of a face in a picture (H, W, 3)."""
    return described(picture.square(square_of(name, aligned)), name in TINTED)
