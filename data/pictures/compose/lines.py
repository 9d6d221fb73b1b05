"""How thick the outlines of a drawing are."""

from __future__ import annotations

import cv2
import numpy as np

from data.pictures.compose.anchors import Anchors
from data.pictures.types import Pixels

DARKER = 18  # of 255, than what lies on both sides of it: a line
CLOSE = 160.0  # px from the eyes to the chin that are enough to look at: time does not grow with the picture
THICKEST = 0.16  # of the way from the eyes to the chin; what is thicker is no line


def outline(picture: Pixels, face: Anchors) -> float:
    """The usual width of the lines of a head (H, W, 3), in pixels; 0.0 where there are none."""
    x, y, w, h = (round(v) for v in face.head_box)
    part = picture[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
    if min(part.shape[:2]) < 8:
        return 0.0
    grey = cv2.cvtColor(np.ascontiguousarray(part[..., :3]), cv2.COLOR_RGB2GRAY)
    scale = min(1.0, CLOSE / max(face.length, 1.0))
    if scale < 1:
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    side = max(3, round(THICKEST * face.length * scale)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    darker = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    if not (darker > DARKER).any():
        return 0.0
    # Half as dark as the darkest: where a line that fades into its surroundings is said to end.
    least = max(DARKER, float(np.percentile(darker[darker > DARKER], 90)) / 2)
    inside = cv2.distanceTransform((darker > least).astype(np.uint8), cv2.DIST_L2, 5)
    ridge = (inside > 0) & (inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8)))
    return float(2 * np.median(inside[ridge]) - 1) / scale
