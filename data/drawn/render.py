"""From parameters to pixels: the order of the layers, the surface, the labels."""

import math
from typing import Any

import numpy as np
import skia

from data.drawn.accessories import draw_cat_ears, draw_glasses, draw_ornaments
from data.drawn.background import draw_background
from data.drawn.body import draw_body
from data.drawn.drawing import Drawing
from data.drawn.eyes import draw_brow, draw_eye, place_eye
from data.drawn.face import contour, contour_points, draw_contour, draw_ears, draw_nose, draw_skin
from data.drawn.figure import Figure
from data.drawn.finish import finish
from data.drawn.geometry import PIVOT, Point
from data.drawn.hair.head import Hair
from data.drawn.meaning import reading
from data.drawn.mouth import draw_mouth, place_mouth
from data.drawn.parameters import Parameters

_OVER = 2  # drawn at twice the size: fine lines keep an even weight when averaged down


def _to_head(canvas: skia.Canvas, figure: Figure, roll_share: float = 1.0) -> None:
    pose = figure.pose
    canvas.translate(*pose.origin)
    canvas.scale(pose.unit, pose.unit)
    canvas.translate(0, PIVOT)
    canvas.rotate(math.degrees(pose.roll) * roll_share)
    canvas.translate(0, -PIVOT)


def _paint(canvas: skia.Canvas, figure: Figure) -> None:
    canvas.save()
    canvas.scale(figure.size, figure.size)
    draw_background(canvas, figure)
    canvas.restore()
    hair = Hair(figure)

    canvas.save()
    _to_head(canvas, figure)
    hair.paint_behind(canvas)
    canvas.restore()

    # The neck follows a leaning head half way.
    canvas.save()
    _to_head(canvas, figure, 0.5)
    draw_body(canvas, figure)
    canvas.restore()

    canvas.save()
    _to_head(canvas, figure)
    draw_ears(canvas, figure)
    face = contour(figure)
    draw_skin(canvas, figure, face, [lock.outline for lock in hair.fringe])
    draw_contour(canvas, figure)
    draw_nose(canvas, figure)
    draw_mouth(canvas, figure)
    for sign in (-1.0, 1.0):
        draw_eye(canvas, figure, sign)
        draw_brow(canvas, figure, sign)
    draw_cat_ears(canvas, figure)
    hair.paint_front(canvas)
    # Brows show through the fringe, as the convention has it.
    for sign in (-1.0, 1.0):
        draw_brow(canvas, figure, sign, 0.3)
    hair.paint_before(canvas)
    draw_ornaments(canvas, figure)
    hair.paint_ahoge(canvas)
    draw_glasses(canvas, figure)
    canvas.restore()


def _box(points: list[Point]) -> list[float]:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [round(v, 2) for v in (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))]


def _labels(figure: Figure) -> dict[str, Any]:
    pose = figure.pose

    def pixel(point: Point) -> list[float]:
        return [round(v, 2) for v in pose.pixel(point)]

    edge = contour_points(figure)
    x, y, half, height = figure.skull
    ring = [(x + half * math.sin(a / 8 * math.pi), y - height * math.cos(a / 8 * math.pi)) for a in range(16)]
    left, right = place_eye(figure, -1.0), place_eye(figure, 1.0)
    return figure.parameters.to_dict() | reading(figure.parameters) | {
        "left_eye": pixel(left.iris(figure)),
        "right_eye": pixel(right.iris(figure)),
        "mouth": pixel(place_mouth(figure)),
        "chin": pixel(figure.chin),
        "face_box": _box([pose.pixel(p) for p in edge]),
        "head_box": _box([pose.pixel(p) for p in [*edge, *ring]]),
    }


def render(parameters: Parameters, size: int) -> Drawing:
    """Draw one head in a square of `size` pixels."""
    big = Figure(parameters, size * _OVER)
    pixels = np.empty((big.size, big.size, 4), np.uint8)
    surface = skia.Surface.MakeRasterDirect(
        skia.ImageInfo.Make(big.size, big.size, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType), pixels
    )
    with surface as canvas:
        canvas.clear(skia.ColorWHITE)
        _paint(canvas, big)
        finish(canvas, big)
    rgb = pixels[:, :, :3].astype(np.uint16)
    small = (rgb[0::2, 0::2] + rgb[1::2, 0::2] + rgb[0::2, 1::2] + rgb[1::2, 1::2] + 2) // 4
    return Drawing(np.ascontiguousarray(small.astype(np.uint8)), _labels(Figure(parameters, size)))
