"""Hairpins on the hair of one temple: clips, a five-petal blossom, a star, a heart."""

import math
from collections.abc import Callable
from functools import lru_cache

import skia

from data.drawn.color import RGB, mix, oklch, to_oklch
from data.drawn.figure import Figure, Tones
from data.drawn.ink import fill, oval, radial, stroke, tapered
from data.drawn.worn.solid import Spot, cast, laid, shape, solid, spot

_GOLD: RGB = (246, 200, 86)
# A petal in the blossom's plane: from the heart upward, notched like a cherry's.
_PETAL = shape(
    (0.0, -0.06), (-0.20, -0.16, -0.52, -0.48, -0.40, -0.80), (-0.33, -0.97, -0.14, -1.02, 0.0, -0.87),
    (0.14, -1.02, 0.33, -0.97, 0.40, -0.80), (0.52, -0.48, 0.20, -0.16, 0.0, -0.06),
)  # fmt: skip
_LEAF = shape((0.0, 0.0), (-0.26, -0.46, -0.20, -0.96, 0.02, -1.32), (0.30, -0.94, 0.30, -0.44, 0.0, 0.0))
_HEART = shape(
    (0.0, 0.86), (-0.34, 0.62, -1.02, 0.22, -1.0, -0.34), (-0.98, -0.86, -0.28, -1.02, 0.0, -0.48),
    (0.28, -1.02, 0.98, -0.86, 1.0, -0.34), (1.02, 0.22, 0.34, 0.62, 0.0, 0.86),
)  # fmt: skip
_BAR = shape(
    (-0.92, -0.17), (0.80, -0.21), (0.99, -0.20, 0.99, 0.0), (0.99, 0.20, 0.80, 0.21), (-0.92, 0.17),
    (-1.06, 0.16, -1.06, 0.0), (-1.06, -0.16, -0.92, -0.17),
)  # fmt: skip


@lru_cache(maxsize=4)
def _star(inner: float) -> skia.Path:
    """Five rounded points."""
    path = skia.Path()
    corners = [
        (
            (1.0 if i % 2 == 0 else inner) * math.sin(math.pi * i / 5),
            -(1.0 if i % 2 == 0 else inner) * math.cos(math.pi * i / 5),
        )
        for i in range(10)
    ]
    for i, (x, y) in enumerate(corners):
        px, py = corners[i - 1]
        nx, ny = corners[(i + 1) % 10]
        soft = 0.22 if i % 2 == 0 else 0.12
        start = (x + (px - x) * soft, y + (py - y) * soft)
        (path.moveTo if i == 0 else path.lineTo)(*start)
        path.quadTo(x, y, x + (nx - x) * soft, y + (ny - y) * soft)
    path.close()
    return path


def _turned(path: skia.Path, degrees: float) -> skia.Path:
    return laid(path, skia.Matrix.RotateDeg(degrees))


def _petal_tones(figure: Figure) -> tuple[RGB, RGB, RGB]:
    """Tip, middle and root of a petal: the accent as a blossom would wear it."""
    lightness, chroma, hue = to_oklch(figure.accent.base)
    if chroma < 0.035:  # white or black cloth: a white blossom with a rosy heart
        return oklch(0.985, 0.008, 20), oklch(0.95, 0.025, 10), oklch(0.80, 0.11, 8)
    hue = hue if abs((hue - 135 + 180) % 360 - 180) > 45 else 5.0  # no green petals
    return (
        oklch(0.965, 0.028, hue),
        oklch(0.86, min(0.10, chroma), hue),
        oklch(max(0.62, lightness - 0.05), max(0.13, chroma), hue - 8),
    )


def paint_blossom(canvas: skia.Canvas, figure: Figure, at: Spot, size: float, turn: float = 0.0) -> None:
    """A blossom of five petals with a golden heart, `size` face units from the heart to a petal's end."""
    tip, middle, root = _petal_tones(figure)
    line = mix(figure.accent.line, mix(root, oklch(0.40, 0.10, to_oklch(root)[2]), 0.75), 0.75)
    matrix = at.matrix(size, turn)
    body = radial((0.0, 0.0), 1.0, [(0.10, root, 1), (0.42, middle, 1), (0.95, tip, 1)])
    rim = figure.line / size
    canvas.save()
    canvas.concat(matrix)
    for i in (3, 2, 4, 1, 0):
        petal = _turned(_PETAL, 72.0 * i)
        fill(canvas, petal, body)
        dark = _turned(
            shape((0.0, -0.06), (0.20, -0.16, 0.52, -0.48, 0.40, -0.80), (0.36, -0.40, 0.12, -0.30, 0.0, -0.06)),
            72.0 * i,
        )
        fill(canvas, dark, root, 0.38 * figure.manner.shade)
        for a in (-9.0, 0.0, 9.0):
            vein = _turned(
                tapered([(0.0, -0.16), (0.0, -0.36), (0.0, -0.62 + abs(a) * 0.008)], 0.045, 0.8, 0.0),
                72.0 * i + 1.4 * a,
            )
            fill(canvas, vein, root, 0.55)
        stroke(canvas, petal, line, rim)
    for i in range(10):
        a = math.tau * i / 10 + 0.3
        reach = 0.36 if i % 2 else 0.29
        fill(
            canvas,
            tapered(
                [
                    (0, 0),
                    (0.5 * reach * math.sin(a), -0.5 * reach * math.cos(a)),
                    (reach * math.sin(a), -reach * math.cos(a)),
                ],
                0.035,
                0.8,
                0.5,
            ),
            mix(_GOLD, root, 0.35),
        )
        fill(canvas, oval(reach * math.sin(a), -reach * math.cos(a), 0.050, 0.050), (255, 226, 120))
    fill(
        canvas,
        oval(0, 0, 0.185, 0.185),
        radial((-0.05, -0.07), 0.26, [(0, (255, 240, 170), 1), (0.6, _GOLD, 1), (1, (222, 150, 60), 1)]),
    )
    stroke(canvas, oval(0, 0, 0.185, 0.185), mix(line, (190, 110, 40), 0.5), 0.8 * rim)
    canvas.restore()


