"""What becomes of a drawn head before it is pasted: other lines and colours, a body, or no face any more."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

from models.finder.clutter.flesh import limb
from models.finder.grounds import colour, skin
from models.finder.pasting import recolouring


def recoloured(chance: np.random.Generator) -> np.ndarray:
    """(4, 4): a little, now and then to any hue."""
    return recolouring(chance, 180 if chance.random() < 0.15 else 18)


def restyled(chance: np.random.Generator, sprite: np.ndarray) -> np.ndarray:
    """As another hand would have drawn it: lines, shades and colours."""
    kind = chance.random()
    if kind < 0.12:
        sprite = np.dstack([cv2.erode(sprite[:, :, :3], np.ones((3, 3))), sprite[:, :, 3]])
    elif kind < 0.22:
        sprite = np.dstack([cv2.dilate(sprite[:, :, :3], np.ones((2, 2))), sprite[:, :, 3]])
    elif kind < 0.3:
        sprite = np.dstack([cv2.medianBlur(np.ascontiguousarray(sprite[:, :, :3]), 5), sprite[:, :, 3]])
    elif kind < 0.36:
        keep = np.uint8(0b11100000 if chance.random() < 0.5 else 0b11000000)
        sprite = np.dstack([np.minimum((sprite[:, :, :3] & keep) + np.uint8(24), sprite[:, :, 3:]), sprite[:, :, 3]])
    if chance.random() < 0.85:
        sprite = cv2.transform(sprite, recoloured(chance))
    if chance.random() < 0.15:  # light from one side
        across, ends = chance.random() < 0.5, chance.uniform(0.45, 1.0, 2)
        ramp = np.linspace(ends[0], ends[1], sprite.shape[1 if across else 0], dtype=np.float32)
        ramp = ramp[None, :, None] if across else ramp[:, None, None]
        sprite = np.dstack([(sprite[:, :, :3] * ramp).astype(np.uint8), sprite[:, :, 3]])
    if chance.random() < 0.08:  # cut out with an edge of white
        reach = int(chance.integers(2, 6))
        wide = cv2.dilate(sprite[:, :, 3], np.ones((reach, reach)))
        edge = (wide - sprite[:, :, 3])[..., None]
        sprite = np.dstack([sprite[:, :, :3] + edge, wide])
    return np.dstack([np.minimum(sprite[:, :, :3], sprite[:, :, 3:]), sprite[:, :, 3]])


def faceless(chance: np.random.Generator, sprite: np.ndarray, labels: dict[str, Any]) -> np.ndarray:
    """The head with hair where its face was: seen from behind, more or less."""
    sprite = np.array(sprite)
    x, y, w, h = labels["face_box"]
    top = labels["head_box"][1]
    row, column = int(np.clip((top + y) / 2, 0, len(sprite) - 1)), int(np.clip(x + w / 2, 0, len(sprite) - 1))
    hair = tuple(int(v) for v in sprite[row, column])
    centre, axes = (int(x + w / 2), int(y + 0.45 * h)), (int(0.6 * w), int(0.72 * h))
    cv2.ellipse(sprite, centre, axes, 0, 0, 360, hair, -1, cv2.LINE_AA)
    darker = tuple(int(0.7 * v) for v in hair[:3])
    for k in range(int(chance.integers(3, 10))):
        start = (int(x + w * chance.uniform(0.2, 0.8)), int(y - 0.1 * h))
        end = (int(x + w * chance.uniform(-0.1, 1.1)), int(y + h * chance.uniform(0.7, 1.15)))
        cv2.line(sprite, start, end, (*darker, hair[3]), 1 + k % 2, cv2.LINE_AA)
    return sprite


def headless(sprite: np.ndarray, labels: dict[str, Any]) -> np.ndarray:
    """What is below the chin: collars, bows, folds, the ends of the hair."""
    sprite = np.array(sprite)
    sprite[: int(labels["chin"][1] + 0.04 * labels["face_box"][3])] = 0
    return sprite


def body(chance: np.random.Generator, canvas: np.ndarray, sprite: np.ndarray, matrix: np.ndarray, size: float) -> None:
    """A torso that goes on where the drawn shoulders end, and limbs."""
    side = sprite.shape[0]
    there = np.flatnonzero(sprite[-1, :, 3] > 128)
    if len(there) < 4:  # the drawing ends above the frame's edge
        rows = np.flatnonzero((sprite[:, :, 3] > 128).any(1))
        last = int(rows[-1])
        there = np.flatnonzero(sprite[last - 2, :, 3] > 128)
    else:
        last = side - 1
    left, right = float(there[0]), float(there[-1])
    cloth = colour(chance) if chance.random() < 0.4 else tuple(int(v) for v in sprite[last - 2, int(there.mean()), :3])
    length, scale = chance.uniform(0.3, 3.0) * side / 2, math.sqrt(abs(np.linalg.det(matrix[:, :2])))
    centre, half = (left + right) / 2, (right - left) / 2
    waist, hem, lean = chance.uniform(0.45, 1.0), chance.uniform(0.5, 1.6), chance.normal(0, 0.15) * length
    outline = np.array([
        [left, last - 3], [right, last - 3], [centre + half * waist + lean / 2, last + length / 2],
        [centre + half * hem + lean, last + length], [centre - half * hem + lean, last + length],
        [centre - half * waist + lean / 2, last + length / 2],
    ])  # fmt: skip
    line = max(1, round(chance.uniform(0.01, 0.03) * size))
    ink = tuple(int(0.4 * v) for v in cloth)

    def drawn(points: np.ndarray) -> np.ndarray:
        return (points @ matrix[:, :2].T + matrix[:, 2]).round().astype(np.int32)[:, None]

    limbs = skin(chance) if chance.random() < 0.6 else cloth
    thick = max(2, round(0.3 * half * scale))
    for sign in (-1, 1):
        if chance.random() < 0.6:
            shoulder = np.array([centre + sign * half * 0.8, last])
            bends = chance.normal(0, 0.5, (2, 2)) * length + [sign * 0.2 * half, 0.4 * length]
            arm = drawn(np.stack([shoulder, shoulder + bends[0], shoulder + bends[0] + 0.6 * bends[1]]))
            cv2.polylines(canvas, [arm], False, ink, thick + 2 * line, cv2.LINE_AA)
            cv2.polylines(canvas, [arm], False, limbs, thick, cv2.LINE_AA)
            cv2.circle(canvas, arm[-1, 0].tolist(), round(0.8 * thick), limbs, -1, cv2.LINE_AA)
        if chance.random() < 0.5:
            hip = np.array([centre + sign * half * 0.4 + lean, last + length])
            leg = drawn(
                np.stack([hip, hip + np.array([sign * 0.2 * half, 0.8 * length]), hip + np.array([0, 1.8 * length])])
            )
            cv2.polylines(canvas, [leg], False, ink, thick + 2 * line, cv2.LINE_AA)
            cv2.polylines(canvas, [leg], False, limbs, thick, cv2.LINE_AA)
    cv2.fillPoly(canvas, [drawn(outline)], cloth, cv2.LINE_AA)
    cv2.polylines(canvas, [drawn(outline)], True, ink, line, cv2.LINE_AA)
    if chance.random() < 0.15:
        limb(chance, canvas)
