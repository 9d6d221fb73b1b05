"""Ribbons tied in a bow: two plump loops, a knot, two tails."""

import skia

from data.drawn.color import mix, to_oklch
from data.drawn.figure import Figure, Tones
from data.drawn.ink import fill, oval, stroke, tapered
from data.drawn.worn.solid import Spot, cast, laid, shape, solid, spot

# In the bow's plane: a loop reaches from the knot to about x = 1.1; the right half, the left is mirrored.
_LOOP = shape(
    (0.04, -0.12), (0.26, -0.44, 0.60, -0.74, 0.90, -0.66), (1.12, -0.60, 1.16, -0.20, 1.08, 0.10),
    (1.02, 0.40, 0.86, 0.54, 0.68, 0.46), (0.44, 0.38, 0.20, 0.22, 0.04, 0.14),
)  # fmt: skip
# Where one looks into the loop.
_MOUTH = shape(
    (0.90, -0.66), (1.12, -0.60, 1.16, -0.20, 1.08, 0.10), (1.02, 0.40, 0.86, 0.54, 0.68, 0.46),
    (0.90, 0.34, 1.00, -0.20, 0.90, -0.66),
)  # fmt: skip
_TAIL = shape(
    (0.02, 0.06), (0.22, 0.30, 0.30, 0.66, 0.62, 1.10), (0.40, 1.08), (0.28, 1.28),
    (0.10, 0.92, -0.06, 0.50, -0.08, 0.10),
)  # fmt: skip
_LONG_TAIL = shape(
    (0.02, 0.06), (0.30, 0.34, 0.16, 0.90, 0.56, 1.62), (0.36, 1.56), (0.22, 1.76),
    (-0.02, 1.20, 0.02, 0.50, -0.08, 0.10),
)  # fmt: skip


def paint_bow(
    canvas: skia.Canvas, figure: Figure, at: Spot, size: float, turn: float, tones: Tones, name: str = "bow"
) -> None:
    """A bow whose loops reach `size` to both sides, turned by degrees clockwise."""
    dice = figure.dice
    tail = _LONG_TAIL if dice.chance(name + ".long", 0.3) else _TAIL
    pattern = dice.weigh(name + ".pattern", {"plain": 3.0, "lace": 1.0, "dots": 0.6})
    halves = [at.matrix(size, turn, mirror=True), at.matrix(size, turn)]
    cast(canvas, figure, laid(_LOOP, halves[0]), 0.06)
    cast(canvas, figure, laid(_LOOP, halves[1]), 0.06)
    for matrix in halves:
        solid(canvas, figure, laid(tail, matrix), tones, 0.04, body=mix(tones.base, tones.shade, 0.55))
    for matrix in halves:
        _loop(canvas, figure, matrix, tones, size, pattern)
    knot = laid(
        shape(
            (-0.19, -0.20),
            (0.0, -0.29, 0.19, -0.20),
            (0.25, 0.0, 0.18, 0.22),
            (0.0, 0.29, -0.18, 0.22),
            (-0.25, 0.0, -0.19, -0.20),
        ),
        halves[1],
    )
    solid(canvas, figure, knot, tones, 0.03, body=mix(tones.base, tones.light, 0.35))
    crease = tapered(_mapped(halves[1], [(-0.05, -0.12), (-0.02, 0.02), (-0.06, 0.14)]), 0.05 * size, 0.1, 0.1)
    fill(canvas, crease, tones.deep, 0.7)


def _mapped(matrix: skia.Matrix, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(q.fX, q.fY) for q in matrix.mapPoints([skia.Point(x, y) for x, y in points])]


def _loop(canvas: skia.Canvas, figure: Figure, matrix: skia.Matrix, tones: Tones, size: float, pattern: str) -> None:
    loop = laid(_LOOP, matrix)
    solid(canvas, figure, loop, tones, 0.11 * size, line=0.0)
    canvas.save()
    canvas.clipPath(loop, doAntiAlias=True)
    contrast = tones.light if to_oklch(tones.base)[0] < 0.8 else mix(tones.base, tones.deep, 0.6)
    if pattern == "dots":
        for x, y in ((0.34, -0.24), (0.62, -0.46), (0.60, -0.06), (0.36, 0.10), (0.72, 0.24), (0.86, -0.22)):
            (cx, cy), = _mapped(matrix, [(x, y)])  # fmt: skip
            fill(canvas, oval(cx, cy, 0.065 * size, 0.065 * size), contrast, 0.9)
    if pattern == "lace":
        for y in (-1.0, 1.0):
            rim = [
                (0.10, 0.10 * y),
                (0.34, (-0.38 if y < 0 else 0.22)),
                (0.62, -0.56 if y < 0 else 0.34),
                (0.88, -0.56 if y < 0 else 0.40),
            ]
            fill(canvas, tapered(_mapped(matrix, rim), 0.055 * size, 0.3, 0.8), contrast, 0.85)
    # Light where the loop swells, folds gathered at the knot.
    glint = _mapped(matrix, [(0.34, -0.30), (0.58, -0.47), (0.80, -0.50)])
    fill(
        canvas,
        tapered(glint, 0.13 * size, 0.1, 0.2),
        tones.light,
        0.75 * min(1.0, 0.4 + figure.manner.gloss),
        0.3 * figure.manner.soft,
    )
    for fold in (
        [(0.10, -0.05), (0.32, -0.14), (0.62, -0.26)],
        [(0.10, 0.02), (0.34, 0.04), (0.66, 0.08)],
        [(0.10, 0.08), (0.28, 0.16), (0.48, 0.27)],
    ):
        fill(canvas, tapered(_mapped(matrix, fold), 0.085 * size, 0.9, 0.0), tones.deep, 0.75)
    fill(canvas, laid(_MOUTH, matrix), mix(tones.deep, tones.line, 0.25), 0.9)
    canvas.restore()
    stroke(canvas, loop, tones.line, figure.line)


def draw_ribbons(canvas: skia.Canvas, figure: Figure) -> None:
    """The bows that the parameters name."""
    p = figure.parameters
    grow = figure.dice.uniform("bow.size", 0.9, 1.15)
    for sign, name in ((-1.0, "left"), (1.0, "right")):
        if p.ribbon in (name, "both"):
            at = spot(figure, sign * 56, 38, 1.01, 0.62)
            if at.facing > -0.25:
                paint_bow(
                    canvas, figure, at, 0.31 * grow * (0.9 if p.ribbon == "both" else 1.0), sign * 12, figure.accent
                )
    if p.ribbon == "top":
        side = 1.0 if figure.dice.chance("bow.side", 0.5) else -1.0
        paint_bow(canvas, figure, spot(figure, side * 42, 64, 1.01, 0.8), 0.42 * grow, side * 6, figure.accent)
