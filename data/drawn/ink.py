"""Shapes and paint: the few skia calls that the parts of a head are drawn with."""

from collections.abc import Sequence

import skia

from data.drawn.color import RGB
from data.drawn.geometry import Point

Stop = tuple[float, RGB, float]  # position 0..1, colour, opacity 0..1


def argb(color: RGB, alpha: float = 1.0) -> int:
    """Skia's colour number."""
    return skia.ColorSetARGB(round(255 * alpha), *color)


def linear(start: Point, end: Point, stops: Sequence[Stop]) -> skia.Shader:
    """A gradient along a line."""
    return skia.GradientShader.MakeLinear(
        [skia.Point(*start), skia.Point(*end)],
        [argb(color, alpha) for _, color, alpha in stops],
        [at for at, _, _ in stops],
    )


def radial(center: Point, radius: float, stops: Sequence[Stop]) -> skia.Shader:
    """A gradient around a point."""
    return skia.GradientShader.MakeRadial(
        skia.Point(*center), radius, [argb(color, alpha) for _, color, alpha in stops], [at for at, _, _ in stops]
    )


def fill(canvas: skia.Canvas, path: skia.Path, paint: RGB | skia.Shader, alpha: float = 1.0, blur: float = 0.0) -> None:
    """Fill a path with a colour or a gradient; `blur` softens its edge by about that much, in the canvas's units."""
    brush = skia.Paint(AntiAlias=True)
    if blur > 0:
        brush.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    _dip(brush, paint, alpha)
    canvas.drawPath(path, brush)


def stroke(canvas: skia.Canvas, path: skia.Path, paint: RGB | skia.Shader, width: float, alpha: float = 1.0) -> None:
    """Draw a path's line, with round ends."""
    brush = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width)
    brush.setStrokeCap(skia.Paint.kRound_Cap)
    brush.setStrokeJoin(skia.Paint.kRound_Join)
    _dip(brush, paint, alpha)
    canvas.drawPath(path, brush)


def _dip(brush: skia.Paint, paint: RGB | skia.Shader, alpha: float) -> None:
    if isinstance(paint, tuple):
        brush.setColor(argb(paint, alpha))
    else:
        brush.setShader(paint)
        brush.setAlphaf(alpha)


def smooth(points: Sequence[Point], closed: bool = False) -> skia.Path:
    """A soft curve through all points (Catmull-Rom)."""
    path = skia.Path()
    path.moveTo(*points[0])
    add_smooth(path, points, closed)
    if closed:
        path.close()
    return path


def add_smooth(path: skia.Path, points: Sequence[Point], closed: bool = False) -> None:
    """Continue a path, which stands at the first point, softly through the others."""
    n = len(points)
    for i in range(n if closed else n - 1):
        p1, p2 = points[i], points[(i + 1) % n]
        p0 = points[i - 1] if closed or i > 0 else p1
        p3 = points[(i + 2) % n] if closed or i + 2 < n else p2
        path.cubicTo(
            p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6,
            p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6,
            *p2,
        )  # fmt: skip


def oval(x: float, y: float, half_width: float, half_height: float) -> skia.Path:
    """An ellipse around a point."""
    path = skia.Path()
    path.addOval(skia.Rect.MakeLTRB(x - half_width, y - half_height, x + half_width, y + half_height))
    return path


def tapered(points: Sequence[Point], width: float, head: float = 0.0, tail: float = 0.0) -> skia.Path:
    """A brush stroke through points: full `width` in the middle, the shares `head` and `tail` of it at the ends."""
    n = len(points)
    one, other = [], []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(i - 1, 0)], points[min(i + 1, n - 1)]
        dx, dy = bx - ax, by - ay
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        t = i / (n - 1)
        share = 1 - (1 - 4 * t * (1 - t)) * (1 - (head if t < 0.5 else tail))
        w = width * share / 2
        one.append((x - dy / length * w, y + dx / length * w))
        other.append((x + dy / length * w, y - dx / length * w))
    return strip(one, other)


def strip(one: Sequence[Point], other: Sequence[Point]) -> skia.Path:
    """A soft band between two lines that run the same way."""
    path = skia.Path()
    path.moveTo(*one[0])
    add_smooth(path, one)
    path.lineTo(*other[-1])
    add_smooth(path, other[::-1])
    path.close()
    return path


def unlit(path: skia.Path, dx: float, dy: float) -> skia.Path:
    """All of a path that a copy of it, moved by (dx, dy), leaves uncovered.

    On a canvas clipped to the path that is its cel shade.
    """
    shade = skia.Path(path)
    shade.offset(dx, dy)
    shade.addRect(skia.Rect.MakeLTRB(-4, -4, 4, 4))
    shade.setFillType(skia.PathFillType.kEvenOdd)
    return shade


def polygon(points: Sequence[Point]) -> skia.Path:
    """A closed shape with corners."""
    path = skia.Path()
    path.moveTo(*points[0])
    line = path.lineTo  # faster than addPoly, which takes points of skia's own
    for x, y in points[1:]:
        line(x, y)
    path.close()
    return path
