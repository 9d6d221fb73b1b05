"""Drawn faces, what is done to pictures on their way through the web, and their measures."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from PIL import Image

from data.curate.measuring import text
from data.curate.picture import Measured, measured
from data.drawn.spec import Spec
from data.vision.features import Features


@cache
def faces(count: int = 6, side: int = 160, seed: int = 40, views: int = 1) -> tuple[np.ndarray, ...]:
    drawn = Spec(count, seed=seed, views=views)
    return tuple(drawn.draw(i, side)[0] for i in range(count))


def smaller(pixels: np.ndarray, side: int) -> np.ndarray:
    return cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA).astype(np.uint8)


def blurred(pixels: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(pixels, (0, 0), sigma).astype(np.uint8)


def grey(pixels: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).convert("L").convert("RGB"))


def mirrored(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pixels[:, ::-1])


def cropped(pixels: np.ndarray, by: int) -> np.ndarray:
    return np.ascontiguousarray(pixels[by // 2 : len(pixels) - by // 2, by : len(pixels)])


@cache
def _features() -> Features:
    return Features()


def measures(*pictures: np.ndarray) -> list[Measured]:
    """Named 0, 1, …"""
    found = [measured(Image.fromarray(pixels), str(i), "") for i, pixels in enumerate(pictures)]
    seen = _features().see([square for _, square in found])
    return [replace(m, embedding=text(s.embedding)) for (m, _), s in zip(found, seen, strict=True)]
