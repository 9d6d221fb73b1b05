"""A cat's eyes: nearly all iris, a pupil from slit to moon.

The eye's plane: the outer corner at x = 1, the lids about y = -1 and 1.
"""

from dataclasses import dataclass

import skia

from data.drawn.cats.cat import Cat
from data.drawn.color import mix, shift, to_oklch
from data.drawn.geometry import Point, lerp
from data.drawn.ink import add_smooth, fill, linear, oval, radial, strip, tapered

_AT = (-1.0, -0.56, 0.0, 0.56, 1.0)
# Upper and lower lid at the places above, half height as a share of the width, how far the outer corner rises.
_SHAPES = {
    "round": ((0.40, -0.62, -1.0, -0.84, -0.14), (0.44, 0.88, 1.0, 0.78, -0.06), 1.02, 0.10),
    "almond": ((0.60, -0.40, -0.94, -0.96, -0.44), (0.64, 0.92, 0.92, 0.60, -0.38), 0.86, 0.22),
    "droopy": ((0.14, -0.68, -0.98, -0.78, 0.10), (0.20, 0.84, 1.0, 0.92, 0.18), 0.98, -0.10),
    "sharp": ((0.56, -0.22, -0.70, -0.92, -0.70), (0.62, 0.92, 0.92, 0.60, -0.60), 0.84, 0.26),
}  # fmt: skip


@dataclass(frozen=True)
class CatEye:
    """One eye's place on the plane."""

    sign: float
    x: float
    y: float
    rx: float
    ry: float
    open: float

    def iris(self, cat: Cat) -> Point:
        """The middle of the iris, plane coordinates."""
        p = cat.parameters
        return self.x + 0.12 * p.gaze_x * self.rx, self.y + (0.02 + 0.10 * p.gaze_y) * self.ry


def place_eye(cat: Cat, sign: float) -> CatEye:
    """Where the eye on one side is."""
    p = cat.parameters
    size = lerp(0.255, 0.335, p.eye_size) * lerp(0.96, 1.08, cat.kitten) * lerp(1.0, cat.figure.manner.eye, 0.7)
    x, y = cat.place(sign * p.eye_gap, cat.eye_y)
    narrow = min(1.06, cat.narrowing(sign * p.eye_gap))
    return CatEye(sign, x, y, size * narrow, size * _SHAPES[p.eye_shape][2], 0.0 if p.wink == sign else p.eye_open)


def draw_eye(canvas: skia.Canvas, cat: Cat, sign: float) -> None:
    """One eye, open or closed."""
    eye = place_eye(cat, sign)
    canvas.save()
    canvas.translate(eye.x, eye.y)
    canvas.scale(sign * eye.rx, eye.ry)
    (_closed if eye.open < 0.12 else _open)(canvas, cat, eye)
    canvas.restore()


def _lid(cat: Cat) -> tuple[int, int, int]:
    """Lids are drawn in ink; in dark fur a paler line would be seen where the ink is not."""
    return cat.ink


def _closed(canvas: skia.Canvas, cat: Cat, eye: CatEye) -> None:
    arc = cat.parameters.eye_arc
    bend = -0.62 * arc
    y = 0.36 if arc > 0 else 0.28
    line = [(-0.98, y), (-0.55, y + 0.74 * bend), (0.0, y + bend), (0.55, y + 0.74 * bend), (1.0, y - 0.05)]
    dark = to_oklch(cat.parameters.coat_rgb)[0] < 0.42 or cat.parameters.coat == "siamese"
    if dark:
        fill(
            canvas,
            tapered([(a, b + 0.10) for a, b in line], 0.42, 0.5, 0.5),
            mix(cat.coat.base, cat.coat.light, 0.55),
            0.9,
        )
    fill(canvas, tapered(line, 0.25, 0.25, 0.5), _lid(cat))


def _open(canvas: skia.Canvas, cat: Cat, eye: CatEye) -> None:
    p = cat.parameters
    above, below, _, wing = _SHAPES[p.eye_shape]
    upper = [(x, lerp(b, a, 0.2 + 0.8 * eye.open)) for x, a, b in zip(_AT, above, below, strict=True)]
    lower = list(zip(_AT, below, strict=True))
    opening = strip(upper, lower)
    fill(canvas, opening, (250, 250, 246))
    canvas.save()
    canvas.clipPath(opening, doAntiAlias=True)
    _iris(canvas, cat, eye)
    shade = skia.Path()
    shade.moveTo(*upper[0])
    add_smooth(shade, upper)
    add_smooth(shade, [(x, y + 0.34) for x, y in upper[::-1]])
    shade.close()
    fill(canvas, shade, (52, 40, 92), 0.38)
    canvas.restore()
    _lights(canvas, cat, eye)
    _lashes(canvas, cat, upper, lower, wing)


