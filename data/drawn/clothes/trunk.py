"""Where neck and shoulders are under a head, and how cloth lies on them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import skia

from data.drawn.face.contour import contour
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import PIVOT, Point, lerp
from data.drawn.ink import add_smooth, fill, linear, smooth, stroke, tapered

# The line of the shoulder from the neck (0) to the arm (1): share of the way, how far below the base of the neck.
_SLOPE = (
    (0.0, 0.0),
    (0.08, 0.065),
    (0.22, 0.125),
    (0.44, 0.185),
    (0.66, 0.265),
    (0.84, 0.40),
    (0.95, 0.62),
    (1.0, 0.95),
)
_BOTTOM = 1.9  # below every frame


@dataclass(frozen=True)
class Body:
    """The trunk of a figure; its coordinates are face units from the base of the neck: x right, y down, z forward."""

    figure: Figure

    @cached_property
    def turn(self) -> float:
        """Sine of the trunk's own yaw: it follows the head half way."""
        return math.sin(0.55 * self.figure.pose.yaw)

    @cached_property
    def base(self) -> Point:
        """The middle of the neck's base on the plane: lower under a chin that is long or looks down."""
        p = self.figure.parameters
        chin = self.figure.chin[1] - 1.0
        return -0.02 * self.figure.pose.turn, 1.13 + 0.02 * p.age + 0.02 * p.masculine + 0.38 * chin

    @cached_property
    def neck(self) -> float:
        """Half width of the neck."""
        p = self.figure.parameters
        return 0.252 + 0.04 * p.age + (0.075 + 0.04 * p.age) * p.masculine

    @cached_property
    def width(self) -> float:
        """Half width of the shoulders."""
        p = self.figure.parameters
        return 1.40 + 0.16 * p.age + (0.08 + 0.14 * p.age) * p.masculine

    def at(self, x: float, y: float, z: float | None = None) -> Point:
        """Body coordinates to the plane; without `z`, the point lies on the round of the neck or on the chest."""
        if z is None:
            low = min(1.0, max(0.0, (y + 0.12) / 0.35))
            z = lerp(0.85 * math.sqrt(max(0.0, self.neck**2 - x * x)), 0.34 * max(0.0, 1.0 - (x / 1.5) ** 2), low)
        return self.base[0] + x * math.sqrt(1 - self.turn**2) + z * self.turn, self.base[1] + y

    def path(self, points: Sequence[Point]) -> list[Point]:
        """Points of the chest on the plane."""
        return [self.at(x, y) for x, y in points]

    def slope(self, x: float) -> float:
        """How far below the neck's base the shoulder line runs `x` beside the middle."""
        share = (abs(x) - self.neck) / (self.width - self.neck)
        for (t0, y0), (t1, y1) in pairwise(_SLOPE):
            if share <= t1:
                return lerp(y0, y1, max(0.0, (share - t0) / (t1 - t0)))
        return _SLOPE[-1][1]

    def shoulder(self, sign: float, start: float, lift: float = 0.0) -> list[Point]:
        """The shoulder from `start` beside the middle to the arm; cloth lies `lift` above the skin."""
        start = max(start, self.neck)
        points = [self.at(sign * start, self.slope(start) - lift, 0.0)]
        for share, y in _SLOPE:
            x = lerp(self.neck, self.width, share)
            if x > start + 0.05:
                points.append(self.at(sign * (x + lift), y - lift, 0.0))
        return [*points, self.at(sign * (self.width + 0.06 + lift), _BOTTOM, 0.0)]

    def garment(self, left: Sequence[Point], right: Sequence[Point], lift: float = 0.02) -> skia.Path:
        """The trunk below a neckline, which comes down `left` and goes up `right` (body coordinates, sharp between)."""
        path = skia.Path()
        one, other = self.path(left), self.path(right)
        far = self.shoulder(1.0, abs(right[-1][0]), lift)
        near = self.shoulder(-1.0, abs(left[0][0]), lift)[::-1]
        path.moveTo(*near[-1])
        path.lineTo(*one[0])
        add_smooth(path, one)
        path.lineTo(*other[0])
        add_smooth(path, other)
        path.lineTo(*far[0])
        add_smooth(path, far)
        path.lineTo(*near[0])
        add_smooth(path, near)
        path.close()
        return path

    @cached_property
    def _head(self) -> skia.Path:
        """The face on the plane of the body, which leans half as much."""
        turned = skia.Matrix()
        turned.setRotate(math.degrees(self.figure.pose.roll) / 2, 0.0, PIVOT)
        face = contour(self.figure)
        face.transform(turned)
        return face

    def thrown(self, down: float, aside: float) -> skia.Path:
        """The shadow of the head, thrown `down` and `aside` from the light."""
        shadow = skia.Path(self._head)
        shadow.offset(-aside * self.figure.parameters.light, down)
        return shadow


