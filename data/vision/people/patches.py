"""What of a face the linear readers are shown: gradients of small grey squares of it, and darkness and redness."""

from __future__ import annotations

import math

import cv2
import numpy as np

from data.vision.frame import Frame

SIDE = 64  # px of a square
CELLS = 1764  # numbers of its gradients: 7 x 7 blocks of 4 cells of 9 directions
_COARSE = 1.6  # px of a picture that one of the square may stand for; beyond, a smaller picture is taken

_gradients = cv2.HOGDescriptor((SIDE, SIDE), (16, 16), (8, 8), (8, 8), 9)


class Pyramid:
    """A picture, uint8 (H, W) or (H, W, C), and smaller ones of it, so that no detail is skipped in a small square."""

    def __init__(self, picture: np.ndarray) -> None:
        self._levels = [np.ascontiguousarray(picture)]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        height, width = self._levels[0].shape[:2]
        return width, height

    def square(self, frame: Frame, side: int = SIDE) -> np.ndarray:
        """What a frame shows, (side, side) or (side, side, C); beyond the picture its edge goes on."""
        level = max(0, math.ceil(math.log2(max(frame.side / side / _COARSE, 1e-6))))
        while len(self._levels) <= level and min(self._levels[-1].shape[:2]) > 8:
            self._levels.append(cv2.pyrDown(self._levels[-1]))
        level = min(level, len(self._levels) - 1)
        scale = 0.5**level
        matrix = Frame(frame.x * scale, frame.y * scale, frame.side * scale, frame.turn).matrix(side)
        matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5  # OpenCV counts from the middle of a pixel
        return cv2.warpAffine(
            self._levels[level], matrix, (side, side),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip


def gradients(square: np.ndarray) -> np.ndarray:
    """uint8 (SIDE, SIDE) -> float32 (CELLS,): histograms of oriented gradients (Dalal and Triggs 2005)."""
    return np.asarray(_gradients.compute(square), np.float32).ravel()
