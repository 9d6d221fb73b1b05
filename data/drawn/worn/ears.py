"""Cat ears: two soft triangles on the round of the hair, with fur inside and locks of hair at their feet."""

import math

import skia

from data.drawn.color import RGB, mix, oklch
from data.drawn.figure import Figure
from data.drawn.geometry import Point, between, lerp
from data.drawn.ink import add_smooth, fill, linear, smooth, strip, stroke, tapered


class _Ear:
    """One ear's plane: u along its foot (0 inside .. 1 outside), v from foot to tip."""

    def __init__(self, figure: Figure, sign: float) -> None:
        d = figure.dice
        pose = figure.pose
        self.sign = sign
        size = d.uniform("catear.size", 0.92, 1.12)
        spread = d.uniform("catear.spread", -3, 4)
        inner, outer = 19.0 + spread, 57.0 + spread
        at = lerp(inner, outer, 0.56) + d.uniform("catear.tip", -3, 5)
        # The feet stand in a line somewhat before the middle of the skull, the tip over it.
        self.inner = figure.scalp(sign * 78, 90 - inner, 0.99)
        self.outer = figure.scalp(sign * 84, 90 - outer, 0.99)
        tip = figure.scalp(sign * 84, 90 - at, 1.46 * math.sqrt(size))
        self.tip = (tip[0], tip[1], tip[2] + 0.10)
        self.pose = pose

    def at(self, u: float, v: float, out: float = 0.0) -> Point:
        """The point on the plane; `out` moves it toward the viewer."""
        x, y, z = (lerp(lerp(a, b, u), t, v) for a, b, t in zip(self.inner, self.outer, self.tip, strict=True))
        return self.pose.project(x, y, z + out)

    def edge(self, side: float, swell: float, first: float = 0.0, last: float = 1.0) -> list[Point]:
        """One edge from foot to tip, bulging by `swell` of the foot's width."""
        points = []
        for i in range(5):
            v = lerp(first, last, i / 4)
            bulge = swell * math.sin(math.pi * v**0.8)
            u = side + (bulge if side > 0.5 else -bulge) / max(0.25, 1 - v)
            points.append(self.at(u, v))
        return points


def _outline(ear: _Ear) -> skia.Path:
    inner, outer = ear.edge(0.0, 0.09), ear.edge(1.0, 0.13)
    path = skia.Path()
    path.moveTo(*ear.at(0.0, -0.30))
    path.lineTo(*inner[0])
    add_smooth(path, [*inner[:-1], between(inner[-2], inner[-1], 0.9)])
    path.quadTo(*inner[-1], *between(outer[-2], outer[-1], 0.9))
    back = [between(outer[-2], outer[-1], 0.9), *outer[-2::-1]]
    add_smooth(path, back)
    path.lineTo(*ear.at(1.0, -0.30))
    path.close()
    return path


def _flesh(figure: Figure) -> RGB:
    return mix(oklch(0.80, 0.085, 10), figure.skin.base, 0.35)


def draw_cat_ears(canvas: skia.Canvas, figure: Figure) -> None:
    """Both ears, behind the front hair; nothing when the ears are others."""
    if figure.parameters.ears != "cat":
        return
    for sign in (-1.0, 1.0) if figure.pose.turn < 0 else (1.0, -1.0):
        _ear(canvas, figure, _Ear(figure, sign))


def _ear(canvas: skia.Canvas, figure: Figure, ear: _Ear) -> None:
    hair, p, manner = figure.hair, figure.parameters, figure.manner
    outline = _outline(ear)
    foot, tip = ear.at(0.5, 0.0), ear.at(0.5, 1.0)
    tips = figure.tips if p.dye in ("tips", "gradient") else hair
    fill(
        canvas,
        outline,
        linear(tip, foot, [(0.0, mix(tips.base, tips.light, 0.25), 1), (0.45, tips.base, 1), (1.0, hair.base, 1)]),
    )
    lit = ear.sign * p.light > 0
    if not lit:
        fill(canvas, outline, hair.shade, 0.55 * manner.shade)
    # The shell: flesh inside, darker and warmer down in it.
    left, right = ear.edge(0.20, 0.0, 0.02, 0.80), ear.edge(0.82, 0.05, 0.02, 0.80)
    shell = strip(left, right)
    flesh = _flesh(figure)
    deep = mix(flesh, oklch(0.50, 0.10, 5), 0.45)
    fill(
        canvas,
        shell,
        linear(
            ear.at(0.5, 0.85),
            ear.at(0.5, 0.05),
            [(0, mix(flesh, (255, 250, 245), 0.25), 1), (0.5, flesh, 1), (1, deep, 1)],
        ),
        1.0,
        0.3 * manner.soft,
    )
    fill(
        canvas,
        strip(left, [between(a, b, 0.34) for a, b in zip(left, right, strict=True)]),
        deep,
        0.5 * manner.shade,
        0.3 * manner.soft,
    )
    _fur(canvas, figure, ear)
    stroke(canvas, outline, hair.line, figure.line * 1.05)


def _fur(canvas: skia.Canvas, figure: Figure, ear: _Ear) -> None:
    """Tufts that grow from the inner edge over the shell, as light as fur in a backlight."""
    hair = figure.hair
    pale = mix(hair.light, (255, 252, 248), 0.45)
    for i, (v, u, reach, width) in enumerate(
        ((0.00, 0.72, 0.34, 0.085), (0.00, 0.50, 0.52, 0.095), (0.03, 0.34, 0.66, 0.085), (0.16, 0.24, 0.78, 0.065))
    ):
        sway = 0.06 * (figure.dice.unit(f"fur.{ear.sign}.{i}") - 0.5)
        root = 0.10 + 0.16 * (3 - i)
        points = [ear.at(root, v - 0.12), ear.at(lerp(root, u, 0.45), lerp(v, reach, 0.5)), ear.at(u + sway, reach)]
        fill(canvas, tapered(points, width, 0.9, 0.02), pale if i % 2 else mix(pale, hair.base, 0.25))


def draw_ear_locks(canvas: skia.Canvas, figure: Figure) -> None:
    """The locks of hair at the ears' feet, over the front hair, so that the ears grow out of it."""
    if figure.parameters.ears != "cat":
        return
    hair = figure.hair
    for sign in (-1.0, 1.0):
        ear = _Ear(figure, sign)
        for i, (u, v, lean) in enumerate(((0.12, 0.20, 0.10), (0.48, 0.30, 0.10), (0.84, 0.19, -0.02))):
            wobble = 0.05 * (figure.dice.unit(f"earlock.{sign}.{i}") - 0.5)
            root_l, root_r = ear.at(u - 0.24, -0.24, 0.05), ear.at(u + 0.24, -0.24, 0.05)
            tip = ear.at(u + lean, v + wobble, 0.05)
            low = ear.at(u + 0.02, -0.42, 0.05)
            tuft = smooth(
                [low, root_l, ear.at(u - 0.14, -0.02, 0.05), tip, ear.at(u + 0.19, -0.04, 0.05), root_r], closed=True
            )
            fill(
                canvas,
                tuft,
                linear(tip, low, [(0, hair.base, 1), (0.6, mix(hair.base, hair.light, 0.10), 1), (1, hair.base, 0.0)]),
            )
            for a in (ear.at(u - 0.13, 0.0, 0.05), ear.at(u + 0.18, -0.02, 0.05)):
                fill(canvas, tapered([a, between(a, tip, 0.55), tip], figure.line * 0.85, 0.0, 0.7), hair.line, 0.75)
