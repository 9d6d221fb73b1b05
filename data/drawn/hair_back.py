"""The hair behind the face: one function a style."""

import math
from collections.abc import Callable

import skia

from data.drawn.figure import Figure
from data.drawn.geometry import Point, between, lerp
from data.drawn.hair_front import hair_shader
from data.drawn.ink import add_smooth, fill, linear, oval, stroke, tapered

Side = list[Point]  # from the height of the temple downward, for the viewer's right; mirrored for the left


def _paint(canvas: skia.Canvas, figure: Figure, path: skia.Path, front: bool = False) -> None:
    fill(canvas, path, hair_shader(figure, front))
    stroke(canvas, path, figure.hair.line, figure.line * 1.1)


def _falls(canvas: skia.Canvas, figure: Figure, profile: Side, count: int) -> None:
    """Strand lines down both sides of the mass."""
    x = figure.skull[0]
    for sign in (-1.0, 1.0):
        for i in range(count):
            inward = 0.10 + 0.16 * i + 0.06 * figure.dice.unit(f"fall.{sign}.{i}")
            points = [(x + sign * (px - inward), py) for px, py in profile]
            if len(points) > 2:
                fill(canvas, tapered(points, 0.04, 0.1, 0.1), figure.hair.deep, 0.8)


def _mass(canvas: skia.Canvas, figure: Figure, profile: Side, teeth: int, ragged: float, falls: int) -> None:
    x, y, half, height = figure.skull
    near = -figure.pose.turn
    path = skia.Path()
    right = [(x + px + 0.12 * max(0.0, near), py) for px, py in profile]
    left = [(x - px - 0.12 * max(0.0, -near), py) for px, py in profile]
    path.moveTo(x - half, y)
    path.arcTo(skia.Rect.MakeLTRB(x - half, y - height, x + half, y + height), 180, 180, False)
    add_smooth(path, [(x + half, y), *right])
    for i in range(teeth):
        a, b = between(right[-1], left[-1], i / teeth), between(right[-1], left[-1], (i + 1) / teeth)
        drop = ragged * (0.5 + figure.dice.unit(f"tooth.{i}"))
        path.quadTo(a[0], a[1] + 0.7 * drop, lerp(a[0], b[0], 0.35), a[1] + drop)
        path.quadTo(lerp(a[0], b[0], 0.6), a[1] + 0.3 * drop, *b)
    add_smooth(path, [*left[::-1], (x - half, y)])
    path.close()
    _paint(canvas, figure, path)
    _falls(canvas, figure, profile, falls)


def _bob(canvas: skia.Canvas, figure: Figure) -> None:
    p = figure.parameters
    half = figure.skull[2]
    low = lerp(0.72, 1.12, p.hair_length)
    full = lerp(1.14, 1.30, p.hair_volume)
    _mass(
        canvas,
        figure,
        [(half + 0.02, 0.1), (full, 0.55 * low + 0.1), (full - 0.06, 0.86 * low), (full - 0.24, low + 0.06)],
        7,
        0.09,
        2,
    )


def _short(canvas: skia.Canvas, figure: Figure) -> None:
    p = figure.parameters
    half = figure.skull[2]
    low = lerp(0.45, 0.8, p.hair_length)
    _mass(canvas, figure, [(half, 0.05), (half - 0.04, 0.35), (half - 0.16, low)], 8, 0.14, 1)


def _long(canvas: skia.Canvas, figure: Figure) -> None:
    p = figure.parameters
    half = figure.skull[2]
    full = lerp(1.16, 1.36, p.hair_volume)
    low = lerp(1.45, 2.4, p.hair_length)
    _mass(canvas, figure, [(half + 0.02, 0.1), (full - 0.03, 0.6), (full + 0.04, 1.2), (full + 0.02, low)], 8, 0.25, 3)


def _wavy(canvas: skia.Canvas, figure: Figure) -> None:
    p = figure.parameters
    half = figure.skull[2]
    full = lerp(1.18, 1.36, p.hair_volume)
    low = lerp(1.3, 2.2, p.hair_length)
    profile = [(half + 0.02, 0.0)]
    for i in range(1, 5):
        profile.append((full + (0.10 if i % 2 else -0.09) + 0.03 * i, lerp(0.0, low, i / 4)))
    _mass(canvas, figure, profile, 6, 0.2, 3)


