"""People as a camera would see them, painted with a few shaded shapes: nobody's photographs are needed.

They are aligned as FFHQ's photographs are, so that everybody knows where face, eyes and chin should be found.
"""

from __future__ import annotations

import cv2
import numpy as np

from data.pictures import Pixels

LIGHT, DARK = (224, 184, 160), (78, 52, 38)
BLACK, BLOND, RED = (38, 32, 32), (206, 176, 122), (150, 64, 38)
SHADES = 2  # times as large as painted, for soft edges


def person(
    size: int = 256,
    skin: tuple[int, int, int] = LIGHT,
    hair: tuple[int, int, int] = BLACK,
    ground: tuple[int, int, int] = (126, 140, 150),
    look: float = 0.0,  # sides: how far the features are aside, to the viewer's right
    mouth_open: bool = False,
    glasses: bool = False,
    long: bool = False,
) -> Pixels:
    """uint8 (size, size, 3)."""
    side = 256 * SHADES
    canvas = np.full((side, side, 3), ground, np.float32)
    canvas *= np.linspace(1.08, 0.85, side, dtype=np.float32)[:, None, None]

    def oval(x: float, y: float, a: float, b: float, colour: object, blur: float = 0.004, angle: float = 0) -> None:
        reach = max(a, b) + 3 * blur
        left, right, top, bottom = (
            int(np.clip(v * side, 0, side)) for v in (x - reach, x + reach + 0.01, y - reach, y + reach + 0.01)
        )
        part = canvas[top:bottom, left:right]  # the rest of it stays
        if not part.size:
            return
        mask = np.zeros(part.shape[:2], np.uint8)
        centre, axes = (round(x * side) - left, round(y * side) - top), (round(a * side), round(b * side))
        cv2.ellipse(mask, centre, axes, angle, 0, 360, 255, -1)
        border = cv2.BORDER_REPLICATE
        soft = (
            cv2.GaussianBlur(mask, (0, 0), max(blur * side, 0.5), borderType=border).astype(np.float32)[..., None] / 255
        )
        part += (np.array(colour, np.float32) - part) * soft

    tone = np.array(skin, np.float32)
    dark, shadow = 0.32 * tone, 0.72 * tone
    locks = np.array(hair, np.float32)
    oval(0.5, 1.12, 0.36, 0.2, (70, 76, 98))
    if long:
        oval(0.5, 0.55, 0.36, 0.5, locks)
    oval(0.5, 0.40, 0.315, 0.36, locks)
    oval(0.5, 0.92, 0.14, 0.15, shadow, 0.01)
    for at in (-1, 1):
        if at * look <= 0:  # the ear on the side that one looks to is hidden
            oval(0.5 + 0.255 * at, 0.53, 0.03, 0.07, shadow)
    oval(0.5, 0.545, 0.25, 0.345, tone)
    oval(0.5 + 0.3 * look, 0.33, 0.17, 0.12, 1.04 * tone, 0.03)
    for at in (-1, 1):
        near = 1 - 1.3 * at * look  # the eye that is farther away is narrower
        x = 0.5 + look + 0.13 * at * near
        oval(x, 0.47, 0.075 * near, 0.05, 0.68 * tone, 0.012)
        oval(x, 0.405, 0.07 * near, 0.013, 0.5 * dark + 0.4 * locks, 0.004, -4 * at)
        oval(x, 0.463, 0.046 * near, 0.02, (226, 222, 220), 0.002)
        oval(x, 0.463, 0.021, 0.021, (52, 40, 36), 0.002)
        oval(x, 0.446, 0.05 * near, 0.008, 0.5 * dark, 0.003)
        oval(x + 0.02 * at, 0.62, 0.06, 0.05, 1.05 * tone, 0.03)
    oval(0.5 + 1.3 * look, 0.55, 0.022, 0.08, 1.1 * tone, 0.012)
    oval(0.5 + 1.3 * look, 0.635, 0.05, 0.016, 0.75 * tone, 0.01)
    for at in (-1, 1):
        oval(0.5 + 1.3 * look + 0.026 * at, 0.642, 0.012, 0.008, dark, 0.003)
    lips = tone * np.array([0.86, 0.55, 0.55], np.float32)
    if mouth_open:
        oval(0.5 + look, 0.765, 0.095, 0.095, lips)
        oval(0.5 + look, 0.765, 0.075, 0.075, (48, 18, 20), 0.002)
    else:
        oval(0.5 + look, 0.742, 0.085, 0.026, lips, 0.006)
        oval(0.5 + look, 0.741, 0.08, 0.005, 0.8 * dark, 0.003)
    oval(0.5 + look, 0.80, 0.06, 0.012, 0.85 * tone, 0.01)
    oval(0.5, 0.185, 0.22, 0.085, locks, 0.006)
    if glasses:
        thick, dark = 4 * SHADES, (22, 20, 22)
        at = lambda x, y: (round((x + look) * side), round(y * side))
        for aside in (-1, 1):
            left, right = sorted((0.5 + 0.03 * aside, 0.5 + 0.225 * aside))
            middle, axes = at((left + right) / 2, 0.49), (round(0.095 * side), round(0.1 * side))
            cv2.ellipse(canvas, middle, axes, 0, 0, 360, dark, thick)
            cv2.line(canvas, at(0.5 + 0.225 * aside, 0.44), at(0.5 + 0.27 * aside, 0.45), dark, thick)
        cv2.line(canvas, at(0.47, 0.45), at(0.53, 0.45), dark, thick)
        canvas = cv2.GaussianBlur(canvas, (0, 0), 0.7 * SHADES)
    small = cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA)
    grain = np.random.default_rng(0).normal(0, 2.0, small.shape)
    return (small + grain).clip(0, 255).astype(np.uint8)
