"""What lies about in pictures and is no face: shapes, lettering, panels, flowers, hands, blobs of skin."""

from __future__ import annotations

import cv2
import numpy as np

from models.finder.grounds import colour, skin

AA = cv2.LINE_AA
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)  # fmt: skip


def clutter(chance: np.random.Generator, canvas: np.ndarray, most: int) -> None:
    """Up to `most` things, in place."""
    for _ in range(int(chance.integers(0, most + 1))):
        THINGS[int(chance.integers(len(THINGS)))](chance, canvas)


def _at(chance: np.random.Generator, canvas: np.ndarray) -> tuple[int, int]:
    x, y = (chance.uniform(-0.1, 1.1, 2) * canvas.shape[0]).astype(int).tolist()
    return x, y


def _size(chance: np.random.Generator, canvas: np.ndarray, low: float = 0.03, high: float = 0.35) -> float:
    return float(canvas.shape[0] * low * (high / low) ** chance.random())


def _line(chance: np.random.Generator) -> tuple[int, int, int]:
    dark = int(chance.integers(0, 90))
    return (dark, dark, dark) if chance.random() < 0.6 else colour(chance)


def smooth(chance: np.random.Generator, at: tuple[int, int], radius: float, wobble: float) -> np.ndarray:
    """A closed outline (n, 1, 2) int32 around `at`."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radii = np.full(40, radius)
    for k in range(1, 6):
        radii += radius * wobble / k * chance.standard_normal() * np.cos(k * angles + chance.uniform(0, 7))
    squeeze = chance.uniform(0.5, 1.0)
    points = np.stack([at[0] + radii * np.cos(angles), at[1] + squeeze * radii * np.sin(angles)], 1)
    return points.round().astype(np.int32)[:, None]


def _filled(chance: np.random.Generator, canvas: np.ndarray, outline: np.ndarray, rgb: tuple[int, int, int]) -> None:
    cv2.fillPoly(canvas, [outline], rgb, AA)
    if chance.random() < 0.6:
        cv2.polylines(canvas, [outline], True, _line(chance), int(chance.integers(1, 4)), AA)


def blob(chance: np.random.Generator, canvas: np.ndarray) -> None:
    _filled(chance, canvas, smooth(chance, _at(chance, canvas), _size(chance, canvas), 0.25), colour(chance))


def bald(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Skin in the shape of a head, or two dots and a stroke on something else: neither is a face here."""
    at, radius = _at(chance, canvas), _size(chance, canvas, 0.04, 0.3)
    _filled(chance, canvas, smooth(chance, at, radius, 0.06), skin(chance))
    if chance.random() < 0.3:
        for dx in (-0.35, 0.35):
            dot = (int(at[0] + dx * radius), int(at[1] - 0.1 * radius))
            cv2.circle(canvas, dot, max(1, int(0.06 * radius)), _line(chance), -1, AA)


def box(chance: np.random.Generator, canvas: np.ndarray) -> None:
    (x, y), w, h = _at(chance, canvas), _size(chance, canvas), _size(chance, canvas)
    corners = cv2.boxPoints(((x, y), (w, h), float(chance.choice([0, 0, chance.uniform(0, 90)]))))
    _filled(chance, canvas, corners.round().astype(np.int32)[:, None], colour(chance))


