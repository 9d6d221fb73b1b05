"""What all parts of one drawn cat share: pose, the shape of the head, colours."""

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import skia

from data.drawn.cats.parameters import CatParameters
from data.drawn.color import RGB, mix, oklch, to_oklch
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point, Pose, lerp
from data.drawn.ink import add_smooth, smooth
from data.drawn.parameters import Parameters

_WHITE: RGB = (252, 250, 247)


@dataclass(frozen=True)
class Cat:
    """A cat about to be drawn in a square picture of `size` pixels.

    Head coordinates as in data.drawn.geometry, the origin between the eyes.
    """

    parameters: CatParameters
    size: int

    @cached_property
    def figure(self) -> Figure:
        """The cat's manner, light and surroundings, for parts that people and cats share."""
        p = self.parameters
        shared = Parameters(
            seed=p.seed, yaw=p.yaw, pitch=p.pitch, roll=p.roll, scale=p.scale, shift_x=p.shift_x, shift_y=p.shift_y,
            hair_rgb=p.coat_rgb, accent_rgb=p.collar_rgb, cloth_rgb=p.collar_rgb, background=p.background,
            background_rgb=p.background_rgb, background_other_rgb=p.background_other_rgb, style=p.style, light=p.light,
            shade=p.shade, line_weight=p.line_weight, line_tint=p.line_tint,
        )  # fmt: skip
        return Figure(shared, self.size)

    @cached_property
    def pose(self) -> Pose:
        """Where the head is: ears and chin share the frame's room above and below."""
        p = self.parameters
        x = 0.5 + p.shift_x - 0.04 * math.sin(math.radians(p.yaw))
        y = 0.49 + p.shift_y + 0.33 * p.scale
        return Pose(
            math.radians(p.yaw),
            math.radians(p.pitch),
            math.radians(p.roll),
            p.scale * self.size,
            (x * self.size, y * self.size),
        )

    @cached_property
    def line(self) -> float:
        """Width of outlines, face units."""
        return max(self.figure.line, 0.55 / self.pose.unit)

    def tones(self, color: RGB) -> Tones:
        """Fur of a colour in this drawing's light and style."""
        return self.figure.tones(color)

    @cached_property
    def coat(self) -> Tones:
        """Most of the fur."""
        return self.tones(self.parameters.coat_rgb)

    @cached_property
    def mark(self) -> Tones:
        """Stripes, points and first patches."""
        return self.tones(self.parameters.mark_rgb)

    @cached_property
    def other(self) -> Tones:
        """Second patches."""
        return self.tones(self.parameters.other_rgb)

    @cached_property
    def pale(self) -> Tones:
        """White fur, or the paler fur of the muzzle where there is no white."""
        return self.tones(_WHITE)

    @cached_property
    def white(self) -> float:
        """How far white fur reaches, 0 none .. 1; a tuxedo without a white front would be none."""
        p = self.parameters
        return max(0.35, p.white) if p.coat == "tuxedo" else p.white

    @cached_property
    def ink(self) -> RGB:
        """The dark of lids and mouth, leaning to the coat."""
        _, chroma, hue = to_oklch(self.parameters.coat_rgb)
        tint = min(1.0, self.parameters.line_tint * self.figure.manner.tint)
        return oklch(0.20 + 0.07 * tint, min(0.04, 0.012 + 0.4 * chroma), hue)

    @cached_property
    def outline(self) -> RGB:
        """The line round the head: darker than any of its fur, tinted by it."""
        line = self.coat.line
        lightness, chroma, hue = to_oklch(line)
        if to_oklch(self.parameters.coat_rgb)[0] > 0.9:  # white fur: a warm brown line
            tint = min(1.0, self.parameters.line_tint * self.figure.manner.tint)
            return mix(oklch(0.24, 0.02, 40), oklch(0.46, 0.035, 40), tint)
        return oklch(min(lightness, 0.45), chroma, hue)

    @cached_property
    def kitten(self) -> float:
        """0 grown .. 1 kitten."""
        return 1.0 - self.parameters.age

    @cached_property
    def wide(self) -> float:
        """Half the head's width without fluff."""
        return lerp(1.00, 1.12, self.parameters.face_width)

    @cached_property
    def low(self) -> float:
        """Height of the chin."""
        return lerp(0.80, 0.90, self.parameters.age)

    @cached_property
    def eye_y(self) -> float:
        """Height of the middle of the eyes."""
        return 0.02 + 0.09 * self.kitten

    def place(self, x: float, y: float, out: float = 0.0) -> Point:
        """A point on the front of the head; `out` raises it toward the viewer."""
        round_ = (x / 1.2) ** 2 * 0.75 + ((y + 0.02) / 1.25) ** 2 * 0.4
        z = 0.78 * math.sqrt(max(0.0, 1.0 - min(1.0, round_)))
        return self.pose.project(x, y, z + out)

    def narrowing(self, x: float) -> float:
        """How much a small thing at `x` is narrowed by the turn."""
        return max(0.35, (self.place(x + 0.02, 0)[0] - self.place(x - 0.02, 0)[0]) / 0.04)

    @cached_property
    def nose(self) -> Point:
        """The middle of the nose."""
        return self.place(0.0, self.eye_y + 0.30, 0.10 + 0.05 * self.parameters.muzzle)

    @cached_property
    def mouth(self) -> Point:
        """The middle of the mouth."""
        return self.place(0.0, self.eye_y + 0.45, 0.09 + 0.05 * self.parameters.muzzle)

    @cached_property
    def chin(self) -> Point:
        """The lowest point of the head."""
        return self.pose.project(0.0, self.low, 0.34)

    def side(self, sign: float) -> list[Point]:
        """One half of the head's edge from the crown down to the chin: every second point is a tip of fluff."""
        p, turn = self.parameters, self.pose.turn
        fluff = p.cheek_fluff * (1.0 - 0.35 * max(0.0, sign * turn) / 0.57)
        w = self.wide * (1.0 - 0.07 * max(0.0, sign * turn) / 0.57 + 0.03 * max(0.0, -sign * turn) / 0.57)
        tips = [  # x, y, how far fluff carries the point out
            (0.34, -0.90, 0.0), (0.68, -0.72, 0.0), (0.90, -0.38, 0.0), (1.00, -0.02, 0.01), (1.03, 0.20, 0.10),
            (0.97, 0.25, 0.0), (0.99, 0.42, 0.17), (0.88, 0.45, 0.02), (0.83, 0.62, 0.13), (0.70, 0.63, 0.02),
            (0.44, 0.80, 0.0),
        ]  # fmt: skip
        points = []
        for x, y, out in tips:
            drop = y * self.low / 0.86 if y > 0 else y
            swing = 0.10 * turn * (1.0 - 0.3 * abs(y)) + (0.18 * turn if y > 0.7 else 0.0)
            points.append(
                (
                    sign * w * (x + out * fluff) + swing,
                    drop * math.cos(self.pose.pitch) + (0.10 + 0.16 * max(0.0, y)) * self.pose.nod,
                )
            )
        return points

    @cached_property
    def head(self) -> skia.Path:
        """The head as a closed shape, with tufts at the cheeks."""
        left, right = self.side(-1.0), self.side(1.0)
        path = skia.Path()
        crown = self.pose.project(0.0, -0.93, 0.1)
        path.moveTo(*crown)
        self._half(path, crown, right)
        chin = self.chin
        (x, y), (u, v) = right[-1], left[-1]
        path.cubicTo(lerp(x, chin[0], 0.45), lerp(y, chin[1], 1.0), lerp(chin[0], x, 0.35), chin[1], *chin)
        path.cubicTo(lerp(chin[0], u, 0.35), chin[1], lerp(u, chin[0], 0.45), lerp(v, chin[1], 1.0), u, v)
        back = [*left[::-1], crown]
        self._tufts(path, back[:8])
        add_smooth(path, back[7:])
        path.close()
        return path

    def _half(self, path: skia.Path, crown: Point, points: list[Point]) -> None:
        add_smooth(path, [crown, *points[:4]])
        self._tufts(path, points[3:])

    def _tufts(self, path: skia.Path, points: list[Point]) -> None:
        """Through points in turn, bulging to the outside: locks of fur between notches."""
        middle = (0.1 * self.pose.turn, 0.0)
        for (x, y), (u, v) in itertools.pairwise(points):
            cx, cy = (x + u) / 2, (y + v) / 2
            length = math.hypot(cx - middle[0], cy - middle[1]) or 1.0
            bulge = 0.16 * math.hypot(u - x, v - y)
            path.quadTo(cx + (cx - middle[0]) / length * bulge, cy + (cy - middle[1]) / length * bulge, u, v)

    @cached_property
    def inside(self) -> skia.Path:
        """The head less a narrow rim: what stands off the head is painted outside this, so that marks stay whole."""
        x, y = 0.1 * self.pose.turn, -0.05
        path = skia.Path(self.head)
        path.transform(skia.Matrix.MakeAll(0.975, 0, 0.025 * x, 0, 0.975, 0.025 * y, 0, 0, 1))
        return path

    def patch(self, points: list[Point]) -> skia.Path:
        """A soft shape whose corners lie on the front of the head."""
        return smooth([self.place(x, y) for x, y in points], closed=True)
