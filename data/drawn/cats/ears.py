"""A cat's own ears: upright or folded forward."""

import skia

from data.drawn.cats.cat import Cat
from data.drawn.cats.coat import ear_tones
from data.drawn.color import RGB, mix, oklch, to_oklch
from data.drawn.figure import Tones
from data.drawn.geometry import Point, Point3, between, lerp
from data.drawn.ink import add_smooth, fill, linear, smooth, strip, stroke, tapered


def tip_height(cat: Cat) -> float:
    """Where upright ears end, head coordinates."""
    return -0.84 - lerp(0.50, 0.78, cat.parameters.ear_size) * lerp(1.0, 0.94, cat.kitten)


def ear_top(cat: Cat) -> Point:
    """The highest point of the right ear: x in half head widths, y in head coordinates."""
    if cat.parameters.ear_fold >= 0.5:
        return 0.55, -1.03
    return lerp(0.66, 0.98, cat.parameters.ear_spread), tip_height(cat)


class _Ear:
    """One ear's plane: u along its foot (0 inside .. 1 outside), v from foot to tip."""

    def __init__(self, cat: Cat, sign: float) -> None:
        w, spread = cat.wide, cat.parameters.ear_spread
        self.sign, self.pose = sign, cat.pose
        self.inner: Point3 = (sign * w * lerp(0.16, 0.28, spread), -0.84, 0.14)
        self.outer: Point3 = (sign * w * lerp(0.90, 0.96, spread), -0.40, -0.06)
        self.tip: Point3 = (sign * w * lerp(0.66, 0.98, spread), tip_height(cat), 0.02)

    def at(self, u: float, v: float) -> Point:
        """The point on the plane."""
        x, y, z = (lerp(lerp(a, b, u), t, v) for a, b, t in zip(self.inner, self.outer, self.tip, strict=True))
        return self.pose.project(x, y, z)

    def edge(self, side: float, swell: float, first: float = 0.0, last: float = 1.0) -> list[Point]:
        """One edge from foot to tip, bulging outward."""
        points = []
        for i in range(5):
            v = lerp(first, last, i / 4)
            bulge = swell * 4.0 * v * (1.0 - v)
            points.append(self.at(side + (bulge if side > 0.5 else -bulge) / max(0.12, 1 - v), v))
        return points


def _outline(ear: _Ear) -> skia.Path:
    inner, outer = ear.edge(0.0, 0.10, last=0.84), ear.edge(1.0, 0.14, last=0.84)
    path = skia.Path()
    path.moveTo(*ear.at(0.02, -0.25))
    path.lineTo(*inner[0])
    add_smooth(path, inner)
    path.quadTo(*ear.at(0.5, 1.10), *outer[-1])
    add_smooth(path, outer[::-1])
    path.lineTo(*ear.at(0.98, -0.25))
    path.close()
    return path


def _flesh(tones: Tones) -> RGB:
    """The skin inside: rosy, darker in dark fur."""
    dark = to_oklch(tones.base)[0] < 0.5
    return mix(oklch(0.80, 0.085, 12), tones.base, 0.42 if dark else 0.12)


def _upright(canvas: skia.Canvas, cat: Cat, ear: _Ear, tones: Tones) -> None:
    p, manner = cat.parameters, cat.figure.manner
    outline = _outline(ear)
    fill(
        canvas,
        outline,
        linear(ear.at(0.5, 1.0), ear.at(0.5, 0.0), [(0, mix(tones.base, tones.light, 0.2), 1), (1, tones.base, 1)]),
    )
    if p.coat == "tabby":
        canvas.save()
        canvas.clipPath(outline, doAntiAlias=True)
        fill(canvas, strip(ear.edge(0.0, 0.3, 0.66, 1.05), ear.edge(1.0, 0.3, 0.66, 1.05)), cat.mark.base, 0.75)
        canvas.restore()
    if ear.sign * p.light < 0:
        fill(canvas, outline, tones.shade, 0.5 * manner.shade)
    left, right = ear.edge(0.20, 0.0, 0.0, 0.74), ear.edge(0.78, 0.05, 0.0, 0.74)
    flesh = _flesh(tones)
    deep = mix(flesh, oklch(0.46, 0.09, 8), 0.5)
    shell = strip(left, right)
    fill(
        canvas,
        shell,
        linear(
            ear.at(0.5, 0.85),
            ear.at(0.5, 0.0),
            [(0, mix(flesh, (255, 246, 240), 0.3), 1), (0.5, flesh, 1), (1, deep, 1)],
        ),
        1.0,
        0.3 * manner.soft,
    )
    inside = [between(a, b, 0.30) for a, b in zip(left, right, strict=True)]
    fill(canvas, strip(left, inside), deep, 0.45 * manner.shade, 0.3 * manner.soft)
    _fur(canvas, cat, ear, tones)
    stroke(canvas, outline, cat.outline, cat.line)


