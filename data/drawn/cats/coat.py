"""Coats: where the marks of each lie on the head, as shapes on its round that turn with it."""

import math
from collections.abc import Callable

import skia

from data.drawn.cats.cat import Cat
from data.drawn.color import RGB, mix, to_oklch
from data.drawn.figure import Tones
from data.drawn.geometry import Point, lerp
from data.drawn.ink import fill, linear, radial, tapered, unlit


def _blob(cat: Cat, name: str, x: float, y: float, rx: float, ry: float, n: int = 9) -> skia.Path:
    """A patch with an uneven edge."""
    d = cat.figure.dice
    points = []
    for i in range(n):
        a = math.tau * i / n
        r = 0.84 + 0.32 * d.unit(f"{name}.{i}")
        points.append((x + rx * r * math.sin(a), y - ry * r * math.cos(a)))
    return cat.patch(points)


def _stripe(
    canvas: skia.Canvas,
    cat: Cat,
    points: list[Point],
    width: float,
    head: float = 0.2,
    tail: float = 0.1,
    alpha: float = 1.0,
) -> None:
    fill(canvas, tapered([cat.place(x, y) for x, y in points], width, head, tail), cat.mark.base, alpha)


def _solid(canvas: skia.Canvas, cat: Cat) -> None:
    pass


def _tabby(canvas: skia.Canvas, cat: Cat) -> None:
    d, y = cat.figure.dice, cat.eye_y
    bold = d.uniform("tabby.bold", 0.8, 1.25)
    # The M of the brow and the stripes over the crown.
    _stripe(canvas, cat, [(0.0, -0.98), (0.01, -0.70), (0.0, y - 0.38)], 0.135 * bold, 0.9, 0.05)
    for s in (-1.0, 1.0):
        lean = 0.03 * (2 * d.unit(f"tabby.{s}") - 1)
        _stripe(
            canvas, cat, [(0.22 * s, -1.0), (0.20 * s + lean, -0.72), (0.13 * s, y - 0.42)], 0.125 * bold, 0.9, 0.05
        )
        _stripe(
            canvas, cat, [(0.44 * s, -0.94), (0.42 * s + lean, -0.72), (0.34 * s, y - 0.46)], 0.105 * bold, 0.9, 0.05
        )
        # From the eye's outer corner, and over the cheeks.
        _stripe(canvas, cat, [(0.78 * s, y + 0.02), (0.95 * s, y + 0.05), (1.18 * s, y - 0.02)], 0.075 * bold, 0.1, 0.7)
        _stripe(canvas, cat, [(0.70 * s, y + 0.24), (0.90 * s, y + 0.30), (1.20 * s, y + 0.24)], 0.090 * bold, 0.1, 0.7)
        _stripe(canvas, cat, [(0.62 * s, y + 0.44), (0.82 * s, y + 0.52), (1.10 * s, y + 0.52)], 0.080 * bold, 0.1, 0.7)
        _stripe(canvas, cat, [(0.88 * s, -0.66), (0.86 * s, -0.48), (0.74 * s, -0.36)], 0.085 * bold, 0.8, 0.1)
        # Pale fur round the eyes.
        x, top = 0.47 * s, y - 0.30
        fill(
            canvas,
            cat.patch(
                [
                    (x - 0.20, top + 0.04),
                    (x, top - 0.05),
                    (x + 0.20, top + 0.04),
                    (x + 0.12, top + 0.14),
                    (x - 0.12, top + 0.14),
                ]
            ),
            mix(cat.coat.base, cat.pale.base, 0.55),
            0.9,
        )


def _calico(canvas: skia.Canvas, cat: Cat) -> None:
    d = cat.figure.dice
    s = 1.0 if d.chance("calico.side", 0.5) else -1.0
    wide = d.uniform("calico.wide", 0.36, 0.5)
    fill(canvas, _blob(cat, "calico.a", 0.62 * s, -0.42, wide + 0.08, 0.62), cat.mark.base)
    fill(canvas, _blob(cat, "calico.b", -0.72 * s, -0.58, 0.46, 0.46), cat.other.base)
    if d.chance("calico.more", 0.6):
        fill(canvas, _blob(cat, "calico.c", -1.0 * s, 0.30, 0.22, 0.2), cat.mark.base)


