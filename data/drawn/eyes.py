"""Eyes and brows.

An eye is drawn in a plane of its own: the outer corner at x = 1, the inner at -1, lids about y = -1 and 1.
"""

from dataclasses import dataclass

import skia

from data.drawn.color import RGB, mix, oklch, shift, to_oklch
from data.drawn.figure import Figure
from data.drawn.geometry import Point, lerp
from data.drawn.ink import add_smooth, fill, linear, oval, radial, tapered

_WHITE: RGB = (255, 255, 255)


@dataclass(frozen=True)
class Lids:
    """Heights of an open eye's lids, at the inner corner, three places between, and the outer corner."""

    upper: tuple[float, float, float, float, float]
    lower: tuple[float, float, float, float, float]


_AT = (-1.0, -0.55, 0.0, 0.55, 1.0)
_LIDS = {
    "round": Lids((0.15, -0.72, -1.0, -0.86, -0.12), (0.15, 0.80, 0.97, 0.76, -0.12)),
    "tareme": Lids((-0.05, -0.80, -1.0, -0.74, 0.14), (-0.05, 0.72, 0.98, 0.88, 0.14)),
    "tsurime": Lids((0.42, -0.44, -0.92, -1.02, -0.52), (0.42, 0.86, 0.92, 0.62, -0.52)),
    "narrow": Lids((0.30, -0.50, -0.88, -0.88, -0.30), (0.30, 0.82, 0.92, 0.66, -0.30)),
    "jito": Lids((-0.30, -0.56, -0.62, -0.60, -0.36), (-0.30, 0.76, 0.97, 0.88, -0.36)),
}


@dataclass(frozen=True)
class Eye:
    """One eye's place: plane coordinates of its middle, half sizes, which side."""

    sign: float  # -1 the viewer's left, 1 the right
    x: float
    y: float
    half_width: float
    half_height: float
    open: float  # 0..1

    def iris(self, figure: Figure) -> Point:
        """The middle of the iris, plane coordinates."""
        p = figure.parameters
        return self.x + self.half_width * 0.18 * p.gaze_x, self.y + self.half_height * (0.04 + 0.12 * p.gaze_y)


def place_eye(figure: Figure, sign: float) -> Eye:
    """Where the eye on one side is."""
    p, pose = figure.parameters, figure.pose
    x, y = pose.place(sign * p.eye_gap, 0.0)
    openness = 0.0 if p.wink == sign else p.eye_open
    return Eye(sign, x, y, p.eye_width * min(1.06, pose.narrowing(sign * p.eye_gap)), p.eye_height, openness)


def _ink(figure: Figure) -> RGB:
    hue = to_oklch(figure.parameters.hair_rgb)[2]
    lightness = 0.17 + 0.10 * figure.parameters.line_tint
    return oklch(lightness, 0.045, hue)


def _mixed(one: tuple[float, ...], other: tuple[float, ...], share: float) -> list[Point]:
    return [(x, lerp(a, b, share)) for x, a, b in zip(_AT, one, other, strict=True)]


def draw_eye(canvas: skia.Canvas, figure: Figure, sign: float) -> None:
    """One eye, open or closed."""
    eye = place_eye(figure, sign)
    canvas.save()
    canvas.translate(eye.x, eye.y)
    canvas.scale(sign * eye.half_width, eye.half_height)
    if eye.open < 0.12:
        _draw_closed(canvas, figure)
    else:
        _draw_open(canvas, figure, eye)
    canvas.restore()


