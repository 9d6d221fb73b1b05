"""What the finder's maps should say of a scene. Numpy only."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from data.vision.finder.coding import CHANNELS, RANGES, STRIDES
from models.finder.scenes import Labelled

INNER, OUTER = 0.14, 0.34  # of a face's size: how far from its middle a place must, and how far it may call it a face
IGNORED = -1.0


def targets(scenes: Sequence[Sequence[Labelled]], side: int) -> list[np.ndarray]:
    """For each of STRIDES float32 (N, CHANNELS, side/stride, side/stride): as `coding` says, but channel 0 is 1 for a
    face, 0 for none and IGNORED where nobody is told anything."""
    maps = [np.zeros((len(scenes), CHANNELS, side // stride, side // stride), np.float32) for stride in STRIDES]
    for n, faces in enumerate(scenes):
        for face in sorted(faces, key=_size, reverse=True):  # where faces meet, the smaller is in front more often
            for stride, (low, high), values in zip(STRIDES, RANGES, maps, strict=True):
                size = _size(face)
                # Near sizes are asked for nothing: their map may find them or not.
                if 0.8 * low <= size < 1.25 * high:
                    _write(values[n], face, size, stride, face.counted and low <= size < high)
    return maps


def _size(face: Labelled) -> float:
    x0, y0, x1, y1 = face.box
    return math.sqrt(max(0.0, (x1 - x0) * (y1 - y0)))


def _write(values: np.ndarray, face: Labelled, size: float, stride: int, counted: bool) -> None:
    x0, y0, x1, y1 = face.box
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    inner, outer = max(INNER * size, 0.71 * stride), max(OUTER * size, 1.3 * stride)
    side = values.shape[1]
    left, right = max(0, int((cx - outer) / stride)), min(side, int((cx + outer) / stride) + 1)
    top, bottom = max(0, int((cy - outer) / stride)), min(side, int((cy + outer) / stride) + 1)
    if left >= right or top >= bottom:
        return
    xs = (np.arange(left, right, dtype=np.float32) + 0.5)[None] * stride
    ys = (np.arange(top, bottom, dtype=np.float32) + 0.5)[:, None] * stride
    distance = np.hypot(xs - cx, ys - cy)
    part = values[:, top:bottom, left:right]
    part[0][(distance < outer) & (part[0] == 0)] = IGNORED
    if not counted:
        part[0][distance < inner] = IGNORED
        return
    unit = 2.0 * stride
    told = np.empty_like(part)
    told[0] = 1.0
    for first, (a, b, c, d) in ((1, face.box), (5, face.head_box)):
        for k, reach in enumerate((xs - a, ys - b, c - xs, d - ys)):
            told[first + k] = np.log(np.maximum(reach, 0.05 * unit) / unit)
    for k, value in enumerate(face.points):
        told[9 + k] = (value - (ys if k % 2 else xs)) / unit
    told[15], told[16] = math.sin(face.angle), math.cos(face.angle)
    mask = distance < inner
    part[:, mask] = told[:, mask]
