"""What is behind the head: colours and patterns; whole scenes are in scenery.py."""

import math
from collections.abc import Callable

import skia

from data.drawn.color import RGB, mix, oklch, to_oklch
from data.drawn.figure import Figure
from data.drawn.geometry import Point
from data.drawn.ink import add_smooth, fill, linear, oval, polygon, radial
from data.drawn.surroundings.scenery import draw_indoor, draw_outdoor, draw_sky

WHITE: RGB = (255, 255, 255)


def _everything() -> skia.Path:
    path = skia.Path()
    path.addRect(skia.Rect.MakeWH(1.0, 1.0))
    return path


def _beside(color: RGB, other: RGB, least: float = 0.025, most: float = 0.085) -> RGB:
    """`other` brought near enough to `color` to be a quiet pattern on it, and far enough to be seen."""
    l0, c0, h0 = to_oklch(color)
    l1, c1, h1 = to_oklch(other)
    step = l1 - l0
    if abs(step) < least:
        step = -least if l0 > 0.5 else least
    way = (h1 - h0 + 180) % 360 - 180
    hue = h1 if c0 < 0.02 else h0 + max(-40.0, min(40.0, way))
    return oklch(l0 + max(-most, min(most, step)), min(c1, c0 + 0.05), hue)


def _glow(canvas: skia.Canvas, figure: Figure) -> None:
    """Light behind the head that falls off toward the corners."""
    p = figure.parameters
    at = (0.5 + p.shift_x + 0.12 * p.light, 0.42 + p.shift_y)
    edge = mix(p.background_rgb, _beside(p.background_rgb, p.background_other_rgb, 0.0), 0.7)
    tones = [(0.0, mix(p.background_rgb, WHITE, 0.22), 1.0), (1.0, edge, 1.0)]
    fill(canvas, _everything(), radial(at, 0.85, tones))


def _plain(canvas: skia.Canvas, figure: Figure) -> None:
    fill(canvas, _everything(), figure.parameters.background_rgb)


def _gradient(canvas: skia.Canvas, figure: Figure) -> None:
    p, dice = figure.parameters, figure.dice
    x = dice.unit("back.slope")
    stops = [(0.0, p.background_rgb, 1.0), (1.0, p.background_other_rgb, 1.0)]
    fill(canvas, _everything(), linear((x, 0.0), (1 - x, 1.0), stops))


def _bokeh(canvas: skia.Canvas, figure: Figure) -> None:
    p, dice = figure.parameters, figure.dice
    _gradient(canvas, figure)
    tones = (p.background_rgb, p.background_other_rgb, _beside(p.background_rgb, p.accent_rgb, 0.0, 0.12))
    for i in range(12):
        # Most lights stand beside the head, where they are seen.
        x, y = dice.unit(f"bokeh.x{i}"), dice.unit(f"bokeh.y{i}")
        x = x * 0.34 if i % 3 == 0 else 1 - x * 0.34 if i % 3 == 1 else x
        r = 0.025 + 0.10 * dice.unit(f"bokeh.r{i}") ** 1.6
        glow = mix(tones[i % 3], WHITE, 0.55)
        force = 0.25 + 0.4 * dice.unit(f"bokeh.a{i}")
        rim = [(0.0, glow, 0.65 * force), (0.78, glow, 0.75 * force), (0.9, glow, force), (1.0, glow, 0.0)]
        fill(canvas, oval(x, y, r, r), radial((x, y), r, rim))


def _dots(canvas: skia.Canvas, figure: Figure) -> None:
    p, dice = figure.parameters, figure.dice
    _plain(canvas, figure)
    step = 0.10 + 0.08 * dice.unit("dots")
    small = dice.chance("dots.two", 0.4)
    tone = _beside(p.background_rgb, p.background_other_rgb)
    big, little = skia.Path(), skia.Path()
    for row in range(13):
        for column in range(12):
            x, y = step * (column + 0.5 * (row % 2)), step * row * 0.87
            radius = step * 0.21
            big.addOval(skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius))
            if small:
                x, radius = x + 0.5 * step, step * 0.08
                little.addOval(skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius))
    fill(canvas, big, tone)
    fill(canvas, little, mix(tone, WHITE, 0.35))


