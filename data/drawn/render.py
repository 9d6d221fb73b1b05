"""From parameters to pixels: the order of the layers, the labels."""

import math
from typing import Any

import skia

from data.drawn.clothes.body import clear_neck, draw_body
from data.drawn.drawing import Drawing
from data.drawn.easel import box_of, painted, pixel_of, scale_of, to_head
from data.drawn.face.contour import contour, contour_points, draw_contour, draw_ears, draw_nose, draw_skin
from data.drawn.face.eyes import draw_brow, draw_eye, place_eye
from data.drawn.face.mouth import draw_mouth, place_mouth
from data.drawn.figure import Figure
from data.drawn.finish import finish
from data.drawn.hair.head import Hair
from data.drawn.meaning import reading
from data.drawn.parameters import Parameters
from data.drawn.surroundings.background import draw_background
from data.drawn.worn import (
    covered_eye,
    covers_crown,
    draw_behind,
    draw_cat_ears,
    draw_glasses,
    draw_on_face,
    draw_ornaments,
)


def _paint(canvas: skia.Canvas, figure: Figure, bust: bool) -> None:
    if figure.parameters.background != "transparent":
        canvas.save()
        canvas.scale(figure.size, figure.size)
        draw_background(canvas, figure)
        canvas.restore()
    hair = Hair(figure)

    canvas.save()
    to_head(canvas, figure.pose)
    draw_behind(canvas, figure)
    hair.paint_behind(canvas)
    canvas.restore()

    # The neck follows a leaning head half way.
    canvas.save()
    to_head(canvas, figure.pose, 0.5)
    if bust:
        draw_body(canvas, figure)
    else:
        clear_neck(canvas, figure)
    canvas.restore()

    canvas.save()
    to_head(canvas, figure.pose)
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


def _labels(figure: Figure) -> dict[str, Any]:
    pose = figure.pose
    edge = contour_points(figure)
    x, y, half, height = figure.skull
    ring = [(x + half * math.sin(a / 8 * math.pi), y - height * math.cos(a / 8 * math.pi)) for a in range(16)]
    points = {
        "left_eye": pixel_of(pose, place_eye(figure, -1.0).iris(figure)),
        "right_eye": pixel_of(pose, place_eye(figure, 1.0).iris(figure)),
        "mouth": pixel_of(pose, place_mouth(figure)),
        "chin": pixel_of(pose, figure.chin),
        "face_box": box_of(pose, edge),
        "head_box": box_of(pose, [*edge, *ring]),
    }
    return figure.parameters.to_dict() | reading(figure.parameters) | points


def render(parameters: Parameters, size: int, bust: bool = True) -> Drawing:
    """Draw one head in a square of `size` pixels; with the background "transparent" the pixels are (size, size, 4).

    Without its `bust` it is the head alone, and nothing where the neck was.
    """
    figure = Figure(parameters, size * scale_of(size))
    see_through = parameters.background == "transparent"

    def paint(canvas: skia.Canvas) -> None:
        _paint(canvas, figure, bust)
        if not see_through:
            finish(canvas, figure)

    return Drawing(painted(size, paint, see_through), _labels(Figure(parameters, size)))
