"""Hats, built of rings on an axis through the head: a crown, a brim, and what belongs to each kind.

Heights count from the line where the hat meets the hair, along the hat's own axis; radii are shares of the head's.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import skia

from data.drawn.color import RGB, mix, oklch, to_oklch
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point, Point3, lerp
from data.drawn.ink import add_smooth, fill, linear, oval, radial, smooth, stroke, tapered
from data.drawn.worn.bows import paint_bow
from data.drawn.worn.pins import paint_blossom
from data.drawn.worn.solid import Spot, cast, solid, strip

_GOLD: RGB = (244, 200, 92)
_STRAW: RGB = (240, 214, 150)


@dataclass(frozen=True)
class Ring:
    """One ring of a hat: height on the axis, radius, and how far it is shifted sideways."""

    height: float
    radius: float
    shift: float = 0.0


@dataclass(frozen=True)
class Hat:
    """A hat's frame on the head."""

    figure: Figure
    line: float  # elevation on the hair where it sits, degrees
    tilt: float  # degrees back
    lean: float = 0.0  # degrees clockwise
    fit: float = 1.05  # its width on the hair's

    def point(self, angle: float, ring: Ring, wave: float = 0.0) -> Point:
        """The point of a ring at an angle seen from the viewer: 0 nearest, -90 left, 90 right, 180 farthest."""
        return self.figure.pose.project(*self.place(angle, ring, wave))

    def place(self, angle: float, ring: Ring, wave: float = 0.0) -> Point3:
        """The same in head coordinates."""
        y0, a, b, c = self.figure.shell
        s = math.radians(angle) - self.figure.pose.yaw
        e = math.radians(self.line)
        x = self.fit * a * math.cos(e) * ring.radius * math.sin(s) + ring.shift
        z = self.fit * c * math.cos(e) * ring.radius * math.cos(s)
        y = -ring.height + wave
        t, r = math.radians(self.tilt), math.radians(self.lean)
        y, z = y * math.cos(t) - z * math.sin(t), z * math.cos(t) + y * math.sin(t)
        x, y = x * math.cos(r) - y * math.sin(r), y * math.cos(r) + x * math.sin(r)
        return x, y0 - b * math.sin(e) + y, z - 0.06

    def arc(self, ring: Ring, first: float = -90.0, last: float = 90.0, n: int = 9, wave: Callable[[float], float] | None = None) -> list[Point]:
        """Part of a ring."""
        angles = [lerp(first, last, i / (n - 1)) for i in range(n)]
        return [self.point(a, ring, wave(a) if wave else 0.0) for a in angles]

    def body(self, rings: Sequence[Ring]) -> skia.Path:
        """The outline of the crown: up the left side, down the right, along the front of the lowest ring."""
        left = [self.point(-90, ring) for ring in rings]
        right = [self.point(90, ring) for ring in rings]
        path = skia.Path()
        path.moveTo(*left[0])
        add_smooth(path, [*left, *right[::-1]])
        add_smooth(path, self.arc(rings[0])[::-1])
        path.close()
        return path

    def belt(self, low: Ring, high: Ring) -> skia.Path:
        """The front of a band between two rings."""
        return strip(self.arc(high), self.arc(low))

    def seams(self, rings: Sequence[Ring], angles: Sequence[float]) -> list[list[Point]]:
        """Lines from the lowest ring to the highest."""
        return [[self.point(angle, ring) for ring in rings] for angle in angles]


def _dome(height: float, *, base: float = 1.0, square: float = 0.0) -> list[Ring]:
    """Rings of a round crown; `square` 0 round .. 1 flat on top."""
    rings = []
    for i in range(6):
        t = i / 5 * 0.96
        power = 2.0 + 2.6 * square
        rings.append(Ring(height * t, base * (1 - t**power) ** (1 / power)))
    return rings


def _press(canvas: skia.Canvas, hat: Hat, rings: Sequence[Ring], deep: float = 0.16) -> None:
    """The shadow under the hat's edge, on the hair only."""
    figure = hat.figure
    x, y, half, height = figure.skull
    canvas.save()
    canvas.clipPath(oval(x, y, half + 0.01, height + 0.01), doAntiAlias=True)
    edge = hat.arc(Ring(rings[0].height, rings[0].radius * 1.02))
    below = [(px - 0.05 * figure.parameters.light, py + deep) for px, py in edge]
    above = [(px, py - 0.2) for px, py in edge]
    fill(canvas, strip(above, below), figure.hair.deep, 0.5 + 0.25 * figure.parameters.shade, 0.03 + 0.5 * figure.manner.soft)
    canvas.restore()


