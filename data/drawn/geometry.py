"""Where the points of a turned head are: face coordinates to the picture plane, and the plane to pixels.

Face coordinates: origin between the eyes, x to the viewer's right, y down, unit half the width of the face. A point
lies on a rounded front; turning the head moves it by its depth, which also narrows the far eye.
"""

import math
from dataclasses import dataclass
from functools import cached_property

from data.drawn.parameters import Parameters

Point = tuple[float, float]

# The depth of the face at its middle. Smaller than a real head's: drawn faces are flat.
DEPTH = 0.62
# Roll turns about this height, so that a leaning head stays in the frame.
PIVOT = 0.15


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
        # The chin at about 86 % of the height; a turned head is pulled back to the middle.
        x = 0.5 + p.shift_x - 0.06 * math.sin(math.radians(p.yaw))
        y = 0.86 + p.shift_y - p.face_length * p.scale
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

    def place(self, x: float, y: float, depth: float | None = None) -> Point:
        """Face coordinates to the plane; `depth` in face units where the point is not on the front of the face."""
        z = DEPTH * math.sqrt(max(0.0, 1.0 - 0.75 * min(x * x, 1.3))) if depth is None else depth
        return x * math.cos(self.yaw) + z * self.turn, y * math.cos(self.pitch) + 0.8 * z * self.nod

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
