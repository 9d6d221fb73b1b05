"""Fitting what `data.vision.people` finds faces by, to photographs and to drawings that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from data.pictures import Pixels
from data.vision.frame import Frame
from data.vision.people.aligning import align, moved, step_to
from data.vision.people.fitted import Fitted, Linear
from data.vision.people.patches import Pyramid, gradients
from models.people.photos import Photo
from models.people.ridge import balanced, held_out, ridge

STAGES = 3
LIGHTS, BEGUN = 6, 4  # under how many lights each face is seen, and from how many places about it in each
SPREAD = 0.07, 0.12, 27.0  # of places: sigma in sides, and of the logarithm of the side; degrees at most
OF_ALIGN, OF_FACE = 100.0, 30.0  # penalties
ELSEWHERE = 6  # places a picture without a face
Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """A picture in which nobody is, though a drawn face may be where a `square` of it says."""

    pixels: Pixels = field(repr=False)
    square: Frame | None = None


def fit(
    photos: Sequence[Photo], nobody: Sequence[Nobody], seed: int = 0, report: Report | None = None
) -> tuple[Fitted, dict[str, Any]]:
    """What is fitted, and how well it does: of faces that it was not shown, in five folds of them."""
    tell = report or (lambda what, done, of: None)
    rng = np.random.default_rng(seed)
    figures: dict[str, Any] = {"photographs": len(photos), "nobody": len(nobody)}
    stages, figures["align"] = _stages([photo for photo in photos if photo.exact], rng, tell)
    face, figures["face"] = _face(photos, placed(photos, stages), nobody, stages, rng, tell)
    return Fitted(tuple(stages), face), figures


def placed(photos: Sequence[Photo], stages: Sequence[Linear]) -> list[Frame]:
    """Where the face of each is: as it is known, or as the cascade finds it."""
    return [photo.square if photo.exact else align(_grey(photo.pixels), photo.square, stages) for photo in photos]


def _stages(photos: Sequence[Photo], rng: np.random.Generator, tell: Report) -> tuple[list[Linear], dict[str, float]]:
    """The cascade. What it does is measured on every fifth face, and all are in it."""
    learnt: list[list[Linear]] = [[], []]
    errors = np.zeros((0, 4))
    for measured, stages in zip((True, False), learnt, strict=True):
        shown = [photo for i, photo in enumerate(photos) if not measured or i % 5]
        begun = [one for photo in shown for one in _begun(photo, rng)]
        for number in range(STAGES):
            x = np.stack([gradients(grey.square(frame)) for grey, frame, _ in begun])
            y = np.array([step_to(frame, true) for _, frame, true in begun])
            stages.append(ridge(x, y, OF_ALIGN))
            steps = stages[-1](x)
            begun = [(grey, moved(frame, step), true) for (grey, frame, true), step in zip(begun, steps, strict=True)]
            tell("aligning", number + 1 + STAGES * (not measured), 2 * STAGES)
        if measured:
            others = [one for i, photo in enumerate(photos) if not i % 5 for one in _begun(photo, rng)]
            errors = np.abs([step_to(align(grey, frame, stages), true) for grey, frame, true in others])
    across, down, larger, turn = errors.mean(0)
    means = {"aside": float(np.hypot(across, down)), "larger": float(larger), "degrees": float(20 * turn)}
    return learnt[1], {name: round(value, 4) for name, value in means.items()}


def _begun(photo: Photo, rng: np.random.Generator) -> Iterator[tuple[Pyramid, Frame, Frame]]:
    """A face and its mirror image under other lights, places about it, and where it is."""
    grey = cv2.cvtColor(np.ascontiguousarray(photo.pixels), cv2.COLOR_RGB2GRAY)
    true = photo.square
    mirrored = _mirrored(true, grey.shape[1])
    for number in range(LIGHTS):
        picture, at = (grey, true) if number % 2 else (np.ascontiguousarray(grey[:, ::-1]), mirrored)
        pyramid = Pyramid(_lit(picture, rng))
        for _ in range(BEGUN):
            yield pyramid, _near(at, rng), at


def _lit(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blurred, darker, or lit from a side."""
    if rng.random() < 0.5:
        grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.3, 1.8)).astype(np.uint8)
    if rng.random() < 0.3:
        return grey
    lit = (grey / 255.0) ** rng.uniform(0.4, 2.2) * rng.uniform(127, 255)
    if rng.random() < 0.5:
        height, width = grey.shape
        down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        angle = rng.uniform(0, 2 * np.pi)
        lit *= 1 - rng.uniform(0, 0.6) * (0.5 + 0.5 * np.clip(np.cos(angle) * across + np.sin(angle) * down, -1, 1))
    return lit.clip(0, 255).astype(np.uint8)


