"""What is about as large and as round as a face: flowers, stars, wheels, badges, bows, lights."""

from __future__ import annotations

import cv2
import numpy as np

from models.finder.clutter.chances import AA, filled, ink, sized, somewhere
from models.finder.grounds import colour


def ellipses(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Rings in rings: wheels, buttons, eyes without a face."""
    at, radius, squeeze = somewhere(chance, canvas), sized(chance, canvas, 0.02, 0.2), chance.uniform(0.4, 1.0)
    pair = chance.random() < 0.35
    for share in np.sort(chance.uniform(0.2, 1, int(chance.integers(1, 4))))[::-1]:
        axes, rgb = (max(1, int(radius * share)), max(1, int(radius * share * squeeze))), colour(chance)
        for dx in (0, 3 * radius) if pair else (0,):
            cv2.ellipse(canvas, (int(at[0] + dx), at[1]), axes, 0, 0, 360, rgb, -1, AA)


def flower(chance: np.random.Generator, canvas: np.ndarray) -> None:
    (x, y), radius, petals = somewhere(chance, canvas), sized(chance, canvas, 0.02, 0.15), int(chance.integers(4, 9))
    rgb, start = colour(chance), chance.uniform(0, 360)
    for k in range(petals):
        angle = start + 360 * k / petals
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        axes = (max(1, int(radius * 0.55)), max(1, int(radius * 0.35)))
        cv2.ellipse(canvas, (int(x + radius * c), int(y + radius * s)), axes, angle, 0, 360, rgb, -1, AA)
    cv2.circle(canvas, (x, y), max(1, int(radius * 0.4)), colour(chance), -1, AA)


def star(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A star, a jewel or a puzzle's piece: points around a middle, filled or hollow, now and then one in the other."""
    (x, y), radius, points = somewhere(chance, canvas), sized(chance, canvas, 0.02, 0.2), int(chance.integers(3, 9))
    angles = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False) + chance.uniform(0, 7)
    for size in (radius, 0.6 * radius) if chance.random() < 0.3 else (radius,):
        radii = np.where(np.arange(2 * points) % 2, chance.uniform(0.3, 0.95), 1.0) * size
        outline = np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], 1).round().astype(np.int32)
        if chance.random() < 0.5:
            cv2.fillPoly(canvas, [outline[:, None]], colour(chance), AA)
        cv2.polylines(canvas, [outline[:, None]], True, ink(chance), int(chance.integers(1, 6)), AA)


