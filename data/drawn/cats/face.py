"""Nose, mouth, whiskers, blush, and the fur that stands off the head."""

from collections.abc import Callable

import skia

from data.drawn.cats.cat import Cat
from data.drawn.color import RGB, mix, oklch, to_oklch
from data.drawn.geometry import lerp
from data.drawn.ink import fill, oval, radial, smooth, stroke, tapered
from data.drawn.worn.solid import shape

_NOSES: dict[str, RGB] = {
    "pink": oklch(0.76, 0.11, 12),
    "brick": oklch(0.58, 0.10, 30),
    "black": oklch(0.30, 0.015, 20),
}
_TONGUE: RGB = oklch(0.74, 0.13, 14)
_DARK: RGB = oklch(0.40, 0.12, 18)


def _on_dark(cat: Cat) -> bool:
    """Whether the fur round the mouth is so dark that an inked line would be lost."""
    p = cat.parameters
    around = cat.parameters.mark_rgb if p.coat == "siamese" else p.coat_rgb
    return cat.white <= 0 and to_oklch(around)[0] < 0.45


def _line_color(cat: Cat) -> RGB:
    return mix(cat.ink, oklch(0.36, 0.08, 24), 0.35) if not _on_dark(cat) else mix(cat.ink, (16, 12, 16), 0.6)


def draw_nose(canvas: skia.Canvas, cat: Cat) -> None:
    """A small rounded triangle with a light on it."""
    x, y = cat.nose
    n = lerp(1.0, cat.narrowing(0.0), 0.7)
    w, h = 0.098 * n, 0.068
    body = shape(
        (x, y + h), (x - 0.35 * w, y + 0.9 * h, x - 1.1 * w, y - 0.1 * h, x - w, y - 0.55 * h),
        (x - 0.9 * w, y - 1.05 * h, x - 0.3 * w, y - 0.85 * h, x, y - 0.85 * h),
        (x + 0.3 * w, y - 0.85 * h, x + 0.9 * w, y - 1.05 * h, x + w, y - 0.55 * h),
        (x + 1.1 * w, y - 0.1 * h, x + 0.35 * w, y + 0.9 * h, x, y + h),
    )  # fmt: skip
    color = _NOSES[cat.parameters.nose]
    fill(canvas, body, color)
    stroke(canvas, body, mix(color, _line_color(cat), 0.65), 0.7 * cat.line)
    light = cat.parameters.light
    fill(
        canvas,
        oval(x + 0.3 * w * light, y - 0.42 * h, 0.34 * w, 0.20 * h),
        (255, 255, 255),
        0.75 if cat.parameters.nose != "black" else 0.5,
    )


def _w_line(canvas: skia.Canvas, cat: Cat, wide: float = 0.20, deep: float = 0.085, up: float = 0.02) -> None:
    """The line from the nose that parts into two curves."""
    (x, y), (nx, ny) = cat.mouth, cat.nose
    n = cat.narrowing(0.0)
    color, width = _line_color(cat), max(1.35 * cat.line, 0.026)
    fill(canvas, tapered([(nx, ny + 0.06), ((nx + x) / 2, (ny + y) / 2 + 0.02), (x, y)], 0.8 * width, 0.8, 0.8), color)
    for s in (-1.0, 1.0):
        curve = [
            (x, y),
            (x + 0.32 * s * wide * n, y + deep),
            (x + 0.72 * s * wide * n, y + 0.82 * deep),
            (x + s * wide * n, y - up),
        ]
        fill(canvas, tapered(curve, width, 0.8, 0.3), color)


