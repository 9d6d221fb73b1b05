"""The ball of the eye: iris, pupil, and the lights in it. In the eye's own plane, see eyes.py."""

import math
from dataclasses import dataclass

import skia

from data.drawn.color import RGB, shift
from data.drawn.figure import Figure
from data.drawn.geometry import lerp
from data.drawn.ink import fill, linear, oval, polygon, radial, tapered
from data.drawn.parameters import Parameters

_WHITE: RGB = (255, 255, 255)


@dataclass(frozen=True)
class Ball:
    """The iris: middle and half sizes in the eye's plane; x counts to the outer corner."""

    x: float
    y: float
    rx: float
    ry: float

    @classmethod
    def of(cls, p: Parameters, sign: float) -> "Ball":
        """The iris of the eye on one side."""
        # Taller than wide whatever the shape of the eye: sizes in the face first.
        high = p.iris * (0.44 if p.eye_shape in ("tall", "sparkle") else 0.39)
        wide = high / (1.34 if p.eye_shape == "tall" else 1.2)
        ry = min(1.25, max(0.80, high / p.eye_height))
        rx = min(0.86, wide / p.eye_width)
        return cls(sign * 0.20 * p.gaze_x, min(0.06, 1.0 - ry) + 0.10 * p.gaze_y, rx, ry)


def draw_iris(canvas: skia.Canvas, figure: Figure, sign: float) -> None:
    """Iris and pupil; the caller has clipped to the opening of the lids."""
    p = figure.parameters
    color = figure.tones(p.eye_rgb if sign < 0 else p.other_eye_rgb).base
    ball = Ball.of(p, sign)
    x, y, rx, ry = ball.x, ball.y, ball.rx, ball.ry
    rim = shift(color, -0.27, 0.72, toward=290, turn=30)
    dark = shift(color, -0.20, 0.95, toward=290, turn=24)
    bright = shift(color, 0.14, 1.0, toward=100, turn=12)
    fill(canvas, oval(x, y, rx, ry), rim)
    inner = oval(x, y + 0.01, rx * 0.91, ry * 0.93)
    fill(
        canvas,
        inner,
        linear((x, y - ry), (x, y + ry), [(0.10, rim, 1), (0.30, dark, 1), (0.58, color, 1), (0.95, bright, 1)]),
    )
    canvas.save()
    canvas.clipPath(inner, doAntiAlias=True)
    glow = shift(color, 0.24, 0.92, toward=100, turn=18)
    fill(
        canvas,
        oval(x, y + 0.74 * ry, rx * 0.72, ry * 0.46),
        radial((x, y + 0.74 * ry), 0.72 * rx, [(0, glow, 1.0), (0.55, glow, 0.55), (1, glow, 0.0)]),
    )
    if p.style != "flat" and figure.size > 200:
        _rays(canvas, x, y, rx, ry, dark)
    canvas.restore()
    pupil = shift(color, -0.36, 0.65, toward=290, turn=30)
    fill(canvas, oval(x, y - 0.02 * ry, rx * p.pupil, ry * p.pupil * 1.08), pupil)
    if p.eye_shape == "sparkle" or p.highlight > 0.8:
        arc = [(x - 0.55 * rx, y + 0.40 * ry), (x, y + 0.68 * ry), (x + 0.55 * rx, y + 0.40 * ry)]
        fill(canvas, tapered(arc, 0.12, 0.1, 0.1), glow, 0.8)


def _rays(canvas: skia.Canvas, x: float, y: float, rx: float, ry: float, dark: RGB) -> None:
    for i in range(14):
        a = math.pi * (0.06 + 0.88 * i / 13)
        c, s = math.cos(a), math.sin(a)
        ray = [
            (x + 0.5 * rx * c, y + 0.5 * ry * s),
            (x + 0.7 * rx * c, y + 0.7 * ry * s),
            (x + 0.9 * rx * c, y + 0.9 * ry * s),
        ]
        fill(canvas, tapered(ray, 0.035, 0.3, 0.3), dark, 0.35)


def draw_lights(canvas: skia.Canvas, figure: Figure, sign: float, openness: float) -> None:
    """The window's reflection, and its echoes."""
    p = figure.parameters
    ball = Ball.of(p, sign)
    # Lights come from one window: the same side in both eyes, hence the sign.
    side = sign * (1 if p.light > 0 else -1)
    size = lerp(0.18, 0.30, p.highlight) * ball.rx / 0.7
    tall = size * p.eye_width / p.eye_height * 1.2
    lid = 1.0 - 1.25 * (1.0 - openness)
    x, y = ball.x, ball.y
    if lid > 0.3:
        if p.eye_shape == "sparkle":
            _star(canvas, x + side * 0.30 * ball.rx, y - 0.42 * lid * ball.ry, size * 1.35, tall * 1.35)
        else:
            fill(canvas, oval(x + side * 0.36 * ball.rx, y - 0.44 * lid * ball.ry, size, tall), _WHITE)
    if p.highlight_count > 1:
        fill(canvas, oval(x - side * 0.36 * ball.rx, y + 0.44 * ball.ry, size * 0.46, tall * 0.46), _WHITE, 0.92)
    if p.highlight_count > 2 and lid > 0.3:
        fill(canvas, oval(x + side * 0.52 * ball.rx, y + 0.06 * ball.ry, size * 0.30, tall * 0.30), _WHITE, 0.85)


def _star(canvas: skia.Canvas, x: float, y: float, rx: float, ry: float) -> None:
    points = []
    for i in range(8):
        reach = 1.0 if i % 2 == 0 else 0.52
        a = math.pi * i / 4
        points.append((x + rx * reach * math.sin(a), y - ry * reach * math.cos(a)))
    fill(canvas, polygon(points), _WHITE)
