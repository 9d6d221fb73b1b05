"""Which portraits are copies of one: packed anew, resized, cropped, mirrored, made lighter. The inside of the picture
lane.

A hash does not tell: what the finder makes of a copy is framed a little differently, so that up to 106 of 256 bits
differ, and of the same drawing with another mouth 8 do. One is laid over the other as well as it goes, and a copy is
what then differs nowhere by much. Measured on drawn heads: of 85 copies 80 differ by 16 at most; of 24 with another
expression, and of 18 whose mouth had visibly changed, the nearest by 27.
"""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from data.pictures import Pixels
from data.portrait.requests import Compare

SIDE = 128  # px at which they are laid over each other
MOST = 16.0  # of a difference, where brightness has a deviation of CONTRAST
CONTRAST = 50.0
SOFT = 1.2, 1.5  # px: sigma of what is blurred before, since half a pixel is no difference, and after
ROUNDS, ENOUGH = 60, 1e-4  # of the search for how they lie
LOST = 0.85, 0.97  # correlation: of two that are alike, but not found to lie so yet; then it is begun elsewhere
SCALES = 0.94, 1.06

_FACE = np.zeros((SIDE, SIDE), np.uint8)
_FACE[SIDE // 6 : -SIDE // 8, SIDE // 6 : -SIDE // 6] = 255
"""What is looked at: the edges are framed differently, and reflected where the picture ends."""


def compare(request: Compare) -> list[bool]:
    """What `Compare.join` reads."""
    one = _opened(request.content)
    return [left_over(one, _opened(content, mirrored)) <= MOST for content, mirrored in request.others]


def left_over(one: Pixels, other: Pixels) -> float:
    """The largest difference between two grey portraits (SIDE, SIDE) when they lie on each other; infinite where no way
    is found to lay them so."""
    found, least = _laid(one, other, 1.0)
    if LOST[0] < found < LOST[1]:
        least = min(least, *(_laid(one, other, scale)[1] for scale in SCALES))
    return least


def _laid(one: Pixels, other: Pixels, scale: float) -> tuple[float, float]:
    """Correlation (Evangelidis and Psarakis 2008, "Parametric image alignment using enhanced correlation coefficient
    maximization") and what is left over, beginning with `other` so many times as large."""
    off = (1 - scale) * SIDE / 2
    way = np.array([[scale, 0, off], [0, scale, off]], np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, ROUNDS, ENOUGH)
    try:
        found, way = cv2.findTransformECC(one, other, way, cv2.MOTION_AFFINE, criteria, _FACE, 5)
    except cv2.error:  # it does not converge: they have nothing in common
        return -1.0, float("inf")
    laid = cv2.warpAffine(
        other, way, (SIDE, SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    a, b = _even(one), _even(laid)
    return float(found), float(cv2.GaussianBlur(np.abs(a - b), (0, 0), SOFT[1])[_FACE > 0].max())


def _even(grey: np.ndarray) -> np.ndarray:
    """Softened, and as bright and as rich in contrast as any other."""
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), SOFT[0])
    face = soft[_FACE > 0]
    return (soft - face.mean()) * (CONTRAST / max(float(face.std()), 1.0))


def _opened(content: bytes, mirrored: bool = False) -> Pixels:
    with Image.open(io.BytesIO(content), formats=("WEBP",)) as image:
        grey = np.array(image.convert("L"))
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[:, ::-1] if mirrored else small, np.uint8)
