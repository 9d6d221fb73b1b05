"""Where the points of a turned head are: a head in three dimensions, its shadow on the picture plane, and pixels.

Head coordinates: x to the viewer's right, y down, z toward the viewer; the origin lies in the middle of the head at the
height of the eyes; the unit is half the width of the face. Projection is orthographic, so that a curve's control
points can be projected in the curve's stead.
"""

import math
from dataclasses import dataclass
from functools import cached_property

from data.drawn.parameters import Parameters

Point = tuple[float, float]
Point3 = tuple[float, float, float]

# The depth of the face at its middle. Smaller than a real head's: drawn faces are flat.
DEPTH = 0.66
# Roll turns about this height, so that a leaning head stays in the frame.
PIVOT = 0.30


def lerp(a: float, b: float, t: float) -> float:
    """a at t = 0, b at t = 1."""
    return a + (b - a) * t


def between(p: Point, q: Point, t: float, u: float | None = None) -> Point:
    """The point a share `t` of the way from p to q; with `u`, that share for y alone."""
    return lerp(p[0], q[0], t), lerp(p[1], q[1], t if u is None else u)


@dataclass(frozen=True)
class Pose:
    """The turn of a head and its place in the frame."""

    yaw: float  # radians
    pitch: float  # radians
    roll: float  # radians
    unit: float  # pixels for one face unit
    origin: Point  # pixels, where the middle between the eyes of a frontal head is

    @classmethod
    def of(cls, parameters: Parameters, size: int) -> "Pose":
        """The pose of a head in a square picture of `size` pixels."""
        p = parameters
        # The chin at about 83 % of the height; a turned head is pulled back to the middle.
        x = 0.5 + p.shift_x - 0.05 * math.sin(math.radians(p.yaw))
        y = 0.83 + p.shift_y - 1.02 * p.scale
        return cls(
            math.radians(p.yaw),
            math.radians(p.pitch),
            math.radians(p.roll),
            p.scale * size,
            (x * size, y * size),
        )

    @cached_property
    def turn(self) -> float:
        """Sine of the yaw: -0.57..0.57."""
        return math.sin(self.yaw)

    @cached_property
    def nod(self) -> float:
        """Sine of the pitch."""
        return math.sin(self.pitch)

    def project(self, x: float, y: float, z: float) -> Point:
        """Head coordinates to the plane."""
        deep = z * math.cos(self.yaw) - x * self.turn
        return x * math.cos(self.yaw) + z * self.turn, y * math.cos(self.pitch) + deep * self.nod

    def depth(self, x: float, y: float, z: float) -> float:
        """How near the viewer a point of the head is once it is turned."""
        deep = z * math.cos(self.yaw) - x * self.turn
        return deep * math.cos(self.pitch) - y * self.nod

    def place(self, x: float, y: float, depth: float | None = None) -> Point:
        """A point of the face's front to the plane; `depth` where it is not on the front."""
        z = DEPTH * math.sqrt(max(0.0, 1.0 - 0.62 * min(x * x, 1.4))) if depth is None else depth
        return self.project(x, y, z)

    def narrowing(self, x: float) -> float:
        """How much a small thing at `x` of the face is narrowed by the turn: about 1, less on the far side."""
        step = 0.02
        return max(0.3, (self.place(x + step, 0)[0] - self.place(x - step, 0)[0]) / (2 * step))

    def pixel(self, point: Point) -> Point:
        """A point of the plane in pixels of the picture."""
        c, s = math.cos(self.roll), math.sin(self.roll)
        x, y = point[0], point[1] - PIVOT
        return (
            self.origin[0] + self.unit * (x * c - y * s),
            self.origin[1] + self.unit * (x * s + y * c + PIVOT),
        )
