"""The face itself: contour, skin, light and shade, ears, nose, blush."""

import skia

from data.drawn.color import mix, oklch
from data.drawn.figure import Figure
from data.drawn.geometry import Point, lerp
from data.drawn.ink import fill, linear, oval, radial, smooth, stroke, tapered, unlit

# The right half of a face looking at the viewer, and both sides of one turned 35 degrees to the right: x, y.
_FRONT = ((0.945, -0.62), (0.965, -0.20), (0.945, 0.14), (0.845, 0.44), (0.555, 0.765), (0.20, 0.955))
_FAR = ((0.92, -0.62), (0.865, -0.16), (0.905, 0.14), (0.88, 0.42), (0.70, 0.73), (0.47, 0.955))
_NEAR = ((0.92, -0.62), (0.91, -0.20), (0.88, 0.18), (0.79, 0.48), (0.42, 0.80), (0.04, 0.98))


def contour_points(figure: Figure) -> list[Point]:
    """The face from the viewer's left temple round the chin to the right temple, plane coordinates."""
    p, turn = figure.parameters, figure.pose.turn
    share = min(1.0, abs(turn) / 0.5736)
    way = 1.0 if turn >= 0 else -1.0
    # Round cheeks and a narrow chin are the young face; the jaw stands out in the masculine one.
    full = 0.045 * (p.cheek - 0.4) + 0.04 * (figure.youth - 0.4)
    jaw = 0.10 * p.masculine - 0.06 * (p.face_point - 0.4) + 0.03 * (figure.youth - 0.5)
    tip = 0.11 * p.masculine - 0.15 * (p.face_point - 0.5) + 0.05 * (p.cheek - 0.5)
    swell = (0.0, 0.0, 0.3 * full, full, 0.8 * full + jaw, tip)

    def side(sign: float) -> list[Point]:
        turned = _FAR if sign * way > 0 else _NEAR
        points = []
        for i, ((fx, fy), (tx, ty)) in enumerate(zip(_FRONT, turned, strict=True)):
            x, y = lerp(fx, tx, share) + swell[i] * (1.0 if i < 5 else 1 - 0.6 * share), lerp(fy, ty, share)
            y = y * figure.length if y > 0 else y
            carry = (0.0, 0.15, 0.25, 0.32, 0.42, 0.5)[i]
            points.append((sign * x, y + carry * figure.pose.nod))
        return points

    return [*side(-1.0), figure.chin, *side(1.0)[::-1]]


def contour(figure: Figure) -> skia.Path:
    """The face as a closed shape; its upper edge lies under the hair."""
    points = contour_points(figure)
    x, y, half, height = figure.skull
    top = y - 0.5 * height
    return smooth([*points, (x + 0.62 * half, top), (x - 0.62 * half, top)], closed=True)


def draw_ears(canvas: skia.Canvas, figure: Figure) -> None:
    """Human and elf ears at the sides, the far one gone when the head is turned."""
    p, skin, pose = figure.parameters, figure.skin, figure.pose
    if p.ears == "cat":
        return
    for sign in (-1.0, 1.0):
        if sign * pose.turn > 0.25:
            continue
        x, y = pose.project(sign * 0.97, 0.16, -0.02)
        if p.ears == "elf":
            edge = ((-0.08, -0.16), (0.12, -0.32), (0.44, -0.50), (0.26, -0.06), (0.09, 0.18), (-0.06, 0.24))
            inner = ((0.02, -0.12), (0.16, -0.24), (0.33, -0.40), (0.18, -0.06), (0.07, 0.08))
        else:
            edge = ((-0.08, -0.18), (0.09, -0.25), (0.17, -0.08), (0.09, 0.17), (-0.05, 0.25))
            inner = ((0.02, -0.12), (0.09, -0.15), (0.11, -0.04), (0.05, 0.10))
        ear = smooth([(x + sign * a, y + b) for a, b in edge], closed=True)
        fill(canvas, ear, skin.base)
        fill(canvas, smooth([(x + sign * a, y + b) for a, b in inner], closed=True), skin.shade)
        stroke(canvas, ear, skin.line, figure.line)


