"""Places behind a head: sky, rooms, the world outside; out of focus, and in the colours of the backdrop."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import skia

from data.drawn.color import RGB, mix, oklch, to_oklch
from data.drawn.figure import Figure
from data.drawn.geometry import Point, lerp
from data.drawn.ink import fill, linear, oval, polygon, radial, smooth, stroke

WHITE: RGB = (255, 255, 255)
# A scene is painted this small and blurred while it is enlarged: cheap, and the same at every size of picture.
_SMALL = 64
_MARGIN = 0.06


def _box(x0: float, y0: float, x1: float, y1: float) -> skia.Path:
    path = skia.Path()
    path.addRect(skia.Rect.MakeLTRB(x0, y0, x1, y1))
    return path


def _everything() -> skia.Path:
    return _box(-_MARGIN, -_MARGIN, 1 + _MARGIN, 1 + _MARGIN)


@lru_cache(maxsize=16)
def _spread(size: int, blur: float) -> np.ndarray:
    """How much each of the small scene's rows has in each of the picture's: (size, _SMALL) float32, rows sum to 1."""
    small = _SMALL / (1 + 2 * _MARGIN)
    at = ((np.arange(size) + 0.5) / size + _MARGIN) * small - 0.5  # (size,)
    # Under 0.6 of a small pixel the enlarged ones would show.
    weight = np.exp(-0.5 * ((at[:, None] - np.arange(_SMALL)) / max(0.6, blur * small)) ** 2)
    return (weight / weight.sum(1, keepdims=True)).astype(np.float32)


def _blurred(
    canvas: skia.Canvas, figure: Figure, scene: Callable[[skia.Canvas, Figure], None], blur: float = 0.016
) -> None:
    """A scene out of focus by about `blur` of the picture's width."""
    pixels = np.zeros((_SMALL, _SMALL, 4), np.uint8)
    surface = skia.Surface.MakeRasterDirect(
        skia.ImageInfo.Make(_SMALL, _SMALL, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType), pixels
    )
    with surface as small:
        small.scale(_SMALL / (1 + 2 * _MARGIN), _SMALL / (1 + 2 * _MARGIN))
        small.translate(_MARGIN, _MARGIN)
        scene(small, figure)
    spread = _spread(figure.size, blur)
    wide = np.full((figure.size, figure.size, 4), 255, np.uint8)
    for k in range(3):
        wide[:, :, k] = spread @ pixels[:, :, k].astype(np.float32) @ spread.T + 0.5
    info = skia.ImageInfo.Make(figure.size, figure.size, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
    canvas.writePixels(info, wide, 4 * figure.size, 0, 0)


class _Ground:
    """The backdrop's colour as a measure: all colours of a scene are steps away from it."""

    def __init__(self, figure: Figure) -> None:
        p = figure.parameters
        self.rgb = p.background_rgb
        self.light, self.chroma, self.hue = to_oklch(p.background_rgb)
        _, _, self.other = to_oklch(p.background_other_rgb)
        self.dark = self.light < 0.7
        # Nothing is quite white, else there would be no room for light.
        self.light = min(self.light, 0.925)

    def tone(self, step: float, chroma: float, hue: float, pull: float = 0.25) -> RGB:
        """A colour `step` lighter than the backdrop, of a natural hue that is pulled toward the backdrop's own."""
        way = (self.hue - hue + 180) % 360 - 180
        turn = pull * way if self.chroma > 0.02 else 0.0
        return oklch(min(0.985, max(0.12, self.light + step)), chroma, hue + turn)


def _stars(canvas: skia.Canvas, figure: Figure, tone: RGB) -> None:
    dice = figure.dice
    for i in range(26):
        x, y, r = (
            dice.unit(f"star.x{i}"),
            dice.unit(f"star.y{i}") ** 1.2,
            0.0016 + 0.0042 * dice.unit(f"star.r{i}") ** 3,
        )
        if r > 0.0045:
            fill(canvas, oval(x, y, 6 * r, 6 * r), radial((x, y), 6 * r, [(0.0, tone, 0.5), (1.0, tone, 0.0)]))
        fill(canvas, oval(x, y, r, r), tone, 0.5 + 0.5 * dice.unit(f"star.a{i}"))


def _cloud(canvas: skia.Canvas, at: Point, size: float, name: str, figure: Figure, top: RGB, low: RGB) -> None:
    """Heaped puffs on a flat, shaded base."""
    dice = figure.dice
    x, y = at
    puffs = skia.Path()
    for k in range(8):
        chance = dice.unit(f"{name}.{k}")
        if k < 5:
            dx, r, rise = 0.42 * (k - 2) + 0.2 * (chance - 0.5), size * (0.13 + 0.09 * chance), 0.5
        else:
            dx, r, rise = 0.36 * (k - 6) + 0.4 * (chance - 0.5), size * (0.17 + 0.15 * chance), 1.15
        cx, cy = x + dx * size, y - rise * r
        puffs.addOval(skia.Rect.MakeLTRB(cx - 1.2 * r, cy - r, cx + 1.2 * r, cy + r))
    fill(
        canvas,
        puffs,
        linear(
            (0, y - 0.5 * size),
            (0, y + 0.13 * size),
            [(0.0, top, 0.95), (0.6, mix(top, low, 0.25), 0.85), (1.0, low, 0.0)],
        ),
    )


def _sky_tones(figure: Figure) -> tuple[RGB, RGB, RGB, RGB, RGB]:
    """Zenith, middle, horizon, clouds in light and in shade; by the backdrop: day, dusk or night."""
    ground = _Ground(figure)
    warm = ground.chroma > 0.025 and (ground.hue < 115 or ground.hue > 320)
    if ground.light < 0.48:
        zenith, middle = oklch(ground.light - 0.12, 0.075, 272), oklch(ground.light, 0.085, 264)
        low, top = oklch(ground.light + 0.13, 0.075, 282), oklch(ground.light + 0.16, 0.05, 280)
        return zenith, middle, low, top, oklch(ground.light + 0.05, 0.06, 275)
    if ground.dark:
        zenith, middle = oklch(ground.light - 0.10, 0.085, 285), oklch(ground.light + 0.04, 0.09, 320)
        return zenith, middle, oklch(ground.light + 0.20, 0.10, 50), oklch(ground.light + 0.18, 0.075, 20), middle
    if warm:
        zenith, middle = oklch(ground.light - 0.07, 0.055, 280), oklch(ground.light - 0.02, 0.05, 340)
        return zenith, middle, oklch(0.93, 0.06, 70), oklch(0.97, 0.02, 60), oklch(0.86, 0.05, 330)
    hue = 240 + 0.12 * ((ground.hue - 240 + 180) % 360 - 180)
    zenith, middle = oklch(ground.light - 0.13, 0.098, hue + 5), oklch(ground.light - 0.05, 0.068, hue - 3)
    return zenith, middle, oklch(0.955, 0.022, hue - 15), oklch(0.99, 0.006, hue), oklch(0.885, 0.03, hue + 10)


def draw_sky(canvas: skia.Canvas, figure: Figure) -> None:
    """Sky with soft clouds: blue by day, rosy at dusk, starry by night, as light as the backdrop's colour is."""
    night = _Ground(figure).light < 0.48

    def scene(small: skia.Canvas, figure: Figure) -> None:
        zenith, middle, low, top, under = _sky_tones(figure)
        dice = figure.dice
        fill(small, _everything(), linear((0, 0), (0, 1), [(0.0, zenith, 1.0), (0.5, middle, 1.0), (1.0, low, 1.0)]))
        for i in range(3):
            x, y = dice.unit(f"wisp.x{i}"), dice.uniform(f"wisp.y{i}", 0.05, 0.55)
            wide = dice.uniform(f"wisp.w{i}", 0.2, 0.4)
            fill(small, oval(x, y, wide, 0.10 * wide), radial((x, y), wide, [(0.0, top, 0.4), (1.0, top, 0.0)]))
        for i in range(6):
            # From small ones high up to banks of cloud at the horizon; outside of the head.
            share = i / 5
            x = dice.uniform(f"sky.x{i}", -0.1, 0.30) if i % 2 else dice.uniform(f"sky.x{i}", 0.70, 1.1)
            y = lerp(0.16, 0.92, share) + dice.uniform(f"sky.y{i}", -0.07, 0.07)
            size = lerp(0.13, 0.27, share) * dice.uniform(f"sky.r{i}", 0.7, 1.25)
            if dice.chance(f"sky.there{i}", 0.55 if night else 0.85):
                _cloud(small, (x, y), size, f"cloud{i}", figure, top, under)

    _blurred(canvas, figure, scene, 0.009)
    if _Ground(figure).dark:
        _stars(canvas, figure, mix(figure.parameters.background_rgb, (255, 250, 235), 0.85 if night else 0.6))


def _window(canvas: skia.Canvas, ground: _Ground, x: float, wide: float) -> None:
    """A window full of light, with bars and a curtain on each side."""
    sky, frame = ground.tone(0.13 if ground.dark else 0.06, 0.05, 235), ground.tone(0.03, 0.02, 70)
    glow = ground.tone(0.20 if ground.dark else 0.08, 0.03, 90)
    top, low = 0.05, 0.74
    fill(canvas, _box(x - 0.03, top - 0.03, x + wide + 0.03, low + 0.05), frame)
    fill(canvas, _box(x, top, x + wide, low), linear((0, top), (0, low), [(0.0, sky, 1.0), (1.0, glow, 1.0)]))
    green = ground.tone(-0.03, 0.055, 140)
    for i in range(4):
        fill(canvas, oval(x + wide * (0.1 + 0.27 * i), low - 0.03, 0.10, 0.08 + 0.03 * (i % 2)), green, 0.6)
    fill(canvas, _box(x + wide / 2 - 0.012, top, x + wide / 2 + 0.012, low), frame)
    fill(canvas, _box(x, 0.33, x + wide, 0.352), frame)


def _curtain(canvas: skia.Canvas, ground: _Ground, x: float, wide: float) -> None:
    cloth = ground.tone(-0.035, 0.055, ground.other, 0.0)
    dark, light = ground.tone(-0.085, 0.06, ground.other, 0.0), ground.tone(0.03, 0.04, ground.other, 0.0)
    fill(canvas, _box(x, -0.1, x + wide, 0.86), cloth)
    for i in range(4):
        at = x + wide * (i + 0.5) / 4
        fill(
            canvas,
            smooth([(at, -0.1), (at + 0.012, 0.4), (at + 0.02, 0.86), (at + 0.035, 0.86), (at + 0.02, 0.3)]),
            dark,
            0.7,
        )
        stroke(canvas, smooth([(at - 0.025, -0.1), (at - 0.02, 0.4), (at - 0.012, 0.86)]), light, 0.014, 0.8)


def _shelf(canvas: skia.Canvas, figure: Figure, ground: _Ground, x: float, wide: float) -> None:
    """Shelves with books and a plant, all of them colours near the wall's."""
    dice = figure.dice
    wood = ground.tone(-0.10, 0.05, 60)
    fill(canvas, _box(x, 0.08, x + wide, 1.1), ground.tone(-0.055, 0.035, 65))
    for row in range(4):
        floor = 0.30 + 0.24 * row
        at = x + 0.015
        k = 0
        while at < x + wide - 0.03:
            thick, high = dice.uniform(f"book.w{row}.{k}", 0.022, 0.05), dice.uniform(f"book.h{row}.{k}", 0.10, 0.17)
            if dice.chance(f"book.there{row}.{k}", 0.8):
                tone = ground.tone(
                    dice.uniform(f"book.l{row}.{k}", -0.13, 0.05), 0.055, 360 * dice.unit(f"book.c{row}.{k}"), 0.45
                )
                fill(canvas, _box(at, floor - high, at + thick, floor), tone)
            at += thick + 0.004
            k += 1
        fill(canvas, _box(x, floor, x + wide, floor + 0.022), wood)


def _lamp(canvas: skia.Canvas, ground: _Ground, x: float) -> None:
    """A hanging lamp with its glow."""
    glow = ground.tone(0.22 if ground.dark else 0.06, 0.07, 85)
    fill(canvas, oval(x, 0.22, 0.32, 0.32), radial((x, 0.22), 0.32, [(0.0, glow, 0.75), (1.0, glow, 0.0)]))
    fill(canvas, _box(x - 0.005, -0.1, x + 0.005, 0.14), ground.tone(-0.16, 0.03, 60))
    fill(canvas, polygon([(x - 0.03, 0.13), (x + 0.03, 0.13), (x + 0.085, 0.22), (x - 0.085, 0.22)]), glow)


def _frames(canvas: skia.Canvas, figure: Figure, ground: _Ground, x: float) -> None:
    """Pictures on the wall."""
    for i, (dx, y, w, h) in enumerate(((0.0, 0.14, 0.15, 0.20), (0.05, 0.42, 0.12, 0.12))):
        fill(canvas, _box(x + dx, y, x + dx + w, y + h), ground.tone(-0.10, 0.04, 60))
        inner = ground.tone(0.03, 0.05, 360 * figure.dice.unit(f"frame{i}"), 0.4)
        fill(canvas, _box(x + dx + 0.017, y + 0.017, x + dx + w - 0.017, y + h - 0.017), inner)


def draw_indoor(canvas: skia.Canvas, figure: Figure) -> None:
    """A room: a window with light and curtain on one side, a shelf, a lamp or pictures on the other."""
    dice = figure.dice

    def scene(small: skia.Canvas, figure: Figure) -> None:
        ground = _Ground(figure)
        wall, low = ground.tone(0.0, min(0.05, ground.chroma + 0.012), 75, 0.7), ground.tone(-0.05, 0.04, 60, 0.6)
        fill(small, _everything(), linear((0, 0), (0, 1), [(0.0, wall, 1.0), (1.0, mix(wall, low, 0.6), 1.0)]))
        if figure.parameters.light > 0:
            # The window stands where the light comes from.
            small.translate(1.0, 0.0)
            small.scale(-1.0, 1.0)
        _window(small, ground, 0.06, 0.42)
        _curtain(small, ground, -0.08, 0.19)
        fill(small, _box(-0.1, 0.84, 1.1, 1.1), low)
        thing = dice.choose("indoor", ("shelf", "shelf", "lamp", "frames"))
        if thing == "shelf":
            _shelf(small, figure, ground, 0.70, 0.38)
        elif thing == "lamp":
            _lamp(small, ground, 0.82)
        else:
            _frames(small, figure, ground, 0.76)
        beam = ground.tone(0.10, 0.03, 85)
        fill(
            small,
            polygon([(0.05, 0.0), (0.5, 0.0), (1.1, 0.9), (0.55, 1.1)]),
            linear((0.1, 0), (0.9, 0.9), [(0.0, beam, 0.5), (1.0, beam, 0.0)]),
        )

    _blurred(canvas, figure, scene, 0.014)


def _park(canvas: skia.Canvas, figure: Figure, ground: _Ground) -> None:
    """Trees on both sides of a meadow."""
    dice = figure.dice
    autumn = ground.chroma > 0.03 and 20 < ground.hue < 95
    leaf = 75.0 if autumn else 138.0
    fill(
        canvas,
        _box(-0.1, 0.66, 1.1, 1.1),
        linear(
            (0, 0.66),
            (0, 1),
            [(0.0, ground.tone(-0.02, 0.085, leaf - 12), 1.0), (1.0, ground.tone(-0.10, 0.09, leaf), 1.0)],
        ),
    )
    for i in range(7):
        x = (i + 0.3 * dice.unit(f"far.{i}")) / 6
        fill(
            canvas,
            oval(x, 0.60, 0.13, 0.10 + 0.06 * dice.unit(f"far.h{i}")),
            ground.tone(-0.035, 0.055, leaf + 15, 0.35),
            0.9,
        )
    for sign in (-1.0, 1.0):
        x = 0.5 + sign * dice.uniform(f"tree{sign}", 0.36, 0.5)
        fill(
            canvas,
            polygon([(x - 0.035, 0.3), (x + 0.035, 0.3), (x + 0.05, 0.86), (x - 0.05, 0.86)]),
            ground.tone(-0.17, 0.05, 55),
        )
        for k in range(9):
            cx, cy = x + dice.uniform(f"crown.x{sign}{k}", -0.2, 0.2), dice.uniform(f"crown.y{sign}{k}", -0.04, 0.40)
            r = dice.uniform(f"crown.r{sign}{k}", 0.08, 0.15)
            step = -0.11 + 0.10 * (1 - cy) * dice.unit(f"crown.l{sign}{k}") + (0.03 if k > 5 else 0.0)
            fill(canvas, oval(cx, cy, r, 0.85 * r), ground.tone(step, 0.085, leaf + 14 * (k % 3 - 1)), 0.9)


def _street(canvas: skia.Canvas, figure: Figure, ground: _Ground) -> None:
    """Houses that recede on both sides, with windows."""
    dice = figure.dice
    fill(canvas, _box(-0.1, 0.74, 1.1, 1.1), ground.tone(-0.09, 0.015, 270))
    lit = ground.tone(0.26, 0.10, 80) if ground.dark else ground.tone(0.03, 0.04, 230)
    for side in (0, 1):
        edge = 0.0
        for k in range(3):
            wide, roof = (
                dice.uniform(f"house.w{side}{k}", 0.13, 0.19),
                lerp(-0.05, 0.38, k / 2) + 0.1 * dice.unit(f"house.h{side}{k}"),
            )
            a, b = (edge - 0.08, edge + wide) if side == 0 else (1 - edge - wide, 1 - edge + 0.08)
            wall = ground.tone(-0.085 + 0.03 * k, 0.04, 360 * dice.unit(f"house.c{side}{k}"), 0.5)
            fill(canvas, _box(a, roof, b, 0.80 - 0.02 * k), wall)
            for row in range(4):
                for column in range(3):
                    if dice.chance(f"lit{side}{k}{row}{column}", 0.6):
                        x, y = a + (b - a) * (0.14 + 0.3 * column), roof + 0.06 + 0.12 * row
                        fill(canvas, _box(x, y, x + 0.035, y + 0.06), lit, 0.8)
            edge += wide
    fill(canvas, polygon([(0.42, 0.74), (0.58, 0.74), (0.95, 1.1), (0.05, 1.1)]), ground.tone(-0.04, 0.015, 270))


def _sea(canvas: skia.Canvas, figure: Figure, ground: _Ground) -> None:
    """The sea with a glitter of light, and sand."""
    dice = figure.dice
    far, near = ground.tone(-0.13, 0.085, 238, 0.15), ground.tone(-0.05, 0.08, 208, 0.15)
    fill(canvas, _box(-0.1, 0.52, 1.1, 0.86), linear((0, 0.52), (0, 0.86), [(0.0, far, 1.0), (1.0, near, 1.0)]))
    spark = ground.tone(0.18 if ground.dark else 0.07, 0.03, 90)
    for i in range(26):
        x, y = dice.unit(f"spark.x{i}"), 0.54 + 0.28 * dice.unit(f"spark.y{i}")
        fill(canvas, oval(x, y, 0.015 + 0.05 * (y - 0.5), 0.006), spark, 0.65)
    shore = smooth(
        [(-0.1, 0.84), (0.2, 0.82), (0.5, 0.85), (0.8, 0.82), (1.1, 0.85), (1.1, 1.1), (-0.1, 1.1)], closed=True
    )
    fill(canvas, shore, ground.tone(-0.01, 0.05, 80))
    stroke(
        canvas,
        smooth([(-0.1, 0.84), (0.2, 0.82), (0.5, 0.85), (0.8, 0.82), (1.1, 0.85)]),
        ground.tone(0.07, 0.01, 220),
        0.018,
    )


_PLACES: dict[str, Callable[[skia.Canvas, Figure, _Ground], None]] = {"park": _park, "street": _street, "sea": _sea}


def draw_outdoor(canvas: skia.Canvas, figure: Figure) -> None:
    """A park, a street or the sea under the sky, out of focus, with spots of light."""
    dice = figure.dice
    ground = _Ground(figure)

    def scene(small: skia.Canvas, figure: Figure) -> None:
        zenith, middle, low, top, under = _sky_tones(figure)
        fill(
            small,
            _everything(),
            linear((0, 0), (0, 0.75), [(0.0, mix(zenith, middle, 0.4), 1.0), (0.6, middle, 1.0), (1.0, low, 1.0)]),
        )
        for i in range(2):
            at = (dice.uniform(f"out.x{i}", 0.0, 1.0), dice.uniform(f"out.y{i}", 0.15, 0.4))
            _cloud(small, at, dice.uniform(f"out.r{i}", 0.12, 0.2), f"out{i}", figure, top, under)
        _PLACES[dice.choose("outdoor", ("park", "park", "street", "sea"))](small, figure, ground)
        # Air between the head and the distance.
        fill(small, _everything(), linear((0, 0.2), (0, 0.9), [(0.0, low, 0.10), (0.6, low, 0.28), (1.0, low, 0.05)]))

    _blurred(canvas, figure, scene, 0.018)
    glow = ground.tone(0.24 if ground.dark else 0.10, 0.06, 90)
    for i in range(7):
        x, y, r = dice.unit(f"spot.x{i}"), 0.75 * dice.unit(f"spot.y{i}"), 0.012 + 0.035 * dice.unit(f"spot.r{i}")
        x = 0.34 * x if i % 2 else 1 - 0.34 * x
        fill(canvas, oval(x, y, r, r), radial((x, y), r, [(0.0, glow, 0.40), (0.8, glow, 0.5), (1.0, glow, 0.0)]))