def _van(canvas: skia.Canvas, cat: Cat) -> None:
    for s in (-1.0, 1.0):
        fill(canvas, _blob(cat, f"van.{s}", 0.56 * s, -0.80, 0.42, 0.38), cat.mark.base)


def _tortoiseshell(canvas: skia.Canvas, cat: Cat) -> None:
    d = cat.figure.dice
    s = 1.0 if d.chance("tortie.side", 0.5) else -1.0
    warm = mix(cat.mark.base, cat.coat.base, 0.12)
    for i, (x, y, rx, ry) in enumerate(
        (
            (0.58, 0.10, 0.34, 0.40),
            (-0.30, -0.62, 0.26, 0.24),
            (0.26, 0.62, 0.24, 0.18),
            (-0.86, 0.22, 0.22, 0.20),
            (0.76, -0.56, 0.20, 0.22),
            (-0.34, 0.40, 0.13, 0.12),
            (-0.10, -0.24, 0.10, 0.15),
        )
    ):
        shake = 0.10 * (2 * d.unit(f"tortie.{i}") - 1)
        fill(canvas, _blob(cat, f"tortie.{i}", s * (x + shake), y + shake, rx, ry), warm)
    for i in range(6):
        x, y = 1.8 * d.unit(f"fleck.x{i}") - 0.9, 1.4 * d.unit(f"fleck.y{i}") - 0.8
        _stripe(canvas, cat, [(x, y - 0.08), (x + 0.02, y), (x, y + 0.08)], 0.05, 0.1, 0.1, 0.8)


def _siamese(canvas: skia.Canvas, cat: Cat) -> None:
    mark = cat.mark.base
    x, y = cat.place(0.0, cat.eye_y + 0.22, 0.1)
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(0.86 * cat.narrowing(0.0), 0.84)
    canvas.translate(-x, -y)
    reach = 0.80 + 0.16 * cat.figure.dice.unit("points")
    stops = [(0.0, mark, 1.0), (0.42, mark, 0.92), (0.72, mark, 0.42), (1.0, mark, 0.0)]
    fill(canvas, skia.Path().addCircle(x, y, 1.3), radial((x, y), reach, stops))
    canvas.restore()


_MARKS: dict[str, Callable[[skia.Canvas, Cat], None]] = {
    "solid": _solid, "tabby": _tabby, "tuxedo": _solid, "calico": _calico, "siamese": _siamese,
    "tortoiseshell": _tortoiseshell, "van": _van,
}  # fmt: skip


def _blaze(canvas: skia.Canvas, cat: Cat) -> None:
    """White from the chin over the muzzle, and up between the eyes."""
    w, d = cat.white, cat.figure.dice
    top = lerp(cat.eye_y + 0.20, -0.62, max(0.0, (w - 0.2) / 0.8))
    neck = lerp(0.05, 0.13, w)
    wide = lerp(0.34, 0.60, w)
    y = cat.eye_y
    sway = 0.05 * (2 * d.unit("blaze") - 1)
    points = [
        (sway, top), (neck, lerp(top, y + 0.1, 0.6)), (neck + 0.08, y + 0.18), (wide, y + 0.38),
        (wide + 0.06, y + 0.60), (0.40, 1.02),
        (-0.40, 1.02), (-wide - 0.06, y + 0.60), (-wide, y + 0.38), (-neck - 0.08, y + 0.18),
        (-neck, lerp(top, y + 0.1, 0.6)),
    ]  # fmt: skip
    fill(canvas, cat.patch(points), cat.pale.base)


def paint_coat(canvas: skia.Canvas, cat: Cat) -> None:
    """Fur and marks of the head, with the shade over them; no outline."""
    p, manner = cat.parameters, cat.figure.manner
    coat = cat.coat
    head = cat.head
    fill(canvas, head, coat.base)
    canvas.save()
    canvas.clipPath(head, doAntiAlias=True)
    if p.coat == "tabby":
        # Tabbies are paler below.
        fill(canvas, head, linear((0, 0.0), (0, 0.85), [(0, cat.pale.base, 0.0), (1, cat.pale.base, 0.45)]))
    _MARKS[p.coat](canvas, cat)
    if cat.white > 0:
        _blaze(canvas, cat)
    _muzzle(canvas, cat)
    _shade(canvas, cat, head, manner.soft)
    canvas.restore()


