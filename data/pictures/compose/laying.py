"""A head laid over a face: turned, sized, its edges soft, its shadow on the neck."""

from __future__ import annotations

import math

import cv2
import numpy as np

from data.pictures.compose.anchors import Anchors, mirrors, similarity
from data.pictures.compose.clearing import clear
from data.pictures.compose.head import Head
from data.pictures.types import Pixels

FINER = 2  # the grid on which a head is turned before it is averaged down
LARGE = 600  # px: a window from which nobody sees that it was not, and which would take long
SHADOW = 0.32  # how much of its light a neck loses right under a chin


def lay(picture: Pixels, head: Head, face: Anchors, *, instead: bool = True) -> None:
    """Put one head over a picture (H, W, 3), in place; `instead` of the old one, of which then nothing looks out."""
    matrix = similarity(head.anchors, face, mirrors(head.anchors, face))
    found = _window(matrix, head.pixels.shape, picture.shape)
    if found is None:
        return
    x, y, w, h = found
    finer = FINER if max(w, h) < LARGE else 1
    moved = matrix.copy()
    moved[:, 2] -= (x, y)
    # A pixel's middle stays in the middle of its finer ones.
    moved[:, 2] = finer * moved[:, 2] + (finer - 1) / 2
    moved[:, :2] *= finer
    premultiplied = head.pixels.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255
    fine = cv2.warpAffine(premultiplied, moved, (finer * w, finer * h), flags=cv2.INTER_LINEAR)
    layer = fine if finer == 1 else cv2.resize(fine, (w, h), interpolation=cv2.INTER_AREA)
    alpha = layer[..., 3:] / 255
    if instead:
        clear(picture, face, alpha[..., 0], found)
    under = picture[y : y + h, x : x + w].astype(np.float32) * _shade(found, alpha[..., 0], face)
    picture[y : y + h, x : x + w] = (under * (1 - alpha) + layer[..., :3]).clip(0, 255).round().astype(np.uint8)


def _window(matrix: np.ndarray, head: tuple[int, ...], picture: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """x, y, w, h of the part of the picture that the head falls on; None where it falls beside it."""
    h, w = head[:2]
    corners = np.array([[0, 0, 1], [w, 0, 1], [0, h, 1], [w, h, 1]]) @ matrix.T
    low = np.maximum(np.floor(corners.min(0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(0)).astype(int) + 1, (picture[1], picture[0]))
    if (high <= low).any():
        return None
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def _shade(window: tuple[int, int, int, int], alpha: np.ndarray, face: Anchors) -> np.ndarray:
    """float32 (h, w, 1): what the shadow of the head leaves of the light, 0…1: of its chin on the neck, no halo."""
    x, y, w, h = window
    length, roll = face.length, math.radians(face.roll)
    down = (-math.sin(roll) * 0.14 * length, math.cos(roll) * 0.14 * length)
    fallen = cv2.warpAffine(alpha, np.array([[1, 0, down[0]], [0, 1, down[1]]]), (w, h))
    fallen = cv2.GaussianBlur(fallen, (0, 0), max(0.6, 0.035 * length))
    ys, xs = np.ogrid[y : y + h, x : x + w]
    far = (xs - face.chin[0] - down[0]) ** 2 + (ys - face.chin[1] - down[1]) ** 2
    near = np.exp(-far / (0.4 * length) ** 2).astype(np.float32)
    return (1 - SHADOW * fallen * near)[..., None]
