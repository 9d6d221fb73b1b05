"""What is behind everything in a scene: flats, gradients, patterns, noise, drawn places, photographs."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from models.finder.pasting import recolouring


def colour(chance: np.random.Generator) -> tuple[int, int, int]:
    """Any, but white, black and pale ones more often."""
    kind = chance.random()
    if kind < 0.12:
        return (255, 255, 255)
    if kind < 0.17:
        return (0, 0, 0)
    if kind < 0.3:
        grey = int(chance.integers(20, 250))
        return (grey, grey, grey)
    low = 170 if kind < 0.55 else 0
    r, g, b = chance.integers(low, 256, 3).tolist()
    return (r, g, b)


def skin(chance: np.random.Generator) -> tuple[int, int, int]:
    light = chance.uniform(0.45, 1.0)
    r, g, b = light * 255, light * chance.uniform(195, 232), light * chance.uniform(160, 222)
    return (int(r), int(g), int(b))


def ground(
    chance: np.random.Generator, side: int, backdrops: np.ndarray, photos: Sequence[np.ndarray] = ()
) -> np.ndarray:
    """uint8 (side, side, 3)."""
    kind = chance.random()
    if photos and kind < 0.16:
        return cropped(chance, photos[int(chance.integers(len(photos)))], side)
    if kind < 0.38:
        return np.full((side, side, 3), colour(chance) if chance.random() < 0.6 else (255, 255, 255), np.uint8)
    if kind < 0.5:
        return gradient(chance, side)
    if kind < 0.6:
        return pattern(chance, side)
    if kind < 0.7:
        return noise(chance, side)
    picture = cropped(chance, backdrops[int(chance.integers(len(backdrops)))], side)
    if chance.random() < 0.5:
        picture = cv2.transform(picture, recolouring(chance, 180)[:3, [0, 1, 2]])
    return picture


def cropped(chance: np.random.Generator, picture: np.ndarray, side: int) -> np.ndarray:
    """A random square part, mirrored half of the time."""
    h, w = picture.shape[:2]
    part = max(8, int(min(h, w) * chance.uniform(0.35, 1.0)))
    x, y = int(chance.integers(w - part + 1)), int(chance.integers(h - part + 1))
    cut = picture[y : y + part, x : x + part]
    if chance.random() < 0.5:
        cut = cut[:, ::-1]
    return cv2.resize(np.ascontiguousarray(cut), (side, side), interpolation=cv2.INTER_LINEAR)


def gradient(chance: np.random.Generator, side: int) -> np.ndarray:
    corners = np.array([[colour(chance), colour(chance)], [colour(chance), colour(chance)]], np.uint8)
    return cv2.resize(corners, (side, side), interpolation=cv2.INTER_LINEAR)


def pattern(chance: np.random.Generator, side: int) -> np.ndarray:
    """Stripes, checks or dots of two colours."""
    angle, step = chance.uniform(0, np.pi), chance.uniform(4, 60)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    a = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / step))
    b = np.sin((y * np.cos(angle) - x * np.sin(angle)) * (2 * np.pi / step))
    wave = (a, a * b, np.minimum(a, b))[int(chance.integers(3))]
    mask = (wave > chance.uniform(-0.3, 0.6))[..., None]
    return np.where(mask, np.array(colour(chance), np.uint8), np.array(colour(chance), np.uint8))


def noise(chance: np.random.Generator, side: int) -> np.ndarray:
    """Clouds: octaves of noise, in colours or between two."""
    total = np.zeros((side, side, 3), np.float32)
    fineness, channels = chance.uniform(0.35, 0.8), 3 if chance.random() < 0.4 else 1
    for octave in range(2, 7):
        small = chance.standard_normal((2**octave, 2**octave, channels)).astype(np.float32)
        big = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC).reshape(side, side, channels)
        total += big * fineness ** (octave - 2)
    share = 1 / (1 + np.exp(-total * chance.uniform(0.4, 2.0)))
    a, b = np.array(colour(chance), np.float32), np.array(colour(chance), np.float32)
    return (a + (b - a) * share).astype(np.uint8)
