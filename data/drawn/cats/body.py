"""What is below a cat's chin: neck, chest, collar."""

from collections.abc import Callable

import skia

from data.drawn.cats.cat import Cat
from data.drawn.cats.coat import chest_tones
from data.drawn.color import RGB, mix
from data.drawn.geometry import Point, lerp
from data.drawn.ink import fill, linear, oval, radial, smooth, strip, stroke, tapered
from data.drawn.worn.bows import paint_bow
from data.drawn.worn.pins import paint_blossom
from data.drawn.worn.solid import Spot, cast, shape, solid

_GOLD: RGB = (247, 204, 92)


def draw_body(canvas: skia.Canvas, cat: Cat) -> None:
    """Neck and shoulders, with the chest's fur before them."""
    coat, turn = cat.coat, cat.pose.turn
    x = 0.06 * turn
    low = cat.low
    body = smooth(
        [
            (x - 0.56, low - 0.40), (x - 0.64, low - 0.02), (x - 0.84, low + 0.34), (x - 1.0, low + 0.9),
            (x - 1.0, 3.0), (x + 1.0, 3.0),
            (x + 1.0, low + 0.9), (x + 0.84, low + 0.34), (x + 0.64, low - 0.02), (x + 0.56, low - 0.40),
        ],
        closed=True,
    )  # fmt: skip
    solid(canvas, cat.figure, body, coat, 0.12, line=0.0)
    canvas.save()
    canvas.clipPath(body, doAntiAlias=True)
    if cat.parameters.coat == "tabby":
        for s in (-1.0, 1.0):
            for k in range(3):
                y = low + 0.20 + 0.17 * k
                stripe = [(x + s * (0.98 + 0.02 * k), y), (x + s * 0.76, y + 0.05), (x + s * 0.60, y + 0.02)]
                fill(canvas, tapered(stripe, 0.09, 0.7, 0.05), cat.mark.base)
    if cat.parameters.coat in ("calico", "tortoiseshell"):
        side = 1.0 if cat.figure.dice.chance("body.side", 0.5) else -1.0
        fill(
            canvas,
            oval(x + side * 0.8, low + 0.5, 0.32, 0.34),
            cat.mark.base if cat.parameters.coat == "tortoiseshell" else cat.other.base,
        )
    canvas.restore()
    stroke(canvas, body, cat.outline, cat.line)
    canvas.save()
    canvas.clipPath(body, doAntiAlias=True)
    _bib(canvas, cat, x)
    # The head's shadow.
    fill(
        canvas,
        oval(x - 0.05 * cat.parameters.light, low - 0.06, 0.74, 0.24),
        mix(coat.deep, (80, 60, 110), 0.4),
        min(0.6, lerp(0.3, 0.5, cat.parameters.shade)),
        0.02 + 0.6 * cat.figure.manner.soft,
    )
    canvas.restore()


def _bib(canvas: skia.Canvas, cat: Cat, x: float) -> None:
    """The chest: pointed locks, paler than the rest."""
    tones, low = chest_tones(cat), cat.low
    if tones is cat.coat:
        tones = cat.tones(mix(cat.parameters.coat_rgb, (255, 252, 246), 0.10))
    tips: list[Point] = [
        (-0.52, low + 0.22),
        (-0.34, low + 0.42),
        (-0.14, low + 0.54),
        (0.10, low + 0.58),
        (0.32, low + 0.44),
        (0.52, low + 0.20),
    ]
    path = skia.Path()
    path.moveTo(x - 0.56, low - 0.1)
    at = (x - 0.56, low - 0.1)
    for i, (tx, ty) in enumerate(tips):
        tip = (x + tx, ty)
        path.quadTo(at[0] - 0.01, (at[1] + tip[1]) / 2 + 0.06, *tip)
        if i + 1 < len(tips):
            nx, ny = tips[i + 1]
            at = (x + lerp(tx, nx, 0.42), min(ty, ny) - 0.07)
            path.lineTo(*at)
    path.quadTo(x + 0.6, low + 0.05, x + 0.56, low - 0.1)
    path.close()
    fill(
        canvas, path, linear((x, low), (x, low + 0.6), [(0, tones.base, 1), (1, mix(tones.base, tones.shade, 0.35), 1)])
    )
    stroke(canvas, path, mix(tones.shade, tones.deep, 0.5), 0.7 * cat.line, 0.8)


def _band(canvas: skia.Canvas, cat: Cat, wide: float = 0.12) -> Point:
    """A collar round the neck; returns where things hang from it."""
    x, y = 0.10 * cat.pose.turn, cat.low
    top = [(x - 0.66, y - 0.20), (x - 0.42, y + 0.02), (x, y + 0.10), (x + 0.42, y + 0.02), (x + 0.66, y - 0.20)]
    low = [(px * 1.02, py + wide) for px, py in top]
    tones = cat.figure.accent
    band = strip(top, low)
    fill(canvas, strip(low, [(px, py + 0.07) for px, py in low]), mix(cat.coat.deep, (80, 60, 110), 0.4), 0.4, 0.015)
    solid(canvas, cat.figure, band, tones, 0.03)
    glint = [(lerp(a[0], b[0], 0.3), lerp(a[1], b[1], 0.3)) for a, b in zip(top, low, strict=True)][1:4]
    fill(canvas, tapered(glint, 0.035, 0.1, 0.1), tones.light, 0.7)
    return x * 1.3, y + 0.10 + 0.5 * wide


