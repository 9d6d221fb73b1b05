"""What runs over the head from ear to ear: hairband, headphones, a maid's headdress."""

import math

import skia

from data.drawn.color import RGB, mix, to_oklch
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point, lerp
from data.drawn.ink import add_smooth, fill, smooth, strip, stroke, tapered
from data.drawn.worn.bows import paint_bow
from data.drawn.worn.pins import paint_blossom
from data.drawn.worn.solid import arch, cast, hull, solid, spot

_WHITE: RGB = (248, 247, 251)


def glint(canvas: skia.Canvas, figure: Figure, one: list[Point], other: list[Point], tones: Tones) -> None:
    """Light along a band, on the side it comes from."""
    n = len(one)
    middle = (n - 1) * (0.5 + 0.2 * figure.parameters.light)
    start, stop = max(1, round(middle - n * 0.16)), min(n - 2, round(middle + n * 0.16))
    line = [(lerp(a[0], b[0], 0.32), lerp(a[1], b[1], 0.32)) for a, b in zip(one, other, strict=True)][start : stop + 1]
    thick = 0.35 * math.dist(one[n // 2], other[n // 2])
    fill(canvas, tapered(line, thick, 0.0, 0.0), tones.light, 0.8, 0.25 * figure.manner.soft)


def draw_hairband(canvas: skia.Canvas, figure: Figure) -> None:
    """A band over the hair: smooth, or of ribbon with a bow or a blossom at its side."""
    if not figure.parameters.hairband:
        return
    d, tones = figure.dice, figure.accent
    wide = d.uniform("band.width", 3.4, 6.4)
    back, front = arch(figure, 27 - wide, 1.02, 74), arch(figure, 27 + wide, 1.02, 74)
    band = strip(back, front)
    cast(canvas, figure, band, 0.05)
    solid(canvas, figure, band, tones, 0.03)
    glint(canvas, figure, back, front, tones)
    side = 1.0 if d.chance("band.side", 0.5) else -1.0
    extra = d.weigh("band.extra", {"none": 2.0, "bow": 1.0, "blossom": 0.6})
    at = spot(figure, side * 74, 46, 1.04, 0.7)
    if extra == "bow":
        paint_bow(canvas, figure, at, 0.23, side * 22, tones, "band.bow")
    elif extra == "blossom":
        paint_blossom(canvas, figure, at, 0.21, 10 * side)


def _ring(figure: Figure, side: float, x: float, radius: float) -> list[Point]:
    """A circle beside the ear, in a plane that faces sideways."""
    return [
        figure.pose.project(side * x, 0.02 + 1.08 * radius * math.sin(a), -0.05 + radius * math.cos(a))
        for a in (math.tau * i / 14 for i in range(14))
    ]


def _cup(canvas: skia.Canvas, figure: Figure, side: float, tones: Tones) -> None:
    out = 0.985 * figure.shell[1]
    cushion = figure.tones(mix(tones.base, (40, 40, 52), 0.72))
    inner, middle = _ring(figure, side, out, 0.30), _ring(figure, side, out + 0.10, 0.35)
    outer, face = _ring(figure, side, out + 0.20, 0.33), _ring(figure, side, out + 0.27, 0.25)
    pad = smooth(hull([*inner, *middle]), closed=True)
    cast(canvas, figure, pad, 0.05)
    solid(canvas, figure, pad, cushion, 0.05)
    shell = smooth(hull([*_ring(figure, side, out + 0.08, 0.34), *outer, *face]), closed=True)
    solid(canvas, figure, shell, tones, 0.09)
    # The outer face, seen when this side is turned to the viewer.
    if figure.pose.turn * side < -0.08:
        disc = smooth(face, closed=True)
        fill(canvas, disc, tones.light, 0.55)
        stroke(canvas, disc, tones.line, 0.7 * figure.line)
        glow = smooth(_ring(figure, side, out + 0.275, 0.13), closed=True)
        fill(canvas, glow, mix(tones.shade, tones.deep, 0.5))
    xs = [p[0] for p in outer]
    ys = [p[1] for p in outer]
    x = lerp(min(xs), max(xs), 0.5 + 0.25 * figure.parameters.light)
    gleam = [
        (x, lerp(min(ys), max(ys), 0.16)),
        (x - 0.01, lerp(min(ys), max(ys), 0.34)),
        (x, lerp(min(ys), max(ys), 0.5)),
    ]
    fill(canvas, tapered(gleam, 0.055, 0.1, 0.1), tones.light, 0.8, 0.3 * figure.manner.soft)


def _cup_is_far(figure: Figure, side: float) -> bool:
    return figure.pose.depth(side * 1.1, 0.0, -0.05) < -0.34


def draw_headphones_behind(canvas: skia.Canvas, figure: Figure) -> None:
    """The cup on the far side of a turned head."""
    for side in (-1.0, 1.0):
        if _cup_is_far(figure, side):
            _cup(canvas, figure, side, figure.accent)


def draw_headphones(canvas: skia.Canvas, figure: Figure) -> None:
    """Band and cups; by the dice the band carries a cat's ears."""
    d, tones = figure.dice, figure.accent
    if d.chance("phones.cat", 0.4):
        for side in (-1.0, 1.0):
            _phone_ear(canvas, figure, side, tones)
    lean = 7.0
    under, over = arch(figure, lean, 1.0, 84), arch(figure, lean, 1.105, 84)
    band = strip(over, under)
    cast(canvas, figure, band, 0.06)
    solid(canvas, figure, band, tones, 0.035)
    glint(canvas, figure, over, under, tones)
    pad_over, pad_under = arch(figure, lean + 2, 1.03, 44), arch(figure, lean + 3, 0.985, 40)
    fill(canvas, strip(pad_over, pad_under), mix(tones.deep, tones.line, 0.4), 0.9)
    for side in (-1.0, 1.0):
        if not _cup_is_far(figure, side):
            _cup(canvas, figure, side, tones)


def _phone_ear(canvas: skia.Canvas, figure: Figure, side: float, tones: Tones) -> None:
    def at(angle: float, reach: float) -> Point:
        return arch(figure, 7.0, reach, side * angle, 2, start=side * angle)[0]

    foot, tip, end = at(20, 1.06), at(36, 1.43), at(54, 1.06)
    ear = skia.Path()
    ear.moveTo(*foot)
    ear.quadTo(*at(22, 1.28), *at(33, 1.40))
    ear.quadTo(*tip, *at(39, 1.40))
    ear.quadTo(*at(52, 1.26), *end)
    ear.close()
    solid(canvas, figure, ear, tones, 0.05)
    inner = skia.Path()
    inner.moveTo(*at(26, 1.08))
    inner.quadTo(*at(28, 1.24), *at(36, 1.33))
    inner.quadTo(*at(46, 1.22), *at(48, 1.08))
    inner.close()
    fill(canvas, inner, mix(tones.light, (255, 190, 200), 0.6))


def _ruffle(
    figure: Figure, lean: float, low: float, high: float, end: float, waves: int
) -> tuple[skia.Path, list[list[Point]]]:
    """A frill that stands on an arch: its scalloped outline, and the folds in it."""
    n = waves * 2 + 1
    inner = arch(figure, lean, low, end, n)
    outer, crest = arch(figure, lean - 3, high * 0.955, end * 1.04, n), arch(figure, lean - 3, high, end * 1.04, n)
    path = skia.Path()
    path.moveTo(*inner[0])
    path.lineTo(*outer[0])
    for i in range(1, n, 2):
        x, y = crest[i]
        (ax, ay), (bx, by) = outer[i - 1], outer[i + 1]
        # Round bumps: the control point lies beyond the crest.
        dx, dy = x - (ax + bx) / 2, y - (ay + by) / 2
        path.cubicTo(ax + 1.3 * dx, ay + 1.3 * dy, bx + 1.3 * dx, by + 1.3 * dy, bx, by)
    path.lineTo(*inner[-1])
    add_smooth(path, inner[::-1])
    path.close()
    folds = [
        [inner[i], (lerp(inner[i][0], outer[i][0], 0.55), lerp(inner[i][1], outer[i][1], 0.55)), outer[i]]
        for i in range(2, n - 1, 2)
    ]
    return path, folds


def draw_maid(canvas: skia.Canvas, figure: Figure) -> None:
    """A white frilled band with a ribbon run through it and bows at its ends."""
    d = figure.dice
    white = figure.tones(_WHITE)
    lean = 24.0
    frill, folds = _ruffle(figure, lean, 0.99, 1.17, 62, 9)
    cast(canvas, figure, frill, 0.05)
    solid(canvas, figure, frill, white, 0.04)
    for fold in folds:
        fill(canvas, tapered(fold, 0.035, 0.9, 0.0), white.shade)
    for i, fold in enumerate(folds):
        if i % 2:
            fill(canvas, tapered([fold[0], fold[1]], 0.06, 0.9, 0.0), white.deep, 0.35)
    back, front = arch(figure, lean - 5, 1.0, 66), arch(figure, lean + 6, 1.02, 66)
    band = strip(back, front)
    cast(canvas, figure, band, 0.05)
    solid(canvas, figure, band, white, 0.03)
    dark = figure.tones((52, 48, 66)) if to_oklch(figure.accent.base)[0] > 0.85 else figure.accent
    fill(canvas, strip(arch(figure, lean - 1.5, 1.01, 66), arch(figure, lean + 2.5, 1.015, 66)), dark.base)
    for side in (-1.0, 1.0):
        if d.chance("maid.bows", 0.75):
            at = spot(figure, side * 70, 26, 1.02, 0.6)
            if at.facing > -0.3:
                paint_bow(canvas, figure, at, 0.19, side * 14, dark, "maid.bow")
