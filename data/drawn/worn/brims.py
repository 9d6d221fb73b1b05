"""Hats with a brim, whose far half lies behind all hair: straw hat, witch's hat."""

import math
from collections.abc import Callable
from itertools import pairwise

import skia

from data.drawn.color import RGB, mix, oklch, to_oklch
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import lerp
from data.drawn.ink import add_smooth, fill, smooth, strip, stroke, tapered
from data.drawn.worn.bows import paint_bow
from data.drawn.worn.pins import paint_blossom
from data.drawn.worn.rings import Hat, Ring, dome, press, shine
from data.drawn.worn.solid import Spot, cast, solid

_STRAW: RGB = (240, 214, 150)
_GOLD: RGB = (244, 200, 92)


def _brim(
    canvas: skia.Canvas, hat: Hat, radius: float, tones: Tones, first: float, *, depth: float = 0.06,
    body: RGB | None = None, wave: Callable[[float], float] | None = None,
) -> None:  # fmt: skip
    """The half of a brim that begins at the angle `first`; outlined along the rim, not where the halves meet."""
    rim = hat.arc(Ring(0.0, radius), first - 6, first + 186, 17, wave)
    mouth = hat.arc(Ring(0.0, 1.0), first - 6, first + 186, 17)
    solid(canvas, hat.figure, strip(rim, mouth), tones, depth, line=0.0, body=body)
    edge = skia.Path()
    edge.moveTo(*rim[0])
    add_smooth(edge, rim)
    stroke(canvas, edge, tones.line, hat.figure.line)


def _straw_hat(figure: Figure) -> tuple[Hat, Tones]:
    return Hat(figure, 33, 17 - 3 * figure.dice.unit("straw.tilt"), 0.0, 1.04), figure.tones(_STRAW)


_STRAW_RIM = 1.86


def _weave(canvas: skia.Canvas, figure: Figure, hat: Hat, tones: Tones, first: float, last: float) -> None:
    for radius in (1.25, 1.5, 1.75):
        fill(canvas, tapered(hat.arc(Ring(0.0, radius), first, last, 11), 0.02, 0.3, 0.3), tones.shade, 0.8)
    n = 22 if figure.size > 160 else 0  # finer than the pixels of a small picture
    for i in range(n):
        angle = lerp(first, last, (i + 0.5) / n)
        fill(
            canvas,
            tapered([hat.point(angle, Ring(0.0, r)) for r in (1.1, 1.5, 1.8)], 0.014, 0.3, 0.3),
            tones.shade,
            0.55,
        )


def draw_straw_behind(canvas: skia.Canvas, figure: Figure) -> None:
    hat, tones = _straw_hat(figure)
    under = figure.tones(mix(tones.base, tones.shade, 0.6))
    _brim(canvas, hat, _STRAW_RIM, under, 90)
    _weave(canvas, figure, hat, under, 90, 270)
    mouth = smooth(hat.arc(Ring(0.0, 1.25), 0, 345, 16), closed=True)
    fill(canvas, mouth, under.deep, 0.6, 0.06)


