"""From parameters to pixels: the order of the layers, the surface, the labels."""

import math
from typing import Any

import numpy as np
import skia

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
from data.drawn.worn import (
    covered_eye,
    covers_crown,
    draw_behind,
    draw_cat_ears,
    draw_glasses,
    draw_on_face,
    draw_ornaments,
)

_SMALL = 64  # pixels below which a head is drawn at twice its size, and averaged down: lines cannot get thinner


def _to_head(canvas: skia.Canvas, figure: Figure, roll_share: float = 1.0) -> None:
    pose = figure.pose
    canvas.translate(*pose.origin)
    canvas.scale(pose.unit, pose.unit)
    canvas.translate(0, PIVOT)
    canvas.rotate(math.degrees(pose.roll) * roll_share)
    canvas.translate(0, -PIVOT)


def _paint(canvas: skia.Canvas, figure: Figure) -> None:
    if figure.parameters.background != "transparent":
        canvas.save()
        canvas.scale(figure.size, figure.size)
        draw_background(canvas, figure)
        canvas.restore()
    hair = Hair(figure)

    canvas.save()
    _to_head(canvas, figure)
    draw_behind(canvas, figure)
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
    draw_on_face(canvas, figure)
    draw_cat_ears(canvas, figure)
    hair.paint_front(canvas)
    # Eyes and brows show through the fringe, as the convention has it.
    for sign in (-1.0, 1.0):
        if sign == covered_eye(figure):
            continue
        eye = place_eye(figure, sign)
        wide, high = 1.4 * eye.half_width, eye.half_height
        bounds = skia.Rect.MakeLTRB(eye.x - wide, eye.y - 2.2 * high - 0.2, eye.x + wide, eye.y + 1.2 * high)
        canvas.saveLayerAlpha(bounds, 82)
        draw_eye(canvas, figure, sign)
        draw_brow(canvas, figure, sign)
        canvas.restore()
    hair.paint_before(canvas)
    if not covers_crown(figure.parameters):
        hair.paint_ahoge(canvas)
    draw_ornaments(canvas, figure)
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
    return (
        figure.parameters.to_dict()
        | reading(figure.parameters)
        | {
            "left_eye": pixel(left.iris(figure)),
            "right_eye": pixel(right.iris(figure)),
            "mouth": pixel(place_mouth(figure)),
            "chin": pixel(figure.chin),
            "face_box": _box([pose.pixel(p) for p in edge]),
            "head_box": _box([pose.pixel(p) for p in [*edge, *ring]]),
        }
    )


def render(parameters: Parameters, size: int) -> Drawing:
    """Draw one head in a square of `size` pixels; with the background "transparent" the pixels are (size, size, 4)."""
    over = 2 if size < _SMALL else 1
    figure = Figure(parameters, size * over)
    pixels = np.empty((figure.size, figure.size, 4), np.uint8)
    surface = skia.Surface.MakeRasterDirect(
        skia.ImageInfo.Make(figure.size, figure.size, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType), pixels
    )
    see_through = parameters.background == "transparent"
    with surface as canvas:
        canvas.clear(skia.ColorTRANSPARENT if see_through else skia.ColorWHITE)
        _paint(canvas, figure)
        if not see_through:
            finish(canvas, figure)
    if over == 2:
        wide = pixels.astype(np.uint16)
        pixels = ((wide[0::2, 0::2] + wide[1::2, 0::2] + wide[0::2, 1::2] + wide[1::2, 1::2] + 2) // 4).astype(np.uint8)
    if not see_through:
        return Drawing(np.ascontiguousarray(pixels[:, :, :3]), _labels(Figure(parameters, size)))
    # Skia multiplies colour by alpha, files do not.
    alpha = np.maximum(pixels[:, :, 3:].astype(np.uint16), 1)
    color = np.minimum(255, (pixels[:, :, :3].astype(np.uint16) * 255 + alpha // 2) // alpha).astype(np.uint8)
    return Drawing(np.concatenate([color, pixels[:, :, 3:]], axis=2), _labels(Figure(parameters, size)))
