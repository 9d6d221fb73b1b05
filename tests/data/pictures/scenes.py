"""Drawn people whose faces are known to the pixel, in place of photographs and of a finder."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.drawn import Drawing, draw, sample_parameters
from data.pictures import Pixels
from data.vision.faces import Face


def person(seed: int, size: int = 256, **fixed: Any) -> Drawing:
    """Somebody with shoulders and a background."""
    return draw(sample_parameters(seed, **fixed), size)


def face_in(labels: dict[str, Any], x: float = 0.0, y: float = 0.0) -> Face:
    """What a finder that makes no mistakes says of a drawing that stands at (x, y)."""

    def at(name: str) -> tuple[float, float]:
        return labels[name][0] + x, labels[name][1] + y

    def box(name: str) -> tuple[float, float, float, float]:
        left, top, width, height = labels[name]
        return left + x, top + y, width, height

    return Face(
        box("face_box"), 0.95, box("head_box"), float(labels["roll"]), (at("left_eye"), at("right_eye")), at("chin")
    )


def crowd(drawings: list[Drawing]) -> tuple[Pixels, tuple[Face, ...]]:
    """Side by side."""
    side = drawings[0].pixels.shape[1]
    faces = tuple(face_in(drawing.labels, x=i * side) for i, drawing in enumerate(drawings))
    return np.concatenate([drawing.pixels for drawing in drawings], axis=1), faces
