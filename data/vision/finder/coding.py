"""What the channels of the finder's maps say of the place they are at. Numpy only.

0: logit that a face's middle is here. 1–4 and 5–8: logarithms of the distances to the left, upper, right and lower side
of the face box and of the head box. 9–14: where the left eye, the right eye and the chin are, x and y. 15, 16: sine and
cosine of the face's angle. Lengths are in units of two strides.
"""

from __future__ import annotations

import numpy as np

STRIDES = (8, 16, 32)
CHANNELS = 17
# px of the faces (root of the area) that a map answers for; the ranges overlap, so that no size falls between.
RANGES = ((0.0, 46.0), (32.0, 94.0), (68.0, 1e9))
ROW = 16  # numbers of a decoded face: score, box x0 y0 x1 y1, head box, three points, angle; see `decoded`
_FURTHEST = 6.0  # of an exponent: what a network says is not to overflow


def centres(height: int, width: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """x (1, width) and y (height, 1) of a map's places, pixels, float32."""
    x = (np.arange(width, dtype=np.float32) + 0.5) * stride
    y = (np.arange(height, dtype=np.float32) + 0.5) * stride
    return x[None], y[:, None]


def decoded(values: np.ndarray, stride: int, least: float) -> np.ndarray:
    """One map (CHANNELS, h, w) -> float32 (n, ROW) of places that score at least `least`, in pixels of the input.

    Columns: score, face box (x0, y0, x1, y1), head box (the same), left eye, right eye, chin (x, y each), angle in
    radians, clockwise.
    """
    logit = np.log(least / (1 - least))
    rows, columns = np.nonzero(values[0] >= logit)
    told = values[:, rows, columns].astype(np.float32)  # (CHANNELS, n)
    unit = 2.0 * stride
    x, y = (columns + 0.5) * stride, (rows + 0.5) * stride
    found = np.empty((len(rows), ROW), np.float32)
    found[:, 0] = 1 / (1 + np.exp(-told[0].clip(-30, 30)))
    for first in (1, 5):
        reach = np.exp(told[first : first + 4].clip(-_FURTHEST, _FURTHEST)) * unit
        found[:, first : first + 4] = np.stack([x - reach[0], y - reach[1], x + reach[2], y + reach[3]], 1)
    found[:, 9:15:2] = (x + told[9:15:2] * unit).T
    found[:, 10:15:2] = (y + told[10:15:2] * unit).T
    found[:, 15] = np.arctan2(told[15], told[16])
    return found