def _spiky(canvas: skia.Canvas, figure: Figure) -> None:
    p, dice = figure.parameters, figure.dice
    x, y, half, height = figure.skull
    out = lerp(0.14, 0.34, p.hair_volume)
    n = 4 + round(2 * p.strands)
    low = lerp(0.65, 1.05, p.hair_length)
    # Notches on the head's side and between them tips that point out and down, from the crown to the nape.
    notches = [
        (half * (0.86 + 0.5 * t - 0.62 * t * t), lerp(y - 0.45 * height, low, t)) for t in (i / n for i in range(n + 1))
    ]
    path = skia.Path()
    path.moveTo(x, y - height)
    path.quadTo(x + 0.6 * half, y - height, x + notches[0][0], notches[0][1])
    for sign in (1.0, -1.0):
        steps = list(range(n)) if sign > 0 else list(range(n))[::-1]
        for i in steps:
            a, b = notches[i], notches[i + 1]
            long = out * (0.7 + 0.6 * dice.unit(f"spike.{sign}.{i}"))
            tip = (lerp(a[0], b[0], 0.8) + long * (1 - 0.35 * i / n), b[1] + 0.35 * long + 0.02)
            if sign > 0:
                path.quadTo(x + a[0] + 0.75 * long, lerp(a[1], b[1], 0.45), x + tip[0], tip[1])
                path.quadTo(x + lerp(tip[0], b[0], 0.5), lerp(tip[1], b[1], 0.3), x + b[0], b[1])
            else:
                path.quadTo(x - lerp(tip[0], b[0], 0.5), lerp(tip[1], b[1], 0.3), x - tip[0], tip[1])
                path.quadTo(x - a[0] - 0.75 * long, lerp(a[1], b[1], 0.45), x - a[0], a[1])
        if sign > 0:
            path.quadTo(x, low + 0.2, x - notches[-1][0], notches[-1][1])
    path.quadTo(x - 0.6 * half, y - height, x, y - height)
    path.close()
    _paint(canvas, figure, path)


def _tail(canvas: skia.Canvas, figure: Figure, spine: list[Point], width: float, front: bool = False) -> None:
    """A bound tail along its spine: bulging, ending in a point, with two strands."""
    shape = tapered(spine, width, 0.35, 0.06)
    _paint(canvas, figure, shape, front)
    for k in (-0.2, 0.18):
        inner = [(x + k * width * (1 - i / len(spine)), y + 0.03) for i, (x, y) in enumerate(spine)]
        fill(canvas, tapered(inner, 0.035, 0.1, 0.1), figure.hair.deep, 0.8)
    y0 = spine[1][1]
    gleam = linear(
        (0, y0 - 0.1),
        (0, y0 + 0.5),
        [(0, figure.hair.light, 0.0), (0.5, figure.hair.light, 0.6), (1, figure.hair.light, 0.0)],
    )
    fill(canvas, tapered([(x, y) for x, y in spine[1:-1]] or spine, width * 0.28, 0.2, 0.2), gleam)


def _tie(canvas: skia.Canvas, figure: Figure, at: Point) -> None:
    band = oval(at[0], at[1], 0.11, 0.13)
    fill(canvas, band, figure.parameters.accent_rgb)
    stroke(canvas, band, figure.hair.line, figure.line)


def _twin_tails(canvas: skia.Canvas, figure: Figure) -> None:
    p = figure.parameters
    x, y, half, _ = figure.skull
    for sign in (-1.0, 1.0):
        root = (x + sign * (half - 0.08), y - 0.30)
        low = lerp(0.9, 2.1, p.hair_length)
        out = half + lerp(0.14, 0.32, p.hair_volume)
        spine = [
            root,
            (x + sign * out, y - 0.22),
            (x + sign * (out + 0.10), lerp(y, low, 0.45)),
            (x + sign * (out - 0.02), lerp(y, low, 0.75)),
            (x + sign * (out - 0.12), low),
        ]
        _tail(canvas, figure, spine, lerp(0.40, 0.58, p.hair_volume), front=True)
        _tie(canvas, figure, (x + sign * (half + 0.03), y - 0.30))
    _short(canvas, figure)