def _shine(canvas: skia.Canvas, hat: Hat, rings: Sequence[Ring], tones: Tones, alpha: float = 0.5) -> None:
    """Soft light on the round of the crown."""
    figure = hat.figure
    shown = hat.body(rings)
    x, y = hat.point(50 * figure.parameters.light, rings[min(2, len(rings) - 1)])
    fill(canvas, shown, radial((x, y), 0.75, [(0, tones.light, alpha), (0.5, tones.light, 0.35 * alpha), (1, tones.light, 0)]))


def _muted(figure: Figure, color: RGB, most: float = 0.82) -> Tones:
    """Cloth that is not so pale that a hat of it vanishes before a pale background."""
    lightness, chroma, hue = to_oklch(color)
    return figure.tones(oklch(min(lightness, most), chroma, hue))


def _beret(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    side = 1.0 if d.chance("hat.side", 0.5) else -1.0
    tones = _muted(figure, figure.parameters.accent_rgb)
    hat = Hat(figure, 40, 12, side * 10, 1.03)
    fall = side * 0.20
    rings = [
        Ring(0.0, 0.97), Ring(0.04, 1.12, 0.2 * fall), Ring(0.16, 1.27, 0.6 * fall), Ring(0.31, 1.26, fall), Ring(0.44, 1.04, 1.05 * fall),
        Ring(0.53, 0.66, 0.9 * fall), Ring(0.55, 0.3, 0.7 * fall),
    ]  # fmt: skip
    _press(canvas, hat, rings)
    stem_foot = hat.point(0, Ring(0.54, 0.0, 0.55 * fall))
    stem = [(stem_foot[0], stem_foot[1] + 0.05), (stem_foot[0] + 0.01, stem_foot[1] - 0.05), (stem_foot[0] + side * 0.05, stem_foot[1] - 0.12)]
    fill(canvas, tapered(stem, 0.09, 0.9, 0.8), tones.line)
    fill(canvas, tapered(stem, 0.055, 0.9, 0.8), tones.base)
    solid(canvas, figure, hat.body(rings), tones, 0.13)
    _shine(canvas, hat, rings, tones)
    band = [Ring(-0.05, 0.98), Ring(0.035, 1.02)]
    solid(canvas, figure, hat.belt(*band), tones, 0.0, 0.9, body=mix(tones.shade, tones.deep, 0.5))
    for seam in hat.seams([Ring(0.06, 1.10, 0.2 * fall), Ring(0.16, 1.2, 0.5 * fall), Ring(0.30, 1.2, 0.9 * fall)], (-52, -18, 24, 58)):
        fill(canvas, tapered(seam, 0.03, 0.8, 0.0), tones.deep, 0.55)
    if d.chance("beret.pin", 0.45):
        x, y = hat.point(-side * 38, Ring(0.12, 1.12, 0.3 * fall))
        paint_blossom(canvas, figure, Spot((x, y), (1.0, 0.0), (0.0, 1.0), 1.0), 0.17)


def _beanie(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    tones = _muted(figure, figure.parameters.accent_rgb)
    cuff_tones = tones if d.chance("beanie.cuff", 0.6) else figure.tones(mix(tones.base, (250, 248, 244), 0.75))
    hat = Hat(figure, 24, 13, 0.0, 1.06)
    rings = [Ring(0.05, 1.0), *[Ring(0.05 + r.height, r.radius) for r in _dome(1.02 - 0.1 * d.unit("beanie.high"))[1:]]]
    _press(canvas, hat, [Ring(-0.1, 1.0)])
    if d.chance("beanie.pom", 0.6):
        _pompom(canvas, figure, hat.point(0, Ring(1.10, 0.0)), cuff_tones)
    solid(canvas, figure, hat.body(rings), tones, 0.13)
    _shine(canvas, hat, rings, tones, 0.4)
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
        r = 0.21 if i % 2 else 0.18
        fluff.append((x + r * math.sin(a), y - 0.08 - r * math.cos(a)))
    solid(canvas, figure, smooth(fluff, closed=True), tones, 0.08)
    for i in range(7):
        a = math.tau * i / 7
        hair = [(x + r * math.sin(a), y - 0.08 - r * math.cos(a)) for r in (0.06, 0.10, 0.14)]
        fill(canvas, tapered(hair, 0.03, 0.2, 0.1), tones.shade)


def _cap(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    tones = _muted(figure, figure.parameters.accent_rgb, 0.9)
    second = figure.cloth if d.chance("cap.two", 0.5) else tones
    hat = Hat(figure, 30, 11, 0.0, 1.045)
    rings = _dome(0.90)
    visor = _visor(hat, 0.60, 0.34)
    _press(canvas, hat, rings, 0.12)
    cast(canvas, figure, visor, 0.09, 0.6)
    solid(canvas, figure, hat.body(rings), tones, 0.12)
    front = strip([hat.point(-34, r) for r in rings], [hat.point(34, r) for r in rings])
    if second is not tones:
        fill(canvas, front, figure.tones((250, 248, 246)).base if d.chance("cap.white", 0.5) else second.light, 0.9)
    _shine(canvas, hat, rings, tones, 0.4)
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
        head = smooth([(x - 0.15, y - 0.16), (x - 0.06, y - 0.09), (x + 0.06, y - 0.09), (x + 0.15, y - 0.16), (x + 0.16, y + 0.04), (x, y + 0.12), (x - 0.16, y + 0.04)], closed=True)
        solid(canvas, figure, head, tones, 0.0, 0.8)
        for s in (-1, 1):
            fill(canvas, oval(x + s * 0.065, y, 0.016, 0.026), tones.line)
    elif kind == "letter":
        ring = oval(x, y, 0.11, 0.12)
        stroke(canvas, ring, figure.tones((250, 246, 240)).base, 0.05)


def _brim(hat: Hat, radius: float, wave: Callable[[float], float] | None, first: float, last: float, inner: float = 1.0) -> skia.Path:
    """Part of a brim between two angles."""
    n = 15
    rim = hat.arc(Ring(0.0, radius), first, last, n, wave)
    mouth = hat.arc(Ring(0.0, inner), first, last, n)
    return strip(rim, mouth)


def _straw_hat(figure: Figure) -> tuple[Hat, Tones]:
    return Hat(figure, 33, 17 - 3 * figure.dice.unit("straw.tilt"), 0.0, 1.04), figure.tones(_STRAW)


_STRAW_RIM = 1.98


def _weave(canvas: skia.Canvas, figure: Figure, hat: Hat, tones: Tones, first: float, last: float) -> None:
    for radius in (1.25, 1.5, 1.75):
        fill(canvas, tapered(hat.arc(Ring(0.0, radius), first, last, 11), 0.02, 0.3, 0.3), tones.shade, 0.8)
    n = 22
    for i in range(n):
        angle = lerp(first, last, (i + 0.5) / n)
        fill(canvas, tapered([hat.point(angle, Ring(0.0, r)) for r in (1.1, 1.5, 1.92)], 0.014, 0.3, 0.3), tones.shade, 0.55)


def _straw_behind(canvas: skia.Canvas, figure: Figure) -> None:
    hat, tones = _straw_hat(figure)
    under = figure.tones(mix(tones.base, tones.shade, 0.6))
    rim = _brim(hat, _STRAW_RIM, None, 80, 280)
    solid(canvas, figure, rim, under, 0.06)
    _weave(canvas, figure, hat, under, 90, 270)
    mouth = smooth(hat.arc(Ring(0.0, 1.25), 0, 345, 16), closed=True)
    fill(canvas, mouth, under.deep, 0.6, 0.06)


def _straw(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    hat, tones = _straw_hat(figure)
    rings = _dome(0.88, square=0.55)
    _press(canvas, hat, rings, 0.15)
    solid(canvas, figure, hat.body(rings), tones, 0.10)
    for height in (0.34, 0.5, 0.64, 0.76):
        i = min(5, round(height / 0.88 * 5))
        ring = Ring(height, lerp(rings[i].radius, rings[max(0, i - 1)].radius, 0.5))
        fill(canvas, tapered(hat.arc(ring, -80, 80), 0.02, 0.3, 0.3), tones.shade, 0.8)
    _shine(canvas, hat, rings, tones)
    solid(canvas, figure, hat.belt(Ring(0.0, 1.01), Ring(0.23, 1.0)), figure.accent, 0.04)
    front = _brim(hat, _STRAW_RIM, None, -90, 90)
    seen = figure.pose.pitch < math.radians(hat.tilt)  # the underside shows while the brim rises to the front
    side = figure.tones(mix(tones.base, tones.shade, 0.45)) if seen else tones
    solid(canvas, figure, front, side, 0.05)
    _weave(canvas, figure, hat, side, -90, 90)
    shade = strip(hat.arc(Ring(0.0, 1.35)), hat.arc(Ring(0.0, 1.0)))
    fill(canvas, shade, side.deep, 0.45, 0.03)
    edge = skia.Path()
    edge.moveTo(*hat.point(-90, Ring(0.0, _STRAW_RIM)))
    add_smooth(edge, hat.arc(Ring(0.0, _STRAW_RIM), -90, 90, 15))
    stroke(canvas, edge, side.line, figure.line)
    if d.chance("straw.bow", 0.5):
        s = 1.0 if d.chance("straw.side", 0.5) else -1.0
        x, y = hat.point(s * 62, Ring(0.10, 1.05))
        at = Spot((x, y), (1.0, 0.0), (0.0, 1.0), 1.0)
        if d.chance("straw.flower", 0.5):
            paint_blossom(canvas, figure, at, 0.24)
        else:
            paint_bow(canvas, figure, at, 0.27, s * 10, figure.accent, "straw.bow")


def _witch_hat(figure: Figure) -> tuple[Hat, Tones, Callable[[float], float]]:
    d = figure.dice
    lightness, chroma, hue = to_oklch(figure.parameters.accent_rgb)
    dark = oklch(min(lightness, 0.36), min(chroma, 0.07) + 0.02, hue if chroma > 0.03 else 295)
    phase = math.tau * d.unit("witch.wave")

    def wave(angle: float) -> float:
        return 0.07 * math.sin(2 * math.radians(angle) + phase) + 0.05 * math.sin(3 * math.radians(angle) + 2 * phase)

    side = 1.0 if d.chance("hat.side", 0.5) else -1.0
    return Hat(figure, 36, 9, side * 4, 1.04), figure.tones(dark), wave


_WITCH_RIM = 2.0


def _witch_behind(canvas: skia.Canvas, figure: Figure) -> None:
    hat, tones, wave = _witch_hat(figure)
    solid(canvas, figure, _brim(hat, _WITCH_RIM, wave, 80, 280), tones, 0.0, body=mix(tones.shade, tones.deep, 0.5))


def _witch(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    hat, tones, wave = _witch_hat(figure)
    side = 1.0 if d.chance("hat.side", 0.5) else -1.0
    bend = side * d.uniform("witch.bend", 0.25, 0.65)
    rings = [
        Ring(0.0, 1.0), Ring(0.20, 0.90), Ring(0.42, 0.72, 0.04 * bend), Ring(0.64, 0.54, 0.16 * bend), Ring(0.84, 0.38, 0.42 * bend),
        Ring(0.98, 0.25, 0.86 * bend), Ring(1.02, 0.13, 1.35 * bend), Ring(0.97, 0.02, 1.75 * bend),
    ]  # fmt: skip
    _press(canvas, hat, rings, 0.2)
    solid(canvas, figure, hat.body(rings), tones, 0.12)
    _shine(canvas, hat, rings, tones, 0.55)
    for ring, first, last in ((Ring(0.50, 0.64, 0.08 * bend), -80, -10), (Ring(0.66, 0.50, 0.18 * bend), 10, 80), (Ring(0.82, 0.38, 0.40 * bend), -70, 20)):
        fill(canvas, tapered(hat.arc(ring, first, last, 5), 0.05, 0.0, 0.2), tones.deep, 0.8)
    band = figure.accent if to_oklch(figure.accent.base)[0] > 0.5 else figure.tones(figure.parameters.eye_rgb)
    solid(canvas, figure, hat.belt(Ring(0.0, 1.01), Ring(0.19, 0.915)), band, 0.04)
    kind = d.choose("witch.mark", ("buckle", "bow", "blossom"))
    x, y = hat.point(math.degrees(figure.pose.yaw) + side * 24, Ring(0.10, 0.97))
    at = Spot((x, y), (1.0, 0.0), (0.0, 1.0), 1.0)
    if kind == "buckle":
        frame = skia.Path()
        frame.addRoundRect(skia.Rect.MakeLTRB(x - 0.11, y - 0.105, x + 0.11, y + 0.105), 0.03, 0.03)
        gold = figure.tones(_GOLD)
        stroke(canvas, frame, gold.line, 0.055 + figure.line)
        stroke(canvas, frame, gold.base, 0.05)
    front = _brim(hat, _WITCH_RIM, wave, -90, 90)
    cast(canvas, figure, strip(hat.arc(Ring(0.0, 1.0)), hat.arc(Ring(0.0, 1.2))), 0.06)
    solid(canvas, figure, front, tones, 0.06)
    edge = hat.arc(Ring(0.0, 0.97 * _WITCH_RIM), -88, 88, 15, wave)
    fill(canvas, tapered(edge, 0.035, 0.2, 0.2), tones.light, 0.7)
    if kind == "bow":
        paint_bow(canvas, figure, at, 0.27, side * 8, band, "witch.bow")
    elif kind == "blossom":
        paint_blossom(canvas, figure, at, 0.21)


def _crown(canvas: skia.Canvas, figure: Figure) -> None:
    """A small crown, worn a little to one side."""
    d = figure.dice
    side = 1.0 if d.chance("hat.side", 0.5) else -1.0
    gold, gem = figure.tones(_GOLD), figure.tones(figure.parameters.eye_rgb)
    hat = Hat(figure, 62, 4, side * 13, 0.98)
    tall, n = 0.42, 8
    foot, rim = Ring(-0.06, 1.0), Ring(0.10, 1.03)

    def points(first: float, last: float, count: int) -> list[Point]:
        path = []
        for i in range(count * 2 + 1):
            angle = lerp(first, last, i / (count * 2))
            path.append(hat.point(angle, Ring(tall if i % 2 else 0.20, 1.16 if i % 2 else 1.06)))
        return path

    back = points(90, 270, n // 2)
    inside = skia.Path()
    inside.addPoly([skia.Point(*q) for q in [hat.point(90, foot), *back, hat.point(270, foot)]], True)
    solid(canvas, figure, inside, gold, 0.0, body=mix(gold.shade, gold.deep, 0.5))
    teeth = points(-90, 90, n // 2)
    front = skia.Path()
    front.moveTo(*hat.point(-90, foot))
    for q in teeth:
        front.lineTo(*q)
    front.lineTo(*hat.point(90, foot))
    add_smooth(front, hat.arc(foot)[::-1])
    front.close()
    cast(canvas, figure, hat.belt(foot, rim), 0.07)
    x, y = hat.point(0, foot)
    shine = linear((x - 0.5, y), (x + 0.5, y), [(0, gold.base, 1), (0.5 + 0.25 * figure.parameters.light, (255, 240, 170), 1), (1, gold.shade, 1)])
    solid(canvas, figure, front, gold, 0.06, body=shine)
    solid(canvas, figure, hat.belt(foot, rim), gold, 0.03, 0.8)
    for i in range(1, len(teeth), 2):
        bx, by = teeth[i]
        solid(canvas, figure, oval(bx, by - 0.03, 0.042, 0.042), gold, 0.0, 0.8, body=(255, 236, 160))
    for angle in (-58, -20, 20, 58):
        gx, gy = hat.point(angle, Ring(0.025, 1.03))
        solid(canvas, figure, oval(gx, gy, 0.038 * math.cos(math.radians(angle)) + 0.008, 0.044), gem, 0.0, 0.6)
        fill(canvas, oval(gx - 0.01, gy - 0.014, 0.011, 0.012), (255, 255, 255), 0.9)


HATS: dict[str, Callable[[skia.Canvas, Figure], None]] = {
    "beret": _beret, "cap": _cap, "witch": _witch, "straw": _straw, "beanie": _beanie, "crown": _crown,
}  # fmt: skip
BRIMS: dict[str, Callable[[skia.Canvas, Figure], None]] = {"straw": _straw_behind, "witch": _witch_behind}
