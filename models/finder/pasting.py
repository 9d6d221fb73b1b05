"""A cut-out, turned, bent and recoloured, on a canvas."""

from __future__ import annotations

import cv2
import numpy as np

IDENTITY = np.eye(4, dtype=np.float32)


def hue_matrix(degrees: float, saturation: float) -> np.ndarray:
    """(3, 3) for RGB: hue turned about the grey axis, saturation scaled (luma kept, Haeberli 1993)."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    third, root = (1 - c) / 3, s / np.sqrt(3)
    turn = np.array([
        [c + third, third - root, third + root],
        [third + root, c + third, third - root],
        [third - root, third + root, c + third],
    ])  # fmt: skip
    grey = np.array([0.299, 0.587, 0.114])[None].repeat(3, 0)
    return ((np.eye(3) * saturation + (1 - saturation) * grey) @ turn).astype(np.float32)


def recolouring(chance: np.random.Generator, hue: float = 18.0, strength: float = 1.0) -> np.ndarray:
    """(4, 4) for premultiplied RGBA: hue (± degrees), saturation, contrast, lightness and tint moved."""
    matrix = np.eye(4, dtype=np.float32)
    turned = hue_matrix(chance.uniform(-hue, hue), chance.uniform(1 - 0.6 * strength, 1 + 0.5 * strength))
    contrast = np.exp(chance.uniform(-0.35, 0.3) * strength) * chance.uniform(1 - 0.1 * strength, 1, (3, 1))
    matrix[:3, :3] = turned * contrast
    matrix[:3, 3] = (0.5 - 0.5 * contrast[:, 0]) + chance.uniform(-0.15, 0.15) * strength
    return matrix


def similarity(scale: float, degrees: float, stretch: float, shear: float, mirror: bool) -> np.ndarray:
    """(2, 2): mirrored, sheared, stretched (width against height), then turned clockwise and scaled."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    shape = np.array([[stretch**0.5, shear], [0.0, stretch**-0.5]]) @ np.diag([-1.0 if mirror else 1.0, 1.0])
    return scale * np.array([[c, -s], [s, c]]) @ shape


def placed(linear: np.ndarray, anchor: tuple[float, float], at: tuple[float, float]) -> np.ndarray:
    """(2, 3) that is `linear` and brings the point `anchor` to `at`."""
    return np.concatenate([linear, (np.asarray(at) - linear @ np.asarray(anchor))[:, None]], 1)


def halved(sprite: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sprite and matrix such that the sprite is not shrunk below 0.6: bilinear sampling would skip its lines."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    factor = 1
    while scale * factor < 0.6 and factor < 16:
        factor *= 2
    if factor == 1:
        return sprite, matrix
    h, w = sprite.shape[:2]
    size = max(1, w // factor), max(1, h // factor)
    small = cv2.resize(sprite, size, interpolation=cv2.INTER_AREA)
    return small, np.concatenate([matrix[:, :2] * [w / size[0], h / size[1]], matrix[:, 2:]], 1)


def cropped_to_content(sprite: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sprite and matrix without the empty margins: nothing is computed for them."""
    rows, columns = (np.flatnonzero(sprite[:, :, 3].max(axis)) for axis in (1, 0))
    if len(rows) == 0:
        return sprite, matrix
    top, left = rows[0], columns[0]
    corner = matrix[:, 2] + matrix[:, :2] @ np.array([left, top])
    part = np.ascontiguousarray(sprite[top : rows[-1] + 1, left : columns[-1] + 1])
    return part, np.concatenate([matrix[:, :2], corner[:, None]], 1)


def paste(
    canvas: np.ndarray, sprite: np.ndarray, matrix: np.ndarray, bend: np.ndarray | None = None
) -> tuple[slice, slice, np.ndarray] | None:
    """Lay a premultiplied RGBA sprite on a canvas (H, W, 3), in place; `matrix` (2, 3) leads from sprite to canvas.

    `bend` (k, k, 2) moves what is seen by these shares of the sprite's side, smoothly between. Returns rows, columns
    and alpha (0…1) of what was covered, None where it lies outside.
    """
    h, w = sprite.shape[:2]
    corners = matrix[:, :2] @ np.array([[0, w, 0, w], [0, 0, h, h]]) + matrix[:, 2:]
    size = canvas.shape[1], canvas.shape[0]
    low = np.floor(corners.min(1)).clip(0, size).astype(int)
    high = np.ceil(corners.max(1)).clip(0, size).astype(int)
    if (high - low < 2).any():
        return None
    inverse = np.linalg.inv(matrix[:, :2])
    xs = np.arange(low[0], high[0], dtype=np.float32) + 0.5 - matrix[0, 2]
    ys = np.arange(low[1], high[1], dtype=np.float32)[:, None] + 0.5 - matrix[1, 2]
    maps = [(row[0] * xs + row[1] * ys - 0.5).astype(np.float32) for row in inverse]
    if bend is not None:
        field = cv2.resize(bend.astype(np.float32), (len(xs), len(ys)), interpolation=cv2.INTER_CUBIC)
        maps = [m + field[..., i] * h for i, m in enumerate(maps)]
    seen = cv2.remap(sprite, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    rows, columns = slice(low[1], high[1]), slice(low[0], high[0])
    alpha = seen[:, :, 3].astype(np.float32) * (1 / 255)
    under = canvas[rows, columns] * (1 - alpha)[..., None]
    canvas[rows, columns] = np.minimum(under + seen[:, :, :3] + 0.5, 255)
    return rows, columns, alpha
