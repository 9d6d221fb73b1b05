"""What covers part of the face: a medical mask, an eyepatch."""

import skia

from data.drawn.color import RGB, mix, oklch
from data.drawn.face.contour import contour_points
from data.drawn.face.eyes import place_eye
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point, between, lerp
from data.drawn.ink import fill, radial, smooth, strip, stroke, tapered, unlit
from data.drawn.worn.solid import shape, solid


def _mask_tones(figure: Figure) -> Tones:
    kind = figure.dice.weigh("mask", {"white": 2.0, "black": 1.0, "pink": 0.6, "blue": 0.6, "mint": 0.4, "lilac": 0.4})
    color: RGB = {
        "white": oklch(0.975, 0.005, 250), "black": oklch(0.33, 0.012, 280), "pink": oklch(0.90, 0.045, 8),
        "blue": oklch(0.90, 0.04, 235), "mint": oklch(0.92, 0.04, 165), "lilac": oklch(0.89, 0.045, 300),
    }[kind]  # fmt: skip
    return figure.tones(color)


def _upper(figure: Figure) -> list[Point]:
    """The upper hem: over the nose, under the eyes, to the cheeks."""
    place, length, y = figure.pose.place, figure.length, figure.eye_y
    lower_lid = max(place_eye(figure, s).half_height for s in (-1.0, 1.0))
    under = y + max(0.30, lower_lid + 0.05)
    nose = min(under - 0.02, y + 0.27 * length)
    return [
        place(-0.90, under + 0.06), place(-0.55, under + 0.045), place(-0.22, lerp(under, nose, 0.6)),
        place(0.0, nose, 0.80),
        place(0.22, lerp(under, nose, 0.6)), place(0.55, under + 0.045), place(0.90, under + 0.06),
    ]  # fmt: skip


def _lower(figure: Figure) -> list[Point]:
    """The lower hem: along the jaw and round the chin, a little wider than they are."""
    points = contour_points(figure)
    left, right = points[3:6], points[7:10]
    middle = points[6]
    hem = [*left, (middle[0], middle[1] - 0.005), *right]
    x0 = middle[0]
    grown = [(x0 + (x - x0) * 1.015, y + 0.012) for x, y in hem]
    # The sides of the mask end on the jaw, not at its corner.
    grown[0], grown[-1] = between(grown[0], grown[1], 0.52), between(grown[-1], grown[-2], 0.52)
    return grown


def _draw_medical(canvas: skia.Canvas, figure: Figure) -> None:
    tones, p, manner = _mask_tones(figure), figure.parameters, figure.manner
    upper, lower = _upper(figure), _lower(figure)
    # The hem may not stand out beyond the cheeks.
    edge = contour_points(figure)
    left, right = edge[3][0] - 0.01, edge[9][0] + 0.01
    upper = [(min(max(x, left), right), y) for x, y in upper]
    _straps(canvas, figure, upper, lower, tones)
    mask = strip(upper, lower)
    shadow = skia.Path(mask)
    shadow.offset(-0.02 * p.light, -0.025)
    fill(canvas, shadow, figure.skin.shade, 0.55 * manner.shade, 0.02 + 0.3 * manner.soft)
    fill(canvas, mask, tones.base)
    canvas.save()
    canvas.clipPath(mask, doAntiAlias=True)
    dark = unlit(mask, 0.12 * p.light, -0.04)
    fill(canvas, dark, tones.shade, min(1.0, lerp(0.6, 0.9, p.shade) * manner.shade), manner.soft)
    x, y = upper[3]
    fill(canvas, mask, radial((x + 0.1 * p.light, y + 0.2), 0.45, [(0, tones.light, 0.8), (1, tones.light, 0.0)]))
    for share, weight in ((0.34, 0.9), (0.56, 1.0), (0.76, 0.8)):
        fold = [(lerp(a[0], b[0], share), lerp(a[1], b[1], share)) for a, b in zip(upper, lower, strict=True)]
        fill(canvas, tapered(fold, 0.030 * weight, 0.7, 0.7), tones.shade, 1.0)
        fill(canvas, tapered([(px, py + 0.014) for px, py in fold], 0.012, 0.7, 0.7), tones.deep, 0.55)
    wire = [(lerp(a[0], b[0], 0.07), lerp(a[1], b[1], 0.07)) for a, b in zip(upper, lower, strict=True)][2:5]
    fill(canvas, tapered(wire, 0.022, 0.1, 0.1), tones.shade)
    canvas.restore()
    stroke(canvas, mask, tones.line, 0.9 * figure.line)