def _fur(canvas: skia.Canvas, cat: Cat, ear: _Ear, tones: Tones) -> None:
    """Tufts from the inner edge over the shell."""
    pale = mix(tones.light, (255, 252, 248), 0.5 if to_oklch(tones.base)[0] > 0.5 else 0.2)
    d = cat.figure.dice
    for i, (u, v, root, width) in enumerate(
        ((0.78, 0.30, 0.52, 0.10), (0.58, 0.46, 0.36, 0.11), (0.40, 0.58, 0.22, 0.10), (0.26, 0.66, 0.10, 0.08))
    ):
        sway = 0.05 * (d.unit(f"fur.{ear.sign}.{i}") - 0.5)
        points = [ear.at(root, -0.14), ear.at(lerp(root, u, 0.4), 0.5 * v), ear.at(u + sway, v)]
        fill(canvas, tapered(points, width, 0.9, 0.02), pale if i % 2 else mix(pale, tones.base, 0.3))


def draw_ears(canvas: skia.Canvas, cat: Cat) -> None:
    """Upright ears, behind the head."""
    if cat.parameters.ear_fold >= 0.5:
        return
    for sign in (-1.0, 1.0) if cat.pose.turn < 0 else (1.0, -1.0):
        _upright(canvas, cat, _Ear(cat, sign), ear_tones(cat, sign))


def draw_folded_ears(canvas: skia.Canvas, cat: Cat) -> None:
    """Ears folded forward: a low round back, and the flap that hangs over the brow, before the head."""
    p = cat.parameters
    if p.ear_fold < 0.5:
        return
    project, w = cat.pose.project, cat.wide
    for s in (-1.0, 1.0):
        tones = ear_tones(cat, s)
        edge = [(0.34, -0.86, 0.2), (0.44, -1.00, 0.1), (0.66, -1.02, 0.02), (0.86, -0.86, -0.02), (0.92, -0.62, -0.04)]
        back = [project(s * w * x, y, z) for x, y, z in edge]
        drop = lerp(-0.70, -0.58, p.ear_fold)
        tip = project(s * w * 0.72, drop, 0.52)
        flap = smooth([*back, project(s * w * 0.84, -0.66, 0.30), tip, project(s * w * 0.52, -0.74, 0.42)], closed=True)
        fill(
            canvas,
            flap,
            linear(
                back[2], tip, [(0, mix(tones.base, tones.light, 0.3), 1), (0.6, tones.base, 1), (1, tones.shade, 1)]
            ),
        )
        if s * p.light < 0:
            fill(canvas, flap, tones.shade, 0.4 * cat.figure.manner.shade)
        stroke(canvas, flap, cat.outline, cat.line)


def draw_ear_feet(canvas: skia.Canvas, cat: Cat) -> None:
    """Fur of the head that overlaps the upright ears' feet."""
    if cat.parameters.ear_fold >= 0.5:
        return
    canvas.save()
    canvas.clipPath(cat.inside, skia.ClipOp.kDifference, True)
    for sign in (-1.0, 1.0):
        ear = _Ear(cat, sign)
        # Patches reach over head and ear; points end at the ear.
        tones = cat.coat if cat.parameters.coat == "siamese" else ear_tones(cat, sign)
        line = mix(cat.outline, tones.deep, 0.4)
        for i, (u, v) in enumerate(((0.20, 0.34), (0.44, 0.44), (0.68, 0.36))):
            tip = ear.at(u + 0.08 * (cat.figure.dice.unit(f"foot.{sign}.{i}") - 0.3), v)
            low, left, right = ear.at(u, -0.20), ear.at(u - 0.20, -0.09), ear.at(u + 0.20, -0.09)
            shoulders = ear.at(u - 0.13, 0.14), ear.at(u + 0.13, 0.12)
            tuft = smooth([low, left, shoulders[0], tip, shoulders[1], right], closed=True)
            fill(canvas, tuft, linear(tip, low, [(0, mix(tones.base, tones.light, 0.12), 1), (1, tones.base, 1)]))
            for a in shoulders:
                fill(canvas, tapered([a, between(a, tip, 0.5), tip], 0.8 * cat.line, 0.0, 0.6), line, 0.75)
    canvas.restore()
