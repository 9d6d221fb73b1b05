"""A sheet of the preview pictures at every snapshot, and the sheets one after the other as a film."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image

from data import durable

FRAMES = 60  # of the film at most; evenly chosen where there are more sheets


def beside(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """uint8 (N, H, W, 3) twice -> uint8 (2 N, H, W, 3): each picture, and what became of it."""
    return np.stack([before, after], 1).reshape(-1, *after.shape[1:])


def grid(pictures: np.ndarray, together: int = 1) -> np.ndarray:
    """uint8 (N, H, W, 3) -> uint8 (rows * H, columns * W, 3), near-square, wider than high, in reading order.

    So many pictures as are `together` stay in one row. Places that stay empty are white.
    """
    n, h, w, c = pictures.shape
    columns = math.ceil(math.sqrt(n) / together) * together
    rows = math.ceil(n / columns)
    sheet = np.full((rows * columns, h, w, c), 255, np.uint8)
    sheet[:n] = pictures
    return sheet.reshape(rows, columns, h, w, c).swapaxes(1, 2).reshape(rows * h, columns * w, c)


def save_sheet(path: Path, pictures: np.ndarray, together: int = 1) -> None:
    """PNG of `grid(pictures, together)`."""
    with durable.replacing(path) as fresh:
        Image.fromarray(grid(pictures, together)).save(fresh, "PNG")


def save_film(path: Path, folder: Path) -> None:
    """Animated WebP of the sheets in `folder` in the order of their names; nothing where there are fewer than two."""
    sheets = sorted(folder.glob("*.png"))
    if len(sheets) < 2:
        return
    chosen = sorted({round(i) for i in np.linspace(0, len(sheets) - 1, FRAMES)})
    frames = [Image.open(sheets[i]).convert("RGB") for i in chosen]
    durations = [120] * (len(frames) - 1) + [2000]  # ms; the last one stays
    with durable.replacing(path) as fresh:
        frames[0].save(
            fresh, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=80, method=2
        )