def strokes(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A few curves, as folds and locks of hair make them."""
    rgb, width = _line(chance), int(chance.integers(1, 5))
    start, heading = np.array(_at(chance, canvas), float), chance.uniform(0, 7)
    for _ in range(int(chance.integers(1, 7))):
        t = np.linspace(0, 1, 16)
        turn, length = chance.normal(0, 1.5), _size(chance, canvas, 0.1, 0.6)
        angle = heading + turn * t
        steps = np.stack([np.cos(angle), np.sin(angle)], 1) * (length / 16)
        points = start + np.cumsum(steps, 0)
        cv2.polylines(canvas, [points.round().astype(np.int32)[:, None]], False, rgb, width, AA)
        start = start + chance.normal(0, 0.06 * canvas.shape[0], 2)


def ellipses(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Rings in rings: wheels, buttons, eyes without a face."""
    at, radius, squeeze = _at(chance, canvas), _size(chance, canvas, 0.02, 0.2), chance.uniform(0.4, 1.0)
    pair = chance.random() < 0.35
    for share in np.sort(chance.uniform(0.2, 1, int(chance.integers(1, 4))))[::-1]:
        axes, rgb = (max(1, int(radius * share)), max(1, int(radius * share * squeeze))), colour(chance)
        for dx in (0, 3 * radius) if pair else (0,):
            cv2.ellipse(canvas, (int(at[0] + dx), at[1]), axes, 0, 0, 360, rgb, -1, AA)


def flower(chance: np.random.Generator, canvas: np.ndarray) -> None:
    (x, y), radius, petals = _at(chance, canvas), _size(chance, canvas, 0.02, 0.15), int(chance.integers(4, 9))
    rgb, start = colour(chance), chance.uniform(0, 360)
    for k in range(petals):
        angle = start + 360 * k / petals
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        axes = (max(1, int(radius * 0.55)), max(1, int(radius * 0.35)))
        cv2.ellipse(canvas, (int(x + radius * c), int(y + radius * s)), axes, angle, 0, 360, rgb, -1, AA)
    cv2.circle(canvas, (x, y), max(1, int(radius * 0.4)), colour(chance), -1, AA)


def hand(chance: np.random.Generator, canvas: np.ndarray) -> None:
    (x, y), size, rgb = _at(chance, canvas), _size(chance, canvas, 0.03, 0.16), skin(chance)
    line, heading = _line(chance), chance.uniform(0, 360)
    parts = [(0.0, 0.0, 0.6, 0.5, 0.0)]
    for k in range(4):
        spread = 14 * (k - 1.5)
        parts.append((1.0 * np.cos(np.radians(spread)), 0.9 * np.sin(np.radians(2 * spread)), 0.6, 0.14, spread))
    parts += [(0.1, 0.6, 0.45, 0.15, 60.0), (-1.6, 0.0, 1.3, 0.35, 0.0)]
    c, s = np.cos(np.radians(heading)), np.sin(np.radians(heading))
    for grown, tint in ((1.5, line), (0.0, rgb)):
        for dx, dy, a, b, angle in parts:
            centre = (int(x + size * (dx * c - dy * s)), int(y + size * (dx * s + dy * c)))
            axes = (max(1, int(size * a + grown)), max(1, int(size * b + grown)))
            cv2.ellipse(canvas, centre, axes, heading + angle, 0, 360, tint, -1, AA)


def lettering(chance: np.random.Generator, canvas: np.ndarray) -> None:
    (x, y), height = _at(chance, canvas), _size(chance, canvas, 0.03, 0.4)
    rgb, width = _line(chance), max(1, int(height * chance.uniform(0.06, 0.2)))
    if chance.random() < 0.5:
        text = "".join(chr(c) for c in chance.integers(33, 123, int(chance.integers(2, 14))))
        font = FONTS[int(chance.integers(len(FONTS)))]
        if chance.random() < 0.4:
            cv2.putText(canvas, text, (x, y), font, height / 25, colour(chance), width + 3, AA)
        cv2.putText(canvas, text, (x, y), font, height / 25, rgb, width, AA)
        return
    down = chance.random() < 0.5
    for k in range(int(chance.integers(1, 9))):  # as Chinese characters look from afar: strokes in squares
        left, top = (x, int(y + 1.1 * k * height)) if down else (int(x + 1.1 * k * height), y)
        for _ in range(int(chance.integers(4, 11))):
            a = chance.uniform(0, height, 2)
            b = a + chance.normal(0, height * 0.5, 2) * chance.choice([[1, 0.05], [0.05, 1], [0.7, 0.7]])
            ends = [(int(left + px), int(top + py)) for px, py in (a, b.clip(0, height))]
            cv2.line(canvas, ends[0], ends[1], rgb, max(1, width // 2), AA)


def panel(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A box of text as games and pages have them, see-through at times; or a speech balloon."""
    h, w = canvas.shape[:2]
    x, y = (chance.uniform(-0.1, 0.8, 2) * (w, h)).astype(int).tolist()
    x1, y1 = int(x + w * chance.uniform(0.15, 1.0)), int(y + h * chance.uniform(0.08, 0.4))
    layer, rgb, line = canvas.copy(), colour(chance), _line(chance)
    if chance.random() < 0.3:
        cv2.ellipse(layer, ((x + x1) // 2, (y + y1) // 2), ((x1 - x) // 2, (y1 - y) // 2), 0, 0, 360, rgb, -1, AA)
    else:
        cv2.rectangle(layer, (x, y), (x1, y1), rgb, -1)
        if chance.random() < 0.5:
            cv2.rectangle(layer, (x, y), (x1, y1), line, int(chance.integers(1, 4)))
    step = int(chance.integers(6, 24))
    for top in range(y + step, y1 - step // 2, step):
        at = x + step
        while at < x1 - step:
            word = int(step * chance.uniform(0.4, 2.5))
            cv2.line(layer, (at, top), (min(at + word, x1 - step // 2), top), line, max(1, step // 3))
            at += word + step // 2
    solid = 1.0 if chance.random() < 0.5 else chance.uniform(0.4, 0.9)
    cv2.addWeighted(layer, solid, canvas, 1 - solid, 0, dst=canvas)


def limb(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A bent arm or leg, in skin or cloth."""
    width, rgb, line = int(_size(chance, canvas, 0.02, 0.12)), skin(chance), _line(chance)
    points = np.array(_at(chance, canvas)) + np.cumsum(chance.normal(0, 0.2 * canvas.shape[0], (3, 2)), 0)
    path = [points.round().astype(np.int32)[:, None]]
    if chance.random() < 0.4:
        rgb = colour(chance)
    if chance.random() < 0.7:
        cv2.polylines(canvas, path, False, line, width + 3, AA)
    cv2.polylines(canvas, path, False, rgb, width, AA)


def star(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A star, a jewel or a puzzle's piece: points around a middle, filled or hollow, now and then one in the other."""
    (x, y), radius, points = _at(chance, canvas), _size(chance, canvas, 0.02, 0.2), int(chance.integers(3, 9))
    angles = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False) + chance.uniform(0, 7)
    for size in (radius, 0.6 * radius) if chance.random() < 0.3 else (radius,):
        radii = np.where(np.arange(2 * points) % 2, chance.uniform(0.3, 0.95), 1.0) * size
        outline = np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], 1).round().astype(np.int32)
        if chance.random() < 0.5:
            cv2.fillPoly(canvas, [outline[:, None]], colour(chance), AA)
        cv2.polylines(canvas, [outline[:, None]], True, _line(chance), int(chance.integers(1, 6)), AA)


def fist(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A round of skin with the lines of fingers, and a cuff."""
    at, radius, line = _at(chance, canvas), _size(chance, canvas, 0.03, 0.18), _line(chance)
    heading = chance.uniform(0, 2 * np.pi)
    along = np.array([np.cos(heading), np.sin(heading)])
    across = np.array([-along[1], along[0]])
    width = max(1, round(0.09 * radius))
    if chance.random() < 0.7:
        ends = [np.array(at) - along * radius * reach for reach in (0.6, chance.uniform(1.5, 4.0))]
        tints = ((line, width), (colour(chance) if chance.random() < 0.6 else skin(chance), 0))
        for tint, grown in tints:
            a, b = (tuple(end.round().astype(int).tolist()) for end in ends)
            cv2.line(canvas, a, b, tint, max(1, round(1.2 * radius)) + 2 * grown, AA)
    outline = smooth(chance, at, radius, 0.08)
    cv2.fillPoly(canvas, [outline], skin(chance), AA)
    cv2.polylines(canvas, [outline], True, line, width, AA)
    for k in range(int(chance.integers(2, 5))):
        start = np.array(at) + across * radius * (0.5 * k - 0.7) + along * radius * chance.uniform(0.3, 0.8)
        end = start - along * radius * chance.uniform(0.3, 0.9) + across * radius * chance.normal(0, 0.1)
        ends = [tuple(point.round().astype(int).tolist()) for point in (start, end)]
        cv2.line(canvas, ends[0], ends[1], line, width, AA)


def thing(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Something with an outline, and smaller somethings in it: toys, machines, ornaments, food."""
    at, radius = _at(chance, canvas), _size(chance, canvas, 0.04, 0.3)
    line, width = _line(chance), max(1, round(radius * chance.uniform(0.02, 0.12)))
    outline = smooth(chance, at, radius, chance.uniform(0.05, 0.35))
    cv2.fillPoly(canvas, [outline], colour(chance), AA)
    cv2.polylines(canvas, [outline], True, line, width, AA)
    for _ in range(int(chance.integers(1, 7))):
        x, y = (np.array(at) + chance.normal(0, 0.4, 2) * radius).astype(int).tolist()
        part = smooth(chance, (x, y), radius * chance.uniform(0.08, 0.45), 0.15)
        if chance.random() < 0.6:
            cv2.fillPoly(canvas, [part], colour(chance), AA)
        cv2.polylines(canvas, [part], chance.random() < 0.7, line, max(1, width // 2), AA)


def folds(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Cloth: a blob with lines that run together, and a bow's knot where they do."""
    at, radius, rgb = _at(chance, canvas), _size(chance, canvas, 0.06, 0.35), colour(chance)
    cv2.fillPoly(canvas, [smooth(chance, at, radius, 0.3)], rgb, AA)
    heading, spread = chance.uniform(0, 2 * np.pi), chance.uniform(0.3, 1.5)
    for _ in range(int(chance.integers(3, 10))):
        angle = heading + chance.normal(0, spread) + (np.pi if chance.random() < 0.3 else 0.0)
        t = np.linspace(0.08, chance.uniform(0.4, 1.1), 12)
        angles = angle + chance.normal(0, 0.5) * t
        path = np.array(at) + np.stack([np.cos(angles), np.sin(angles)], 1) * (t * radius)[:, None]
        tint = tuple(int(v * chance.uniform(0.4, 0.95)) for v in rgb)
        cv2.polylines(canvas, [path.round().astype(np.int32)[:, None]], False, tint, int(chance.integers(1, 5)), AA)
    if chance.random() < 0.4:
        cv2.circle(canvas, at, max(2, int(0.12 * radius)), tuple(int(0.8 * v) for v in rgb), -1, AA)


def lattice(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Windows, shelves, fences and beams, seen at an angle."""
    side = canvas.shape[0]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * _size(chance, canvas, 0.15, 1.0)
    corners = corners + _at(chance, canvas) - corners.mean(0) + chance.normal(0, 0.06 * side, (4, 2))
    columns, rows = int(chance.integers(1, 9)), int(chance.integers(1, 9))
    line, width = _line(chance), int(chance.integers(1, 6))
    if chance.random() < 0.5:
        cv2.fillPoly(canvas, [corners.round().astype(np.int32)[:, None]], colour(chance), AA)
    a, b, c, d = corners
    for count, (p, q, r, s) in ((columns, (a, b, d, c)), (rows, (a, d, b, c))):
        for share in np.linspace(0, 1, count + 1):
            ends = (p + (q - p) * share, r + (s - r) * share)
            start, end = (tuple(point.round().astype(int).tolist()) for point in ends)
            cv2.line(canvas, start, end, line, width, AA)


THINGS = (
    blob, bald, box, strokes, strokes, ellipses, flower, hand, fist, lettering, lettering, panel, limb, star, star,
    thing, thing, thing, folds, folds, lattice,
)  # fmt: skip