def _draw_closed(canvas: skia.Canvas, figure: Figure) -> None:
    p = figure.parameters
    arc = p.eye_arc
    weight = lerp(0.20, 0.32, p.lash)
    bend = -0.55 * arc
    points = [
        (-1.0, 0.45),
        (-0.55, 0.45 + 0.75 * bend),
        (0, 0.45 + bend),
        (0.55, 0.45 + 0.75 * bend),
        (1.05, 0.42 + 0.05 * arc),
    ]
    fill(canvas, tapered(points, weight, 0.25, 0.5), _ink(figure))
    if arc < 0:
        for x, dy in ((0.62, 0.28), (0.92, 0.22)):
            y = 0.45 + 0.6 * bend * (1 - x * x)
            fill(canvas, tapered([(x, y), (x + 0.12, y + dy * 0.6), (x + 0.26, y + dy)], 0.12, 0.9, 0.1), _ink(figure))


def _draw_open(canvas: skia.Canvas, figure: Figure, eye: Eye) -> None:
    p = figure.parameters
    lids = _LIDS[p.eye_shape]
    ink = _ink(figure)
    upper = _mixed(lids.lower, lids.upper, 0.18 + 0.82 * eye.open)
    lower = _mixed(lids.lower, lids.lower, 0.0)
    opening = skia.Path()
    opening.moveTo(*upper[0])
    add_smooth(opening, upper)
    add_smooth(opening, lower[::-1])
    opening.close()

    fill(canvas, opening, mix(_WHITE, figure.skin.base, 0.10))
    canvas.save()
    canvas.clipPath(opening, doAntiAlias=True)
    _draw_iris(canvas, figure, eye)
    # The lid's shadow on the ball is what makes the eye lie in the face.
    shadow = skia.Path()
    shadow.moveTo(*upper[0])
    add_smooth(shadow, upper)
    add_smooth(shadow, [(x, y + 0.34) for x, y in upper[::-1]])
    shadow.close()
    fill(canvas, shadow, mix(figure.skin.deep, (70, 60, 120), 0.5), 0.38)
    canvas.restore()
    _draw_lights(canvas, figure, eye)
    _draw_lashes(canvas, figure, upper, lower, ink)


def _draw_iris(canvas: skia.Canvas, figure: Figure, eye: Eye) -> None:
    p = figure.parameters
    color = p.eye_rgb if eye.sign < 0 else p.other_eye_rgb
    # Round in the face whatever the shape of the eye: half height follows from the half width.
    rx = p.iris
    ry = min(1.04, p.iris * p.eye_width * 1.34 / p.eye_height)
    x, y = eye.sign * 0.18 * p.gaze_x, 0.04 + 0.12 * p.gaze_y
    dark = shift(color, -0.22, 0.95, toward=290, turn=22)
    rim = shift(color, -0.32, 0.7, toward=290, turn=30)
    bright = shift(color, 0.16, 1.0, toward=100, turn=10)
    disc = oval(x, y, rx, ry)
    fill(canvas, disc, rim)
    inner = oval(x, y, rx * 0.88, ry * 0.90)
    fill(canvas, inner, linear((x, y - ry), (x, y + ry), [(0.08, dark, 1), (0.48, color, 1), (0.92, bright, 1)]))
    canvas.save()
    canvas.clipPath(inner, doAntiAlias=True)
    glow = shift(color, 0.27, 0.85, toward=100, turn=16)
    fill(
        canvas,
        oval(x, y + 0.72 * ry, rx * 0.62, ry * 0.40),
        radial((x, y + 0.72 * ry), 0.62 * rx, [(0, glow, 0.95), (1, glow, 0.0)]),
    )
    canvas.restore()
    fill(canvas, oval(x, y - 0.02, rx * p.pupil, ry * p.pupil * 1.05), shift(color, -0.46, 0.5, toward=290, turn=30))


