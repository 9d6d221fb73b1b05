"""From a cat's parameters to pixels: the order of the layers, the labels."""

from typing import Any

import skia

from data.drawn.cats.body import draw_body, draw_collar, draw_flower
from data.drawn.cats.cat import Cat
from data.drawn.cats.coat import paint_coat
from data.drawn.cats.ears import draw_ear_feet, draw_ears, draw_folded_ears, ear_top
from data.drawn.cats.eyes import draw_eye, place_eye
from data.drawn.cats.face import draw_blush, draw_crest, draw_mouth, draw_nose, draw_outline, draw_whiskers
from data.drawn.cats.parameters import CatParameters
from data.drawn.drawing import Drawing
from data.drawn.easel import box_of, painted, pixel_of, scale_of, to_head
from data.drawn.finish import finish
from data.drawn.surroundings.background import draw_background


def _paint(canvas: skia.Canvas, cat: Cat) -> None:
    if cat.parameters.background != "transparent":
        canvas.save()
        canvas.scale(cat.size, cat.size)
        draw_background(canvas, cat.figure)
        canvas.restore()
    # The neck follows a leaning head half way.
    canvas.save()
    to_head(canvas, cat.pose, 0.5)
    draw_body(canvas, cat)
    draw_collar(canvas, cat)
    canvas.restore()
    canvas.save()
    to_head(canvas, cat.pose)
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


def _labels(cat: Cat) -> dict[str, Any]:
    pose = cat.pose
    edge = [*cat.side(-1.0), cat.chin, *cat.side(1.0)]
    brow = [pose.project(s * 0.6, -0.62, 0.3) for s in (-1.0, 1.0)]
    tops = [pose.project(s * cat.wide * x, y, 0.0) for s in (-1.0, 1.0) for x, y in [ear_top(cat)]]
    return cat.parameters.to_dict() | {
        "left_eye": pixel_of(pose, place_eye(cat, -1.0).iris(cat)),
        "right_eye": pixel_of(pose, place_eye(cat, 1.0).iris(cat)),
        "mouth": pixel_of(pose, cat.mouth),
        "chin": pixel_of(pose, cat.chin),
        "face_box": box_of(pose, [q for q in edge if q[1] > brow[0][1]] + brow),
        "head_box": box_of(pose, [*edge, *tops]),
    }


def render_cat(parameters: CatParameters, size: int) -> Drawing:
    """Draw one cat in a square of `size` pixels; with the background "transparent" the pixels are (size, size, 4)."""
    cat = Cat(parameters, size * scale_of(size))
    see_through = parameters.background == "transparent"

    def paint(canvas: skia.Canvas) -> None:
        _paint(canvas, cat)
        if not see_through:
            finish(canvas, cat.figure)

    return Drawing(painted(size, paint, see_through), _labels(Cat(parameters, size)))
