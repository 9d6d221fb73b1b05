"""Hats are rings on an axis through the head.

Heights count from the line where the hat meets the hair, along the hat's own axis; radii are shares of the head's.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import skia

from data.drawn.color import RGB, oklch, to_oklch
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point, Point3, lerp
from data.drawn.ink import add_smooth, fill, oval, radial, strip


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

    def arc(
        self,
        ring: Ring,
        first: float = -90.0,
        last: float = 90.0,
        n: int = 9,
        wave: Callable[[float], float] | None = None,
    ) -> list[Point]:
        """Part of a ring."""
        angles = [lerp(first, last, i / (n - 1)) for i in range(n)]
        return [self.point(a, ring, wave(a) if wave else 0.0) for a in angles]

    def front(self, ring: Ring) -> skia.Path:
        """The line along the near half of a ring."""
        points = self.arc(ring)
        path = skia.Path()
        path.moveTo(*points[0])
        add_smooth(path, points)
        return path

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


def dome(height: float, *, base: float = 1.0, square: float = 0.0) -> list[Ring]:
    """Rings of a round crown; `square` 0 round .. 1 flat on top."""
    rings = []
    for i in range(6):
        t = i / 5 * 0.96
        power = 2.0 + 2.6 * square
        rings.append(Ring(height * t, base * (1 - t**power) ** (1 / power)))
    return rings


def press(canvas: skia.Canvas, hat: Hat, rings: Sequence[Ring], deep: float = 0.16) -> None:
    """The shadow under the hat's edge, on the hair only."""
    figure = hat.figure
    x, y, half, height = figure.skull
    canvas.save()
    canvas.clipPath(oval(x, y, half + 0.01, height + 0.01), doAntiAlias=True)
    edge = hat.arc(Ring(rings[0].height, rings[0].radius * 1.02))
    below = [(px - 0.05 * figure.parameters.light, py + deep) for px, py in edge]
    above = [(px, py - 0.2) for px, py in edge]
    fill(
        canvas,
        strip(above, below),
        figure.hair.deep,
        0.5 + 0.25 * figure.parameters.shade,
        0.03 + 0.5 * figure.manner.soft,
    )
    canvas.restore()


def shine(canvas: skia.Canvas, hat: Hat, rings: Sequence[Ring], tones: Tones, alpha: float = 0.5) -> None:
    """Soft light on the round of the crown."""
    figure = hat.figure
    shown = hat.body(rings)
    x, y = hat.point(50 * figure.parameters.light, rings[min(2, len(rings) - 1)])
    fill(
        canvas,
        shown,
        radial((x, y), 0.75, [(0, tones.light, alpha), (0.5, tones.light, 0.35 * alpha), (1, tones.light, 0)]),
    )


def muted(figure: Figure, color: RGB, most: float = 0.82) -> Tones:
    """Cloth that is not so pale that a hat of it vanishes before a pale background."""
    lightness, chroma, hue = to_oklch(color)
    return figure.tones(oklch(min(lightness, most), chroma, hue))
