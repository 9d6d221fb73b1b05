"""Mouths, one function each, in a plane of their own: x -1..1 over the mouth's width, y in the same unit."""

from collections.abc import Callable

import skia

from data.drawn.color import RGB, mix, oklch
from data.drawn.figure import Figure
from data.drawn.geometry import Point, lerp
from data.drawn.ink import fill, oval, smooth, stroke, tapered

MOUTH_Y = 0.64  # share of the way from the eyes to the chin

_WHITE: RGB = (252, 250, 248)


def place_mouth(figure: Figure) -> Point:
    """The middle of the mouth, plane coordinates."""
    return figure.pose.place(0.0, 0.04 + MOUTH_Y * figure.length, 0.70)


def _line(canvas: skia.Canvas, figure: Figure, points: list[Point], unit: float) -> None:
    color = mix(figure.skin.line, oklch(0.33, 0.10, 22), 0.35)
    fill(canvas, tapered(points, 1.5 * figure.line / unit, 0.45, 0.45), color)


def _inside(canvas: skia.Canvas, figure: Figure, shape: skia.Path, depth: float, unit: float, teeth: bool) -> None:
    dark = oklch(0.44, 0.13, 20)
    fill(canvas, shape, dark)
    canvas.save()
    canvas.clipPath(shape, doAntiAlias=True)
    fill(canvas, oval(0.0, depth, 0.75, 0.5 * depth), oklch(0.70, 0.14, 18))
    if teeth:
        fill(canvas, oval(0.0, -0.22, 0.95, 0.24 + 0.16 * depth), _WHITE)
    canvas.restore()
    stroke(canvas, shape, mix(figure.skin.line, oklch(0.33, 0.10, 22), 0.35), 1.1 * figure.line / unit)


def _smile(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    _line(canvas, figure, [(-1, -0.12), (-0.5, 0.10), (0, 0.17), (0.5, 0.10), (1, -0.12)], unit)


def _neutral(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    _line(canvas, figure, [(-0.75, 0.0), (-0.3, 0.02), (0.3, 0.02), (0.75, 0.0)], unit)


def _frown(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    _line(canvas, figure, [(-0.8, 0.16), (-0.4, 0.0), (0, -0.04), (0.4, 0.0), (0.8, 0.16)], unit)


def _pout(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    _line(canvas, figure, [(-0.45, 0.08), (-0.2, -0.05), (0, 0.0), (0.2, -0.05), (0.45, 0.08)], unit)
    fill(canvas, oval(0, 0.26, 0.22, 0.05), figure.skin.deep, 0.8)


def _cat(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    points = [(-1, -0.12), (-0.75, 0.1), (-0.4, 0.14), (0, -0.08), (0.4, 0.14), (0.75, 0.1), (1, -0.12)]
    if o > 0.5:
        shape = smooth(
            [(-0.45, 0.12), (0, -0.05), (0.45, 0.12), (0.25, 0.2 + 0.5 * o), (-0.25, 0.2 + 0.5 * o)], closed=True
        )
        _inside(canvas, figure, shape, 0.3 + 0.4 * o, unit, teeth=False)
    _line(canvas, figure, points, unit)


def _open_smile(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    depth = lerp(0.4, 1.15, o)
    shape = skia.Path()
    shape.moveTo(-0.92, -0.14)
    shape.quadTo(0, 0.12, 0.92, -0.14)
    shape.cubicTo(0.75, 0.5 * depth, 0.42, depth, 0, depth)
    shape.cubicTo(-0.42, depth, -0.75, 0.5 * depth, -0.92, -0.14)
    shape.close()
    _inside(canvas, figure, shape, depth, unit, teeth=o > 0.35)


def _grin(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    depth = lerp(0.32, 0.6, o)
    shape = skia.Path()
    shape.moveTo(-1, -0.18)
    shape.quadTo(0, 0.16, 1, -0.18)
    shape.quadTo(0.75, depth, 0, depth + 0.04)
    shape.quadTo(-0.75, depth, -1, -0.18)
    shape.close()
    fill(canvas, shape, _WHITE)
    stroke(canvas, shape, mix(figure.skin.line, oklch(0.33, 0.10, 22), 0.35), 1.2 * figure.line / unit)


def _open_o(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    half, depth = lerp(0.28, 0.5, o), lerp(0.25, 0.75, o)
    shape = smooth(
        [(-half * 0.7, -0.05), (0, -0.14), (half * 0.7, -0.05), (half, depth * 0.5), (0, depth), (-half, depth * 0.5)],
        closed=True,
    )
    _inside(canvas, figure, shape, depth, unit, teeth=False)


def _fang(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    _open_smile(canvas, figure, 0.6 * o, unit)
    side = 1.0 if figure.dice.chance("fang", 0.5) else -1.0
    tooth = skia.Path()
    tooth.addPoly([skia.Point(side * x, y) for x, y in ((0.36, 0.0), (0.66, -0.05), (0.5, 0.34))], True)
    fill(canvas, tooth, _WHITE)


def _wavy(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    points = [(-0.8, 0.06), (-0.5, -0.08), (-0.2, 0.08), (0.1, -0.08), (0.4, 0.08), (0.8, -0.02)]
    _line(canvas, figure, points, unit)


def _tongue(canvas: skia.Canvas, figure: Figure, o: float, unit: float) -> None:
    side = 1.0 if figure.dice.chance("tongue", 0.5) else -1.0
    shape = smooth(
        [(side * 0.12, 0.12), (side * 0.62, 0.06), (side * 0.66, 0.36), (side * 0.36, 0.52), (side * 0.14, 0.36)],
        closed=True,
    )
    fill(canvas, shape, oklch(0.72, 0.14, 16))
    stroke(canvas, shape, mix(figure.skin.line, oklch(0.33, 0.10, 22), 0.35), 0.8 * figure.line / unit)
    _smile(canvas, figure, o, unit)


_MOUTHS: dict[str, Callable[[skia.Canvas, Figure, float, float], None]] = {
    "smile": _smile, "open_smile": _open_smile, "grin": _grin, "cat": _cat, "neutral": _neutral, "pout": _pout,
    "open_o": _open_o, "frown": _frown, "fang": _fang,
    "wavy": _wavy, "tongue": _tongue,
}  # fmt: skip


def draw_mouth(canvas: skia.Canvas, figure: Figure) -> None:
    """The mouth that the parameters name."""
    p = figure.parameters
    x, y = place_mouth(figure)
    canvas.save()
    canvas.translate(x, y)
    # A small mouth turns with the face but hardly narrows.
    canvas.scale(p.mouth_width * (1 - 0.35 * abs(figure.pose.turn)), p.mouth_width)
    _MOUTHS[p.mouth_shape](canvas, figure, p.mouth_open, p.mouth_width)
    canvas.restore()
