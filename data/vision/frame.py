"""A square in a picture, and what it shows: cut out, turned upright, with something beyond the picture's edge."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from data.pictures import Pixels
from data.vision.faces import Point

LARGEST = 8192  # px of a side that is drawn before it is made small
MOVED = 0.12  # sides that a frame is moved at most so that less of it lies beyond the picture
BLUR, FADE = 0.02, 0.16  # sides: sigma of what is reflected, and how far out nothing is left of it but the ground
RING = 0.08  # sides: how wide the edge of a crop is by which its ground is known


@dataclass(frozen=True, slots=True)
class Frame:
    """A square in a picture: its middle, its side in px, and how far it leans clockwise, in degrees."""

    x: float
    y: float
    side: float
    turn: float = 0.0

    def matrix(self, size: int) -> np.ndarray:
        """float64 (2, 3): from a place in the crop, 0…`size`, to the place in the picture."""
        cos, sin = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        linear = np.array([[cos, -sin], [sin, cos]]) * (self.side / size)
        return np.concatenate([linear, (np.array([self.x, self.y]) - linear @ [size / 2, size / 2])[:, None]], 1)

    def seen(self, point: Point, size: int) -> Point:
        """Where a point of the picture is in the crop of `size` px."""
        dx, dy = point[0] - self.x, point[1] - self.y
        cos, sin = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        scale = size / self.side
        return (dx * cos + dy * sin) * scale + size / 2, (dy * cos - dx * sin) * scale + size / 2

    def moved(self, width: int, height: int) -> Frame:
        """Into a picture of that size, by MOVED at most; one that leans stays."""
        if self.turn:
            return self

        def nearer(middle: float, length: int) -> float:
            low, high = self.side / 2, length - self.side / 2
            wanted = min(max(middle, low), high) if low <= high else middle
            return middle + min(max(wanted - middle, -MOVED * self.side), MOVED * self.side)

        return replace(self, x=nearer(self.x, width), y=nearer(self.y, height))

    def outside(self, width: int, height: int) -> float:
        """The share of the square that lies beyond a picture of that size, 0…1."""
        at = self.matrix(1) @ np.stack([*np.meshgrid(_CELLS, _CELLS), np.ones((len(_CELLS),) * 2)]).reshape(3, -1)
        inside = (at[0] >= 0) & (at[0] <= width) & (at[1] >= 0) & (at[1] <= height)
        return 1.0 - float(inside.mean())


_CELLS = (np.arange(32) + 0.5) / 32


def cut(picture: Pixels, frame: Frame, size: int) -> Pixels:
    """The crop, uint8 (size, size, 3).

    Beyond the picture it is reflected and, the farther out the more, fades into its ground: hair that the picture's
    edge cuts off would otherwise have another head of hair standing on it.
    """
    # Every pixel of the picture is seen: a place for each at least, then means of them.
    times = max(1, min(math.ceil(frame.side / size - 1e-6), LARGEST // size))
    drawn = _drawn(picture, frame, size * times, size)
    reach = _beyond(frame, size, picture.shape[1], picture.shape[0])
    if not reach.any():
        return drawn
    ring = np.ones((size, size), bool)
    wide = max(1, round(RING * size))
    ring[wide:-wide, wide:-wide] = False
    near = drawn[ring & (reach == 0)]
    ground = np.median(near if len(near) else drawn[reach == 0], axis=0) if (reach == 0).any() else np.full(3, 255.0)
    share = np.clip(reach / (FADE * size), 0, 1)[..., None]
    soft = cv2.GaussianBlur(drawn, (0, 0), BLUR * size).astype(np.float32)
    soft += (ground.astype(np.float32) - soft) * share
    return (drawn + (soft - drawn) * np.minimum(4 * share, 1)).round().clip(0, 255).astype(np.uint8)


def _drawn(picture: Pixels, frame: Frame, large: int, size: int) -> Pixels:
    matrix = frame.matrix(large)
    matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5  # OpenCV counts from the middle of a pixel
    drawn = cv2.warpAffine(
        picture, matrix, (large, large),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    return drawn if large == size else cv2.resize(drawn, (size, size), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _beyond(frame: Frame, size: int, width: int, height: int) -> np.ndarray:
    """float32 (size, size): how far each pixel of the crop lies beyond the picture, in px of the crop."""
    u, v = np.meshgrid(*[np.arange(size, dtype=np.float32) + 0.5] * 2)
    m = frame.matrix(size)
    x, y = m[0, 0] * u + m[0, 1] * v + m[0, 2], m[1, 0] * u + m[1, 1] * v + m[1, 2]
    dx, dy = np.maximum(np.maximum(-x, x - width), 0), np.maximum(np.maximum(-y, y - height), 0)
    return (np.hypot(dx, dy) * (size / frame.side)).astype(np.float32)