def drape(canvas: skia.Canvas, body: Body, cloth: skia.Path, tones: Tones, folds: bool = True) -> None:
    """Cloth over the trunk in light and shade: the head's shadow, the arm in the dark, folds, light on the shoulder."""
    figure = body.figure
    p, manner = figure.parameters, figure.manner
    way = -1.0 if p.light > 0 else 1.0
    deep = min(1.0, lerp(0.55, 0.95, p.shade) * manner.shade)
    fill(canvas, cloth, tones.base)
    canvas.save()
    canvas.clipPath(cloth, doAntiAlias=True)
    w = body.width
    x0, x1 = body.at(-way * w, 0)[0], body.at(way * w, 0)[0]
    fill(
        canvas,
        cloth,
        linear((x0, 0), (x1, 0), [(0.0, tones.light, 0.35), (0.4, tones.base, 0.0), (1.0, tones.shade, 0.5)]),
    )
    fill(canvas, body.thrown(0.34, 0.16), tones.shade, deep, manner.soft)
    dark = [(way * 0.82 * w, 0.15), (way * 0.70 * w, 0.45), (way * 0.74 * w, 0.8), (way * 0.66 * w, 1.3)]
    dark += [(way * 1.3 * w, 1.3), (way * 1.3 * w, 0.2)]
    fill(canvas, smooth(body.path(dark), closed=True), tones.shade, 0.85 * deep, manner.soft)
    if folds:
        _folds(canvas, body, tones, deep)
    rim = body.shoulder(-way, body.neck + 0.32)[:5]
    rim = [(x, y + 0.035) for x, y in rim]
    fill(canvas, tapered(rim, 0.045, 0.0, 0.1), tones.light, 0.8 * manner.shade, 0.4 * manner.soft)
    canvas.restore()
    stroke(canvas, cloth, tones.line, figure.line)


def _folds(canvas: skia.Canvas, body: Body, tones: Tones, deep: float) -> None:
    """The seam of the sleeve, folds that run to the armpit and one from the shoulder."""
    figure, w = body.figure, body.width
    for sign in (-1.0, 1.0):
        sway = 0.05 * (figure.dice.unit(f"fold{sign}") - 0.5)
        seam = [(sign * 0.80 * w, body.slope(0.80 * w)), (sign * 0.745 * w, 0.48), (sign * 0.73 * w, 0.85)]
        fill(canvas, tapered(body.path(seam), 0.9 * figure.line, 0.3, 0.2), tones.line, 0.65)
        for x, y, dx, dy, wide in (
            (0.70, 0.62, -0.34, -0.20, 0.06),
            (0.71, 0.46, -0.20, -0.13, 0.045),
            (0.79, 0.44, 0.10, -0.12, 0.04),
        ):
            fold = [(sign * x * w, y), (sign * (x * w + 0.5 * dx), y + 0.62 * dy + sway), (sign * (x * w + dx), y + dy)]
            fill(canvas, tapered(body.path(fold), wide, 0.5, 0.0), tones.shade, deep, 0.5 * figure.manner.soft)
