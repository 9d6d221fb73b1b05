"""What happens to pictures on their way: copies in grey and line art, screentone, few colours, blur, JPEG, light."""

from __future__ import annotations

import cv2
import numpy as np

from models.finder.pasting import recolouring


def degraded(chance: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3) -> the same size, changed in some of these ways."""
    if chance.random() < 0.65:
        picture = cv2.transform(picture, recolouring(chance, 25)[:3] * [1, 1, 1, 255])
    if chance.random() < 0.25:
        picture = cv2.LUT(picture, _curve(chance))
    kind = chance.random()
    if kind < 0.15:
        picture = grey(picture)
    elif kind < 0.22:
        picture = line_art(chance, picture)
    elif kind < 0.28:
        picture = screentone(chance, picture)
    elif kind < 0.36:
        picture = posterised(chance, picture)
    elif kind < 0.4:  # two inks
        a, b = chance.integers(0, 110, 3), chance.integers(150, 256, 3)
        table = np.linspace(a, b, 256).round().astype(np.uint8)
        picture = table[grey(picture)[:, :, 0]]
    kind = chance.random()
    if kind < 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), float(chance.uniform(0.4, 1.6)))
    elif kind < 0.3:
        picture = shrunk(chance, picture)
    elif kind < 0.36:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.0)
        amount = float(chance.uniform(0.5, 2.0))
        picture = cv2.addWeighted(picture, 1 + amount, soft, -amount, 0)
    if chance.random() < 0.12:
        drawn = chance.standard_normal((*picture.shape[:2], 1), np.float32) * chance.uniform(2, 18)
        picture = (picture + drawn).clip(0, 255).astype(np.uint8)
    if chance.random() < 0.35:
        picture = jpeg(picture, int(chance.integers(20, 92)))
    return picture


def grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def line_art(chance: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Dark where the picture is darker than what is around: its lines, as in a sketch."""
    tone = grey(picture)[:, :, 0]
    reach = int(chance.choice([3, 3, 5]))
    around = cv2.GaussianBlur(cv2.dilate(tone, np.ones((reach, reach))), (0, 0), 1.0)
    lines = cv2.divide(tone, np.maximum(around, 1), scale=255).astype(np.float32) / 255
    lines = lines ** chance.uniform(1.5, 4.0)
    share = chance.uniform(0, 0.4)
    lines = (lines * (1 - share) * 255 + share * tone).clip(0, 255).astype(np.uint8)
    return cv2.cvtColor(lines, cv2.COLOR_GRAY2RGB)


def screentone(chance: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Middle greys as black dots on white; darks stay lines, lights go white."""
    tone = grey(picture)[:, :, 0].astype(np.float32)
    h, w = tone.shape
    step, angle = chance.uniform(2.5, 6.0), chance.uniform(0.5, 1.1)
    y, x = np.mgrid[:h, :w].astype(np.float32)
    u, v = (
        (x * np.cos(angle) + y * np.sin(angle)) * np.pi / step,
        (y * np.cos(angle) - x * np.sin(angle)) * np.pi / step,
    )
    threshold = 110 + 75 * np.cos(u) * np.cos(v)
    dots = np.where(tone > threshold, 255, chance.uniform(0, 120)).astype(np.uint8)
    dots[tone < 60] = 0
    return cv2.cvtColor(cv2.GaussianBlur(dots, (0, 0), 0.6), cv2.COLOR_GRAY2RGB)


def posterised(chance: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    levels = int(chance.integers(2, 7))
    table = (np.round(np.arange(256) / 255 * (levels - 1)) * (255 / (levels - 1))).astype(np.uint8)
    return cv2.LUT(picture, table)


def shrunk(chance: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Made small and large again."""
    h, w = picture.shape[:2]
    share = chance.uniform(0.35, 0.85)
    small = cv2.resize(picture, (max(8, int(w * share)), max(8, int(h * share))), interpolation=cv2.INTER_AREA)
    back = int(chance.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST]))
    return cv2.resize(small, (w, h), interpolation=back)


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    _, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR))


def _curve(chance: np.random.Generator) -> np.ndarray:
    """A gamma, with black or white moved towards grey."""
    ramp = (np.arange(256) / 255) ** np.exp(chance.uniform(-0.7, 0.7))
    low, high = chance.uniform(0, 0.25), chance.uniform(0.75, 1.0)
    return ((low + (high - low) * ramp) * 255).astype(np.uint8)