def _muzzle(canvas: skia.Canvas, cat: Cat) -> None:
    """The two cushions under the nose, paler than the fur round them."""
    p = cat.parameters
    x, y = cat.mouth
    dark = p.coat == "siamese"
    pale = mix(cat.coat.base, cat.pale.base, 0.75) if not dark else mix(cat.mark.base, cat.coat.base, 0.25)
    strong = 0.25 if p.coat in ("solid", "tortoiseshell") and to_oklch(p.coat_rgb)[0] < 0.6 else 0.5 if dark else 0.9
    size = lerp(0.24, 0.30, p.muzzle)
    n = cat.narrowing(0.0)
    for s in (-1.0, 1.0):
        cx, cy = x + s * 0.165 * n, y - 0.01
        path = skia.Path()
        path.addOval(skia.Rect.MakeLTRB(cx - size * n, cy - 0.78 * size, cx + size * n, cy + 0.80 * size))
        fill(canvas, path, radial((cx, cy), size, [(0, pale, strong), (0.6, pale, 0.8 * strong), (1, pale, 0.0)]))


def _shade(canvas: skia.Canvas, cat: Cat, head: skia.Path, soft: float) -> None:
    p, manner = cat.parameters, cat.figure.manner
    # One shade for all fur, so that marks keep their colours in it.
    tone = _shadow(cat)
    dark = unlit(head, 0.13 * p.light, -0.05)
    strength = min(0.9, lerp(0.26, 0.44, p.shade) * manner.shade)
    fill(canvas, dark, tone, strength, soft)
    fill(canvas, head, linear((-0.4 * p.light, 0), (1.1 * -p.light, 0), [(0, tone, 0.0), (1, tone, 0.5 * strength)]))
    fill(canvas, head, linear((0, 0.55), (0, 0.95), [(0, tone, 0.0), (1, tone, 0.6 * strength)]))
    at = (0.45 * p.light, -0.62)
    fill(
        canvas,
        head,
        radial(at, 0.85, [(0, cat.coat.light, 0.45), (1, cat.coat.light, 0.0)]),
        0.4 + 0.6 * min(1.0, manner.gloss),
    )
    # Short strokes of fur where light turns into shade.
    if cat.size > 100:
        d, way = cat.figure.dice, -1.0 if p.light > 0 else 1.0
        for i in range(7):
            y = lerp(-0.55, 0.62, (i + d.unit(f"tick.{i}")) / 7)
            x = way * cat.wide * math.sqrt(max(0.1, 1 - (y / 1.02) ** 2)) * 0.86 + 0.1 * cat.pose.turn
            fill(
                canvas,
                tapered([(x - way * 0.07, y - 0.05), (x, y - 0.01), (x + way * 0.06, y + 0.06)], 0.035, 0.0, 0.6),
                tone,
                0.8 * strength,
                0.5 * soft,
            )


def _shadow(cat: Cat) -> RGB:
    return mix(cat.coat.deep, (96, 70, 120), 0.45)


def ear_tones(cat: Cat, sign: float) -> Tones:
    """The fur of one ear."""
    p, d = cat.parameters, cat.figure.dice
    if p.coat in ("siamese", "van"):
        return cat.mark
    if p.coat == "calico":
        return cat.mark if sign == (1.0 if d.chance("calico.side", 0.5) else -1.0) else cat.other
    if p.coat == "tortoiseshell" and sign == (1.0 if d.chance("tortie.ear", 0.5) else -1.0):
        return cat.tones(mix(p.mark_rgb, p.coat_rgb, 0.12))
    return cat.coat


def chest_tones(cat: Cat) -> Tones:
    """The fur below the chin."""
    return cat.pale if cat.white > 0.25 else cat.coat
