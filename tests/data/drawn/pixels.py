"""Looking at drawn pixels: which colour is where."""

import numpy as np

from data.drawn import Drawing
from data.drawn.color import RGB, to_oklch


def as_color(values: np.ndarray) -> RGB:
    return int(values[0]), int(values[1]), int(values[2])


def hue_distance(one: RGB, other: RGB) -> float:
    """Degrees, 0..180."""
    return abs((to_oklch(one)[2] - to_oklch(other)[2] + 180) % 360 - 180)


def around(drawing: Drawing, name: str, radius: int) -> np.ndarray:
    """(N, 3): the pixels of the square around a labelled point."""
    x, y = (round(v) for v in drawing.labels[name])
    return drawing.pixels[y - radius : y + radius + 1, x - radius : x + radius + 1].reshape(-1, 3)
