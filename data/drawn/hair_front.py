"""The hair in front of the face: cap, fringe, side locks, the light in it, and the one lock that stands up."""

from itertools import pairwise

import skia

from data.drawn.color import RGB, mix
from data.drawn.figure import Figure
from data.drawn.fringes import EDGE
from data.drawn.geometry import Point, between, lerp
from data.drawn.ink import fill, linear, radial, stroke, tapered
from data.drawn.locks import Lock, side_locks


def hair_shader(figure: Figure, front: bool) -> skia.Shader:
    """Light above, the dye below."""
    p, hair, tips = figure.parameters, figure.hair, figure.tips
    top = figure.skull[1] - figure.skull[3]
    light = mix(hair.base, hair.light, 0.35)
    if not front:
        start = tips if p.dye == "inner" else hair
        stops = [(0.0, start.shade, 1.0), (0.35, mix(start.shade, start.deep, 0.45), 1.0)]
        if p.dye == "gradient":
            stops += [(0.9, mix(tips.shade, tips.deep, 0.3), 1.0)]
        elif p.dye == "tips":
            stops += [(0.62, hair.shade, 1.0), (0.80, tips.shade, 1.0)]
        else:
            stops += [(1.0, mix(start.shade, start.deep, 0.8), 1.0)]
        return linear((0, top), (0, 1.8), stops)
    stops = [(0.0, light, 1.0), (0.22, hair.base, 1.0), (0.45, mix(hair.base, hair.shade, 0.35), 1.0)]
    if p.dye == "gradient":
        stops += [(0.95, tips.base, 1.0)]
    elif p.dye == "tips":
        stops += [(0.55, hair.base, 1.0), (0.68, tips.base, 1.0)]
    else:
        stops += [(1.0, hair.shade, 1.0)]
    return linear((0, top), (0, 1.6), stops)


def cap(figure: Figure) -> skia.Path:
    """The round top of the hair, down to the hairline."""
    x, y, half, height = figure.skull
    left, right = figure.pose.place(-EDGE, -0.46, 0.1), figure.pose.place(EDGE, -0.46, 0.1)
    path = skia.Path()
    path.moveTo(x - half, y + 0.1)
    path.arcTo(skia.Rect.MakeLTRB(x - half, y - height, x + half, y + height), 174, 192, False)
    path.lineTo(*right)
    brow = figure.pose.place(0.0, -0.66)
    path.cubicTo(*between(right, brow, 0.5, 0.8), *between(left, brow, 0.5, 0.8), *left)
    path.close()
    return path


def _paint_lock(canvas: skia.Canvas, figure: Figure, lock: Lock, body: skia.Shader, shaded: float) -> None:
    hair = figure.hair
    top = figure.skull[1] - figure.skull[3]
    deep: RGB = mix(hair.shade, hair.deep, 0.25)
    fill(canvas, lock.outline, body)
    fill(
        canvas,
        lock.core,
        linear(
            (0, top + 0.2),
            (0, max(lock.tip[1], -0.2)),
            [(0, deep, 0.0), (0.55, deep, 0.75 * shaded), (1, deep, 0.9 * shaded)],
        ),
    )
    fill(canvas, tapered(lock.vein, 0.03, 0.05, 0.05), deep, 0.7)
    # Lines fade toward the crown: all meet there and would make it black.
    line = linear((0, top + 0.35), (0, -0.25), [(0, hair.line, 0.0), (0.5, hair.line, 0.35), (1, hair.line, 1.0)])
    stroke(canvas, lock.edges, line, figure.line)


def _strand(figure: Figure, share: float, reach: float) -> list[Point]:
    """A line over the skull from the crown toward the place `share` (-1..1) of the hairline."""
    end = figure.pose.place(share * 1.02, -0.5, 0.75 * (1 - min(1.0, share * share)) ** 0.5)
    crown = figure.crown
    c1, c2 = between(crown, end, 0.62, 0.02), between(crown, end, 1.04, 0.48)
    points = []
    for i in range(5):
        t = lerp(0.30, reach, i / 4)
        u = 1 - t
        points.append(
            tuple(
                u**3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t**3 * d
                for a, b, c, d in zip(crown, c1, c2, end, strict=True)
            )
        )
    return points


