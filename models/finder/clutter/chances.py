"""Where, how large and in which line something is painted."""

from __future__ import annotations

import cv2
import numpy as np

from models.finder.grounds import colour

AA = cv2.LINE_AA


def somewhere(chance: np.random.Generator, canvas: np.ndarray) -> tuple[int, int]:
    x, y = (chance.uniform(-0.1, 1.1, 2) * canvas.shape[0]).astype(int).tolist()
    return x, y


def sized(chance: np.random.Generator, canvas: np.ndarray, low: float = 0.03, high: float = 0.35) -> float:
    return float(canvas.shape[0] * low * (high / low) ** chance.random())


def ink(chance: np.random.Generator) -> tuple[int, int, int]:
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


def filled(chance: np.random.Generator, canvas: np.ndarray, outline: np.ndarray, rgb: tuple[int, int, int]) -> None:
    cv2.fillPoly(canvas, [outline], rgb, AA)
    if chance.random() < 0.6:
        cv2.polylines(canvas, [outline], True, ink(chance), int(chance.integers(1, 4)), AA)