def _stripes(canvas: skia.Canvas, figure: Figure) -> None:
    p, dice = figure.parameters, figure.dice
    _plain(canvas, figure)
    step = 0.10 + 0.12 * dice.unit("stripes")
    lean = 1.6 * (dice.unit("stripes.lean") - 0.5)
    kind = dice.choose("stripes.kind", ("even", "even", "pin", "check"))
    share = 0.14 if kind == "pin" else 0.5
    step *= 1.4 if kind == "pin" else 1.0
    tone = _beside(p.background_rgb, p.background_other_rgb, 0.02, 0.06)
    bands = skia.Path()
    x = -1.0
    while x < 2.0:
        for start in (0.0, 0.24) if kind == "pin" else (0.0,):
            a, b = x + start * step, x + (start + share) * step
            bands.addPath(polygon([(a, 0.0), (b, 0.0), (b + lean, 1.0), (a + lean, 1.0)]))
        x += step
    fill(canvas, bands, tone, 0.6 if kind == "check" else 1.0)
    if kind == "check":
        turn = skia.Matrix()
        turn.setRotate(90.0, 0.5, 0.5)
        bands.transform(turn)
        fill(canvas, bands, tone, 0.6)


def _petal(at: Point, size: float, angle: float, squeeze: float, notch: bool) -> skia.Path:
    """A cherry petal with its notch, or a leaf."""
    half = [(0.0, -0.36 if notch else -0.62), (0.17, -0.5), (0.36, -0.26), (0.30, 0.14), (0.0, 0.52)]
    if not notch:
        half = [(0.0, -0.62), (0.16, -0.36), (0.24, 0.0), (0.15, 0.34), (0.0, 0.60)]
    c, s = math.cos(angle), math.sin(angle)
    outline = []
    for x, y in [*half, *[(-x, y) for x, y in half[-2:0:-1]], half[0]]:
        x *= squeeze
        outline.append((at[0] + size * (x * c - y * s), at[1] + size * (x * s + y * c)))
    path = skia.Path()
    path.moveTo(*outline[0])
    add_smooth(path, outline[:5])
    add_smooth(path, outline[4:])
    path.close()
    return path


def _petals(canvas: skia.Canvas, figure: Figure) -> None:
    p, dice = figure.parameters, figure.dice
    _glow(canvas, figure)
    light, _, hue = to_oklch(p.background_rgb)
    leaf = dice.chance("petals.leaf", 0.3)
    # Petals are pink, leaves take the second colour; paler or deeper than the ground by a little.
    rise = -0.10 if light > 0.86 else 0.12
    if leaf:
        tone = oklch(light + rise, 0.09, to_oklch(p.background_other_rgb)[2])
    else:
        tone = oklch(min(0.93, max(light + rise, 0.66)), 0.095, 358 + 0.12 * ((hue + 180) % 360 - 180))
    drift = dice.uniform("petals.drift", -0.6, 0.6)
    for i in range(17):
        far = i < 4
        near = i > 13
        x, y = dice.uniform(f"petal.x{i}", 0.0, 1.0), dice.uniform(f"petal.y{i}", -0.02, 1.02)
        x = 0.36 * x if i % 3 == 0 else 1 - 0.36 * x if i % 3 == 1 else x
        size = dice.uniform(f"petal.r{i}", 0.055, 0.095) * (0.7 if far else 2.4 if near else 1.0)
        angle = 6.3 * dice.unit(f"petal.a{i}") + drift
        squeeze = 0.45 + 0.65 * dice.unit(f"petal.s{i}")
        shape = _petal((x, y), size, angle, squeeze, not leaf)
        blur = 0.014 if near else 0.006 if far else 0.0
        if blur:
            fill(canvas, shape, mix(tone, WHITE, 0.2), 0.6, blur)
            continue
        end = (x + size * math.sin(angle), y - size * math.cos(angle))
        pale = mix(tone, WHITE, 0.5)
        fill(canvas, shape, linear((x, y), end, [(-0.0, tone, 0.95), (0.6, pale, 0.95)]))


def _transparent(canvas: skia.Canvas, figure: Figure) -> None:
    """Nothing: the picture stays empty behind the head."""


_BACKGROUNDS: dict[str, Callable[[skia.Canvas, Figure], None]] = {
    "plain": _plain, "gradient": _gradient, "bokeh": _bokeh, "dots": _dots, "stripes": _stripes, "sky": draw_sky,
    "indoor": draw_indoor, "outdoor": draw_outdoor, "petals": _petals, "transparent": _transparent,
}  # fmt: skip


def draw_background(canvas: skia.Canvas, figure: Figure) -> None:
    """The backdrop, in coordinates where the picture is one unit wide and high."""
    _BACKGROUNDS[figure.parameters.background](canvas, figure)