def draw_skin(canvas: skia.Canvas, figure: Figure, face: skia.Path, fringe: list[skia.Path]) -> None:
    """Skin in light and shade, with the shadow that the fringe throws, and the blush."""
    p, skin, manner = figure.parameters, figure.skin, figure.manner
    fill(canvas, face, skin.base)
    canvas.save()
    canvas.clipPath(face, doAntiAlias=True)
    shade = unlit(face, 0.09 * p.light, -0.035)
    fill(canvas, shade, skin.shade, min(1.0, lerp(0.5, 0.85, p.shade) * manner.shade), manner.soft)
    # Round the cheeks a little more softly, warm towards the chin.
    fill(canvas, face, linear((-p.light, 0), (p.light, 0), [(0.0, skin.shade, 0.40), (0.5, skin.shade, 0.0)]))
    fill(canvas, face, linear((0, 0.3), (0, 1.05), [(0.0, skin.shade, 0.0), (1.0, skin.shade, 0.30)]))
    thrown = skia.Path()
    for lock in fringe:
        thrown.addPath(lock)
    thrown.offset(-0.04 * p.light, 0.075)
    thrown.setFillType(skia.PathFillType.kWinding)
    fill(canvas, thrown, skin.shade, min(1.0, 0.95 * manner.shade), 0.5 * manner.soft)
    _blush(canvas, figure)
    canvas.restore()


def _blush(canvas: skia.Canvas, figure: Figure) -> None:
    p, skin, pose = figure.parameters, figure.skin, figure.pose
    tone = mix(oklch(0.72, 0.155, 18), skin.shade, 0.2 + 0.3 * p.skin_tone)
    for sign in (-1.0, 1.0):
        x, y = pose.place(0.60 * sign, figure.eye_y + 0.36 * figure.length)
        narrow = pose.narrowing(0.60 * sign)
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(narrow, 0.58)
        fill(
            canvas,
            oval(0, 0, 0.30, 0.30),
            radial((0, 0), 0.30, [(0, tone, 0.62 * p.blush), (0.5, tone, 0.36 * p.blush), (1, tone, 0.0)]),
        )
        canvas.restore()
        if p.blush > 0.72:
            for i in (-1, 0, 1):
                at = x + 0.075 * i * narrow
                line = tapered([(at + 0.02, y - 0.05), (at, y), (at - 0.02, y + 0.04)], 0.02)
                fill(canvas, line, mix(tone, skin.line, 0.25), 0.75)


def draw_contour(canvas: skia.Canvas, figure: Figure) -> None:
    """The line of jaw and cheeks: heaviest under the chin."""
    points = contour_points(figure)
    fill(canvas, tapered(points, 1.25 * figure.line, 0.55, 0.55), figure.skin.line)


def draw_nose(canvas: skia.Canvas, figure: Figure) -> None:
    """A dot, a small shadow, or a light on the tip."""
    p, pose, skin = figure.parameters, figure.pose, figure.skin
    x, y = pose.place(0.0, figure.eye_y + 0.40 * figure.length - 0.02, 0.78)
    way = 1.0 if pose.turn > 0.05 else -1.0 if pose.turn < -0.05 else -p.light
    way = 1.0 if way >= 0 else -1.0
    size = 0.8 + 0.5 * p.age + 0.3 * p.masculine
    tone = mix(skin.deep, skin.line, 0.35)
    if p.nose < 0.35:
        fill(canvas, oval(x, y, 0.018 * size, 0.015 * size), mix(skin.deep, skin.line, 0.6), 0.9)
    elif p.nose < 0.75:
        wing = [(x - 0.012 * way, y - 0.05 * size), (x + 0.028 * way * size, y), (x - 0.022 * way, y + 0.022)]
        fill(canvas, tapered(wing, 0.026 * size, 0.1, 0.3), tone)
    else:
        shadow = [(x - 0.01 * way, y - 0.05), (x + 0.05 * way * size, y + 0.012), (x - 0.03 * way, y + 0.028)]
        fill(canvas, smooth(shadow, closed=True), skin.deep, 0.85)
    if p.nose > 0.5:
        fill(canvas, oval(x - 0.012 * way, y - 0.045, 0.014, 0.018), skin.light, 0.9)
    if p.masculine > 0.5 and p.age > 0.5:
        bridge = [(x + 0.03 * way, y - 0.34), (x + 0.035 * way, y - 0.22), (x + 0.02 * way, y - 0.1)]
        fill(canvas, tapered(bridge, 0.018, 0.0, 0.0), tone, 0.5)
