"""Blobs, boxes, strokes, things, cloth and lattices."""

from __future__ import annotations

import cv2
import numpy as np

from models.finder.clutter.chances import AA, filled, ink, sized, smooth, somewhere
from models.finder.grounds import colour


def blob(chance: np.random.Generator, canvas: np.ndarray) -> None:
    filled(chance, canvas, smooth(chance, somewhere(chance, canvas), sized(chance, canvas), 0.25), colour(chance))


def box(chance: np.random.Generator, canvas: np.ndarray) -> None:
    (x, y), w, h = somewhere(chance, canvas), sized(chance, canvas), sized(chance, canvas)
    corners = cv2.boxPoints(((x, y), (w, h), float(chance.choice([0, 0, chance.uniform(0, 90)]))))
    filled(chance, canvas, corners.round().astype(np.int32)[:, None], colour(chance))


def strokes(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A few curves, as folds and locks of hair make them."""
    rgb, width = ink(chance), int(chance.integers(1, 5))
    start, heading = np.array(somewhere(chance, canvas), float), chance.uniform(0, 7)
    for _ in range(int(chance.integers(1, 7))):
        t = np.linspace(0, 1, 16)
        turn, length = chance.normal(0, 1.5), sized(chance, canvas, 0.1, 0.6)
        angle = heading + turn * t
        steps = np.stack([np.cos(angle), np.sin(angle)], 1) * (length / 16)
        points = start + np.cumsum(steps, 0)
        cv2.polylines(canvas, [points.round().astype(np.int32)[:, None]], False, rgb, width, AA)
        start = start + chance.normal(0, 0.06 * canvas.shape[0], 2)


def thing(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Something with an outline, and smaller somethings in it: toys, machines, ornaments, food."""
    at, radius = somewhere(chance, canvas), sized(chance, canvas, 0.04, 0.3)
    line, width = ink(chance), max(1, round(radius * chance.uniform(0.02, 0.12)))
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
    at, radius, rgb = somewhere(chance, canvas), sized(chance, canvas, 0.06, 0.35), colour(chance)
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
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * sized(chance, canvas, 0.15, 1.0)
    corners = corners + somewhere(chance, canvas) - corners.mean(0) + chance.normal(0, 0.06 * side, (4, 2))
    columns, rows = int(chance.integers(1, 9)), int(chance.integers(1, 9))
    line, width = ink(chance), int(chance.integers(1, 6))
    if chance.random() < 0.5:
        cv2.fillPoly(canvas, [corners.round().astype(np.int32)[:, None]], colour(chance), AA)
    a, b, c, d = corners
    for count, (p, q, r, s) in ((columns, (a, b, d, c)), (rows, (a, d, b, c))):
        for share in np.linspace(0, 1, count + 1):
            ends = (p + (q - p) * share, r + (s - r) * share)
            start, end = (tuple(point.round().astype(int).tolist()) for point in ends)
            cv2.line(canvas, start, end, line, width, AA)


def tunnel(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Rings or frames one in the other towards a point, whole or half, with spokes: halls, wells, domes, corridors."""
    at, radius, line = np.array(somewhere(chance, canvas), float), sized(chance, canvas, 0.15, 0.9), ink(chance)
    far = at + chance.normal(0, 0.3, 2) * radius
    squeeze, whole, round_ = chance.uniform(0.4, 1.0), chance.random() < 0.5, chance.random() < 0.6
    begin, width, shade = chance.uniform(0, 360), int(chance.integers(1, 5)), np.array(colour(chance), float)
    for share in np.linspace(1, chance.uniform(0.05, 0.4), int(chance.integers(3, 9))):
        middle, reach = far + (at - far) * share, radius * share
        tint = tuple(int(v) for v in shade * chance.uniform(0.5, 1.0))
        if round_:
            place, axes = middle.round().astype(int).tolist(), (max(1, int(reach)), max(1, int(reach * squeeze)))
            if whole:
                cv2.ellipse(canvas, place, axes, 0, 0, 360, tint, -1, AA)
            cv2.ellipse(canvas, place, axes, 0, begin, begin + (360 if whole else 200), line, width, AA)
        else:
            corners = cv2.boxPoints((tuple(middle.tolist()), (2 * reach, 2 * reach * squeeze), 0.0))
            outline = corners.round().astype(np.int32)[:, None]
            if whole:
                cv2.fillPoly(canvas, [outline], tint, AA)
            cv2.polylines(canvas, [outline], True, line, width, AA)
    for angle in np.linspace(0, 2 * np.pi, int(chance.integers(0, 13)), endpoint=False):
        end = at + radius * np.array([np.cos(angle), squeeze * np.sin(angle)])
        ends = [point.round().astype(int).tolist() for point in (far, end)]
        cv2.line(canvas, ends[0], ends[1], line, max(1, width - 1), AA)