def badge(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A puzzle's piece, a sign, a patch: an outline with knobs or corners and a glyph in it."""
    at, radius, line = somewhere(chance, canvas), sized(chance, canvas, 0.04, 0.25), ink(chance)
    angles = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    sides, turn = int(chance.integers(3, 7)), chance.uniform(0, 7)
    knobs = chance.choice([0.0, chance.uniform(0.1, 0.35)]) * np.sign(np.cos(sides * angles + chance.uniform(0, 7)))
    corners = chance.uniform(0, 0.2) * np.cos(sides * angles)
    reach = radius * (1 + corners + knobs * (np.abs(np.cos(sides * angles)) > 0.5))
    outline = np.stack([at[0] + reach * np.cos(angles + turn), at[1] + reach * np.sin(angles + turn)], 1)
    outline, width = outline.round().astype(np.int32)[:, None], max(1, round(0.06 * radius))
    cv2.fillPoly(canvas, [outline], colour(chance), AA)
    cv2.polylines(canvas, [outline], True, line, width, AA)
    for _ in range(int(chance.integers(0, 12))):
        a = np.array(at) + chance.uniform(-0.45, 0.45, 2) * radius
        b = a + chance.normal(0, 0.4, 2) * radius * chance.choice([[1, 0.1], [0.1, 1], [0.6, 0.6]])
        cv2.line(canvas, _point(a), _point(b), line, width, AA)


def bow(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Two loops and a knot, with ends that hang, plain or spotted: a ribbon, or a shrine's rope."""
    at, radius, rgb = np.array(somewhere(chance, canvas)), sized(chance, canvas, 0.04, 0.25), colour(chance)
    line, width, turn = ink(chance), max(1, round(radius * chance.uniform(0.04, 0.1))), chance.uniform(0, 360)
    hollow = chance.random() < 0.3
    shade = tuple(int(v * 0.75) for v in rgb)

    def part(degrees: float, far: float, long: float, wide: float) -> None:
        angle = np.radians(turn + degrees)
        middle = at + far * radius * np.array([np.cos(angle), np.sin(angle)])
        axes = _axes(long * radius, wide * radius)
        ellipse = np.asarray(cv2.ellipse2Poly(_point(middle), axes, int(turn + degrees), 0, 360, 12))
        if hollow:
            cv2.polylines(canvas, [ellipse], True, rgb, max(2, round(0.25 * radius)), AA)
        else:
            cv2.fillPoly(canvas, [ellipse], rgb, AA)
        cv2.polylines(canvas, [ellipse], True, line, width, AA)
        cv2.line(canvas, _point(at), _point(middle), shade, width, AA)

    for spread in (0.0, 180.0):
        part(spread + chance.normal(0, 15), 0.7, 0.7, chance.uniform(0.3, 0.6))
        if chance.random() < 0.6:
            part(90 + (spread - 90) * chance.uniform(0.2, 0.6), 1.0, 0.9, 0.2)
    cv2.circle(canvas, _point(at), max(2, round(0.22 * radius)), rgb, -1, AA)
    cv2.circle(canvas, _point(at), max(2, round(0.22 * radius)), line, width, AA)


def glow(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A light without an edge, round or with rays."""
    at, radius = somewhere(chance, canvas), sized(chance, canvas, 0.03, 0.3)
    reach = int(2 * radius) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32) / radius
    rays = 1 + chance.choice([0.0, 0.5]) * np.cos(int(chance.integers(3, 9)) * np.arctan2(y, x) + chance.uniform(0, 7))
    light = np.exp(-(((x**2 + y**2) / rays) ** chance.uniform(0.8, 3.0))) * chance.uniform(0.3, 1.0)
    top, left = at[1] - reach, at[0] - reach
    rows = slice(max(0, top), min(canvas.shape[0], top + len(y)))
    columns = slice(max(0, left), min(canvas.shape[1], left + len(y)))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    share = light[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left, None]
    tint = np.array((255, 255, 255) if chance.random() < 0.5 else colour(chance), np.float32)
    canvas[rows, columns] = canvas[rows, columns] * (1 - share) + tint * share


def leaf(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A leaf with teeth and a stalk, as maples have them."""
    at, radius, rgb = np.array(somewhere(chance, canvas)), sized(chance, canvas, 0.03, 0.25), colour(chance)
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    lobes, turn = int(chance.integers(3, 8)), chance.uniform(0, 7)
    reach = radius * (0.55 + 0.45 * np.abs(np.cos(lobes / 2 * angles)) ** chance.uniform(0.5, 3.0))
    reach *= 1 + chance.uniform(0, 0.15) * np.cos(17 * angles)
    outline = at + np.stack([reach * np.cos(angles + turn), reach * np.sin(angles + turn)], 1)
    filled(chance, canvas, outline.round().astype(np.int32)[:, None], rgb)
    vein = tuple(int(v * 0.8) for v in rgb)
    for k in range(lobes):
        angle = turn + 2 * np.pi * k / lobes
        end = at + radius * chance.uniform(0.6, 1.5 if k == 0 else 0.9) * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(canvas, _point(at), _point(end), vein, max(1, round(0.04 * radius)), AA)


def rosette(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Rings, polygons and smaller rings around one middle: magic circles, rose windows, clocks."""
    at, radius = np.array(somewhere(chance, canvas)), sized(chance, canvas, 0.08, 0.6)
    rgb, width, count = colour(chance), int(chance.integers(1, 4)), int(chance.integers(3, 13))
    for share in np.sort(chance.uniform(0.2, 1, int(chance.integers(2, 6)))):
        cv2.circle(canvas, _point(at), max(1, round(share * radius)), rgb, width, AA)
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + chance.uniform(0, 7)
    around = at + radius * chance.uniform(0.4, 1.0) * np.stack([np.cos(angles), np.sin(angles)], 1)
    skip = int(chance.integers(1, 4))
    small = max(1, round(radius * chance.uniform(0.05, 0.25)))
    for k in range(count):
        cv2.line(canvas, _point(around[k]), _point(around[(k + skip) % count]), rgb, width, AA)
        cv2.circle(canvas, _point(around[k]), small, rgb, -1 if chance.random() < 0.2 else width, AA)


def _point(at: np.ndarray) -> tuple[int, int]:
    x, y = at.round().astype(int).tolist()
    return x, y


def _axes(long: float, wide: float) -> tuple[int, int]:
    return max(1, round(long)), max(1, round(wide))
