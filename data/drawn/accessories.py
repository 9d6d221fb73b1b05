"""Things worn on the head: cat ears, ribbons, hairpins, hairbands, glasses."""

import math

import skia

from data.drawn.color import mix
from data.drawn.eyes import place_eye
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point
from data.drawn.ink import fill, oval, smooth, stroke, tapered


def _accent(figure: Figure) -> Tones:
    p = figure.parameters
    return figure.accent


def _on_skull(figure: Figure, angle: float, reach: float = 1.0) -> Point:
    """A point of the hair's top: `angle` in degrees clockwise from straight up."""
    x, y, half, height = figure.skull
    a = math.radians(angle)
    return x + reach * half * math.sin(a), y - reach * height * math.cos(a)


def draw_cat_ears(canvas: skia.Canvas, figure: Figure) -> None:
    """Ears on top, behind the front hair."""
    if figure.parameters.ears != "cat":
        return
    for sign in (-1.0, 1.0):
        lean = 14 * figure.pose.turn
        foot, other = _on_skull(figure, sign * 20 + lean, 0.96), _on_skull(figure, sign * 62 + lean, 0.96)
        tip = _on_skull(figure, sign * 46 + lean, 1.34)
        ear = skia.Path()
        ear.moveTo(*foot)
        ear.quadTo(foot[0] + sign * 0.12, tip[1] + 0.10, *tip)
        ear.quadTo(other[0] + sign * 0.10, tip[1] + 0.28, *other)
        ear.close()
        fill(canvas, ear, figure.hair.base)
        stroke(canvas, ear, figure.hair.line, figure.line * 1.1)
        middle = ((foot[0] + other[0]) / 2, (foot[1] + other[1]) / 2)
        inner = skia.Path(ear)
        shrink = skia.Matrix()
        shrink.setScale(0.62, 0.62, middle[0], middle[1])
        inner.transform(shrink)
        fill(canvas, inner, mix(figure.skin.shade, (245, 150, 160), 0.5))


def _bow(canvas: skia.Canvas, figure: Figure, at: Point, size: float, angle: float) -> None:
    tones = _accent(figure)
    canvas.save()
    canvas.translate(*at)
    canvas.rotate(angle)
    canvas.scale(size, size)
    for sign in (-1, 1):
        tail = smooth([(0, 0), (sign * 0.35, 0.5), (sign * 0.62, 0.95), (sign * 0.22, 0.88)], closed=True)
        wing = smooth(
            [(0, -0.08), (sign * 0.55, -0.55), (sign * 1.02, -0.42), (sign * 1.0, 0.32), (sign * 0.55, 0.38), (0, 0.1)],
            closed=True,
        )
        for shape, color in ((tail, tones.shade), (wing, tones.base)):
            fill(canvas, shape, color)
            stroke(canvas, shape, tones.line, figure.line / size)
        fill(
            canvas,
            tapered([(sign * 0.12, 0), (sign * 0.4, -0.06), (sign * 0.7, -0.04)], 0.12, 0.8, 0.1),
            tones.deep,
            0.9,
        )
    knot = oval(0, 0, 0.20, 0.24)
    fill(canvas, knot, tones.light)
    stroke(canvas, knot, tones.line, figure.line / size)
    canvas.restore()


def draw_ornaments(canvas: skia.Canvas, figure: Figure) -> None:
    """Hairband, ribbons and pins, on the front hair."""
    p = figure.parameters
    if p.hairband:
        tones = _accent(figure)
        a, b = _on_skull(figure, -76, 0.97), _on_skull(figure, 76, 0.97)
        top = _on_skull(figure, 0, 0.70)
        bow = [
            a,
            _on_skull(figure, -42, 0.82),
            (top[0] + 0.3 * figure.pose.turn, top[1]),
            _on_skull(figure, 42, 0.82),
            b,
        ]
        band = tapered(bow, 0.13, 0.5, 0.5)
        fill(canvas, band, tones.base)
        stroke(canvas, band, tones.line, figure.line)
    if p.ribbon in ("left", "both"):
        _bow(canvas, figure, _on_skull(figure, -52, 0.94), 0.30, -32)
    if p.ribbon in ("right", "both"):
        _bow(canvas, figure, _on_skull(figure, 52, 0.94), 0.30, 32)
    if p.ribbon == "top":
        _bow(canvas, figure, _on_skull(figure, 6, 0.93), 0.38, 4)
    if p.hairpin != "none":
        tones = _accent(figure)
        sign = float(p.hairpin_side)
        x, y = figure.pose.place(sign * 0.72, -0.52, 0.55)
        for k in (-1, 1):
            pin = tapered(
                [(x - sign * 0.13, y + 0.06 * k - 0.08), (x + sign * 0.13, y - 0.06 * k + 0.08 * k * k)],
                0.075,
                0.8,
                0.8,
            )
            fill(canvas, pin, tones.light)
            stroke(canvas, pin, tones.line, figure.line * 0.8)


def draw_glasses(canvas: skia.Canvas, figure: Figure) -> None:
    """Frames before the eyes, narrowed like them."""
    p = figure.parameters
    if p.glasses == "none":
        return
    ink = mix(_accent(figure).line, (20, 20, 26), 0.5)
    width = figure.line * 1.25
    middles = []
    for sign in (-1.0, 1.0):
        eye = place_eye(figure, sign)
        x, y, half = eye.x, eye.y + 0.06, eye.half_width * 1.32
        height = 0.36 if p.glasses == "round" else 0.28
        lens = skia.Path()
        frame = skia.Rect.MakeLTRB(x - half, y - height, x + half, y + height)
        if p.glasses == "round":
            lens.addOval(frame)
        else:
            lens.addRoundRect(frame, 0.12, 0.12)
        fill(canvas, lens, (235, 245, 255), 0.14)
        if p.glasses == "half":
            canvas.save()
            canvas.clipRect(skia.Rect.MakeLTRB(-3, y - 0.06, 3, 3))
            stroke(canvas, lens, ink, width)
            canvas.restore()
        else:
            stroke(canvas, lens, ink, width)
        middles.append((x, y, half))
        side = skia.Path()
        side.moveTo(x + sign * half, y - 0.05)
        side.lineTo(sign * 1.02, y - 0.10)
        stroke(canvas, side, ink, width)
    (xl, yl, hl), (xr, yr, hr) = middles
    bridge = skia.Path()
    bridge.moveTo(xl + hl, yl)
    bridge.quadTo((xl + hl + xr - hr) / 2, yl - 0.08, xr - hr, yr)
    stroke(canvas, bridge, ink, width)
