"""Glasses: thin frames as wide as the eyes need, with temples that run back to the ears."""

from dataclasses import dataclass

import skia

from data.drawn.color import RGB, mix, oklch, to_oklch
from data.drawn.face.eyes import place_eye
from data.drawn.figure import Figure
from data.drawn.ink import fill, linear, stroke, tapered

_ROUND, _SQUARE = 0.98, 0.42  # how round the corners are, share of the smaller half size


@dataclass(frozen=True)
class _Lens:
    sign: float
    x: float
    y: float
    rx: float
    ry: float
    path: skia.Path


def _lens(figure: Figure, sign: float) -> _Lens:
    kind = figure.parameters.glasses
    eye = place_eye(figure, sign)
    narrow = figure.pose.narrowing(sign * figure.parameters.eye_gap)
    # All of the open eye and its lashes lie within the frame.
    rx = max(eye.half_width * 1.24, 0.34 * narrow)
    ry = max(eye.half_height * {"round": 1.22, "square": 1.08, "half": 1.10}[kind], 0.27)
    if kind == "round":
        ry = max(ry, 0.95 * rx / narrow)
    y = eye.y + {"round": 0.02, "square": 0.02, "half": 0.05}[kind]
    x = eye.x + 0.015 * sign * narrow
    path = skia.Path()
    corner = min(rx, ry) * (_ROUND if kind == "round" else _SQUARE)
    if kind == "round":
        path.addOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))
    else:
        # Wider above than below, as such frames are.
        top, low = rx * 1.02, rx * 0.90
        path.moveTo(x - top + corner, y - ry)
        path.lineTo(x + top - corner * 0.6, y - ry)
        path.quadTo(x + top, y - ry, x + top, y - ry + corner)
        path.quadTo(x + low + 0.02, y + ry, x + low - corner, y + ry)
        path.lineTo(x - low + corner, y + ry)
        path.quadTo(x - low - 0.02, y + ry, x - top, y - ry + corner)
        path.quadTo(x - top, y - ry, x - top + corner, y - ry)
        path.close()
    return _Lens(sign, x, y, rx, ry, path)


def _frame_color(figure: Figure) -> RGB:
    way = figure.dice.weigh("frame", {"dark": 1.6, "accent": 1.0, "red": 0.6, "metal": 0.5, "brown": 0.6})
    _, chroma, hue = to_oklch(figure.parameters.accent_rgb)
    return {
        "dark": oklch(0.27, 0.02, 280),
        "accent": oklch(0.42, min(0.11, chroma), hue),
        "red": oklch(0.46, 0.15, 22),
        "metal": oklch(0.56, 0.06, 80),
        "brown": oklch(0.38, 0.06, 45),
    }[way]


def draw_temples(canvas: skia.Canvas, figure: Figure) -> None:
    """The arms of the glasses, under the hair; that of the far side only while the head hardly turns."""
    if figure.parameters.glasses == "none":
        return
    color = _frame_color(figure)
    for sign in (-1.0, 1.0):
        if sign * figure.pose.turn > 0.34:
            continue
        lens = _lens(figure, sign)
        hinge = (lens.x + sign * lens.rx * 0.99, lens.y - 0.30 * lens.ry)
        ear = figure.pose.project(sign * 1.0, figure.eye_y - 0.06, -0.05)
        middle = ((hinge[0] + ear[0]) / 2, (hinge[1] + ear[1]) / 2 - 0.015)
        fill(canvas, tapered([hinge, middle, ear], 1.9 * figure.line, 0.9, 0.6), color)


def draw_glasses(canvas: skia.Canvas, figure: Figure) -> None:
    """Lenses, frames and bridge, before the eyes."""
    p = figure.parameters
    if p.glasses == "none":
        return
    color = _frame_color(figure)
    left, right = _lens(figure, -1.0), _lens(figure, 1.0)
    width = max(1.15 * figure.line, 0.022)
    for lens in (left, right):
        _glass(canvas, figure, lens)
        if p.glasses == "half":
            canvas.save()
            canvas.clipRect(skia.Rect.MakeLTRB(-3, lens.y - 0.12 * lens.ry, 3, 3))
            stroke(canvas, lens.path, color, width * 1.1)
            canvas.restore()
        else:
            stroke(canvas, lens.path, color, width)
            # The upper rim is heavier.
            canvas.save()
            canvas.clipRect(skia.Rect.MakeLTRB(-3, -3, 3, lens.y - 0.35 * lens.ry))
            stroke(canvas, lens.path, color, width * 1.6)
            canvas.restore()
            shine = mix(color, (255, 255, 255), 0.55)
            x = lens.x + 0.3 * p.light * lens.rx
            if p.glasses == "square":
                top = lens.y - lens.ry - 0.25 * width
                fill(canvas, tapered([(x - 0.12, top), (x, top), (x + 0.12, top)], 0.4 * width, 0.1, 0.1), shine, 0.9)
    high = 0.12 if p.glasses == "half" else -0.10
    one, other = (
        (left.x + left.rx * 0.98, left.y + high * left.ry),
        (right.x - right.rx * 0.98, right.y + high * right.ry),
    )
    bridge = skia.Path()
    bridge.moveTo(*one)
    bridge.quadTo((one[0] + other[0]) / 2 + 0.04 * figure.pose.turn, (one[1] + other[1]) / 2 - 0.09, *other)
    stroke(canvas, bridge, color, width * 1.1)


def _glass(canvas: skia.Canvas, figure: Figure, lens: _Lens) -> None:
    """Clear glass: a tint from above, and two slanting streaks of light that leave the iris alone."""
    p = figure.parameters
    white = (250, 252, 255)
    fill(
        canvas,
        lens.path,
        linear(
            (0, lens.y - lens.ry),
            (0, lens.y + lens.ry),
            [(0, white, 0.0 if p.glasses == "half" else 0.10), (0.6, white, 0.02), (1, white, 0.10)],
        ),
    )
    canvas.save()
    canvas.clipPath(lens.path, doAntiAlias=True)
    way = 1.0 if p.light > 0 else -1.0
    for at, wide in ((0.62, 0.15), (0.88, 0.07)):
        x = lens.x + way * at * lens.rx
        streak = skia.Path()
        slope = 0.30 * lens.rx
        streak.addPoly([skia.Point(a, b) for a, b in (
            (x - wide * lens.rx + slope, lens.y - lens.ry), (x + wide * lens.rx + slope, lens.y - lens.ry),
            (x + wide * lens.rx - slope, lens.y + lens.ry), (x - wide * lens.rx - slope, lens.y + lens.ry),
        )], True)  # fmt: skip
        fill(
            canvas,
            streak,
            linear(
                (0, lens.y - lens.ry),
                (0, lens.y + lens.ry),
                [(0, white, 0.0 if p.glasses == "half" else 0.2), (0.4, white, 0.3), (1, white, 0.2)],
            ),
        )
    canvas.restore()
