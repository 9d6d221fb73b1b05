"""Pieces of cloth and what is tied round a collar: plates with light and shade, bows, ties."""

from collections.abc import Sequence

import skia

from data.drawn.clothes.trunk import Body
from data.drawn.color import mix, oklch, to_oklch
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point
from data.drawn.ink import fill, linear, polygon, smooth, stroke, tapered


def white_of(figure: Figure) -> Tones:
    """White cloth: never quite white, it takes a little of the colours beside it."""
    hue = to_oklch(figure.parameters.cloth_rgb)[2]
    return figure.tones(oklch(0.962, 0.012, hue))


def contrasting(body: Body, tones: Tones) -> Tones:
    """A colour that shows on these tones: white, or the accent on cloth that is pale."""
    return body.figure.accent if to_oklch(tones.base)[0] > 0.82 else white_of(body.figure)


def plate(canvas: skia.Canvas, body: Body, shape: skia.Path, tones: Tones, under: Tones | None = None) -> None:
    """A flat piece of cloth, lit from one side; it throws a shadow on what is `under` it."""
    figure = body.figure
    light = figure.parameters.light
    if under is not None:
        shadow = skia.Path(shape)
        shadow.offset(-0.03 * light, 0.045)
        fill(canvas, shadow, under.shade, min(1.0, 0.95 * figure.manner.shade), 0.5 * figure.manner.soft)
    fill(canvas, shape, tones.base)
    box = shape.getBounds()
    x0, x1 = (box.left(), box.right()) if light < 0 else (box.right(), box.left())
    fill(
        canvas, shape, linear((x0, box.top()), (x1, box.bottom()), [(0.35, tones.shade, 0.0), (1.0, tones.shade, 0.65)])
    )
    stroke(canvas, shape, tones.line, figure.line)


def shade_under_head(canvas: skia.Canvas, body: Body, shape: skia.Path, tones: Tones, down: float) -> None:
    """The head's shadow on one piece."""
    canvas.save()
    canvas.clipPath(shape, doAntiAlias=True)
    manner = body.figure.manner
    fill(canvas, body.thrown(down, 0.10), tones.shade, min(1.0, 0.9 * manner.shade), 0.6 * manner.soft)
    canvas.restore()


def draw_bow(canvas: skia.Canvas, body: Body, y: float, size: float, tones: Tones) -> None:
    """A ribbon bow on the chest."""
    line = 0.85 * body.figure.line
    cx, cy = body.at(0.0, y)

    def put(points: Sequence[Point], sign: float) -> list[Point]:
        return [(cx + sign * size * a, cy + size * b) for a, b in points]

    for sign in (-1.0, 1.0):
        tail = polygon(put([(0.0, 0.0), (0.20, 0.16), (0.42, 0.62), (0.26, 0.60), (0.16, 0.70), (0.03, 0.2)], sign))
        fill(canvas, tail, mix(tones.base, tones.shade, 0.6))
        stroke(canvas, tail, tones.line, line)
    for sign in (-1.0, 1.0):
        loop = smooth(
            put(
                [(0.04, -0.05), (0.32, -0.27), (0.60, -0.24), (0.66, 0.04), (0.56, 0.26), (0.28, 0.17), (0.04, 0.06)],
                sign,
            ),
            closed=True,
        )
        plate(canvas, body, loop, tones)
        fill(
            canvas,
            smooth(put([(0.06, -0.02), (0.30, -0.10), (0.44, 0.0), (0.30, 0.08)], sign), closed=True),
            tones.shade,
            0.9,
        )
        fill(canvas, tapered(put([(0.08, -0.04), (0.24, -0.12), (0.40, -0.13)], sign), line, 0.8, 0.0), tones.line)
        fill(
            canvas,
            tapered(put([(0.34, -0.20), (0.48, -0.19), (0.56, -0.12)], sign), 0.05 * size, 0.0, 0.0),
            tones.light,
            0.9,
        )
    knot = smooth(put([(-0.10, -0.10), (0.10, -0.10), (0.12, 0.10), (-0.12, 0.10)], 1.0), closed=True)
    plate(canvas, body, knot, tones)


def _draw_tie(canvas: skia.Canvas, body: Body, y: float, tones: Tones) -> None:
    """A necktie; every second one has stripes."""
    line = 0.85 * body.figure.line
    blade = polygon(body.path([(-0.05, y + 0.1), (0.05, y + 0.1), (0.14, y + 0.9), (-0.14, y + 0.9)]))
    plate(canvas, body, blade, tones)
    canvas.save()
    canvas.clipPath(blade, doAntiAlias=True)
    if body.figure.dice.chance("tie.stripes", 0.5):
        for i in range(3):
            top = y + 0.2 + 0.15 * i
            band = body.path([(-0.2, top + 0.08), (0.2, top - 0.08), (0.2, top - 0.03), (-0.2, top + 0.13)])
            fill(canvas, polygon(band), contrasting(body, tones).base, 0.85)
    fill(
        canvas,
        polygon(body.path([(-0.1, y + 0.1), (0.1, y + 0.1), (0.06, y + 0.17), (-0.06, y + 0.15)])),
        tones.deep,
        0.6,
    )
    canvas.restore()
    knot = smooth(body.path([(-0.085, y), (0.085, y), (0.05, y + 0.12), (-0.05, y + 0.12)]), closed=True)
    plate(canvas, body, knot, tones)
    fill(canvas, tapered(body.path([(-0.03, y + 0.03), (-0.01, y + 0.09)]), line, 0.5, 0.2), tones.line, 0.6)


def draw_neckwear(canvas: skia.Canvas, body: Body, y: float) -> None:
    """Men wear ties, the others a bow as often."""
    figure = body.figure
    if figure.parameters.masculine > 0.5 or figure.dice.chance("neck.tie", 0.4):
        _draw_tie(canvas, body, y, figure.accent)
    else:
        draw_bow(canvas, body, y + 0.09, 0.40, figure.accent)