def _ponytail(canvas: skia.Canvas, figure: Figure) -> None:
    p = figure.parameters
    x, y, half, height = figure.skull
    sign = -1.0 if figure.pose.turn > 0.05 else 1.0 if figure.pose.turn < -0.05 else (1.0 if p.light > 0 else -1.0)
    low = lerp(0.8, 2.0, p.hair_length)
    root = (x + sign * 0.45, y - height * 0.88)
    spine = [
        root,
        (x + sign * 0.95, y - height * 1.0),
        (x + sign * (half + 0.26), y - 0.25),
        (x + sign * (half + 0.24), lerp(y, low, 0.6)),
        (x + sign * (half - 0.02), low),
    ]
    _tail(canvas, figure, spine, lerp(0.45, 0.62, p.hair_volume))
    _short(canvas, figure)
    _tie(canvas, figure, (x + sign * 0.55, y - height * 0.92))


def _side_tail(canvas: skia.Canvas, figure: Figure) -> None:
    _short(canvas, figure)


def _buns(canvas: skia.Canvas, figure: Figure) -> None:
    p = figure.parameters
    x, y, half, height = figure.skull
    for sign in (-1.0, 1.0):
        cx, cy, r = x + sign * half * 0.72, y - height * 0.74, lerp(0.30, 0.40, p.hair_volume)
        bun = oval(cx, cy, r, r)
        _paint(canvas, figure, bun, front=True)
        for k in (0.55, 0.2):
            arc = skia.Path()
            arc.addArc(skia.Rect.MakeLTRB(cx - k * r, cy - k * r, cx + k * r, cy + k * r), 200 + 40 * sign, 210)
            stroke(canvas, arc, figure.hair.deep, figure.line)
    _short(canvas, figure)


_BACKS: dict[str, Callable[[skia.Canvas, Figure], None]] = {
    "bob": _bob, "long": _long, "twin_tails": _twin_tails, "ponytail": _ponytail, "short": _short, "spiky": _spiky,
    "wavy": _wavy, "side_tail": _side_tail, "buns": _buns,
}  # fmt: skip


def _flicks(canvas: skia.Canvas, figure: Figure) -> None:
    """Tufts that stand off the round of the head, so that not every head is a ball."""
    p, dice = figure.parameters, figure.dice
    if p.fringe == "hime" and p.back in ("bob", "long"):
        return
    x, y, half, height = figure.skull
    for i in range(round(6 * dice.unit("flicks") + (3 if p.fringe in ("messy", "wispy") else 0))):
        sign = 1.0 if i % 2 else -1.0
        angle = math.radians(lerp(12, 100, dice.unit(f"flick.{i}")))
        size = lerp(0.08, 0.20, dice.unit(f"flick.size.{i}"))
        foot = (x + sign * half * math.sin(angle - 0.22) * 0.97, y - height * math.cos(angle - 0.22) * 0.97)
        other = (x + sign * half * math.sin(angle + 0.10) * 0.97, y - height * math.cos(angle + 0.10) * 0.97)
        reach = angle + 0.30
        tip = (x + sign * (half + size) * math.sin(reach), y - (height + size) * math.cos(reach))
        path = skia.Path()
        path.moveTo(*foot)
        path.quadTo(x + sign * (half + 0.8 * size) * math.sin(angle), y - (height + 0.8 * size) * math.cos(angle), *tip)
        path.quadTo(*between(tip, other, 0.55), *other)
        path.close()
        _paint(canvas, figure, path, front=True)


def draw_back(canvas: skia.Canvas, figure: Figure) -> None:
    """The hair that neck and face are painted over."""
    _flicks(canvas, figure)
    _BACKS[figure.parameters.back](canvas, figure)


def draw_before_body(canvas: skia.Canvas, figure: Figure) -> None:
    """Hair that falls in front of the shoulders."""
    p = figure.parameters
    if p.back != "side_tail":
        return
    x, _, half, _ = figure.skull
    sign = 1.0 if figure.dice.chance("side_tail", 0.5) else -1.0
    low = lerp(1.5, 2.3, p.hair_length)
    root = (x + sign * (half - 0.22), 0.55)
    spine = [
        root,
        (x + sign * (half + 0.04), 0.85),
        (x + sign * (half + 0.02), lerp(0.85, low, 0.5)),
        (x + sign * (half - 0.22), low),
    ]
    _tail(canvas, figure, spine, lerp(0.42, 0.58, p.hair_volume), front=True)
    _tie(canvas, figure, (x + sign * (half - 0.16), 0.60))
