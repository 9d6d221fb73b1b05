"""Heads in pictures, and portraits cut out of them, for the tests."""

from __future__ import annotations

import cv2
import numpy as np

from data.pictures import Pixels
from data.portrait.cutting import cut_portrait
from data.portrait.requests import CutPortrait, Flawed, Portrait
from data.vision.faces import Face


def face_at(x: float, y: float, size: float, angle: float = 0.0, score: float = 0.9) -> Face:
    """An upright face, `size` px wide, whose eyes and chin are where they belong."""
    box = x - size / 2, y - size / 2, size, size
    eyes = (x - 0.24 * size, y - 0.02 * size), (x + 0.24 * size, y - 0.02 * size)
    head = x - 0.75 * size, y - size, 1.5 * size, 1.5 * size
    return Face(box, score, head, angle, eyes, (x, y + 0.5 * size))


def drawn(width: int = 640, height: int = 480, faces: tuple[Face, ...] = (), seed: int = 0) -> Pixels:
    """A coloured ground with lines on it, and something like a head wherever there is a face."""
    chance = np.random.default_rng(seed)
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = chance.integers(100, 220, 3)
    for _ in range(12):
        a, b = chance.integers(0, width, 2), chance.integers(0, height, 2)
        color = tuple(int(v) for v in chance.integers(0, 255, 3))
        cv2.line(picture, (int(a[0]), int(b[0])), (int(a[1]), int(b[1])), color, 3)
    for face in faces:
        head(picture, face, chance)
    return picture


def head(picture: Pixels, face: Face, chance: np.random.Generator, mouth: float = 0.15) -> None:
    x, y, w, _ = face.box
    middle = (round(x + w / 2), round(y + w / 2))
    hair, eye = (tuple(int(v) for v in chance.integers(0, 255, 3)) for _ in range(2))
    cv2.circle(picture, (middle[0], round(middle[1] - 0.2 * w)), round(0.75 * w), hair, -1)
    cv2.ellipse(picture, middle, (round(w / 2), round(w / 2)), 0, 0, 360, (250, 225, 205), -1)
    cv2.ellipse(picture, middle, (round(w / 2), round(w / 2)), 0, 0, 360, (40, 20, 20), 2)
    for place in face.eyes or ():
        cv2.circle(picture, (round(place[0]), round(place[1])), round(0.1 * w), eye, -1)
        cv2.circle(picture, (round(place[0]), round(place[1])), round(0.1 * w), (10, 10, 10), 2)
    size = max(1, round(mouth * w)), max(1, round(mouth * w / 2))
    cv2.ellipse(picture, (middle[0], round(middle[1] + 0.25 * w)), size, 0, 0, 360, (120, 20, 30), -1)


def portrait(pixels: Pixels, face: Face, *others: Face, scale: float = 1.0) -> Portrait | Flawed:
    request = CutPortrait(pixels, face, others, scale)
    return request.join([cut_portrait(request)])


def cut(pixels: Pixels, face: Face, *others: Face, scale: float = 1.0) -> Portrait:
    found = portrait(pixels, face, *others, scale=scale)
    assert isinstance(found, Portrait), found
    return found
