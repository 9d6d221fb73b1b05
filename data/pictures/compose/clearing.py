"""The old head taken away where the new one does not cover it: a ring of its hair, a chin that was lower.

Only what is thin goes. What is thick beside a new head is long hair, a hat, ears: that belongs to who wears it.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.matting import head_matte
from data.pictures.types import Pixels

SIDE, ROUNDS = 112, 2  # how closely the old head is looked at
THICK = 0.17  # lengths from the eyes to the chin: half of what is no ring any more
STICKS_OUT = 0.35  # lengths: how far a ring may
TUFT = 0.2  # square lengths
LOWEST = 1.2  # lengths above the chin: where it ends; the eyes are at 1
EDGE = 0.035  # lengths: what is left of an outline around it goes too
MOUTH = (0.5, 0.55)  # lengths to either side and down: where the lower half of an open mouth may be
OTHER = 16.0  # Lab units from skin: a mouth, an outline
LARGEST_MOUTH = 0.3  # square lengths


def clear(picture: Pixels, face: Anchors, cover: np.ndarray, window: tuple[int, int, int, int]) -> None:
    """Take what shows of the old head of `face` out of `picture` (H, W, 3), in place.

    `cover` is the alpha of the new head, float32 (h, w), 0…1, in `window` (x, y, w, h).
    """
    x0, y0, x1, y1 = _around(face, window, picture.shape)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return
    part = picture[y0:y1, x0:x1]
    covered = np.zeros(part.shape[:2], np.float32)
    x, y, w, h = window
    covered[y - y0 : y - y0 + h, x - x0 : x - x0 + w] = cover
    scale = min(1.0, 2.5 * SIDE / max(part.shape[:2]))
    size = max(8, round(part.shape[1] * scale)), max(8, round(part.shape[0] * scale))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    new = cv2.resize(covered, size, interpolation=cv2.INTER_AREA) > 0.5
    seen = face.moved(x0, y0, size[0] / part.shape[1])
    old = head_matte(small, seen, SIDE, ROUNDS) > 0.3
    ring = _ring(old, new, seen)
    mouth, skin = _mouth(small, new, seen)
    hole = ring | new | old
    if not (ring.any() or mouth.any()) or hole.all():
        return
    filled = _filled(small, hole)
    filled[mouth] = skin
    gone = ring | mouth
    soft = cv2.GaussianBlur(gone.astype(np.float32), (0, 0), 0.8)
    whole = part.shape[1], part.shape[0]
    share = cv2.resize(np.maximum(soft, gone), whole, interpolation=cv2.INTER_LINEAR)[..., None]
    fill = cv2.resize(filled, whole, interpolation=cv2.INTER_LINEAR)
    part[:] = (part * (1 - share) + fill * share).clip(0, 255).round().astype(np.uint8)


def _ring(old: np.ndarray, new: np.ndarray, face: Anchors) -> np.ndarray:
    """bool: what of the old head is a thin rest above the new one. Beside its eyes and lower hair hangs, and shoulders
    are."""
    _, up = _coordinates(new.shape, face)
    length = face.length
    beside = (old & ~new).astype(np.uint8)
    thick = cv2.morphologyEx(beside, cv2.MORPH_OPEN, _disc(THICK * length))
    thick = np.asarray(cv2.dilate(thick, _disc(0.6 * THICK * length)), np.uint8) & beside
    thick &= ~_tufts(thick, up, length)
    rest = beside & (up > LOWEST)
    parts = _parts(rest & (1 - thick))
    away = cv2.distanceTransform((~new).astype(np.uint8), cv2.DIST_L2, 5)
    farthest = np.zeros(parts.max() + 1)
    np.maximum.at(farthest, parts.ravel(), away.ravel())
    near = farthest <= STICKS_OUT * length  # what goes on is a brim, a strand, an ear
    near[0] = False
    gone = near[parts]
    wider = cv2.dilate(gone.astype(np.uint8), _disc(max(1.0, EDGE * length))) > 0
    return wider & ~new & (thick == 0) & ((rest == 0) | gone)


def _tufts(thick: np.ndarray, up: np.ndarray, length: float) -> np.ndarray:
    """uint8: what is thick but small, the top of a bun that would float above the new head."""
    parts = _parts(thick)
    areas = np.bincount(parts.ravel())
    lowest = np.full(len(areas), np.inf)
    np.minimum.at(lowest, parts.ravel(), up.ravel())
    small = (areas < TUFT * length**2) & (lowest > LOWEST)
    small[0] = False
    return small[parts].astype(np.uint8)


def _parts(mask: np.ndarray) -> np.ndarray:
    """int64 (H, W): which piece of a mask each pixel belongs to, from 1; 0 is none."""
    _, parts = cv2.connectedComponents(mask, connectivity=4)
    return parts.astype(np.int64)


def _mouth(picture: Pixels, new: np.ndarray, face: Anchors) -> tuple[np.ndarray, np.ndarray]:
    """bool (H, W): what of a mouth, or of the chin's outline, sticks out under the new chin; and the colour of skin."""
    right, up = _coordinates(new.shape, face)
    near = (np.abs(right) < MOUTH[0]) & (up < 0.15) & (up > -MOUTH[1])
    cheek = (np.abs(right) < 0.45) & (up > 0.25) & (up < 0.7)
    if not cheek.any():
        return np.zeros_like(new), np.zeros(3, np.float32)
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = lab[cheek]
    skin = np.median(light[light[:, 0] >= np.percentile(light[:, 0], 40)], 0).astype(np.float32)
    other = near & (np.linalg.norm(lab - skin, axis=2) > OTHER)
    count, parts = cv2.connectedComponents(other.astype(np.uint8), connectivity=8)
    beyond = near & ~cv2.erode(near.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & (up < 0)
    gone = np.zeros_like(new)
    for number in range(1, count):
        one = parts == number
        if not (one & new).any() or (one & beyond).any():
            continue  # not of this face, or of what is below it: a collar, a hand
        if (one & ~new).sum() <= LARGEST_MOUTH * face.length**2:
            gone |= one
    gone = (cv2.dilate(gone.astype(np.uint8), _disc(max(1.0, EDGE * face.length))) > 0) & ~new & near
    return gone, cv2.cvtColor(skin[None, None], cv2.COLOR_LAB2RGB)[0, 0] * 255


def _coordinates(shape: tuple[int, ...], face: Anchors) -> tuple[np.ndarray, np.ndarray]:
    """float (H, W) each: where the pixels are in the head, to the right of its chin and up, in lengths."""
    roll, length = math.radians(face.roll), max(1.0, face.length)
    x, y = np.meshgrid(np.arange(shape[1]) + 0.5 - face.chin[0], np.arange(shape[0]) + 0.5 - face.chin[1])
    c, s = math.cos(roll) / length, math.sin(roll) / length
    return x * c + y * s, x * s - y * c


def _filled(picture: Pixels, hole: np.ndarray) -> np.ndarray:
    """float32 (H, W, 3): holes filled from around, ever coarser the farther in (pull-push)."""
    values = picture.astype(np.float32) * ~hole[..., None]
    return _pulled(values, (~hole).astype(np.float32))


def _pulled(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    known = values / np.maximum(weight, 1e-6)[..., None]
    if min(weight.shape) < 2 or weight.min() > 0:
        return known
    size = (-(-weight.shape[1] // 2), -(-weight.shape[0] // 2))
    coarse = _pulled(
        cv2.resize(values, size, interpolation=cv2.INTER_AREA), cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    )
    up = cv2.resize(coarse, (weight.shape[1], weight.shape[0]), interpolation=cv2.INTER_LINEAR)
    share = np.minimum(weight, 1.0)[..., None]
    return known * share + up * (1 - share)


def _around(face: Anchors, window: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    x, y, w, h = window
    more = round(1.2 * face.length)
    return max(0, x - more), max(0, y - more), min(shape[1], x + w + more), min(shape[0], y + h + more)


def _disc(radius: float) -> np.ndarray:
    side = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
