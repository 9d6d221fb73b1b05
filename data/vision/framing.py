"""How a face is framed for the networks that see: as the drawing program frames its heads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.pictures import Pixels

# Of a drawn frame, on average: the width of the face's outline, and how far down its middle lies.
FACE_WIDTH, FACE_MIDDLE = 0.57, 0.583


def around(box: Sequence[float]) -> tuple[float, float, float]:
    """(left, top, side) of the square to look at for a face box (x, y, w, h): cheek to cheek, mid-forehead to chin."""
    x, y, w, h = box
    side = max(w, h) / FACE_WIDTH
    return x + w / 2 - side / 2, y + h / 2 - FACE_MIDDLE * side, side


def cut(picture: Pixels, box: Sequence[float]) -> Pixels:
    """The square `around` a face box, uint8 (S, S, 3); beyond the picture its edge goes on. Raises ValueError."""
    left, top, side = (round(v) for v in around(box))
    h, w, _ = picture.shape
    if side < 1 or left >= w or top >= h or left + side <= 0 or top + side <= 0 or side > 4 * max(h, w):
        raise ValueError(f"no face box in a picture of {w}x{h}: {list(box)}")
    rows = np.arange(top, top + side).clip(0, h - 1)
    columns = np.arange(left, left + side).clip(0, w - 1)
    return np.ascontiguousarray(picture[rows[:, None], columns])
