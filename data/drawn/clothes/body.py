"""Neck, shoulders and clothes: all that a face crop shows of the body."""

import math

import skia

from data.drawn.clothes.collars import BEHIND, OVER
from data.drawn.clothes.trunk import Body
from data.drawn.color import mix
from data.drawn.figure import Figure
from data.drawn.geometry import PIVOT, Point
from data.drawn.ink import add_smooth, fill, linear, smooth, stroke, tapered


def _from_head(figure: Figure, point: Point) -> Point:
    """A point of the head's plane on the plane of the body, which leans half as much."""
    angle = figure.pose.roll / 2
    c, s, y = math.cos(angle), math.sin(angle), point[1] - PIVOT
    return point[0] * c - y * s, point[0] * s + y * c + PIVOT


def _skin(body: Body) -> tuple[skia.Path, skia.Path]:
    """Neck and shoulders as one closed shape, and their lines alone."""
    n = body.neck
    top, _ = _from_head(body.figure, (-0.05 * body.figure.pose.turn, 0.62))
    sides = []
    for sign in (-1.0, 1.0):
        sides.append(
            [
                (top + sign * n * 1.04, 0.62),
                body.at(sign * n * 0.97, -0.16, 0.0),
                *body.shoulder(sign, n * 1.02),
            ]
        )
    closed, lines = skia.Path(), skia.Path()
    left = sides[0][::-1]
    closed.moveTo(*left[0])
    add_smooth(closed, left)
    closed.lineTo(*sides[1][0])
    add_smooth(closed, sides[1])
    closed.close()
    for side in sides:
        lines.moveTo(*side[0])
        add_smooth(lines, side)
    return closed, lines


def _draw_skin(canvas: skia.Canvas, body: Body) -> None:
    """The bare neck and shoulders with the head's shadow on them; cloth comes over it."""
    figure = body.figure
    p, skin, manner = figure.parameters, figure.skin, figure.manner
    shape, lines = _skin(body)
    fill(canvas, shape, skin.base)
    canvas.save()
    canvas.clipPath(shape, doAntiAlias=True)
    soft = min(1.0, 0.62 + 0.3 * manner.shade)
    way = -1.0 if p.light > 0 else 1.0
    n = body.neck
    # The side away from the light, as a band along the neck that runs out on the shoulder.
    band = [(way * (n + 0.3), -0.7), (way * 0.62 * n, -0.7), (way * 0.60 * n, -0.15), (way * 0.8 * n, 0.02)]
    band += [(way * (n + 0.35), 0.17), (way * 0.95, 0.30), (way * body.width, 0.34), (way * body.width, -0.3)]
    fill(canvas, smooth(body.path(band), closed=True), skin.shade, 0.8 * soft, manner.soft)
    fill(canvas, body.thrown(0.15 + 0.10 * p.shade, 0.07), mix(skin.shade, skin.deep, 0.45), soft, 0.6 * manner.soft)
    low = body.at(0, 0.55)[1]
    fill(canvas, shape, linear((0, low - 0.5), (0, low), [(0.0, skin.shade, 0.0), (1.0, skin.shade, 0.35)]))
    _collarbones(canvas, body)
    canvas.restore()
    stroke(canvas, lines, skin.line, figure.line)


def _collarbones(canvas: skia.Canvas, body: Body) -> None:
    figure = body.figure
    p, skin = figure.parameters, figure.skin
    n, pit = body.neck, 0.185
    tone = mix(skin.deep, skin.line, 0.35)
    firm = 0.45 + 0.4 * p.age
    for sign in (-1.0, 1.0):
        bone = body.path(
            [
                (sign * 0.055, pit + 0.01),
                (sign * 0.26, pit - 0.01),
                (sign * 0.55, pit - 0.045),
                (sign * 0.80, pit - 0.02),
            ]
        )
        fill(canvas, tapered(bone, 1.3 * figure.line, 0.9, 0.0), tone, firm)
        hollow = body.path(
            [
                (sign * 0.12, pit - 0.02),
                (sign * 0.3, pit - 0.055),
                (sign * (n + 0.3), pit - 0.08),
                (sign * 0.4, pit - 0.025),
            ]
        )
        fill(canvas, smooth(hollow, closed=True), skin.shade, 0.7 * firm)
        # The muscle that runs from behind the ear to the pit of the neck.
        cord = body.path([(sign * 0.66 * n, -0.12), (sign * 0.42 * n, 0.03), (sign * 0.05, pit - 0.02)])
        fill(canvas, tapered(cord, 0.8 * figure.line, 0.0, 0.6), tone, 0.5 * firm + 0.2 * p.masculine)


def clear_neck(canvas: skia.Canvas, figure: Figure) -> None:
    """Take away what lies where neck and shoulders would be: hair that hangs behind them."""
    closed, _ = _skin(Body(figure))
    canvas.drawPath(closed, skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kClear))


def draw_body(canvas: skia.Canvas, figure: Figure) -> None:
    """Neck, shoulders and clothes; the canvas leans half as much as the head does."""
    body = Body(figure)
    collar = figure.parameters.collar
    if collar in BEHIND:
        BEHIND[collar](canvas, body)
    _draw_skin(canvas, body)
    OVER[collar](canvas, body)
