"""From a cat's parameters to pixels: the order of the layers, the labels."""

import math
from typing import Any

import numpy as np
import skia

from data.drawn.background import draw_background
from data.drawn.cats.body import draw_body, draw_collar, draw_flower
from data.drawn.cats.cat import Cat
from data.drawn.cats.coat import paint_coat
from data.drawn.cats.ears import draw_ear_feet, draw_ears, draw_folded_ears, ear_top
from data.drawn.cats.eyes import draw_eye, place_eye
from data.drawn.cats.face import draw_blush, draw_crest, draw_mouth, draw_nose, draw_outline, draw_whiskers
from data.drawn.cats.parameters import CatParameters
from data.drawn.drawing import Drawing
from data.drawn.finish import finish
from data.drawn.geometry import PIVOT, Point

_SMALL = 64  # pixels below which a cat is drawn at twice its size, and averaged down


def _to_head(canvas: skia.Canvas, cat: Cat, roll_share: float = 1.0) -> None:
    pose = cat.pose
    canvas.translate(*pose.origin)
    canvas.scale(pose.unit, pose.unit)
    canvas.translate(0, PIVOT)
    canvas.rotate(math.degrees(pose.roll) * roll_share)
    canvas.translate(0, -PIVOT)


def _paint(canvas: skia.Canvas, cat: Cat) -> None:
    if cat.parameters.background != "transparent":
        canvas.save()
        canvas.scale(cat.size, cat.size)
        draw_background(canvas, cat.figure)
        canvas.restore()
    # The neck follows a leaning head half way.
    canvas.save()
    _to_head(canvas, cat, 0.5)
    draw_body(canvas, cat)
    draw_collar(canvas, cat)
    canvas.restore()
    canvas.save()
    _to_head(canvas, cat)
    draw_ears(canvas, cat)
    draw_outline(canvas, cat)
    paint_coat(canvas, cat)
    draw_crest(canvas, cat)
    draw_ear_feet(canvas, cat)
    draw_folded_ears(canvas, cat)
    draw_blush(canvas, cat)
    for sign in (-1.0, 1.0):
        draw_eye(canvas, cat, sign)
    draw_mouth(canvas, cat)
    draw_nose(canvas, cat)
    draw_whiskers(canvas, cat)
    draw_flower(canvas, cat)
    canvas.restore()


def _box(points: list[Point]) -> list[float]:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [round(v, 2) for v in (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))]


def _labels(cat: Cat) -> dict[str, Any]:
    pose = cat.pose

    def pixel(point: Point) -> list[float]:
        return [round(v, 2) for v in pose.pixel(point)]

    edge = [*cat.side(-1.0), cat.chin, *cat.side(1.0)]
    eyes = [place_eye(cat, sign) for sign in (-1.0, 1.0)]
    brow = [pose.project(s * 0.6, -0.62, 0.3) for s in (-1.0, 1.0)]
    face = [q for q in edge if q[1] > brow[0][1]] + brow
    tops = [pose.project(s * cat.wide * x, y, 0.0) for s in (-1.0, 1.0) for x, y in [ear_top(cat)]]
    return cat.parameters.to_dict() | {
        "left_eye": pixel(eyes[0].iris(cat)),
        "right_eye": pixel(eyes[1].iris(cat)),
        "mouth": pixel(cat.mouth),
        "chin": pixel(cat.chin),
        "face_box": _box([pose.pixel(q) for q in face]),
        "head_box": _box([pose.pixel(q) for q in [*edge, *tops]]),
    }


def render_cat(parameters: CatParameters, size: int) -> Drawing:
    """Draw one cat in a square of `size` pixels; with the background "transparent" the pixels are (size, size, 4)."""
    over = 2 if size < _SMALL else 1
    cat = Cat(parameters, size * over)
    pixels = np.empty((cat.size, cat.size, 4), np.uint8)
    surface = skia.Surface.MakeRasterDirect(
        skia.ImageInfo.Make(cat.size, cat.size, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType), pixels
    )
    see_through = parameters.background == "transparent"
    with surface as canvas:
        canvas.clear(skia.ColorTRANSPARENT if see_through else skia.ColorWHITE)
        _paint(canvas, cat)
        if not see_through:
            finish(canvas, cat.figure)
    if over == 2:
        wide = pixels.astype(np.uint16)
        pixels = ((wide[0::2, 0::2] + wide[1::2, 0::2] + wide[0::2, 1::2] + wide[1::2, 1::2] + 2) // 4).astype(np.uint8)
    labels = _labels(Cat(parameters, size))
    if not see_through:
        return Drawing(np.ascontiguousarray(pixels[:, :, :3]), labels)
    # Skia multiplies colour by alpha, files do not.
    alpha = np.maximum(pixels[:, :, 3:].astype(np.uint16), 1)
    color = np.minimum(255, (pixels[:, :, :3].astype(np.uint16) * 255 + alpha // 2) // alpha).astype(np.uint8)
    return Drawing(np.concatenate([color, pixels[:, :, 3:]], axis=2), labels)
