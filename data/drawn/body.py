"""Neck, shoulders and what is worn on them: all that a face crop shows of the body."""

from collections.abc import Callable

import skia

from data.drawn.color import mix
from data.drawn.figure import Figure, Tones
from data.drawn.ink import fill, smooth, stroke, tapered


def _cloth(figure: Figure) -> Tones:
    p = figure.parameters
    return figure.cloth


def _shoulders(x: float) -> skia.Path:
    path = skia.Path()
    path.moveTo(x - 0.42, 1.30)
    path.cubicTo(x - 0.8, 1.42, x - 1.35, 1.46, x - 1.65, 2.4)
    path.lineTo(x + 1.65, 2.4)
    path.cubicTo(x + 1.35, 1.46, x + 0.8, 1.42, x + 0.42, 1.30)
    path.close()
    return path


def _sailor(canvas: skia.Canvas, figure: Figure, x: float, cloth: Tones) -> None:
    for sign in (-1, 1):
        flap = smooth(
            [(x + sign * 0.40, 1.24), (x + sign * 0.95, 1.44), (x + sign * 0.9, 2.1), (x, 1.95), (x + sign * 0.2, 1.6)],
            closed=True,
        )
        fill(canvas, flap, cloth.base)
        stroke(canvas, flap, cloth.line, figure.line)
        fill(
            canvas,
            tapered([(x + sign * 0.52, 1.38), (x + sign * 0.36, 1.68), (x + sign * 0.08, 1.92)], 0.05, 1, 1),
            (250, 250, 250),
        )
    knot = smooth([(x - 0.24, 1.72), (x, 1.80), (x + 0.24, 1.72), (x + 0.20, 2.0), (x - 0.20, 2.0)], closed=True)
    fill(canvas, knot, figure.parameters.accent_rgb)


def _shirt(canvas: skia.Canvas, figure: Figure, x: float, cloth: Tones) -> None:
    for sign in (-1, 1):
        flap = skia.Path()
        flap.addPoly(
            [skia.Point(x + sign * a, b) for a, b in ((0.36, 1.16), (0.62, 1.36), (0.46, 1.74), (0.02, 1.52))], True
        )
        fill(canvas, flap, (250, 250, 252))
        stroke(canvas, flap, cloth.line, figure.line)
    tie = skia.Path()
    tie.addPoly([skia.Point(x + a, b) for a, b in ((-0.10, 1.50), (0.10, 1.50), (0.20, 2.2), (-0.20, 2.2))], True)
    fill(canvas, tie, figure.parameters.accent_rgb)


def _crew(canvas: skia.Canvas, figure: Figure, x: float, cloth: Tones) -> None:
    band = tapered([(x - 0.44, 1.28), (x - 0.24, 1.42), (x, 1.47), (x + 0.24, 1.42), (x + 0.44, 1.28)], 0.14, 1, 1)
    fill(canvas, band, mix(cloth.base, cloth.light, 0.4))
    stroke(canvas, band, cloth.line, figure.line)


def _off_shoulder(canvas: skia.Canvas, figure: Figure, x: float, cloth: Tones) -> None:
    choker = tapered([(x - 0.32, 1.16), (x, 1.25), (x + 0.32, 1.16)], 0.10, 1, 1)
    fill(canvas, choker, figure.parameters.accent_rgb)
    stroke(canvas, choker, cloth.line, figure.line * 0.7)


def _hoodie(canvas: skia.Canvas, figure: Figure, x: float, cloth: Tones) -> None:
    for sign in (-1, 1):
        hood = smooth(
            [
                (x + sign * 0.38, 1.12),
                (x + sign * 0.85, 1.20),
                (x + sign * 0.98, 1.46),
                (x + sign * 0.5, 1.60),
                (x + sign * 0.08, 1.62),
            ],
            closed=True,
        )
        fill(canvas, hood, cloth.base)
        stroke(canvas, hood, cloth.line, figure.line)
        fill(
            canvas,
            tapered([(x + sign * 0.24, 1.56), (x + sign * 0.26, 1.8), (x + sign * 0.22, 2.0)], 0.06, 1, 1),
            (250, 250, 250),
        )


_COLLARS: dict[str, Callable[[skia.Canvas, Figure, float, Tones], None]] = {
    "sailor": _sailor, "shirt": _shirt, "crew": _crew, "off_shoulder": _off_shoulder, "hoodie": _hoodie,
    "turtleneck": _crew, "kimono": _crew, "jacket": _shirt,
}  # fmt: skip


def draw_body(canvas: skia.Canvas, figure: Figure) -> None:
    """Neck and shoulders, upright under a head that may lean."""
    p, skin = figure.parameters, figure.skin
    cloth = _cloth(figure)
    x = 0.10 * figure.pose.turn
    bare = p.collar == "off_shoulder"
    neck = skia.Path()
    neck.moveTo(x - 0.34, 0.5)
    neck.cubicTo(x - 0.30, 1.1, x - 0.36, 1.25, x - 0.62, 1.40)
    neck.lineTo(x - 0.2, 2.3)
    neck.lineTo(x + 0.2, 2.3)
    neck.lineTo(x + 0.62, 1.40)
    neck.cubicTo(x + 0.36, 1.25, x + 0.30, 1.1, x + 0.34, 0.5)
    neck.close()
    torso = _shoulders(x)
    fill(
        canvas,
        torso,
        skin.base if bare else mix(cloth.base, (250, 250, 250), 0.85) if p.collar == "sailor" else cloth.base,
    )
    stroke(canvas, torso, skin.line if bare else cloth.line, figure.line)
    fill(canvas, neck, skin.base)
    # The head's shadow on the neck.
    canvas.save()
    canvas.clipPath(neck, doAntiAlias=True)
    chin = figure.chin
    throw = smooth(
        [
            (x - 0.7, 0.4),
            (x - 0.5, chin[1] - 0.02),
            (x - 0.08 * p.light, chin[1] + 0.20),
            (x + 0.5, chin[1] - 0.02),
            (x + 0.7, 0.4),
        ],
        closed=True,
    )
    fill(canvas, throw, mix(skin.shade, skin.deep, 0.55))
    canvas.restore()
    sides = skia.Path()
    for sign in (-1, 1):
        sides.moveTo(x + sign * 0.34, 0.5)
        sides.cubicTo(x + sign * 0.30, 1.1, x + sign * 0.36, 1.25, x + sign * 0.5, 1.34)
    stroke(canvas, sides, skin.line, figure.line)
    if bare:
        for sign in (-1, 1):
            fill(
                canvas,
                tapered([(x + sign * 0.12, 1.52), (x + sign * 0.4, 1.46), (x + sign * 0.75, 1.48)], 0.03, 0.2, 0.1),
                skin.line,
                0.8,
            )
    _COLLARS[p.collar](canvas, figure, x, cloth)