def _flower(canvas: skia.Canvas, figure: Figure, at: Spot, side: float) -> None:
    d = figure.dice
    size = d.uniform("flower.size", 0.245, 0.285)
    leaf = figure.tones((112, 176, 112))
    for turn in (side * 118, side * 158):
        solid(canvas, figure, laid(_LEAF, at.matrix(size, turn)), leaf, 0.02, 0.9)
        rib = laid(tapered([(0.0, -0.3), (0.02, -0.7), (0.02, -1.15)], 0.07, 0.6, 0.0), at.matrix(size, turn))
        fill(canvas, rib, leaf.shade)
    cast(canvas, figure, laid(_disc(0.92), at.matrix(size)), 0.06)
    if d.chance("flower.bud", 0.35):
        below = Spot((at.at[0] + side * 0.02, at.at[1] + 1.5 * size), at.right, at.down, at.facing)
        paint_blossom(canvas, figure, below, 0.55 * size, 20)
    paint_blossom(canvas, figure, at, size, d.uniform("flower.turn", -16, 16))


def _disc(radius: float) -> skia.Path:
    return oval(0.0, 0.0, radius, radius)


def _enamel(
    canvas: skia.Canvas, figure: Figure, at: Spot, path: skia.Path, size: float, turn: float, tones: Tones
) -> None:
    """A glossy charm with a paler rim."""
    outer = laid(path, at.matrix(size, turn))
    cast(canvas, figure, outer, 0.045)
    solid(canvas, figure, outer, tones, 0.0, body=mix(tones.base, tones.light, 0.55))
    inner = laid(path, at.matrix(size * 0.78, turn))
    solid(canvas, figure, inner, tones, 0.22 * size, line=0.0)
    glint = laid(tapered([(-0.46, -0.02), (-0.42, -0.26), (-0.22, -0.40)], 0.17, 0.2, 0.2), at.matrix(size * 0.9, 0))
    fill(canvas, glint, (255, 255, 255), 0.85)
    stroke(canvas, outer, tones.line, 0.95 * figure.line)


def _vivid(figure: Figure) -> Tones:
    """The accent, or gold where it would be lost on the hair."""
    accent, hair = to_oklch(figure.accent.base), to_oklch(figure.hair.base)
    return figure.tones(_GOLD) if abs(accent[0] - hair[0]) < 0.12 and accent[1] < 0.05 else figure.accent


def _charm(path: skia.Path, size: float, gold: float) -> Callable[[skia.Canvas, Figure, Spot, float], None]:
    def draw(canvas: skia.Canvas, figure: Figure, at: Spot, side: float) -> None:
        tones = figure.tones(_GOLD) if figure.dice.chance("charm.gold", gold) else _vivid(figure)
        _enamel(canvas, figure, at, path, size * figure.dice.uniform("charm.size", 0.9, 1.15), side * 12, tones)

    return draw


def _clip(canvas: skia.Canvas, figure: Figure, at: Spot, side: float) -> None:
    """Bars: two side by side, crossed, or one with a gem."""
    tones = _vivid(figure)
    kind = figure.dice.choose("clip", ("pair", "cross", "single", "triple"))
    bars: dict[str, list[tuple[float, float]]] = {  # turn in degrees, distance down
        "pair": [(18, -0.085), (12, 0.085)],
        "cross": [(38, 0.0), (-32, 0.0)],
        "single": [(14, 0.0)],
        "triple": [(16, -0.14), (12, 0.0), (8, 0.14)],
    }
    size = 0.26 if kind == "single" else 0.22
    for turn, down in bars[kind]:
        moved = Spot((at.at[0] + down * at.down[0], at.at[1] + down * at.down[1]), at.right, at.down, at.facing)
        matrix = moved.matrix(size, side * turn, mirror=side < 0)
        bar = laid(_BAR, matrix)
        cast(canvas, figure, bar, 0.03)
        solid(canvas, figure, bar, tones, 0.028, 0.95)
        fill(
            canvas,
            laid(tapered([(-0.7, -0.04), (0.0, -0.06), (0.6, -0.06)], 0.085, 0.2, 0.2), matrix),
            tones.light,
            0.9,
        )
    if kind == "single":
        _enamel(canvas, figure, at, _disc(1.0), 0.085, 0, figure.tones(_GOLD))


_PINS: dict[str, Callable[[skia.Canvas, Figure, Spot, float], None]] = {
    "clip": _clip, "flower": _flower, "star": _charm(_star(0.52), 0.20, 0.5), "heart": _charm(_HEART, 0.155, 0.1),
}  # fmt: skip


def place_pin(figure: Figure) -> Spot:
    """Where the pin sits: on the hair of the temple, nearer the brow the more the head turns that side away."""
    p = figure.parameters
    side = float(p.hairpin_side)
    away = max(0.0, side * figure.pose.turn)
    high = 24.0 if p.hairpin == "flower" else 17.0
    return spot(figure, side * (53.0 - 14.0 * away), high, 1.03, 0.55)


def draw_hairpin(canvas: skia.Canvas, figure: Figure) -> None:
    """The pin that the parameters name."""
    p = figure.parameters
    if p.hairpin != "none":
        _PINS[p.hairpin](canvas, figure, place_pin(figure), float(p.hairpin_side))