def _draw_lights(canvas: skia.Canvas, figure: Figure, eye: Eye) -> None:
    p = figure.parameters
    # Lights come from one window: the same side in both eyes, hence the sign.
    side = eye.sign * (1 if p.light > 0 else -1)
    x, y = eye.sign * 0.18 * p.gaze_x, 0.04 + 0.12 * p.gaze_y
    size = lerp(0.19, 0.31, p.highlight)
    tall = size * p.eye_width / p.eye_height * 1.25
    lid = 1.0 - 1.25 * (1.0 - eye.open)
    if lid > 0.35:
        fill(canvas, oval(x + side * 0.26, y - 0.40 * lid, size, tall), _WHITE)
    if p.highlight_count > 1:
        fill(canvas, oval(x - side * 0.28, y + 0.42, size * 0.5, tall * 0.5), _WHITE, 0.9)
    if p.highlight_count > 2 and lid > 0.35:
        fill(canvas, oval(x - side * 0.22, y - 0.30 * lid, size * 0.36, tall * 0.36), _WHITE, 0.8)


def _draw_lashes(canvas: skia.Canvas, figure: Figure, upper: list[Point], lower: list[Point], ink: RGB) -> None:
    p = figure.parameters
    weight = lerp(0.22, 0.36, p.lash)
    # Thin at the inner corner, thickest over the outer half, ending in a flick.
    above = [(x * 1.04, y - weight * w) for (x, y), w in zip(upper, (0.25, 0.75, 1.0, 1.15, 0.95), strict=True)]
    rise = lerp(0.10, 0.34, p.lash) * (0.3 if p.eye_shape == "tareme" else 1.0)
    flick = (1.24, upper[-1][1] - rise)
    lash = skia.Path()
    lash.moveTo(*upper[0])
    add_smooth(lash, upper)
    lash.quadTo(1.10, upper[-1][1] + 0.10, *flick)
    lash.lineTo(*above[-1])
    add_smooth(lash, above[::-1])
    lash.close()
    fill(canvas, lash, ink)
    if p.lash > 0.55:
        tip = [(0.80, above[3][1] + 0.12), (1.06, above[3][1] + 0.02), (1.30, above[3][1] - 0.16)]
        fill(canvas, tapered(tip, 0.18, 0.9, 0.1), ink)
    crease = [(x * 0.96, y - weight * 1.0 - 0.24) for x, y in upper[1:]]
    fill(canvas, tapered(crease, 0.10, 0.1, 0.2), mix(figure.skin.line, figure.skin.deep, 0.3), 0.9)
    # The lower lid is only hinted at: a line under the outer half.
    under = [
        (0.10, lower[2][1] + 0.02),
        (0.40, lower[3][1] + 0.10),
        (0.72, lerp(lower[3][1], lower[4][1], 0.4)),
        (0.90, lerp(lower[3][1], lower[4][1], 0.75)),
    ]
    fill(canvas, tapered(under, 0.085, 0.1, 0.8), ink, 0.85)
    inner = [(-0.62, lower[1][1] - 0.02), (-0.3, lower[1][1] + 0.14), (0.10, lower[2][1] + 0.02)]
    fill(canvas, tapered(inner, 0.05, 0.2, 0.5), figure.skin.line, 0.55)


def draw_brow(canvas: skia.Canvas, figure: Figure, sign: float, alpha: float = 1.0) -> None:
    """One brow, in a darker tone of the hair."""
    p, pose = figure.parameters, figure.pose
    narrow = pose.narrowing(sign * p.eye_gap)
    x, y = pose.place(sign * (p.eye_gap + 0.01), -p.eye_height - lerp(0.10, 0.26, p.brow_height))
    half = 0.27 * narrow
    tilt = 0.10 * p.brow_tilt
    # Along the brow from its inner end: share of the half length, height.
    arch = ((-1.0, tilt + 0.02), (-0.3, 0.2 * tilt - 0.05), (0.4, -0.4 * tilt - 0.07), (1.0, -0.6 * tilt + 0.02))
    points = [(x + sign * a * half, y + b) for a, b in arch]
    color = mix(figure.hair.line, figure.hair.deep, 0.4)
    fill(canvas, tapered(points, lerp(0.04, 0.07, p.brow_weight), 0.7, 0.15), color, alpha)