def _jaw(canvas: skia.Canvas, cat: Cat, deep: float) -> skia.Path:
    x, y = cat.mouth
    n = cat.narrowing(0.0)
    w = 0.135 * n
    jaw = shape(
        (x - w, y + 0.075), (x - 0.4 * w, y + 0.10, x - 0.2 * w, y + 0.04, x, y + 0.01),
        (x + 0.2 * w, y + 0.04, x + 0.4 * w, y + 0.10, x + w, y + 0.075),
        (x + 1.0 * w, y + 0.6 * deep, x + 0.5 * w, y + deep, x, y + deep),
        (x - 0.5 * w, y + deep, x - 1.0 * w, y + 0.6 * deep, x - w, y + 0.075),
    )  # fmt: skip
    fill(canvas, jaw, _DARK)
    canvas.save()
    canvas.clipPath(jaw, doAntiAlias=True)
    fill(canvas, oval(x, y + deep, 0.9 * w, 0.45 * deep), _TONGUE)
    canvas.restore()
    stroke(canvas, jaw, _line_color(cat), 0.9 * cat.line)
    return jaw


def _fang(canvas: skia.Canvas, cat: Cat, s: float) -> None:
    x, y = cat.mouth
    at = x + s * 0.095 * cat.narrowing(0.0)
    tooth = shape(
        (at - 0.028, y + 0.075),
        (at + 0.028, y + 0.075),
        (at + 0.015, y + 0.12, at, y + 0.145),
        (at - 0.015, y + 0.12, at - 0.028, y + 0.075),
    )
    fill(canvas, tooth, (255, 255, 252))
    stroke(canvas, tooth, _line_color(cat), 0.6 * cat.line)


def _smile(canvas: skia.Canvas, cat: Cat) -> None:
    _w_line(canvas, cat)


def _open(canvas: skia.Canvas, cat: Cat) -> None:
    _jaw(canvas, cat, lerp(0.16, 0.30, cat.parameters.mouth_open))
    if cat.figure.dice.chance("fangs", 0.5) and cat.parameters.mouth_open > 0.3:
        for s in (-1.0, 1.0):
            _fang(canvas, cat, 0.75 * s)
    _w_line(canvas, cat)


def _tongue(canvas: skia.Canvas, cat: Cat) -> None:
    x, y = cat.mouth
    n, deep = cat.narrowing(0.0), lerp(0.10, 0.17, cat.parameters.mouth_open)
    w = 0.062 * n
    tongue = shape(
        (x - w, y + 0.055),
        (x - 1.1 * w, y + 0.05 + deep, x + 1.1 * w, y + 0.05 + deep, x + w, y + 0.055),
        (x, y + 0.02),
    )
    fill(canvas, tongue, _TONGUE)
    fill(
        canvas,
        tapered([(x, y + 0.05), (x, y + 0.05 + 0.3 * deep), (x, y + 0.05 + 0.5 * deep)], 0.018, 0.8, 0.0),
        oklch(0.60, 0.13, 14),
    )
    stroke(canvas, tongue, _line_color(cat), 0.8 * cat.line)
    _w_line(canvas, cat)


def _pout(canvas: skia.Canvas, cat: Cat) -> None:
    _w_line(canvas, cat, 0.13, 0.02, -0.055)


def _fanged(canvas: skia.Canvas, cat: Cat) -> None:
    _fang(canvas, cat, 1.0 if cat.figure.dice.chance("fang.side", 0.5) else -1.0)
    _w_line(canvas, cat)


_MOUTHS: dict[str, Callable[[skia.Canvas, Cat], None]] = {
    "smile": _smile, "open": _open, "tongue": _tongue, "pout": _pout, "fang": _fanged,
}  # fmt: skip


def draw_mouth(canvas: skia.Canvas, cat: Cat) -> None:
    """The mouth that the parameters name."""
    _MOUTHS[cat.parameters.mouth_shape](canvas, cat)