def _ring(canvas: skia.Canvas, figure: Figure, clip: skia.Path) -> None:
    """The band of light round the head, broken along the strands."""
    p, hair = figure.parameters, figure.hair
    if p.ring < 0.12:
        return
    x, y, half, height = figure.skull
    n = 9 + round(8 * p.strands)
    turn = 0.45 * figure.pose.turn
    places = []
    for i in range(n + 1):
        t = lerp(-0.88, 0.88, i / n)
        sink = 0.62 - 0.30 * t * t - 0.5 * figure.pose.nod
        places.append((x + half * 0.95 * t + turn * (1 - t * t), y - height * sink))
    band = skia.Path()
    for i, (a, b) in enumerate(pairwise(places)):
        size = 0.05 + 0.20 * p.ring * figure.dice.unit(f"ring.{i}") * (1 - 0.6 * abs(2 * i / n - 1))
        middle = between(a, b, 0.5)
        away = 0.25 * (middle[0] - x) * size
        band.moveTo(*a)
        band.quadTo(middle[0] - away, middle[1] - size, *b)
        band.quadTo(middle[0] + away, middle[1] + 1.5 * size, *a)
        band.close()
    canvas.save()
    canvas.clipPath(clip, doAntiAlias=True)
    peak = 0.5 + 0.22 * p.light
    shine = linear(
        (x - half, 0),
        (x + half, 0),
        [
            (0.06, hair.light, 0.0),
            (peak - 0.2, hair.light, 0.85),
            (peak, hair.light, 0.95),
            (peak + 0.2, hair.light, 0.85),
            (0.94, hair.light, 0.0),
        ],
    )
    fill(canvas, band, shine, lerp(0.55, 1.0, p.ring))
    canvas.restore()


def draw_front(canvas: skia.Canvas, figure: Figure, locks: list[Lock]) -> None:
    """Cap, side locks, fringe, light."""
    p, hair = figure.parameters, figure.hair
    body = hair_shader(figure, front=True)
    top = cap(figure)
    fill(canvas, top, body)
    # All of it as one shape, for light that crosses the locks. What runs clockwise is reversed: overlaps of opposite
    # directions would be holes.
    everything = skia.Path()
    everything.reverseAddPath(top)
    for sign in (-1.0, 1.0):
        for lock in side_locks(figure, sign):
            _paint_lock(canvas, figure, lock, body, 1.0 if sign * p.light < 0 else 0.45)
            if sign > 0:
                everything.reverseAddPath(lock.outline)
            else:
                everything.addPath(lock.outline)
    for lock in locks:
        _paint_lock(canvas, figure, lock, body, lerp(0.4, 0.9, p.shade))
        everything.addPath(lock.outline)
    # The side of the head away from the light.
    x, y, half, height = figure.skull
    away = -1.0 if p.light > 0 else 1.0
    fill(
        canvas,
        everything,
        linear(
            (x + away * 0.25 * half, 0),
            (x + away * half, 0),
            [(0, hair.deep, 0.0), (1, hair.deep, 0.55 * p.shade + 0.1)],
        ),
    )
    glow = (x + 0.35 * half * p.light, y - 0.52 * height)
    fill(
        canvas,
        everything,
        radial(glow, 0.75 * half, [(0, hair.light, 0.42), (0.5, hair.light, 0.16), (1, hair.light, 0.0)]),
    )
    n = 3 + round(6 * p.strands)
    for i in range(n):
        share = lerp(-0.95, 0.95, (i + 0.3 + 0.4 * figure.dice.unit(f"strand.{i}")) / n)
        points = _strand(figure, share, lerp(0.75, 1.0, figure.dice.unit(f"reach.{i}")))
        fill(canvas, tapered(points, 0.028, 0.1, 0.3), hair.shade if i % 3 else hair.deep, 0.5)
    _ring(canvas, figure, everything)
    outline = skia.Path()
    outline.addArc(skia.Rect.MakeLTRB(x - half, y - height, x + half, y + height), 174, 192)
    stroke(canvas, outline, hair.line, figure.line * 1.1)


def draw_ahoge(canvas: skia.Canvas, figure: Figure) -> None:
    """The lock that stands up."""
    p, hair = figure.parameters, figure.hair
    if p.ahoge <= 0:
        return
    x, y, _, height = figure.skull
    sign = 1.0 if figure.dice.chance("ahoge.side", 0.5) else -1.0
    root = (figure.crown[0] * 0.8 + 0.2 * x, y - height + 0.05)
    size = lerp(0.16, 0.34, p.ahoge)
    arch = ((0.0, 0.0), (-0.10, -0.45), (0.12, -0.85), (0.55, -0.95), (0.95, -0.62))
    points = [(root[0] + sign * size * a, root[1] + size * b) for a, b in arch]
    shape = tapered(points, 0.085, 0.9, 0.02)
    fill(canvas, shape, hair.base)
    stroke(canvas, shape, hair.line, figure.line)