def _iris(canvas: skia.Canvas, cat: Cat, eye: CatEye) -> None:
    p = cat.parameters
    color = cat.tones(p.eye_rgb if eye.sign < 0 else p.other_eye_rgb).base
    x, y = eye.sign * 0.12 * p.gaze_x, 0.02 + 0.10 * p.gaze_y
    rx, ry = 0.90, max(1.0, 0.92 * eye.rx / eye.ry)
    rim = shift(color, -0.30, 0.75, toward=30, turn=24)
    dark = shift(color, -0.16, 1.0, toward=40, turn=18)
    bright = shift(color, 0.09, 0.95, toward=110, turn=14)
    glow = shift(color, 0.15, 0.8, toward=110, turn=20)
    fill(canvas, oval(x, y, rx, ry), rim)
    inner = oval(x, y, 0.92 * rx, 0.93 * ry)
    fill(canvas, inner, linear((x, y - ry), (x, y + ry), [(0.05, dark, 1), (0.42, color, 1), (0.9, bright, 1)]))
    canvas.save()
    canvas.clipPath(inner, doAntiAlias=True)
    fill(
        canvas,
        oval(x, y + 0.62 * ry, 0.8 * rx, 0.5 * ry),
        radial((x, y + 0.7 * ry), 0.75, [(0, glow, 1), (0.5, glow, 0.5), (1, glow, 0)]),
    )
    canvas.restore()
    ink = shift(color, -0.55, 0.35, toward=290, turn=40)
    wide, tall = lerp(0.13, 0.60, p.pupil), lerp(0.80, 0.66, p.pupil)
    if p.pupil < 0.7:  # slits are pointed
        slit = skia.Path()
        slit.moveTo(x, y - tall * ry)
        slit.cubicTo(x + wide * 1.25, y - 0.35 * tall, x + wide * 1.25, y + 0.35 * tall, x, y + tall * ry)
        slit.cubicTo(x - wide * 1.25, y + 0.35 * tall, x - wide * 1.25, y - 0.35 * tall, x, y - tall * ry)
        slit.close()
        fill(canvas, slit, ink)
    else:
        fill(canvas, oval(x, y, wide * rx, tall * ry), ink)


def _lights(canvas: skia.Canvas, cat: Cat, eye: CatEye) -> None:
    p = cat.parameters
    side = eye.sign * (1 if p.light > 0 else -1)
    size = lerp(0.20, 0.32, p.highlight)
    tall = size * eye.rx / eye.ry * 1.15
    x, y = eye.sign * 0.12 * p.gaze_x, 0.02 + 0.10 * p.gaze_y
    if eye.open > 0.6:
        fill(canvas, oval(x + side * 0.34, y - 0.40 * eye.open, size, tall), (255, 255, 255))
    fill(canvas, oval(x - side * 0.36, y + 0.42, size * 0.48, tall * 0.48), (255, 255, 255), 0.92)


def _lashes(canvas: skia.Canvas, cat: Cat, upper: list[Point], lower: list[Point], wing: float) -> None:
    ink, manner = _lid(cat), cat.figure.manner
    weight = 0.20 * lerp(0.8, 1.0, min(1.3, manner.line))
    shares = (0.35, 0.80, 1.0, 1.05, 0.6)
    above = [(x * 1.04, y - weight * w) for (x, y), w in zip(upper, shares, strict=True)]
    tear = (-1.14, upper[0][1] + 0.16)
    tip = (1.26, upper[-1][1] - wing - 0.02)
    lash = skia.Path()
    lash.moveTo(*tear)
    add_smooth(lash, [tear, (-0.97, upper[0][1] + 0.02), *upper[1:-1], (0.96, upper[-1][1] + 0.06)])
    lash.quadTo(1.08, upper[-1][1] + 0.02, *tip)
    lash.quadTo(1.04, above[-1][1] - 0.02, *above[-1])
    add_smooth(lash, above[::-1])
    lash.close()
    fill(canvas, lash, ink)
    under = [(-0.98, lower[0][1] + 0.02), *[(x, y + 0.03) for x, y in lower[1:-1]], (0.98, lower[-1][1] + 0.04)]
    fill(canvas, tapered(under, 0.085, 0.4, 0.6), ink, 0.92)
