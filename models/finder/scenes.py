"""Scenes that are composed while the finder learns: heads, their bodies, what is behind and before them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from models.finder.clutter import clutter
from models.finder.degrade import degraded
from models.finder.figures import body, faceless, headless, recoloured, restyled
from models.finder.grounds import cropped, ground
from models.finder.heads import Heads
from models.finder.pasting import cropped_to_content, halved, paste, placed, similarity

SMALLEST = 12.0  # px: a face below is no face that could be learnt
SEEN, UNSURE = 0.5, 0.2  # of a face must be seen for it to count; between the two nobody is told anything
_RING = [(r * math.cos(a), r * math.sin(a)) for r in (0.0, 0.45, 0.85) for a in np.linspace(0, 2 * np.pi, 10)[:-1]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One face in a scene, pixels. Boxes are (x0, y0, x1, y1) around the turned ellipse of the drawn box."""

    box: tuple[float, float, float, float]
    head_box: tuple[float, float, float, float]
    points: tuple[float, ...]  # x, y of the left eye, the right eye (the viewer's), the chin
    angle: float  # radians, clockwise
    counted: bool  # False: too little is seen of it, or it is too small


@dataclass(frozen=True, slots=True)
class Scene:
    pixels: np.ndarray  # uint8 (side, side, 3)
    faces: tuple[Labelled, ...]


@dataclass(slots=True)
class _Canvas:
    pixels: np.ndarray  # uint8 (side, side, 3)
    owner: np.ndarray  # int16 (side, side): whose head is seen there, -1 nobody's
    faces: list[Labelled]

    def covered(self, before: np.ndarray) -> None:
        """What was painted since `before` hides the heads under it."""
        change = self.pixels != before
        self.owner[change[..., 0] | change[..., 1] | change[..., 2]] = -1