def draw_blush(canvas: skia.Canvas, cat: Cat) -> None:
    """Warmth on the cheeks, as drawn cats have it."""
    b = cat.parameters.blush
    if b <= 0:
        return
    tone = oklch(0.74, 0.14, 16)
    for s in (-1.0, 1.0):
        x, y = cat.place(0.70 * s, cat.eye_y + 0.33)
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(cat.narrowing(0.7 * s), 0.6)
        fill(
            canvas,
            oval(0, 0, 0.24, 0.24),
            radial((0, 0), 0.24, [(0, tone, 0.62 * b), (0.45, tone, 0.42 * b), (1, tone, 0.0)]),
        )
        canvas.restore()


def draw_whiskers(canvas: skia.Canvas, cat: Cat) -> None:
    """Three fine hairs on each side and the dots they grow from."""
    p = cat.parameters
    if p.whiskers <= 0:
        return
    d = cat.figure.dice
    light = to_oklch(p.coat_rgb)[0] < 0.5 and cat.white <= 0.2
    color = mix(cat.coat.light, (255, 255, 255), 0.7) if light else mix(cat.outline, cat.coat.base, 0.15)
    x0, y0 = cat.mouth
    n = cat.narrowing(0.0)
    for s in (-1.0, 1.0):
        for k in range(3):
            reach = (
                lerp(0.45, 0.98, p.whiskers)
                * (1.0 - 0.08 * abs(k - 1))
                * (1.0 - 0.30 * max(0.0, s * cat.pose.turn) / 0.57)
            )
            x, y = x0 + s * (0.27 + 0.02 * k) * n, y0 - 0.06 + 0.065 * k
            rise = (-0.13, 0.0, 0.13)[k] + 0.05 * (d.unit(f"whisker.{s}.{k}") - 0.5)
            hair = [(x, y), (x + 0.5 * s * reach, y + 0.35 * rise - 0.05), (x + s * reach, y + rise + 0.02)]
            fill(canvas, tapered(hair, max(0.018, 0.8 * cat.line), 0.9, 0.0), color, 0.9)
            fill(canvas, oval(x0 + s * (0.15 + 0.055 * ((k + 1) % 2)) * n, y - 0.01, 0.010, 0.010), color, 0.8)


def draw_crest(canvas: skia.Canvas, cat: Cat) -> None:
    """The tuft that stands up from the crown."""
    c = cat.parameters.crest
    if c <= 0:
        return
    d, tones = cat.figure.dice, cat.coat
    if cat.parameters.coat == "tabby":
        tones = cat.tones(mix(cat.parameters.coat_rgb, cat.parameters.mark_rgb, 0.3))
    canvas.save()
    canvas.clipPath(cat.inside, skia.ClipOp.kDifference, True)
    for i, (x, lean) in enumerate(((-0.11, -0.10), (0.12, 0.09), (0.0, 0.02))):
        tall = lerp(0.10, 0.26, c) * (1.0 if i == 2 else 0.72)
        sway = 0.08 * (d.unit(f"crest.{i}") - 0.5)
        root = [cat.pose.project(x - 0.10, -0.80, 0.35), cat.pose.project(x + 0.10, -0.80, 0.35)]
        tip = cat.pose.project(x + lean + sway, -0.92 - tall, 0.25)
        low = cat.pose.project(x * 0.6, -0.62, 0.5)
        sides = [
            ((r[0] * 0.55 + tip[0] * 0.45) + o, r[1] * 0.55 + tip[1] * 0.45)
            for r, o in zip(root, (-0.03, 0.03), strict=True)
        ]
        tuft = smooth([low, root[0], sides[0], tip, sides[1], root[1]], closed=True)
        fill(canvas, tuft, tones.base)
        for edge in ([root[0], sides[0], tip], [root[1], sides[1], tip]):
            fill(canvas, tapered(edge, 0.95 * cat.line, 0.0, 0.8), cat.outline)
    canvas.restore()


def draw_outline(canvas: skia.Canvas, cat: Cat) -> None:
    """The line round the head; the fur is painted over its inner half."""
    stroke(canvas, cat.head, cat.outline, 1.9 * cat.line)
