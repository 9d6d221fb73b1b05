"""How much of a picture is lettering: captions, speech, signs, watermarks. By its looks alone, nothing is read.

Letters are small shapes of one height that stand side by side, or one below the other, in a row of at least five, each
of one tone with something much lighter or darker around it. Numpy and OpenCV only.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from data.pictures import Pixels

SIDE = 512  # px of the longer side at which is looked
TALL = (7, 64)  # px of a letter there
LEAST, ON_A_HEAD = 5, 6  # letters of a row; strands and teeth stand in rows, too
CONTRAST = 40  # grey levels between a letter and what is around it
_BLOCK = 25  # px: of what the mean is taken that a letter is lighter or darker than
_THREE, _FIVE = np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)


def lettering(picture: Pixels, head: Sequence[float] | None = None) -> float:
    """The share of uint8 (H, W, 3) that rows of letters take up, 0…1; `head` is the box of one in it."""
    h, w, _ = picture.shape
    scale = SIDE / max(h, w)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    work = cv2.resize(picture, (max(1, round(w * scale)), max(1, round(h * scale))), interpolation=way)
    grey = cv2.cvtColor(work, cv2.COLOR_RGB2GRAY)
    covered = np.zeros(grey.shape, np.uint8)
    for ink in (grey, 255 - grey):
        letters = _letters(ink)
        for row in (*_rows(letters, 0), *_rows(letters, 1)):
            if head is not None and len(row) < ON_A_HEAD and _within(row, [v * scale for v in head]):
                continue
            x0, y0 = row[:, :2].min(0).astype(int)
            x1, y1 = (row[:, :2] + row[:, 2:4]).max(0).astype(int)
            covered[y0:y1, x0:x1] = 1
    return float(covered.mean())


def _within(row: np.ndarray, box: Sequence[float]) -> bool:
    """Whether most of a row lies in a box."""
    x, y, w, h = box
    middles = row[:, :2] + row[:, 2:4] / 2
    return bool(((middles >= (x, y)) & (middles <= (x + w, y + h))).all(1).mean() > 0.5)


def _letters(grey: np.ndarray) -> np.ndarray:
    """float32 (n, 6): x, y, width, height, tone and thickness of dark shapes that might be letters."""
    mean = cv2.blur(grey, (_BLOCK, _BLOCK)).astype(np.int16)
    dark = (grey.astype(np.int16) < mean - CONTRAST // 2).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    tall = np.maximum(width, height)
    fits = (
        (tall >= TALL[0]) & (tall <= TALL[1]) & (np.minimum(width, height) >= 2)
        & (width <= 1.6 * height) & (height <= 6 * width)
        & (area >= 0.15 * width * height) & (area <= 0.85 * width * height)
    )  # fmt: skip
    fits[0] = False
    found = []
    for i in np.flatnonzero(fits):
        x, y, w, h, n = stats[i]
        y0, x0 = max(0, y - 3), max(0, x - 3)
        patch, own = grey[y0 : y + h + 3, x0 : x + w + 3], labels[y0 : y + h + 3, x0 : x + w + 3] == i
        ring = cv2.dilate(own.astype(np.uint8), _FIVE) > cv2.dilate(own.astype(np.uint8), _THREE)
        tone, around = _share(patch[own], 0.3), patch[ring]
        # What is around a letter is one ground, on most sides of it.
        if len(around) and _share(around, 0.35) - tone >= CONTRAST:
            edge = int(own.sum() - cv2.erode(own.astype(np.uint8), _THREE).sum())
            found.append((x, y, w, h, tone, n / max(1, edge)))
    return np.array(found, np.float32).reshape(-1, 6)


def _share(values: np.ndarray, share: float) -> float:
    """The value that such a share lies below; a tenth of what `np.percentile` takes on so few."""
    return float(np.sort(values)[int(share * (len(values) - 1))])


def _rows(letters: np.ndarray, axis: int) -> list[np.ndarray]:
    """Runs of letters along x (`axis` 0) or y (1)."""
    across = 1 - axis
    rows: list[np.ndarray] = []
    left = letters[np.argsort(letters[:, axis], kind="stable")]
    used = np.zeros(len(left), bool)
    for first in range(len(left)):
        if used[first]:
            continue
        row = [first]
        for other in range(first + 1, len(left)):
            if not used[other] and _follows(left[row[-1]], left[other], axis, across):
                row.append(other)
        if len(row) >= LEAST and _even(left[row], axis, across):
            used[row] = True
            rows.append(left[row])
    return rows


def _follows(one: np.ndarray, other: np.ndarray, axis: int, across: int) -> bool:
    size = max(one[3], one[2] if axis else 0.0), max(other[3], other[2] if axis else 0.0)
    low, high = min(size), max(size)
    gap = other[axis] - (one[axis] + one[2 + axis])
    middle = abs((one[across] + one[2 + across] / 2) - (other[across] + other[2 + across] / 2))
    return bool(
        high <= 1.9 * low and -0.2 * high <= gap <= 0.375 * (low + high) and middle <= 0.35 * high
        and abs(one[4] - other[4]) <= 40 and max(one[5], other[5]) <= 1.8 * min(one[5], other[5])
    )  # fmt: skip


def _even(row: np.ndarray, axis: int, across: int) -> bool:
    """Whether they stand on one line, and are not all one shape (as lashes, teeth and stripes are)."""
    size = float(np.median(np.maximum(row[:, 3], row[:, 2] if axis else 0)))
    middles = row[:, across] + row[:, 2 + across] / 2
    line = np.polyfit(np.arange(len(row)), middles, 1)
    off = float(np.abs(middles - np.polyval(line, np.arange(len(row)))).max())
    return off <= 0.3 * size and abs(line[0]) <= 0.25 * size
