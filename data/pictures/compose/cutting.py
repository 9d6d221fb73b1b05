"""A head cut out of a picture, to be put onto others."""

from __future__ import annotations

import math

import cv2
import numpy as np

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.found import HIGH
from data.pictures.compose.head import Head
from data.pictures.compose.matting import head_matte
from data.pictures.types import Pixels

LARGEST = 512  # px of a side
MARGIN = 2  # px of nothing around it
SEEN = 16  # of 255: what is fainter is nobody's edge
EMPTY = 0.02  # the share of a picture from which its holes are meant
UNDER = 0.5  # lengths below the chin: what ends there has no body to be cut from
SMALLEST = 12.0  # px from the eyes to the chin
WANTED, MOST_LARGER = 110.0, 4.0  # px of that, to which a small one is enlarged, and how many times at most


class NoHead(Exception):
    """There is none to be cut out."""


def cut_head(picture: Pixels, face: Anchors | None) -> Head:
    """The head of `face` in `picture` (H, W, 3 or 4) on nothing, no side longer than `LARGEST` px.

    A picture of a head alone, see-through around it, stays as it is; there it takes no face either, since not all heads
    have one that a finder knows. Raises `NoHead`.
    """
    see_through = picture.shape[2] == 4 and float((picture[..., 3] < 128).mean()) > EMPTY
    if see_through:
        x0, y0, x1, y1 = _extent(picture[..., 3])
        if face is None:
            face = _usual(x0, y0, x1, y1)
        elif y1 - face.chin[1] > UNDER * face.length:
            return _from_body(picture, face)
        return _trimmed(picture, face)
    if face is None:
        raise NoHead
    return _from_body(picture, face)


def _from_body(picture: Pixels, face: Anchors) -> Head:
    if face.length < SMALLEST:
        raise NoHead
    if (larger := min(MOST_LARGER, WANTED / face.length)) > 1:  # or its edge would have steps on a large picture
        size = round(picture.shape[1] * larger), round(picture.shape[0] * larger)
        picture, face = (
            np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8),
            face.moved(0, 0, larger),
        )
    matte = head_matte(picture, face, side=320, rounds=5)
    alpha = (matte * 255).round().astype(np.uint8)
    return _trimmed(np.dstack([_clean(picture[..., :3], alpha), alpha]), face)


def _clean(colours: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Without what shines through the edge of the background: there the nearest colours of the inside."""
    inside = alpha >= 250
    if not inside.any():
        return colours
    inside = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0 if inside.sum() > 400 else inside
    far = (~inside).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(far, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    nearest = labels.astype(np.int64)
    ys, xs = np.nonzero(inside)
    source = np.zeros((nearest.max() + 1, 3), np.uint8)
    source[nearest[ys, xs]] = colours[ys, xs]
    return np.where(((alpha > 0) & ~inside & (alpha < 250))[..., None], source[nearest], colours)


def _extent(alpha: np.ndarray) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of what is seen. Raises `NoHead` where it is nothing."""
    columns, rows = np.nonzero((alpha > SEEN).any(0))[0], np.nonzero((alpha > SEEN).any(1))[0]
    if not columns.size:
        raise NoHead
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _usual(x0: int, y0: int, x1: int, y1: int) -> Anchors:
    """Of a head that fills a box, as heads are built."""
    length = (y1 - y0) / HIGH
    if length < SMALLEST:
        raise NoHead
    middle = (x0 + x1) / 2
    return Anchors((middle, y1 - length), (middle, float(y1)), (float(x0), float(y0), float(x1 - x0), float(y1 - y0)))


def _trimmed(pixels: Pixels, face: Anchors) -> Head:
    """Cut to what is seen of it, and made small enough."""
    x0, y0, x1, y1 = _extent(pixels[..., 3])
    part = np.pad(pixels[y0:y1, x0:x1], ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)))
    scale = min(1.0, LARGEST / max(part.shape[:2]))
    if scale < 1:
        premultiplied = part.astype(np.float32)
        premultiplied[..., :3] *= premultiplied[..., 3:] / 255
        size = (max(1, math.floor(part.shape[1] * scale)), max(1, math.floor(part.shape[0] * scale)))
        small = cv2.resize(premultiplied, size, interpolation=cv2.INTER_AREA)
        small[..., :3] *= 255 / np.maximum(small[..., 3:], 1)
        part = small.clip(0, 255).round().astype(np.uint8)
    return Head(part, face.moved(x0 - MARGIN, y0 - MARGIN, scale))
