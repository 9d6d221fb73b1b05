"""Things in space: where they sit on the round of the hair, and how their surface is painted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import skia

from data.drawn.color import RGB
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point, Point3, lerp
from data.drawn.ink import fill, stroke, unlit


@dataclass(frozen=True)
class Spot:
    """A place on the hair and the two directions along it, as the viewer sees them (face units, plane coordinates)."""

    at: Point
    right: Point
    down: Point
    facing: float  # 1 toward the viewer, 0 at the edge, negative behind

    def matrix(self, size: float, turn: float = 0.0, mirror: bool = False) -> skia.Matrix:
        """From a drawing's own unit plane to the picture plane; `turn` in degrees clockwise."""
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        m = -1.0 if mirror else 1.0
        (a, b), (e, f) = self.right, self.down
        return skia.Matrix.MakeAll(
            size * m * (a * c + e * s), size * (e * c - a * s), self.at[0],
            size * m * (b * c + f * s), size * (f * c - b * s), self.at[1],
            0, 0, 1,
        )  # fmt: skip


def _blend(one: Point, other: Point, share: float) -> Point:
    return lerp(one[0], other[0], share), lerp(one[1], other[1], share)


def spot(figure: Figure, azimuth: float, elevation: float, reach: float = 1.0, toward: float = 0.5) -> Spot:
    """The place at two angles of the scalp (degrees). `toward` 0 lies flat on the hair, 1 looks at the viewer."""
    pose = figure.pose
    x, y, z = figure.scalp(azimuth, elevation, reach)
    u, v, w = figure.scalp(azimuth + 2, elevation, reach)
    d, e, f = figure.scalp(azimuth, elevation - 2, reach)
    across, along = (u - x, v - y, w - z), (d - x, e - y, f - z)
    right, down = _unit(across), _unit(along)
    normal = (
        right[1] * down[2] - right[2] * down[1],
        right[2] * down[0] - right[0] * down[2],
        right[0] * down[1] - right[1] * down[0],
    )
    # Beside an upright head "flat" leans with the round; what looks at the viewer leans half as much.
    flat_right, flat_down = pose.project(*right), pose.project(*down)
    lean = math.atan2(flat_down[0], max(0.2, flat_down[1])) * 0.5
    seen_right, seen_down = (math.cos(lean), -math.sin(lean)), (math.sin(lean), math.cos(lean))
    return Spot(
        pose.project(x, y, z),
        _blend(flat_right, seen_right, toward),
        _blend(flat_down, seen_down, toward),
        pose.depth(*normal),
    )


def _unit(vector: Point3) -> Point3:
    x, y, z = vector
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    return x / length, y / length, z / length


def laid(path: skia.Path, matrix: skia.Matrix) -> skia.Path:
    """A copy of the path on the picture plane."""
    copy = skia.Path(path)
    copy.transform(matrix)
    return copy


def shape(start: Point, *curves: Sequence[float]) -> skia.Path:
    """A closed path of lines (2 numbers), quadratic (4) and cubic curves (6)."""
    path = skia.Path()
    path.moveTo(*start)
    for numbers in curves:
        if len(numbers) == 2:
            path.lineTo(*numbers)
        elif len(numbers) == 4:
            path.quadTo(*numbers)
        else:
            path.cubicTo(*numbers)
    path.close()
    return path


def solid(
    canvas: skia.Canvas, figure: Figure, path: skia.Path, tones: Tones, depth: float = 0.05, line: float = 1.0,
    body: RGB | skia.Shader | None = None,
) -> None:  # fmt: skip
    """A shape of one material: body, a shadow `depth` wide along the side away from the light, outline."""
    p, manner = figure.parameters, figure.manner
    fill(canvas, path, tones.base if body is None else body)
    if depth > 0:
        canvas.save()
        canvas.clipPath(path, doAntiAlias=True)
        shade = unlit(path, depth * p.light, -0.6 * depth)
        # Wider shadows may be softer.
        fill(
            canvas,
            shade,
            tones.shade,
            min(1.0, lerp(0.65, 0.95, p.shade) * manner.shade),
            min(manner.soft, depth) * 0.6,
        )
        canvas.restore()
    if line > 0:
        stroke(canvas, path, tones.line, figure.line * line)


def cast(canvas: skia.Canvas, figure: Figure, path: skia.Path, down: float = 0.05, alpha: float = 0.45) -> None:
    """The soft shadow that a worn thing throws on the hair below it."""
    shadow = skia.Path(path)
    shadow.offset(-0.5 * down * figure.parameters.light, down)
    fill(
        canvas,
        shadow,
        figure.hair.deep,
        min(0.8, alpha * (0.6 + 0.6 * figure.parameters.shade)),
        0.02 + 0.4 * figure.manner.soft,
    )


def hull(points: Sequence[Point]) -> list[Point]:
    """The convex outline of points, in order (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    halves: list[list[Point]] = []
    for way in (ordered, ordered[::-1]):
        half: list[Point] = []
        for q in way:
            while len(half) > 1 and _turns(half[-2], half[-1], q) <= 0:
                half.pop()
            half.append(q)
        halves.append(half[:-1])
    return halves[0] + halves[1]


def _turns(o: Point, a: Point, b: Point) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def arch(
    figure: Figure, lean: float, reach: float = 1.0, end: float = 84.0, n: int = 13, start: float | None = None
) -> list[Point]:
    """A line over the head from the viewer's left to the right: `lean` degrees forward of the ears, to `end` degrees
    from the top on the right and `start` (by default as far) on the left."""
    y, a, b, c = figure.shell
    s, o = math.sin(math.radians(lean)), math.cos(math.radians(lean))
    first = -end if start is None else start
    points = []
    for i in range(n):
        f = math.radians(lerp(first, end, i / (n - 1)))
        up = math.cos(f)
        points.append(figure.pose.project(reach * a * math.sin(f), y - reach * b * up * o, -0.06 + reach * c * up * s))
    return points
