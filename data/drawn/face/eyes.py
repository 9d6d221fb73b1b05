"""Eyes: their place in the face, lids and lashes.

An eye is drawn in a plane of its own: the outer corner at x = 1, the inner at -1, lids about y = -1 and 1.
"""

from dataclasses import dataclass

import skia

from data.drawn.color import mix, oklch, to_oklch
from data.drawn.face.iris import Ball, draw_iris, draw_lights
from data.drawn.figure import Figure
from data.drawn.geometry import Point, lerp
from data.drawn.ink import add_smooth, fill, strip, tapered


@dataclass(frozen=True)
class Lids:
    """Heights of an open eye's lids, at the inner corner, three places between, and the outer corner."""

    upper: tuple[float, float, float, float, float]
    lower: tuple[float, float, float, float, float]
    wing: float = 0.0  # how far the outer corner of the lashes rises, negative falls


_AT = (-0.96, -0.55, 0.0, 0.56, 1.0)
_LIDS = {
    "round": Lids((0.28, -0.58, -0.98, -0.86, -0.24), (0.44, 0.86, 0.98, 0.88, 0.34), 0.04),
    "tareme": Lids((0.02, -0.72, -0.98, -0.80, -0.02), (0.26, 0.80, 0.98, 0.96, 0.52), -0.14),
    "tsurime": Lids((0.44, -0.36, -0.86, -0.98, -0.56), (0.56, 0.88, 0.95, 0.76, -0.04), 0.20),
    "narrow": Lids((0.30, -0.40, -0.84, -0.88, -0.34), (0.42, 0.80, 0.90, 0.72, 0.12), 0.10),
    "jito": Lids((-0.20, -0.46, -0.54, -0.56, -0.36), (0.34, 0.82, 0.97, 0.90, 0.26), 0.0),
    "almond": Lids((0.36, -0.46, -0.92, -0.92, -0.42), (0.46, 0.82, 0.92, 0.76, 0.06), 0.14),
    "sparkle": Lids((0.16, -0.74, -1.04, -0.96, -0.30), (0.42, 0.92, 1.02, 0.90, 0.24), 0.14),
    "tall": Lids((0.26, -0.76, -1.02, -0.92, -0.20), (0.46, 0.96, 1.04, 0.92, 0.36), 0.02),
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
        ball = Ball.of(figure.parameters, self.sign)
        return self.x + self.sign * self.half_width * ball.x, self.y + self.half_height * ball.y


def place_eye(figure: Figure, sign: float) -> Eye:
    """Where the eye on one side is."""
    p, pose = figure.parameters, figure.pose
    size = figure.manner.eye * lerp(0.88, 1.09, figure.youth) * lerp(1.0, 0.93, p.masculine)
    x, y = pose.place(sign * p.eye_gap, figure.eye_y)
    openness = 0.0 if p.wink == sign else p.eye_open
    width = p.eye_width * size * min(1.06, pose.narrowing(sign * p.eye_gap))
    return Eye(sign, x, y, width, p.eye_height * size * lerp(1.0, 0.80, p.masculine), openness)


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
    weight = lerp(0.17, 0.30, p.lash)
    bend = -0.62 * arc
    y = 0.42 if arc > 0 else 0.34
    points = [(-0.98, y), (-0.55, y + 0.72 * bend), (0, y + bend), (0.55, y + 0.76 * bend), (1.04, y - 0.03 * arc)]
    fill(canvas, tapered(points, weight, 0.2, 0.55), figure.ink)
    if arc < 0 and p.masculine < 0.6:
        for x, down in ((0.60, 0.26), (0.86, 0.20)):
            at = y + bend * (1 - x * x)
            fill(
                canvas,
                tapered([(x, at), (x + 0.14, at + down * 0.6), (x + 0.30, at + down)], 0.13, 0.9, 0.1),
                figure.ink,
            )
    crease = [(-0.6, y + bend * 0.7 - 0.34), (0, y + bend - 0.30), (0.6, y + bend * 0.7 - 0.30)]
    if arc <= 0:
        fill(
            canvas, tapered([(a, y - 0.55 + 0.25 * a * a) for a in (-0.6, 0.0, 0.6)], 0.07, 0.1, 0.1), figure.skin.deep
        )
    elif p.lash > 0.5:
        fill(canvas, tapered(crease, 0.06, 0.1, 0.1), figure.skin.deep, 0.7)


def _draw_open(canvas: skia.Canvas, figure: Figure, eye: Eye) -> None:
    p, skin = figure.parameters, figure.skin
    lids = _LIDS[p.eye_shape]
    upper = _mixed(lids.lower, lids.upper, 0.22 + 0.78 * eye.open)
    lower = _mixed(lids.lower, lids.lower, 0.0)
    opening = strip(upper, lower)

    fill(canvas, opening, mix((255, 255, 255), skin.base, 0.08))
    canvas.save()
    canvas.clipPath(opening, doAntiAlias=True)
    draw_iris(canvas, figure, eye.sign)
    # The lid's shadow on the ball is what makes the eye lie in the face.
    shadow = skia.Path()
    shadow.moveTo(*upper[0])
    add_smooth(shadow, upper)
    add_smooth(shadow, [(x, y + 0.36) for x, y in upper[::-1]])
    shadow.close()
    fill(canvas, shadow, mix(skin.deep, (64, 56, 120), 0.55), 0.40)
    draw_lights(canvas, figure, eye.sign, eye.open)
    canvas.restore()
    _draw_lower(canvas, figure, lower)
    _draw_upper(canvas, figure, upper, lower, lids.wing)


def _draw_upper(canvas: skia.Canvas, figure: Figure, upper: list[Point], lower: list[Point], wing: float) -> None:
    p, skin, manner = figure.parameters, figure.skin, figure.manner
    weight = lerp(0.23, 0.36, p.lash) * (1 - 0.35 * p.masculine) * lerp(0.8, 1.0, min(1.3, manner.line))
    # Thin at the inner corner, thickest over the outer half, ending in a wing, then hooked down round the corner.
    shares = (0.25, 0.78, 1.0, 1.10, 0.80)
    above = [(x * 1.03, y - weight * w) for (x, y), w in zip(upper, shares, strict=True)]
    out = 1.0 + lerp(0.08, 0.22, p.lash) * (1 - 0.6 * p.masculine)
    tip = (out, upper[-1][1] + 0.02 - wing * lerp(0.7, 1.3, p.lash))
    hook = (0.93, lerp(upper[-1][1], lower[-1][1], 0.75))
    start = (upper[0][0] - 0.04, upper[0][1] + 0.10)
    lash = skia.Path()
    lash.moveTo(*start)
    add_smooth(lash, [start, *upper[:-1], (0.96, upper[-1][1] + 0.02)])
    lash.lineTo(*hook)
    lash.quadTo(1.03, lerp(upper[-1][1], hook[1], 0.4), *tip)
    lash.quadTo(lerp(1.0, out, 0.5), above[-1][1] + 0.04, *above[-1])
    add_smooth(lash, above[::-1])
    lash.close()
    fill(canvas, lash, figure.ink)
    if p.lash > 0.55 and p.masculine < 0.5:
        # A lash that stands off the outer end.
        x, y = 0.78, lerp(above[3][1], above[4][1], 0.5)
        fill(
            canvas,
            tapered([(x - 0.12, y + 0.10), (x + 0.12, y - 0.01), (x + 0.34, y - 0.14 - 0.5 * wing)], 0.14, 0.9, 0.05),
            figure.ink,
        )
    # Where lashes thin out they take the skin's warmth.
    warm = mix(figure.ink, oklch(0.55, 0.11, 30), 0.6)
    inner = (-0.78, lerp(upper[0][1], upper[1][1], 0.45) - 0.05)
    fill(canvas, tapered([start, inner], 0.07, 0.4, 1), warm, 0.8)
    gap = 0.17 + 0.08 * p.lash
    crease = [(x * 0.92, y - weight - gap) for x, y in upper[1:]]
    if p.eye_shape != "jito":
        fill(canvas, tapered(crease, 0.065, 0.1, 0.3), mix(skin.line, skin.deep, 0.45), 0.85)


def _draw_lower(canvas: skia.Canvas, figure: Figure, lower: list[Point]) -> None:
    """The lower lid is only hinted at: a line under the outer half, warmer and thinner towards the nose."""
    p = figure.parameters
    under = [
        (-0.06, lower[2][1] + 0.02),
        (0.30, lower[2][1] - 0.01),
        (0.56, lower[3][1]),
        (0.80, lerp(lower[3][1], lower[4][1], 0.42)),
    ]
    fill(canvas, tapered(under, 0.075, 0.0, 0.55), mix(figure.ink, figure.skin.line, 0.35), 0.9)
    inner = [
        (-0.58, lower[1][1] - 0.01),
        (-0.30, lerp(lower[1][1], lower[2][1], 0.6) + 0.02),
        (0.0, lower[2][1] + 0.02),
    ]
    fill(canvas, tapered(inner, 0.04, 0.0, 0.3), figure.skin.line, 0.55)
    if p.lash > 0.7 and p.masculine < 0.4:
        x, y = 0.62, lerp(lower[3][1], lower[4][1], 0.12)
        fill(canvas, tapered([(x, y), (x + 0.10, y + 0.08), (x + 0.20, y + 0.11)], 0.06, 0.9, 0.1), figure.ink, 0.8)


def draw_brow(canvas: skia.Canvas, figure: Figure, sign: float, alpha: float = 1.0) -> None:
    """One brow, in a darker tone of the hair."""
    p, pose = figure.parameters, figure.pose
    narrow = pose.narrowing(sign * p.eye_gap)
    eye = place_eye(figure, sign)
    x, _ = pose.place(sign * (p.eye_gap + 0.01), figure.eye_y - 0.3)
    y = eye.y - eye.half_height - lerp(0.13, 0.27, p.brow_height) + 0.03 * p.masculine
    half = 0.28 * narrow * lerp(0.9, 1.1, p.age)
    tilt = 0.11 * p.brow_tilt
    # Along the brow from its inner end: share of the half length, height.
    arch = ((-1.0, tilt + 0.03), (-0.3, 0.2 * tilt - 0.035), (0.4, -0.4 * tilt - 0.05), (1.0, -0.6 * tilt + 0.03))
    points = [(x + sign * a * half, y + b) for a, b in arch]
    color = mix(figure.hair.line, figure.hair.deep, 0.35)
    weight = lerp(0.038, 0.066, p.brow_weight) * (1 + 0.6 * p.masculine)
    lightness = to_oklch(color)[0]
    # Brows of white hair would vanish.
    color = color if lightness < 0.62 else oklch(0.62, 0.03, to_oklch(color)[2])
    fill(canvas, tapered(points, weight, 0.75, 0.1), color, alpha)
