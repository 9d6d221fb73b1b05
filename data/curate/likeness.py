"""Which pictures are the same one: copied, packed anew, resized, mirrored, or cropped a little.

Three ways, the cheap ones first: equal pixels; hashes that differ in few bits; near embeddings of two pictures of
which one, laid over the other, is a part of it. The last looks twice because an embedding is near for any two
pictures of one character, too. docs/training.md has how the thresholds were measured.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import cv2
import numpy as np

from data.curate.picture import THUMB, Measured, thumb
from data.hashes import MOST_BITS, distances, joined

LEAST_COSINE = 0.85  # of two embeddings, for the pictures to be laid over each other
LEAST_FIT = 0.95  # correlation of what they share
LOOKED_AT = 8  # the nearest by embedding that are
_SCALES = (32, 33, 34, 35, 36, 37, 38, 40)  # THUMB and how large a picture is of which THUMB px are a part


def duplicates(pictures: Sequence[Measured]) -> list[int | None]:
    """For each the index of the earlier one that it is a copy of, or None. The best come first, and the first stays.

    A copy of a copy counts only where it is like the first one itself: no chain leads from one face to another.
    """
    copies: list[int | None] = []
    kept = _Kept(len(pictures))
    for index, picture in enumerate(pictures):
        original = kept.original(picture)
        copies.append(original)
        if original is None:
            kept.add(index, picture)
    return copies


class _Kept:
    """The pictures that are no copies, in arrays that grow."""

    def __init__(self, most: int) -> None:
        self.count = 0
        self.indices: list[int] = []
        self.pixels: dict[str, int] = {}
        self.hashes = np.empty((most, 4), np.uint64)
        self.embeddings = np.empty((most, 128), np.float32)
        self.thumbs = np.empty((most, THUMB, THUMB, 3), np.uint8)

    def add(self, index: int, picture: Measured) -> None:
        n = self.count
        self.pixels[picture.pixels] = index
        self.hashes[n] = joined([bytes.fromhex(picture.hash)])
        self.embeddings[n], self.thumbs[n] = _embedding(picture), thumb(picture)
        self.indices.append(index)
        self.count += 1

    def original(self, picture: Measured) -> int | None:
        if (same := self.pixels.get(picture.pixels)) is not None or self.count == 0:
            return same
        hashes = self.hashes[: self.count]
        bits = distances(hashes, bytes.fromhex(picture.hash), bytes.fromhex(picture.mirrored))
        if bits.min() <= MOST_BITS:
            return self.indices[int(bits.argmin())]
        cosines = self.embeddings[: self.count] @ _embedding(picture)
        near = np.flatnonzero(cosines >= LEAST_COSINE)
        near = near[np.argsort(-cosines[near], kind="stable")][:LOOKED_AT]
        small = thumb(picture) if len(near) else None
        for n in near:
            if small is not None and fit(small, self.thumbs[n]) >= LEAST_FIT:
                return self.indices[int(n)]
        return None


def fit(one: np.ndarray, other: np.ndarray) -> float:
    """How well one is a part of the other, or the other of the one, mirrored or not: correlation, -1…1.

    Both are uint8 (THUMB, THUMB, 3).
    """
    # Half a pixel between the two grids would cost as much as another hand's line; a little blur forgives it.
    one, other = cv2.GaussianBlur(one, (0, 0), 0.7), cv2.GaussianBlur(other, (0, 0), 0.7)
    turned = np.ascontiguousarray(one[:, ::-1])
    return max(_inside(one, other), _inside(turned, other), _inside(other, one), _inside(other, turned))


def _inside(part: np.ndarray, whole: np.ndarray) -> float:
    if part.std() < 1 or whole.std() < 1:  # a plain surface is a part of anything
        return -1.0
    larger = (cv2.resize(whole, (side, side), interpolation=cv2.INTER_LINEAR) for side in _SCALES)
    return max(float(cv2.matchTemplate(big, part, cv2.TM_CCOEFF_NORMED).max()) for big in larger)


def _embedding(picture: Measured) -> np.ndarray:
    return np.frombuffer(base64.b64decode(picture.embedding), np.float16).astype(np.float32)
