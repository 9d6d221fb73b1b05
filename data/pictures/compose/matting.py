"""What of a picture is a head: its face and the hair around it, without neck, body and background.

GrabCut (Rother, Kolmogorov and Blake 2004) tells hair from background by their colours; where hair may be at all, and
where the neck begins, is known from how heads are built. Its edges are softened with a guided filter (He, Sun and Tang
2010).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from data.pictures.compose.anchors import Anchors
from data.pictures.types import Pixels

# In lengths from the eyes to the chin, from the chin: to the right, and up.
FACE = (0.0, 0.78, 0.62, 0.66)  # centre and half axes of what is face whatever it looks like
CROWN = (0.0, 1.55, 0.62, 0.5)  # of what is hair or what is worn on it
HEAD = (0.0, 1.3, 1.3, 1.42)  # of what may well be
FAR = (0.0, 1.3, 2.15, 2.3)  # beyond it nothing is
NECK = 0.62  # half the width of what is neck and body, right under the chin
HANGS = 0.8  # how far hair may hang below the chin
FADES_OUT = 0.35  # the last part of that, in which it fades away
JAW = 0.09  # how far below the chin its outline may be
WORN = (0.0, 1.35, 1.8, 1.95)  # where, before a plain background, everything above the mouth is the head's: ears, hats
MOUTH = 0.35
PLAIN, EVEN = 7.0, 0.45  # Lab units (of 8 bits) that a plain background may vary, and its share of the edge
FADES, FADED = 2.0, 40.0  # how much it may change from pixel to pixel, and in all


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of a picture that a head can be in, and how much smaller it is looked at."""

    x: int
    y: int
    w: int
    h: int
    scale: float


