"""The square that a head is painted on, its coordinates, and what comes off it."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import skia

from data.drawn.geometry import PIVOT, Point, Pose

_SMALL = 64  # pixels below which a head is drawn at twice its size, and averaged down: lines cannot get thinner


def scale_of(size: int) -> int:
    """How many times larger than asked a head of `size` pixels is to be painted."""
    return 2 if size < _SMALL else 1


def painted(size: int, paint: Callable[[skia.Canvas], None], see_through: bool) -> np.ndarray:
    """What `paint` leaves on a canvas of `size * scale_of(size)` pixels, uint8 (size, size, 3), RGBA where asked."""
    over = scale_of(size)
    side = size * over
    pixels = np.empty((side, side, 4), np.uint8)
    surface = skia.Surface.MakeRasterDirect(
        skia.ImageInfo.Make(side, side, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType), pixels
    )
    with surface as canvas:
        canvas.clear(skia.ColorTRANSPARENT if see_through else skia.ColorWHITE)
        paint(canvas)
    if over == 2:
        wide = pixels.astype(np.uint16)
        pixels = ((wide[0::2, 0::2] + wide[1::2, 0::2] + wide[0::2, 1::2] + wide[1::2, 1::2] + 2) // 4).astype(np.uint8)
    if not see_through:
        return np.ascontiguousarray(pixels[:, :, :3])
    # Skia multiplies colour by alpha, files do not.
    alpha = np.maximum(pixels[:, :, 3:].astype(np.uint16), 1)
    color = np.minimum(255, (pixels[:, :, :3].astype(np.uint16) * 255 + alpha // 2) // alpha).astype(np.uint8)
    return np.concatenate([color, pixels[:, :, 3:]], axis=2)


def to_head(canvas: skia.Canvas, pose: Pose, roll_share: float = 1.0) -> None:
    """From pixels to the picture plane of a head, which leans by a share of its roll."""
    canvas.translate(*pose.origin)
    canvas.scale(pose.unit, pose.unit)
    canvas.translate(0, PIVOT)
    canvas.rotate(math.degrees(pose.roll) * roll_share)
    canvas.translate(0, -PIVOT)


def pixel_of(pose: Pose, point: Point) -> list[float]:
    """A point of the plane as labels give it, pixels."""
    return [round(v, 2) for v in pose.pixel(point)]


def box_of(pose: Pose, points: Sequence[Point]) -> list[float]:
    """[x, y, w, h] in pixels around points of the plane."""
    xs, ys = zip(*(pose.pixel(point) for point in points), strict=True)
    return [round(v, 2) for v in (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))]
