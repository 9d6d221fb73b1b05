"""Hats of cloth that sit close: beret, beanie, cap."""

import math
from collections.abc import Sequence

import skia

from data.drawn.color import mix
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point, lerp
from data.drawn.ink import add_smooth, fill, oval, smooth, strip, stroke, tapered
from data.drawn.worn.pins import paint_blossom
from data.drawn.worn.rings import Hat, Ring, dome, muted, press, shine
from data.drawn.worn.solid import Spot, cast, solid


def draw_beret(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    side = 1.0 if d.chance("hat.side", 0.5) else -1.0
    tones = muted(figure, figure.parameters.accent_rgb)
    hat = Hat(figure, 32, 12, side * 9, 1.04)
    fall = side * 0.26
    rings = [
        Ring(0.0, 0.97), Ring(0.05, 1.10, 0.2 * fall), Ring(0.20, 1.26, 0.6 * fall), Ring(0.42, 1.27, fall),
        Ring(0.62, 1.06, 1.0 * fall),
        Ring(0.75, 0.68, 0.8 * fall), Ring(0.78, 0.3, 0.6 * fall),
    ]  # fmt: skip
    press(canvas, hat, rings)
    stem_foot = hat.point(0, Ring(0.78, 0.0, 0.45 * fall))
    stem = [
        (stem_foot[0], stem_foot[1] + 0.05),
        (stem_foot[0] + 0.01, stem_foot[1] - 0.05),
        (stem_foot[0] + side * 0.05, stem_foot[1] - 0.12),
    ]
    fill(canvas, tapered(stem, 0.09, 0.9, 0.8), tones.line)
    fill(canvas, tapered(stem, 0.055, 0.9, 0.8), tones.base)
    solid(canvas, figure, hat.body(rings), tones, 0.13)
    shine(canvas, hat, rings, tones)
    band = [Ring(-0.05, 0.98), Ring(0.035, 1.02)]
    solid(canvas, figure, hat.belt(*band), tones, 0.0, 0.9, body=mix(tones.shade, tones.deep, 0.5))
    for seam in hat.seams(
        [Ring(0.06, 1.08, 0.2 * fall), Ring(0.18, 1.2, 0.5 * fall), Ring(0.36, 1.22, 0.9 * fall)], (-52, -18, 24, 58)
    ):
        fill(canvas, tapered(seam, 0.03, 0.8, 0.0), tones.deep, 0.55)
    if d.chance("beret.pin", 0.45):
        x, y = hat.point(-side * 38, Ring(0.12, 1.12, 0.3 * fall))
        paint_blossom(canvas, figure, Spot((x, y), (1.0, 0.0), (0.0, 1.0), 1.0), 0.17)


def draw_beanie(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    tones = muted(figure, figure.parameters.accent_rgb)
    cuff_tones = tones if d.chance("beanie.cuff", 0.6) else figure.tones(mix(tones.base, (250, 248, 244), 0.75))
    hat = Hat(figure, 24, 13, 0.0, 1.06)
    rings = [Ring(0.05, 1.0), *[Ring(0.05 + r.height, r.radius) for r in dome(1.02 - 0.1 * d.unit("beanie.high"))[1:]]]
    press(canvas, hat, [Ring(-0.1, 1.0)])
    if d.chance("beanie.pom", 0.6):
        _pompom(canvas, figure, hat.point(0, Ring(1.10, 0.0)), cuff_tones)
    solid(canvas, figure, hat.body(rings), tones, 0.13)
    shine(canvas, hat, rings, tones, 0.4)
    for seam in hat.seams(rings[:-1], range(-72, 73, 18)):
        fill(canvas, tapered(seam, 0.028, 0.9, 0.1), tones.shade, 0.9)
    low, high = Ring(-0.16, 1.035), Ring(0.16, 1.045)
    cuff = hat.belt(low, high)
    cast(canvas, figure, cuff, 0.05)
    solid(canvas, figure, cuff, cuff_tones, 0.05)
    for angle in range(-80, 81, 12):
        rib = [hat.point(angle, Ring(h, 1.045)) for h in (-0.11, 0.0, 0.11)]
        fill(canvas, tapered(rib, 0.03, 0.5, 0.5), cuff_tones.shade)


def _pompom(canvas: skia.Canvas, figure: Figure, at: Point, tones: Tones) -> None:
    x, y = at
    fluff = []
    for i in range(22):
        a = math.tau * i / 22
        r = 0.255 if i % 2 else 0.235
        fluff.append((x + r * math.sin(a), y - 0.06 - r * math.cos(a)))
    solid(canvas, figure, smooth(fluff, closed=True), tones, 0.08)
    for i in range(9):
        a = math.tau * i / 9 + 0.4
        hair = [(x + r * math.sin(a), y - 0.06 - r * math.cos(a)) for r in (0.09, 0.13, 0.18)]
        fill(canvas, tapered(hair, 0.03, 0.2, 0.1), tones.shade)


def draw_cap(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    tones = muted(figure, figure.parameters.accent_rgb, 0.9)
    second = figure.cloth if d.chance("cap.two", 0.5) else tones
    hat = Hat(figure, 30, 11, 0.0, 1.045)
    rings = dome(0.90)
    visor = _visor(hat, 0.60, 0.34)
    press(canvas, hat, rings, 0.12)
    cast(canvas, figure, visor, 0.09, 0.6)
    solid(canvas, figure, hat.body(rings), tones, 0.12)
    front = strip([hat.point(-34, r) for r in rings], [hat.point(34, r) for r in rings])
    if second is not tones:
        fill(canvas, front, figure.tones((250, 248, 246)).base if d.chance("cap.white", 0.5) else second.light, 0.9)
    shine(canvas, hat, rings, tones, 0.4)
    for seam in hat.seams(rings[:-1], (-68, -34, 34, 68)):
        fill(canvas, tapered(seam, 0.022, 0.9, 0.5), tones.deep, 0.7)
    x, y = hat.point(0, rings[-1])
    solid(canvas, figure, oval(x, y, 0.07, 0.045), tones, 0.0, 0.8)
    _badge(canvas, figure, hat, rings)
    solid(canvas, figure, visor, second, 0.05)
    inner = _visor(hat, 0.52, 0.295)
    stroke(canvas, inner, second.deep, 0.6 * figure.line, 0.5)


def _visor(hat: Hat, length: float, drop: float) -> skia.Path:
    """A peak toward where the head looks."""
    yaw = math.degrees(hat.figure.pose.yaw)
    near, far = [], []
    for i in range(11):
        angle = lerp(-66, 66, i / 10)
        x, y, z = hat.place(angle + yaw, Ring(0.0, 1.0))
        near.append(hat.figure.pose.project(x, y, z))
        out = math.cos(math.radians(angle * 90 / 66)) ** 0.55 if 0 < i < 10 else 0.0
        far.append(hat.figure.pose.project(x * (1 + 0.08 * out), y + drop * out, z + length * out))
    path = skia.Path()
    path.moveTo(*near[0])
    add_smooth(path, near)
    add_smooth(path, far[::-1])
    path.close()
    return path


def _badge(canvas: skia.Canvas, figure: Figure, hat: Hat, rings: Sequence[Ring]) -> None:
    yaw = math.degrees(figure.pose.yaw)
    kind = figure.dice.choose("cap.badge", ("none", "blossom", "letter", "cat"))
    x, y = hat.point(yaw, rings[2])
    if kind == "blossom":
        paint_blossom(canvas, figure, Spot((x, y), (1.0, 0.0), (0.0, 1.0), 1.0), 0.17)
    elif kind == "cat":
        tones = figure.tones((250, 246, 240))
        head = smooth(
            [
                (x - 0.15, y - 0.16),
                (x - 0.06, y - 0.09),
                (x + 0.06, y - 0.09),
                (x + 0.15, y - 0.16),
                (x + 0.16, y + 0.04),
                (x, y + 0.12),
                (x - 0.16, y + 0.04),
            ],
            closed=True,
        )
        solid(canvas, figure, head, tones, 0.0, 0.8)
        for s in (-1, 1):
            fill(canvas, oval(x + s * 0.065, y, 0.016, 0.026), tones.line)
    elif kind == "letter":
        ring = oval(x, y, 0.11, 0.12)
        stroke(canvas, ring, figure.tones((250, 246, 240)).base, 0.05)