def _bell(canvas: skia.Canvas, cat: Cat) -> None:
    x, y = _band(canvas, cat)
    y += 0.12
    r = 0.135
    gold = cat.tones(_GOLD)
    ball = oval(x, y, r, r)
    light = cat.parameters.light
    solid(
        canvas,
        cat.figure,
        ball,
        gold,
        0.05,
        body=radial(
            (x + 0.4 * r * light, y - 0.4 * r), 1.6 * r, [(0, gold.light, 1), (0.5, gold.base, 1), (1, gold.shade, 1)]
        ),
    )
    fill(canvas, tapered([(x - r, y + 0.005), (x, y + 0.03), (x + r, y + 0.005)], 0.035, 0.8, 0.8), gold.line, 0.9)
    fill(canvas, oval(x, y + 0.062, 0.030, 0.026), gold.line)
    fill(canvas, tapered([(x, y + 0.06), (x, y + 0.09), (x, y + r - 0.008)], 0.022, 0.8, 0.8), gold.line)
    fill(canvas, oval(x + 0.4 * r * light, y - 0.5 * r, 0.26 * r, 0.18 * r), (255, 255, 255), 0.9)


def _ribbon(canvas: skia.Canvas, cat: Cat) -> None:
    x, y = _band(canvas, cat, 0.09)
    paint_bow(
        canvas, cat.figure, Spot((x, y + 0.02), (1.0, 0.0), (0.0, 1.0), 1.0), 0.30, 0.0, cat.figure.accent, "collar.bow"
    )


def _kerchief(canvas: skia.Canvas, cat: Cat) -> None:
    x, y = 0.10 * cat.pose.turn, cat.low
    tones = cat.figure.accent
    cloth = shape(
        (x - 0.70, y - 0.20), (x - 0.45, y + 0.06, x - 0.2, y + 0.10, x, y + 0.10),
        (x + 0.2, y + 0.10, x + 0.45, y + 0.06, x + 0.70, y - 0.20),
        (x + 0.60, y + 0.10, x + 0.30, y + 0.42, x + 0.06, y + 0.62), (x, y + 0.66, x - 0.06, y + 0.62),
        (x - 0.30, y + 0.42, x - 0.60, y + 0.10, x - 0.70, y - 0.20),
    )  # fmt: skip
    cast(canvas, cat.figure, cloth, 0.05)
    solid(canvas, cat.figure, cloth, tones, 0.06, line=0.0)
    canvas.save()
    canvas.clipPath(cloth, doAntiAlias=True)
    kind = cat.figure.dice.choose("kerchief", ("dots", "plain", "hem"))
    if kind == "dots":
        for row in range(5):
            for column in range(-4, 5):
                fill(
                    canvas,
                    oval(x + 0.17 * (column + 0.5 * (row % 2)), y + 0.02 + 0.13 * row, 0.035, 0.035),
                    tones.light,
                )
    if kind == "hem":
        stroke(canvas, cloth, tones.light, 0.10)
    for s in (-1.0, 1.0):
        fill(
            canvas,
            tapered([(x + s * 0.5, y - 0.02), (x + s * 0.28, y + 0.18), (x + s * 0.12, y + 0.30)], 0.03, 0.6, 0.0),
            tones.deep,
            0.7,
        )
    canvas.restore()
    stroke(canvas, cloth, tones.line, cat.figure.line)


def _plain(canvas: skia.Canvas, cat: Cat) -> None:
    x, y = _band(canvas, cat)
    gold = cat.tones(_GOLD)
    tag = oval(x, y + 0.12, 0.075, 0.085)
    solid(canvas, cat.figure, tag, gold, 0.03)


def _none(canvas: skia.Canvas, cat: Cat) -> None:
    pass


_COLLARS: dict[str, Callable[[skia.Canvas, Cat], None]] = {
    "none": _none, "band": _plain, "bell": _bell, "ribbon": _ribbon, "kerchief": _kerchief,
}  # fmt: skip


def draw_collar(canvas: skia.Canvas, cat: Cat) -> None:
    """The collar that the parameters name."""
    _COLLARS[cat.parameters.collar](canvas, cat)


def draw_flower(canvas: skia.Canvas, cat: Cat) -> None:
    """A blossom at the foot of one ear."""
    if cat.parameters.flower:
        s = 1.0 if cat.figure.dice.chance("flower.side", 0.5) else -1.0
        at = cat.pose.project(s * 0.60 * cat.wide, -0.66, 0.42)
        paint_blossom(canvas, cat.figure, Spot(at, (1.0, 0.0), (0.0, 1.0), 1.0), 0.26, 8 * s)