def head_matte(picture: Pixels, face: Anchors, side: int = 256, rounds: int = 4) -> np.ndarray:
    """float32 (H, W), 0…1: how much of each pixel of `picture` (H, W, 3 or 4) is the head of `face`.

    It is looked at with sides of `side` px at most. What is see-through in the picture is no head.
    """
    height, width = picture.shape[:2]
    matte = np.zeros((height, width), np.float32)
    window = _window(face, width, height, side)
    if window is None:
        return matte
    part = picture[window.y : window.y + window.h, window.x : window.x + window.w]
    size = (max(1, round(window.w * window.scale)), max(1, round(window.h * window.scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA) if window.scale < 1 else part.copy()
    right, up = _coordinates(face, window, size)
    solid = small[..., 3] > 127 if small.shape[2] == 4 else np.ones(small.shape[:2], bool)
    lab = cv2.cvtColor(np.ascontiguousarray(small[..., :3]), cv2.COLOR_RGB2LAB)
    inside = _segmented(lab, _plain(lab, solid, right, up), right, up, rounds)
    inside = inside * np.clip((up + HANGS) / FADES_OUT, 0, 1)  # hair that is cut off ends softly
    fine = _guided(cv2.resize(inside.astype(np.float32), (window.w, window.h), interpolation=cv2.INTER_LINEAR), part)
    if part.shape[2] == 4:
        fine = np.minimum(fine, part[..., 3].astype(np.float32) / 255)
    matte[window.y : window.y + window.h, window.x : window.x + window.w] = fine
    return matte


def _window(face: Anchors, width: int, height: int, side: int) -> _Window | None:
    length, roll = max(face.length, 1.0), math.radians(face.roll)
    centre = face.chin[0] + FAR[1] * length * math.sin(roll), face.chin[1] - FAR[1] * length * math.cos(roll)
    reach = (FAR[3] + 0.15) * length
    x0, y0 = max(0, math.floor(centre[0] - reach)), max(0, math.floor(centre[1] - reach))
    x1, y1 = min(width, math.ceil(centre[0] + reach)), min(height, math.ceil(centre[1] + reach))
    if x1 - x0 < 8 or y1 - y0 < 8:
        return None
    return _Window(x0, y0, x1 - x0, y1 - y0, min(1.0, side / max(x1 - x0, y1 - y0)))


def _coordinates(face: Anchors, window: _Window, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """float32 (h, w) each: where the pixels are in the head, to the right of its chin and up, in lengths."""
    roll, length = math.radians(face.roll), max(face.length, 1.0)
    xs = (np.arange(size[0], dtype=np.float32) + 0.5) / size[0] * window.w + window.x - face.chin[0]
    ys = (np.arange(size[1], dtype=np.float32) + 0.5) / size[1] * window.h + window.y - face.chin[1]
    x, y = np.meshgrid(xs / length, ys / length)
    c, s = math.cos(roll), math.sin(roll)
    return x * c + y * s, x * s - y * c


def _within(right: Any, up: Any, shape: tuple[float, float, float, float]) -> Any:
    x, y, a, b = shape
    return ((right - x) / a) ** 2 + ((up - y) / b) ** 2 <= 1


def _plain(lab: np.ndarray, solid: np.ndarray, right: np.ndarray, up: np.ndarray) -> np.ndarray | None:
    """bool (h, w): the background, where it is see-through or of one colour that reaches in from the edge; else None.

    Its colour may change slowly, and it shows between hair and shoulders too.
    """
    if not solid.all():
        return ~solid
    edge = np.ones(solid.shape, bool)
    edge[1:-1, 1:-1] = False
    values = lab.astype(np.float32)
    far = np.linalg.norm(values - np.median(values[edge], 0), axis=2)
    alike = far <= PLAIN
    if alike[edge].mean() < EVEN:
        return None
    steps = np.maximum(np.abs(np.diff(values, axis=1, append=values[:, -1:])), 0).max(2)
    steps = np.maximum(steps, np.abs(np.diff(values, axis=0, append=values[-1:])).max(2))
    fading = alike | ((steps <= FADES) & (far <= FADED))
    _, parts, _, middles = cv2.connectedComponentsWithStats(fading.astype(np.uint8), connectivity=4)
    shown = np.zeros(len(middles), bool)
    shown[parts[edge & alike]] = True
    for number, (x, y) in enumerate(middles[1:], start=1):
        at = min(int(y), lab.shape[0] - 1), min(int(x), lab.shape[1] - 1)
        shown[number] |= not _within(right[at], up[at], HEAD) and bool(alike[parts == number].mean() > 0.5)
    shown[0] = False
    return shown[parts]


def _segmented(lab: np.ndarray, empty: np.ndarray | None, right: np.ndarray, up: np.ndarray, rounds: int) -> np.ndarray:
    """bool (h, w): the head, in one piece and without holes; `empty` is background for certain."""
    nothing = np.zeros(lab.shape[:2], bool) if empty is None else empty
    certain = (_within(right, up, FACE) | _within(right, up, CROWN)) & (up >= -JAW) & ~nothing
    below = up < -JAW
    never = ~_within(right, up, FAR) | (below & (np.abs(right) < NECK)) | (up < -HANGS) | nothing
    worn = _within(right, up, WORN) & (up > MOUTH) & ~nothing if empty is not None else certain
    labels = np.full(lab.shape[:2], cv2.GC_PR_BGD, np.uint8)
    labels[_within(right, up, HEAD) & ~below] = cv2.GC_PR_FGD
    labels[never] = cv2.GC_BGD
    labels[worn | certain] = cv2.GC_FGD
    if not (labels == cv2.GC_BGD).any() or not certain.any():
        return certain
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)  # the same picture is cut the same way
    cv2.grabCut(lab, labels, (0, 0, 1, 1), *models, rounds, cv2.GC_INIT_WITH_MASK)
    found = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    radius = max(1, round(0.012 * max(found.shape)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    if empty is None:
        found = cv2.morphologyEx(found, cv2.MORPH_OPEN, kernel)
        found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, kernel)
    _, parts = cv2.connectedComponents(found, connectivity=4)
    one = parts == np.bincount(parts[certain & (found > 0)]).argmax()
    return _filled(one) & ~nothing


def _filled(mask: np.ndarray) -> np.ndarray:
    """Without holes: what cannot be reached from outside belongs to it."""
    outside = np.pad((~mask).astype(np.uint8), 1, constant_values=1)
    cv2.floodFill(outside, None, (0, 0), 2)
    return outside[1:-1, 1:-1] != 2


def _guided(mask: np.ndarray, guide: Pixels) -> np.ndarray:
    """float32 (h, w): the mask with its edge where that of the picture is."""
    grey = cv2.cvtColor(np.ascontiguousarray(guide[..., :3]), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    radius = max(2, round(0.012 * max(mask.shape)))
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(values: np.ndarray) -> np.ndarray:
        return cv2.blur(values, size, borderType=cv2.BORDER_REFLECT)

    m, g = mean(mask), mean(grey)
    a = (mean(grey * mask) - g * m) / (mean(grey * grey) - g * g + 2e-3)
    b = m - a * g
    # What the filter leaves a shade of far from the edge is no edge.
    return np.clip((mean(a) * grey + mean(b) - 0.12) / 0.76, 0.0, 1.0).astype(np.float32)
