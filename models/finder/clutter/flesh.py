"""Hands, limbs and skin without a face."""

from __future__ import annotations

import cv2
import numpy as np

from models.finder.clutter.chances import AA, filled, ink, sized, smooth, somewhere
from models.finder.grounds import colour, skin


def bald(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """Skin in the shape of a head, or two dots and a stroke on something else: neither is a face here."""
    at, radius = somewhere(chance, canvas), sized(chance, canvas, 0.04, 0.3)
    filled(chance, canvas, smooth(chance, at, radius, 0.06), skin(chance))
    if chance.random() < 0.3:
        for dx in (-0.35, 0.35):
            dot = (int(at[0] + dx * radius), int(at[1] - 0.1 * radius))
            cv2.circle(canvas, dot, max(1, int(0.06 * radius)), ink(chance), -1, AA)


def hand(chance: np.random.Generator, canvas: np.ndarray) -> None:
    (x, y), size, rgb = somewhere(chance, canvas), sized(chance, canvas, 0.03, 0.16), skin(chance)
    line, heading = ink(chance), chance.uniform(0, 360)
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


def fist(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A round of skin with the lines of fingers, and a cuff."""
    at, radius, line = somewhere(chance, canvas), sized(chance, canvas, 0.03, 0.18), ink(chance)
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


def limb(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A bent arm or leg, in skin or cloth."""
    width, rgb, line = int(sized(chance, canvas, 0.02, 0.12)), skin(chance), ink(chance)
    points = np.array(somewhere(chance, canvas)) + np.cumsum(chance.normal(0, 0.2 * canvas.shape[0], (3, 2)), 0)
    path = [points.round().astype(np.int32)[:, None]]
    if chance.random() < 0.4:
        rgb = colour(chance)
    if chance.random() < 0.7:
        cv2.polylines(canvas, path, False, line, width + 3, AA)
    cv2.polylines(canvas, path, False, rgb, width, AA)