def draw_straw(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    hat, tones = _straw_hat(figure)
    rings = dome(0.88, square=0.55)
    press(canvas, hat, rings, 0.15)
    solid(canvas, figure, hat.body(rings), tones, 0.10)
    canvas.save()
    canvas.clipPath(hat.body(rings), doAntiAlias=True)
    for ring, after in pairwise(rings[1:]):
        for between in (ring, Ring(lerp(ring.height, after.height, 0.5), lerp(ring.radius, after.radius, 0.47))):
            fill(canvas, tapered(hat.arc(between, -84, 84), 0.02, 0.3, 0.3), tones.shade, 0.7)
    canvas.restore()
    shine(canvas, hat, rings, tones)
    solid(canvas, figure, hat.belt(Ring(0.0, 1.01), Ring(0.23, 1.0)), figure.accent, 0.04)
    seen = figure.pose.pitch < math.radians(hat.tilt)  # the underside shows while the brim rises to the front
    side = figure.tones(mix(tones.base, tones.shade, 0.45)) if seen else tones
    _brim(canvas, hat, _STRAW_RIM, side, -90, depth=0.05)
    _weave(canvas, figure, hat, side, -90, 90)
    shade = strip(hat.arc(Ring(0.0, 1.35)), hat.arc(Ring(0.0, 1.0)))
    fill(canvas, shade, side.deep, 0.45, 0.03)
    stroke(canvas, hat.front(Ring(0.0, 1.0)), side.line, 0.8 * figure.line)
    if d.chance("straw.bow", 0.5):
        s = 1.0 if d.chance("straw.side", 0.5) else -1.0
        x, y = hat.point(s * 62, Ring(0.10, 1.05))
        at = Spot((x, y), (1.0, 0.0), (0.0, 1.0), 1.0)
        if d.chance("straw.flower", 0.5):
            paint_blossom(canvas, figure, at, 0.24)
        else:
            paint_bow(canvas, figure, at, 0.27, s * 10, figure.accent, "straw.bow")


def _witch_hat(figure: Figure) -> tuple[Hat, Tones, Callable[[float], float]]:
    d = figure.dice
    lightness, chroma, hue = to_oklch(figure.parameters.accent_rgb)
    dark = oklch(min(lightness, 0.36), min(chroma, 0.07) + 0.02, hue if chroma > 0.03 else 295)
    phase = math.tau * d.unit("witch.wave")

    def wave(angle: float) -> float:
        return 0.07 * math.sin(2 * math.radians(angle) + phase) + 0.05 * math.sin(3 * math.radians(angle) + 2 * phase)

    side = 1.0 if d.chance("hat.side", 0.5) else -1.0
    return Hat(figure, 36, 9, side * 4, 1.04), figure.tones(dark), wave


_WITCH_RIM = 1.84


def draw_witch_behind(canvas: skia.Canvas, figure: Figure) -> None:
    hat, tones, wave = _witch_hat(figure)
    _brim(canvas, hat, _WITCH_RIM, tones, 90, depth=0.0, body=mix(tones.shade, tones.deep, 0.5), wave=wave)


def draw_witch(canvas: skia.Canvas, figure: Figure) -> None:
    d = figure.dice
    hat, tones, wave = _witch_hat(figure)
    side = 1.0 if d.chance("hat.side", 0.5) else -1.0
    bend = side * d.uniform("witch.bend", 0.25, 0.65)
    rings = [
        Ring(0.0, 1.0), Ring(0.22, 0.92), Ring(0.46, 0.77, 0.04 * bend), Ring(0.70, 0.60, 0.16 * bend),
        Ring(0.92, 0.43, 0.42 * bend),
        Ring(1.07, 0.28, 0.86 * bend), Ring(1.11, 0.15, 1.35 * bend), Ring(1.04, 0.02, 1.80 * bend),
    ]  # fmt: skip
    press(canvas, hat, rings, 0.2)
    solid(canvas, figure, hat.body(rings), tones, 0.12)
    shine(canvas, hat, rings, tones, 0.55)
    for ring, first, last in (
        (Ring(0.50, 0.64, 0.08 * bend), -80, -10),
        (Ring(0.66, 0.50, 0.18 * bend), 10, 80),
        (Ring(0.82, 0.38, 0.40 * bend), -70, 20),
    ):
        fill(canvas, tapered(hat.arc(ring, first, last, 5), 0.05, 0.0, 0.2), tones.deep, 0.8)
    band = figure.accent if to_oklch(figure.accent.base)[0] > 0.5 else figure.tones(figure.parameters.eye_rgb)
    solid(canvas, figure, hat.belt(Ring(0.0, 1.01), Ring(0.19, 0.915)), band, 0.04)
    kind = d.choose("witch.mark", ("buckle", "bow", "blossom"))
    x, y = hat.point(math.degrees(figure.pose.yaw) + side * 24, Ring(0.10, 0.97))
    at = Spot((x, y), (1.0, 0.0), (0.0, 1.0), 1.0)
    if kind == "buckle":
        frame = skia.Path()
        frame.addRoundRect(skia.Rect.MakeLTRB(x - 0.11, y - 0.105, x + 0.11, y + 0.105), 0.03, 0.03)
        gold = figure.tones(_GOLD)
        stroke(canvas, frame, gold.line, 0.055 + figure.line)
        stroke(canvas, frame, gold.base, 0.05)
    cast(canvas, figure, strip(hat.arc(Ring(0.0, 1.0)), hat.arc(Ring(0.0, 1.2))), 0.06)
    _brim(canvas, hat, _WITCH_RIM, tones, -90, wave=wave)
    stroke(canvas, hat.front(Ring(0.0, 1.0)), tones.line, 0.8 * figure.line)
    edge = hat.arc(Ring(0.0, 0.97 * _WITCH_RIM), -88, 88, 15, wave)
    fill(canvas, tapered(edge, 0.035, 0.2, 0.2), tones.light, 0.7)
    if kind == "bow":
        paint_bow(canvas, figure, at, 0.27, side * 8, band, "witch.bow")
    elif kind == "blossom":
        paint_blossom(canvas, figure, at, 0.21)