class Composer:
    """Makes scenes of `side` px out of drawn heads; `photos`, uint8 (H, W, 3) each, show no drawn face."""

    def __init__(self, heads: Heads, side: int, photos: Sequence[np.ndarray] = ()) -> None:
        self.heads, self.side, self.photos = heads, side, photos

    def scene(self, chance: np.random.Generator, first: int | None = None, degrade: bool = True) -> Scene:
        """`first` names the first head in it, where there is one."""
        pixels = ground(chance, self.side, self.heads.backdrops, self.photos)
        if chance.random() < 0.16:
            self._shuffle(chance, pixels)
        canvas = _Canvas(pixels, np.full((self.side, self.side), -1, np.int16), [])
        kind = chance.random()
        empty = kind < 0.12
        clutter(chance, canvas.pixels, 20 if empty else int(chance.choice([0, 3, 8, 14])))
        self._distract(chance, canvas, 4 if empty else 2)
        for size, close in [] if empty else _sizes(chance, (kind - 0.12) / 0.88, self.side):
            index = int(chance.integers(len(self.heads))) if first is None else first
            first = None
            self._head(chance, canvas, index, size, close)
        if chance.random() < (0.5 if empty else 0.22):
            before = canvas.pixels.copy()
            clutter(chance, canvas.pixels, 2)
            canvas.covered(before)
        faces = tuple(_judged(face, i, canvas.owner) for i, face in enumerate(canvas.faces))
        pixels = degraded(chance, canvas.pixels) if degrade else canvas.pixels
        return Scene(pixels, tuple(face for face in faces if face is not None))

    def _shuffle(self, chance: np.random.Generator, pixels: np.ndarray) -> None:
        """Large heads, cut into small squares that change places: all that a drawing is full of, but no face."""
        for _ in range(int(chance.integers(1, 4))):
            index = int(chance.integers(len(self.heads)))
            scale = self.side / 256 * chance.uniform(0.8, 2.2)
            linear = similarity(scale, chance.uniform(-60, 60), 1.0, 0.0, chance.random() < 0.5)
            at = chance.uniform(0.2, 0.8, 2) * self.side
            x, y, w, h = self.heads.labels[index]["face_box"]
            matrix = placed(linear, (x + w / 2, y + h / 2), (at[0], at[1]))
            paste(pixels, cv2.transform(self.heads.heads[index], recoloured(chance)), matrix)
        step = int(chance.integers(self.side // 16, self.side // 8 + 1))
        across = self.side // step
        tiles = [
            pixels[y * step : (y + 1) * step, x * step : (x + 1) * step].copy()
            for y in range(across)
            for x in range(across)
        ]
        for place, tile in zip(chance.permutation(len(tiles)).tolist(), tiles, strict=True):
            y, x = place // across * step, place % across * step
            pixels[y : y + step, x : x + step] = np.rot90(tile, int(chance.integers(4)))

    def _distract(self, chance: np.random.Generator, canvas: _Canvas, most: int) -> None:
        for _ in range(int(chance.integers(0, most + 1))):
            kind, at = chance.random(), tuple(chance.uniform(0, self.side, 2))
            scale = self.side / 256 * 0.15 * 8 ** chance.random()
            if self.photos and kind < 0.35:
                photo = cropped(chance, self.photos[int(chance.integers(len(self.photos)))], 128)
                sprite = np.concatenate([photo, np.full((128, 128, 1), 255, np.uint8)], 2)
                scale *= 2
            elif kind < 0.55:
                sprite = self.heads.cats[int(chance.integers(len(self.heads.cats)))]
            elif kind < 0.8:
                index = int(chance.integers(len(self.heads)))
                sprite = headless(self.heads.heads[index], self.heads.labels[index])
                scale *= chance.uniform(1.0, 2.5)
            else:
                index = int(chance.integers(len(self.heads)))
                sprite = faceless(chance, self.heads.heads[index], self.heads.labels[index])
            linear = similarity(scale, chance.normal(0, 20), chance.uniform(0.8, 1.25), 0.0, chance.random() < 0.5)
            side = sprite.shape[0]
            matrix = placed(linear, (side / 2, side / 2), (at[0], at[1]))
            sprite, matrix = halved(*cropped_to_content(sprite, matrix))
            sprite = cv2.transform(sprite, recoloured(chance))
            sprite[:, :, :3] = np.minimum(sprite[:, :, :3], sprite[:, :, 3:])
            paste(canvas.pixels, sprite, matrix)

    def _head(self, chance: np.random.Generator, canvas: _Canvas, index: int, size: float, close: bool) -> None:
        """A head whose face is `size` px wide; a `close` one may be cut off by the picture's edge."""
        sprite, labels = np.asarray(self.heads.heads[index]), self.heads.labels[index]
        x, y, w, h = labels["face_box"]
        middle = (x + w / 2, y + h / 2)
        turn = chance.normal(0, 8) if chance.random() < 0.62 else chance.uniform(-60, 60)
        mirror = chance.random() < 0.5
        linear = similarity(
            size / math.sqrt(w * h), turn, math.exp(chance.normal(0, 0.09)), chance.normal(0, 0.05), mirror
        )
        margin = -0.1 * size if close else 0.35 * size
        low, high = min(margin, self.side / 2), max(self.side - margin, self.side / 2)
        at = chance.uniform(low, high), chance.uniform(low, high)
        matrix = placed(linear, middle, at)
        if chance.random() < 0.75:
            before = canvas.pixels.copy()
            body(chance, canvas.pixels, sprite, matrix, size)
            canvas.covered(before)
        sprite, smaller = halved(*cropped_to_content(sprite, matrix))
        bend = chance.normal(0, 0.018, (5, 5, 2)) if chance.random() < 0.5 else None
        laid = paste(canvas.pixels, restyled(chance, sprite), smaller, bend)
        if laid is not None:
            rows, columns, alpha = laid
            canvas.owner[rows, columns][alpha > 0.5] = len(canvas.faces)
        canvas.faces.append(_labelled(labels, matrix, mirror, size))


def _sizes(chance: np.random.Generator, kind: float, side: int) -> list[tuple[float, bool]]:
    """Sizes of the faces in a scene, far ones first, and whether they may be cut off."""
    if kind < 0.36:  # a portrait, now and then with somebody behind
        low, high = 0.22 * side, 0.85 * side
        sizes = [(low * (high / low) ** chance.random(), True)]
        return ([(chance.uniform(0.1, 0.25) * side, False)] if chance.random() < 0.2 else []) + sizes
    if kind < 0.68:  # figures
        low, high, count = 0.08 * side, 0.3 * side, int(chance.integers(1, 3))
    else:  # a crowd
        low, high, count = 0.05 * side, 0.17 * side, int(chance.integers(2, 8))
    return sorted((low * (high / low) ** chance.random(), False) for _ in range(count))


def _labelled(labels: dict[str, Any], matrix: np.ndarray, mirror: bool, size: float) -> Labelled:
    def moved(point: Sequence[float]) -> tuple[float, float]:
        x, y = matrix[:, :2] @ np.asarray(point) + matrix[:, 2]
        return float(x), float(y)

    def around(box: Sequence[float]) -> tuple[float, float, float, float]:
        x, y, w, h = box
        cx, cy = moved((x + w / 2, y + h / 2))
        half = np.sqrt((matrix[:, 0] * w / 2) ** 2 + (matrix[:, 1] * h / 2) ** 2)
        return cx - float(half[0]), cy - float(half[1]), cx + float(half[0]), cy + float(half[1])

    eyes = [moved(labels["left_eye"]), moved(labels["right_eye"])]
    if mirror:
        eyes.reverse()
    roll = math.radians(labels["roll"])
    up = matrix[:, :2] @ np.array([math.sin(roll), -math.cos(roll)])
    return Labelled(
        around(labels["face_box"]), around(labels["head_box"]), (*eyes[0], *eyes[1], *moved(labels["chin"])),
        math.atan2(up[0], -up[1]), size >= SMALLEST,
    )  # fmt: skip


def _judged(face: Labelled, index: int, owner: np.ndarray) -> Labelled | None:
    """None where next to nothing of the face is seen; not `counted` where it is little."""
    x0, y0, x1, y1 = face.box
    seen, side = 0, owner.shape[0]
    for dx, dy in _RING:
        x, y = int((x0 + x1 + dx * (x1 - x0)) / 2), int((y0 + y1 + dy * (y1 - y0)) / 2)
        seen += 0 <= x < side and 0 <= y < side and owner[y, x] == index
    share = seen / len(_RING)
    if share < UNSURE:
        return None
    return Labelled(face.box, face.head_box, face.points, face.angle, face.counted and share >= SEEN)
