"""The face itself: contour, skin, light and shade, ears, nose, blush."""

import skia

from data.drawn.color import mix, oklch
from data.drawn.figure import Figure
from data.drawn.geometry import Point, lerp
from data.drawn.ink import fill, linear, oval, radial, smooth, stroke, tapered


def contour_points(figure: Figure) -> list[Point]:
    """The face from the viewer's left temple round the chin to the right temple, plane coordinates."""
    p, turn = figure.parameters, figure.pose.turn
    length = p.face_length
    # (half width, height, how far a turn carries it): the temples stay, the chin goes with the face.
    side = (
        (1.0, -0.5, 0.0),
        (lerp(0.95, 0.98, p.cheek), 0.05, 0.04),
        (lerp(0.82, 0.90, p.cheek) - 0.02 * p.face_point, 0.40, 0.16),
        (lerp(0.55, 0.67, p.cheek) - 0.08 * p.face_point, length * 0.71, 0.33),
        (lerp(0.235, 0.14, p.face_point), length * 0.94, 0.47),
    )
    drop = 0.8 * figure.pose.nod

    def point(sign: float, half: float, y: float, carry: float) -> Point:
        far = sign * turn > 0
        # The far cheek is a little fuller and the near jaw flatter, as in the three-quarter view.
        return sign * half * (1 - (0.10 if far else 0.02) * abs(turn)) + carry * turn, y + drop * carry

    left = [point(-1.0, *row) for row in side]
    right = [point(1.0, *row) for row in side]
    return [*left, figure.chin, *right[::-1]]


def contour(figure: Figure) -> skia.Path:
    """The face as a closed shape; its upper edge lies under the hair."""
    points = contour_points(figure)
    x, y, half, height = figure.skull
    return smooth([*points, (x + 0.6 * half, y - 0.6 * height), (x - 0.6 * half, y - 0.6 * height)], closed=True)


def draw_ears(canvas: skia.Canvas, figure: Figure) -> None:
    """Human ears at the sides, the far one gone when the head is turned."""
    if figure.parameters.ears != "human":
        return
    turn, skin = figure.pose.turn, figure.skin
    for sign in (-1.0, 1.0):
        if sign * turn > 0.2:
            continue
        x = sign * 1.0 + 0.10 * turn
        y = 0.14 - 0.15 * figure.pose.nod
        edge = ((-0.10, -0.20), (0.10, -0.26), (0.17, -0.08), (0.08, 0.2), (-0.06, 0.26))
        ear = smooth([(x + sign * a, y + b) for a, b in edge], closed=True)
        fill(canvas, ear, skin.base)
        fill(
            canvas,
            smooth([(x, y - 0.12), (x + sign * 0.09, y - 0.13), (x + sign * 0.04, y + 0.1)], closed=True),
            skin.shade,
        )
        stroke(canvas, ear, skin.line, figure.line)


def draw_skin(canvas: skia.Canvas, figure: Figure, face: skia.Path, fringe: list[skia.Path]) -> None:
    """Skin in light and shade, with the shadow that the fringe throws, and the blush."""
    p, skin, pose = figure.parameters, figure.skin, figure.pose
    fill(canvas, face, skin.base)
    canvas.save()
    canvas.clipPath(face, doAntiAlias=True)
    # Cel shade: all of the face that a copy of it, moved toward the light, leaves uncovered.
    shade = skia.Path(face)
    shade.offset(0.11 * p.light, -0.05)
    shade.addRect(skia.Rect.MakeLTRB(-3, -3, 3, 3))
    shade.setFillType(skia.PathFillType.kEvenOdd)
    fill(canvas, shade, skin.shade, lerp(0.5, 0.9, p.shade))
    # Round the cheeks a little more softly.
    fill(canvas, face, linear((-p.light, 0), (p.light, 0), [(0.0, skin.shade, 0.35), (0.45, skin.shade, 0.0)]))
    for lock in fringe:
        shadow = skia.Path(lock)
        shadow.offset(-0.05 * p.light, 0.085)
        fill(canvas, shadow, skin.shade)
    blush = mix(oklch(0.70, 0.17, 20), skin.shade, 0.25 + 0.3 * p.skin_tone)
    for sign in (-1.0, 1.0):
        x, y = pose.place(0.58 * sign, 0.45 * p.face_length)
        narrow = pose.narrowing(0.58 * sign)
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(narrow, 0.62)
        fill(canvas, oval(0, 0, 0.30, 0.30), radial((0, 0), 0.30, [(0, blush, 0.75 * p.blush), (1, blush, 0.0)]))
        canvas.restore()
        if p.blush > 0.72:
            for i in (-1, 0, 1):
                line = tapered(
                    [
                        (x + 0.07 * i * narrow + 0.02, y - 0.05),
                        (x + 0.07 * i * narrow, y),
                        (x + 0.07 * i * narrow - 0.02, y + 0.04),
                    ],
                    0.022,
                )
                fill(canvas, line, mix(blush, skin.line, 0.25), 0.8)
    canvas.restore()


def draw_contour(canvas: skia.Canvas, figure: Figure) -> None:
    """The line of jaw and cheeks."""
    stroke(canvas, smooth(contour_points(figure)), figure.skin.line, figure.line)


def draw_nose(canvas: skia.Canvas, figure: Figure) -> None:
    """A dot, a small shadow, or a light on the tip."""
    p, pose, skin = figure.parameters, figure.pose, figure.skin
    x, y = pose.place(0.0, 0.41 * p.face_length, 0.76)
    turned = 1.0 if pose.turn > 0.08 else -1.0 if pose.turn < -0.08 else -p.light
    turned = 1.0 if turned >= 0 else -1.0
    if p.nose < 0.3:
        fill(canvas, oval(x, y, 0.022, 0.018), skin.line, 0.75)
        return
    if p.nose < 0.7:
        wing = tapered([(x - 0.005 * turned, y - 0.07), (x + 0.03 * turned, y), (x - 0.03 * turned, y + 0.03)], 0.035)
        fill(canvas, wing, mix(skin.deep, skin.line, 0.45))
        return
    shadow = smooth(
        [(x, y - 0.04), (x + 0.055 * turned, y + 0.02), (x, y + 0.05), (x - 0.045 * turned, y + 0.03)], closed=True
    )
    fill(canvas, shadow, skin.deep)
    fill(canvas, oval(x - 0.015 * turned, y - 0.05, 0.018, 0.025), (255, 255, 255), 0.7)