def _grey(pixels: Pixels) -> Pyramid:
    return Pyramid(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY))


def _face(
    photos: Sequence[Photo], places: Sequence[Frame], nobody: Sequence[Nobody], stages: Sequence[Linear],
    rng: np.random.Generator, tell: Report,
) -> tuple[Linear, dict[str, float]]:  # fmt: skip
    """Tells faces from what else the cascade of regressors comes to rest on: drawn faces, and parts of pictures."""
    rows: list[np.ndarray] = []
    y: list[float] = []
    who: list[int] = []

    def add(grey: Pyramid, frame: Frame, value: float, number: int) -> None:
        rows.append(gradients(grey.square(align(grey, frame, stages))))
        y.append(value)
        who.append(number)

    for number, (photo, place) in enumerate(zip(photos, places, strict=True)):
        for pixels, at in ((photo.pixels, place), (photo.pixels[:, ::-1], _mirrored(place, photo.pixels.shape[1]))):
            grey = _grey(pixels)
            add(grey, _near(at, rng), 1.0, number)
            add(grey, _far(at, rng), -1.0, number)
            add(grey, Frame(at.x, at.y, at.side, 180.0), -1.0, number)
    for number, picture in enumerate(nobody):
        grey = _grey(picture.pixels)
        width, height = grey.size
        for _ in range(ELSEWHERE):
            x, y_, side = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.15, 1.2) * min(width, height)
            add(grey, Frame(x, y_, side, rng.uniform(-20, 20)), -1.0, number)
            if picture.square is not None:
                add(grey, _near(picture.square, rng), -1.0, number)
        tell("faces and others", number + 1, len(nobody))
    x, value, fold = np.stack(rows), np.array(y), np.array(who)
    said = held_out(x, value, OF_FACE, fold)
    scale = _odds(said, value)
    linear = ridge(x, value[:, None], OF_FACE, balanced(value))
    figures = {"faces": _share(said[value > 0] > 0), "others": _share(said[value < 0] < 0)}
    return Linear(linear.weight * scale, linear.bias * scale), figures


def _odds(said: np.ndarray, y: np.ndarray) -> float:
    """By what `said` is to be multiplied to be log odds of y > 0, both kinds being as frequent: Platt's scaling."""
    weights, factor = balanced(y), 1.0
    for _ in range(100):  # Newton's method, on one number
        p = 1 / (1 + np.exp(-np.clip(factor * said, -30, 30)))
        slope = np.sum(weights * (p - (y > 0)) * said)
        curve = np.sum(weights * p * (1 - p) * said**2) + 1e-9
        factor = float(np.clip(factor - slope / curve, 0.1, 50))
    return factor


def _mirrored(frame: Frame, width: int) -> Frame:
    return Frame(width - frame.x, frame.y, frame.side, -frame.turn)


def _near(frame: Frame, rng: np.random.Generator, spread: tuple[float, float, float] = SPREAD) -> Frame:
    """One that is moved, larger or smaller, and turned by chance: `spread` as SPREAD."""
    aside, larger, leaning = spread
    dx, dy = rng.normal(0, aside, 2) * frame.side
    side = frame.side * float(np.exp(rng.normal(0, larger)))
    return Frame(frame.x + dx, frame.y + dy, side, frame.turn + rng.uniform(-leaning, leaning))


def _far(frame: Frame, rng: np.random.Generator) -> Frame:
    """So far from a face that it is none any more."""
    angle, out = rng.uniform(0, 2 * np.pi), rng.uniform(0.45, 0.7) * frame.side
    side = frame.side * float(rng.uniform(0.3, 1.0))
    return Frame(frame.x + out * np.cos(angle), frame.y + out * np.sin(angle), side, frame.turn)


def _share(right: np.ndarray) -> float:
    return round(float(np.mean(right)), 4)