def _straps(canvas: skia.Canvas, figure: Figure, upper: list[Point], lower: list[Point], tones: Tones) -> None:
    for sign, i in ((-1.0, 0), (1.0, -1)):
        if sign * figure.pose.turn > 0.3:
            continue
        for start, height in ((upper[i], 0.0), (lower[i], 0.26)):
            ear = figure.pose.project(sign * 1.02, figure.eye_y + height, -0.05)
            middle = ((start[0] + ear[0]) / 2, (start[1] + ear[1]) / 2 + 0.03)
            line = [start, middle, ear]
            fill(canvas, tapered(line, 0.035 + 1.2 * figure.line, 0.9, 0.9), tones.line)
            fill(canvas, tapered(line, 0.03, 0.9, 0.9), mix(tones.base, tones.shade, 0.3))


_PAD = shape(
    (-0.98, -0.30),
    (-1.0, -0.86, -0.5, -1.02, 0.0, -1.0),
    (0.5, -1.02, 1.0, -0.86, 0.98, -0.30),
    (1.0, 0.50, 0.44, 1.02, 0.0, 1.02),
    (-0.44, 1.02, -1.0, 0.50, -0.98, -0.30),
)


def covered_eye(figure: Figure) -> float:
    """The side of the eye under the patch, -1 the viewer's left, 1 the right; 0 where there is no patch."""
    if figure.parameters.mask != "eyepatch":
        return 0.0
    return 1.0 if figure.dice.chance("patch.side", 0.5) else -1.0


def _draw_eyepatch(canvas: skia.Canvas, figure: Figure) -> None:
    d, p = figure.dice, figure.parameters
    sign = covered_eye(figure)
    white = d.chance("patch.white", 0.55)
    tones = figure.tones(oklch(0.975, 0.006, 90) if white else oklch(0.30, 0.02, 300))
    eye = place_eye(figure, sign)
    x, y = eye.x + 0.02 * sign, eye.y + 0.0
    rx, ry = (
        max(eye.half_width * 1.2, 0.33 * figure.pose.narrowing(sign * p.eye_gap)),
        max(0.31, eye.half_height * 1.08),
    )
    outer = figure.pose.project(sign * 1.03, figure.eye_y - (0.02 if white else 0.34), 0.0)
    if white:
        ends = [
            ((x + sign * 0.9 * rx, y - 0.25 * ry), outer),
            ((x + sign * 0.9 * rx, y + 0.30 * ry), (outer[0], outer[1] + 0.16)),
        ]
        over = figure.pose.place(-sign * 0.80, -0.62)
        ends.append(((x - sign * 0.7 * rx, y - 0.7 * ry), over))
        ends = ends if sign * figure.pose.turn < 0.4 else ends[2:]
    else:
        ends = [
            ((x + sign * 0.8 * rx, y - 0.6 * ry), outer),
            ((x - sign * 0.6 * rx, y - 0.8 * ry), figure.pose.place(-sign * 0.86, -0.60)),
        ]
    for start, stop in ends:
        middle = ((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2 - 0.03)
        fill(canvas, tapered([start, middle, stop], 0.03 + 1.3 * figure.line, 0.9, 0.9), tones.line)
        fill(canvas, tapered([start, middle, stop], 0.03, 0.9, 0.9), tones.base)
    matrix = skia.Matrix.MakeAll(sign * rx, 0, x, 0, ry, y, 0, 0, 1)
    pad = skia.Path(_PAD)
    pad.transform(matrix)
    shadow = skia.Path(pad)
    shadow.offset(-0.03 * p.light, 0.04)
    fill(canvas, shadow, figure.skin.shade, 0.9 * figure.manner.shade, 0.02 + 0.3 * figure.manner.soft)
    solid(canvas, figure, pad, tones, 0.07, line=0.0)
    fill(
        canvas,
        pad,
        radial((x + 0.3 * p.light * rx, y - 0.4 * ry), 1.1 * ry, [(0, tones.light, 0.9), (1, tones.light, 0.0)]),
    )
    hem = skia.Path(_PAD)
    hem.transform(skia.Matrix.MakeAll(sign * rx * 0.84, 0, x, 0, ry * 0.84, y, 0, 0, 1))
    stroke(canvas, hem, tones.shade if white else tones.light, 0.8 * figure.line, 0.9)
    if white:
        # Gauze, folded once.
        fold = smooth([(x - 0.62 * rx, y - 0.05), (x, y + 0.03), (x + 0.62 * rx, y - 0.05)])
        stroke(canvas, fold, tones.shade, 0.7 * figure.line, 0.8)
    stroke(canvas, pad, tones.line, figure.line)


def draw_mask(canvas: skia.Canvas, figure: Figure) -> None:
    """The mask that the parameters name, over eyes and mouth, under the hair."""
    kind = figure.parameters.mask
    if kind == "medical":
        _draw_medical(canvas, figure)
    elif kind == "eyepatch":
        _draw_eyepatch(canvas, figure)
